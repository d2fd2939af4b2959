package io.moondial.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.encoder.Encoder;
import io.moondial.config.Key;
import io.moondial.config.Settings;
import io.moondial.file.FileTrouble;
import io.moondial.metrics.Counters;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Where the log lines of an engine at work go, and how they look there. Whoever logs hands a line
 * over and goes on; one thread writes. While the disk, or whoever reads the standard error, takes
 * none, lines wait in memory up to a limit. More are lost, and counted.
 */
public final class EngineLog implements AutoCloseable {
    /** The counter of lines that are nowhere. */
    public static final String LOST = "log.lines_lost";

    private static final Duration RETRY = Duration.ofSeconds(1);

    /** How long an end waits for lines that wait. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    /** While lines are lost all the time, their number is told this often. */
    private static final Duration TOLD_AGAIN = Duration.ofSeconds(10);

    /** Lines of about so many octets are written at once. */
    private static final int BATCH = 32 << 10;

    /** What a line takes in memory beside its characters, about, and what a trace does. */
    private static final int LINE = 300;

    private static final int TRACE = 4_000;

    private final Logger root;
    private final Logger log;
    private final OutputStream err;
    private final @Nullable Appender<ILoggingEvent> console;
    private final Encoder<ILoggingEvent> lines;
    private final Hand hand = new Hand();
    private final BlockingQueue<Waiting> queue = new LinkedBlockingQueue<>();
    private final AtomicLong waiting = new AtomicLong();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread writer;
    private volatile long maxWaiting;
    private volatile Target target;
    private LogSettings opened;

    /** Guards the next two: whoever logs waits for nothing else. */
    private final Object counting = new Object();

    private Counters counters = new Counters();
    private long lost;

    /** What only the writer knows: where it wrote last, and what it has said of trouble. */
    private Target current;

    private String trouble = "";
    private boolean failing;
    private long toldLost;
    private long toldAt;

    /** A line on its way; without an event nothing comes after it. */
    private record Waiting(@Nullable ILoggingEvent event, int size) {}

    /** Where encoded lines go. */
    private interface Sink {
        void write(byte[] lines) throws IOException;

        default void close() {}
    }

    /**
     * Where lines go, and how they look there.
     *
     * @param name for people
     */
    private record Target(String name, Sink sink, Encoder<ILoggingEvent> encoder) {}

    /** Takes lines from whoever logs. */
    private final class Hand extends UnsynchronizedAppenderBase<ILoggingEvent> {
        @Override
        protected void append(ILoggingEvent event) {
            // made here and kept in the event: what its arguments say may change
            String message = event.getFormattedMessage();
            int size =
                    LINE + 2 * message.length() + (event.getThrowableProxy() == null ? 0 : TRACE);
            if (waiting.addAndGet(size) > maxWaiting) {
                waiting.addAndGet(-size);
                lose(1);
            } else {
                queue.add(new Waiting(event, size));
            }
        }
    }

    /**
     * From now on lines go where the settings say, until this is closed.
     *
     * @throws IOException if the file cannot be opened; then all is as before
     */
    public static EngineLog open(LogSettings settings) throws IOException {
        return new EngineLog(
                (LoggerContext) LoggerFactory.getILoggerFactory(),
                settings,
                new FileOutputStream(FileDescriptor.err));
    }

    /** The same for the loggers of a context, with another standard error. */
    EngineLog(LoggerContext loggers, LogSettings settings, OutputStream err) throws IOException {
        this.root = loggers.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        this.log = loggers.getLogger("log");
        this.err = err;
        this.console = console(root);
        this.lines =
                console instanceof OutputStreamAppender<ILoggingEvent> stream
                        ? stream.getEncoder()
                        : plain(loggers);
        this.opened = settings;
        this.maxWaiting = settings.maxWaiting();
        this.target = target(settings);
        this.current = target;
        hand.setContext(loggers);
        hand.start();
        this.writer = Thread.ofPlatform().daemon().name("log").start(this::work);
        root.setLevel(Level.convertAnSLF4JLevel(settings.level()));
        root.addAppender(hand);
        if (console != null) {
            root.detachAppender(console);
        }
    }

    private static @Nullable Appender<ILoggingEvent> console(Logger root) {
        for (Iterator<Appender<ILoggingEvent>> all = root.iteratorForAppenders(); all.hasNext(); ) {
            Appender<ILoggingEvent> one = all.next();
            if (one instanceof OutputStreamAppender) {
                return one;
            }
        }
        return null;
    }

    /** For loggers that somebody has configured in another way. */
    private static Encoder<ILoggingEvent> plain(LoggerContext loggers) {
        var encoder = new PatternLayoutEncoder();
        encoder.setContext(loggers);
        encoder.setPattern("%date %-5level %logger %msg%n");
        encoder.start();
        return encoder;
    }

    private Target target(LogSettings settings) throws IOException {
        Encoder<ILoggingEvent> encoder = settings.format() == Format.LINES ? lines : json();
        Path file = settings.file();
        return file == null
                ? new Target("the standard error", err::write, encoder)
                : new Target(file.toString(), file(file, settings), encoder);
    }

    private Encoder<ILoggingEvent> json() {
        var encoder = new JsonLines();
        encoder.setContext(root.getLoggerContext());
        encoder.start();
        return encoder;
    }

    private Sink file(Path file, LogSettings settings) throws IOException {
        var open = new LogFile(file, settings.rotate(), settings.keep(), this::toldTrouble);
        return new Sink() {
            @Override
            public void write(byte[] octets) throws IOException {
                open.write(octets);
            }

            @Override
            public void close() {
                open.close();
            }
        };
    }

    /** From now on lines that are lost are counted there, those that are lost already too. */
    public void countIn(Counters place) {
        synchronized (counting) {
            place.add(LOST, lost);
            counters = place;
        }
    }

    private void lose(int more) {
        synchronized (counting) {
            lost += more;
            counters.add(LOST, more);
        }
    }

    private long lost() {
        synchronized (counting) {
            return lost;
        }
    }

    /**
     * Changes to other settings. If the file cannot be opened, lines go on to where they went, and
     * the log says so.
     */
    public synchronized void change(LogSettings settings) {
        root.setLevel(Level.convertAnSLF4JLevel(settings.level()));
        maxWaiting = settings.maxWaiting();
        if (settings.isElsewhere(opened)) {
            try {
                target = target(settings);
                opened = settings;
            } catch (IOException e) {
                log.error(
                        "the log file {} cannot be opened: {}; lines go on to {}, and a reload (SIGHUP) tries again",
                        settings.file(),
                        FileTrouble.tell(e),
                        target.name());
            }
        }
    }

    // ---- the writer

    private void work() {
        List<Waiting> batch = new ArrayList<>();
        boolean last = false;
        while (!last) {
            int size = 0;
            try {
                Waiting next = queue.take();
                while (next != null) {
                    batch.add(next);
                    size += next.size();
                    next = size < BATCH ? queue.poll() : null;
                }
                last = batch.stream().anyMatch(it -> it.event() == null);
                deliver(batch);
            } catch (InterruptedException e) {
                last = true; // nobody interrupts it
            } catch (RuntimeException | OutOfMemoryError e) {
                trouble = e.toString();
                lose(batch.size());
            } finally {
                waiting.addAndGet(-size);
                batch.clear();
            }
        }
        current.sink().close();
    }

    private void deliver(List<Waiting> batch) throws InterruptedException {
        while (true) {
            Target now = target;
            if (!now.equals(current)) {
                current.sink().close();
                current = now;
            }
            try {
                now.sink().write(encoded(now, batch));
                written(now);
                return;
            } catch (IOException e) {
                refused(now, e);
                if (closing.await(RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
                    lose((int) batch.stream().filter(it -> it.event() != null).count());
                    return;
                }
            }
        }
    }

    private static byte[] encoded(Target target, List<Waiting> batch) {
        var octets = new ByteArrayOutputStream();
        for (Waiting one : batch) {
            if (one.event() != null) {
                octets.writeBytes(target.encoder().encode(one.event()));
            }
        }
        return octets.toByteArray();
    }

    private void refused(Target now, IOException e) {
        trouble = FileTrouble.words(e);
        if (!failing) {
            failing = true;
            onErr(
                    event(
                            Level.ERROR,
                            "the log cannot be written to {}: {}; lines wait in memory up to log.max_waiting, and more are lost",
                            now.name(),
                            trouble));
        }
    }

    private void written(Target now) {
        long all = lost();
        boolean isBack = failing;
        if (isBack) {
            failing = false;
            onErr(
                    event(
                            Level.WARN,
                            "the log is written to {} again; {} lines were lost",
                            now.name(),
                            all - toldLost));
        }
        if (all > toldLost
                && (isBack || toldLost == 0 || System.nanoTime() - toldAt > TOLD_AGAIN.toNanos())) {
            tellLost(now, all);
        }
    }

    /** Says where lines are missing that some are. */
    private void tellLost(Target now, long all) {
        ILoggingEvent event =
                event(
                        Level.WARN,
                        "{} log lines were lost: {}",
                        all - toldLost,
                        trouble.isEmpty()
                                ? "they came faster than " + now.name() + " took them"
                                : trouble);
        try {
            now.sink().write(now.encoder().encode(event));
            toldLost = all;
            toldAt = System.nanoTime();
            trouble = "";
        } catch (IOException e) {
            trouble = FileTrouble.words(e); // told with the next lines that are taken
        }
    }

    private void toldTrouble(IOException e) {
        onErr(
                event(
                        Level.ERROR,
                        "the full log file could not be moved aside and grows on: {}",
                        FileTrouble.tell(e)));
    }

    private ILoggingEvent event(Level level, String format, Object... arguments) {
        return new LoggingEvent(EngineLog.class.getName(), log, level, format, null, arguments);
    }

    /** What concerns the file itself is told where a service manager keeps it. */
    private void onErr(ILoggingEvent event) {
        try {
            err.write(lines.encode(event));
        } catch (IOException e) {
            trouble = FileTrouble.words(e); // nobody is left who could be told
        }
    }

    /**
     * Writes what waits, within a few seconds. From now on lines go to the standard error, as
     * before the first.
     */
    @Override
    public void close() {
        if (console != null) {
            root.addAppender(console);
        }
        root.detachAppender(hand);
        hand.stop();
        queue.add(new Waiting(null, 0));
        closing.countDown();
        try {
            if (!writer.join(PATIENCE)) {
                lose(queue.size());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What a line of the log is. */
    public enum Format {
        /** A line of text. */
        LINES,
        /** A JSON object. */
        JSON
    }

    /** What is logged, and where: the section {@code log} of the rules file. */
    @Settings(
            "What is logged, and where. A change comes into service at once. Format and file are those of \"serve\"; other commands log lines to the standard error.")
    public record LogSettings(
            @Key(value = "Lines of this level and of more serious ones are logged.", unset = "info")
                    org.slf4j.event.Level level,
            @Key(
                            value =
                                    "What a line is: lines (text for people) or json (one JSON object per line, for programs that collect logs).",
                            unset = "lines")
                    Format format,
            @Key(
                            value =
                                    "The file that lines are appended to. It and its folder are made if they are not there. If somebody moves or removes it, the next line begins a new one.",
                            unsetIs = "the standard error",
                            example = "log/moondial.log")
                    @Nullable Path file,
            @Key(
                            value =
                                    "The size at which the file is full. It becomes FILE.1 then, what was FILE.1 becomes FILE.2, and so on.",
                            unset = "100MiB",
                            from = "64KiB",
                            to = "100GiB")
                    long rotate,
            @Key(
                            value =
                                    "How many full files are kept beside the one in progress. The oldest is removed.",
                            unset = "10",
                            from = "1",
                            to = "1000")
                    int keep,
            @Key(
                            value =
                                    "How much memory lines may take that wait for a disk or a reader of the standard error. No dialog waits for them. More lines are lost, and counted as log.lines_lost.",
                            unset = "8MiB",
                            from = "64KiB",
                            to = "1GiB")
                    long maxWaiting) {

        /** Whether lines go to another place than with these others, or look different there. */
        boolean isElsewhere(LogSettings others) {
            return format != others.format
                    || rotate != others.rotate
                    || keep != others.keep
                    || (file == null ? others.file != null : !file.equals(others.file));
        }
    }
}
