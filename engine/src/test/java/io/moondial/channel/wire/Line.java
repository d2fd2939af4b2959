package io.moondial.channel.wire;

import io.moondial.metrics.Counters;
import java.util.concurrent.BlockingQueue;

/** What SCCP messages go over, octet by octet, to the engine's signalling point and from it. */
public interface Line extends AutoCloseable {
    /** Sends an SCCP message to the engine, from point code 1 to 2. */
    default void send(byte[] sccp) {
        send(1, 2, sccp);
    }

    /** Sends an SCCP message to the engine, from this point code to that one. */
    void send(int from, int to, byte[] sccp);

    /** The engine's point's. */
    Counters counters();

    /** The SCCP messages that the engine sent. */
    BlockingQueue<byte[]> received();

    /** How many dialogs the engine's stack holds. */
    int openDialogs();

    @Override
    void close();
}
