package io.moondial.channel.ss7;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a signalling point is and whom it can reach.
 *
 * @param name for threads and logs
 * @param pointCode its own
 * @param networkIndicator of its messages' routing label (ITU-T Q.704 14.2.2)
 * @param globalTitle its own, digits of an international ISDN number
 * @param ssns the subsystems it serves; the first is the one that it calls from
 * @param peers the points that it reaches, in order of preference
 * @param groups points that stand for each other, such as STPs that share the load: a dialog's
 *     messages may come from any of its group
 * @param globalTitles the point that titles of a prefix go to; any other title that is not its own
 *     goes to the first peer that can be reached
 * @param reachable whether the peers can be reached before the user part says so
 * @param limits of the TCAP and SCCP layers
 * @param wholeNetwork whether it stands for all other nodes of a network: then each title that it
 *     is called by is its own
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
        List<Set<Integer>> groups,
        Map<String, Integer> globalTitles,
        boolean reachable,
        SignallingLimits limits,
        boolean wholeNetwork,
        int maxSccpMessage) {
    /** The network indicator of a national network. */
    public static final int NATIONAL = 2;

    /** What MTP2 carries beside the routing label (ITU-T Q.703 2.3.8: 272 octets with it). */
    public static final int MAX_SCCP_MESSAGE = 268;

    /** A point that stands for itself alone. */
    public SignallingPlan(
            String name,
            int pointCode,
            int networkIndicator,
            String globalTitle,
            List<Integer> ssns,
            List<Peer> peers,
            List<Set<Integer>> groups,
            Map<String, Integer> globalTitles,
            boolean reachable,
            SignallingLimits limits,
            int maxSccpMessage) {
        this(
                name,
                pointCode,
                networkIndicator,
                globalTitle,
                ssns,
                peers,
                groups,
                globalTitles,
                reachable,
                limits,
                false,
                maxSccpMessage);
    }

    /** The same, standing for all other nodes of a network. */
    public SignallingPlan asWholeNetwork() {
        return new SignallingPlan(
                name,
                pointCode,
                networkIndicator,
                globalTitle,
                ssns,
                peers,
                groups,
                globalTitles,
                reachable,
                limits,
                true,
                maxSccpMessage);
    }

    /** A point that can be reached, and its subsystems. */
    public record Peer(int pointCode, List<Integer> ssns) {
        public Peer {
            ssns = List.copyOf(ssns);
        }
    }

    public SignallingPlan {
        ssns = List.copyOf(ssns);
        peers = List.copyOf(peers);
        groups = List.copyOf(groups);
        globalTitles = Map.copyOf(globalTitles);
        if (!limits.tcap().isSound()) {
            throw new IllegalArgumentException("not to be held to: " + limits.tcap());
        }
    }

    /** Whether this is a point that the rules name. */
    boolean names(int pointCode) {
        for (Peer peer : peers) {
            if (peer.pointCode() == pointCode) {
                return true;
            }
        }
        return false;
    }

    /** Whether these are one point, or can replace each other. */
    boolean related(int pointCode, int other) {
        if (pointCode == other) {
            return true;
        }
        for (Set<Integer> group : groups) {
            if (group.contains(pointCode) && group.contains(other)) {
                return true;
            }
        }
        return false;
    }
}
