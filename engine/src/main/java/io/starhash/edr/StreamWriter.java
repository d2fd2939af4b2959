package io.starhash.edr;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
    private static final int NAME_ATTEMPTS = 100;
    private static final int NEVER = Integer.MAX_VALUE;

    private final String stream;
    private final StreamSettings settings;
    private final Path directory;
    private final int flushCount;
    private final long retryNanos;
    private final String hostname;
    private final EdrClock clock;
    private final Inbox inbox;
    private final FileNames names;
    private final RecordEncoder encoder = new RecordEncoder();
    private final LineBuffer buffer = new LineBuffer();
    private final AtomicLong written = new AtomicLong();

    private int buffered;
    private long oldestBuffered;
    private long fileOpened;
    private volatile @Nullable OpenFile file;
    private long retryAt;
    private long droppedBefore;
    private volatile StreamStatus.@Nullable Failure failure;

    StreamWriter(
            String stream,
            EdrSettings settings,
            EdrClock clock,
            String hostname,
            long pid,
            Inbox inbox) {
        this.stream = stream;
        this.settings = settings.stream(stream);
        this.directory = this.settings.directory().toAbsolutePath().normalize();
        // A backlog smaller than a flush would never be written out by count.
        this.flushCount = Math.min(this.settings.maxFlushEdrs(), settings.maxBacklog());
        this.retryNanos = settings.retryInterval().toNanos();
        this.hostname = hostname;
        this.clock = clock;
        this.inbox = inbox;
        this.names = new FileNames(stream, hostname, pid);
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
        long now = clock.nanoTime();
        if (failure != null && now - retryAt < 0) {
            return retryAt - now;
        }
        try {
            takeAll();
            noteSuccess();
        } catch (IOException | RuntimeException | Error e) {
            // An Error too: a writer that is gone would lose all that comes.
            noteFailure(e);
        }
        return untilDue();
    }

    /** Writes out all there is and completes the file; what the disk refuses now is lost. */
    void finish() {
        try {
            takeAll();
            flush();
            completeFile();
        } catch (IOException | RuntimeException | Error e) {
            // An Error too: a writer that is gone would lose all that comes.
            noteFailure(e);
            abandon();
        }
    }

    StreamStatus status() {
        var open = file;
        return new StreamStatus(
                stream,
                inbox.waiting(),
                written.get(),
                inbox.dropped(),
                open == null ? null : open.path(),
                failure);
    }

    private void takeAll() throws IOException {
        settle();
        for (Edr edr; (edr = inbox.peek()) != null; ) {
            buffer(edr);
            inbox.take();
            settle();
        }
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
        var open = buffered > 0 ? fileForRecords() : file;
        if (open == null) {
            return;
        }
        boolean full = open.records() + buffered >= settings.maxFileEdrs();
        boolean over = passed(fileOpened, settings.maxFileTime());
        if (full || over || flushDue()) {
            flush();
        }
        if (full || over) {
            completeFile();
        }
    }

    private boolean flushDue() {
        return buffered > 0
                && (buffered >= flushCount || passed(oldestBuffered, settings.maxFlushTime()));
    }

    private OpenFile open() throws IOException {
        Files.createDirectories(directory);
        for (int attempt = 0; attempt < NAME_ATTEMPTS; attempt++) {
            var name = names.next(clock.now());
            var opened = OpenFile.create(directory, name, hostname, settings.durable());
            if (opened != null) {
                return opened;
            }
        }
        throw new FileSystemException(
                directory.toString(), null, "no free file name in " + NAME_ATTEMPTS + " attempts");
    }

    private void flush() throws IOException {
        if (buffered == 0) {
            return;
        }
        letGoOfMisplaced();
        fileForRecords().append(buffer.content(), buffered);
        written.addAndGet(buffered);
        inbox.done(buffered);
        buffered = 0;
        buffer.clear();
    }

    private OpenFile fileForRecords() throws IOException {
        var open = file;
        if (open == null) {
            open = open();
            fileOpened = clock.nanoTime();
            file = open;
        }
        return open;
    }

    private void completeFile() throws IOException {
        letGoOfMisplaced();
        var open = file;
        if (open != null) {
            open.complete(clock.now());
            file = null;
            open.close();
        }
    }

    /**
     * Someone may have deleted or moved the file in progress. Of a deleted one, all records are
     * written into a new one; a moved one has them, and gets its footer where it is.
     */
    private void letGoOfMisplaced() throws IOException {
        var lost = file;
        if (lost == null || lost.inPlace()) {
            return;
        }
        if (lost.isDeleted()) {
            file = copyOf(lost);
        } else {
            lost.writeFooter(clock.now());
            file = null;
            LOG.warn(
                    "EDR stream {}: {} was moved away with {} records; it is closed where it is",
                    stream,
                    lost.path(),
                    lost.records());
        }
        lost.close();
    }

    private OpenFile copyOf(OpenFile lost) throws IOException {
        var copy = open();
        try {
            copy.takeOver(lost);
        } catch (IOException e) {
            copy.delete();
            throw e;
        }
        LOG.warn(
                "EDR stream {}: {} was deleted; its {} records are written anew into {}",
                stream,
                lost.path(),
                lost.records(),
                copy.path());
        return copy;
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
        failure = new StreamStatus.Failure(since, e.toString());
        retryAt = clock.nanoTime() + retryNanos;
        LOG.error(
                "EDR stream {}: cannot write to {}: {}; {} records wait in memory",
                stream,
                directory,
                e.toString(),
                inbox.waiting());
        LOG.debug("The failure of EDR stream {}", stream, e);
        noteDropped();
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
            droppedBefore = dropped;
        }
    }

    private void abandon() {
        int lost = inbox.abandon();
        buffered = 0;
        buffer.clear();
        LOG.error("EDR stream {}: stopped with {} records unwritten; they are lost", stream, lost);
        var left = file;
        file = null;
        if (left != null) {
            try {
                left.close();
            } catch (IOException e) {
                LOG.error("EDR stream {}: cannot close {}", stream, left.path(), e);
            }
        }
    }

    /** With how many records waiting the writer has something to do before its time. */
    private int wakeCount() {
        if (failure != null) {
            return NEVER;
        }
        var open = file;
        if (buffered == 0 || open == null) {
            return 1;
        }
        return Math.min(flushCount, settings.maxFileEdrs() - open.records());
    }

    private long untilDue() {
        long now = clock.nanoTime();
        long due = Long.MAX_VALUE;
        if (failure != null) {
            return Math.max(0, retryAt - now);
        }
        if (file != null) {
            due = remaining(fileOpened, settings.maxFileTime(), now);
        }
        if (buffered > 0) {
            due = Math.min(due, remaining(oldestBuffered, settings.maxFlushTime(), now));
        }
        return due;
    }

    private boolean passed(long since, Duration limit) {
        return remaining(since, limit, clock.nanoTime()) == 0;
    }

    private static long remaining(long since, Duration limit, long now) {
        return Math.max(0, limit.toNanos() - (now - since));
    }
}
