package io.moondial.push;

import static java.util.Objects.requireNonNull;

import io.moondial.push.PushOrder.Priority;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZonedDateTime;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The pushes that wait, and whose turn is next: the urgent ones first, one at a time for a
 * subscriber and none while he is in a dialog, so many a second, only urgent ones in quiet hours,
 * and none whose script is switched off. It is not thread-safe.
 */
final class Turns {
    private static final long SECOND_NANOS = Duration.ofSeconds(1).toNanos();

    /** So much of a second's pushes may begin at once, after a wait. */
    private static final long BURST_NANOS = Duration.ofMillis(50).toNanos();

    /** How often it is asked whether a script runs again. */
    private static final Duration OFF_AGAIN = Duration.ofSeconds(1);

    private static final Comparator<Push> IN_ORDER = Comparator.comparingLong(Push::sequence);
    private static final Comparator<Push> BY_PRIORITY =
            Comparator.comparing(Push::priority).thenComparing(IN_ORDER);

    /** Those whose turn can come, by priority, in the order in which they came. */
    private final Map<Priority, NavigableSet<Push>> lines = new EnumMap<>(Priority.class);

    private final NavigableSet<Push> byExpiry =
            new TreeSet<>(Comparator.comparing(Push::expires).thenComparing(IN_ORDER));

    /** Subscribers who are in a dialog, or have a push that runs or that waited for that. */
    private final Map<String, Subscriber> subscribers = new HashMap<>();

    /** Those in no line whose script is switched off, by the script. */
    private final Map<String, NavigableSet<Push>> switchedOff = new HashMap<>();

    /** How many {@link #switchedOff} has. */
    private int held;

    private int waiting;

    /** When the next push may begin, by the clock that only goes forward. */
    private long nextTurn;

    /** Why a subscriber is busy, and what waits for him. */
    private static final class Subscriber {
        /** Those that are in no line; the first of them gets into its line when he is free. */
        private final NavigableSet<Push> parked = new TreeSet<>(BY_PRIORITY);

        /** The one of them that has got into its line; null: none. */
        private @Nullable Push inLine;

        private int dialogs;
        private boolean hasPush;

        boolean isBusy() {
            return dialogs > 0 || hasPush;
        }
    }

    /**
     * Nobody waits.
     *
     * @param now by the clock that only goes forward
     */
    Turns(long now) {
        nextTurn = now;
        for (Priority priority : Priority.values()) {
            lines.put(priority, new TreeSet<>(IN_ORDER));
        }
    }

    /** How many wait. */
    int waiting() {
        return waiting;
    }

    /** Whether all that wait do so because their scripts are switched off. */
    boolean isHeld() {
        return held == waiting;
    }

    /** One more waits; its place is that of its order, even if it has waited before. */
    void add(Push push) {
        waiting++;
        byExpiry.add(push);
        line(push).add(push);
    }

    /** One that waits does so no more. */
    void remove(Push push) {
        waiting--;
        byExpiry.remove(push);
        line(push).remove(push);
        NavigableSet<Push> ofScript = switchedOff.get(push.script());
        if (ofScript != null && ofScript.remove(push)) {
            held--;
        }
        leftLine(push);
    }

    private void leftLine(Push push) {
        Subscriber subscriber = subscribers.get(push.msisdn());
        if (subscriber != null) {
            subscriber.parked.remove(push);
            if (push.equals(subscriber.inLine)) {
                subscriber.inLine = null;
            }
            freed(push.msisdn(), subscriber);
        }
    }

    /** Those whose scripts run again are in their lines again, at their old places. */
    private void backInLine(Predicate<String> isOff) {
        for (var scripts = switchedOff.entrySet().iterator(); scripts.hasNext(); ) {
            Map.Entry<String, NavigableSet<Push>> script = scripts.next();
            if (!isOff.test(script.getKey())) {
                scripts.remove();
                held -= script.getValue().size();
                script.getValue().forEach(push -> line(push).add(push));
            }
        }
    }

    private NavigableSet<Push> line(Push push) {
        return requireNonNull(lines.get(push.priority()));
    }

    /** One that waits for too long; null: none does. */
    @Nullable Push expired(Instant now) {
        return byExpiry.isEmpty() || byExpiry.first().expires().isAfter(now)
                ? null
                : byExpiry.first();
    }

    /**
     * The one whose turn it is: it waits no more, and its subscriber is busy until {@link #over}.
     *
     * @param rate how many have a turn in a second
     * @param now by the clock that only goes forward
     * @param isQuiet whether only urgent ones have a turn
     * @param isOff whether the script of this key is switched off: its pushes have no turn
     * @return null: nobody's turn is now
     */
    @Nullable Push next(int rate, long now, boolean isQuiet, Predicate<String> isOff) {
        if (nextTurn - now > 0) {
            return null;
        }
        backInLine(isOff);
        for (Priority priority : Priority.values()) {
            if (isQuiet && priority != Priority.URGENT) {
                return null;
            }
            NavigableSet<Push> line = requireNonNull(lines.get(priority));
            for (Push push = line.pollFirst(); push != null; push = line.pollFirst()) {
                String script = push.script();
                if (script != null && isOff.test(script)) {
                    held++;
                    switchedOff.computeIfAbsent(script, _ -> new TreeSet<>(IN_ORDER)).add(push);
                    leftLine(push);
                    continue;
                }
                Subscriber subscriber =
                        subscribers.computeIfAbsent(push.msisdn(), _ -> new Subscriber());
                if (!subscriber.isBusy()) {
                    nextTurn = Math.max(nextTurn, now - BURST_NANOS) + SECOND_NANOS / rate;
                    subscriber.hasPush = true;
                    remove(push);
                    return push;
                }
                if (push.equals(subscriber.inLine)) {
                    subscriber.inLine = null;
                }
                subscriber.parked.add(push);
            }
        }
        return null;
    }

    /** The push of this subscriber that had a turn is over. */
    void over(String msisdn) {
        Subscriber subscriber = requireNonNull(subscribers.get(msisdn));
        subscriber.hasPush = false;
        freed(msisdn, subscriber);
    }

    /** This subscriber has begun a dialog. */
    void dialogBegun(String msisdn) {
        subscribers.computeIfAbsent(msisdn, _ -> new Subscriber()).dialogs++;
    }

    /**
     * One of the dialogs that this subscriber has begun is over.
     *
     * @return whether a push waited for that
     */
    boolean dialogOver(String msisdn) {
        Subscriber subscriber = requireNonNull(subscribers.get(msisdn));
        boolean isWaitedFor = !subscriber.parked.isEmpty();
        subscriber.dialogs--;
        freed(msisdn, subscriber);
        return isWaitedFor;
    }

    /** Whether this subscriber has begun a dialog that is not over. */
    boolean isInDialog(String msisdn) {
        Subscriber subscriber = subscribers.get(msisdn);
        return subscriber != null && subscriber.dialogs > 0;
    }

    /**
     * If he is free, the next one that waited for him is in its line again, at its old place. One
     * that was there before him waits for him again if he was busy since, and the next one is more
     * urgent.
     */
    private void freed(String msisdn, Subscriber subscriber) {
        if (subscriber.isBusy()) {
            return;
        }
        Push before = subscriber.inLine;
        if (before != null) {
            line(before).remove(before);
            subscriber.parked.add(before);
            subscriber.inLine = null;
        }
        Push next = subscriber.parked.pollFirst();
        if (next == null) {
            subscribers.remove(msisdn);
        } else {
            subscriber.inLine = next;
            line(next).add(next);
        }
    }

    /**
     * How long until somebody has a turn or has waited for too long, if nothing else happens
     * before.
     *
     * @param quietFor how long only urgent ones have a turn
     * @return null: nobody waits for that
     */
    @Nullable Duration untilNext(long now, Instant today, Duration quietFor) {
        Duration next = null;
        if (isAnyReady(!quietFor.isZero())) {
            next = Duration.ofNanos(Math.max(0, nextTurn - now));
        } else if (isAnyReady(false)) {
            next = quietFor;
        }
        if (held > 0 && (next == null || next.compareTo(OFF_AGAIN) > 0)) {
            next = OFF_AGAIN;
        }
        if (!byExpiry.isEmpty()) {
            Duration left = Duration.between(today, byExpiry.first().expires());
            next = next == null || left.compareTo(next) < 0 ? left : next;
        }
        return next;
    }

    private boolean isAnyReady(boolean isQuiet) {
        for (var line : lines.entrySet()) {
            if (!line.getValue().isEmpty() && (!isQuiet || line.getKey() == Priority.URGENT)) {
                return true;
            }
        }
        return false;
    }

    /**
     * How long the quiet hours last yet; zero: they are not now.
     *
     * @param hours as {@code push: quiet_hours} has them
     */
    static Duration quietFor(String hours, ZonedDateTime now) {
        LocalTime from = LocalTime.parse(hours.substring(0, 5));
        LocalTime to = LocalTime.parse(hours.substring(6));
        LocalTime time = now.toLocalTime();
        boolean isWithin =
                from.isBefore(to)
                        ? !time.isBefore(from) && time.isBefore(to)
                        : !from.equals(to) && (!time.isBefore(from) || time.isBefore(to));
        if (!isWithin) {
            return Duration.ZERO;
        }
        ZonedDateTime end = now.with(to);
        return Duration.between(now, end.isAfter(now) ? end : end.plusDays(1));
    }
}
