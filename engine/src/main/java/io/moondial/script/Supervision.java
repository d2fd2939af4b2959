package io.moondial.script;

import io.moondial.script.lua.Kill;
import io.moondial.script.lua.Meter;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The watch over one run's time, and over what others want of it. Confined to the run's thread. */
final class Supervision implements Meter.Supervisor {
    private final ScriptControl control;
    private final ScriptServices services;
    private final ScriptLimits limits;
    private final long start;
    private boolean finishing;
    private Duration grace = Duration.ZERO;
    private long graceStart;

    Supervision(ScriptRun run) {
        this.control = run.control();
        this.services = run.services();
        this.limits = run.limits();
        this.start = services.nanoTime();
    }

    /** How long the script has been running. */
    Duration sinceStart() {
        return Duration.ofNanos(services.nanoTime() - start);
    }

    @Override
    public void check() {
        long now = services.nanoTime();
        if (now - start > limits.maxTime().toNanos()) {
            throw new Kill(Kill.Reason.LIMIT, limits.timeIsOver());
        }
        String reason = control.stopReason();
        if (reason != null) {
            if (reason.equals(limits.timeIsOver())) {
                // the same clock, rung from outside: what computes past its time breaks a limit
                throw new Kill(Kill.Reason.LIMIT, reason);
            }
            throw new Kill(Kill.Reason.STOPPED, "stopped: " + reason);
        }
        Duration wanted = control.grace();
        if (wanted != null) {
            checkGrace(wanted, now);
        }
    }

    private void checkGrace(Duration wanted, long now) {
        if (!finishing) {
            finishing = true;
            grace = wanted;
            graceStart = now;
        }
        if (now - graceStart > grace.toNanos()) {
            throw new Kill(
                    Kill.Reason.LIMIT,
                    "not finished within " + text(grace) + " after the dialog was over");
        }
    }

    /** The grace time that is left, as of the last check; null while the dialog is not over. */
    @Nullable Duration graceLeft() {
        return finishing ? grace.minusNanos(services.nanoTime() - graceStart) : null;
    }

    private static String text(Duration duration) {
        return String.format(Locale.ROOT, "%.3fs", duration.toNanos() / 1e9);
    }
}
