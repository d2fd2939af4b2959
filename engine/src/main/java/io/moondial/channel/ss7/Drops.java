package io.moondial.channel.ss7;

import io.moondial.metrics.Counters;
import io.moondial.metrics.RateLimitedLog;
import io.moondial.time.SystemTime;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * What came from the network and goes no further: each message is counted by its cause, and logged
 * at a limited rate.
 */
final class Drops {
    private static final Logger log = LoggerFactory.getLogger(Drops.class);

    private final Counters counters;
    private final RateLimitedLog lines = new RateLimitedLog(log, SystemTime.ofProcess());

    Drops(Counters counters) {
        this.counters = counters;
    }

    /**
     * A message is dropped.
     *
     * @param counter the cause, of a fixed list
     */
    void drop(String counter, String format, Object... arguments) {
        counters.increment(counter);
        lines.write(Level.WARN, counter, format, arguments);
    }

    /** The same of a message that may well come: a line that asks for no action. */
    void note(String counter, String format, Object... arguments) {
        counters.increment(counter);
        lines.write(Level.INFO, counter, format, arguments);
    }

    /** A fault of ours lost a message. */
    void fault(String counter, String message, RuntimeException fault) {
        counters.increment(counter);
        lines.write(Level.ERROR, counter, "{} is lost by a fault of the engine", message, fault);
    }

    /** A message is only counted. */
    void count(String counter) {
        counters.increment(counter);
    }
}
