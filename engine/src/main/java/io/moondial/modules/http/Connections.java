package io.moondial.modules.http;

import io.moondial.modules.http.Exchange.Failure;
import io.moondial.modules.http.Exchange.Why;
import io.moondial.script.api.Backend.BackendException;
import io.moondial.time.Time;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.ProtocolException;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one upstream, on the JDK's client, and all that is peculiar to that client. It
 * keeps connections and gives them to the next exchange.
 */
final class Connections {
    /**
     * Threads of the client. They are the machine's, not virtual ones: the client looks up the
     * host's address on them, which blocks, and must not hold up what scripts run on.
     */
    private static final int THREADS = 2;

    private static final Duration THREADS_IDLE = Duration.ofSeconds(5);

    /** How long an address that was looked up is taken for known; the JDK keeps it for longer. */
    private static final Duration ADDRESS_KNOWN = Duration.ofSeconds(5);

    private static final Duration LAST_CHANCE = Duration.ofSeconds(1);

    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|\\[.*]");

    private final String name;
    private final String host;
    private final Time time;
    private final Lookup lookup;
    private final ThreadPoolExecutor threads;
    private final HttpClient client;
    private @Nullable CompletableFuture<@Nullable String> lookingUp;
    private long lookedUpAt;
    private boolean isLookedUp;

    /** How the address of a host is found. */
    @FunctionalInterface
    interface Lookup {
        /** What the machine knows of hosts. */
        Lookup MACHINE = InetAddress::getAllByName;

        /**
         * Finds it, which may take long.
         *
         * @throws UnknownHostException if there is none
         */
        Object find(String host) throws UnknownHostException;
    }

    /**
     * @param name of the upstream
     * @throws BackendException if its certificates or its key cannot be used
     */
    Connections(String name, HttpSettings.UpstreamSettings settings, Time time, Lookup lookup) {
        this.name = name;
        this.host = settings.base().getHost();
        this.time = time;
        this.lookup = lookup;
        this.threads =
                new ThreadPoolExecutor(
                        THREADS,
                        THREADS,
                        THREADS_IDLE.toMillis(),
                        TimeUnit.MILLISECONDS,
                        new LinkedBlockingQueue<>(),
                        Thread.ofPlatform().daemon().name("http-" + name + "-", 1).factory());
        threads.allowCoreThreadTimeOut(true);
        this.client = client(settings);
    }

    private HttpClient client(HttpSettings.UpstreamSettings settings) {
        HttpClient.Builder builder =
                HttpClient.newBuilder()
                        .executor(threads)
                        .proxy(HttpClient.Builder.NO_PROXY)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(settings.connectTimeout())
                        .version(
                                settings.http2()
                                        ? HttpClient.Version.HTTP_2
                                        : HttpClient.Version.HTTP_1_1);
        SSLParameters protocols = new SSLParameters();
        protocols.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        builder.sslParameters(protocols);
        if (settings.tls() != null) {
            try {
                builder.sslContext(Pki.context(settings.tls()));
            } catch (Pki.UnusableFileException e) {
                throw new BackendException(
                        "http: upstreams: %s: tls: %s: %s".formatted(name, e.key(), e.message()));
            }
        }
        return builder.build();
    }

    HttpClient client() {
        return client;
    }

    String host() {
        return host;
    }

    /** What is under way comes to its end, then all close. */
    void retire() {
        client.shutdown();
    }

    /** All close now. */
    void stop() {
        client.shutdownNow();
        try {
            if (client.awaitTermination(LAST_CHANCE)) {
                threads.shutdown();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Why an exchange of the JDK's client failed.
     *
     * @param isSent whether the request may have gone out. A connection fails to protect it only
     *     before that: a later alert tells nothing of what the far side has done with it.
     */
    static Failure failure(Throwable thrown, boolean isSent) {
        Throwable top =
                thrown instanceof CompletionException && thrown.getCause() != null
                        ? thrown.getCause()
                        : thrown;
        for (Throwable it = top; it != null; it = it.getCause()) {
            switch (it) {
                case CappedBody.TooLargeException large -> {
                    return new Failure(Why.TOO_LARGE, String.valueOf(large.getMessage()));
                }
                case HttpConnectTimeoutException _ -> {
                    return new Failure(Why.CONNECT, "no connection within connect_timeout");
                }
                case UnresolvedAddressException _ -> {
                    return new Failure(Why.CONNECT, "the host has no address");
                }
                case ConnectException e -> {
                    return new Failure(
                            Why.CONNECT,
                            e.getMessage() == null ? "connection refused" : e.getMessage());
                }
                case NoRouteToHostException e -> {
                    return new Failure(Why.CONNECT, String.valueOf(e.getMessage()));
                }
                case SSLException e -> {
                    return isSent
                            ? new Failure(
                                    Why.CLOSED,
                                    "the protected connection broke after the request had gone out: "
                                            + e.getMessage())
                            : new Failure(Why.TLS, String.valueOf(e.getMessage()));
                }
                default -> {}
            }
        }
        return new Failure(Why.CLOSED, broken(top));
    }

    /** What the client says of an exchange that broke, as a sentence. */
    private static String broken(Throwable thrown) {
        String words =
                thrown.getMessage() == null
                        ? thrown.getClass().getSimpleName()
                        : thrown.getMessage();
        if (words.contains("received no bytes")) {
            return "the connection ended before an answer came";
        }
        if (thrown instanceof NumberFormatException
                || thrown.getCause() instanceof NumberFormatException) {
            return "what came is no answer of HTTP: a number in it cannot be read";
        }
        return thrown instanceof RuntimeException || thrown instanceof ProtocolException
                ? "what came is no answer of HTTP (" + words + ")"
                : "the connection ended, or what came is no answer of HTTP (" + words + ")";
    }

    /** Ends an exchange away from this thread, as it closes a connection. */
    static void cancel(CompletableFuture<?> exchange) {
        if (!exchange.isDone()) {
            Thread.startVirtualThread(() -> exchange.cancel(true));
        }
    }

    /**
     * Closes the connection of an exchange that failed. The JDK's client leaves it open, and
     * unread, where what came is not HTTP; and it cancels no exchange through a future that is
     * done. One that depends on it, and is not done, does that.
     */
    static void closeConnection(CompletableFuture<?> failed) {
        failed.newIncompleteFuture().cancel(true);
    }

    /** Completes once the address is known: with null, or with why it is not. */
    synchronized CompletableFuture<@Nullable String> address() {
        if (ADDRESS.matcher(host).matches()
                || (isLookedUp && time.nanos() - lookedUpAt < ADDRESS_KNOWN.toNanos())) {
            return CompletableFuture.completedFuture(null);
        }
        if (lookingUp == null) {
            CompletableFuture<@Nullable String> begun = new CompletableFuture<>();
            lookingUp = begun;
            Thread.ofPlatform()
                    .daemon()
                    .name("http-" + name + "-lookup")
                    .start(() -> lookUp(begun));
        }
        return lookingUp;
    }

    private void lookUp(CompletableFuture<@Nullable String> begun) {
        String fault = null;
        try {
            lookup.find(host);
        } catch (UnknownHostException e) {
            fault = "the host " + host + " has no address";
        } catch (RuntimeException e) {
            fault = "the host " + host + " cannot be looked up: " + e;
        }
        synchronized (this) {
            lookingUp = null;
            isLookedUp = fault == null;
            lookedUpAt = time.nanos();
        }
        begun.complete(fault);
    }
}
