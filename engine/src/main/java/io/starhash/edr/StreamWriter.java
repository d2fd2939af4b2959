package io.starhash.edr;

import io.starhash.metrics.Counters;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one that writes a stream's records: takes them from the inbox, encodes them into a buffer,
 * flushes the buffer into the file in progress and cuts files, all by count and by time.
 *
 * <p>Where the disk refuses, everything stays in memory in its order and is tried again. Made for
 * one thread; time comes from the clock given, so that a test drives it with {@link #work} alone.
 */
final class StreamWriter implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(StreamWriter.class);
    private static final int NEVER = Integer.MAX_VALUE;

    /**
     * While more records wait than a flush needs, they go out together, up to so many octets: they
     * are no safer in the inbox, and one write (and one force to the disk) serves them all.
     */
    private static final int BATCH_OCTETS = 48 * 1024;

    private final String stream;
    private final StreamFiles files;
    private final int flushCount;
    private final long maxFlushNanos;
    private final long retryNanos;
    private final EdrClock clock;
    private final Inbox inbox;
    private final Counters counters;
    private final RecordEncoder encoder = new RecordEncoder();
    private final LineBuffer buffer = new LineBuffer();
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();

    private int buffered;
    private long oldestBuffered;
    private long retryAt;
    private long droppedBefore;
    private volatile StreamStatus.@Nullable Failure failure;

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
        this.clock = clock;
        this.inbox = inbox;
        this.counters = counters;
    }

    /** Works until the inbox is closed, then finishes. */
    @Override
    public void run() {
        while (!inbox.isClosed()) {
            long rest = work();
            inbox.await(wakeCount(), rest);
        }
        finish();
    }

    /**
     * Does everything that is due.
     *
     * @return after how many nanoseconds something may be due that no new record tells of
     */
    long work() {
        if (failure == null || untilRetry() == 0) {
            try {
                takeAll();
                noteSuccess();
            } catch (IOException | RuntimeException | Error e) {
                // An Error too: a writer that is gone would lose all that comes.
                noteFailure(e);
            }
        }
        return untilDue();
    }

    /** Writes out all there is and completes the file; what the disk refuses now is lost. */
    void finish() {
        try {
            takeAll();
            flush();
            while (inbox.waiting() > 0) {
                // One was counted before the inbox was closed, and is just being put in.
                Thread.onSpinWait();
                takeAll();
                flush();
            }
            files.complete();
            noteSuccess();
        } catch (IOException | RuntimeException | Error e) {
            noteFailure(e);
            abandon();
        }
    }

    StreamStatus status() {
        return new StreamStatus(
                stream,
                inbox.waiting(),
                inbox.limit(),
                written.get(),
                inbox.dropped(),
                failures.get(),
                files.current(),
                failure);
    }

    /** What waits goes out with what is due, so that no record is older than the flush time. */
    private void takeAll() throws IOException {
        if (buffered >= files.room()) {
            settle(); // a file that could not be completed before
        }
        for (Edr edr; (edr = inbox.peek()) != null; ) {
            buffer(edr);
            inbox.take();
            if (buffered >= files.room() || buffer.length() >= BATCH_OCTETS) {
                settle();
            }
        }
        settle();
    }

    private void buffer(Edr edr) {
        if (buffered == 0) {
            oldestBuffered = clock.nanoTime();
        }
        int before = buffer.length();
        try {
            encoder.encodeLine(edr, buffer);
        } catch (RuntimeException | Error e) {
            // Half a line must not stay.
            buffer.cutTo(before);
            throw e;
        }
        buffered++;
    }

    /** Opens, flushes and completes, as far as each is due. */
    private void settle() throws IOException {
        if (buffered > 0) {
            files.open();
        }
        long now = clock.nanoTime();
        boolean complete = buffered >= files.room() || files.remaining(now) == 0;
        if (complete || buffered >= flushCount || untilFlush(now) == 0) {
            flush();
        }
        if (complete) {
            files.complete();
        }
    }

    private void flush() throws IOException {
        if (buffered > 0) {
            files.append(buffer.content(), buffered);
            written.addAndGet(buffered);
            inbox.done(buffered);
            buffered = 0;
            buffer.clear();
        }
    }

    private void noteSuccess() {
        var over = failure;
        if (over != null) {
            failure = null;
            LOG.warn(
                    "EDR stream {}: the disk takes records again; it had failed since {}",
                    stream,
                    over.since());
        }
        noteDropped();
    }

    private void noteFailure(Throwable e) {
        var before = failure;
        var since = before == null ? clock.now() : before.since();
        failure = new StreamStatus.Failure(since, describe(e));
        retryAt = clock.nanoTime() + retryNanos;
        failures.incrementAndGet();
        counters.increment("edr.failures");
        LOG.error(
                "EDR stream {}: cannot write to {}: {}; {} records wait in memory",
                stream,
                files.directory(),
                describe(e),
                inbox.waiting());
        LOG.debug("The failure of EDR stream {}", stream, e);
        noteDropped();
    }

    /** The kind stands first: the message of many is only the path. */
    private static String describe(Throwable e) {
        return e.getClass().getSimpleName() + ": " + e.getMessage();
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

    private void abandon() {
        int lost = inbox.abandon();
        countDropped(inbox.dropped());
        buffered = 0;
        buffer.clear();
        LOG.error("EDR stream {}: stopped with {} records unwritten; they are lost", stream, lost);
        try {
            files.abandon();
        } catch (IOException e) {
            LOG.error("EDR stream {}: cannot close its file", stream, e);
        }
    }

    /** With how many records waiting the writer has something to do before its time. */
    private int wakeCount() {
        if (failure != null) {
            return NEVER;
        }
        return buffered == 0 ? 1 : Math.min(flushCount, files.room());
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
        return buffered == 0 ? Long.MAX_VALUE : Math.max(0, maxFlushNanos - (now - oldestBuffered));
    }
}
