package io.moondial.admin;

import io.moondial.admin.Connections.Client;
import io.moondial.metrics.Counters;
import io.moondial.text.LogText;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where each request of a listener arrives, on a virtual thread: who calls, whether he may, what he
 * wants, the answer, and the audit line.
 */
final class RequestHandler extends Handler.Abstract {
    private static final Logger log = LoggerFactory.getLogger("admin");

    private static final Pattern RAW_SEGMENT =
            Pattern.compile("(?:[A-Za-z0-9._~!$&'()*+,=:@-]|%[0-9A-Fa-f]{2})*");
    private static final Set<String> CHANGING = Set.of("POST", "DELETE");

    private static final String JSON = "application/json";
    private static final Pattern JSON_TYPE =
            Pattern.compile("(?i)application/json[ \\t]*(;[ \\t]*(charset=\"?utf-8\"?[ \\t]*)?)?");

    /** What curl calls a body if it is told nothing else. */
    private static final Pattern UNNAMED_TYPE =
            Pattern.compile("(?i)(application/x-www-form-urlencoded[ \\t]*)?");

    /**
     * How much of a refused body is taken in after the answer, in octets. Who sends more at once
     * finds the connection closed.
     */
    private static final int MOST_LEFT = 64 << 20;

    private final AdminSettings settings;
    private final Counters counters;
    private final JsonMapper json;
    private final Routes routes;
    private final ConsoleFiles console;
    private final Access access;
    private final Audit audit;
    private final Connections connections;
    private final BooleanSupplier stopping;
    private final Semaphore room;

    /**
     * That of one listener.
     *
     * @param access who may call there
     * @param mostRequests how many may be under way
     */
    RequestHandler(
            AdminSettings settings,
            Counters counters,
            JsonMapper json,
            Routes routes,
            ConsoleFiles console,
            Access access,
            Audit audit,
            Connections connections,
            int mostRequests,
            BooleanSupplier stopping) {
        this.settings = settings;
        this.counters = counters;
        this.json = json;
        this.routes = routes;
        this.console = console;
        this.access = access;
        this.audit = audit;
        this.connections = connections;
        this.stopping = stopping;
        room = new Semaphore(mostRequests);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Client client;
        try {
            client = connections.of(request.getConnectionMetaData().getConnection());
        } catch (IllegalStateException e) {
            callback.failed(e);
            return true;
        }
        client.waitsForEngine();
        counters.increment("admin.requests");
        try {
            new Exchange(request, response, client).serve();
            client.waitsForRequest();
            callback.succeeded();
        } catch (IOException e) {
            counters.increment("admin.broken");
            callback.failed(e); // the caller is gone, or too slow
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            callback.failed(e);
        } catch (RuntimeException | Error e) {
            counters.increment("admin.failures");
            log.error("an answer could not be sent to its end", e);
            callback.failed(e);
        }
        return true;
    }

    /** One request and its answer. */
    private final class Exchange {
        private final Request request;
        private final Response response;
        private final Client client;
        private final long began = System.nanoTime();
        private Caller caller = Caller.NOBODY;
        private final InputStream in;
        private boolean bodyRead;

        Exchange(Request request, Response response, Client client) {
            this.request = request;
            this.response = response;
            this.client = client;
            in = Content.Source.asInputStream(request);
        }

        /** What was done is audited, whether its answer can be written or not. */
        void serve() throws IOException, InterruptedException {
            boolean answered = false;
            try {
                try {
                    answer();
                } catch (Refusal e) {
                    write(e);
                }
                answered = true;
            } finally {
                if (CHANGING.contains(request.getMethod()) && caller.role() != Role.NONE) {
                    audit.done(
                            caller,
                            from(),
                            what(),
                            response.getStatus(),
                            answered,
                            System.nanoTime() - began);
                }
            }
        }

        private void answer() throws Refusal, IOException, InterruptedException {
            List<String> segments = segments();
            access.requireHost(request);
            String method = request.getMethod();
            if (method.equals("GET") || method.equals("HEAD")) {
                Optional<ConsoleFiles.File> file = console.find(segments);
                if (file.isPresent()) {
                    refuseBody();
                    write(file.get());
                    return;
                }
            }
            Routes.Found found = found(method, segments);
            Routes.Route route = found.route();
            Access.Visitor visitor = access.visitor(request);
            caller = visitor.caller();
            if (CHANGING.contains(method)) {
                access.requireOrigin(request, visitor, what());
            } else {
                access.requireSameSite(request, what());
                refuseBody();
            }
            access.requireRole(request, visitor, route, what());
            // Before there is a place: who sends slowly takes none from others.
            byte[] body = CHANGING.contains(method) ? body(visitor) : new byte[0];
            if (!room.tryAcquire()) {
                counters.increment("admin.refused.requests");
                throw Refusal.of(
                        503,
                        "%d requests are under way already, as many as the rules allow (admin: max_requests)"
                                .formatted(settings.maxRequests()));
            }
            Answer answer;
            try {
                answer = act(route, found.path(), visitor, body);
            } finally {
                room.release();
            }
            write(answer);
        }

        private Answer act(
                Routes.Route route, Map<String, String> path, Access.Visitor visitor, byte[] body)
                throws Refusal, IOException, InterruptedException {
            BooleanSupplier mayGoOn =
                    () -> !stopping.getAsBoolean() && visitor.stillThere().getAsBoolean();
            Call call =
                    new Call(
                            json,
                            caller,
                            path,
                            query(),
                            body,
                            mayGoOn,
                            request.getHeaders()::getValuesList,
                            new Call.Visit(
                                    client.address(),
                                    from(),
                                    visitor.session(),
                                    visitor.protectedByTls()));
            try {
                return route.action().answer(call);
            } catch (RuntimeException e) {
                counters.increment("admin.failures");
                log.error("{} {} failed", route.method(), route.template(), e);
                throw Refusal.of(500, "the engine could not answer; its log says why");
            }
        }

        private Routes.Found found(String method, List<String> segments) throws Refusal {
            Optional<Routes.Found> found = routes.find(method, segments);
            if (found.isPresent()) {
                return found.get();
            }
            Set<String> methods = routes.methods(segments);
            if (methods.isEmpty()) {
                throw Refusal.notFound("there is nothing at this path");
            }
            response.getHeaders().put(HttpHeader.ALLOW, String.join(", ", methods));
            throw Refusal.of(405, "allowed here: " + String.join(", ", methods));
        }

        /** The parts of the path, decoded. Whatever could be read in two ways is refused. */
        private List<String> segments() throws Refusal {
            String uri = request.getHttpURI().getPathQuery();
            String path = request.getHttpURI().getPath();
            if (uri != null && uri.length() > settings.maxUri()) {
                counters.increment("admin.refused.uri");
                throw Refusal.of(
                        414,
                        "the path with its query has %d octets; the rules allow %d (admin: max_uri)"
                                .formatted(uri.length(), settings.maxUri()));
            }
            if (path == null || !path.startsWith("/")) {
                throw badPath();
            }
            List<String> segments = new ArrayList<>();
            for (String raw : path.substring(1).split("/", -1)) {
                segments.add(decoded(raw));
            }
            if (segments.contains("") && segments.size() > 1) {
                throw badPath();
            }
            return segments;
        }

        private String decoded(String raw) throws Refusal {
            if (!RAW_SEGMENT.matcher(raw).matches()) {
                throw badPath();
            }
            byte[] octets = new byte[raw.length()];
            int length = 0;
            for (int i = 0; i < raw.length(); i++) {
                char c = raw.charAt(i);
                if (c == '%') {
                    octets[length++] = (byte) Integer.parseInt(raw, i + 1, i + 3, 16);
                    i += 2;
                } else {
                    octets[length++] = (byte) c;
                }
            }
            String text;
            try {
                text =
                        StandardCharsets.UTF_8
                                .newDecoder()
                                .decode(ByteBuffer.wrap(octets, 0, length))
                                .toString();
            } catch (CharacterCodingException e) {
                throw badPath();
            }
            if (text.equals(".")
                    || text.equals("..")
                    || text.indexOf('/') >= 0
                    || text.indexOf('\\') >= 0
                    || text.chars().anyMatch(Character::isISOControl)) {
                throw badPath();
            }
            return text;
        }

        private Refusal badPath() {
            counters.increment("admin.refused.path");
            return Refusal.badRequest(
                    "the path can be read in more than one way: it must have no empty part, no . or .. as a part, no ; and no / \\ or control character that is written with %");
        }

        private Map<String, List<String>> query() throws Refusal {
            Map<String, List<String>> query = new HashMap<>();
            try {
                for (Fields.Field field : Request.extractQueryParameters(request)) {
                    query.put(field.getName(), field.getValues());
                }
            } catch (RuntimeException e) { // of several kinds, for what is no UTF-8 among others
                throw Refusal.badRequest(
                        "the query cannot be read: it is no NAME=VALUE with & between, in UTF-8");
            }
            return query;
        }

        /** What reads something has no body: two servers in a row might not agree where it ends. */
        private void refuseBody() throws Refusal {
            if (request.getLength() > 0
                    || request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING)) {
                throw Refusal.badRequest("a request that reads something has no body");
            }
            bodyRead = true;
        }

        private byte[] body(Access.Visitor visitor) throws IOException, Refusal {
            if (request.getLength() > settings.maxBody()) {
                throw tooLong();
            }
            client.waitsForBody();
            byte[] body = in.readNBytes(settings.maxBody() + 1);
            client.waitsForEngine();
            if (body.length > settings.maxBody()) {
                throw tooLong();
            }
            bodyRead = true;
            if (body.length > 0) {
                requireJson(visitor);
            }
            return body;
        }

        /**
         * A form of a page of somebody else can make a browser send a body, but none of this type.
         * No browser adds a token by itself, and none gets to the socket: there, a body may also be
         * sent as curl sends it.
         */
        private void requireJson(Access.Visitor visitor) throws Refusal {
            List<String> types = request.getHeaders().getValuesList(HttpHeader.CONTENT_TYPE);
            String type = String.join(", ", types);
            if (JSON_TYPE.matcher(type).matches()
                    || (!visitor.byBrowser() && UNNAMED_TYPE.matcher(type).matches())) {
                return;
            }
            counters.increment("admin.refused.media_type");
            throw Refusal.of(
                    415,
                    "the header Content-Type is %s; a body is JSON in UTF-8, and the header says application/json"
                            .formatted(types.isEmpty() ? "missing" : "'" + LogText.of(type) + "'"));
        }

        private Refusal tooLong() {
            counters.increment("admin.refused.body");
            return Refusal.of(
                    413,
                    "a body has at most %d octets (admin: max_body)".formatted(settings.maxBody()));
        }

        private void write(Refusal refusal) throws IOException, InterruptedException {
            if (refusal.status() == 401) {
                response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer");
            }
            if (!bodyRead) {
                response.getHeaders().put(HttpHeader.CONNECTION, "close");
            }
            write(
                    new Answer.Json(
                            refusal.status(),
                            json.createObjectNode().put("error", refusal.getMessage())));
            if (!bodyRead) {
                takeIn();
            }
        }

        /**
         * Takes in what is still sent of a refused body, for so long as a body may take. To close
         * at once would reset the connection, and a caller who sends first and reads then would not
         * get to the answer.
         */
        private void takeIn() {
            client.waitsForBody();
            try (in) {
                byte[] piece = new byte[1 << 13];
                int taken = 0;
                for (int n = 0; n >= 0 && taken < MOST_LEFT; n = in.read(piece)) {
                    taken += n;
                }
            } catch (IOException e) {
                // He has gone with his answer, or his time is over.
            }
            client.waitsForEngine();
        }

        private void write(Answer answer) throws IOException, InterruptedException {
            HttpFields.Mutable headers = response.getHeaders();
            if (!headers.contains(HttpHeader.CACHE_CONTROL)) {
                headers.put(HttpHeader.CACHE_CONTROL, "no-store");
            }
            switch (answer) {
                case Answer.Json of -> {
                    response.setStatus(of.status());
                    octets(JSON, json.writeValueAsBytes(of.value()));
                }
                case Answer.Octets of -> {
                    response.setStatus(200);
                    octets(of.type(), of.octets());
                }
                case Answer.Empty of -> response.setStatus(204);
                case Answer.Stream of -> {
                    response.setStatus(200);
                    StreamedBody.write(response, of, out -> new TimedOutput(out, client));
                }
                case Answer.WithHeaders of -> {
                    of.headers().forEach(headers::put);
                    write(of.answer());
                }
            }
        }

        private void write(ConsoleFiles.File file) throws IOException {
            HttpFields asked = request.getHeaders();
            HttpFields.Mutable headers = response.getHeaders();
            byte[] packed = file.packed();
            boolean pack =
                    packed != null
                            && asked.getQualityCSV(HttpHeader.ACCEPT_ENCODING).contains("gzip");
            String tag = "\"%s%s\"".formatted(file.tag(), pack ? "-gzip" : "");
            headers.put(HttpHeader.ETAG, tag);
            headers.put(HttpHeader.CACHE_CONTROL, "no-cache");
            headers.put(HttpHeader.VARY, "Accept-Encoding");
            if (asked.getCSV(HttpHeader.IF_NONE_MATCH, true).contains(tag)) {
                response.setStatus(304);
                return;
            }
            if (pack) {
                headers.put(HttpHeader.CONTENT_ENCODING, "gzip");
            }
            response.setStatus(200);
            octets(file.type(), pack && packed != null ? packed : file.plain());
        }

        private void octets(String type, byte[] octets) throws IOException {
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, octets.length);
            if (request.getMethod().equals("HEAD")) {
                return;
            }
            try (OutputStream out =
                    new TimedOutput(Content.Sink.asOutputStream(response), client)) {
                out.write(octets);
            }
        }

        private String from() {
            return access.from(request);
        }

        /** Method and path, without the query, which may name a subscriber. */
        private String what() {
            return request.getMethod() + " " + request.getHttpURI().getPath();
        }
    }

    /** Marks that a caller is waited for while something is written. */
    private static final class TimedOutput extends OutputStream {
        private final OutputStream out;
        private final Client client;

        TimedOutput(OutputStream out, Client client) {
            this.out = out;
            this.client = client;
        }

        @Override
        public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override
        public void write(byte[] octets, int offset, int length) throws IOException {
            client.waitsForReader();
            out.write(octets, offset, length);
            client.waitsForEngine();
        }

        @Override
        public void flush() throws IOException {
            client.waitsForReader();
            out.flush();
            client.waitsForEngine();
        }

        @Override
        public void close() throws IOException {
            client.waitsForReader();
            out.close();
            client.waitsForEngine();
        }
    }
}
