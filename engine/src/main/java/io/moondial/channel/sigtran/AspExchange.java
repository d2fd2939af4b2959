package io.moondial.channel.sigtran;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.restcomm.protocols.ss7.m3ua.Asp;
import org.restcomm.protocols.ss7.m3ua.impl.AspImpl;

/** How the state of our processes at the end of a link is agreed upon with the far end. */
interface AspExchange {
    /** There is a connection. */
    void up();

    /** It is gone. */
    void down();

    /**
     * A message without fault has come.
     *
     * @return whether that is all; else the layer above is to have it
     */
    boolean takes(ByteBuf message);

    /** Whether a message of this kind is sent that the layer above wants to send. */
    boolean sends(int kind);

    /** The layer's list of processes, which is none that streams can read. */
    static List<AspImpl> processes(List<Asp> ofLayer) {
        List<AspImpl> processes = new ArrayList<>();
        for (Asp asp : ofLayer) {
            processes.add((AspImpl) asp);
        }
        return processes;
    }
}
