package io.moondial.channel.ss7;

import java.time.Duration;

/**
 * What the TCAP layer is told of sizes and times.
 *
 * @param maxDialogs how many dialogs the stack may hold; it answers more with P-ABORT, so this lies
 *     above the engine's own limit
 * @param idleTimeout when the stack gives a dialog up in which nothing happens; longer than any
 *     wait of the engine's
 * @param invokeTimeout how long after one of our invokes the stack still takes a result for it;
 *     zero: as long as its dialog is open
 * @param firstTid the least transaction id that dialogs are given ...
 * @param lastTid ... and the greatest. They are drawn at random between them, so that nobody can
 *     guess the next one
 * @param guards what is believed of the network, and how much of it
 */
public record TcapLimits(
        int maxDialogs,
        Duration idleTimeout,
        Duration invokeTimeout,
        long firstTid,
        long lastTid,
        Guards guards) {
    /** Transaction ids lie below this: the stack keeps them in the positive half of four octets. */
    public static final long MAX_TID = Integer.MAX_VALUE;

    /** Fewer ids than twice this are soon tried out by a stranger. */
    public static final int MIN_TIDS = 10_000;

    /** Longer than any wait of the engine's. */
    public static final Duration IDLE_TIMEOUT = Duration.ofDays(7);

    public TcapLimits {
        if (maxDialogs < 1 || idleTimeout.compareTo(invokeTimeout) < 0) {
            throw new IllegalArgumentException(
                    "no limits: %d dialogs, idle %s, invoke %s"
                            .formatted(maxDialogs, idleTimeout, invokeTimeout));
        }
        if (firstTid < 1 || lastTid > MAX_TID || lastTid - firstTid < minSpan(maxDialogs)) {
            throw new IllegalArgumentException(
                    "transaction ids from %d to %d are not enough for %d dialogs"
                            .formatted(firstTid, lastTid, maxDialogs));
        }
    }

    /** Limits with the usual guards. */
    public TcapLimits(
            int maxDialogs,
            Duration idleTimeout,
            Duration invokeTimeout,
            long firstTid,
            long lastTid) {
        this(maxDialogs, idleTimeout, invokeTimeout, firstTid, lastTid, Guards.DEFAULT);
    }

    /** By how much the last transaction id lies above the first at least: some must rest. */
    public static long minSpan(int maxDialogs) {
        return 2L * Math.max(maxDialogs + 1L, MIN_TIDS);
    }

    /** So many dialogs, and nothing else that is limited. */
    public static TcapLimits of(int maxDialogs) {
        return of(maxDialogs, Guards.DEFAULT);
    }

    /** So many dialogs, these guards, and nothing else that is limited. */
    public static TcapLimits of(int maxDialogs, Guards guards) {
        return new TcapLimits(maxDialogs, IDLE_TIMEOUT, Duration.ZERO, 1, MAX_TID, guards);
    }
}
