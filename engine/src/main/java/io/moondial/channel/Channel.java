package io.moondial.channel;

import java.util.List;
import java.util.function.Consumer;

/** A way by which dialogs reach the engine: a protocol and its connections. */
public interface Channel extends AutoCloseable {
    /** Its kind, as the rules name it. */
    String name();

    /** Starts taking dialogs, which are brought to this desk. */
    void start(DialogDesk desk);

    /**
     * Begins a dialog towards a handset. The receiver learns how it ends: refused, undelivered,
     * unanswered; before this returns, if no link takes the message that begins it.
     *
     * @throws NotBegunException if it holds as many dialogs as it may
     */
    DialogLink begin(OutgoingDialog dialog, DialogLink.Receiver receiver) throws NotBegunException;

    /**
     * Asks an HLR where a subscriber is.
     *
     * @param receiver called once with what came of it, on a network thread: it must not wait; or
     *     before this returns, if no link takes the question
     * @throws NotBegunException if it holds as many dialogs as it may; the receiver hears nothing
     * @throws IllegalArgumentException if the question comes from a subsystem that is none of the
     *     engine's
     */
    void locate(RoutingQuery query, Consumer<RoutingInfo> receiver) throws NotBegunException;

    /**
     * Begins a dialog with another USSD node. The receiver learns how it ends, before this returns
     * if no link takes the message that begins it. Nothing but the stack's idle time ends a dialog
     * in which nothing comes: the caller times it.
     *
     * @throws NotBegunException if it holds as many dialogs as it may
     */
    NodeLink open(OutgoingRequest request, NodeLink.Receiver receiver) throws NotBegunException;

    /** How many dialogs it holds now, by its own count. */
    int openDialogs();

    /** How each of its links is now; empty if there are none. */
    List<LinkStatus> links();

    /**
     * Whether it has links and none of them is active, so that nothing that is sent has a way.
     * Takes no lock: whoever asks may hold one.
     */
    default boolean isCutOff() {
        return false;
    }

    /** How the signalling points are that its links lead to; empty if there are none. */
    default List<LinkStatus.PointCode> pointCodes() {
        return List.of();
    }

    /** How many connections it has, and how many of its links. */
    default Connections connections() {
        return Connections.NONE;
    }

    /** From now on this tap sees every message of the engine's, both ways. */
    void attach(SignallingTap tap);

    /** The tap sees nothing more. */
    void detach(SignallingTap tap);

    @Override
    void close();

    /**
     * The transport connections of a network, counted in two ways that differ only for moments: if
     * they differ for longer, a connection is open that no link knows.
     *
     * @param open those that are open and were taken for a link
     * @param linked the links that have one
     */
    record Connections(int open, int linked) {
        /** Of a network without any. */
        public static final Connections NONE = new Connections(0, 0);
    }

    /** A dialog cannot be begun: nothing of it was sent, and nothing of it stays. */
    final class NotBegunException extends Exception {
        private static final long serialVersionUID = 1L;

        public NotBegunException(String why) {
            super(why, null, false, false);
        }
    }
}
