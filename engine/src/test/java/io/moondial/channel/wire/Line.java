package io.moondial.channel.wire;

import io.moondial.channel.Channel.NotBegunException;
import io.moondial.channel.DialogLink;
import io.moondial.channel.NodeLink;
import io.moondial.channel.OutgoingDialog;
import io.moondial.channel.OutgoingRequest;
import io.moondial.channel.RoutingInfo;
import io.moondial.channel.RoutingQuery;
import io.moondial.channel.SignallingTap;
import io.moondial.metrics.Counters;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;

/** What SCCP messages go over, octet by octet, to the engine's signalling point and from it. */
public interface Line extends AutoCloseable {
    /** Sends an SCCP message to the engine, from point code 1 to 2. */
    default void send(byte[] sccp) {
        send(1, 2, sccp);
    }

    /** Sends an SCCP message to the engine, from this point code to that one. */
    void send(int from, int to, byte[] sccp);

    /** Begins a dialog of the engine's. */
    DialogLink begin(OutgoingDialog dialog, DialogLink.Receiver receiver) throws NotBegunException;

    /** Begins a dialog of the engine's with another node. */
    NodeLink open(OutgoingRequest request, NodeLink.Receiver receiver) throws NotBegunException;

    /** Has the engine ask an HLR. */
    void locate(RoutingQuery query, Consumer<RoutingInfo> receiver) throws NotBegunException;

    /** From now on this tap sees every message. */
    void attach(SignallingTap tap);

    /** The tap sees nothing more. */
    void detach(SignallingTap tap);

    /** The engine's point's. */
    Counters counters();

    /** The SCCP messages that the engine sent. */
    BlockingQueue<byte[]> received();

    /** How many dialogs the engine's stack holds. */
    int openDialogs();

    @Override
    void close();
}
