package io.moondial.bench;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A line a second while a load runs. */
final class Progress {
    private static final Duration EVERY = Duration.ofSeconds(1);

    private final PrintWriter out;

    Progress(PrintWriter out) {
        this.out = out;
    }

    /** Shows how a load gets on, until it is closed. */
    Shown of(String name, Tally tally) {
        return new Shown(name, tally);
    }

    /** One load in the showing. */
    final class Shown implements AutoCloseable {
        private final ScheduledExecutorService ticks =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().daemon().name("progress").factory());
        private final String name;
        private final Tally tally;
        private final ScheduledFuture<?> ticking;
        private long finished;

        private Shown(String name, Tally tally) {
            this.name = name;
            this.tally = tally;
            ticking =
                    ticks.scheduleAtFixedRate(
                            this::show, EVERY.toNanos(), EVERY.toNanos(), TimeUnit.NANOSECONDS);
        }

        private void show() {
            long now = tally.finishedSoFar();
            out.printf(
                    "%s: %d started, %d finished, %d failed, %d/s%n",
                    name, tally.startedSoFar(), now, tally.failedSoFar(), now - finished);
            out.flush();
            finished = now;
        }

        @Override
        public void close() {
            ticking.cancel(false);
            ticks.shutdownNow();
        }
    }
}
