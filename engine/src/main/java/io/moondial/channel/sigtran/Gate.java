package io.moondial.channel.sigtran;

import io.moondial.channel.sigtran.SigtranSettings.Admission;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;

/**
 * What lets the dialogs of one far end in: a rate, and a share of all that may run. It is asked
 * before anything of a begin is read but its first octets.
 */
final class Gate {
    private static final long SECOND = 1_000_000_000L;
    private static final int PERCENT = 100;

    private final Admission limits;
    private final Hall hall;
    private final Rate begins;
    private final Rate answers;
    private final AtomicInteger open = new AtomicInteger();
    private final LongAdder refused = new LongAdder();

    private Gate(Admission limits, Hall hall) {
        this.limits = limits;
        this.hall = hall;
        begins = new Rate(limits.beginsPerSecond());
        answers = new Rate(limits.refusalsAnswered());
    }

    /** Why a dialog may not begin. */
    enum Verdict {
        ADMITTED,
        TOO_FAST,
        SHARE_FULL
    }

    Admission limits() {
        return limits;
    }

    /** Whether one more dialog may begin now; on the thread that reads the link. */
    Verdict ask(long now) {
        if (!begins.takes(now)) {
            refused.increment();
            return Verdict.TOO_FAST;
        }
        if (hall.isCrowded(limits) && hall.hasMoreThanItsPart(open.get())) {
            refused.increment();
            return Verdict.SHARE_FULL;
        }
        return Verdict.ADMITTED;
    }

    /** Whether one more refusal is answered; on the thread that reads the link. */
    boolean answers(long now) {
        return answers.takes(now);
    }

    void begun() {
        open.incrementAndGet();
        hall.open.incrementAndGet();
    }

    void ended() {
        open.decrementAndGet();
        hall.open.decrementAndGet();
    }

    /** How many dialogs run that came through it. */
    int open() {
        return open.get();
    }

    /** How many begins it has refused since the start. */
    long refused() {
        return refused.sum();
    }

    /** The dialogs of all far ends, and how many there may be. */
    static final class Hall {
        private final IntSupplier connected;
        private final AtomicInteger open = new AtomicInteger();
        private volatile int max = Integer.MAX_VALUE;

        /**
         * A hall without an end.
         *
         * @param connected how many associations are connected
         */
        Hall(IntSupplier connected) {
            this.connected = connected;
        }

        /** From now on there may be this many dialogs. */
        void max(int dialogs) {
            max = dialogs;
        }

        Gate gate(Admission limits) {
            return new Gate(limits, this);
        }

        private boolean isCrowded(Admission limits) {
            return (long) open.get() * PERCENT >= (long) max * limits.dialogs();
        }

        private boolean hasMoreThanItsPart(int dialogs) {
            int parts = connected.getAsInt();
            return parts > 1 && (long) dialogs * parts >= max;
        }
    }

    /** This many per second, and as many at once. */
    private static final class Rate {
        private final int perSecond;
        private boolean used;

        /** When all that were accepted would have been due, one after the other. */
        private long due;

        Rate(int perSecond) {
            this.perSecond = perSecond;
        }

        boolean takes(long now) {
            if (perSecond == 0) {
                return false;
            }
            if (!used || due - now < 0) {
                used = true;
                due = now;
            }
            if (due - now >= SECOND) {
                return false;
            }
            due += SECOND / perSecond;
            return true;
        }
    }
}
