package io.moondial.reload;

import io.moondial.file.FileTrouble;
import io.moondial.reload.WatchedFiles.Content;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that looks after files which people save. A change counts once the files rest: what is
 * still being written is waited for, and what was read while somebody wrote is thrown away.
 */
public final class FileWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FileWatch.class);

    /** How long files must not have changed; nobody who saves a file takes longer in between. */
    private static final Duration LONGEST_REST = Duration.ofMillis(200);

    /** So often the files are looked at before it is said that they do not come to rest. */
    private static final int PATIENCE = 50;

    private final Source source;
    private final FolderSignals signals;
    private final Thread thread;
    private @Nullable Content handled;
    private boolean failing;

    /** Starts; what the files hold now is handled as the first change. */
    public FileWatch(Source source) {
        this(source, FolderSignals.open());
    }

    FileWatch(Source source, FolderSignals signals) {
        this.source = source;
        this.signals = signals;
        this.thread = Thread.ofPlatform().daemon().name("reload").start(this::run);
    }

    /** Looks at the files at once, as their source may have been asked to; from any thread. */
    public void lookNow() {
        signals.wake();
    }

    private void run() {
        try {
            while (!signals.isOver()) {
                look();
                signals.await(untilNextLook());
            }
        } catch (InterruptedException e) {
            log.error("the thread was interrupted: no change of a file is picked up any more");
        }
    }

    private void look() throws InterruptedException {
        try {
            signals.watch(source.watched().foldersOfEvents());
            if (source.isAsked()) {
                handled = null;
            }
            Content found = print();
            while (!found.equals(handled) && !signals.isOver()) {
                found = rested(found);
                handle(found);
                found = print();
            }
            failing = false;
        } catch (RuntimeException | Error e) {
            if (!signals.isOver() && !failing) {
                failing = true;
                // the next look may fare better, and what is in service is not touched
                log.error("looking for changes of files failed; the engine tries again", e);
            }
        }
    }

    private void handle(Content rested) {
        if (rested.equals(handled) || signals.isOver()) {
            return;
        }
        Runnable outcome = source.prepare();
        if (print().equals(rested)) {
            handled = rested; // whatever comes of it: once is enough
            outcome.run();
        }
    }

    /** What the files hold once they have not changed for a while. */
    private Content rested(Content first) throws InterruptedException {
        Content before = first;
        for (int looks = 1; !signals.isOver(); looks++) {
            signals.rest(rest());
            Content now = print();
            if (now.equals(before)) {
                return now;
            }
            if (looks % PATIENCE == 0) {
                log.warn(
                        "the files change all the time: nothing is reloaded until they stop changing");
            }
            before = now;
        }
        return before;
    }

    private Content print() {
        return Content.of(source.watched());
    }

    private Duration rest() {
        Duration interval = source.interval();
        return interval.compareTo(LONGEST_REST) < 0 ? interval : LONGEST_REST;
    }

    /** So that with the rest that follows a change is noticed within the interval. */
    private Duration untilNextLook() {
        Duration interval = source.interval();
        Duration early = interval.minus(rest());
        Duration half = interval.dividedBy(2);
        return early.compareTo(half) > 0 ? early : half;
    }

    /** Ends; a reload that has begun is finished first. */
    @Override
    public void close() {
        signals.close(); // no interrupt: it would break a file that is being read
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whatever is made of the watched files. Called on one thread. */
    public interface Source {
        /** What is to be watched now: it may depend on what the files say. */
        WatchedFiles watched();

        /** A change is to be noticed within this time. */
        Duration interval();

        /**
         * Whether somebody waits for the files to be handled even if they hold the same as before.
         * The outcome of the next preparation is his answer, whatever that one was made for.
         */
        default boolean isAsked() {
            return false;
        }

        /**
         * Reads the files and makes of them what can be made, touching nothing that is in service.
         *
         * @return puts it into service, or says why not; it is not run if the files have changed
         *     again
         */
        Runnable prepare();
    }

    /**
     * A signal from the operating system that something happened in a folder. It does not say what,
     * because an atomic save shows as events of another name. If there is no such signal, only time
     * wakes the waiting thread.
     */
    static final class FolderSignals implements AutoCloseable {
        private static final Logger log = LoggerFactory.getLogger(FolderSignals.class);

        private final @Nullable WatchService service;
        private final CountDownLatch over = new CountDownLatch(1);

        /** One for each word that nobody has waited for yet. */
        private final Semaphore words = new Semaphore(0);

        private volatile Set<WatchKey> keys = Set.of();
        private Set<Path> refused = Set.of();

        private FolderSignals(@Nullable WatchService service) {
            this.service = service;
            if (service != null) {
                Thread.ofVirtual().name("folders").start(() -> listen(service));
            }
        }

        private void listen(WatchService service) {
            try {
                while (true) {
                    WatchKey key = service.take();
                    key.pollEvents();
                    key.reset();
                    wake();
                }
            } catch (ClosedWatchServiceException e) {
                log.debug("the watch over folders ends");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /** The same as word from a folder. */
        void wake() {
            words.release();
        }

        static FolderSignals open() {
            try {
                return new FolderSignals(FileSystems.getDefault().newWatchService());
            } catch (IOException | UnsupportedOperationException e) {
                log.warn(
                        "changes of files are found only by looking at them regularly: {}",
                        e instanceof IOException io ? FileTrouble.words(io) : "no such service");
                return none();
            }
        }

        /** No word at all. */
        static FolderSignals none() {
            return new FolderSignals(null);
        }

        /** From now on these folders, as far as they are there, and no others. */
        void watch(Set<Path> folders) {
            if (service == null) {
                return;
            }
            Set<WatchKey> wanted = new HashSet<>();
            Set<Path> failed = new HashSet<>();
            for (Path folder : folders) {
                try {
                    wanted.add(register(service, folder));
                } catch (NoSuchFileException | NotDirectoryException e) {
                    log.debug("{} is gone", folder);
                } catch (IOException e) {
                    failed.add(folder);
                    if (!refused.contains(folder)) {
                        log.warn(
                                "changes in {} are found only by looking regularly: {}",
                                folder,
                                FileTrouble.words(e));
                    }
                }
            }
            refused = failed;
            keys.stream().filter(key -> !wanted.contains(key)).forEach(WatchKey::cancel);
            keys = wanted;
        }

        /** A folder that is registered already has the same key again. */
        private static WatchKey register(WatchService service, Path folder) throws IOException {
            return folder.register(
                    service,
                    StandardWatchEventKinds.ENTRY_CREATE,
                    StandardWatchEventKinds.ENTRY_DELETE,
                    StandardWatchEventKinds.ENTRY_MODIFY);
        }

        /** Waits for word, and no longer than that; the end cuts it short. */
        void await(Duration time) throws InterruptedException {
            if (words.tryAcquire(time.toNanos(), TimeUnit.NANOSECONDS)) {
                words.drainPermits();
            }
        }

        /**
         * Waits for this time, whatever happens in the folders; the end of the watch ends the wait.
         */
        void rest(Duration time) throws InterruptedException {
            over.await(time.toNanos(), TimeUnit.NANOSECONDS);
        }

        boolean isOver() {
            return over.getCount() == 0;
        }

        /** How many folders are watched. */
        int count() {
            return keys.size();
        }

        @Override
        public void close() {
            over.countDown();
            wake();
            if (service == null) {
                return;
            }
            try {
                service.close();
            } catch (IOException e) {
                log.warn("the watch over folders could not be closed", e);
            }
        }
    }
}
