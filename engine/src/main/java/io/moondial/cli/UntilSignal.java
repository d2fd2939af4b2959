package io.moondial.cli;

import io.moondial.edr.report.Follower;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The loop that looks again and again, until SIGINT or SIGTERM or nobody reads any more. */
final class UntilSignal {
    private static final Duration PAUSE = Duration.ofMillis(250);

    private final CountDownLatch signalled = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);

    /** Goes on until it is over; a signal's exit code is then the printer's. */
    void follow(Follower follower, EdrPrinter printer) throws IOException, InterruptedException {
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("stop").unstarted(() -> stop(printer)));
        try (follower) {
            do {
                follower.look();
            } while (printer.isRead() && !signalled.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS));
        } finally {
            over.countDown();
        }
    }

    /**
     * Lets the look under way come to its end, so that no line is cut. The JVM would end with a
     * code that names the signal; a stop that was asked for is a good end.
     */
    private void stop(EdrPrinter printer) {
        signalled.countDown();
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(printer.exitCode());
    }
}
