package io.moondial;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Tests that wait for something look for it at once and then often. Left to itself, each wait takes
 * a tenth of a second at least, which is most of the time of a test that has many.
 */
public final class QuickLooks implements BeforeAllCallback {
    private static final Duration BETWEEN = Duration.ofMillis(10);

    @Override
    public void beforeAll(ExtensionContext context) {
        Awaitility.setDefaultPollDelay(Duration.ZERO);
        Awaitility.setDefaultPollInterval(BETWEEN);
    }
}
