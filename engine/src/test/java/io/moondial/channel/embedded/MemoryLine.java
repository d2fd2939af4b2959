package io.moondial.channel.embedded;

import io.moondial.channel.Channel.NotBegunException;
import io.moondial.channel.DialogLink;
import io.moondial.channel.NodeLink;
import io.moondial.channel.OutgoingDialog;
import io.moondial.channel.OutgoingRequest;
import io.moondial.channel.RoutingInfo;
import io.moondial.channel.RoutingQuery;
import io.moondial.channel.SignallingTap;
import io.moondial.channel.embedded.EmbeddedPoint.LoopedMtp3;
import io.moondial.channel.ss7.MessageDesk;
import io.moondial.channel.ss7.SignallingLimits;
import io.moondial.channel.ss7.SignallingPlan;
import io.moondial.channel.ss7.SignallingPlan.Peer;
import io.moondial.channel.ss7.SignallingPoint;
import io.moondial.channel.wire.Line;
import io.moondial.metrics.Counters;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/** The engine's signalling point in memory, with an end for whoever speaks SCCP by hand. */
public final class MemoryLine implements Line {
    private static final int SCCP = 3;
    private static final int NATIONAL = 2;
    private static final int MATE = 3;

    private final LoopedMtp3 engineEnd = new LoopedMtp3();
    private final SignallingPoint engine;
    private final Counters counters = new Counters();
    private final BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();

    /** A line whose point has started. */
    public MemoryLine(MessageDesk desk, SignallingLimits limits) {
        engine = new SignallingPoint(plan(limits), engineEnd, counters);
        engineEnd.connect(message -> received.add(message.getData()));
        engineEnd.begin();
        engine.start(desk);
    }

    /** As the engine's in memory, but with a second point that shares the load with the first. */
    private static SignallingPlan plan(SignallingLimits limits) {
        return new SignallingPlan(
                "engine",
                EmbeddedNetwork.ENGINE_POINT_CODE,
                NATIONAL,
                EmbeddedNetwork.ENGINE_GLOBAL_TITLE,
                List.of(6, 147),
                List.of(
                        new Peer(EmbeddedNetwork.HANDSET_POINT_CODE, List.of(8)),
                        new Peer(MATE, List.of(8))),
                List.of(Set.of(EmbeddedNetwork.HANDSET_POINT_CODE, MATE)),
                Map.of(),
                true,
                limits,
                SignallingPlan.MAX_SCCP_MESSAGE);
    }

    @Override
    public void send(int from, int to, byte[] sccp) {
        engineEnd.receive(
                engineEnd
                        .getMtp3TransferPrimitiveFactory()
                        .createMtp3TransferPrimitive(SCCP, NATIONAL, 0, from, to, 0, sccp));
    }

    @Override
    public DialogLink begin(OutgoingDialog dialog, DialogLink.Receiver receiver)
            throws NotBegunException {
        return engine.begin(dialog, receiver);
    }

    @Override
    public NodeLink open(OutgoingRequest request, NodeLink.Receiver receiver)
            throws NotBegunException {
        return engine.open(request, receiver);
    }

    @Override
    public void locate(RoutingQuery query, Consumer<RoutingInfo> receiver)
            throws NotBegunException {
        engine.locate(query, receiver);
    }

    @Override
    public void attach(SignallingTap tap) {
        engine.attach(tap);
    }

    @Override
    public void detach(SignallingTap tap) {
        engine.detach(tap);
    }

    @Override
    public Counters counters() {
        return counters;
    }

    @Override
    public BlockingQueue<byte[]> received() {
        return received;
    }

    @Override
    public int openDialogs() {
        return engine.openDialogs();
    }

    /** How many timers of the point's stack wait. */
    public int pendingTimers() {
        return engine.pendingTimers();
    }

    @Override
    public void close() {
        engine.close();
        engineEnd.close();
    }
}
