package io.moondial.channel.ss7;

import io.moondial.channel.DialogDesk.Cause;
import io.moondial.channel.DialogDesk.Refusal;
import io.moondial.channel.ss7.Drops.SccpWords;
import io.moondial.channel.ss7.UssdMapProvider.NotTakenIn;
import io.moondial.channel.ss7.screening.Screened;
import io.moondial.channel.ss7.screening.TransactionPortion;
import io.moondial.channel.ss7.screening.TransactionPortion.PAbortCause;
import io.moondial.channel.ss7.screening.TransactionPortion.TransactionKind;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
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
import org.restcomm.protocols.ss7.tcap.DialogImpl;
import org.restcomm.protocols.ss7.tcap.TCAPProviderImpl;
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

    private final transient TCAPProviderImpl tcap;
    private final transient MessageDesk desk;
    private final transient Origins origins;
    private final transient Drops drops;
    private final transient TcapCounts counts;
    private final transient SendContext<String> undelivered;
    private final int maxDialogs;
    private final transient AnswerRate answers;

    private TcapScreening(
            TCAPProviderImpl tcap,
            SignallingPlan plan,
            MessageDesk desk,
            Drops drops,
            TcapCounts counts,
            SendContext<String> undelivered,
            AnswerRate answers) {
        this.counts = counts;
        this.tcap = tcap;
        this.desk = desk;
        this.drops = drops;
        this.undelivered = undelivered;
        maxDialogs = plan.limits().tcap().maxDialogs();
        origins = new Origins(plan.limits().tcap().guards().originCheck(), plan);
        this.answers = answers;
    }

    /** Takes the place of a TCAP that has started as the listener of its subsystems. */
    static void insert(
            SccpProvider sccp,
            TCAPProviderImpl tcap,
            SignallingPlan plan,
            MessageDesk desk,
            Drops drops,
            TcapCounts counts,
            SendContext<String> undelivered,
            AnswerRate answers) {
        TcapScreening screening =
                new TcapScreening(tcap, plan, desk, drops, counts, undelivered, answers);
        for (int ssn : plan.ssns()) {
            sccp.registerSccpListener(ssn, screening);
        }
    }

    /**
     * Whatever the stack, MAP or a receiver throws while a message is read and handed on is caught
     * here, and only here.
     */
    @Override
    public void onMessage(SccpDataMessage message) {
        counts.came(message.getData());
        TransactionPortion transaction = TransactionPortion.derive(message.getData());
        try {
            take(message, transaction);
        } catch (RuntimeException | Error e) {
            failed(message, transaction, e);
        }
    }

    private void take(SccpDataMessage message, TransactionPortion transaction) {
        byte[] id = transaction.destinationId();
        if (id == null || transaction.kind() == TransactionKind.BEGIN) {
            ofNoDialog(message, transaction);
            return;
        }
        DialogImpl dialog = dialog(id);
        if (dialog == null) {
            ofUnknownId(message, transaction);
        } else {
            ofDialog(dialog, message, transaction);
        }
    }

    private void ofNoDialog(SccpDataMessage message, TransactionPortion transaction) {
        Screened screened = screened(transaction, false);
        byte[] answer = screened.answer();
        if (answer != null && transaction.kind() == TransactionKind.BEGIN) {
            answer(message, answer); // how many may come the association's admission says
        } else if (answer != null) {
            answerUpToARate(message, answer);
        }
        if (screened.deliver() != null) {
            message.setData(screened.deliver());
            begin(message, transaction);
        }
    }

    /** If it is full, the stack would say so only to the far side. */
    private void begin(SccpDataMessage message, TransactionPortion transaction) {
        byte[] origin = transaction.originatingId();
        if (origin == null || tcap.getCurrentDialogsCount() < maxDialogs) {
            tcap.onMessage(message);
            return;
        }
        drops.drop(
                "tcap.dialogs_full",
                "TC-BEGIN from point code {} answered with P-ABORT (resource limitation): the stack holds as many dialogs as tcap.max_dialogs allows, {}",
                message.getIncomingOpc(),
                maxDialogs);
        answer(message, PAbortCause.RESOURCE_LIMITATION.message(origin));
    }

    private void ofDialog(
            DialogImpl dialog, SccpDataMessage message, TransactionPortion transaction) {
        dialog.getDialogLock().lock();
        try {
            String strange = origins.strange(dialog, message, transaction);
            if (strange != null) {
                drops.drop(
                        "tcap.origin_mismatch",
                        "{} TC-{} dropped, because it is not from the far side of its dialog: {}",
                        TransactionIds.of(dialog),
                        transaction.kind(),
                        strange);
                return;
            }
            Screened screened = screened(transaction, true);
            if (screened.answer() != null) {
                answer(message, screened.answer());
            }
            if (screened.deliver() != null) {
                message.setData(screened.deliver());
                LeanTcap.makeRoom(dialog);
                tcap.onMessage(message);
            }
        } finally {
            dialog.getDialogLock().unlock();
        }
    }

    /** A dialog that has ended here, or a guess. What would be answered is, up to a rate. */
    private void ofUnknownId(SccpDataMessage message, TransactionPortion transaction) {
        Screened screened = screened(transaction, false);
        byte[] origin = transaction.originatingId();
        byte[] answer = screened.answer();
        if (screened.why() == null) {
            answer =
                    transaction.kind() == TransactionKind.CONTINUE && origin != null
                            ? PAbortCause.UNRECOGNIZED_TRANSACTION_ID.message(origin)
                            : null;
            drops.note(
                    "tcap.unknown_id." + transaction.kind().name().toLowerCase(Locale.ROOT),
                    "TC-{} for transaction id {}, which is no dialog's, from point code {}, {}",
                    transaction.kind(),
                    hex(transaction.destinationId()),
                    message.getIncomingOpc(),
                    SccpWords.of(message.getCallingPartyAddress()));
        }
        if (answer != null) {
            answerUpToARate(message, answer);
        }
    }

    private void answerUpToARate(SccpDataMessage message, byte[] answer) {
        if (answers.allows(message)) {
            answer(message, answer);
        } else {
            drops.count("tcap.unknown_id.unanswered");
        }
    }

    /**
     * The engine, not the message, was at fault. The dialog that it came in or began is released
     * and its receiver told; the far side is answered with a P-ABORT, where it waits.
     */
    private void failed(SccpDataMessage message, TransactionPortion transaction, Throwable thrown) {
        Throwable fault = thrown instanceof NotTakenIn ? thrown.getCause() : thrown;
        byte[] origin = transaction.originatingId();
        byte[] named = transaction.destinationId();
        // What a TC-BEGIN names is not its dialog.
        byte[] destination = transaction.kind() == TransactionKind.BEGIN ? null : named;
        DialogImpl dialog =
                destination == null
                        ? LeanTcap.begunBy(tcap, message.getCallingPartyAddress())
                        : dialog(destination);
        String localTid = dialog == null ? hex(destination) : TransactionIds.local(dialog);
        try {
            if (dialog != null) {
                letGo(dialog, "the engine has failed on a message: " + fault);
            }
            if (origin != null) {
                answer(message, PAbortCause.RESOURCE_LIMITATION.message(origin));
            }
        } finally {
            String text =
                    "the engine has failed on a TC-%s: %s; its dialog is released, %s"
                            .formatted(
                                    transaction.kind(),
                                    fault,
                                    origin == null
                                            ? "and nothing is answered"
                                            : "answered with P-ABORT (resource limitation)");
            desk.refused(new Refusal(localTid, hex(origin), Cause.FAULT, text, fault));
        }
    }

    private static void letGo(DialogImpl dialog, String why) {
        dialog.getDialogLock().lock();
        try {
            if (dialog.getUserObject() instanceof MapLink link) {
                link.failed(why);
            }
        } catch (RuntimeException | Error e) {
            log.error("{} its end could not be reported", TransactionIds.of(dialog), e);
        } finally {
            dialog.release();
            dialog.getDialogLock().unlock();
        }
    }

    private Screened screened(TransactionPortion transaction, boolean ofDialog) {
        Screened screened = Screened.of(transaction, id -> ofDialog);
        if (screened.why() != null) {
            report(transaction, screened, screened.why());
        }
        return screened;
    }

    private @Nullable DialogImpl dialog(byte[] id) {
        return LeanTcap.dialog(tcap, TransactionIds.number(id));
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
        undelivered.take(); // what was said of messages that nobody asks about
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
        String why = undelivered.take();
        if (why != null) {
            drops.drop("tcap.unanswered", "an ABORT was not delivered: {}", why);
        }
    }

    /**
     * What we sent comes back undelivered, whole or only its first segment: all that the stack
     * needs of it is whose it was.
     */
    @Override
    public void onNotice(SccpNoticeMessage notice) {
        try {
            take(notice);
        } catch (RuntimeException e) {
            drops.fault("tcap.faults", "a notice from point code " + notice.getIncomingOpc(), e);
        }
    }

    private void take(SccpNoticeMessage notice) {
        TransactionPortion returned = TransactionPortion.derive(notice.getData());
        byte[] id = returned.originatingId();
        DialogImpl dialog = id == null ? null : dialog(id);
        if (dialog == null) {
            drops.note(
                    "tcap.returned.unknown_id",
                    "TC-{} of no open dialog was returned undelivered: {}",
                    returned.kind(),
                    SccpWords.of(notice.getReturnCause().getValue()));
            return;
        }
        dialog.getDialogLock().lock();
        try {
            String strange = origins.strange(dialog, notice, returned);
            if (strange == null) {
                returned(dialog, notice, returned);
            } else {
                drops.drop(
                        "tcap.origin_mismatch",
                        "{} dropped a notice that TC-{} was not delivered, because this dialog sent no such message: {}",
                        TransactionIds.of(dialog),
                        returned.kind(),
                        strange);
            }
        } finally {
            dialog.getDialogLock().unlock();
        }
    }

    private void returned(
            DialogImpl dialog, SccpNoticeMessage notice, TransactionPortion returned) {
        drops.drop(
                "tcap.returned",
                "{} TC-{} was returned undelivered: {}",
                TransactionIds.of(dialog),
                returned.kind(),
                SccpWords.of(notice.getReturnCause().getValue()));
        if (returned.kind() == TransactionKind.BEGIN
                && dialog.getUserObject() instanceof MapLink link) {
            String ourOwn = undelivered.take(); // SCCP returns what it has no route for at once
            link.undelivered(
                    ourOwn != null
                            ? ourOwn
                            : "TC-BEGIN was returned undelivered: "
                                    + SccpWords.of(notice.getReturnCause().getValue()));
            return;
        }
        notice.setData(returned.rebuilt(null, null));
        try {
            tcap.onNotice(notice);
        } catch (RuntimeException | Error e) {
            String why = "the engine has failed on a message that was returned: " + e;
            letGo(dialog, why);
            desk.refused(new Refusal(TransactionIds.local(dialog), "", Cause.FAULT, why, e));
        }
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
