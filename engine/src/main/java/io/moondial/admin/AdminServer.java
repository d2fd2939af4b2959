package io.moondial.admin;

import static java.util.Objects.requireNonNull;

import io.moondial.config.HostPort;
import io.moondial.file.FileTrouble;
import io.moondial.metrics.Counters;
import io.moondial.time.Time;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Serves the interface over HTTP until it is closed: to the owner at the unix socket, and to
 * whoever may log in over TCP. Its threads are its own and few; a request has a virtual thread.
 */
public final class AdminServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger("admin");

    /** Acceptors, selectors, and those that hand requests over. */
    private static final int THREADS = 16;

    /**
     * How many connections may wait to be accepted. Where that queue is full, Linux drops the last
     * packet of the handshake: the caller believes that he is connected, and the engine never knows
     * of him. So a burst of callers has to fit, many more than a listener admits: who is accepted
     * is at least told why not. The system may allow fewer (net.core.somaxconn).
     */
    private static final int ACCEPT_QUEUE = 1024;

    /** How long after a failed attempt the next connection is waited for. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    /** How often it is looked whether the certificate is another. */
    private static final Duration CERTIFICATE_LOOK = Duration.ofSeconds(1);

    /** On each answer: the page runs nothing but its own files, and nobody frames it. */
    private static final List<HttpField> HEADERS =
            List.of(
                    new HttpField(
                            "Content-Security-Policy",
                            "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"),
                    new HttpField("X-Content-Type-Options", "nosniff"),
                    new HttpField("X-Frame-Options", "DENY"),
                    new HttpField("Referrer-Policy", "no-referrer"),
                    new HttpField("Cross-Origin-Opener-Policy", "same-origin"),
                    new HttpField("Cross-Origin-Resource-Policy", "same-origin"));

    private final JsonMapper json = new JsonMapper();
    private final Routes routes = new Routes();
    private final ConsoleFiles console = new ConsoleFiles();
    private final AdminSettings settings;
    private final Counters counters;
    private final Time time;
    private final Server server;
    private final Audit audit;
    private final Logins logins;
    private final Users users;
    private final Sessions sessions;
    private final List<Connections> connections = new ArrayList<>();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final SocketPlace place;
    private @Nullable ServerConnector tcp;
    private Time.@Nullable Alarm certificateLook;

    /** What accepts connections; tests put something in between. */
    @FunctionalInterface
    interface Accepting {
        /** Waits for the next one. */
        void accept() throws IOException;
    }

    /** Something between a listener and the operating system. */
    @FunctionalInterface
    interface AcceptingWrapper {
        void accept(Accepting system) throws IOException;
    }

    /**
     * Opens the listeners.
     *
     * @param socket where the owner asks
     * @param maxLocal how many connections may be open there
     * @param resources what is served
     * @throws IOException if it cannot be opened; the message says what to do
     */
    public AdminServer(
            Path socket,
            int maxLocal,
            AdminSettings settings,
            Counters counters,
            Time time,
            List<Resource> resources)
            throws IOException {
        this(socket, maxLocal, settings, counters, time, resources, Accepting::accept);
    }

    /** The same, with something between it and the operating system. */
    AdminServer(
            Path socket,
            int maxLocal,
            AdminSettings settings,
            Counters counters,
            Time time,
            List<Resource> resources,
            AcceptingWrapper wrapper)
            throws IOException {
        this.settings = settings;
        this.counters = counters;
        this.time = time;
        audit = new Audit(time);
        users = new Users(settings.users(), counters);
        requireSafe();
        logins = new Logins(settings, users, counters, time);
        sessions = new Sessions(settings, users, counters, time);
        declare(resources);
        server = new Server(threads());
        server.setErrorHandler(new Unreadable());
        place = SocketPlace.take(socket);
        try {
            local(maxLocal, wrapper);
            if (settings.listen() != null) {
                overTcp(settings.listen(), wrapper);
            }
            start();
            place.open();
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
        sayWhereItListens();
    }

    private void requireSafe() throws IOException {
        var why = settings.notToOpen();
        if (why.isPresent()) {
            throw new IOException("the interface does not open over TCP: " + why.get());
        }
        HostPort listen = settings.listen();
        if (listen != null && !listen.isOfThisMachine() && users.isEmpty()) {
            throw new IOException(
                    "the interface does not open over TCP: other machines can reach %s, and nobody is in %s: add a user with ussd user add"
                            .formatted(listen, settings.users()));
        }
    }

    private void declare(List<Resource> resources) {
        resources.forEach(it -> it.declare(routes));
        new SessionResource(logins, sessions, audit, settings.users() != null).declare(routes);
        List<EventSource> sources = new ArrayList<>();
        for (Resource resource : resources) {
            if (resource instanceof EventSource source) {
                sources.add(source);
            }
        }
        new EventsResource(settings, counters, time, sources).declare(routes);
    }

    private static QueuedThreadPool threads() {
        QueuedThreadPool threads = new QueuedThreadPool(THREADS, 2);
        threads.setName("admin");
        threads.setDaemon(true);
        threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
        return threads;
    }

    private void local(int maxLocal, AcceptingWrapper wrapper) {
        AcceptFailures failures = new AcceptFailures("the control socket");
        UnixDomainServerConnector connector =
                new UnixDomainServerConnector(server, 1, 1, http()) {
                    @Override
                    protected void accept(int acceptor) throws IOException {
                        wrapper.accept(() -> super.accept(acceptor));
                        failures.over();
                    }

                    @Override
                    protected boolean handleAcceptFailure(Throwable failure) {
                        return failures.happened(failure, isRunning());
                    }
                };
        connector.setUnixDomainPath(place.making());
        connector.setAcceptQueueSize(ACCEPT_QUEUE);
        add(
                connector,
                Access.OWNER,
                new Connections(
                        settings, maxLocal, maxLocal, "control: max_connections", counters, time),
                maxLocal);
    }

    private void overTcp(HostPort listen, AcceptingWrapper wrapper) throws IOException {
        AcceptFailures failures = new AcceptFailures("the interface over TCP");
        AdminSettings.Tls tls = settings.tls();
        List<ConnectionFactory> protocols = new ArrayList<>();
        if (tls != null) {
            Protection protection = new Protection(tls, counters);
            protocols.add(new SslConnectionFactory(protection.factory(), http().getProtocol()));
            follow(protection);
        }
        protocols.add(http());
        ServerConnector connector =
                new ServerConnector(server, 1, 1, protocols.toArray(ConnectionFactory[]::new)) {
                    @Override
                    public void accept(int acceptor) throws IOException {
                        wrapper.accept(() -> super.accept(acceptor));
                        failures.over();
                    }

                    @Override
                    protected boolean handleAcceptFailure(Throwable failure) {
                        return failures.happened(failure, isRunning());
                    }
                };
        connector.setHost(listen.host());
        connector.setPort(listen.port());
        connector.setAcceptQueueSize(ACCEPT_QUEUE);
        tcp = connector;
        add(
                connector,
                new TcpAccess(settings, listen, users, sessions, counters, audit),
                new Connections(
                        settings,
                        settings.maxConnections(),
                        settings.maxConnectionsOfAddress(),
                        "admin: max_connections",
                        counters,
                        time),
                settings.maxRequests());
    }

    private void follow(Protection protection) {
        certificateLook =
                time.after(
                        CERTIFICATE_LOOK,
                        () ->
                                Thread.ofVirtual()
                                        .start(
                                                () -> {
                                                    protection.follow();
                                                    if (!stopping.get()) {
                                                        follow(protection);
                                                    }
                                                }));
    }

    private HttpConnectionFactory http() {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(settings.maxHeader());
        http.setHttpCompliance(HttpCompliance.STRICT);
        http.setUriCompliance(UriCompliance.UNAMBIGUOUS);
        http.setMaxUnconsumedRequestContentReads(1);
        return new HttpConnectionFactory(http);
    }

    private void add(
            AbstractConnector connector, Access access, Connections open, int mostRequests) {
        connector.setIdleTimeout(0); // the connections have their times
        connector.setShutdownIdleTimeout(PAUSE.toMillis());
        connector.addBean(open);
        connections.add(open);
        server.addConnector(connector);
        RequestHandler handler =
                new RequestHandler(
                        settings,
                        counters,
                        json,
                        routes,
                        console,
                        access,
                        audit,
                        open,
                        mostRequests,
                        stopping::get);
        Handler before = server.getHandler();
        server.setHandler(
                new Handler.Abstract() {
                    @Override
                    public boolean handle(Request request, Response response, Callback callback)
                            throws Exception {
                        HEADERS.forEach(response.getHeaders()::put);
                        return connector.equals(request.getConnectionMetaData().getConnector())
                                ? handler.handle(request, response, callback)
                                : requireNonNull(before).handle(request, response, callback);
                    }
                });
    }

    private void start() throws IOException {
        try {
            server.start();
        } catch (IOException e) {
            HostPort listen = settings.listen();
            BindException bind =
                    e instanceof BindException it
                            ? it
                            : e.getCause() instanceof BindException it ? it : null;
            if (listen != null && bind != null) {
                throw new IOException(
                        "the interface cannot listen on %s (admin: listen): %s"
                                .formatted(listen, words(bind)),
                        e);
            }
            throw e;
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    private static String words(BindException bind) {
        String words = FileTrouble.words(bind);
        return words.startsWith("Address already in use")
                ? "the address is in use by another program"
                : words;
    }

    private void sayWhereItListens() {
        HostPort listen = settings.listen();
        if (listen == null) {
            return;
        }
        log.info(
                "the interface listens on {} {}",
                new HostPort(listen.host(), tcpPort()),
                settings.tls() == null ? "in clear" : "with TLS");
        Path file = settings.users();
        // Where there is no file, the warning of the rules says so.
        if (file != null && Files.exists(file) && users.isEmpty()) {
            log.warn(
                    "nobody can log in to the interface over TCP: {} has no users; ussd user add adds one",
                    file);
        }
    }

    /** The port that it listens on; 0: none. */
    public int tcpPort() {
        ServerConnector connector = tcp;
        return connector == null ? 0 : connector.getLocalPort();
    }

    /** All that is served. */
    Routes routes() {
        return routes;
    }

    @Override
    public void close() {
        stopping.set(true);
        Time.Alarm look = certificateLook;
        if (look != null) {
            look.cancel();
        }
        connections.forEach(Connections::close);
        logins.close();
        try (place) {
            server.stop();
        } catch (Exception e) {
            log.warn("the interface did not stop cleanly", e);
        }
    }

    /**
     * What a listener does that cannot accept connections, because the process has no file
     * descriptor or no memory left: it tries again and again, because both become free again.
     */
    private final class AcceptFailures {
        private final String who;
        private boolean failing;

        AcceptFailures(String who) {
            this.who = who;
        }

        /** One was accepted. */
        synchronized void over() {
            if (failing) {
                failing = false;
                log.info("{} accepts connections again", who);
            }
        }

        /** Whether to go on. */
        boolean happened(Throwable failure, boolean running) {
            if (!running) {
                return false;
            }
            counters.increment("admin.accept.failures");
            synchronized (this) {
                if (!failing) {
                    failing = true;
                    log.error(
                            "{} cannot accept connections now: {}; the engine tries again every {} ms",
                            who,
                            failure instanceof IOException io
                                    ? FileTrouble.words(io)
                                    : failure.toString(),
                            PAUSE.toMillis());
                }
            }
            try {
                Thread.sleep(PAUSE.toMillis());
                return true;
            } catch (InterruptedException e) {
                return false;
            }
        }
    }

    /** The answer to what cannot be read as a request at all. */
    private final class Unreadable extends ErrorHandler {
        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            int status = Math.max(400, response.getStatus());
            counters.increment(
                    switch (status) {
                        case 414 -> "admin.refused.uri";
                        case 431 -> "admin.refused.header";
                        default -> "admin.refused.bad_request";
                    });
            HttpFields.Mutable headers = response.getHeaders();
            HEADERS.forEach(headers::put);
            headers.put(HttpHeader.CONNECTION, "close");
            headers.put(HttpHeader.CONTENT_TYPE, "application/json");
            String why =
                    switch (status) {
                        case 414, 431 ->
                                "the first line and the headers are too long (admin: max_header, max_uri)";
                        default ->
                                "this is no request of HTTP/1.1, or one that can be read in more than one way";
                    };
            Content.Sink.write(
                    response, true, json.createObjectNode().put("error", why).toString(), callback);
            return true;
        }
    }
}
