package io.moondial.modules.http;

import io.moondial.metrics.RateLimitedLog;
import io.moondial.modules.http.Exchange.Answer;
import io.moondial.modules.http.Exchange.Failure;
import io.moondial.modules.http.Exchange.Outcome;
import io.moondial.modules.http.Exchange.Request;
import io.moondial.modules.http.Exchange.Why;
import io.moondial.script.api.Backend.BackendException;
import io.moondial.script.lua.LuaString;
import io.moondial.time.Time;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * One upstream: its connections, its permits, its breaker, its token, and the calls under way. A
 * call waits on no thread: it goes on where the JDK's client, the clock or a token says so.
 */
final class Upstream {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);

    private final String name;
    private final HttpSettings.UpstreamSettings settings;
    private final URI base;
    private final Time time;
    private final Connections connections;
    private final Semaphore permits;
    private final Breaker breaker;
    private final @Nullable AccessToken token;
    private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    /** What says who the engine is: no script can say otherwise. */
    private final Map<String, String> credentials = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    /**
     * It stays as it is, and each call uses a copy. If it were looked up by name, the thread of
     * each script that waits would keep what the lookup leaves there.
     */
    private final MessageDigest sha256 = sha256();

    private final Set<Call> calls = ConcurrentHashMap.newKeySet();
    private volatile boolean retired;
    private volatile boolean stopped;

    /**
     * @throws BackendException if its certificates, its key or its secret cannot be used
     */
    Upstream(
            String name,
            HttpSettings.UpstreamSettings settings,
            Time time,
            Connections.Lookup lookup,
            RateLimitedLog log) {
        this.name = name;
        this.settings = settings;
        this.base = settings.base();
        this.time = time;
        this.permits = new Semaphore(settings.maxConcurrent());
        headers.put("User-Agent", "moondial");
        headers.putAll(settings.headers());
        if (settings.auth() != null) {
            addCredentials(settings.auth());
        }
        this.connections = new Connections(name, settings, time, lookup);
        this.breaker = new Breaker(settings.breaker(), time, it -> tell(it, log));
        HttpSettings.OauthSettings oauth =
                settings.auth() == null ? null : settings.auth().oauth2ClientCredentials();
        this.token =
                oauth == null
                        ? null
                        : new AccessToken(
                                connections.client(),
                                oauth,
                                settings.timeout(),
                                time,
                                why ->
                                        log.write(
                                                Level.WARN,
                                                "tokens of " + name,
                                                "upstream {}: no access token: {}",
                                                name,
                                                why));
    }

    private void addCredentials(HttpSettings.AuthSettings auth) {
        if (auth.basic() != null) {
            addCredential(
                    "Authorization",
                    AccessToken.basic(auth.basic().user(), auth.basic().password().text()));
        }
        if (auth.bearer() != null) {
            addCredential("Authorization", "Bearer " + auth.bearer().text());
        }
        if (auth.header() != null) {
            addCredential(auth.header().name(), auth.header().value().text());
        }
    }

    private void addCredential(String header, String value) {
        Headers.valueFault(header, value)
                .ifPresent(
                        it -> {
                            throw new BackendException(
                                    "http: upstreams: %s: auth: %s; correct the secret"
                                            .formatted(name, it));
                        });
        credentials.put(header, value);
    }

    private void tell(Breaker.State state, RateLimitedLog log) {
        if (state == Breaker.State.OPEN) {
            log.write(
                    Level.WARN,
                    "breaker of " + name,
                    "upstream {}: breaker open for {} ms: {}",
                    name,
                    settings.breaker().openFor().toMillis(),
                    breaker.tally());
        } else {
            log.write(
                    Level.INFO,
                    "breaker of " + name,
                    "upstream {}: breaker closed: the service answers again",
                    name);
        }
    }

    /** What it was made from. */
    HttpSettings.UpstreamSettings settings() {
        return settings;
    }

    /** Sends a request, see {@link Exchange.Upstreams#call}; null: it has retired. */
    @Nullable CompletableFuture<Outcome> call(Request request) {
        boolean isGranted = permits.tryAcquire();
        // a permit first, then this question: retire asks the other way round, so one sees the
        // other
        if (retired) {
            if (isGranted) {
                release();
            }
            return null;
        }
        if (!isGranted) {
            return CompletableFuture.completedFuture(
                    new Failure(
                            Why.BUSY,
                            "%s: %d calls are under way (max_concurrent)"
                                    .formatted(name, settings.maxConcurrent())));
        }
        Call call = new Call(request);
        call.begin();
        return call.answer;
    }

    /** How many calls are under way. */
    int inFlight() {
        return settings.maxConcurrent() - permits.availablePermits();
    }

    Breaker.State breakerState() {
        return breaker.state();
    }

    /** No more calls come: those under way finish, then the connections close. */
    void retire() {
        retired = true;
        closeIfOver();
    }

    private void release() {
        permits.release();
        if (retired) {
            closeIfOver();
        }
    }

    private void closeIfOver() {
        if (inFlight() == 0) {
            connections.retire();
        }
    }

    /** Ends the calls under way, and closes the connections. */
    void stop() {
        stopped = true;
        calls.forEach(
                it ->
                        it.end(
                                new Failure(
                                        Why.CLOSED,
                                        name + ": the engine stops, so the call ends")));
        connections.stop();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * W3C Trace Context, section 3.2: the trace is the dialog, and each request a part of it. All
     * who know the instance id know the trace id.
     */
    private String traceParent(String instanceId) {
        byte[] dialog;
        try {
            dialog =
                    ((MessageDigest) sha256.clone())
                            .digest(instanceId.getBytes(StandardCharsets.UTF_8));
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(e);
        }
        long part = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
        return "00-"
                + HexFormat.of().formatHex(dialog, 0, 16)
                + '-'
                + HexFormat.of().toHexDigits(part)
                + "-01";
    }

    /** One call, from its permit to its outcome. */
    private final class Call {
        private final Request request;
        private final CompletableFuture<Outcome> answer = new CompletableFuture<>();
        private final AtomicBoolean isOver = new AtomicBoolean();
        private final long deadline;
        private int attempts;
        private boolean hasNewToken;

        /**
         * How the last attempt ended that the upstream may have carried out; null: none was. A
         * later one that sends nothing does not hide it: who reads connect takes nothing for done.
         * Nor does a later one that is refused, where nobody knows what became of a change: the
         * refusal may be because the first was carried out.
         */
        private volatile @Nullable Outcome reached;

        private Time.@Nullable Alarm alarm;
        private volatile Breaker.@Nullable Pass pass;

        /** Whether the client has begun to write an attempt of a call that may change something. */
        private volatile boolean isSent;

        /** What the call waits for at the upstream; null: for something else. */
        private volatile @Nullable CompletableFuture<?> exchange;

        Call(Request request) {
            this.request = request;
            this.deadline = time.nanos() + timeout().toNanos();
        }

        private Duration timeout() {
            return request.timeout() == null ? settings.timeout() : request.timeout();
        }

        void begin() {
            calls.add(this);
            alarm = time.after(timeout(), this::timeIsOver);
            var _ = answer.whenComplete((_, _) -> over(null)); // its script may give it up
            if (stopped) {
                end(new Failure(Why.CLOSED, name + ": the engine stops"));
            } else {
                attempt(null);
            }
        }

        /** What it held is given back first: who gets the answer may call again at once. */
        void end(Outcome outcome) {
            if (over(outcome)) {
                answer.complete(outcome);
            }
        }

        private void end(RuntimeException fault) {
            if (over(null)) {
                answer.completeExceptionally(fault);
            }
        }

        private void fail(Why why, String detail) {
            end(new Failure(why, name + ": " + detail));
        }

        private void timeIsOver() {
            fail(
                    Why.TIMEOUT,
                    "no whole answer within "
                            + timeout().toMillis()
                            + " ms"
                            + (exchange == null ? ", waiting for the access token" : ""));
        }

        /**
         * However it ended: gives back what it held.
         *
         * @return whether it had not ended before
         */
        private boolean over(@Nullable Outcome outcome) {
            if (isOver.getAndSet(true)) {
                return false;
            }
            calls.remove(this);
            if (alarm != null) {
                alarm.cancel();
            }
            CompletableFuture<?> open = exchange;
            boolean isSlow =
                    open != null && outcome instanceof Failure it && it.why() == Why.TIMEOUT;
            // first, as an exchange that is cancelled looks like a failure of the upstream
            settle(isSlow ? Breaker.Result.FAILED : Breaker.Result.UNKNOWN);
            if (open != null) {
                Connections.cancel(open);
            }
            release();
            return true;
        }

        private void settle(Breaker.Result result) {
            Breaker.Pass held = pass;
            if (held != null) {
                held.settle(result);
            }
        }

        /**
         * Tries once.
         *
         * @param last how the attempt before this one ended; null: this is the first
         */
        private void attempt(@Nullable Outcome last) {
            try {
                Breaker.Pass granted = breaker.enter();
                if (granted == null) {
                    endWith(last == null ? refusedByBreaker() : last);
                    return;
                }
                pass = granted;
                if (token == null) {
                    send(null);
                } else {
                    withToken(token);
                }
            } catch (RuntimeException e) {
                end(e);
            }
            if (isOver.get()) {
                settle(Breaker.Result.UNKNOWN);
            }
        }

        private Failure refusedByBreaker() {
            long left = breaker.openStill().toMillis();
            return new Failure(
                    Why.OPEN,
                    name
                            + (left > 0
                                    ? ": the breaker is open for another " + left + " ms"
                                    : ": the breaker is half open, and a call that tries the service is under way"));
        }

        private void withToken(AccessToken source) {
            var _ =
                    source.get()
                            .whenComplete(
                                    (got, failure) -> {
                                        if (failure == null) {
                                            guarded(() -> send(got));
                                        } else {
                                            endWith(
                                                    new Failure(
                                                            Why.AUTH,
                                                            name + ": " + failure.getMessage()));
                                        }
                                    });
        }

        /** A fault of the engine's must not leave a script waiting. */
        private void guarded(Runnable step) {
            try {
                step.run();
            } catch (RuntimeException e) {
                end(e);
            }
        }

        private void send(@Nullable String bearer) {
            CompletableFuture<@Nullable String> address = connections.address();
            if (address.isDone() && address.join() == null) {
                exchange(bearer);
                return;
            }
            CompletableFuture<@Nullable String> known = address.copy();
            waitsFor(known);
            Time.Alarm patience =
                    time.after(
                            settings.connectTimeout(),
                            () ->
                                    known.complete(
                                            "the host "
                                                    + connections.host()
                                                    + " is not looked up within connect_timeout"));
            var _ =
                    known.whenComplete(
                            (fault, cancelled) -> {
                                patience.cancel();
                                if (cancelled == null && fault == null) {
                                    guarded(() -> exchange(bearer));
                                } else if (cancelled == null) {
                                    settled(new Failure(Why.CONNECT, name + ": " + fault), null);
                                }
                            });
        }

        private void exchange(@Nullable String bearer) {
            if (isOver.get()) {
                return;
            }
            CompletableFuture<HttpResponse<byte[]>> sent =
                    connections.client().sendAsync(request(bearer), this::body);
            waitsFor(sent);
            var _ =
                    sent.whenComplete(
                            (response, failure) ->
                                    guarded(() -> came(sent, response, failure, bearer)));
        }

        /** If the call has ended meanwhile, what it would wait for is ended too. */
        private void waitsFor(CompletableFuture<?> now) {
            exchange = now;
            if (isOver.get()) {
                Connections.cancel(now);
            }
        }

        private HttpRequest request(@Nullable String bearer) {
            HttpRequest.Builder builder =
                    HttpRequest.newBuilder(URI.create(base + request.target()));
            isSent = false;
            LuaString body = request.body();
            if (body == null && request.method().equals("GET")) {
                builder.GET();
            } else {
                builder.method(
                        request.method(),
                        new Watched(
                                body == null
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofByteArray(body.toOctets()),
                                () -> isSent = true));
            }
            Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            all.put("traceparent", traceParent(request.instanceId()));
            all.put("Moondial-Instance", request.instanceId());
            all.putAll(headers);
            all.putAll(request.headers());
            all.putAll(credentials);
            if (bearer != null) {
                all.put("Authorization", "Bearer " + bearer);
            }
            all.forEach(builder::setHeader);
            return builder.build();
        }

        private HttpResponse.BodySubscriber<byte[]> body(HttpResponse.ResponseInfo info) {
            // the client would wait for the end of the connection
            if (info.headers().firstValue("Content-Length").orElse("").startsWith("-")) {
                throw new IllegalArgumentException("its Content-Length is negative");
            }
            boolean hasSmallHead = CappedBody.size(info.headers()) <= settings.maxResponse();
            return new CappedBody<>(
                    hasSmallHead ? Math.min(settings.maxResponse(), request.longest()) : -1,
                    BodySubscribers.ofByteArray());
        }

        private void came(
                CompletableFuture<?> sent,
                @Nullable HttpResponse<byte[]> response,
                @Nullable Throwable failure,
                @Nullable String bearer) {
            if (response != null && (response.statusCode() < 100 || response.statusCode() > 599)) {
                settled(
                        new Failure(Why.CLOSED, name + ": the status is " + response.statusCode()),
                        bearer);
            } else if (response != null) {
                settled(
                        new Answer(
                                response.statusCode(),
                                joined(response.headers()),
                                LuaString.ofOctets(response.body())),
                        bearer);
            } else if (failure instanceof CancellationException && isOver.get()) {
                settle(Breaker.Result.UNKNOWN);
            } else if (failure != null) {
                Connections.closeConnection(sent);
                Failure why = Connections.failure(failure, isSent);
                settled(new Failure(why.why(), name + ": " + why.detail()), bearer);
            }
        }

        private static Map<String, String> joined(HttpHeaders headers) {
            Map<String, String> joined = new LinkedHashMap<>();
            headers.map()
                    .forEach(
                            (name, values) ->
                                    joined.merge(
                                            name.toLowerCase(Locale.ROOT),
                                            String.join(", ", values),
                                            (a, b) -> a + ", " + b));
            return joined;
        }

        /** An attempt has ended: so does the call, or there is another one. */
        private void settled(Outcome outcome, @Nullable String bearer) {
            settle(isFault(outcome) ? Breaker.Result.FAILED : Breaker.Result.GOOD);
            if (isOver.get()) {
                return;
            }
            if (bearer != null
                    && token != null
                    && !hasNewToken
                    && outcome instanceof Answer refusal
                    && refusal.status() == 401
                    && token.drop(bearer)) {
                hasNewToken = true;
                exchange = null;
                attempt(outcome);
                return;
            }
            if (mayBeDone(outcome) && !(isUnknown(reached) && !isGood(outcome))) {
                reached = outcome;
            }
            Duration pause = FIRST_PAUSE.multipliedBy(1L << attempts);
            if (request.repeatable()
                    && attempts < settings.retry().attempts()
                    && settings.retry().isWorth(outcome)
                    && deadline - time.nanos() > pause.toNanos()) {
                attempts++;
                time.after(pause, () -> retry(outcome));
            } else {
                endWith(outcome);
            }
        }

        /**
         * Ends with what an attempt came to that the upstream may have carried out, or with this.
         */
        private void endWith(Outcome last) {
            Outcome earlier = reached;
            end(earlier == null ? last : earlier);
        }

        /** Whether it asked for a change, and may have made it or not. */
        private boolean isUnknown(@Nullable Outcome outcome) {
            return !request.method().equals("GET")
                    && switch (outcome) {
                        case null -> false;
                        case Answer answer -> answer.status() >= 500;
                        case Failure failure -> mayBeDone(failure);
                    };
        }

        private static boolean isGood(Outcome outcome) {
            return outcome instanceof Answer answer && answer.status() / 100 == 2;
        }

        private static boolean mayBeDone(Outcome outcome) {
            return switch (outcome) {
                case Answer _ -> true;
                case Failure failure ->
                        switch (failure.why()) {
                            case TIMEOUT, CLOSED, TOO_LARGE -> true;
                            case CONNECT, TLS, BUSY, OPEN, AUTH -> false;
                        };
            };
        }

        private void retry(Outcome last) {
            if (!isOver.get()) {
                Thread.startVirtualThread(() -> attempt(last));
            }
        }

        private static boolean isFault(Outcome outcome) {
            return switch (outcome) {
                case Answer answer -> answer.status() >= 500;
                case Failure failure ->
                        switch (failure.why()) {
                            case TIMEOUT, CONNECT, TLS, CLOSED -> true;
                            case BUSY, OPEN, TOO_LARGE, AUTH -> false;
                        };
            };
        }
    }

    /**
     * A body that tells when the client asks for its length: the connection then is there, and the
     * head of the request is next. Only the client knows when a connection is protected.
     */
    private record Watched(HttpRequest.BodyPublisher body, Runnable begins)
            implements HttpRequest.BodyPublisher {
        @Override
        public long contentLength() {
            begins.run();
            return body.contentLength();
        }

        @Override
        public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
            body.subscribe(subscriber);
        }
    }
}
