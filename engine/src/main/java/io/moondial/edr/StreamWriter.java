package io.moondial.edr;

import io.moondial.edr.EdrApp.EdrClock;
import io.moondial.edr.EdrApp.StreamStatus;
import io.moondial.file.FileTrouble;
import io.moondial.metrics.Counters;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one that writes a stream's records: flushes what waits in the inbox into the file in progress
 * and completes files, by count and by time.
 *
 * <p>If the disk refuses, everything stays in memory in its order and is tried again. Made for one
 * thread; time comes from the clock given, so that a test drives it with {@link #work} alone.
 */
final class StreamWriter implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(StreamWriter.class);

    /** At the stop it is tried again soon, as there is little time. */
    private static final long STOP_RETRY_NANOS = 1_000_000_000;

    private static final int NEVER = Integer.MAX_VALUE;

    private final EdrSettings.WhenFull whenFull;
    private final String stream;
    private final StreamFiles files;
    private final int flushCount;
    private final long maxFlushNanos;
    private final long retryNanos;
    private final EdrClock clock;
    private final Inbox inbox;
    private final Path spillDirectory;
    private final Counters counters;
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();

    /** Whether records wait; the oldest was seen at {@link #oldestSeen}. */
    private volatile boolean holding;

    private volatile long oldestSeen;
    private long retryAt;
    private long droppedBefore;
    private long lostBefore;
    private volatile long patienceNanos;
    private volatile boolean hurried;
    private volatile StreamStatus.@Nullable Failure failure;

    /** Made while there is memory for it. */
    private final StreamStatus.Failure outOfMemory;

    StreamWriter(
            String stream,
            EdrSettings settings,
            EdrClock clock,
            String hostname,
            long pid,
            Inbox inbox,
            Counters counters) {
        var own = settings.stream(stream);
        this.stream = stream;
        this.files = new StreamFiles(stream, own, clock, hostname, pid);
        // A backlog smaller than a flush would never be written out by count.
        this.flushCount = Math.min(own.maxFlushEdrs(), settings.maxBacklog());
        this.maxFlushNanos = TimeUnit.NANOSECONDS.convert(own.maxFlushTime());
        this.retryNanos = TimeUnit.NANOSECONDS.convert(settings.retryInterval());
        this.spillDirectory = Spill.folder(settings);
        this.whenFull = settings.whenFull();
        this.clock = clock;
        this.inbox = inbox;
        this.counters = counters;
        this.outOfMemory = new StreamStatus.Failure(clock.now(), "the memory is used up");
    }

    /** Works until the inbox is closed, then finishes. */
    @Override
    public void run() {
        while (!inbox.isClosed()) {
            try {
                long rest = work();
                inbox.await(wakeCount(), rest);
            } catch (RuntimeException | Error e) {
                // A writer that has ended would lose all that comes.
                noteFailure(e);
            }
        }
        finishInTime();
    }

    /** How long a disk that refuses is tried once the inbox is closed. */
    void beGiven(Duration patience) {
        patienceNanos = TimeUnit.NANOSECONDS.convert(patience);
    }

    /** Lets no more time pass at the stop. */
    void hurry(Thread writing) {
        hurried = true;
        LockSupport.unpark(writing);
    }

    private void finishInTime() {
        long began = clock.nanoTime();
        while (!triedToFinish()) {
            long left = patienceNanos - (clock.nanoTime() - began);
            if (left <= 0 || hurried) {
                giveUp();
                return;
            }
            LockSupport.parkNanos(this, Math.min(left, Math.min(retryNanos, STOP_RETRY_NANOS)));
        }
    }

    /**
     * Does everything that is due.
     *
     * @return after how many nanoseconds something may be due that no new record announces
     */
    long work() {
        if (failure == null || untilRetry() == 0) {
            try {
                settle();
                noteSuccess();
            } catch (IOException | RuntimeException | Error e) {
                noteFailure(e);
            }
        }
        return untilDue();
    }

    /** Writes out all there is and completes the file; what the disk refuses now is spilled. */
    void finish() {
        if (!triedToFinish()) {
            giveUp();
        }
    }

    /** Writes out all there is and completes the file, as far as the disk takes it. */
    private boolean triedToFinish() {
        try {
            flushAll(files);
            files.complete();
            noteSuccess();
            return true;
        } catch (IOException | RuntimeException | Error e) {
            noteFailure(e);
            return false;
        }
    }

    private void flushAll(StreamFiles to) throws IOException {
        flush(to, inbox.waiting());
        inbox.fetch();
        flush(to, inbox.waiting());
    }

    /**
     * In this order: a record that moves on during this is counted twice rather than not at all.
     */
    StreamStatus status() {
        long handedOver = inbox.handedOver();
        int held = inbox.held();
        long writtenOut = written.get();
        return new StreamStatus(
                stream,
                handedOver,
                held,
                inbox.limit(),
                held > 0 && holding
                        ? Duration.ofNanos(Math.max(0, clock.nanoTime() - oldestSeen))
                        : Duration.ZERO,
                writtenOut,
                inbox.dropped(),
                files.lost(),
                failures.get(),
                files.current(),
                inbox.hasRoom() ? null : whenFull,
                failure);
    }

    /** Opens, flushes and completes, as far as each is due. */
    private void settle() throws IOException {
        files.settle();
        int waiting = inbox.waiting();
        if (waiting > 0) {
            hold();
            files.open();
        }
        long now = clock.nanoTime();
        boolean fileOver = files.remaining(now) == 0;
        if (fileOver || waiting >= due() || untilFlush(now) == 0) {
            // All that waits goes out with what is due, so that no record is older than the time.
            flush(files, waiting);
            holding = inbox.waiting() > 0;
            oldestSeen = now;
        }
        if (fileOver) {
            files.complete();
        }
    }

    private void hold() {
        if (!holding) {
            holding = true;
            oldestSeen = clock.nanoTime();
        }
    }

    /** Writes out at least this many records, and cuts files at their size. */
    private void flush(StreamFiles to, int records) throws IOException {
        completeFull(to);
        for (int left = records; left > 0; ) {
            var batch = inbox.ready();
            int count = Math.min(batch.lines(), to.room());
            to.append(batch.content(count), count);
            written.addAndGet(count);
            inbox.done(count);
            left -= count;
            completeFull(to);
        }
    }

    private static void completeFull(StreamFiles to) throws IOException {
        if (to.room() == 0) {
            to.complete();
        }
    }

    private void noteSuccess() {
        var over = failure;
        if (over != null) {
            failure = null;
            LOG.warn(
                    "EDR stream {}: the disk accepts records again; it had failed since {}",
                    stream,
                    over.since());
        }
        noteDropped();
        noteLost();
    }

    private void noteFailure(Throwable e) {
        retryAt = clock.nanoTime() + retryNanos;
        failures.incrementAndGet();
        try {
            tell(e);
        } catch (OutOfMemoryError more) {
            // The next attempt comes at its time, and may have the memory to report it.
            failure = Objects.requireNonNullElse(failure, outOfMemory);
        }
    }

    private void tell(Throwable e) {
        var before = failure;
        var since = before == null ? clock.now() : before.since();
        failure = new StreamStatus.Failure(since, describe(e));
        counters.increment("edr.failures");
        LOG.error(
                "EDR stream {}: cannot write to {}: {}; {} records wait in memory",
                stream,
                files.directory(),
                describe(e),
                inbox.held());
        LOG.debug("The failure of EDR stream {}", stream, e);
        noteDropped();
        noteLost();
    }

    /** For a fault of the engine, the kind comes first; the log has its stack trace. */
    private static String describe(Throwable e) {
        return switch (e) {
            case IOException disk -> FileTrouble.tell(disk);
            case OutOfMemoryError full -> "the memory is used up";
            default -> "a fault of the engine's, " + e;
        };
    }

    private void noteDropped() {
        long dropped = inbox.dropped();
        if (dropped != droppedBefore) {
            LOG.error(
                    "EDR stream {}: the backlog was full; {} records were dropped, {} since the"
                            + " start",
                    stream,
                    dropped - droppedBefore,
                    dropped);
            countDropped(dropped);
        }
    }

    private void countDropped(long sinceStart) {
        counters.add("edr.dropped", sinceStart - droppedBefore);
        droppedBefore = sinceStart;
    }

    private void noteLost() {
        long lost = files.lost();
        counters.add("edr.lost", lost - lostBefore);
        lostBefore = lost;
    }

    /**
     * What cannot be written where it belongs goes elsewhere; what cannot be written there either,
     * is lost.
     */
    private void giveUp() {
        letGoOf(files);
        spill();
        int dropped = inbox.abandon();
        countDropped(inbox.dropped());
        noteLost();
        if (dropped > 0) {
            LOG.error(
                    "EDR stream {}: stopped with {} records unwritten; they are lost",
                    stream,
                    dropped);
        }
    }

    private void spill() {
        var elsewhere = files.spilledTo(spillDirectory);
        long before = written.get();
        try {
            flushAll(elsewhere);
            elsewhere.complete();
        } catch (IOException | RuntimeException | Error e) {
            LOG.error("EDR stream {}: cannot spill to {}: {}", stream, spillDirectory, describe(e));
            letGoOf(elsewhere);
        }
        long spilled = written.get() - before;
        if (spilled > 0) {
            counters.add("edr.spilled", spilled);
            LOG.error(
                    "EDR stream {}: {} did not accept the last {} records; they are in {}, and the next start moves them here",
                    stream,
                    files.directory(),
                    spilled,
                    spillDirectory);
        }
    }

    /** What may be in an unfinished file is not written again. */
    private void letGoOf(StreamFiles unfinished) {
        var tail = unfinished.abandon();
        written.addAndGet(tail.whole());
        inbox.done(tail.whole());
        inbox.drop(tail.unknown());
    }

    /** With how many records waiting the writer has something to do before its time. */
    private int wakeCount() {
        if (failure != null) {
            return NEVER;
        }
        return holding ? due() : 1;
    }

    /** How many records make a flush. */
    private int due() {
        return Math.min(flushCount, files.room());
    }

    private long untilDue() {
        if (failure != null) {
            return untilRetry();
        }
        long now = clock.nanoTime();
        return Math.min(files.remaining(now), untilFlush(now));
    }

    private long untilRetry() {
        return Math.max(0, retryAt - clock.nanoTime());
    }

    private long untilFlush(long now) {
        return holding ? Math.max(0, maxFlushNanos - (now - oldestSeen)) : Long.MAX_VALUE;
    }
}
