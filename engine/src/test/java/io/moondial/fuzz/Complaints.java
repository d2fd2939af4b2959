package io.moondial.fuzz;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;

/**
 * What must never happen out of sight: a log line with an exception or of level error, from the
 * protocol stack one with an unchecked exception (what a far end gets wrong it tells by checked
 * ones), and an exception that ends a thread. While this listens, nothing is written to any log.
 */
public final class Complaints implements AutoCloseable {
    private static final List<String> LOGGERS = List.of("ROOT", "org.restcomm", "dialog");

    private static final int DEPTH = 4;

    private final Queue<String> said = new ConcurrentLinkedQueue<>();
    private final AppenderBase<ILoggingEvent> ear =
            new AppenderBase<>() {
                @Override
                protected void append(ILoggingEvent event) {
                    heard(event);
                }
            };

    private final List<Runnable> undo = new ArrayList<>();

    /** Listens from now on. */
    public Complaints() {
        ear.start();
        LOGGERS.forEach(name -> listen((Logger) LoggerFactory.getLogger(name)));
        Thread.UncaughtExceptionHandler handler = Thread.getDefaultUncaughtExceptionHandler();
        undo.add(() -> Thread.setDefaultUncaughtExceptionHandler(handler));
        Thread.setDefaultUncaughtExceptionHandler(
                (thread, thrown) -> said.add("thread " + thread.getName() + " ended by " + thrown));
    }

    /** In the place of whoever listened before. */
    private void listen(Logger logger) {
        Level level = logger.getLevel();
        boolean additive = logger.isAdditive();
        List<Appender<ILoggingEvent>> others = new ArrayList<>();
        logger.iteratorForAppenders().forEachRemaining(others::add);
        others.forEach(logger::detachAppender);
        logger.setAdditive(false);
        logger.setLevel(Level.WARN);
        logger.addAppender(ear);
        undo.add(
                () -> {
                    logger.detachAppender(ear);
                    others.forEach(logger::addAppender);
                    logger.setAdditive(additive);
                    logger.setLevel(level);
                });
    }

    private void heard(ILoggingEvent event) {
        var proxy = (ThrowableProxy) event.getThrowableProxy();
        Throwable thrown = proxy == null ? null : proxy.getThrowable();
        boolean stack = event.getLoggerName().startsWith("org.restcomm");
        boolean failed = thrown instanceof RuntimeException || thrown instanceof Error;
        boolean wrong = thrown != null || event.getLevel() == Level.ERROR;
        if (failed || (!stack && wrong)) {
            String trace = proxy == null ? "" : ThrowableProxyUtil.asString(proxy);
            said.add(event.getLoggerName() + ": " + event.getFormattedMessage() + "\n" + trace);
        }
    }

    /** Fails where there was one since the last call. */
    public void requireNone() {
        String first = said.poll();
        if (first != null) {
            said.clear();
            throw new Finding(kind(first), "logged: " + first);
        }
    }

    /** Where it came from, or else its words without what is different each time. */
    private static String kind(String complaint) {
        return complaint
                .lines()
                .filter(line -> line.startsWith("\tat "))
                .limit(DEPTH)
                .reduce(String::concat)
                .orElseGet(() -> complaint.replaceAll("[0-9a-f]+", "N"));
    }

    @Override
    public void close() {
        undo.forEach(Runnable::run);
        undo.clear();
        ear.stop();
    }
}
