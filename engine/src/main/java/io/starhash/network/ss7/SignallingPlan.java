package io.starhash.network.ss7;

import java.time.Duration;
import java.util.List;

/**
 * What a signalling point is and whom it can reach.
 *
 * @param name for threads and logs
 * @param pointCode its own
 * @param globalTitle its own, digits of an international ISDN number
 * @param ssns the subsystems it serves; the first is the one that it calls from
 * @param peers the points that it reaches
 * @param maxDialogs how many dialogs the stack may hold; it answers more with P-ABORT, so this lies
 *     above the engine's own limit
 * @param idleTimeout when the stack gives a dialog up in which nothing happens; longer than any
 *     wait of the engine's
 */
public record SignallingPlan(
        String name,
        int pointCode,
        String globalTitle,
        List<Integer> ssns,
        List<Peer> peers,
        int maxDialogs,
        Duration idleTimeout) {
    /** Transaction ids lie below this: the stack keeps them in the positive half of four octets. */
    static final long MAX_TID = Integer.MAX_VALUE;

    /** A point that can be reached, and its subsystems. */
    public record Peer(int pointCode, List<Integer> ssns) {
        public Peer {
            ssns = List.copyOf(ssns);
        }
    }

    public SignallingPlan {
        ssns = List.copyOf(ssns);
        peers = List.copyOf(peers);
    }
}
