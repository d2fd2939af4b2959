package io.starhash.network.sigtran;

import io.starhash.network.ss7.WatchedLayer;
import java.util.concurrent.atomic.AtomicInteger;
import org.restcomm.protocols.ss7.mtp.Mtp3UserPartListener;

/**
 * How many messages have come in that the layers above have not taken yet. The stack's queues know
 * no end; so where too many wait, links are not read for a while, and their far ends must wait too.
 */
final class Intake {
    private static final int FULL = 10_000;
    private static final int ROOM = 5_000;

    /** How often a full intake says so: a link may have come up meanwhile. */
    private static final int AGAIN = 64;

    private final AtomicInteger waiting = new AtomicInteger();
    private final Runnable taken = this::taken;
    private final Valve valve;

    /** Whether links are read. */
    @FunctionalInterface
    interface Valve {
        void open(boolean open);
    }

    Intake(Valve valve) {
        this.valve = valve;
    }

    int waiting() {
        return waiting.get();
    }

    void arrived() {
        int now = waiting.incrementAndGet();
        if (now >= FULL && now % AGAIN == 0) {
            valve.open(false);
        }
    }

    private void taken() {
        if (waiting.decrementAndGet() == ROOM) {
            valve.open(true);
        }
    }

    /** A layer above, with what it takes counted. */
    Mtp3UserPartListener counting(Mtp3UserPartListener layer) {
        return new WatchedLayer(layer, taken);
    }
}
