package io.starhash.network.embedded;

import io.starhash.network.DialogDesk;
import io.starhash.network.ss7.SignallingPoint;
import io.starhash.network.wire.Line;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** The engine's signalling point in memory, with an end for whoever speaks SCCP by hand. */
public final class MemoryLine implements Line {
    private static final int SCCP = 3;
    private static final int NATIONAL = 2;

    private final LoopedMtp3 engineEnd = new LoopedMtp3();
    private final SignallingPoint engine;
    private final BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();

    /** A line whose point has started. */
    public MemoryLine(DialogDesk desk, int maxDialogs) {
        engine =
                new SignallingPoint(
                        EmbeddedNetwork.enginePlan(List.of(6, 147), maxDialogs), engineEnd);
        engineEnd.connect(message -> received.add(message.getData()));
        engineEnd.begin();
        engine.start(desk);
    }

    @Override
    public void send(byte[] sccp) {
        engineEnd.receive(
                engineEnd
                        .getMtp3TransferPrimitiveFactory()
                        .createMtp3TransferPrimitive(
                                SCCP,
                                NATIONAL,
                                0,
                                EmbeddedNetwork.HANDSET_POINT_CODE,
                                EmbeddedNetwork.ENGINE_POINT_CODE,
                                0,
                                sccp));
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
