package io.starhash.network.ss7;

import io.starhash.network.DialogDesk;
import io.starhash.network.DialogDesk.Cause;
import io.starhash.network.DialogDesk.Refusal;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.restcomm.protocols.ss7.map.MAPDialogImpl;
import org.restcomm.protocols.ss7.map.api.MAPDialog;
import org.restcomm.protocols.ss7.sccp.NetworkIdState;
import org.restcomm.protocols.ss7.sccp.RemoteSccpStatus;
import org.restcomm.protocols.ss7.sccp.SccpConnection;
import org.restcomm.protocols.ss7.sccp.SccpListener;
import org.restcomm.protocols.ss7.sccp.SccpProvider;
import org.restcomm.protocols.ss7.sccp.SignallingPointStatus;
import org.restcomm.protocols.ss7.sccp.message.SccpDataMessage;
import org.restcomm.protocols.ss7.sccp.message.SccpNoticeMessage;
import org.restcomm.protocols.ss7.sccp.parameter.Credit;
import org.restcomm.protocols.ss7.sccp.parameter.ErrorCause;
import org.restcomm.protocols.ss7.sccp.parameter.Importance;
import org.restcomm.protocols.ss7.sccp.parameter.ProtocolClass;
import org.restcomm.protocols.ss7.sccp.parameter.RefusalCause;
import org.restcomm.protocols.ss7.sccp.parameter.ReleaseCause;
import org.restcomm.protocols.ss7.sccp.parameter.ResetCause;
import org.restcomm.protocols.ss7.sccp.parameter.SccpAddress;
import org.restcomm.protocols.ss7.tcap.TCAPProviderImpl;
import org.restcomm.protocols.ss7.tcap.api.tc.dialog.Dialog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands between SCCP and TCAP: each message is screened before the stack sees it, and what the
 * standards want answered in another way than the stack would is answered here.
 */
final class TcapScreening implements SccpListener {
    private static final long serialVersionUID = 1L;
    private static final Logger log = LoggerFactory.getLogger(TcapScreening.class);
    private static final HexFormat HEX = HexFormat.of();
    private static final int OUR_ID_OCTETS = 4;

    private final transient TCAPProviderImpl tcap;
    private final transient UssdMapProvider map;
    private final transient DialogDesk desk;

    private TcapScreening(TCAPProviderImpl tcap, UssdMapProvider map, DialogDesk desk) {
        this.tcap = tcap;
        this.map = map;
        this.desk = desk;
    }

    /** Takes the place of a TCAP that has started as the listener of its subsystems. */
    static void insert(
            SccpProvider sccp,
            TCAPProviderImpl tcap,
            UssdMapProvider map,
            List<Integer> ssns,
            DialogDesk desk) {
        TcapScreening screening = new TcapScreening(tcap, map, desk);
        for (int ssn : ssns) {
            sccp.registerSccpListener(ssn, screening);
        }
    }

    @Override
    public void onMessage(SccpDataMessage message) {
        TransactionPortion transaction = TransactionPortion.derive(message.getData());
        Screened screened = Screened.of(transaction, this::ours);
        if (screened.why() != null) {
            report(transaction, screened, screened.why());
        }
        if (screened.answer() != null) {
            answer(message, screened.answer());
        }
        if (screened.deliver() != null) {
            message.setData(screened.deliver());
            deliver(message, transaction.destinationId());
        }
    }

    private void deliver(SccpDataMessage message, byte @Nullable [] destinationId) {
        MAPDialog dialog = destinationId == null ? null : open(destinationId);
        if (dialog == null) {
            tcap.onMessage(message);
            return;
        }
        Dialog below = ((MAPDialogImpl) dialog).getTcapDialog();
        below.getDialogLock().lock();
        try {
            LeanTcap.makeRoom(below);
            tcap.onMessage(message);
        } finally {
            below.getDialogLock().unlock();
        }
    }

    private boolean ours(byte[] id) {
        return open(id) != null;
    }

    private @Nullable MAPDialog open(byte[] id) {
        return id.length == OUR_ID_OCTETS ? map.getMAPDialog(number(id)) : null;
    }

    private static long number(byte[] id) {
        return Integer.toUnsignedLong(HexFormat.fromHexDigits(HEX.formatHex(id)));
    }

    private void report(TransactionPortion transaction, Screened screened, String why) {
        String text =
                "TC-%s cannot be read: %s; %s"
                        .formatted(
                                transaction.kind(),
                                why,
                                screened.answer() == null ? "dropped" : "answered with an ABORT");
        desk.refused(
                new Refusal(
                        hex(transaction.destinationId()),
                        hex(transaction.originatingId()),
                        Cause.UNREADABLE,
                        text));
    }

    private static String hex(byte @Nullable [] id) {
        return id == null ? "" : HEX.formatHex(id);
    }

    private void answer(SccpDataMessage message, byte[] answer) {
        SccpAddress us = message.getCalledPartyAddress();
        try {
            tcap.send(
                    answer,
                    false,
                    message.getCallingPartyAddress(),
                    us,
                    message.getSls(),
                    message.getNetworkId(),
                    us.getSubsystemNumber(),
                    message.getIncomingOpc());
        } catch (IOException e) {
            log.warn("an ABORT could not be sent", e);
        }
    }

    /**
     * What we sent comes back undelivered, whole or only its first segment: all that the stack
     * needs of it is whose it was.
     */
    @Override
    public void onNotice(SccpNoticeMessage notice) {
        TransactionPortion returned = TransactionPortion.derive(notice.getData());
        byte[] origin = returned.originatingId();
        if (origin == null || !ours(origin)) {
            log.info(
                    "TC-{} of no open dialog was returned undelivered: {}",
                    returned.kind(),
                    notice.getReturnCause());
            return;
        }
        log.warn(
                "{} TC-{} was returned undelivered: {}",
                HEX.formatHex(origin),
                returned.kind(),
                notice.getReturnCause());
        notice.setData(returned.rebuilt(null, null));
        tcap.onNotice(notice);
    }

    @Override
    public void onCoordResponse(int ssn, int multiplicityIndicator) {
        tcap.onCoordResponse(ssn, multiplicityIndicator);
    }

    @Override
    public void onState(int dpc, int ssn, boolean inService, int multiplicityIndicator) {
        tcap.onState(dpc, ssn, inService, multiplicityIndicator);
    }

    @Override
    public void onPcState(
            int dpc,
            SignallingPointStatus status,
            @Nullable Integer restrictedImportanceLevel,
            RemoteSccpStatus remoteSccpStatus) {
        tcap.onPcState(dpc, status, restrictedImportanceLevel, remoteSccpStatus);
    }

    @Override
    public void onNetworkIdState(int networkId, NetworkIdState state) {
        tcap.onNetworkIdState(networkId, state);
    }

    // ---- connections, which TCAP does not use and which are dropped below

    @Override
    public void onConnectIndication(
            SccpConnection connection,
            SccpAddress called,
            SccpAddress calling,
            ProtocolClass protocolClass,
            Credit credit,
            byte[] data,
            Importance importance) {}

    @Override
    public void onConnectConfirm(SccpConnection connection, byte[] data) {}

    @Override
    public void onDisconnectIndication(
            SccpConnection connection, ReleaseCause reason, byte[] data) {}

    @Override
    public void onDisconnectIndication(
            SccpConnection connection, RefusalCause reason, byte[] data) {}

    @Override
    public void onDisconnectIndication(SccpConnection connection, ErrorCause cause) {}

    @Override
    public void onResetIndication(SccpConnection connection, ResetCause reason) {}

    @Override
    public void onResetConfirm(SccpConnection connection) {}

    @Override
    public void onData(SccpConnection connection, byte[] data) {}

    @Override
    public void onDisconnectConfirm(SccpConnection connection) {}
}
