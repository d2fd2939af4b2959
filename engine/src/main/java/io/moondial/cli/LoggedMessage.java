package io.moondial.cli;

import ch.qos.logback.classic.pattern.MessageConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.moondial.text.LogText;

/** {@code %text} in the pattern of log lines: whatever is in a message, it forges no other line. */
public final class LoggedMessage extends MessageConverter {
    @Override
    public String convert(ILoggingEvent event) {
        return LogText.ofLines(super.convert(event));
    }
}
