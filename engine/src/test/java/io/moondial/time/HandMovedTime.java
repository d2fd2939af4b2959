package io.moondial.time;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Time that stands still until a test moves it; alarms ring on the thread that does. Work that
 * others do meanwhile is counted: before an alarm rings, it has ended.
 */
public final class HandMovedTime implements Time {
    private final List<Ringing> alarms = new ArrayList<>();
    private Instant now = Instant.parse("2026-01-05T08:00:00Z");
    private long nanos;
    private int underWay;

    private record Ringing(long at, Runnable action) {}

    @Override
    public synchronized Instant now() {
        return now;
    }

    @Override
    public synchronized long nanos() {
        return nanos;
    }

    @Override
    public synchronized Alarm after(Duration delay, Runnable action) {
        Ringing alarm = new Ringing(nanos + delay.toNanos(), action);
        alarms.add(alarm);
        return () -> cancel(alarm);
    }

    private synchronized void cancel(Ringing alarm) {
        alarms.remove(alarm);
    }

    @Override
    public Activity activity() {
        return new Activity() {
            @Override
            public void begin() {
                count(1);
            }

            @Override
            public void end() {
                count(-1);
            }
        };
    }

    private synchronized void count(int more) {
        underWay += more;
        notifyAll();
    }

    /** Waits until no work is under way that is counted. */
    public synchronized void rest() {
        while (underWay > 0) {
            try {
                wait();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** How many alarms are set. */
    public synchronized int pending() {
        return alarms.size();
    }

    /** Lets so much time pass; alarms that are due ring at their time, in their order. */
    public void pass(Duration time) {
        long end = nanos() + time.toNanos();
        while (true) {
            rest();
            Ringing next = next(end);
            if (next == null) {
                return;
            }
            next.action().run();
        }
    }

    /** Moves to the next alarm until then, which rings no more by itself; null: none is due. */
    private synchronized @Nullable Ringing next(long end) {
        Ringing next =
                alarms.stream()
                        .filter(alarm -> alarm.at() <= end)
                        .min(Comparator.comparingLong(Ringing::at))
                        .orElse(null);
        if (next != null) {
            alarms.remove(next);
        }
        long later = next == null ? end : Math.max(next.at(), nanos);
        now = now.plusNanos(later - nanos);
        nanos = later;
        return next;
    }
}
