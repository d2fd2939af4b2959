package io.moondial.channel.sigtran;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/**
 * The lines that a class logs, and what is done the moment that one begins with these words: on the
 * thread that logs it, in the middle of what it does.
 */
final class LogLine extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    final List<String> lines = new CopyOnWriteArrayList<>();
    private final Logger logger;
    private final String words;
    private final Runnable then;

    LogLine(Class<?> of, String words, Runnable then) {
        this.words = words;
        this.then = then;
        logger = (Logger) LoggerFactory.getLogger(of);
        start();
        logger.addAppender(this);
    }

    /** All lines of information and above. */
    static LogLine of(Class<?> type) {
        return of(type, Level.INFO);
    }

    /** All lines of a level and above; no others are written then. */
    static LogLine of(Class<?> type, Level level) {
        LogLine lines = new LogLine(type, "nothing does", () -> {});
        lines.logger.setLevel(level);
        return lines;
    }

    @Override
    protected void append(ILoggingEvent event) {
        lines.add(event.getFormattedMessage());
        if (event.getFormattedMessage().startsWith(words)) {
            then.run();
        }
    }

    @Override
    public void close() {
        logger.detachAppender(this);
        logger.setLevel(null);
    }
}
