package io.moondial.reload;

import java.time.Duration;
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

    private final ReloadSource source;
    private final FolderSignals signals;
    private final Thread thread;
    private @Nullable ContentPrint handled;
    private volatile boolean asked;
    private boolean failing;

    /** Starts; what the files hold now is handled as the first change. */
    public FileWatch(ReloadSource source) {
        this(source, FolderSignals.open());
    }

    FileWatch(ReloadSource source, FolderSignals signals) {
        this.source = source;
        this.signals = signals;
        this.thread = Thread.ofPlatform().daemon().name("reload").start(this::run);
    }

    /** The content of the files is handled again, even if it is the same; from any thread. */
    public void reload() {
        asked = true;
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
            if (asked
                    && handled != null) { // else this is the first look, which handles them anyway
                asked = false;
                handled = null;
            }
            ContentPrint found = print();
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

    private void handle(ContentPrint rested) {
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
    private ContentPrint rested(ContentPrint first) throws InterruptedException {
        ContentPrint before = first;
        for (int looks = 1; !signals.isOver(); looks++) {
            signals.rest(rest());
            ContentPrint now = print();
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

    private ContentPrint print() {
        return ContentPrint.of(source.watched());
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
}
