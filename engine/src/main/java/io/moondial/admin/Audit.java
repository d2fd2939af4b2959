package io.moondial.admin;

import io.moondial.metrics.RateLimitedLog;
import io.moondial.text.LogText;
import io.moondial.time.Time;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Who did what, from where, and what came of it: the log {@code audit}. Whatever changes something
 * has a line. Refusals of callers who are not known have at most ten lines per second.
 */
final class Audit {
    private static final Logger log = LoggerFactory.getLogger("audit");
    private static final int LONGEST = 200;

    private final RateLimitedLog refusals;

    Audit(Time time) {
        refusals = new RateLimitedLog(log, time);
    }

    /**
     * A call that changes something, or tried to.
     *
     * @param status of the answer; 0: there is none
     * @param answered whether the answer went out to its end
     */
    void done(Caller caller, String from, String what, int status, boolean answered, long nanos) {
        log.atInfo()
                .addKeyValue("caller", caller.name())
                .addKeyValue("role", caller.role().word())
                .addKeyValue("from", from)
                .addKeyValue("request", what)
                .addKeyValue("status", status)
                .log(
                        "{} ({}) from {}: {}: {} in {} ms{}",
                        caller.name(),
                        caller.role().word(),
                        from,
                        cut(what),
                        status == 0 ? "no answer" : status,
                        TimeUnit.NANOSECONDS.toMillis(nanos),
                        answered || status == 0 ? "" : "; the answer broke off");
    }

    /** A login that succeeded. */
    void loggedIn(Caller caller, String from) {
        log.atInfo()
                .addKeyValue("caller", caller.name())
                .addKeyValue("role", caller.role().word())
                .addKeyValue("from", from)
                .log("{} ({}) from {}: logged in", caller.name(), caller.role().word(), from);
    }

    /**
     * A refusal.
     *
     * @param cause one of a few words
     */
    void refused(String cause, String from, String what, Refusal why) {
        refusals.write(
                Level.INFO,
                cause,
                "refused from {}: {}: {} {}",
                from,
                cut(what),
                why.status(),
                cut(why.getMessage()));
    }

    private static String cut(String text) {
        String line = LogText.of(text);
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...";
    }
}
