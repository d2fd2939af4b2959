package io.moondial.time;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** Real time that a test can move on at once; alarms that are due by then ring. */
public final class LeapingTime implements Time {
    private final SystemTime real = new SystemTime();
    private final Set<Ringing> alarms = ConcurrentHashMap.newKeySet();
    private volatile Duration leapt = Duration.ZERO;

    private final class Ringing implements Alarm {
        private final long at;
        private final Runnable action;
        private final AtomicBoolean over = new AtomicBoolean();
        private final Alarm alarm;

        Ringing(Duration delay, Runnable action) {
            this.at = nanos() + delay.toNanos();
            this.action = action;
            alarms.add(this);
            this.alarm = real.after(delay, this::ring);
        }

        void ring() {
            alarms.remove(this);
            if (!over.getAndSet(true)) {
                action.run();
            }
        }

        @Override
        public void cancel() {
            over.set(true);
            alarms.remove(this);
            alarm.cancel();
        }
    }

    /** How many alarms are set; one that was cancelled counts until the next tick. */
    public long pending() {
        return real.pending();
    }

    /** How many alarms ring later than the one and not later than the other. */
    public long due(Duration later, Duration latest) {
        long now = nanos();
        return alarms.stream()
                .filter(it -> it.at - now > later.toNanos() && it.at - now <= latest.toNanos())
                .count();
    }

    /** So much time is over. */
    public void leap(Duration time) {
        leapt = leapt.plus(time);
        List.copyOf(alarms).stream().filter(it -> it.at - nanos() <= 0).forEach(Ringing::ring);
    }

    @Override
    public Instant now() {
        return real.now().plus(leapt);
    }

    @Override
    public long nanos() {
        return real.nanos() + leapt.toNanos();
    }

    @Override
    public Alarm after(Duration delay, Runnable action) {
        return new Ringing(delay, action);
    }

    @Override
    public void close() {
        real.close();
    }
}
