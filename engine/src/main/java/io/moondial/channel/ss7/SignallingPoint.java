package io.moondial.channel.ss7;

import io.moondial.channel.Address;
import io.moondial.channel.SignallingTap;
import io.moondial.channel.ss7.FarSide.Call;
import io.moondial.channel.ss7.LinksBelow.LinkedUserPart;
import io.moondial.channel.ss7.SendContext.OfPoint;
import io.moondial.channel.ss7.SignallingLimits.Guards;
import io.moondial.channel.ss7.Taps.TappedUserPart;
import io.moondial.metrics.Counters;
import java.util.BitSet;
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
import org.restcomm.protocols.ss7.sccp.parameter.ParameterFactory;
import org.restcomm.protocols.ss7.sccp.parameter.SccpAddress;
import org.restcomm.protocols.ss7.tcap.TCAPProviderImpl;

/**
 * One signalling point: SCCP, TCAP and MAP of jSS7 above an MTP3 user part. Nothing is kept on
 * disk.
 */
public final class SignallingPoint implements AttachedPoint {
    private static final int NO_POINT_CODE = 0;
    private static final int OUR_INVOKE_ID = 1;

    private final SignallingPlan plan;
    private final Taps taps;
    private final OfPoint contexts = new OfPoint();
    private final LowerLayers layers;
    private final UssdMapProvider map;
    private final Drops drops;
    private final LinksBelow links;
    private final AnswerRate answers;
    private volatile @Nullable MessageDesk desk;

    /**
     * A point of this plan above this user part, which is started by the caller; it takes dialogs
     * once started.
     *
     * @param counters of what goes no further than here
     */
    public SignallingPoint(SignallingPlan plan, Mtp3UserPart userPart, Counters counters) {
        this.plan = plan;
        drops = new Drops(counters);
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
                                        answers));
        map =
                new UssdMapProvider(
                        plan.name(),
                        layers.tcap().getProvider(),
                        plan.limits().tcap().invokeTimeout());
    }

    /** Starts every layer; dialogs that the far side begins are brought to this desk. */
    public void start(MessageDesk desk) {
        this.desk = desk;
        try {
            layers.start();
            map.addMAPDialogListener(
                    new DialogCallbacks(
                            new BeginScreening(
                                    desk, plan.pointCode(), plan.limits().tcap().guards(), links),
                            contexts));
            map.report(desk);
            map.start();
            TcapScreening.insert(
                    layers.sccp().getSccpProvider(),
                    (TCAPProviderImpl) layers.tcap().getProvider(),
                    plan,
                    desk,
                    drops,
                    contexts.undelivered(),
                    answers);
        } catch (Exception e) {
            throw new IllegalStateException("signalling point " + plan.name() + " cannot start", e);
        }
    }

    /** Begins a dialog with a peer; where that fails, nothing of it stays in the stack. */
    public MessageLink begin(Call call, Called peer, MessageLink.Receiver receiver) {
        MAPDialogSupplementary dialog = null;
        try {
            dialog = dialog(call, peer);
            MapLink link = new MapLink(dialog, contexts);
            link.receiver(receiver);
            link.dialog()
                    .sendInvokeComponent(
                            OutgoingComponent.invoke(
                                    link.dialog(),
                                    OUR_INVOKE_ID,
                                    call.operation(),
                                    call.ussd(),
                                    call.msisdn()));
            link.dialog().send();
            dialog = null;
            return link;
        } catch (MAPException e) {
            throw new IllegalStateException("a dialog cannot be begun: " + e.getMessage(), e);
        } finally {
            if (dialog != null) {
                MapLink.forget(dialog);
            }
        }
    }

    private MAPDialogSupplementary dialog(Call call, Called peer) throws MAPException {
        return map.ussd()
                .createNewDialog(
                        MAPApplicationContext.getInstance(
                                MAPApplicationContextName.networkUnstructuredSsContext,
                                MAPApplicationContextVersion.version2),
                        address(
                                peer.routingIndicator(),
                                plan.pointCode(),
                                plan.ssns().getFirst(),
                                plan.globalTitle()),
                        reference(call.origination()),
                        address(
                                peer.routingIndicator(),
                                peer.onTitle() ? NO_POINT_CODE : peer.pointCode(),
                                call.ssn(),
                                peer.globalTitle()),
                        reference(call.destination()));
    }

    private SccpAddress address(
            RoutingIndicator routing, int pointCode, int ssn, String globalTitle) {
        ParameterFactory factory = layers.sccp().getSccpProvider().getParameterFactory();
        return factory.createSccpAddress(
                routing,
                factory.createGlobalTitle(
                        globalTitle,
                        0,
                        org.restcomm.protocols.ss7.indicator.NumberingPlan.ISDN_TELEPHONY,
                        null,
                        NatureOfAddress.INTERNATIONAL),
                pointCode,
                ssn);
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
     * @param pointCode the far end's; not used where the title is routed on
     * @param globalTitle the far end's, digits of an international ISDN number
     * @param onTitle whether messages are routed on the title, else on point code and subsystem
     */
    public record Called(int pointCode, String globalTitle, boolean onTitle) {
        RoutingIndicator routingIndicator() {
            return onTitle
                    ? RoutingIndicator.ROUTING_BASED_ON_GLOBAL_TITLE
                    : RoutingIndicator.ROUTING_BASED_ON_DPC_AND_SSN;
        }
    }
}
