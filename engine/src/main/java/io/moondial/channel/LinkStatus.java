package io.moondial.channel;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How one signalling link is now: an association and the application server that it serves.
 *
 * @param applicationServer its name in the rules
 * @param applicationServerState down, inactive, active or pending (RFC 4666 4.3.2)
 * @param applicationServerSince since when it is that
 * @param association its name in the rules
 * @param address the far end's, or the one listened at; with the transport before it
 * @param associationState down or up
 * @param aspState down, inactive or active (RFC 4666 4.3.1)
 * @param since since when both of these are what they are
 * @param load what comes over the association
 * @param trouble what went wrong last; null: nothing has
 */
public record LinkStatus(
        String applicationServer,
        String applicationServerState,
        Instant applicationServerSince,
        String association,
        String address,
        String associationState,
        String aspState,
        Instant since,
        Load load,
        @Nullable Trouble trouble) {

    /** Whether messages can go over it: its application server is active. */
    public boolean isActive() {
        return applicationServerState.equals("active");
    }

    /**
     * What comes over an association, whatever application servers it serves.
     *
     * @param open dialogs that run and were begun over it
     * @param waiting messages that no layer has taken yet
     * @param refused begins that its admission has refused since the start
     * @param received messages with user data that have come since the start
     * @param sent those that were sent
     */
    public record Load(int open, int waiting, long refused, long received, long sent) {
        /** Nothing. */
        public static final Load NONE = new Load(0, 0, 0, 0, 0);
    }

    /**
     * Something that went wrong with a link.
     *
     * @param why in words
     */
    public record Trouble(Instant at, String why) {}

    /**
     * How a signalling point of the far side is, by the network's own word.
     *
     * @param reachable whether messages to it have a way
     * @param congested whether the network has asked within the last seconds for fewer of them
     * @param since since when it can or cannot be reached
     */
    public record PointCode(int pointCode, boolean reachable, boolean congested, Instant since) {}
}
