package io.moondial.channel;

import java.util.List;

/** The engine's attachment to a signalling network. */
public interface Network extends AutoCloseable {
    /** Starts taking dialogs, which are brought to this desk. */
    void start(DialogDesk desk);

    /** How many dialogs the protocol stack holds now. */
    int openDialogs();

    /** How each of its signalling links is now; empty where there are none. */
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
