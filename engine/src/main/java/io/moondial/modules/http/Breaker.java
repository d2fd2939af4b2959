package io.moondial.modules.http;

import io.moondial.time.Time;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps calls away from an upstream that does not work. It opens when, of the last calls, as many
 * as its share have failed. Open, it lets nothing through for a while; then one call, the probe,
 * decides: it closes the breaker, or opens it again.
 */
final class Breaker {
    /** Where it stands. */
    enum State {
        CLOSED(0),
        HALF_OPEN(1),
        OPEN(2);

        private final int number;

        State(int number) {
            this.number = number;
        }

        /** As graphs show it: the higher, the worse. */
        int number() {
            return number;
        }

        /** As status shows it. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** How a call that was let through ended. */
    enum Result {
        GOOD,
        FAILED,
        /** It says nothing of the upstream, such as a call that its script gave up. */
        UNKNOWN
    }

    /** What a call that is let through holds, to say once how it ended. */
    final class Pass {
        private final long era;
        private boolean settled;

        private Pass(long era) {
            this.era = era;
        }

        /** How the call ended; only the first word counts. */
        void settle(Result result) {
            State changed;
            synchronized (Breaker.this) {
                if (settled) {
                    return;
                }
                settled = true;
                changed = era == Breaker.this.era ? settledNow(result) : null;
            }
            if (changed != null) {
                told.accept(changed);
            }
        }
    }

    private final @Nullable Integer share;
    private final Duration openFor;
    private final Time time;
    private final Consumer<State> told;
    private final boolean[] failed;

    private int counted;
    private int next;
    private int failures;
    private long opened;
    private boolean open;
    private boolean probing;

    /** Rises with each change of state: what began before a change says nothing after it. */
    private long era;

    /**
     * @param told of each change to open or closed, outside any lock
     */
    Breaker(HttpSettings.BreakerSettings settings, Time time, Consumer<State> told) {
        this.share = settings.failures();
        this.openFor = settings.openFor();
        this.time = time;
        this.told = told;
        this.failed = new boolean[settings.of()];
    }

    /** Lets a call through; null: the breaker is open. */
    synchronized @Nullable Pass enter() {
        if (open) {
            if (probing || left() > 0) {
                return null;
            }
            probing = true;
        }
        return new Pass(era);
    }

    /** Where it stands now. */
    synchronized State state() {
        return !open ? State.CLOSED : probing || left() <= 0 ? State.HALF_OPEN : State.OPEN;
    }

    /** For how long nothing gets through any more. */
    synchronized Duration openStill() {
        return open ? Duration.ofNanos(Math.max(0, left())) : Duration.ZERO;
    }

    /** How many of the last calls failed, for the log. */
    synchronized String tally() {
        return failures + " of the last " + counted + " calls failed";
    }

    private long left() {
        return openFor.toNanos() - (time.nanos() - opened);
    }

    private @Nullable State settledNow(Result result) {
        if (open) {
            probing = false;
            return switch (result) {
                case GOOD -> close();
                case FAILED -> open();
                case UNKNOWN -> null;
            };
        }
        if (share == null || result == Result.UNKNOWN) {
            return null;
        }
        count(result == Result.FAILED);
        return counted == failed.length && failures * 100L >= (long) share * counted
                ? open()
                : null;
    }

    private void count(boolean failure) {
        if (counted < failed.length) {
            counted++;
        } else if (failed[next]) {
            failures--;
        }
        failed[next] = failure;
        next = (next + 1) % failed.length;
        if (failure) {
            failures++;
        }
    }

    private State open() {
        open = true;
        opened = time.nanos();
        era++;
        return State.OPEN;
    }

    private State close() {
        open = false;
        era++;
        counted = 0;
        next = 0;
        failures = 0;
        Arrays.fill(failed, false);
        return State.CLOSED;
    }
}
