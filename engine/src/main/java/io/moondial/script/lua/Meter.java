package io.moondial.script.lua;

import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What one script has used up, and the end of it. Confined to what of the run goes on. Work is
 * counted in slices; between two of them the supervisor is asked and a long burst gets its {@link
 * HeavyPermit}.
 */
public final class Meter {
    /**
     * What a script may use up.
     *
     * @param instructions units: one an entered function or taken backward jump, more for library
     *     work
     * @param memory octets charged for strings, tables and closures, never given back
     * @param callDepth calls inside calls
     * @param stringLength octets in one string
     * @param coroutines that have begun and have not ended
     */
    public record Bounds(
            long instructions, long memory, int callDepth, int stringLength, int coroutines) {}

    /** Asked now and then whether the script may go on. */
    @FunctionalInterface
    public interface Supervisor {
        /**
         * Returns if it may.
         *
         * @throws Kill if it may not
         */
        void check();
    }

    private static final int SLICE = 1000;
    private static final int INSTRUCTIONS_PER_UNIT = 32;
    private static final long LONG_BURST_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    /** So long a burst keeps the permit if others want it. */
    private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Bounds bounds;
    private final int callDepth;
    private final Supervisor supervisor;
    private final HeavyPermit permit;
    private long unitsLeft;
    private long memoryLeft;
    private int slice;
    private int fuel;
    private long burstStart;
    private boolean heavy;
    private long heavySince;
    private @Nullable Kill killed;

    public Meter(Bounds bounds, Supervisor supervisor, HeavyPermit permit) {
        this.bounds = bounds;
        this.callDepth = bounds.callDepth();
        this.supervisor = supervisor;
        this.permit = permit;
        this.unitsLeft = bounds.instructions();
        this.memoryLeft = bounds.memory();
    }

    /** A stretch of computing begins: at the start, and after each wait. */
    public void beginBurst() {
        burstStart = System.nanoTime();
        check();
    }

    /** A stretch of computing ends: before each wait, and at the end. */
    public void endBurst() {
        if (heavy) {
            heavy = false;
            permit.release();
        }
    }

    /** The units for carrying out this many instructions in a row. */
    static int weight(int instructions) {
        return 1 + instructions / INSTRUCTIONS_PER_UNIT;
    }

    /** Counts work done in Java on behalf of the script. */
    public void work(long units) {
        fuel -= (int) Math.min(units, Integer.MAX_VALUE / 2);
        if (fuel < 0) {
            refill();
        }
    }

    /** Counts memory, before it is taken. */
    public void memory(long octets) {
        endIfKilled();
        memoryLeft -= octets;
        if (memoryLeft < 0) {
            throw kill("max_memory", bounds.memory(), "octets of strings and tables");
        }
    }

    /** Counts a string, before it is made. */
    public void string(long length) {
        if (length > bounds.stringLength()) {
            endIfKilled();
            throw kill("max_string_length", bounds.stringLength(), "octets in one string");
        }
        work(length >> 4);
        memory(length + 40);
    }

    /** Refuses a call that is nested this deep. */
    void depth(int depth) {
        if (depth > callDepth) {
            endIfKilled();
            throw kill("max_call_depth", bounds.callDepth(), "calls inside calls");
        }
    }

    /** Refuses a coroutine if so many are alive with it. */
    void coroutines(int alive) {
        if (alive > bounds.coroutines()) {
            endIfKilled();
            throw kill("max_coroutines", bounds.coroutines(), "coroutines that have not ended");
        }
    }

    /** The longest string that may be made. */
    public int maxStringLength() {
        return bounds.stringLength();
    }

    /** Units counted so far. */
    public long unitsUsed() {
        return bounds.instructions() - unitsLeft + (slice - fuel);
    }

    /** Octets charged so far. */
    public long memoryUsed() {
        return bounds.memory() - memoryLeft;
    }

    private void endIfKilled() {
        if (killed != null) {
            throw killed;
        }
    }

    private void check() {
        endIfKilled();
        try {
            supervisor.check();
        } catch (Kill kill) {
            killed = kill;
            throw kill;
        }
    }

    private void refill() {
        check();
        unitsLeft -= slice - (long) fuel;
        slice = 0;
        fuel = 0;
        if (unitsLeft < 0) {
            throw kill("max_instructions", bounds.instructions(), "units of work");
        }
        if (!heavy) {
            if (System.nanoTime() - burstStart > LONG_BURST_NANOS) {
                becomeHeavy();
            }
        } else if (permit.isWanted() && System.nanoTime() - heavySince > TURN_NANOS) {
            endBurst();
            becomeHeavy();
        }
        slice = (int) Math.min(SLICE, unitsLeft);
        fuel = slice;
    }

    private void becomeHeavy() {
        while (!permit.tryAcquire()) {
            check();
        }
        heavy = true;
        heavySince = System.nanoTime();
    }

    private Kill kill(String limit, long bound, String what) {
        killed =
                new Kill(
                        Kill.Reason.LIMIT,
                        String.format(
                                Locale.ROOT, "used up %s: %d %s at most", limit, bound, what));
        fuel = 0;
        slice = 0;
        return killed;
    }

    /**
     * The end of a script that may not go on. An {@link Error}, so that nothing on the way catches
     * it by accident; what catches it anyway meets it again at the next metered step.
     */
    public static final class Kill extends Error {
        private static final long serialVersionUID = 1L;

        /** Why a script may not go on. */
        public enum Reason {
            /** It used up one of its limits. */
            LIMIT,
            /** Its time ran out while it waited for others. */
            WAITED,
            /** It was stopped from outside. */
            STOPPED
        }

        private final Reason reason;

        public Kill(Reason reason, String message) {
            super(message, null, false, false);
            this.reason = reason;
        }

        public Reason reason() {
            return reason;
        }
    }

    /**
     * The right to compute for long, shared by all scripts of one host. Virtual threads are not
     * time-sliced: without it a few busy scripts hold every carrier thread, and those that only
     * want to answer a menu wait. One carrier stays free of holders, if there is more than one.
     * Those that wait for it have it in turn: on a busy machine a short burst may look long.
     */
    public static final class HeavyPermit {
        private static final long PATIENCE_MILLIS = 20;

        private final Semaphore permits;

        /**
         * @param carriers how many threads carry virtual threads; at least 1
         */
        public HeavyPermit(int carriers) {
            this.permits = new Semaphore(Math.max(1, carriers - 1), true);
        }

        /** Waits a little for the right; false if it was not to be had. */
        boolean tryAcquire() {
            try {
                return permits.tryAcquire(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Meter.Kill(
                        Meter.Kill.Reason.STOPPED, "the script's thread was interrupted");
            }
        }

        void release() {
            permits.release();
        }

        /** Whether somebody waits for it. */
        boolean isWanted() {
            return permits.hasQueuedThreads();
        }
    }
}
