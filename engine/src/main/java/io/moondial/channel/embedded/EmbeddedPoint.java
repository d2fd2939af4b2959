package io.moondial.channel.embedded;

import io.moondial.channel.ss7.AttachedPoint;
import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.HandsetDesk;
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
import org.restcomm.protocols.ss7.mtp.Mtp3UserPart;

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
                List.of(EmbeddedNetwork.HANDSET_SSN),
                List.of(new Peer(EmbeddedNetwork.ENGINE_POINT_CODE, ssns)),
                List.of(),
                Map.of(),
                true,
                SignallingLimits.of(maxDialogs),
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
}
