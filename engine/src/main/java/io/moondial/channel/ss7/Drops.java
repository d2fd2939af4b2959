package io.moondial.channel.ss7;

import io.moondial.metrics.Counters;
import io.moondial.metrics.RateLimitedLog;
import io.moondial.time.SystemTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.restcomm.protocols.ss7.sccp.parameter.ReturnCauseValue;
import org.restcomm.protocols.ss7.sccp.parameter.SccpAddress;
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

    /** SCCP's addresses and causes in words. */
    static final class SccpWords {
        /** By their codes (ITU-T Q.713 3.12). */
        private static final List<String> CAUSES =
                List.of(
                        "no translation for such an address",
                        "no translation for this address",
                        "subsystem congested",
                        "subsystem failure",
                        "unequipped user",
                        "MTP failure",
                        "network congested",
                        "unqualified",
                        "error in message transport",
                        "error in local processing",
                        "cannot be reassembled",
                        "SCCP failure",
                        "hop counter violation",
                        "segmentation not supported",
                        "segmentation failure");

        private SccpWords() {}

        /**
         * Of an address the parts that are there: {@code global title 27829000001, subsystem 8}.
         */
        static String of(SccpAddress address) {
            List<String> parts = new ArrayList<>(3);
            if (address.getSignalingPointCode() > 0) {
                parts.add("point code " + address.getSignalingPointCode());
            }
            if (address.getGlobalTitle() != null && address.getGlobalTitle().getDigits() != null) {
                parts.add("global title " + address.getGlobalTitle().getDigits());
            }
            if (address.getSubsystemNumber() > 0) {
                parts.add("subsystem " + address.getSubsystemNumber());
            }
            return parts.isEmpty() ? "no address" : String.join(", ", parts);
        }

        /** A return cause; null: one that the stack does not know. */
        static String of(@Nullable ReturnCauseValue cause) {
            return cause == null || cause.getValue() >= CAUSES.size()
                    ? "a cause that is not known"
                    : CAUSES.get(cause.getValue());
        }

        /** The same as a part of a counter's name. */
        static String counter(ReturnCauseValue cause) {
            return of(cause).toLowerCase(Locale.ROOT).replace(' ', '_');
        }
    }
}
