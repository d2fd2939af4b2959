package io.moondial.time;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Time that stands still until a test moves it; alarms ring on the thread that does. */
public final class HandMovedTime implements Time {
    private final List<Ringing> alarms = new ArrayList<>();
    private Instant now = Instant.parse("2026-01-05T08:00:00Z");
    private long nanos;

    private record Ringing(long at, Runnable action) {}

    @Override
    public Instant now() {
        return now;
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public Alarm after(Duration delay, Runnable action) {
        Ringing alarm = new Ringing(nanos + delay.toNanos(), action);
        alarms.add(alarm);
        return () -> alarms.remove(alarm);
    }

    /** How many alarms are set. */
    public int pending() {
        return alarms.size();
    }

    /** Lets so much time pass; alarms that are due ring at their time, in their order. */
    public void pass(Duration time) {
        long end = nanos + time.toNanos();
        while (true) {
            Ringing next =
                    alarms.stream()
                            .filter(alarm -> alarm.at() <= end)
                            .min(Comparator.comparingLong(Ringing::at))
                            .orElse(null);
            if (next == null) {
                moveTo(end);
                return;
            }
            alarms.remove(next);
            moveTo(next.at());
            next.action().run();
        }
    }

    private void moveTo(long later) {
        now = now.plusNanos(later - nanos);
        nanos = later;
    }
}
