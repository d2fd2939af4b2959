package io.starhash.network.embedded;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.restcomm.protocols.ss7.mtp.Mtp3TransferPrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3UserPartBaseImpl;

/** An MTP3 user part whose link is another one in the same process. */
final class LoopedMtp3 extends Mtp3UserPartBaseImpl implements AutoCloseable {
    private static final int DELIVERY_THREADS = 2;

    private volatile @Nullable Consumer<Mtp3TransferPrimitive> farEnd;

    LoopedMtp3() {
        super(null, null);
        try {
            setDeliveryMessageThreadCount(DELIVERY_THREADS);
        } catch (Exception e) {
            throw new IllegalStateException(
                    "delivery threads can always be set before the start", e);
        }
    }

    /** Where the messages sent here come out. */
    void connect(Consumer<Mtp3TransferPrimitive> farEnd) {
        this.farEnd = farEnd;
    }

    /** A message from the far end. */
    void receive(Mtp3TransferPrimitive message) {
        sendTransferMessageToLocalUser(message, message.getSls());
    }

    @Override
    public void sendMessage(Mtp3TransferPrimitive message) {
        Consumer<Mtp3TransferPrimitive> end = farEnd;
        if (end == null) {
            throw new IllegalStateException("nothing is connected to this end");
        }
        end.accept(message);
    }

    void begin() {
        try {
            start();
        } catch (Exception e) {
            throw new IllegalStateException("the user part in memory cannot start", e);
        }
    }

    @Override
    public void close() {
        try {
            stop();
        } catch (Exception e) {
            throw new IllegalStateException("the user part in memory cannot stop", e);
        }
    }
}
