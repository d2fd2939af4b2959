package io.moondial.script;

import io.moondial.script.ScriptOutcome.ScriptFault;
import io.moondial.script.api.ScriptDialog;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All that one run of a script needs.
 *
 * @param request what the script is called with: strings, numbers, secrets and JSON by name; what
 *     is absent is nil. It is asked for when it is needed, and not kept
 * @param instanceId the script's INSTANCE_ID
 * @param control the handle by which others end the run
 */
public record ScriptRun(
        Supplier<Map<String, Object>> request,
        ScriptDialog dialog,
        ScriptLimits limits,
        ScriptGlobals globals,
        String instanceId,
        ScriptServices services,
        Control control) {
    /**
     * A text that the script reads, and that is written as something else.
     *
     * @param mask what is written when the script writes exactly this value
     */
    public record Secret(String text, String mask) {}

    /**
     * A value that the script reads as {@code json.decode} would give it.
     *
     * @param text JSON
     */
    public record Json(String text) {}

    /**
     * The handle by which other threads end a running script. The script notices when it next
     * computes: one that waits in a primitive must also be woken by whoever it waits for.
     */
    public static final class Control {
        private volatile @Nullable String stopReason;
        private volatile @Nullable Duration grace;

        /** How long the run's time has stood still; of its own thread. */
        private Duration uncounted = Duration.ZERO;

        /** Ends the script as {@link ScriptFault.Kind#STOPPED}; the first reason given counts. */
        public synchronized void stop(String reason) {
            if (stopReason == null) {
                stopReason = reason;
            }
        }

        /**
         * Bounds the time that the script may still take, from when it notices; the first bound
         * counts.
         */
        public synchronized void finishWithin(Duration time) {
            if (grace == null) {
                grace = time;
            }
        }

        /** So much more time is not the script's: {@code max_time} goes on without it. */
        public void doesNotCount(Duration time) {
            uncounted = uncounted.plus(time);
        }

        Duration uncounted() {
            return uncounted;
        }

        @Nullable String stopReason() {
            return stopReason;
        }

        @Nullable Duration grace() {
            return grace;
        }
    }
}
