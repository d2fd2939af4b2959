package io.moondial.logic;

import io.moondial.time.LeapingTime;
import io.moondial.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;

/**
 * Real time, but a script that asks for the time of day can be held there: so it is busy for as
 * long as a test wants. The clock that only goes forward can be stopped; alarms come all the same.
 */
final class GatedTime implements Time {
    private final LeapingTime real = new LeapingTime();
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch opened = new CountDownLatch(1);
    private volatile boolean closed;
    private volatile OptionalLong stoppedAt = OptionalLong.empty();

    /** From now on the next question after the time waits at the gate. */
    void shut() {
        closed = true;
    }

    void awaitSomebody() throws InterruptedException {
        reached.await();
    }

    void open() {
        closed = false;
        opened.countDown();
    }

    /** From now on no nanosecond passes: all that happens, happens within any window. */
    void stopNanos() {
        stoppedAt = OptionalLong.of(real.nanos());
    }

    @Override
    public long nanos() {
        return stoppedAt.orElseGet(real::nanos);
    }

    @Override
    public Instant now() {
        if (closed && Thread.currentThread().isVirtual()) {
            reached.countDown();
            try {
                opened.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        return real.now();
    }

    @Override
    public Alarm after(Duration delay, Runnable action) {
        return real.after(delay, action);
    }

    long pending() {
        return real.pending();
    }

    /** So much time is over; alarms that are due by then ring. */
    void leap(Duration time) {
        real.leap(time);
    }

    @Override
    public void close() {
        real.close();
    }
}
