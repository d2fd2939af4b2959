package io.moondial.channel.embedded;

import io.moondial.channel.Channel;
import io.moondial.channel.Channel.NotBegunException;
import io.moondial.channel.DialogDesk;
import io.moondial.channel.DialogLink;
import io.moondial.channel.LinkStatus;
import io.moondial.channel.NodeLink;
import io.moondial.channel.OutgoingDialog;
import io.moondial.channel.OutgoingRequest;
import io.moondial.channel.RoutingInfo;
import io.moondial.channel.RoutingQuery;
import io.moondial.channel.SignallingTap;
import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.MessageLink;
import io.moondial.channel.ss7.SignallingLimits;
import io.moondial.channel.ss7.SignallingPlan;
import io.moondial.channel.ss7.SignallingPlan.Peer;
import io.moondial.channel.ss7.SignallingPoint;
import io.moondial.channel.ss7.UssdDesk;
import io.moondial.config.Key;
import io.moondial.config.Schema;
import io.moondial.metrics.Counters;
import io.moondial.time.Time.Activity;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A signalling network in memory: the engine's point on one side, the handsets' on the other, each
 * a complete stack of MAP, TCAP and SCCP, joined at the MTP3 user part. What goes between them are
 * the octets of a real link.
 */
public final class EmbeddedNetwork implements Channel, FarSide {
    public static final int ENGINE_POINT_CODE = 2;
    public static final String ENGINE_GLOBAL_TITLE = "27829000000";
    public static final int HANDSET_POINT_CODE = 1;
    public static final String HANDSET_GLOBAL_TITLE = "27829000001";

    /** The handsets' own subsystem: an MSC (3GPP TS 23.003 8.2). */
    public static final int HANDSET_SSN = 8;

    /** The subsystem of the HLR that is where the handsets are. */
    public static final int HLR_SSN = 6;

    private final EmbeddedPoint<SignallingPoint> engine;
    private final Counters counters;

    /** A network that is not started yet, whose stacks hold this many dialogs each. */
    public EmbeddedNetwork(List<Integer> ssns, int maxDialogs) {
        this(ssns, SignallingLimits.of(maxDialogs));
    }

    /**
     * A network that is not started yet.
     *
     * @param ssns the subsystems of the engine
     * @param limits of each stack
     */
    public EmbeddedNetwork(List<Integer> ssns, SignallingLimits limits) {
        this(ssns, limits, Activity.UNCOUNTED, new Counters());
    }

    /**
     * A network that is not started yet.
     *
     * @param activity counts the messages under way
     * @param counters of what the engine's side drops
     */
    public EmbeddedNetwork(
            List<Integer> ssns, SignallingLimits limits, Activity activity, Counters counters) {
        this.counters = counters;
        engine =
                new EmbeddedPoint<>(
                        ssns,
                        limits,
                        activity,
                        (plan, userPart) -> new SignallingPoint(plan, userPart, counters));
    }

    static SignallingPlan enginePlan(List<Integer> ssns, int maxDialogs) {
        return enginePlan(ssns, SignallingLimits.of(maxDialogs));
    }

    static SignallingPlan enginePlan(List<Integer> ssns, SignallingLimits limits) {
        return new SignallingPlan(
                "engine",
                ENGINE_POINT_CODE,
                SignallingPlan.NATIONAL,
                ENGINE_GLOBAL_TITLE,
                ssns,
                List.of(new Peer(HANDSET_POINT_CODE, List.of(HANDSET_SSN, HLR_SSN))),
                List.of(),
                Map.of(),
                true,
                limits,
                SignallingPlan.MAX_SCCP_MESSAGE);
    }

    @Override
    public String name() {
        return "embedded";
    }

    @Override
    public void start(DialogDesk desk) {
        engine.start(point -> point.start(new UssdDesk(desk, counters)));
    }

    @Override
    public MessageLink begin(Call call, MessageLink.Receiver receiver) {
        return engine.begin(call, receiver);
    }

    @Override
    public DialogLink begin(OutgoingDialog dialog, DialogLink.Receiver receiver)
            throws NotBegunException {
        return engine.point().begin(dialog, receiver);
    }

    @Override
    public void locate(RoutingQuery query, Consumer<RoutingInfo> receiver)
            throws NotBegunException {
        engine.point().locate(query, receiver);
    }

    @Override
    public NodeLink open(OutgoingRequest request, NodeLink.Receiver receiver)
            throws NotBegunException {
        return engine.point().open(request, receiver);
    }

    @Override
    public int openDialogs() {
        return engine.point().openDialogs();
    }

    @Override
    public List<LinkStatus> links() {
        return List.of();
    }

    @Override
    public void receive(@Nullable Taker taker) {
        engine.receive(taker);
    }

    @Override
    public void locate(@Nullable Locator locator) {
        engine.locate(locator);
    }

    @Override
    public void receiveAsNode(@Nullable Taker taker) {
        engine.receiveAsNode(taker);
    }

    @Override
    public int openHandsetDialogs() {
        return engine.openHandsetDialogs();
    }

    @Override
    public void attach(SignallingTap tap) {
        engine.point().attach(tap);
    }

    @Override
    public void detach(SignallingTap tap) {
        engine.point().detach(tap);
    }

    /**
     * How many timers of the engine's stack are waiting: one for each dialog it holds, and its own.
     */
    public int pendingTimers() {
        return engine.point().pendingTimers();
    }

    @Override
    public void close() {
        engine.close();
    }

    /**
     * The section {@code embedded} of the network.
     *
     * @param ssns the subsystems of the engine
     */
    public record EmbeddedSettings(
            @Key(
                            value = "The subsystem numbers at which the engine answers.",
                            unset = "[6, 147]",
                            from = "1",
                            to = "254")
                    List<Integer> ssns) {
        /** The defaults. */
        public static final EmbeddedSettings DEFAULT = Schema.of(EmbeddedSettings.class).defaults();

        public EmbeddedSettings {
            ssns = List.copyOf(ssns);
        }
    }
}
