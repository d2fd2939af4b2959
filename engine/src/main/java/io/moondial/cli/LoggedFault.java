package io.moondial.cli;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.IThrowableProxy;
import io.moondial.text.LogText;

/**
 * {@code %fault} in the pattern of log lines: what was thrown, whose message may be from outside.
 */
public final class LoggedFault extends ThrowableProxyConverter {
    @Override
    protected String throwableProxyToString(IThrowableProxy thrown) {
        String text = super.throwableProxyToString(thrown);
        String indented = text.stripTrailing().replace("\nCaused by: ", "\n    Caused by: ");
        return LogText.ofLines(indented) + System.lineSeparator();
    }
}
