package io.moondial.reload;

import io.moondial.file.FileTrouble;
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
 * A signal from the operating system that something happened in a folder. It does not say what,
 * because an atomic save shows as events of another name. If there is no such signal, only time
 * wakes the waiting thread.
 */
final class FolderSignals implements AutoCloseable {
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

    /** Waits for this time, whatever happens in the folders; the end of the watch ends the wait. */
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
