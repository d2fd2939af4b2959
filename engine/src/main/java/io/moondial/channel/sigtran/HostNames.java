package io.moondial.channel.sigtran;

import io.moondial.config.HostPort;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Names of hosts, looked up beside the loop: a name server that is slow to answer must not hold up
 * the links that need none.
 */
record HostNames(Lookup lookup) {
    /** Finds the address of one name; it may take its time. */
    @FunctionalInterface
    interface Lookup {
        InetAddress of(String host) throws UnknownHostException;

        default InetSocketAddress of(HostPort endpoint) throws UnknownHostException {
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
