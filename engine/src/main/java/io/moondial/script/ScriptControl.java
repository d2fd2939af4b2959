package io.moondial.script;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The handle by which other threads end a running script. The script notices when it next computes:
 * one that waits in a primitive must also be woken by whoever it waits for.
 */
public final class ScriptControl {
    private volatile @Nullable String stopReason;
    private volatile @Nullable Duration grace;

    /** Ends the script as {@link ScriptFault.Kind#STOPPED}; the first reason given counts. */
    public synchronized void stop(String reason) {
        if (stopReason == null) {
            stopReason = reason;
        }
    }

    /**
     * Bounds the time that the script may still take, from when it notices; the first bound counts.
     */
    public synchronized void finishWithin(Duration time) {
        if (grace == null) {
            grace = time;
        }
    }

    @Nullable String stopReason() {
        return stopReason;
    }

    @Nullable Duration grace() {
        return grace;
    }
}
