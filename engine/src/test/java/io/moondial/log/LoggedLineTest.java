package io.moondial.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.joran.spi.JoranException;
import io.moondial.Engine;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What becomes of a message on its way through {@code logback.xml}. */
class LoggedLineTest {
    private static String line(String message, @Nullable Throwable thrown, Object... arguments) {
        return lineOf("ROOT", message, thrown, arguments);
    }

    private static String lineOf(
            String logger, String message, @Nullable Throwable thrown, Object... arguments) {
        LoggerContext context = new LoggerContext();
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        try {
            configurator.doConfigure(LoggedLineTest.class.getResourceAsStream("/logback.xml"));
        } catch (JoranException e) {
            throw new AssertionError(e);
        }
        Logger root = context.getLogger("ROOT");
        LoggingEvent event =
                new LoggingEvent(
                        "test", context.getLogger(logger), Level.WARN, message, thrown, arguments);
        var appender = (ConsoleAppender<?>) root.getAppender("STDERR");
        @SuppressWarnings("unchecked")
        var encoder =
                (ch.qos.logback.core.encoder.Encoder<ch.qos.logback.classic.spi.ILoggingEvent>)
                        appender.getEncoder();
        return new String(encoder.encode(event), UTF_8);
    }

    @Test
    void a_text_from_outside_forges_no_line_and_turns_none_round() {
        assertThat(line("got {} from {}", null, "x\n2026-11-29T00:00:00.000Z ERROR y", "a\u202eb"))
                .endsWith("WARN  ROOT got x\\n2026-11-29T00:00:00.000Z ERROR y from a\\u202eb\n")
                .hasLineCount(1);
    }

    @Test
    void a_stack_stays_in_its_lines() {
        assertThat(line("fault{}", null, "\n    a.lua:1: in main chunk"))
                .endsWith("fault\n    a.lua:1: in main chunk\n");
    }

    @Test
    void what_is_thrown_forges_no_line_either() {
        Throwable cause = new IllegalStateException("c\u2028d\nERROR forged");
        assertThat(line("fault", new IllegalArgumentException("a\nINFO b", cause)).lines())
                .anyMatch(it -> it.startsWith("java.lang.IllegalArgumentException: a\\nINFO b"))
                .anyMatch(it -> it.contains("IllegalStateException: c\\u2028d\\nERROR forged"))
                .noneMatch(it -> it.startsWith("INFO") || it.startsWith("ERROR"))
                .anyMatch(it -> it.startsWith("\tat "));
    }

    @Test
    void a_line_names_its_subject_and_no_class() {
        assertThat(line("it is there", null)).contains(" WARN  ROOT it is there");
        assertThat(lineOf(Engine.class.getName(), "it is there", null))
                .contains(" WARN  engine it is there");
    }
}
