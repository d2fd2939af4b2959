package io.moondial.channel.ss7;

import io.moondial.channel.DialogDesk.Cause;
import io.moondial.channel.DialogDesk.Refusal;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.restcomm.protocols.ss7.map.api.MAPApplicationContext;
import org.restcomm.protocols.ss7.map.api.MAPApplicationContextName;
import org.restcomm.protocols.ss7.map.api.MAPApplicationContextVersion;
import org.restcomm.protocols.ss7.map.api.MAPException;
import org.restcomm.protocols.ss7.tcap.api.TCAPSendException;
import org.restcomm.protocols.ss7.tcap.api.tc.dialog.Dialog;
import org.restcomm.protocols.ss7.tcap.api.tc.dialog.events.TCUserAbortRequest;
import org.restcomm.protocols.ss7.tcap.asn.ApplicationContextName;
import org.restcomm.protocols.ss7.tcap.asn.DialogServiceUserType;
import org.restcomm.protocols.ss7.tcap.asn.TcapFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A dialog refused before it became one of MAP's (3GPP TS 29.002 7.3). */
final class DialogRefusal {
    private static final Logger log = LoggerFactory.getLogger(DialogRefusal.class);
    private static final MAPApplicationContext OURS =
            MAPApplicationContext.getInstance(
                    MAPApplicationContextName.networkUnstructuredSsContext,
                    MAPApplicationContextVersion.version2);

    private final UssdMapProvider map;
    private final Dialog dialog;
    private final String localTid;
    private final String remoteTid;

    DialogRefusal(UssdMapProvider map, Dialog dialog) {
        this.map = map;
        this.dialog = dialog;
        localTid = TransactionIds.local(dialog);
        remoteTid = TransactionIds.remote(dialog);
    }

    static boolean isOurs(long[] context) {
        return Arrays.equals(context, OURS.getOID());
    }

    /** MAP version 1 knows no dialogue portion; no USSD service of that version is offered. */
    void withoutContext() {
        report(
                Cause.OTHER_CONTEXT,
                "TC-BEGIN has no dialogue portion (MAP version 1), which is not served: aborted");
        send(() -> map.abortWithoutContext(dialog));
    }

    /**
     * The context named is not supported; where only its version is another one, ours is offered in
     * its place.
     */
    void ofContext(ApplicationContextName context) {
        boolean otherVersion =
                context.getOid().length == OURS.getOID().length
                        && Arrays.mismatch(context.getOid(), OURS.getOID())
                                == OURS.getOID().length - 1;
        report(
                Cause.OTHER_CONTEXT,
                "TC-BEGIN asks for the application context %s, which is not served: refused"
                        .formatted(
                                Arrays.stream(context.getOid())
                                        .mapToObj(Long::toString)
                                        .collect(Collectors.joining("."))));
        send(() -> abort(otherVersion ? null : context));
    }

    /** What stands for MAP-open is none. */
    void invalid(String why) {
        report(Cause.UNREADABLE, "the MAP-open of a TC-BEGIN cannot be read: " + why + "; aborted");
        send(() -> map.abortInvalid(dialog));
    }

    private void abort(@Nullable ApplicationContextName echoed) throws TCAPSendException {
        TCUserAbortRequest abort =
                map.getTCAPProvider().getDialogPrimitiveFactory().createUAbort(dialog);
        abort.setDialogServiceUserType(DialogServiceUserType.AcnNotSupported);
        abort.setApplicationContextName(
                echoed != null ? echoed : TcapFactory.createApplicationContextName(OURS.getOID()));
        dialog.send(abort);
    }

    private void report(Cause cause, String text) {
        map.refused(new Refusal(localTid, remoteTid, cause, text));
    }

    /** The stack releases the dialog whether or not the ABORT leaves. */
    private void send(Sending sending) {
        try {
            sending.send();
        } catch (MAPException | TCAPSendException e) {
            log.warn("{} the ABORT could not be sent", localTid, e);
            dialog.release();
        }
    }

    @FunctionalInterface
    private interface Sending {
        void send() throws MAPException, TCAPSendException;
    }
}
