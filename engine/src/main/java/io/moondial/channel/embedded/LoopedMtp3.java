package io.moondial.channel.embedded;

import io.moondial.time.Time.Activity;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.restcomm.protocols.ss7.mtp.Mtp3EndCongestionPrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3PausePrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3ResumePrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3StatusPrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3TransferPrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3UserPartBaseImpl;
import org.restcomm.protocols.ss7.mtp.Mtp3UserPartListener;

/**
 * An MTP3 user part whose link is another one in the same process. A message counts as under way
 * from when it is sent until its user has taken it in.
 */
final class LoopedMtp3 extends Mtp3UserPartBaseImpl implements AutoCloseable {
    private static final int DELIVERY_THREADS = 2;

    private final Activity activity;
    private final Runnable taken;
    private volatile @Nullable Consumer<Mtp3TransferPrimitive> farEnd;

    LoopedMtp3() {
        this(Activity.UNCOUNTED);
    }

    LoopedMtp3(Activity activity) {
        super(null, null);
        this.activity = activity;
        this.taken = activity::end;
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
        if (isStarted) {
            activity.begin();
            sendTransferMessageToLocalUser(message, message.getSls());
        }
    }

    /** There is one user, SCCP: each message ends its activity there. */
    @Override
    public void addMtp3UserPartListener(Mtp3UserPartListener user) {
        super.addMtp3UserPartListener(new WatchedLayer(user, taken));
    }

    @Override
    public void removeMtp3UserPartListener(Mtp3UserPartListener user) {
        super.removeMtp3UserPartListener(new WatchedLayer(user, taken));
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

    /**
     * A layer above a user part, which tells the part when it has handled a message. Two of the
     * same are equal, so that a part finds one again that it was given.
     *
     * @param taken called after each message, whatever happened to it
     */
    private record WatchedLayer(Mtp3UserPartListener layer, Runnable taken)
            implements Mtp3UserPartListener {
        @Override
        public void onMtp3TransferMessage(Mtp3TransferPrimitive message) {
            try {
                layer.onMtp3TransferMessage(message);
            } finally {
                taken.run();
            }
        }

        @Override
        public void onMtp3PauseMessage(Mtp3PausePrimitive message) {
            layer.onMtp3PauseMessage(message);
        }

        @Override
        public void onMtp3ResumeMessage(Mtp3ResumePrimitive message) {
            layer.onMtp3ResumeMessage(message);
        }

        @Override
        public void onMtp3StatusMessage(Mtp3StatusPrimitive message) {
            layer.onMtp3StatusMessage(message);
        }

        @Override
        public void onMtp3EndCongestionMessage(Mtp3EndCongestionPrimitive message) {
            layer.onMtp3EndCongestionMessage(message);
        }
    }
}
