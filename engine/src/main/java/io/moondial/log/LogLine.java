package io.moondial.log;

import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.pattern.MessageConverter;
import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import io.moondial.text.LogText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The words of the pattern of log lines, in {@code logback.xml}. */
public final class LogLine {
    private LogLine() {}

    /**
     * {@code %subject} in the pattern of log lines: what a line is about, in a word that whoever
     * runs the engine knows. A logger that is named after a class has the word of the package that
     * the class is in; any other has its own name.
     */
    public static final class Subject extends ClassicConverter {
        private static final String OURS = "io.moondial.";

        /** By package, the inner ones first. */
        private static final Map<String, String> BY_PACKAGE = new LinkedHashMap<>();

        static {
            BY_PACKAGE.put(OURS + "channel.sigtran.", "link");
            BY_PACKAGE.put(OURS + "channel.", "ss7");
            BY_PACKAGE.put(OURS + "edr.", "edr");
            BY_PACKAGE.put(OURS + "trace.", "trace");
            BY_PACKAGE.put(OURS + "reload.", "reload");
            BY_PACKAGE.put(OURS + "handset.", "handset");
            BY_PACKAGE.put(OURS + "modules.http.", "http");
            BY_PACKAGE.put(OURS + "modules.kv.", "kv");
            BY_PACKAGE.put(OURS + "modules.sql.", "sql");
            BY_PACKAGE.put(OURS + "push.", "push");
            BY_PACKAGE.put(OURS, "engine");
        }

        @Override
        public String convert(ILoggingEvent event) {
            return of(event.getLoggerName());
        }

        /** The subject of a logger, by its name. */
        static String of(String logger) {
            for (Map.Entry<String, String> subject : BY_PACKAGE.entrySet()) {
                if (logger.startsWith(subject.getKey())) {
                    return subject.getValue();
                }
            }
            return logger.substring(logger.lastIndexOf('.') + 1);
        }
    }

    /**
     * {@code %text} in the pattern of log lines: whatever is in a message, it forges no other line.
     */
    public static final class Text extends MessageConverter {
        @Override
        public String convert(ILoggingEvent event) {
            return LogText.ofLines(super.convert(event));
        }
    }

    /**
     * {@code %fault} in the pattern of log lines: what was thrown, whose message may be from
     * outside.
     */
    public static final class Fault extends ThrowableProxyConverter {
        /** As in {@code logback.xml}. */
        static final List<String> SHORT = List.of("short");

        @Override
        protected String throwableProxyToString(IThrowableProxy thrown) {
            String text = super.throwableProxyToString(thrown);
            String indented = text.stripTrailing().replace("\nCaused by: ", "\n    Caused by: ");
            return LogText.ofLines(indented) + System.lineSeparator();
        }
    }
}
