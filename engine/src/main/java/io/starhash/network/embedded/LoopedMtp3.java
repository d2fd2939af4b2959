package io.starhash.network.embedded;

import io.starhash.time.Activity;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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
    private final Map<Mtp3UserPartListener, Mtp3UserPartListener> users = new ConcurrentHashMap<>();
    private volatile @Nullable Consumer<Mtp3TransferPrimitive> farEnd;

    LoopedMtp3() {
        this(Activity.UNCOUNTED);
    }

    LoopedMtp3(Activity activity) {
        super(null, null);
        this.activity = activity;
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
        Mtp3UserPartListener counted = new Counted(user, activity);
        if (users.putIfAbsent(user, counted) == null) {
            super.addMtp3UserPartListener(counted);
        }
    }

    @Override
    public void removeMtp3UserPartListener(Mtp3UserPartListener user) {
        Mtp3UserPartListener counted = users.remove(user);
        if (counted != null) {
            super.removeMtp3UserPartListener(counted);
        }
    }

    private record Counted(Mtp3UserPartListener user, Activity activity)
            implements Mtp3UserPartListener {
        @Override
        public void onMtp3TransferMessage(Mtp3TransferPrimitive message) {
            try {
                user.onMtp3TransferMessage(message);
            } finally {
                activity.end();
            }
        }

        @Override
        public void onMtp3PauseMessage(Mtp3PausePrimitive message) {
            user.onMtp3PauseMessage(message);
        }

        @Override
        public void onMtp3ResumeMessage(Mtp3ResumePrimitive message) {
            user.onMtp3ResumeMessage(message);
        }

        @Override
        public void onMtp3StatusMessage(Mtp3StatusPrimitive message) {
            user.onMtp3StatusMessage(message);
        }

        @Override
        public void onMtp3EndCongestionMessage(Mtp3EndCongestionPrimitive message) {
            user.onMtp3EndCongestionMessage(message);
        }
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
