package io.moondial.script.lua;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The right to compute for long, shared by all scripts of one host. Virtual threads are not
 * time-sliced: without it a few busy scripts hold every carrier thread, and those that only want to
 * answer a menu wait. One carrier stays free of holders, if there is more than one.
 */
public final class HeavyPermit {
    private static final long PATIENCE_MILLIS = 20;

    private final Semaphore permits;

    /**
     * @param carriers how many threads carry virtual threads; at least 1
     */
    public HeavyPermit(int carriers) {
        this.permits = new Semaphore(Math.max(1, carriers - 1));
    }

    /** Waits a little for the right; false if it was not to be had. */
    boolean tryAcquire() {
        try {
            return permits.tryAcquire(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Meter.Kill(Meter.Kill.Reason.STOPPED, "the script's thread was interrupted");
        }
    }

    void release() {
        permits.release();
    }
}
