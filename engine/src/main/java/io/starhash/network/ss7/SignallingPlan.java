package io.starhash.network.ss7;

import java.util.List;
import java.util.Map;

/**
 * What a signalling point is and whom it can reach.
 *
 * @param name for threads and logs
 * @param pointCode its own
 * @param networkIndicator of its messages' routing label (ITU-T Q.704 14.2.2)
 * @param globalTitle its own, digits of an international ISDN number
 * @param ssns the subsystems it serves; the first is the one that it calls from
 * @param peers the points that it reaches, in order of preference
 * @param globalTitles the point that titles of a prefix go to; any other title that is not its own
 *     goes to the first peer that can be reached
 * @param reachable whether the peers can be reached before the user part says so
 * @param limits of the TCAP layer
 * @param maxSccpMessage how many octets an SCCP message may have; what does not fit into one is cut
 *     into segments
 */
public record SignallingPlan(
        String name,
        int pointCode,
        int networkIndicator,
        String globalTitle,
        List<Integer> ssns,
        List<Peer> peers,
        Map<String, Integer> globalTitles,
        boolean reachable,
        TcapLimits limits,
        int maxSccpMessage) {
    /** The network indicator of a national network. */
    public static final int NATIONAL = 2;

    /** What MTP2 carries beside the routing label (ITU-T Q.703 2.3.8: 272 octets with it). */
    public static final int MAX_SCCP_MESSAGE = 268;

    /** A point that can be reached, and its subsystems. */
    public record Peer(int pointCode, List<Integer> ssns) {
        public Peer {
            ssns = List.copyOf(ssns);
        }
    }

    public SignallingPlan {
        ssns = List.copyOf(ssns);
        peers = List.copyOf(peers);
        globalTitles = Map.copyOf(globalTitles);
    }
}
