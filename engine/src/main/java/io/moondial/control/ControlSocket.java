package io.moondial.control;

import io.moondial.admin.EngineStatus;
import io.moondial.config.Key;
import io.moondial.config.Settings;
import io.moondial.file.FileTrouble;
import io.moondial.file.OwnersFolder;
import io.moondial.metrics.Counters;
import io.moondial.time.Time;
import io.moondial.trace.PcapFormat.PcapSink;
import io.moondial.trace.Trace;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
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

    /**
     * The place of the socket in the file system, held by one process at a time: an OS lock beside
     * it says whether its owner lives. So what a dead process left is replaced, and nothing else
     * ever is.
     *
     * <p>The socket is made in a folder that nobody else can enter and moved to its place once it
     * is its owner's alone: there is no moment at which another user could connect.
     */
    private static final class SocketPlace implements AutoCloseable {
        /**
         * The longest path of a socket: 108 octets in Linux's sockaddr_un, including the final
         * zero.
         */
        static final int MAX_PATH = 107;

        private static final FileAttribute<Set<PosixFilePermission>> OWNER_FOLDER =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        private static final FileAttribute<Set<PosixFilePermission>> OWNER_FILE =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        private static final int LONGEST_PID = 20;

        private final Path socket;
        private final FileChannel lock;
        private final ServerSocketChannel server;

        private SocketPlace(Path socket, FileChannel lock, ServerSocketChannel server) {
            this.socket = socket;
            this.lock = lock;
            this.server = server;
        }

        /**
         * Takes the place.
         *
         * @throws IOException whose message says what is wrong, and what to do
         */
        static SocketPlace take(Path socket) throws IOException {
            Path workshop = workshop(socket);
            requireShort(socket, workshop.resolve("s"));
            OwnersFolder.make(folderOf(socket));
            FileChannel lock = lock(socket);
            try {
                requireSocketOrNothing(socket);
                return new SocketPlace(socket, lock, bind(socket, workshop));
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        }

        private static Path workshop(Path socket) {
            String name =
                    "."
                            + Integer.toString(
                                    ThreadLocalRandom.current().nextInt(1 << 24, 1 << 30), 36);
            return socket.resolveSibling(name);
        }

        private static void requireShort(Path socket, Path beside) throws IOException {
            int octets = Math.max(octets(socket), octets(beside));
            if (octets > MAX_PATH) {
                throw new IOException(
                        "the path of the control socket has %d octets where the system allows %d: choose a shorter one (control: socket in the rules): %s"
                                .formatted(octets(socket), MAX_PATH, socket));
            }
        }

        private static int octets(Path path) {
            return path.toString().getBytes(StandardCharsets.UTF_8).length;
        }

        private static Path folderOf(Path socket) throws IOException {
            Path folder = socket.toAbsolutePath().getParent();
            if (folder == null) {
                throw new IOException(
                        "%s cannot be the path of a socket (control: socket in the rules)"
                                .formatted(socket));
            }
            return folder;
        }

        /** The lock's file is emptied once it is ours: never what a link leads to. */
        private static FileChannel lock(Path socket) throws IOException {
            Path file = socket.resolveSibling(socket.getFileName() + ".lock");
            FileChannel channel = openLock(file);
            try {
                if (tryLock(channel) == null) {
                    throw new IOException(
                            "an engine is running already with the control socket %s: process %s"
                                    .formatted(socket, read(channel)));
                }
                channel.truncate(0);
                String pid = Long.toString(ProcessHandle.current().pid());
                channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
                return channel;
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        }

        private static FileChannel openLock(Path file) throws IOException {
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                    && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new IOException(
                        "%s is where the control socket's lock should be, and is a link or not a plain file: remove it"
                                .formatted(file));
            }
            return FileChannel.open(
                    file,
                    Set.of(
                            StandardOpenOption.CREATE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE,
                            LinkOption.NOFOLLOW_LINKS),
                    OWNER_FILE);
        }

        private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
            try {
                return channel.tryLock();
            } catch (OverlappingFileLockException e) {
                return null; // another engine in this very process
            }
        }

        private static String read(FileChannel channel) throws IOException {
            ByteBuffer pid = ByteBuffer.allocate(LONGEST_PID);
            channel.read(pid, 0);
            return new String(pid.array(), 0, pid.position(), StandardCharsets.US_ASCII);
        }

        private static void requireSocketOrNothing(Path socket) throws IOException {
            if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
                return;
            }
            var found =
                    Files.readAttributes(
                            socket, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!found.isOther()) {
                throw new IOException(
                        "%s is where the control socket should be, and is not a socket: move it away, or choose another path (control: socket in the rules)"
                                .formatted(socket));
            }
        }

        private static ServerSocketChannel bind(Path socket, Path workshop) throws IOException {
            ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                Files.createDirectory(workshop, OWNER_FOLDER);
                Path made = workshop.resolve("s");
                try {
                    server.bind(UnixDomainSocketAddress.of(made));
                    Files.setPosixFilePermissions(made, OWNER_FILE.value());
                    Files.move(made, socket, StandardCopyOption.ATOMIC_MOVE);
                } finally {
                    Files.deleteIfExists(made);
                    Files.delete(workshop);
                }
                return server;
            } catch (IOException | RuntimeException e) {
                server.close();
                throw e;
            }
        }

        ServerSocketChannel server() {
            return server;
        }

        /** Removes the socket. The file of the lock stays: another engine may be waiting for it. */
        @Override
        public void close() throws IOException {
            try (lock;
                    server) {
                Files.deleteIfExists(socket);
            }
        }
    }

    /** What can be asked of a running engine; from any thread. */
    public interface ControlledEngine {
        /** Its status now. */
        EngineStatus status();

        /**
         * Begins a trace of what goes over the links.
         *
         * @param msisdn the digits of the subscriber whose dialogs are traced from their begin on;
         *     null: everything
         */
        Trace beginTrace(PcapSink sink, @Nullable String msisdn);

        /** Ends a trace: what it has taken is written, and its sink closed. */
        void endTrace(Trace trace);

        /** The engine's clock. */
        Time time();
    }

    /** The socket of a running engine: the section {@code control} of the rules file. */
    @Settings(
            value = "The local socket that \"status\" and \"trace\" use to ask a running engine.",
            restart = true)
    public record ControlSettings(
            @Key(
                            value =
                                    "The socket. Only the user that the engine runs as can use it. The path has at most 107 octets.",
                            unset = ControlSettings.SOCKET)
                    Path socket,
            @Key(
                            value =
                                    "How many connections may be open at once, including running traces.",
                            unset = "16",
                            from = "1",
                            to = "1000")
                    int maxConnections,
            @Key(
                            value =
                                    "How long a request and its answer may take. A trace takes as long as it was asked for.",
                            unset = "10s",
                            from = "10ms",
                            to = "1h")
                    Duration timeout,
            @Key(
                            value =
                                    "The interval at which counts that should be equal are compared: the dialogs of the stack with those that run, the records handed over with those written, open connections with links.",
                            unset = "5s",
                            from = "10ms",
                            to = "1h")
                    Duration reconcileInterval,
            @Key(
                            value =
                                    "How many times in a row such counts must differ before this is logged and \"status\" shows it.",
                            unset = "6",
                            from = "1",
                            to = "1000")
                    int reconcileLooks) {
        /** Where the socket is if nothing else is said. */
        public static final String SOCKET = "run/ussd.sock";
    }
}
