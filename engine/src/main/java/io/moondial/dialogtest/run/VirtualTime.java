package io.moondial.dialogtest.run;

import io.moondial.time.Activity;
import io.moondial.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * A clock that stands still until it is moved. Alarms ring on the thread that moves it, each at its
 * time and in the order in which they were set; between two all comes to rest.
 */
final class VirtualTime implements Time {
    private final Rest rest;
    private final ZoneId zone;
    private final Instant start;
    private final PriorityQueue<Ringing> alarms =
            new PriorityQueue<>(
                    Comparator.comparing(Ringing::at).thenComparingLong(Ringing::number));
    private Instant now;
    private long set;

    private record Ringing(Instant at, long number, Runnable action) {}

    VirtualTime(OffsetDateTime start, Rest rest) {
        this.start = start.toInstant();
        this.now = this.start;
        this.zone = start.getOffset();
        this.rest = rest;
    }

    @Override
    public synchronized Instant now() {
        return now;
    }

    @Override
    public synchronized long nanos() {
        return Duration.between(start, now).toNanos();
    }

    @Override
    public ZoneId zone() {
        return zone;
    }

    @Override
    public Activity activity() {
        return rest;
    }

    @Override
    public synchronized Alarm after(Duration delay, Runnable action) {
        Ringing ringing = new Ringing(now.plus(delay), set++, action);
        alarms.add(ringing);
        return () -> cancel(ringing);
    }

    private synchronized void cancel(Ringing ringing) {
        alarms.remove(ringing);
    }

    /** Moves on; what is due on the way happens, what is due at the end too. */
    void pass(Duration time) throws InterruptedException {
        Instant end = now().plus(time);
        for (Runnable due = next(end); due != null; due = next(end)) {
            due.run();
            rest.await();
        }
        moveTo(end);
    }

    private synchronized @Nullable Runnable next(Instant end) {
        Ringing first = alarms.peek();
        if (first == null || first.at().isAfter(end)) {
            return null;
        }
        alarms.remove();
        moveTo(first.at());
        return first.action();
    }

    private synchronized void moveTo(Instant moment) {
        if (moment.isAfter(now)) {
            now = moment;
        }
    }
}
