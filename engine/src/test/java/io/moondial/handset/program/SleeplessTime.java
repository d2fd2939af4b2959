package io.moondial.handset.program;

import io.moondial.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A clock that jumps: who asks for an alarm is woken at once, and it is that much later. Only the
 * first alarm, which is a program's {@code max_time}, waits for its time. Nothing rings before the
 * network has said what it owes.
 */
final class SleeplessTime implements Time {
    /** Waits until nothing more is on its way. */
    @FunctionalInterface
    interface Rest {
        void await();
    }

    private record Due(Instant at, Runnable action) {}

    private final Rest network;
    private final List<Due> due = new ArrayList<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private boolean limitSet;

    SleeplessTime(Rest network) {
        this.network = network;
    }

    @Override
    public Instant now() {
        return now;
    }

    @Override
    public Alarm after(Duration delay, Runnable action) {
        Due added = new Due(now.plus(delay), action);
        due.add(added);
        if (limitSet) {
            network.await();
            ringUntil(added.at());
        }
        limitSet = true;
        return () -> due.remove(added);
    }

    private void ringUntil(Instant moment) {
        List<Due> ringing =
                due.stream()
                        .filter(d -> !d.at().isAfter(moment))
                        .sorted(Comparator.comparing(Due::at))
                        .toList();
        due.removeAll(ringing);
        now = moment;
        ringing.forEach(d -> d.action().run());
    }
}
