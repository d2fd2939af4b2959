package io.starhash.logic;

import io.starhash.time.Time;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * Log lines of what is refused or cannot be sent, few of each cause: a flood of dialogs that are
 * refused must not become a flood of lines. Those beyond are counted, and told of in one line once
 * their time is over.
 */
final class RefusalLog {
    /** Lines of one cause within {@link #WINDOW} that are written in full. */
    static final int FULL_LINES = 10;

    static final Duration WINDOW = Duration.ofSeconds(1);

    private final Logger log;
    private final Time time;
    private final Map<String, Cause> causes = new ConcurrentHashMap<>();

    RefusalLog(Logger log, Time time) {
        this.log = log;
        this.time = time;
    }

    /** Tells of one, unless its cause has been told of often enough just now. */
    void tell(Level level, String cause, String format, Object... arguments) {
        if (causes.computeIfAbsent(cause, Cause::new).mayWrite(level)) {
            log.atLevel(level).log(format, arguments);
        }
    }

    /** The lines of one cause. */
    private final class Cause {
        private final String name;
        private long began;
        private int written;
        private long leftOut;

        Cause(String name) {
            this.name = name;
        }

        synchronized boolean mayWrite(Level level) {
            long now = time.nanos();
            if (written == 0 || now - began >= WINDOW.toNanos()) {
                began = now;
                written = 0;
            }
            if (written < FULL_LINES) {
                written++;
                return true;
            }
            if (leftOut++ == 0) {
                time.after(WINDOW, () -> over(level));
            }
            return false;
        }

        private void over(Level level) {
            long more;
            synchronized (this) {
                more = leftOut;
                leftOut = 0;
            }
            log.atLevel(level)
                    .log(
                            "{} more within about {} ms: {}",
                            more,
                            WINDOW.toMillis(),
                            name.replace('_', ' '));
        }
    }
}
