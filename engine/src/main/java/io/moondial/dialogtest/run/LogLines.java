package io.moondial.dialogtest.run;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.ILoggerFactory;

/** Loggers whose lines are kept, those of all levels, and shown nowhere. */
final class LogLines {
    private final LoggerContext loggers = new LoggerContext();
    private final List<Line> lines = new CopyOnWriteArrayList<>();

    /**
     * A line of the log.
     *
     * @param dialog the identity that the line begins with; empty where it has none
     * @param text what follows it
     */
    record Line(String dialog, String text) {}

    LogLines() {
        Keeper keeper = new Keeper();
        keeper.setContext(loggers);
        keeper.start();
        var root = loggers.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.TRACE);
        root.addAppender(keeper);
    }

    ILoggerFactory loggers() {
        return loggers;
    }

    /** All of them so far. */
    List<Line> lines() {
        return lines;
    }

    void clear() {
        lines.clear();
    }

    private final class Keeper extends AppenderBase<ILoggingEvent> {
        @Override
        protected void append(ILoggingEvent event) {
            Object[] arguments = event.getArgumentArray();
            String whole = event.getFormattedMessage();
            String dialog = arguments == null || arguments.length == 0 ? "" : arguments[0] + "";
            lines.add(
                    whole.startsWith(dialog + " ")
                            ? new Line(dialog, whole.substring(dialog.length() + 1))
                            : new Line("", whole));
        }
    }
}
