package io.starhash.network.ss7;

import io.starhash.dialog.Address;
import io.starhash.network.DialogDesk;
import io.starhash.network.DialogLink;
import io.starhash.network.FarSide.Call;
import io.starhash.network.SignallingTap;
import java.util.ArrayList;
import java.util.concurrent.ThreadLocalRandom;
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
import org.restcomm.protocols.ss7.sccp.LongMessageRuleType;
import org.restcomm.protocols.ss7.sccp.Router;
import org.restcomm.protocols.ss7.sccp.parameter.ParameterFactory;
import org.restcomm.protocols.ss7.sccp.parameter.SccpAddress;
import org.restcomm.protocols.ss7.tcap.TCAPProviderImpl;
import org.restcomm.protocols.ss7.tcap.TCAPStackImpl;

/**
 * One signalling point: SCCP, TCAP and MAP of jSS7 above an MTP3 user part. Nothing is kept on
 * disk.
 */
public final class SignallingPoint implements AutoCloseable {
    private static final int USER_PART = 1;
    private static final int NO_POINT_CODE = 0;
    private static final int OUR_INVOKE_ID = 1;

    private final SignallingPlan plan;
    private final PrivateFolder folder;
    private final Taps taps;
    private final GlobalTitleTranslation translation;
    private final ScreenedSccp sccp;
    private final TCAPStackImpl tcap;
    private final UssdMapProvider map;

    /**
     * A point of this plan above this user part, which is started by the caller; it takes dialogs
     * once started.
     */
    public SignallingPoint(SignallingPlan plan, Mtp3UserPart userPart) {
        this.plan = plan;
        this.folder = PrivateFolder.create();
        taps = new Taps(this::isSecret);
        translation = new GlobalTitleTranslation(plan);
        sccp = new ScreenedSccp(plan.name(), translation.asExtension(), taps);
        sccp.setPersistDir(folder.path());
        sccp.setMtp3UserPart(USER_PART, new TappedUserPart(userPart, taps));
        tcap = new TCAPStackImpl(plan.name(), sccp.getSccpProvider(), plan.ssns().getFirst());
        tcap.setPersistDir(folder.path());
        map = new UssdMapProvider(plan.name(), tcap.getProvider(), plan.limits().invokeTimeout());
    }

    /** Starts every layer; dialogs that the far side begins are brought to this desk. */
    public void start(DialogDesk desk) {
        try {
            sccp.setRspProhibitedByDefault(!plan.reachable());
            sccp.start();
            configureSccp();
            tcap.setExtraSsns(new ArrayList<>(plan.ssns().subList(1, plan.ssns().size())));
            tcap.start();
            configureTcap();
            map.addMAPDialogListener(
                    new DialogCallbacks(new BeginScreening(desk, plan.pointCode())));
            map.report(desk);
            map.start();
            TcapScreening.insert(
                    sccp.getSccpProvider(),
                    (TCAPProviderImpl) tcap.getProvider(),
                    map,
                    plan.ssns(),
                    desk);
        } catch (Exception e) {
            throw new IllegalStateException("signalling point " + plan.name() + " cannot start", e);
        }
    }

    private void configureSccp() throws Exception {
        sccp.setRemoveSpc(true); // an address that is routed on its title needs no point code
        Router router = sccp.getRouter();
        router.addMtp3ServiceAccessPoint(
                1, USER_PART, plan.pointCode(), plan.networkIndicator(), 0, null);
        int id = 0;
        for (SignallingPlan.Peer peer : plan.peers()) {
            id++;
            int pc = peer.pointCode();
            sccp.getSccpResource().addRemoteSpc(id, pc, 0, 0);
            router.addMtp3Destination(1, id, pc, pc, 0, 255, 255);
            router.addLongMessageRule(id, pc, pc, LongMessageRuleType.XUDT_ENABLED);
        }
        int ssnId = 0;
        for (SignallingPlan.Peer peer : plan.peers()) {
            for (int ssn : peer.ssns()) {
                sccp.getSccpResource().addRemoteSsn(++ssnId, peer.pointCode(), ssn, 0, false);
            }
        }
    }

    private void configureTcap() throws Exception {
        TcapTimers.forgetCancelled(tcap);
        TcapLimits limits = plan.limits();
        long idle = limits.idleTimeout().toMillis();
        tcap.setInvokeTimeout(Math.min(idle, tcap.getInvokeTimeout())); // never the longer one
        tcap.setDialogIdleTimeout(idle);
        long half = (limits.lastTid() - limits.firstTid()) / 2;
        long start = limits.firstTid() + ThreadLocalRandom.current().nextLong(half);
        tcap.setDialogIdRangeEnd(start + half);
        tcap.setDialogIdRangeStart(start);
        tcap.setMaxDialogs(limits.maxDialogs());
    }

    /** Begins a dialog with a peer. */
    public DialogLink begin(Call call, Called peer, DialogLink.Receiver receiver) {
        try {
            MAPDialogSupplementary dialog =
                    map.ussd()
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
            MapLink link = new MapLink(dialog);
            link.receiver(receiver);
            link.dialog().setReturnMessageOnError(true);
            link.dialog()
                    .sendInvokeComponent(
                            OutgoingComponent.invoke(
                                    link.dialog(),
                                    OUR_INVOKE_ID,
                                    call.operation(),
                                    call.ussd(),
                                    call.msisdn()));
            link.dialog().send();
            return link;
        } catch (MAPException e) {
            throw new IllegalStateException("a dialog cannot be begun: " + e.getMessage(), e);
        }
    }

    private SccpAddress address(
            RoutingIndicator routing, int pointCode, int ssn, String globalTitle) {
        ParameterFactory factory = sccp.getSccpProvider().getParameterFactory();
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
    private boolean isSecret(byte[] tid, int invokeId) {
        MapLink link = map.link(TransactionIds.number(tid));
        return link == null || link.isSecret(invokeId);
    }

    /** Whether messages can go to this point now. */
    public boolean reaches(int pointCode) {
        return translation.reaches(pointCode);
    }

    /** How many dialogs the stack holds now: in the layer that holds the most. */
    public int openDialogs() {
        return Math.max(tcap.getProvider().getCurrentDialogsCount(), map.openDialogs());
    }

    /** How many timers of the stack are waiting. */
    public int pendingTimers() {
        return TcapTimers.pending(tcap);
    }

    /** Stops what has been started; safe at any time. */
    @Override
    public void close() {
        if (tcap.isStarted()) {
            map.stop();
            tcap.stop();
        }
        if (sccp.isStarted()) {
            sccp.stop();
        }
        folder.close();
    }
}
