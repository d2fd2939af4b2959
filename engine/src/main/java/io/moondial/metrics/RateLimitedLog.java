package io.moondial.metrics;

import io.moondial.time.Time;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * A log in which no cause floods the others: of each cause at most ten lines per second are
 * written, or as many as are allowed for it within its window. The rest are counted, and one line
 * gives their number when the window is over, at the level of the most severe among them.
 *
 * <p>Causes are kept for good, so they must come from a fixed list, such as the script keys of the
 * rules, never from the network.
 */
public final class RateLimitedLog {
    /** Lines of one cause within {@link #WINDOW} that are written in full. */
    public static final int FULL_LINES = 10;

    public static final Duration WINDOW = Duration.ofSeconds(1);

    private final Logger log;
    private final Time time;
    private final Duration window;
    private final UnaryOperator<String> words;
    private final Map<String, Cause> causes = new ConcurrentHashMap<>();

    public RateLimitedLog(Logger log, Time time) {
        this(log, time, WINDOW, cause -> cause.replace('_', ' '));
    }

    /**
     * One of another window.
     *
     * @param words of a cause, for the line with the number; asked when that line is written
     */
    public RateLimitedLog(Logger log, Time time, Duration window, UnaryOperator<String> words) {
        this.log = log;
        this.time = time;
        this.window = window;
        this.words = words;
    }

    /** Writes one line, unless this cause has had its lines within the second. */
    public void write(Level level, String cause, String format, Object... arguments) {
        if (mayWrite(level, cause, FULL_LINES)) {
            log.atLevel(level).log(format, arguments);
        }
    }

    /**
     * Whether the caller may write one line of this cause now. If not, it is counted among those
     * whose number is given later.
     *
     * @param fullLines how many may be written within the window
     */
    public boolean mayWrite(Level level, String cause, int fullLines) {
        return causes.computeIfAbsent(cause, Cause::new).mayWrite(level, fullLines);
    }

    /** The lines of one cause. */
    private final class Cause {
        private final String name;
        private long began;
        private int written;
        private long leftOut;

        /** The most severe of those left out. */
        private Level worst = Level.TRACE;

        Cause(String name) {
            this.name = name;
        }

        synchronized boolean mayWrite(Level level, int fullLines) {
            long now = time.nanos();
            if (written == 0 || now - began >= window.toNanos()) {
                began = now;
                written = 0;
            }
            if (written < fullLines) {
                written++;
                return true;
            }
            if (level.toInt() > worst.toInt()) {
                worst = level;
            }
            if (leftOut++ == 0) {
                time.after(window, this::over);
            }
            return false;
        }

        private void over() {
            long more;
            Level level;
            synchronized (this) {
                more = leftOut;
                leftOut = 0;
                level = worst;
                worst = Level.TRACE;
            }
            log.atLevel(level)
                    .log(
                            "{} more within about {} ms: {}",
                            more,
                            window.toMillis(),
                            words.apply(name));
        }
    }
}
