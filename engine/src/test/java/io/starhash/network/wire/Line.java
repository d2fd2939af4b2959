package io.starhash.network.wire;

import java.util.concurrent.BlockingQueue;

/** What SCCP messages go over, octet by octet, to the engine's signalling point and from it. */
public interface Line extends AutoCloseable {
    /** Sends an SCCP message to the engine, from point code 1 to 2. */
    void send(byte[] sccp);

    /** The SCCP messages that the engine sent. */
    BlockingQueue<byte[]> received();

    /** How many dialogs the engine's stack holds. */
    int openDialogs();

    @Override
    void close();
}
