package io.moondial.channel.ss7;

import io.moondial.config.Checked;
import io.moondial.config.Key;
import io.moondial.config.Schema;
import io.moondial.config.Section;
import java.time.Duration;

/**
 * What the layers below MAP are told of sizes and times, what is believed of the network, and how
 * much of it one far end may take up.
 *
 * @param tcap the TCAP layer
 * @param sccp the SCCP layer
 */
public record SignallingLimits(
        @Key("The TCAP layer of either network.") Tcap tcap,
        @Key("The SCCP layer of either network.") Sccp sccp) {
    /** Transaction ids lie below this: the stack keeps them in the positive half of four octets. */
    public static final long MAX_TID = Integer.MAX_VALUE;

    /** Fewer ids than twice this are soon tried out by a stranger. */
    public static final int MIN_TIDS = 10_000;

    /** So many dialogs, and nothing else that is limited. */
    public static SignallingLimits of(int maxDialogs) {
        return of(maxDialogs, Guards.DEFAULT);
    }

    /** So many dialogs, these guards, and nothing else that is limited. */
    public static SignallingLimits of(int maxDialogs, Guards guards) {
        return of(maxDialogs, guards, Sccp.DEFAULT);
    }

    /** The same, with this room for messages in segments. */
    public static SignallingLimits of(int maxDialogs, Guards guards, Sccp sccp) {
        return new SignallingLimits(
                new Tcap(maxDialogs, Tcap.IDLE_TIMEOUT, Duration.ZERO, 1, MAX_TID, guards), sccp);
    }

    /** By how much the last transaction id lies above the first at least: some must rest. */
    public static long minSpan(int maxDialogs) {
        return 2L * Math.max(maxDialogs + 1L, MIN_TIDS);
    }

    /**
     * The section {@code tcap}.
     *
     * @param maxDialogs how many dialogs the stack may hold; it answers more with P-ABORT, so this
     *     lies above the engine's own limit
     * @param dialogIdleTimeout when the stack gives up a dialog in which nothing happens; longer
     *     than any wait of the engine
     * @param invokeTimeout how long after one of our invokes the stack still takes a result for it;
     *     zero: as long as its dialog is open
     * @param firstTid the least transaction id that dialogs are given ...
     * @param lastTid ... and the greatest, at least {@link #minSpan} above the least. They are
     *     drawn at random between them, so that nobody can guess the next one
     * @param guards what is believed of the network
     */
    public record Tcap(
            @Key(
                            value =
                                    "How many dialogs it may hold. It must be more than dialogs.max. Otherwise this layer refuses dialogs with P-ABORT before the engine can refuse them with a ReturnError.",
                            unset = "dialogs.max + 10000",
                            example = "260000",
                            from = "1",
                            to = "20000000")
                    int maxDialogs,
            @Key(
                            value =
                                    "A dialog in which nothing happens for this time is given up. It must be longer than any menu waits.",
                            unset = "7d",
                            from = "1m",
                            to = "24d")
                    Duration dialogIdleTimeout,
            @Key(
                            value =
                                    "How long after a menu or a notify its result is still accepted. 0s: as long as its dialog is open. The engine has its own timer for menus (menu_timeout).",
                            unset = "0s",
                            from = "0s",
                            to = "24d")
                    Duration invokeTimeout,
            @Key(
                            value =
                                    "The smallest transaction id of dialogs. An id is chosen at random from first_tid to last_tid, so that nobody can guess it: the larger the range, the more guesses a stranger needs. Engines that share a point code need separate ranges.",
                            unset = "1",
                            from = "1",
                            to = "" + SignallingLimits.MAX_TID)
                    long firstTid,
            @Key(
                            value = "The largest transaction id of dialogs.",
                            unset = "" + SignallingLimits.MAX_TID,
                            from = "1",
                            to = "" + SignallingLimits.MAX_TID)
                    long lastTid,
            Guards guards)
            implements Checked {
        /** Longer than any wait of the engine's. */
        public static final Duration IDLE_TIMEOUT = Duration.ofDays(7);

        /** Whether a stack can be told so; what is read from rules without a problem always is. */
        boolean isSound() {
            return outlastsInvokes() && hasEnoughIds();
        }

        private boolean outlastsInvokes() {
            return invokeTimeout.compareTo(dialogIdleTimeout) <= 0;
        }

        private boolean hasEnoughIds() {
            return lastTid - firstTid >= minSpan(maxDialogs);
        }

        @Override
        public void check(Section tcap) {
            if (!outlastsInvokes()) {
                tcap.refuse(
                        "invoke_timeout",
                        "it must not be longer than dialog_idle_timeout, which is "
                                + dialogIdleTimeout.toMinutes()
                                + "m");
            }
            if (!hasEnoughIds()) {
                tcap.refuse(
                        "last_tid",
                        "from first_tid to last_tid are %d ids; for max_dialogs %d there must be at least %d"
                                .formatted(lastTid - firstTid, maxDialogs, minSpan(maxDialogs)));
            }
        }
    }

    /**
     * What is believed of the network, and how much of it one far end may take up.
     *
     * @param originCheck how closely the origin of a message is compared with its dialog's far side
     * @param maxUnknownIdAnswers how many messages of strangers per second are answered: those
     *     whose transaction id is that of no dialog, and those that cannot be delivered; further
     *     ones are dropped
     * @param maxUnknownIdAnswersPerFarEnd the same for one far end alone
     * @param firstInvokeTimeout how long a dialog that was begun without an Invoke waits for one
     * @param maxWithoutInvoke how many dialogs may wait so; more are aborted
     */
    public record Guards(
            @Key(
                            value =
                                    "How the engine checks that a message for an open dialog comes from that dialog's far side. A message that does not is dropped. strict compares the point code it comes from (any point code of the same application server is accepted, because STPs may share the load), the far side's transaction id, and the calling party's global title and subsystem. point_code does not compare the calling party. Both accept messages only from point codes in point_codes of an application server of the association that the message came over. off accepts a message from anybody who knows the id of the dialog. engine/docs/security.md explains when to use each.",
                            unset = "strict")
                    OriginCheck originCheck,
            @Key(
                            value =
                                    "How many messages of strangers are answered per second. These are messages for an id that no dialog has (answered with an ABORT), and messages that cannot be delivered (returned with UDTS). More are dropped. 0: none is answered. If there are several associations, each gets at most as many answers as it leaves to the others.",
                            unset = "1000",
                            from = "0",
                            to = "1000000")
                    int maxUnknownIdAnswers,
            @Key(
                            value =
                                    "How many messages of strangers from one far end are answered per second.",
                            unset = "250",
                            from = "0",
                            to = "1000000")
                    int maxUnknownIdAnswersPerFarEnd,
            @Key(
                            value =
                                    "A dialog may begin without an Invoke (MAP-OPEN with MAP-DELIMITER). It is accepted, and its Invoke must come within this time.",
                            unset = "10s",
                            from = "100ms",
                            to = "10m")
                    Duration firstInvokeTimeout,
            @Key(
                            value =
                                    "How many dialogs may wait for their Invoke. More are aborted. If there are several associations, each has at most as many as it leaves to the others.",
                            unset = "1000",
                            from = "0",
                            to = "1000000")
                    int maxWithoutInvoke) {
        /** The defaults. */
        public static final Guards DEFAULT = Schema.of(Guards.class).defaults();
    }

    /**
     * The section {@code sccp}.
     *
     * @param maxReassemblies how many SCCP messages may wait for their last segment
     * @param maxReassembliesPerFarEnd the same for one far end alone
     */
    public record Sccp(
            @Key(
                            value =
                                    "How many segmented messages may wait for their last segment. When there are this many, the first segment of another message is dropped. If there are several associations, each has at most as many as it leaves to the others.",
                            unset = "4096",
                            from = "1",
                            to = "1000000")
                    int maxReassemblies,
            @Key(
                            value =
                                    "How many segmented messages from one far end may wait for their last segment.",
                            unset = "256",
                            from = "1",
                            to = "1000000")
                    int maxReassembliesPerFarEnd) {
        /** The defaults. */
        public static final Sccp DEFAULT = Schema.of(Sccp.class).defaults();
    }

    /** How closely the origin of a message is compared with the far side of its dialog. */
    public enum OriginCheck {
        /** By point code, transaction id and calling party: see {@link #POINT_CODE}. */
        STRICT,
        /**
         * By point code and transaction id: the message's own must be those of the dialog. Another
         * point of the same application server does as well, since STPs that share the load are
         * such.
         */
        POINT_CODE,
        /** Not at all: whoever knows an id of ours is believed. */
        OFF
    }
}
