package io.moondial.edr;

import io.moondial.edr.Edr.Names;
import io.moondial.edr.EdrSettings.WhenFull;
import io.moondial.metrics.Counters;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The application that writes EDRs to files: one file in progress, one writer and one thread for
 * each stream.
 *
 * <p>A caller hands a record over and goes on; it never waits for a disk. At the start, what a
 * killed process left in the folders is closed properly.
 *
 * <p>What a kill of the process loses: the records handed over since the writer began its last
 * write. It begins one once {@code maxFlushEdrs} wait, or the oldest is {@code maxFlushTime} old;
 * but if it gets no processor, more come before it runs, as no caller is made to wait. What a crash
 * of the machine loses: the same with {@code durable}, else what the operating system had not yet
 * written.
 *
 * <p>What memory holds: while a disk refuses, records are kept and tried again. With {@link
 * WhenFull#REFUSE_DIALOGS} no new dialog begins once {@link #accepting} is false, and the records
 * of running dialogs are kept beyond the limit: at most the number of running dialogs times the
 * records that each still writes. With {@link WhenFull#DROP_RECORDS} no record is kept beyond the
 * limit. With a limit of some 52,000 or more, what gathers while the writer is at work is counted
 * late: up to a quarter of a megabyte may be beyond it where the writer is held up in a write.
 */
public final class EdrApp implements EdrSink, AutoCloseable {
    /** How many streams there can be: each has a thread and a file. */
    public static final int MAX_STREAMS = 64;

    /** How many of them only the engine's own records open: no script may use all of them up. */
    private static final int ENGINES_STREAMS = 4;

    private final EdrSettings settings;
    private final EdrClock clock;
    private final String hostname;
    private final long pid;
    private final Counters counters;
    private final Map<String, Stream> streams = new ConcurrentHashMap<>();
    private final LongAdder late = new LongAdder();
    private boolean closed;

    private record Stream(Inbox inbox, StreamWriter writer, Thread thread) {}

    /**
     * Starts the application: closes orphaned files in the folders of the settings, and moves there
     * what a stop had left in the spill folder; a file is opened only at a stream's first record.
     *
     * @param hostname for file names and headers
     * @param pid the process id, the last part of file names
     * @param counters takes {@code edr.failures}, attempts to write that failed; {@code
     *     edr.dropped}, records that were lost, those that came after the close too; {@code
     *     edr.orphans}, files that a killed process left, and that were closed; {@code edr.lost},
     *     written records that somebody cut off; {@code edr.spilled}, records that a stop left in
     *     the spill folder; {@code edr.spilled_files.taken_up}, files that the start brought from
     *     there
     */
    public EdrApp(
            EdrSettings settings, EdrClock clock, String hostname, long pid, Counters counters) {
        this.settings = settings;
        this.clock = clock;
        this.hostname = hostname;
        this.pid = pid;
        this.counters = counters;
        var spill = new Spill(settings, counters);
        var orphans = new Orphans(clock, Spill.folder(settings), counters);
        orphans.close(Spill.folder(settings));
        spill.takeUp();
        EdrFolders.of(settings).forEach(orphans::close);
    }

    /**
     * Hands a record over.
     *
     * @throws IllegalArgumentException when the stream's name is malformed, or one too many
     */
    @Override
    public void write(String stream, Edr edr) {
        var known = streams.get(stream);
        var open = known == null ? open(stream, most(edr)) : known;
        if (open == null || !open.inbox().add(edr)) {
            late.increment();
            counters.increment("edr.dropped");
        }
    }

    /**
     * How many records came after {@link #close}: they are lost, counted in {@code edr.dropped},
     * and in no stream's status.
     */
    public long late() {
        return late.sum();
    }

    /**
     * Whether new dialogs may begin: false if a stream's backlog is full and the settings say that
     * dialogs are then refused.
     */
    public boolean accepting() {
        if (settings.whenFull() == WhenFull.REFUSE_DIALOGS) {
            for (var stream : streams.values()) {
                if (!stream.inbox().hasRoom()) {
                    return false;
                }
            }
        }
        return true;
    }

    /** The status of each stream that has had a record, by name. */
    public List<StreamStatus> status() {
        return streams.values().stream()
                .map(stream -> stream.writer().status())
                .sorted(Comparator.comparing(StreamStatus::stream))
                .toList();
    }

    /**
     * Writes out what waits, completes the files and ends. If the disk refuses, the application
     * tries once more; then what waits goes to the spill folder. What is still lost is logged and
     * counted.
     */
    @Override
    public void close() {
        close(Duration.ZERO);
    }

    /**
     * The same, but a disk that refuses is tried again and again.
     *
     * @param patience for this time, or until the caller is interrupted
     */
    public void close(Duration patience) {
        for (var stream : shut()) {
            stream.writer().beGiven(patience);
            stream.inbox().close();
        }
        boolean interrupted = false;
        for (var stream : streams.values()) {
            interrupted |= join(stream.thread());
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized List<Stream> shut() {
        closed = true;
        return new ArrayList<>(streams.values());
    }

    private static int most(Edr edr) {
        boolean engines = Edr.isOfEngine(edr.event());
        return engines ? MAX_STREAMS : MAX_STREAMS - ENGINES_STREAMS;
    }

    /** Null after the close, unless it was open before. */
    private synchronized @Nullable Stream open(String name, int most) {
        var known = streams.get(name);
        if (known != null) {
            return known;
        }
        Names.requireStream(name);
        if (closed) {
            return null;
        }
        if (streams.size() >= most) {
            throw new IllegalArgumentException(
                    "\"%s\" would be one EDR stream too many; there can be %d, and these are open: %s"
                            .formatted(name, most, new TreeSet<>(streams.keySet())));
        }
        var stream = newStream(name);
        // First: if there can be no thread, there is no stream that would take records.
        stream.thread().start();
        streams.put(name, stream);
        return stream;
    }

    private Stream newStream(String name) {
        boolean drop = settings.whenFull() == WhenFull.DROP_RECORDS;
        var inbox = new Inbox(settings.maxBacklog(), drop);
        var writer = new StreamWriter(name, settings, clock, hostname, pid, inbox, counters);
        var thread = Thread.ofPlatform().name("edr-" + name).daemon().unstarted(writer);
        return new Stream(inbox, writer, thread);
    }

    /** Whether the caller was interrupted: no time is lost then, but no record either. */
    private boolean join(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                return interrupted;
            } catch (InterruptedException e) {
                interrupted = true;
                streams.values().forEach(stream -> stream.writer().hurry(stream.thread()));
            }
        }
    }

    /**
     * The time that is used for writing files.
     *
     * @param wall the time for names, headers and footers of files; it may jump
     * @param nanos a clock that only goes forward, in nanoseconds from anywhere; every limit and
     *     retry is measured with it, so that a jump of the wall clock moves none
     */
    public record EdrClock(InstantSource wall, LongSupplier nanos) {
        /** The machine's clocks. */
        public static EdrClock system() {
            return new EdrClock(InstantSource.system(), System::nanoTime);
        }

        Instant now() {
            return wall.instant();
        }

        long nanoTime() {
            return nanos.getAsLong();
        }
    }

    /**
     * The status of a stream at a moment.
     *
     * <p>{@code handedOver} is {@code written + backlog + dropped} while nothing moves. In motion
     * it is never more: a record that moves on while the status is made is counted twice.
     *
     * @param stream its name
     * @param handedOver records that callers handed over since the start
     * @param backlog records that wait in memory: handed over, and not yet written out
     * @param limit how many can wait before dialogs are refused or records dropped, as the settings
     *     say
     * @param written records written out since the start
     * @param dropped records that were never written: refused by a full backlog, or left at the
     *     stop
     * @param lost records that were written, and went with a file in progress that somebody cut, or
     *     deleted so that it could not be written again
     * @param oldestPending how long the oldest of the backlog has waited; nought if none waits
     * @param failures attempts to write that failed since the start
     * @param file the file in progress; null if there is none
     * @param full what becomes of more, because the limit is reached; null: it is not
     * @param failure null while the disk takes the records
     */
    public record StreamStatus(
            String stream,
            long handedOver,
            int backlog,
            int limit,
            Duration oldestPending,
            long written,
            long dropped,
            long lost,
            long failures,
            @Nullable Path file,
            @Nullable WhenFull full,
            @Nullable Failure failure) {

        /**
         * A disk that does not take the records.
         *
         * @param since the first failed attempt
         * @param why the latest error
         */
        public record Failure(Instant since, String why) {}
    }
}
