package io.moondial.channel.ss7;

import static java.util.Objects.requireNonNullElse;

import io.moondial.channel.Address;
import io.moondial.channel.Channel.NotBegunException;
import io.moondial.channel.DialogLink;
import io.moondial.channel.NodeLink;
import io.moondial.channel.Opening.Party;
import io.moondial.channel.OutgoingDialog;
import io.moondial.channel.OutgoingRequest;
import io.moondial.channel.RoutingInfo;
import io.moondial.channel.RoutingQuery;
import io.moondial.channel.SignallingTap;
import io.moondial.channel.ss7.FarSide.Call;
import io.moondial.channel.ss7.LinksBelow.LinkedUserPart;
import io.moondial.channel.ss7.SendContext.OfPoint;
import io.moondial.channel.ss7.SignallingLimits.Guards;
import io.moondial.channel.ss7.Taps.TappedUserPart;
import io.moondial.channel.ss7.UssdMapService.DialogCallbacks;
import io.moondial.metrics.Counters;
import java.util.BitSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.restcomm.protocols.ss7.indicator.NatureOfAddress;
import org.restcomm.protocols.ss7.indicator.RoutingIndicator;
import org.restcomm.protocols.ss7.map.api.MAPApplicationContext;
import org.restcomm.protocols.ss7.map.api.MAPApplicationContextName;
import org.restcomm.protocols.ss7.map.api.MAPApplicationContextVersion;
import org.restcomm.protocols.ss7.map.api.MAPException;
import org.restcomm.protocols.ss7.map.api.primitives.AddressNature;
import org.restcomm.protocols.ss7.map.api.primitives.AddressString;
import org.restcomm.protocols.ss7.map.api.primitives.NumberingPlan;
import org.restcomm.protocols.ss7.map.api.service.supplementary.MAPDialogSupplementary;
import org.restcomm.protocols.ss7.map.primitives.AddressStringImpl;
import org.restcomm.protocols.ss7.mtp.Mtp3UserPart;
import org.restcomm.protocols.ss7.sccp.parameter.GlobalTitle;
import org.restcomm.protocols.ss7.sccp.parameter.ParameterFactory;
import org.restcomm.protocols.ss7.sccp.parameter.SccpAddress;
import org.restcomm.protocols.ss7.tcap.TCAPProviderImpl;

/**
 * One signalling point: SCCP, TCAP and MAP of jSS7 above an MTP3 user part. Nothing is kept on
 * disk.
 */
public final class SignallingPoint implements LowerLayers.AttachedPoint {
    private static final int OUR_INVOKE_ID = 1;

    private final SignallingPlan plan;
    private final Taps taps;
    private final OfPoint contexts = new OfPoint();
    private final LowerLayers layers;
    private final UssdMapProvider map;
    private final Drops drops;
    private final LinksBelow links;
    private final AnswerRate answers;
    private final Counters counters;
    private final TcapCounts counts;
    private final HlrInquiries inquiries;
    private volatile @Nullable MessageDesk desk;

    /**
     * A point of this plan above this user part, which is started by the caller; it takes dialogs
     * once started.
     *
     * @param counters of messages, and of what goes no further than here
     */
    public SignallingPoint(SignallingPlan plan, Mtp3UserPart userPart, Counters counters) {
        this.plan = plan;
        drops = new Drops(counters);
        this.counters = counters;
        counts = new TcapCounts(counters);
        links = userPart instanceof LinkedUserPart linked ? linked : LinksBelow.ONE;
        Guards guards = plan.limits().tcap().guards();
        answers =
                new AnswerRate(
                        guards.maxUnknownIdAnswers(),
                        guards.maxUnknownIdAnswersPerFarEnd(),
                        links,
                        System::nanoTime);
        taps = new Taps(secrecy());
        layers =
                new LowerLayers(
                        plan,
                        new TappedUserPart(
                                userPart, taps, contexts.undelivered(), plan.maxSccpMessage()),
                        extension ->
                                new ScreenedSccp(
                                        plan,
                                        extension,
                                        taps,
                                        drops,
                                        contexts.undelivered(),
                                        links,
                                        answers),
                        counts);
        map =
                new UssdMapProvider(
                        plan.name(),
                        layers.tcap().getProvider(),
                        plan.limits().tcap().invokeTimeout());
        inquiries = new HlrInquiries(counters, plan.globalTitle(), this::unsent);
    }

    /** Starts every layer; dialogs that the far side begins are brought to this desk. */
    public void start(MessageDesk desk) {
        this.desk = desk;
        try {
            layers.start();
            map.addMAPDialogListener(
                    new DialogCallbacks(
                            new BeginScreening(
                                    desk,
                                    plan.pointCode(),
                                    plan.globalTitle(),
                                    plan.limits().tcap().guards(),
                                    links,
                                    counters),
                            contexts));
            map.report(desk);
            map.start();
            TcapScreening.insert(
                    layers.sccp().getSccpProvider(),
                    (TCAPProviderImpl) layers.tcap().getProvider(),
                    plan,
                    desk,
                    drops,
                    counts,
                    contexts.undelivered(),
                    answers);
        } catch (Exception e) {
            throw new IllegalStateException("signalling point " + plan.name() + " cannot start", e);
        }
    }

    /** Begins a dialog with a peer for a handset; if that fails, nothing of it stays. */
    public MessageLink begin(Call call, Called peer, MessageLink.Receiver receiver) {
        MapLink unsent = null;
        try {
            Party called =
                    new Party(
                            peer.onTitle() ? null : peer.pointCode(),
                            call.ssn(),
                            peer.globalTitle(),
                            peer.onTitle() ? Party.ROUTE_ON_GT : Party.ROUTE_ON_SSN);
            unsent = link(called, plan.ssns().getFirst(), call.destination(), call.origination());
            MapLink link = unsent;
            link.receiver(receiver);
            link.begin(
                    OUR_INVOKE_ID,
                    call.operation(),
                    new UssdParameter(call.ussd(), null, call.msisdn()),
                    null);
            unsent = null;
            return link;
        } catch (MAPException e) {
            throw new IllegalStateException("a dialog cannot be begun: " + e.getMessage(), e);
        } finally {
            if (unsent != null) {
                unsent.forget();
            }
        }
    }

    /**
     * Begins a dialog towards a handset. If it reaches no link, the receiver learns so before this
     * returns.
     *
     * @throws NotBegunException if the stack holds as many dialogs as it may, or refuses to send
     * @throws IllegalArgumentException if it is begun from a subsystem that is not of this point
     */
    public DialogLink begin(OutgoingDialog dialog, DialogLink.Receiver receiver)
            throws NotBegunException {
        requireOurs(dialog.ssn());
        requireRoom();
        MapLink unsent = null;
        try {
            unsent =
                    link(dialog.called(), dialog.ssn(), dialog.destination(), dialog.origination());
            unsent.belongsTo(dialog.msisdn());
            DialogLink begun = UssdDesk.begin(unsent, dialog, receiver, counters);
            unsent = null;
            return begun;
        } catch (MAPException e) {
            throw refusedToSend(e);
        } finally {
            if (unsent != null) {
                unsent.forget();
            }
        }
    }

    /**
     * Begins a dialog with another USSD node. If it reaches no link, the receiver learns so before
     * this returns.
     *
     * @throws NotBegunException if the stack holds as many dialogs as it may, or refuses to send
     */
    public NodeLink open(OutgoingRequest request, NodeLink.Receiver receiver)
            throws NotBegunException {
        Integer wanted = request.ssn();
        int ssn = wanted != null && plan.ssns().contains(wanted) ? wanted : plan.ssns().getFirst();
        requireRoom();
        MapLink unsent = null;
        try {
            unsent = link(request.called(), ssn, request.destination(), request.origination());
            NodeLink begun =
                    NodeDialog.begin(
                            unsent, us(request.called(), ssn), request, receiver, counters);
            unsent = null;
            return begun;
        } catch (MAPException e) {
            throw refusedToSend(e);
        } finally {
            if (unsent != null) {
                unsent.forget();
            }
        }
    }

    /**
     * Asks an HLR where a subscriber is: see {@link io.moondial.channel.Channel#locate}.
     *
     * @throws NotBegunException if the stack holds as many dialogs as it may, or refuses to send
     * @throws IllegalArgumentException if it comes from a subsystem that is not of this point
     */
    public void locate(RoutingQuery query, Consumer<RoutingInfo> receiver)
            throws NotBegunException {
        requireOurs(query.ssn());
        try {
            inquiries.ask(query, receiver);
        } catch (MAPException e) {
            throw refusedToSend(e);
        }
    }

    private void requireOurs(int ssn) {
        if (!plan.ssns().contains(ssn)) {
            throw new IllegalArgumentException(
                    "subsystem %d is none of %s".formatted(ssn, plan.ssns()));
        }
    }

    private void requireRoom() throws NotBegunException {
        if (layers.tcap().getProvider().getCurrentDialogsCount()
                >= plan.limits().tcap().maxDialogs()) {
            drops.count("tcap.not_begun");
            throw new NotBegunException(
                    "the stack holds as many dialogs as tcap.max_dialogs allows, "
                            + plan.limits().tcap().maxDialogs());
        }
    }

    private NotBegunException refusedToSend(MAPException why) {
        drops.count("tcap.not_begun");
        return new NotBegunException("the stack refuses to send: " + why.getMessage());
    }

    private MapLink unsent(Party called, int ssn, MAPApplicationContext context)
            throws MAPException, NotBegunException {
        requireRoom();
        return link(called, ssn, null, null, context);
    }

    /** The link of a USSD dialog in which nothing was sent yet. */
    private MapLink link(
            Party called, int ssn, @Nullable Address destination, @Nullable Address origination)
            throws MAPException {
        return link(
                called,
                ssn,
                destination,
                origination,
                MAPApplicationContext.getInstance(
                        MAPApplicationContextName.networkUnstructuredSsContext,
                        MAPApplicationContextVersion.version2));
    }

    /** We show ourselves as we call. */
    private Party us(Party called, int ssn) {
        return new Party(plan.pointCode(), ssn, plan.globalTitle(), called.routingIndicator());
    }

    /** The link of a dialog in which nothing was sent yet. */
    private MapLink link(
            Party called,
            int ssn,
            @Nullable Address destination,
            @Nullable Address origination,
            MAPApplicationContext context)
            throws MAPException {
        MAPDialogSupplementary dialog =
                map.ussd()
                        .createNewDialog(
                                context,
                                address(us(called, ssn)),
                                reference(origination),
                                address(called),
                                reference(destination));
        return new MapLink(dialog, contexts);
    }

    private SccpAddress address(Party party) {
        ParameterFactory factory = layers.sccp().getSccpProvider().getParameterFactory();
        GlobalTitle title =
                party.globalTitle() == null
                        ? null
                        : factory.createGlobalTitle(
                                party.globalTitle(),
                                0,
                                org.restcomm.protocols.ss7.indicator.NumberingPlan.ISDN_TELEPHONY,
                                null,
                                NatureOfAddress.INTERNATIONAL);
        return factory.createSccpAddress(
                party.routingIndicator() == Party.ROUTE_ON_GT
                        ? RoutingIndicator.ROUTING_BASED_ON_GLOBAL_TITLE
                        : RoutingIndicator.ROUTING_BASED_ON_DPC_AND_SSN,
                title,
                requireNonNullElse(party.pointCode(), 0),
                requireNonNullElse(party.ssn(), 0));
    }

    private static @Nullable AddressString reference(@Nullable Address address) {
        return address == null
                ? null
                : new AddressStringImpl(
                        AddressNature.getInstance(address.noa()),
                        NumberingPlan.getInstance(address.npi()),
                        address.digits());
    }

    /** From now on this tap sees every message, both ways. */
    public void attach(SignallingTap tap) {
        taps.add(tap);
    }

    /** The tap sees nothing more. */
    public void detach(SignallingTap tap) {
        taps.remove(tap);
    }

    /** An answer to a dialog that is not there any more may be a secret one. */
    private Taps.Secrecy secrecy() {
        return new Taps.Secrecy() {
            @Override
            public boolean isSecret(byte[] tid, int invokeId) {
                MapLink link = map.link(TransactionIds.number(tid));
                return link == null || link.isSecret(invokeId);
            }

            @Override
            public boolean hasSecrets(byte[] tid) {
                MapLink link = map.link(TransactionIds.number(tid));
                return link == null || link.hasSecrets();
            }

            @Override
            public @Nullable String msisdn(byte[] tid) {
                MapLink link = map.link(TransactionIds.number(tid));
                return link == null ? null : link.msisdn();
            }

            @Override
            public boolean hidesTexts() {
                return contexts.hidden().take() != null;
            }

            @Override
            public BitSet hidden(int operation, @Nullable String text, @Nullable String msisdn) {
                MessageDesk present = desk;
                return present == null ? new BitSet() : present.hidden(operation, text, msisdn);
            }
        };
    }

    @Override
    public boolean reaches(int pointCode) {
        return layers.reaches(pointCode);
    }

    /** How many dialogs the stack holds now: in the layer that holds the most. */
    public int openDialogs() {
        return Math.max(layers.tcap().getProvider().getCurrentDialogsCount(), map.openDialogs());
    }

    /** How many timers of the stack are waiting. */
    public int pendingTimers() {
        return layers.pendingTimers();
    }

    @Override
    public void close() {
        layers.close(map::stop);
    }

    /**
     * Whom a dialog is begun with, and how it is found; the caller shows itself in the same way.
     *
     * @param pointCode the far end's; not used if messages are routed on the title
     * @param globalTitle the far end's, digits of an international ISDN number
     * @param onTitle whether messages are routed on the title, otherwise on point code and
     *     subsystem
     */
    public record Called(int pointCode, String globalTitle, boolean onTitle) {}
}
