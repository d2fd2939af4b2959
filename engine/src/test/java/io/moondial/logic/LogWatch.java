package io.moondial.logic;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** What is logged while it is open, from the finest level on. */
public final class LogWatch implements AutoCloseable {
    private final Map<Logger, @Nullable Level> levels = new LinkedHashMap<>();
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> appender =
            new AppenderBase<>() {
                @Override
                protected void append(ILoggingEvent event) {
                    lines.add(event.getFormattedMessage());
                }
            };

    public LogWatch(String... names) {
        appender.start();
        for (String name : names) {
            Logger logger = (Logger) LoggerFactory.getLogger(name);
            levels.put(logger, logger.getLevel()); // null: its parent's
            logger.setLevel(Level.TRACE);
            logger.addAppender(appender);
        }
    }

    public List<String> lines() {
        return lines;
    }

    @Override
    public void close() {
        levels.forEach(
                (logger, level) -> {
                    logger.detachAppender(appender);
                    logger.setLevel(level);
                });
    }
}
