package io.moondial.admin;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.eclipse.jetty.util.URIUtil;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Serves the interface over HTTP until it is closed. */
public final class AdminServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger("admin");

    private final JsonMapper json = new JsonMapper();
    private final Routes routes = new Routes();
    private final AdminSettings settings;
    private final Server server;

    /**
     * Opens the unix socket.
     *
     * @param resources what is served
     * @throws IOException if it cannot be opened; the message says what to do
     */
    public AdminServer(Path socket, AdminSettings settings, List<Resource> resources)
            throws IOException {
        this.settings = settings;
        resources.forEach(it -> it.declare(routes));
        QueuedThreadPool threads = new QueuedThreadPool(16, 4);
        threads.setName("admin");
        threads.setDaemon(true);
        threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        UnixDomainServerConnector local =
                new UnixDomainServerConnector(server, new HttpConnectionFactory(http));
        Files.deleteIfExists(socket); // control: socket has the lock of its owner
        local.setUnixDomainPath(socket);
        server.addConnector(local);
        server.setHandler(new Entry());
        try {
            server.start();
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            log.warn("the interface did not stop cleanly", e);
        }
    }

    /** Where each request arrives, on a virtual thread. */
    private final class Entry extends Handler.Abstract {
        @Override
        public boolean handle(Request request, Response response, Callback callback)
                throws Exception {
            try {
                write(response, answer(request));
            } catch (Refusal e) {
                response.setStatus(e.status());
                write(
                        response,
                        new Answer.Json(
                                e.status(), json.createObjectNode().put("error", e.getMessage())));
            }
            callback.succeeded();
            return true;
        }
    }

    private Answer answer(Request request) throws Refusal, IOException, InterruptedException {
        List<String> segments = new ArrayList<>();
        for (String part : request.getHttpURI().getPath().substring(1).split("/", -1)) {
            segments.add(URIUtil.decodePath(part));
        }
        Optional<Routes.Found> found = routes.find(request.getMethod(), segments);
        if (found.isEmpty()) {
            Set<String> methods = routes.methods(segments);
            throw methods.isEmpty()
                    ? Refusal.notFound("there is nothing at " + request.getHttpURI().getPath())
                    : Refusal.of(405, "allowed here: " + String.join(", ", methods));
        }
        Caller caller = Caller.LOCAL;
        if (!caller.role().mayDo(found.get().route().role())) {
            throw Refusal.of(403, "this needs another role");
        }
        Map<String, List<String>> query = new HashMap<>();
        for (Fields.Field field : Request.extractQueryParameters(request)) {
            query.put(field.getName(), field.getValues());
        }
        return found.get()
                .route()
                .action()
                .answer(new Call(json, caller, found.get().path(), query, body(request)));
    }

    private byte[] body(Request request) throws IOException, Refusal {
        try (InputStream in = Content.Source.asInputStream(request)) {
            byte[] body = in.readNBytes(settings.maxBody() + 1);
            if (body.length > settings.maxBody()) {
                throw Refusal.of(413, "a body has at most " + settings.maxBody() + " octets");
            }
            return body;
        }
    }

    private void write(Response response, Answer answer) throws IOException, InterruptedException {
        switch (answer) {
            case Answer.Json(int status, JsonNode value) -> {
                response.setStatus(status);
                octets(response, "application/json", json.writeValueAsBytes(value));
            }
            case Answer.Octets(String type, byte[] octets, Map<String, String> headers) -> {
                headers.forEach((name, value) -> response.getHeaders().put(name, value));
                octets(response, type, octets);
            }
            case Answer.Empty empty -> response.setStatus(204);
            case Answer.Stream(String type, Answer.Writer writer) -> {
                response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
                try (OutputStream out = Content.Sink.asOutputStream(response)) {
                    writer.write(out);
                }
            }
        }
    }

    private static void octets(Response response, String type, byte[] octets) throws IOException {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
        response.getHeaders().put(new HttpField(HttpHeader.CONTENT_LENGTH, "" + octets.length));
        try (OutputStream out = Content.Sink.asOutputStream(response)) {
            out.write(octets);
        }
    }
}
