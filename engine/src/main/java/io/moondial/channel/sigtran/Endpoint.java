package io.moondial.channel.sigtran;

import io.moondial.config.Notation;
import io.moondial.config.ValueType;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A host and a port, written {@code HOST:PORT}; an IPv6 address is in square brackets.
 *
 * @param port 0: one that is free
 */
public record Endpoint(String host, int port) {
    private static final int MAX_PORT = 65_535;
    private static final Pattern FORM =
            Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([A-Za-z0-9._-]+)):([0-9]{1,5})");

    public Endpoint {
        if (host.isEmpty() || port < 0 || port > MAX_PORT) {
            throw new IllegalArgumentException("no endpoint: " + host + ":" + port);
        }
    }

    /** The endpoint that a text names; empty if it names none. */
    public static Optional<Endpoint> parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches() || Integer.parseInt(form.group(3)) > MAX_PORT) {
            return Optional.empty();
        }
        String host = form.group(1) == null ? form.group(2) : form.group(1);
        return Optional.of(new Endpoint(host, Integer.parseInt(form.group(3))));
    }

    /** How the rules write it. */
    static final class Written implements Supplier<Notation<Endpoint>> {
        @Override
        public Notation<Endpoint> get() {
            return Notation.ofWords(
                    new ValueType<>(
                            "HOST:PORT, such as \"10.0.0.1:2905\"",
                            List.of(),
                            scalar -> parse(scalar.text())),
                    Endpoint::toString,
                    "^(?:" + FORM.pattern() + ")$");
        }
    }

    /** As a socket takes it: a name is looked up. */
    InetSocketAddress toSocketAddress() {
        return new InetSocketAddress(host, port);
    }

    /** A socket's address for people. */
    static String words(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress it
                ? new Endpoint(it.getHostString(), it.getPort()).toString()
                : "an unknown address";
    }

    static Endpoint of(InetSocketAddress address) {
        return new Endpoint(address.getHostString(), address.getPort());
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    /**
     * Names of hosts, looked up beside the loop: a name server that is slow to answer must not hold
     * up the links that need none.
     */
    record HostNames(Lookup lookup) {
        /** Finds the address of one name; it may take its time. */
        @FunctionalInterface
        interface Lookup {
            InetAddress of(String host) throws UnknownHostException;

            default InetSocketAddress of(Endpoint endpoint) throws UnknownHostException {
                return new InetSocketAddress(of(endpoint.host()), endpoint.port());
            }
        }

        /** Something that takes one name or several. */
        @FunctionalInterface
        interface Search<T> {
            T in(Lookup names) throws UnknownHostException;
        }

        /**
         * Looks names up on a thread of its own.
         *
         * @param found called on the loop, as is {@code failed}; neither after the loop is closed
         */
        <T> void search(
                Search<T> search, EventLoop loop, Consumer<T> found, Consumer<Exception> failed) {
            Thread.ofPlatform()
                    .daemon()
                    .name("names")
                    .start(
                            () -> {
                                try {
                                    T result = search.in(lookup);
                                    tell(loop, () -> found.accept(result));
                                } catch (UnknownHostException | RuntimeException e) {
                                    tell(loop, () -> failed.accept(e));
                                }
                            });
        }

        private static void tell(EventLoop loop, Runnable what) {
            try {
                loop.execute(what);
            } catch (RejectedExecutionException e) {
                // Already closed: there is nobody to connect.
            }
        }
    }
}
