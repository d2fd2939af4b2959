package io.moondial.modules.http;

import io.moondial.modules.json.JsonText;
import io.moondial.time.Time;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The token of an upstream, from its token endpoint (RFC 6749, section 4.4). It is fetched when it
 * is first needed, once for all calls that wait for it, and again before it ends, while the old one
 * still serves. After a failure the endpoint is left alone for a moment.
 */
final class AccessToken {
    private static final int MAX_ANSWER = 64 << 10;
    private static final int MAX_TOKEN = 16 << 10;

    /** How long before its end a token is renewed: this long, or a fifth of its life. */
    private static final Duration MARGIN = Duration.ofSeconds(30);

    /** No token lives longer than a year, in seconds, whatever is said. */
    private static final BigDecimal MAX_LIFE = BigDecimal.valueOf(Duration.ofDays(365).toSeconds());

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final HttpClient client;

    private final HttpSettings.OauthSettings settings;
    private final Duration timeout;
    private final Time time;
    private final Consumer<String> failed;

    private @Nullable String token;
    private long renewAt;
    private long endsAt;
    private boolean endless;
    private @Nullable CompletableFuture<String> fetching;
    private @Nullable String lastFailure;
    private long failedAt;
    private boolean hasDropped;
    private long droppedAt;

    /** There is no token. */
    static final class NoTokenException extends Exception {
        private static final long serialVersionUID = 1L;

        NoTokenException(String message) {
            super(message, null, false, false);
        }
    }

    /**
     * @param timeout of one fetch
     * @param failed told why a fetch failed, without a secret
     */
    AccessToken(
            HttpClient client,
            HttpSettings.OauthSettings settings,
            Duration timeout,
            Time time,
            Consumer<String> failed) {
        this.client = client;
        this.settings = settings;
        this.timeout = timeout;
        this.time = time;
        this.failed = failed;
    }

    /**
     * The token that serves now. The future is shared: nobody may cancel it. It fails with {@link
     * NoTokenException}.
     */
    CompletableFuture<String> get() {
        CompletableFuture<String> begun = new CompletableFuture<>();
        CompletableFuture<String> answer = answer(begun);
        if (answer == null) {
            fetch(begun);
            return begun;
        }
        return answer;
    }

    /** What is there to wait for; null: what was begun, which has to be fetched now. */
    private @Nullable CompletableFuture<String> answer(CompletableFuture<String> begun) {
        String present;
        synchronized (this) {
            long now = time.nanos();
            present = token != null && (endless || now - endsAt < 0) ? token : null;
            boolean isFresh = present != null && (endless || now - renewAt < 0);
            boolean isPaused = lastFailure != null && now - failedAt < PAUSE.toNanos();
            if (isFresh || (present != null && (isPaused || fetching != null))) {
                return CompletableFuture.completedFuture(present);
            }
            if (fetching != null) {
                return fetching;
            }
            if (isPaused) {
                return CompletableFuture.failedFuture(
                        new NoTokenException(String.valueOf(lastFailure)));
            }
            fetching = begun;
        }
        if (present == null) {
            return null;
        }
        fetch(begun);
        return CompletableFuture.completedFuture(present);
    }

    /**
     * The upstream has refused this token: it serves no longer, unless one was dropped just now. A
     * service that refuses good tokens must not have a new one fetched for each call.
     *
     * @return whether there is, or will be, another one to try
     */
    synchronized boolean drop(String refused) {
        if (!refused.equals(token)) {
            return true;
        }
        long now = time.nanos();
        if (hasDropped && now - droppedAt < PAUSE.toNanos()) {
            return false;
        }
        hasDropped = true;
        droppedAt = now;
        token = null;
        return true;
    }

    private void fetch(CompletableFuture<String> begun) {
        try {
            send(begun);
        } catch (RuntimeException | Error e) {
            lost(begun, new NoTokenException("internal fault: " + e), time.nanos());
        }
    }

    private void send(CompletableFuture<String> begun) {
        AtomicBoolean isLate = new AtomicBoolean();
        CompletableFuture<HttpResponse<byte[]>> sent =
                client.sendAsync(
                        request(),
                        info ->
                                new CappedBody<>(
                                        MAX_ANSWER, HttpResponse.BodySubscribers.ofByteArray()));
        Time.Alarm alarm =
                time.after(
                        timeout,
                        () -> {
                            isLate.set(true);
                            Connections.cancel(sent);
                        });
        var _ =
                sent.whenComplete(
                        (response, failure) -> {
                            alarm.cancel();
                            long now = time.nanos();
                            try {
                                if (failure != null) {
                                    Connections.closeConnection(sent);
                                    throw new NoTokenException(
                                            isLate.get()
                                                    ? "the token endpoint gave no whole answer within "
                                                            + timeout.toMillis()
                                                            + " ms"
                                                    : Connections.failure(failure, false).detail());
                                }
                                got(begun, response, now);
                            } catch (NoTokenException e) {
                                lost(begun, e, now);
                            } catch (RuntimeException e) {
                                lost(begun, new NoTokenException("internal fault: " + e), now);
                            }
                        });
    }

    private HttpRequest request() {
        StringBuilder form = new StringBuilder("grant_type=client_credentials");
        add(form, "scope", settings.scope());
        add(form, "audience", settings.audience());
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(settings.tokenUrl()))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .header("Accept", "application/json");
        String id = settings.clientId();
        String secret = settings.clientSecret().text();
        switch (settings.credentials()) {
            case HEADER -> request.header("Authorization", basic(encoded(id), encoded(secret)));
            case BODY -> {
                add(form, "client_id", id);
                add(form, "client_secret", secret);
            }
        }
        return request.POST(HttpRequest.BodyPublishers.ofString(form.toString())).build();
    }

    private static void add(StringBuilder form, String name, @Nullable String value) {
        if (value != null) {
            form.append('&').append(name).append('=').append(encoded(value));
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** The value of the header that says a name and a password. */
    static String basic(String user, String password) {
        return "Basic "
                + Base64.getEncoder()
                        .encodeToString((user + ':' + password).getBytes(StandardCharsets.UTF_8));
    }

    private void got(CompletableFuture<String> begun, HttpResponse<byte[]> response, long now)
            throws NoTokenException {
        Map<?, ?> answer = object(new String(response.body(), StandardCharsets.UTF_8));
        if (response.statusCode() != 200) {
            // the error is a word of RFC 6749 section 5.2; its description may repeat anything
            Object error = answer.get("error");
            throw new NoTokenException(
                    "the token endpoint answers with status "
                            + response.statusCode()
                            + (error instanceof String word && word.matches("[a-z_]{1,40}")
                                    ? " and the error " + word
                                    : ""));
        }
        if (!(answer.get("access_token") instanceof String fresh)
                || fresh.isEmpty()
                || fresh.length() > MAX_TOKEN
                || !fresh.chars().allMatch(it -> it > ' ' && it < 0x7f)) {
            throw new NoTokenException(
                    "the token endpoint answers with status 200, but without a usable access_token");
        }
        if (answer.get("token_type") instanceof String type
                && !type.toLowerCase(Locale.ROOT).equals("bearer")) {
            throw new NoTokenException(
                    "the token endpoint gives a token that is not of the type bearer");
        }
        keep(fresh, answer.get("expires_in") instanceof BigDecimal life ? seconds(life) : 0, now);
        begun.complete(fresh);
    }

    private static long seconds(BigDecimal life) {
        return life.min(MAX_LIFE).longValue();
    }

    private synchronized void keep(String fresh, long seconds, long now) {
        token = fresh;
        fetching = null;
        lastFailure = null;
        endless = seconds <= 0;
        long life = Duration.ofSeconds(seconds).toNanos();
        endsAt = now + life;
        renewAt = endsAt - Math.min(MARGIN.toNanos(), life / 5);
    }

    private void lost(CompletableFuture<String> begun, NoTokenException why, long now) {
        synchronized (this) {
            fetching = null;
            lastFailure = why.getMessage();
            failedAt = now;
        }
        failed.accept(String.valueOf(why.getMessage()));
        begun.completeExceptionally(why);
    }

    private static Map<?, ?> object(String text) {
        try {
            return JsonText.read(text) instanceof Map<?, ?> object ? object : Map.of();
        } catch (JsonText.NotJsonException e) {
            return Map.of();
        }
    }
}
