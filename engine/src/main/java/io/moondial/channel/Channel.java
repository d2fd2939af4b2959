package io.moondial.channel;

import java.util.List;

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

    /** How many dialogs it holds now, by its own count. */
    int openDialogs();

    /** How each of its links is now; empty if there are none. */
    List<LinkStatus> links();

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
}
