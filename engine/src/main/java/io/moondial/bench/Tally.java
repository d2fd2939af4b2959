package io.moondial.bench;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** What a load has come to so far; counted from any thread. */
final class Tally {
    static final int DIGITS = 3;

    /** Of all failures, only the first few are described. */
    private static final int FAILURES_KEPT = 5;

    private final Recorder turns = new Recorder(DIGITS);
    private final LongAdder started = new LongAdder();
    private final LongAdder finished = new LongAdder();
    private final LongAdder parked = new LongAdder();
    private final AtomicInteger failed = new AtomicInteger();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();

    void started() {
        started.increment();
    }

    void turn(long nanos) {
        turns.recordValue(Math.max(0, nanos));
    }

    /** Its first menu is open, and is left so. */
    void parked() {
        parked.increment();
    }

    void finished() {
        finished.increment();
    }

    void failed(String why) {
        if (failed.incrementAndGet() <= FAILURES_KEPT) {
            failures.add(why);
        }
    }

    long startedSoFar() {
        return started.sum();
    }

    long finishedSoFar() {
        return finished.sum();
    }

    long parkedSoFar() {
        return parked.sum();
    }

    int failedSoFar() {
        return failed.get();
    }

    /** Changes with everything that happens to a dialog but its turns in between. */
    long moves() {
        return startedSoFar() + parkedSoFar() + finishedSoFar() + failedSoFar();
    }

    List<String> failures() {
        return List.copyOf(failures);
    }

    /** What each turn took, in nanoseconds; to be asked once, at the end. */
    Histogram turns() {
        return turns.getIntervalHistogram();
    }

    /** A line a second while a load runs. */
    static final class Progress {
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
}
