package io.moondial.control;

import io.moondial.file.FileTrouble;
import io.moondial.metrics.Counters;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The socket through which a running engine is asked; open from its making to its close. */
public final class ControlSocket implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ControlSocket.class);

    /** How long after a failed attempt the next connection is waited for. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    /** Where connections come from. */
    @FunctionalInterface
    interface Listening {
        /** Waits for the next one. */
        SocketChannel accept() throws IOException;
    }

    private final ControlSettings settings;
    private final ControlledEngine engine;
    private final Counters counters;
    private final SocketPlace place;
    private final Listening listening;
    private final CountDownLatch over = new CountDownLatch(1);
    private final Semaphore room;
    private final RunningTraces traces = new RunningTraces();
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();

    /**
     * Opens the socket.
     *
     * @param counters for what is refused or fails here
     * @throws IOException if it cannot be opened, another engine's being there among that; the
     *     message says what to do
     */
    public ControlSocket(ControlSettings settings, ControlledEngine engine, Counters counters)
            throws IOException {
        this(settings, engine, counters, UnaryOperator.identity());
    }

    /** The same, with something between it and the operating system. */
    ControlSocket(
            ControlSettings settings,
            ControlledEngine engine,
            Counters counters,
            UnaryOperator<Listening> wrapped)
            throws IOException {
        this.settings = settings;
        this.engine = engine;
        this.counters = counters;
        this.room = new Semaphore(settings.maxConnections());
        this.place = SocketPlace.take(settings.socket());
        this.listening = wrapped.apply(place.server()::accept);
        Thread.ofPlatform().daemon().name("control").start(this::accept);
    }

    /**
     * Takes connections until the socket is closed. If one cannot be accepted, because the process
     * has no file descriptor or no memory left, it is tried again and again, because both become
     * free again.
     */
    private void accept() {
        boolean failing = false;
        while (true) {
            try {
                SocketChannel channel = listening.accept();
                if (failing) {
                    failing = false;
                    log.info("the control socket accepts connections again");
                }
                start(channel);
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException | RuntimeException | Error e) {
                counters.increment("control.failures");
                if (!failing) {
                    failing = true;
                    log.error(
                            "the control socket cannot accept connections now: {}; the engine tries again every {} ms",
                            e instanceof IOException io ? FileTrouble.words(io) : e.toString(),
                            PAUSE.toMillis());
                }
                if (isOverAfter(PAUSE)) {
                    return;
                }
            }
        }
    }

    /**
     * On a thread of the operating system's: a virtual one needs file descriptors of the JVM's own
     * to wait for a socket, and if it cannot have them the first time, no other ever can.
     */
    private void start(SocketChannel channel) throws IOException {
        try {
            Thread.ofPlatform().daemon().name("control").start(() -> serve(channel));
        } catch (RuntimeException | Error e) {
            channel.close();
            throw e;
        }
    }

    private boolean isOverAfter(Duration time) {
        try {
            return over.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private void serve(SocketChannel channel) {
        open.add(channel);
        boolean admitted = room.tryAcquire();
        try (channel) {
            Connection connection = new Connection(channel, settings, engine, traces);
            if (admitted) {
                counters.increment("control.connections");
                connection.serve();
            } else {
                counters.increment("control.refused");
                connection.refuse(
                        "%d connections are open already, as many as the rules allow (control: max_connections)"
                                .formatted(settings.maxConnections()));
            }
        } catch (IOException e) {
            counters.increment("control.broken");
            log.debug("a connection of the control socket broke", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            log.error("a request at the control socket failed", e);
        } finally {
            open.remove(channel);
            if (admitted) {
                room.release();
            }
        }
    }

    /** Ends what is asked still, and takes the socket away. */
    @Override
    public void close() {
        over.countDown();
        try {
            traces.stopAll();
            traces.awaitNone(settings.timeout());
            place.close();
            for (SocketChannel channel : open) {
                channel.close();
            }
        } catch (IOException e) {
            log.warn("the control socket could not be removed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The traces that connections hold, so that any of them can be ended from another one. */
    static final class RunningTraces {
        private final Map<Entry, Boolean> entries = new ConcurrentHashMap<>();

        /** One trace; {@code msisdn} is null if it takes everything. */
        static final class Entry {
            private final @Nullable String msisdn;
            private final CountDownLatch end = new CountDownLatch(1);
            private final CountDownLatch gone = new CountDownLatch(1);

            private Entry(@Nullable String msisdn) {
                this.msisdn = msisdn;
            }

            void stop() {
                end.countDown();
            }

            void awaitStop() throws InterruptedException {
                end.await();
            }
        }

        Entry add(@Nullable String msisdn) {
            Entry entry = new Entry(msisdn);
            entries.put(entry, true);
            return entry;
        }

        void remove(Entry entry) {
            entries.remove(entry);
            entry.gone.countDown();
        }

        /** Stops those of this number, or all if it is null; returns how many there were. */
        int stop(@Nullable String msisdn) {
            int stopped = 0;
            for (Entry entry : entries.keySet()) {
                if (msisdn == null || msisdn.equals(entry.msisdn)) {
                    entry.stop();
                    stopped++;
                }
            }
            return stopped;
        }

        void stopAll() {
            entries.keySet().forEach(Entry::stop);
        }

        /** Waits until none is left, but no longer than this. */
        void awaitNone(Duration atMost) throws InterruptedException {
            for (Entry entry : entries.keySet()) {
                if (!entry.gone.await(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        }
    }
}
