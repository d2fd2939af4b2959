package io.moondial.admin.client;

import io.moondial.file.FileTrouble;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilderException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.eclipse.jetty.client.BytesRequestContent;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.HttpResponseException;
import org.eclipse.jetty.client.InputStreamResponseListener;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.io.Transport;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks a running engine over its interface {@code /v1}. Nothing is connected before the first
 * question. What comes is not trusted: it may be long, slow, cut off, or not an engine's at all.
 */
public final class AdminClient implements AutoCloseable {
    /** How long an answer may take, if its question says nothing else. */
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    /** A JSON answer has at most this many octets. */
    static final int MAX_ANSWER = 16 << 20;

    /** A line of events has at most this many characters. */
    static final int MAX_LINE = 4 << 20;

    /** A file of certificates that are trusted has at most this many octets. */
    private static final int MAX_AUTHORITY = 1 << 20;

    /** How long a connection may take. */
    private static final Duration CONNECT = Duration.ofSeconds(10);

    /** Events have a comment every 15 s; after so long without anything, the engine is gone. */
    private static final Duration SILENCE = Duration.ofSeconds(60);

    static {
        // References in a cache line of 64 octets: Jetty would load the JVM's management beans to
        // ask how long a reference is, and a command would start a third later.
        System.setProperty("org.eclipse.jetty.util.referencesPerCacheLine", "16");
    }

    private final JsonMapper json = new JsonMapper();
    private final HttpClient http;
    private final URI base;
    private final @Nullable Place socket;
    private final @Nullable Place otherwise;
    private final Consumer<String> tells;

    /** That of the two which is asked; null: neither has been found listening. */
    private volatile @Nullable Place found;

    private final @Nullable String token;
    private Duration patience = PATIENCE;

    private AdminClient(
            URI base,
            @Nullable Place socket,
            @Nullable Place otherwise,
            Consumer<String> tells,
            @Nullable String token,
            SslContextFactory.@Nullable Client tls) {
        this.base = base;
        this.socket = socket;
        this.otherwise = otherwise;
        this.tells = tells;
        this.token = token;
        Executor threads =
                Executors.newCachedThreadPool(
                        Thread.ofPlatform().daemon().name("admin-client-", 0).factory());
        ClientConnector connector = new ClientConnector();
        connector.setSelectors(1);
        connector.setExecutor(threads);
        connector.setSslContextFactory(tls == null ? new NoTls() : tls);
        http = new HttpClient(new HttpClientTransportOverHTTP(connector));
        http.setExecutor(threads);
        http.setConnectTimeout(CONNECT.toMillis());
        http.setFollowRedirects(false);
        http.setUserAgentField(null);
        http.setHttpCookieStore(new HttpCookieStore.Empty());
        http.setByteBufferPool(new ByteBufferPool.NonPooling());
    }

    /**
     * A control socket.
     *
     * @param from where its path comes from, in a few words, such as {@code --socket}
     */
    public record Place(Path path, String from) {
        @Override
        public String toString() {
            return path + " (" + from + ")";
        }
    }

    /** Of the engine whose socket this is. */
    public static AdminClient local(Place socket) {
        return local(socket, null, _ -> {});
    }

    /**
     * The same. Whichever is found listening is asked until nobody answers there.
     *
     * @param otherwise is asked while nobody listens at the first and somebody does here; null:
     *     there is no other
     * @param tells is given a sentence when that is so
     */
    public static AdminClient local(
            Place socket, @Nullable Place otherwise, Consumer<String> tells) {
        return started(
                new AdminClient(
                        URI.create("http://localhost"), socket, otherwise, tells, null, null));
    }

    /**
     * Of an engine that listens on TCP.
     *
     * @param base such as {@code https://ussd.example.org:8088}
     * @param token says who asks; null: nobody
     * @param authority a PEM file with the certificates of who may have signed the engine's; null:
     *     those that Java trusts
     * @throws IOException if that file cannot be used
     */
    public static AdminClient remote(URI base, @Nullable String token, @Nullable Path authority)
            throws IOException {
        SslContextFactory.Client tls = new SslContextFactory.Client();
        if (authority != null) {
            tls.setTrustStore(trusted(authority));
        }
        return started(new AdminClient(base, null, null, _ -> {}, token, tls));
    }

    private static KeyStore trusted(Path file) throws IOException {
        byte[] octets;
        try (InputStream in = Files.newInputStream(file)) {
            octets = in.readNBytes(MAX_AUTHORITY + 1); // it may be a pipe
        }
        if (octets.length > MAX_AUTHORITY) {
            throw new IOException(
                    "%s has more than %d octets: a PEM file of certificates is expected"
                            .formatted(file, MAX_AUTHORITY));
        }
        try {
            Collection<? extends Certificate> found =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(octets));
            if (found.isEmpty()) {
                throw new IOException(file + " has no certificate: a PEM file is expected");
            }
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (Certificate one : found) {
                store.setCertificateEntry("authority-" + number++, one);
            }
            return store;
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    "%s cannot be used as certificates: a PEM file is expected: %s"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    private static AdminClient started(AdminClient it) {
        try {
            it.http.start();
            it.http.getContentDecoderFactories().clear(); // what is short here stays short
            return it;
        } catch (Exception e) {
            throw new IllegalStateException("the client cannot start", e);
        }
    }

    /** From now on an answer may take so long where its question says nothing else. */
    public AdminClient within(Duration newPatience) {
        patience = newPatience;
        return this;
    }

    /** From now on a connection may take so long. */
    AdminClient connecting(Duration longest) {
        http.setConnectTimeout(longest.toMillis());
        return this;
    }

    /** Reads something. */
    public Question get(String path) {
        return new Question("GET", path);
    }

    /** Does something. */
    public Question post(String path) {
        return new Question("POST", path);
    }

    /** Ends or removes something. */
    public Question delete(String path) {
        return new Question("DELETE", path);
    }

    @Override
    public void close() {
        try {
            http.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // it stops all the same, without being waited for
        } catch (Exception e) {
            throw new IllegalStateException("the client does not stop", e);
        }
    }

    /**
     * What was answered.
     *
     * @param status of HTTP, 200 to 299
     * @param value missing where there is none
     */
    public record Answer(int status, JsonNode value) {}

    /** A question that is being put together, and then asked once. */
    public final class Question {
        private final String method;
        private final StringBuilder path;
        private final Map<String, String> headers = new LinkedHashMap<>();
        private Duration time = patience;
        private byte @Nullable [] body;

        private Question(String method, String path) {
            this.method = method;
            this.path = new StringBuilder(path);
        }

        /** One more segment of the path, whatever characters it has. */
        public Question segment(String text) {
            path.append('/').append(encoded(text));
            return this;
        }

        /** A parameter; null: none. */
        public Question with(String name, @Nullable Object value) {
            if (value != null) {
                path.append(path.indexOf("?") < 0 ? '?' : '&')
                        .append(name)
                        .append('=')
                        .append(encoded(value.toString()));
            }
            return this;
        }

        /** A header; null: none. */
        public Question header(String name, @Nullable String value) {
            if (value != null) {
                headers.put(name, value);
            }
            return this;
        }

        /** What is sent. */
        public Question body(JsonNode value) {
            body = json.writeValueAsBytes(value);
            return this;
        }

        /** How long the answer may take. */
        public Question within(Duration newTime) {
            time = newTime;
            return this;
        }

        private static String encoded(String text) {
            return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
        }

        /** Asks; the answer is one JSON value, or missing where there is none. */
        public JsonNode answer()
                throws NotRunningException, RefusedException, InterruptedException {
            return answerWithStatus().value();
        }

        /** The same, where more than one status of HTTP says that all is well. */
        public Answer answerWithStatus()
                throws NotRunningException, RefusedException, InterruptedException {
            try (Streamed answer =
                    sent(request().timeout(time.toMillis(), TimeUnit.MILLISECONDS))) {
                return new Answer(answer.response.getStatus(), parsed(answer.text()));
            } catch (IOException e) {
                throw gone(e);
            }
        }

        /** Asks; the answer is a text. */
        public String text() throws NotRunningException, RefusedException, InterruptedException {
            try (Streamed answer =
                    sent(request().timeout(time.toMillis(), TimeUnit.MILLISECONDS))) {
                return answer.text();
            } catch (IOException e) {
                throw gone(e);
            }
        }

        /** Asks; the answer comes as long as it comes. */
        public Streamed stream()
                throws NotRunningException, RefusedException, InterruptedException {
            return sent(request());
        }

        /** Asks for events, and hands each to its taker, until the taker or the engine ends it. */
        public void events(EventTaker taker)
                throws NotRunningException, RefusedException, InterruptedException {
            Request request = request().idleTimeout(SILENCE.toMillis(), TimeUnit.MILLISECONDS);
            try (Streamed answer = sent(request)) {
                if (!taker.begun()) {
                    return;
                }
                time = SILENCE;
                BufferedReader lines =
                        new BufferedReader(
                                new InputStreamReader(answer.in(), StandardCharsets.UTF_8));
                String name = "message";
                StringBuilder data = new StringBuilder();
                while (true) {
                    String line = line(lines);
                    if (line.isEmpty()) {
                        if (!data.isEmpty() && !taker.take(name, parsed(data.toString()))) {
                            return;
                        }
                        name = "message";
                        data.setLength(0);
                    } else if (line.startsWith("event:")) {
                        name = line.substring("event:".length()).strip();
                    } else if (line.startsWith("data:")) {
                        data.append(line, "data:".length(), line.length());
                    }
                }
            } catch (IOException e) {
                throw gone(e);
            }
        }

        private Request request() {
            Request request = http.newRequest(base.resolve(path.toString())).method(method);
            if (socket != null) {
                request.transport(new Transport.TCPUnix(asked(socket).path()));
            }
            if (token != null) {
                request.headers(it -> it.put(HttpHeader.AUTHORIZATION, "Bearer " + token));
            }
            headers.forEach((name, value) -> request.headers(it -> it.put(name, value)));
            if (body != null) {
                request.body(new BytesRequestContent("application/json", body));
            }
            return request;
        }

        /** Sends it, and waits for the beginning of the answer. */
        private Streamed sent(Request request)
                throws NotRunningException, RefusedException, InterruptedException {
            InputStreamResponseListener listener = new InputStreamResponseListener();
            request.send(listener);
            Response response;
            try {
                response = listener.get(time.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                var _ = request.abort(e);
                throw gone(e);
            } catch (ExecutionException e) {
                throw gone(e.getCause());
            }
            Streamed answer = new Streamed(request, response, listener);
            if (response.getStatus() / 100 == 2) {
                return answer;
            }
            try (answer) {
                throw new RefusedException(
                        response.getStatus(),
                        why(response, answer.text()),
                        retryAfter(answer.header("Retry-After")));
            } catch (IOException e) {
                throw gone(e);
            }
        }

        /** Seconds, as an engine says them; whatever else there is is not asked for so soon. */
        private static @Nullable Duration retryAfter(@Nullable String header) {
            return header == null || !header.matches("[0-9]{1,5}")
                    ? null
                    : Duration.ofSeconds(Integer.parseInt(header));
        }

        /** What an answer of another status says, which is JSON if an engine says it. */
        private String why(Response response, String text) throws NotRunningException {
            JsonNode error = parsed(text).path("error");
            if (!error.isString()) {
                throw stranger("it answers with status " + response.getStatus(), null);
            }
            return error.asString();
        }

        private JsonNode parsed(String text) throws NotRunningException {
            try {
                return text.isEmpty() ? json.missingNode() : json.readTree(text);
            } catch (JacksonException e) {
                throw stranger("its answer is no JSON: " + e.getOriginalMessage(), e);
            }
        }

        private NotRunningException gone(@Nullable Throwable why) throws InterruptedException {
            Throwable reason = why;
            if (reason instanceof InterruptedIOException
                    && !(reason instanceof SocketTimeoutException)) {
                throw new InterruptedException();
            }
            while (reason instanceof IOException
                    && !(reason instanceof SSLException)
                    && reason.getCause() != null) {
                reason = reason.getCause();
            }
            return switch (reason) {
                case TimeoutException late ->
                        new NotRunningException(
                                "the engine at %s has not answered within %s"
                                        .formatted(place(), words(time)),
                                late);
                case SocketTimeoutException late ->
                        nobody(
                                "no connection within "
                                        + words(Duration.ofMillis(http.getConnectTimeout())),
                                late);
                case ConnectException refused -> nobody(FileTrouble.words(refused), refused);
                case UnknownHostException unknown -> nobody(FileTrouble.words(unknown), unknown);
                case SSLException tls ->
                        new NotRunningException(
                                "no safe connection to %s: %s".formatted(place(), words(tls)), tls);
                case SocketException other -> nobody(FileTrouble.words(other), other);
                case ClosedChannelException closed -> ended("the connection ended", closed);
                case EOFException closed -> ended("the connection ended", closed);
                case TooLongException tooLong -> stranger(tooLong.getMessage(), tooLong);
                case IOException io -> ended(FileTrouble.words(io), io);
                case HttpResponseException other ->
                        stranger(
                                "its answer is no HTTP"
                                        + ("http".equals(base.getScheme()) && socket == null
                                                ? "; if it speaks TLS, its address begins with https://"
                                                : ""),
                                other);
                case null -> ended("the connection ended", null);
                default -> stranger(String.valueOf(reason.getMessage()), reason);
            };
        }

        private NotRunningException nobody(String why, IOException e) {
            String place = place();
            found = null;
            return new NotRunningException(
                    "no engine answers at %s: %s%s"
                            .formatted(
                                    place,
                                    why,
                                    socket == null ? "" : "; start one with: ussd serve"),
                    e);
        }

        private NotRunningException ended(String how, @Nullable Throwable e) {
            return new NotRunningException(
                    "the engine at %s has ended instead of answering: %s".formatted(place(), how),
                    e);
        }

        private NotRunningException stranger(@Nullable String why, @Nullable Throwable e) {
            return new NotRunningException(
                    "what answers at %s is another program, or an engine of another version: %s"
                            .formatted(place(), why),
                    e);
        }
    }

    /** That of the two where somebody listens, and the same again until nobody answers there. */
    private synchronized Place asked(Place first) {
        Place before = found;
        if (otherwise == null || before != null) {
            return before == null ? first : before;
        }
        if (isListening(first.path())) {
            found = first;
        } else if (isListening(otherwise.path())) {
            found = otherwise;
            tells.accept("nobody listens at %s; so %s is asked".formatted(first, otherwise));
            return otherwise;
        }
        return first;
    }

    private static boolean isListening(Path socket) {
        try (var _ = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return true;
        } catch (IOException e) {
            return false; // the question that follows says why
        }
    }

    private String place() {
        if (socket == null) {
            return base.toString();
        }
        Place asked = found;
        if (asked != null) {
            return asked.toString();
        }
        return otherwise == null ? socket.toString() : socket + " or at " + otherwise;
    }

    /** What keeps the connection from being safe is at the end of the causes. */
    private static String words(SSLException tls) {
        Throwable root = tls;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = String.valueOf(root.getMessage());
        return switch (root) {
            case CertPathBuilderException unknown ->
                    "nobody who is trusted has signed its certificate; --ca FILE names who is trusted";
            case CertificateExpiredException expired ->
                    "its certificate has expired (" + message + ")";
            case CertificateNotYetValidException early ->
                    "its certificate is not valid yet (" + message + ")";
            case CertificateException other -> "its certificate is not accepted: " + message;
            default ->
                    message.contains("SSL message") ? "what answers does not speak TLS" : message;
        };
    }

    private static String words(Duration time) {
        return time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }

    /** One line without its end. */
    private static String line(BufferedReader in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new ClosedChannelException();
            }
            if (line.length() == MAX_LINE) {
                throw new TooLongException("an event has more than " + MAX_LINE + " characters");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    /** Takes events. */
    @FunctionalInterface
    public interface EventTaker {
        /**
         * Called once, before the first event: the engine tells of everything from now on. So
         * whatever is asked for here and what comes then leave nothing out; some of it may be in
         * both.
         *
         * @return false: it wants no event
         */
        default boolean begun() throws NotRunningException, RefusedException, InterruptedException {
            return true;
        }

        /** Takes one; false: it wants no more. */
        boolean take(String name, JsonNode data)
                throws NotRunningException, RefusedException, InterruptedException;
    }

    /** An answer that comes bit by bit. */
    public static final class Streamed implements AutoCloseable {
        private final Request request;
        private final Response response;
        private final InputStreamResponseListener listener;
        private final InputStream in;

        private Streamed(Request request, Response response, InputStreamResponseListener listener) {
            this.request = request;
            this.response = response;
            this.listener = listener;
            this.in = new OnDemand(listener.getInputStream());
        }

        /** What comes. */
        public InputStream in() {
            return in;
        }

        /** A header of the answer; null: it has none of this name. */
        public @Nullable String header(String name) {
            return response.getHeaders().get(name);
        }

        /**
         * What follows the whole answer under this name; null: nothing.
         *
         * @throws IOException if the answer was cut off
         */
        public @Nullable String trailer(String name) throws IOException, InterruptedException {
            try {
                Throwable failure =
                        listener.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).getFailure();
                if (failure != null) {
                    throw new IOException(failure);
                }
            } catch (TimeoutException e) {
                throw new IOException(
                        "the end of the answer has not come within " + words(PATIENCE), e);
            }
            HttpFields trailers = response.getTrailers();
            return trailers == null ? null : trailers.get(name);
        }

        private String text() throws IOException {
            byte[] octets = in.readNBytes(MAX_ANSWER + 1);
            if (octets.length > MAX_ANSWER) {
                throw new TooLongException("its answer has more than " + MAX_ANSWER + " octets");
            }
            return new String(octets, StandardCharsets.UTF_8);
        }

        /** Ends it, if it has not ended. */
        @Override
        public void close() {
            var _ = request.abort(new ClosedChannelException());
        }
    }

    /** For a socket of this machine: what TLS needs takes a fifth of a second to load. */
    private static final class NoTls extends SslContextFactory.Client {
        @Override
        protected void doStart() {
            // nothing is encrypted
        }
    }

    /** Jetty's stream waits for octets even if none is asked for, which the JDK's own reads do. */
    private static final class OnDemand extends FilterInputStream {
        OnDemand(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            return length == 0 ? 0 : in.read(into, from, length);
        }
    }

    private static final class TooLongException extends IOException {
        private static final long serialVersionUID = 1L;

        TooLongException(String message) {
            super(message);
        }
    }

    /** No engine answers there, or what answers is none. */
    public static final class NotRunningException extends Exception {
        private static final long serialVersionUID = 1L;

        NotRunningException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** The engine has answered that it will not do what was asked, and why. */
    public static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        private final int status;
        private final @Nullable Duration retryAfter;

        RefusedException(int status, String message, @Nullable Duration retryAfter) {
            super(message, null, false, false);
            this.status = status;
            this.retryAfter = retryAfter;
        }

        /** The status of HTTP, such as 404. */
        public int status() {
            return status;
        }

        /** After how long it makes sense to ask again; null: it does not say. */
        public @Nullable Duration retryAfter() {
            return retryAfter;
        }
    }
}
