package io.moondial.channel.embedded;

import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.FarSide.HandsetDesk;
import io.moondial.channel.ss7.LowerLayers.AttachedPoint;
import io.moondial.channel.ss7.MessageLink;
import io.moondial.channel.ss7.SignallingLimits;
import io.moondial.channel.ss7.SignallingPlan;
import io.moondial.channel.ss7.SignallingPlan.Peer;
import io.moondial.channel.ss7.SignallingPoint;
import io.moondial.channel.ss7.SignallingPoint.Called;
import io.moondial.metrics.Counters;
import io.moondial.time.Time.Activity;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.restcomm.protocols.ss7.mtp.Mtp3EndCongestionPrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3PausePrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3ResumePrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3StatusPrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3TransferPrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3UserPart;
import org.restcomm.protocols.ss7.mtp.Mtp3UserPartBaseImpl;
import org.restcomm.protocols.ss7.mtp.Mtp3UserPartListener;

/** A signalling point in memory, and the one of the handsets that reach it. */
public final class EmbeddedPoint<P extends AttachedPoint> implements FarSide, AutoCloseable {
    private static final Called CALLED =
            new Called(
                    EmbeddedNetwork.ENGINE_POINT_CODE, EmbeddedNetwork.ENGINE_GLOBAL_TITLE, false);

    private final LoopedMtp3 pointEnd;
    private final LoopedMtp3 handsetEnd;
    private final P point;
    private final SignallingPoint handsets;
    private final HandsetDesk handsetDesk = new HandsetDesk();

    /**
     * Points that are not started.
     *
     * @param ssns the subsystems of the point
     * @param limits of the point; the handsets hold as many dialogs
     * @param activity counts the messages under way
     * @param above makes what is above the user part
     */
    public EmbeddedPoint(
            List<Integer> ssns,
            SignallingLimits limits,
            Activity activity,
            BiFunction<SignallingPlan, Mtp3UserPart, P> above) {
        pointEnd = new LoopedMtp3(activity);
        handsetEnd = new LoopedMtp3(activity);
        pointEnd.connect(handsetEnd::receive);
        handsetEnd.connect(pointEnd::receive);
        point = above.apply(EmbeddedNetwork.enginePlan(ssns, limits), pointEnd);
        handsets =
                new SignallingPoint(
                        handsetPlan(ssns, limits.tcap().maxDialogs()), handsetEnd, new Counters());
    }

    private static SignallingPlan handsetPlan(List<Integer> ssns, int maxDialogs) {
        return new SignallingPlan(
                "handsets",
                EmbeddedNetwork.HANDSET_POINT_CODE,
                SignallingPlan.NATIONAL,
                EmbeddedNetwork.HANDSET_GLOBAL_TITLE,
                List.of(EmbeddedNetwork.HANDSET_SSN, EmbeddedNetwork.HLR_SSN),
                List.of(new Peer(EmbeddedNetwork.ENGINE_POINT_CODE, ssns)),
                List.of(),
                Map.of(),
                true,
                SignallingLimits.of(maxDialogs),
                true,
                SignallingPlan.MAX_SCCP_MESSAGE);
    }

    /** The point that the handsets reach. */
    P point() {
        return point;
    }

    /**
     * Starts everything.
     *
     * @param startPoint starts what is above the user part
     */
    public void start(Consumer<P> startPoint) {
        pointEnd.begin();
        handsetEnd.begin();
        startPoint.accept(point);
        handsets.start(handsetDesk);
    }

    @Override
    public MessageLink begin(Call call, MessageLink.Receiver receiver) {
        return handsets.begin(call, CALLED, receiver);
    }

    @Override
    public void receive(@Nullable Taker taker) {
        handsetDesk.taker(taker);
    }

    @Override
    public void locate(@Nullable Locator locator) {
        handsetDesk.locator(locator);
    }

    @Override
    public void receiveAsNode(@Nullable Taker taker) {
        handsetDesk.node(taker);
    }

    @Override
    public int openHandsetDialogs() {
        return handsets.openDialogs();
    }

    @Override
    public void close() {
        try (handsetEnd;
                pointEnd;
                point;
                handsets) {
            // Closed from the last to the first, each even if others fail.
        }
    }

    /**
     * An MTP3 user part whose link is another one in the same process. A message counts as under
     * way from when it is sent until its user has taken it in.
     */
    static final class LoopedMtp3 extends Mtp3UserPartBaseImpl implements AutoCloseable {
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
}
