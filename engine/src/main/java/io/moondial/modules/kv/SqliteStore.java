package io.moondial.modules.kv;

import static java.util.Objects.requireNonNull;

import io.moondial.file.FileTrouble;
import io.moondial.modules.kv.StoreFile.StoreFault;
import io.moondial.time.Time;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Values in a file of SQLite, which is made when it is first used.
 *
 * <p><b>Threads.</b> SQLite's code is native and would pin the carrier of a virtual thread, so all
 * of it runs on platform threads behind queues: one writes, a few read. The file is in WAL mode, so
 * readers see what was committed last and wait for nobody.
 *
 * <p><b>Group commit.</b> The writer takes all that waits and does it in one transaction: each key
 * is read at most once and written at most once. Only after the commit is anything answered. A
 * request that nobody waits for any more when its turn comes is left out.
 *
 * <p><b>What survives.</b> A commit hands its pages to the operating system ({@code
 * synchronous=NORMAL}), so the end of the process, by kill -9 too, loses nothing that was answered.
 * SQLite itself forces them onto the disk only when it copies the WAL into the file. {@link
 * WalSync} forces the WAL {@link SqliteSettings#syncInterval} after the first commit that the disk
 * does not have yet. So a power cut loses at most what was committed within that time. It is always
 * the latest: each frame of the WAL has a checksum over all before it. With an interval of 0, each
 * commit is forced before it is answered ({@code synchronous=FULL}).
 *
 * <p><b>Other processes</b> of the same host may use the file at the same time: SQLite's own locks
 * hold between them. The writer waits for theirs as long as a call may take.
 *
 * <p><b>Faults.</b> If the file cannot be used, calls are answered with the reason, and it is
 * opened anew at the first call after a second. So a disk that has room again, or a broken file
 * that somebody moves away, needs no restart. A file that was deleted or replaced is noticed within
 * a second.
 */
final class SqliteStore implements KvStore {
    private static final Logger log = LoggerFactory.getLogger(SqliteStore.class);

    private static final int READERS = 2;
    private static final int LARGEST_BATCH = 1000;

    /** How many expired keys are deleted before others have their turn. */
    private static final int SWEPT_AT_ONCE = 200;

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final SqliteSettings settings;
    private final Time time;
    private final Health reading;
    private final Health writing;
    private final WalSync sync;
    private final BlockingQueue<Asked> writes = new LinkedBlockingQueue<>();
    private final BlockingQueue<Asked> reads = new LinkedBlockingQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong lookedAt = new AtomicLong();
    private volatile boolean started;
    private volatile boolean closing;
    private volatile boolean sweepIsDue;
    private volatile Time.@Nullable Alarm nextSweep;

    /** Grows when the file turned out to be another one: connections of before are not used. */
    private volatile int generation;

    /** Which files are open; null: none, or not any more. */
    private volatile @Nullable Identity identity;

    /**
     * What it is made with.
     *
     * @param busy how long the lock of another process is waited for
     * @param syncInterval what a power cut may lose
     * @param sweepInterval how often keys that have expired are deleted
     */
    record SqliteSettings(Path file, Duration busy, Duration syncInterval, Duration sweepInterval) {
        Path beside(String suffix) {
            return file.resolveSibling(file.getFileName() + suffix);
        }
    }

    /** What waits for its turn; without a question it only wakes the thread. */
    private record Asked(@Nullable Question question, CompletableFuture<Answer> answer) {
        static Asked nothing() {
            return new Asked(null, new CompletableFuture<>());
        }

        boolean isWanted() {
            return question != null && !answer.isDone();
        }
    }

    /** What the system knows the file and those beside it by, whatever their names are. */
    private record Identity(
            @Nullable Object file, @Nullable Object wal, @Nullable Object sharedMemory) {}

    SqliteStore(SqliteSettings settings, Time time) {
        this.settings = settings;
        this.time = time;
        String file = "the file " + settings.file();
        reading = new Health(log, file + " cannot be read", PAUSE, time);
        writing = new Health(log, file + " cannot be written", PAUSE, time);
        sync = new WalSync(settings.beside("-wal"), settings.syncInterval());
    }

    /** A file that is not there holds nothing, and is not made to say so. */
    @Override
    public CompletableFuture<Answer> ask(Question question) {
        if (!started && question instanceof Page && Files.notExists(settings.file())) {
            return CompletableFuture.completedFuture(new Answer.Listed(List.of(), null));
        }
        if (!started) {
            startThreads();
        }
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        (question.reads() ? reads : writes).add(new Asked(question, answer));
        return answer;
    }

    private synchronized void startThreads() {
        if (!started) {
            started = true;
            threads.add(Thread.ofPlatform().name("kv-writer").daemon().start(this::write));
            for (int i = 1; i <= READERS; i++) {
                threads.add(Thread.ofPlatform().name("kv-reader-" + i).daemon().start(this::read));
            }
            sync.start();
            awaitSweep();
        }
    }

    private void awaitSweep() {
        nextSweep =
                time.after(
                        settings.sweepInterval(),
                        () -> {
                            sweepIsDue = true;
                            writes.add(Asked.nothing());
                        });
    }

    // ---- reading

    private void read() {
        try (Connected connected = new Connected(reading)) {
            while (true) {
                Asked next = taken(reads);
                if (next.isWanted()) {
                    answerRead(connected, next);
                } else if (closing && reads.isEmpty()) {
                    reads.add(Asked.nothing()); // for the next reader
                    return;
                }
            }
        }
    }

    private void answerRead(Connected connected, Asked asked) {
        try {
            StoreFile file = connected.file();
            long now = time.now().toEpochMilli();
            Answer answer =
                    switch (requireNonNull(asked.question())) {
                        case Request request ->
                                request.on(file.read(request.key(), now), now).answer();
                        case Page page -> file.list(page, now);
                    };
            reading.worked();
            asked.answer().complete(answer);
        } catch (StoreFault e) {
            asked.answer().complete(connected.failed(e));
        } catch (RuntimeException | Error e) {
            connected.close();
            asked.answer().completeExceptionally(e);
        }
    }

    // ---- writing

    private void write() {
        List<Asked> batch = new ArrayList<>();
        try (Connected connected = new Connected(writing)) {
            while (true) {
                batch.add(taken(writes));
                writes.drainTo(batch, LARGEST_BATCH - 1);
                batch.removeIf(it -> !it.isWanted());
                if (!batch.isEmpty()) {
                    answerWrites(connected, batch);
                    batch.clear();
                }
                if (closing && writes.isEmpty()) {
                    return;
                }
                if (sweepIsDue) {
                    sweep(connected);
                }
            }
        }
    }

    private void answerWrites(Connected connected, List<Asked> batch) {
        try {
            List<Answer> answers = write(connected.file(), batch);
            writing.worked();
            sync.committed();
            for (int i = 0; i < answers.size(); i++) {
                batch.get(i).answer().complete(answers.get(i));
            }
        } catch (StoreFault e) {
            Answer failed = connected.failed(e);
            batch.forEach(it -> it.answer().complete(failed));
        } catch (RuntimeException | Error e) {
            connected.close();
            batch.forEach(it -> it.answer().completeExceptionally(e));
        }
    }

    private List<Answer> write(StoreFile file, List<Asked> batch) throws StoreFault {
        List<Answer> answers = new ArrayList<>(batch.size());
        Map<KvKey, @Nullable Kept> known = new HashMap<>();
        Set<KvKey> changed = new LinkedHashSet<>();
        file.begin();
        try {
            long now = time.now().toEpochMilli();
            for (Asked it : batch) {
                Request request = (Request) requireNonNull(it.question()); // pages only read
                KvKey key = request.key();
                if (!known.containsKey(key)) {
                    known.put(key, file.read(key, now));
                }
                Kept before = known.get(key);
                Outcome outcome = request.on(before, now);
                if (!Objects.equals(outcome.after(), before)) {
                    known.put(key, outcome.after());
                    changed.add(key);
                }
                answers.add(outcome.answer());
            }
            for (KvKey key : changed) {
                file.write(key, known.get(key));
            }
            file.commit();
            return answers;
        } catch (StoreFault | RuntimeException | Error e) {
            file.rollback();
            throw e;
        }
    }

    /**
     * Deletes some of those that have expired; if there may be more, they are next after those who
     * wait.
     */
    private void sweep(Connected connected) {
        sweepIsDue = false;
        try {
            int swept =
                    connected.isOpen()
                            ? connected.file().sweep(time.now().toEpochMilli(), SWEPT_AT_ONCE)
                            : 0;
            if (swept > 0) {
                sync.committed();
            }
            if (swept == SWEPT_AT_ONCE) {
                sweepIsDue = true;
                writes.add(Asked.nothing());
                return;
            }
        } catch (StoreFault e) {
            connected.failed(e);
        } catch (RuntimeException | Error e) {
            // the thread stays, or nothing would be written any more
            connected.close();
            log.error(
                    "{}: deleting what has expired fails, and is tried again", settings.file(), e);
        }
        if (!closing) {
            awaitSweep();
        }
    }

    private static Asked taken(BlockingQueue<Asked> queue) {
        try {
            return queue.take();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts a thread of the store", e);
        }
    }

    // ---- the file

    /** The connection of one thread: open, or to be opened when it is needed next. */
    private final class Connected implements AutoCloseable {
        private final Health health;
        private @Nullable StoreFile open;
        private int openedIn;

        Connected(Health health) {
            this.health = health;
        }

        boolean isOpen() {
            return open != null;
        }

        StoreFile file() throws StoreFault {
            lookWhichFile();
            StoreFile present = open;
            if (present != null && openedIn == generation) {
                return present;
            }
            close();
            Answer.Failed refusal = health.refusal();
            if (refusal != null) {
                throw StoreFault.untried(refusal);
            }
            synchronized (SqliteStore.this) {
                StoreFile opened =
                        StoreFile.open(
                                settings.file(), settings.busy(), settings.syncInterval().isZero());
                open = opened;
                openedIn = generation;
                identity = identityNow();
                return opened;
            }
        }

        Answer failed(StoreFault fault) {
            if (fault.isLasting()) {
                close();
            }
            return fault.isTried()
                    ? health.failed(fault.why(), fault.words())
                    : new Answer.Failed(fault.why(), fault.words());
        }

        @Override
        public void close() {
            StoreFile present = open;
            open = null;
            if (present != null) {
                present.close();
            }
        }
    }

    /** Once a second: is the file still the one that was opened? */
    private void lookWhichFile() {
        long now = time.nanos();
        long before = lookedAt.get();
        if (identity == null
                || now - before < PAUSE.toNanos()
                || !lookedAt.compareAndSet(before, now)) {
            return;
        }
        synchronized (this) {
            Identity opened = identity;
            if (opened == null || Objects.equals(opened.file(), key(settings.file()))) {
                return;
            }
            generation++;
            identity = null;
            // what belongs to the lost file must not be taken for the new one's
            removeIfStill(settings.beside("-wal"), opened.wal());
            removeIfStill(settings.beside("-shm"), opened.sharedMemory());
        }
        log.error(
                "the file {} was deleted or replaced while it was in use: what it held is lost, and the engine goes on with the file that is there now, or with a new one",
                settings.file());
    }

    private static void removeIfStill(Path file, @Nullable Object key) {
        if (key != null && key.equals(key(file))) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                log.warn("the file {} could not be removed: {}", file, FileTrouble.words(e));
            }
        }
    }

    private Identity identityNow() {
        return new Identity(
                key(settings.file()), key(settings.beside("-wal")), key(settings.beside("-shm")));
    }

    private static @Nullable Object key(Path file) {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (IOException e) {
            return null; // it is not there
        }
    }

    @Override
    public Condition condition() {
        return new Condition(
                !reading.isWell() || !writing.isWell()
                        ? "unavailable"
                        : identity == null ? "unused" : "open",
                (long) writes.size() + reads.size(),
                "file_octets",
                size(settings.file()) + size(settings.beside("-wal")));
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0; // it is not there
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closing = true;
            started = true; // nobody starts the threads now
        }
        Time.Alarm alarm = nextSweep;
        if (alarm != null) {
            alarm.cancel();
        }
        writes.add(Asked.nothing());
        reads.add(Asked.nothing());
        threads.forEach(SqliteStore::joinUninterrupted);
        sync.close();
    }

    private static void joinUninterrupted(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Forces the WAL onto the disk, a while after a commit. SQLite holds no lock on that file, so
     * it may be opened and closed beside it.
     */
    private static final class WalSync implements AutoCloseable {
        private final Path wal;
        private final Duration interval;
        private final Semaphore committed = new Semaphore(0);
        private volatile boolean dirty;
        private volatile boolean over;
        private boolean failing;
        private boolean folderForced;
        private @Nullable Thread thread;

        WalSync(Path wal, Duration interval) {
            this.wal = wal;
            this.interval = interval;
        }

        void start() {
            if (!interval.isZero()) {
                thread = Thread.ofPlatform().name("kv-sync").daemon().start(this::run);
            }
        }

        /** There is something that the disk may not have. */
        void committed() {
            if (!dirty) {
                dirty = true;
                committed.release();
            }
        }

        private void run() {
            try {
                while (true) {
                    committed.acquire();
                    if (over) {
                        return;
                    }
                    TimeUnit.NANOSECONDS.sleep(interval.toNanos());
                    dirty = false; // before: what is committed while it forces is for the next time
                    force();
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException("nobody interrupts a thread of the store", e);
            }
        }

        private void force() {
            try (FileChannel channel = FileChannel.open(wal, StandardOpenOption.READ)) {
                channel.force(false);
                forceFolder();
                if (failing) {
                    failing = false;
                    log.info("the file {} is forced onto the disk again", wal);
                }
            } catch (IOException e) {
                if (Files.exists(wal) && !failing) {
                    failing = true;
                    log.warn(
                            "the file {} cannot be forced onto the disk: {}; a power cut may lose what scripts were told is kept",
                            wal,
                            FileTrouble.words(e));
                }
            }
        }

        /** The names of new files are contents of their folder. */
        private void forceFolder() throws IOException {
            if (!folderForced) {
                Path folder = requireNonNull(wal.toAbsolutePath().getParent());
                try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                    channel.force(true);
                }
                folderForced = true;
            }
        }

        @Override
        public void close() {
            over = true;
            committed.release();
            Thread running = thread;
            if (running != null) {
                joinUninterrupted(running);
            }
        }
    }
}
