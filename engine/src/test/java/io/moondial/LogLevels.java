package io.moondial;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * Gives the root logger back its level after each class of tests: commands that run within a test
 * set it for the whole process, and the next class would miss lines that it waits for.
 */
public final class LogLevels implements BeforeAllCallback, AfterAllCallback {
    private static final ExtensionContext.Namespace HERE =
            ExtensionContext.Namespace.create(LogLevels.class);

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        context.getStore(HERE).put(root(), root().getLevel());
    }

    @Override
    public void afterAll(ExtensionContext context) {
        root().setLevel(context.getStore(HERE).get(root(), Level.class));
    }
}
