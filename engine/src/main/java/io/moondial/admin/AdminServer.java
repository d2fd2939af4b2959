package io.moondial.admin;

import io.moondial.metrics.Counters;
import io.moondial.time.Time;
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
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
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
    private final ConsoleFiles console = new ConsoleFiles();
    private final Server server;
    private volatile boolean stopping;

    /**
     * Opens the unix socket.
     *
     * @param resources what is served
     * @throws IOException if it cannot be opened; the message says what to do
     */
    public AdminServer(
            Path socket,
            AdminSettings settings,
            Counters counters,
            Time time,
            List<Resource> resources)
            throws IOException {
        this.settings = settings;
        resources.forEach(it -> it.declare(routes));
        List<EventSource> sources = new ArrayList<>();
        for (Resource resource : resources) {
            if (resource instanceof EventSource source) {
                sources.add(source);
            }
        }
        new EventsResource(settings, counters, time, sources).declare(routes);
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
        stopping = true;
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
                List<String> segments = segments(request);
                Optional<ConsoleFiles.File> file = console.find(segments);
                if (file.isPresent() && HttpMethod.GET.is(request.getMethod())) {
                    write(request, response, file.get());
                } else {
                    write(response, answer(request, segments));
                }
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

    private static List<String> segments(Request request) {
        List<String> segments = new ArrayList<>();
        for (String part : request.getHttpURI().getPath().substring(1).split("/", -1)) {
            segments.add(URIUtil.decodePath(part));
        }
        return segments;
    }

    private Answer answer(Request request, List<String> segments)
            throws Refusal, IOException, InterruptedException {
        Optional<Routes.Found> found = routes.find(request.getMethod(), segments);
        if (found.isEmpty()) {
            Set<String> methods = routes.methods(segments);
            throw methods.isEmpty()
                    ? Refusal.notFound("there is nothing at " + request.getHttpURI().getPath())
                    : Refusal.of(405, "allowed here: " + String.join(", ", methods));
        }
        Caller caller = Caller.LOCAL;
        Role role = found.get().route().role();
        if (role != null && !caller.role().mayDo(role)) {
            throw Refusal.of(403, "this needs another role");
        }
        Map<String, List<String>> query = new HashMap<>();
        for (Fields.Field field : Request.extractQueryParameters(request)) {
            query.put(field.getName(), field.getValues());
        }
        return found.get()
                .route()
                .action()
                .answer(
                        new Call(
                                json,
                                caller,
                                found.get().path(),
                                query,
                                body(request),
                                () -> !stopping,
                                request.getHeaders().get(HttpHeader.ACCEPT)));
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

    private static void write(Request request, Response response, ConsoleFiles.File file)
            throws IOException {
        HttpFields asked = request.getHeaders();
        byte[] packed = file.packed();
        boolean pack =
                packed != null && asked.getQualityCSV(HttpHeader.ACCEPT_ENCODING).contains("gzip");
        String tag = "\"%s%s\"".formatted(file.tag(), pack ? "-gzip" : "");
        response.getHeaders().put(HttpHeader.ETAG, tag);
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-cache");
        response.getHeaders().put(HttpHeader.VARY, "Accept-Encoding");
        if (asked.getCSV(HttpHeader.IF_NONE_MATCH, true).contains(tag)) {
            response.setStatus(304);
            return;
        }
        if (pack) {
            response.getHeaders().put(HttpHeader.CONTENT_ENCODING, "gzip");
        }
        octets(response, file.type(), pack && packed != null ? packed : file.plain());
    }

    private static void octets(Response response, String type, byte[] octets) throws IOException {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
        response.getHeaders().put(new HttpField(HttpHeader.CONTENT_LENGTH, "" + octets.length));
        try (OutputStream out = Content.Sink.asOutputStream(response)) {
            out.write(octets);
        }
    }
}
