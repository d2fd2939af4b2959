package io.starhash.network;

/** The engine's attachment to a signalling network. */
public interface Network extends AutoCloseable {
    /** Starts taking dialogs, which are brought to this desk. */
    void start(DialogDesk desk);

    /** How many dialogs the protocol stack holds now. */
    int openDialogs();

    @Override
    void close();
}
