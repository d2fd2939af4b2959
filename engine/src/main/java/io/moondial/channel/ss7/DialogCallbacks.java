package io.moondial.channel.ss7;

import io.moondial.channel.ss7.SendContext.OfPoint;
import io.moondial.dialog.Incoming.Aborted.Cause;
import org.jspecify.annotations.Nullable;
import org.restcomm.protocols.ss7.map.api.MAPDialog;
import org.restcomm.protocols.ss7.map.api.MAPDialogListener;
import org.restcomm.protocols.ss7.map.api.dialog.MAPAbortProviderReason;
import org.restcomm.protocols.ss7.map.api.dialog.MAPAbortSource;
import org.restcomm.protocols.ss7.map.api.dialog.MAPNoticeProblemDiagnostic;
import org.restcomm.protocols.ss7.map.api.dialog.MAPRefuseReason;
import org.restcomm.protocols.ss7.map.api.dialog.MAPUserAbortChoice;
import org.restcomm.protocols.ss7.map.api.primitives.AddressString;
import org.restcomm.protocols.ss7.map.api.primitives.MAPExtensionContainer;
import org.restcomm.protocols.ss7.tcap.asn.ApplicationContextName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The stack's dialog callbacks, each handed to the link of its dialog. */
final class DialogCallbacks implements MAPDialogListener {
    private static final Logger log = LoggerFactory.getLogger(DialogCallbacks.class);

    private final BeginScreening screening;
    private final OfPoint contexts;

    DialogCallbacks(BeginScreening screening, OfPoint contexts) {
        this.screening = screening;
        this.contexts = contexts;
    }

    @Override
    @SuppressWarnings("UnusedVariable") // the link makes itself the dialog's user object
    public void onDialogRequest(
            MAPDialog dialog,
            @Nullable AddressString destination,
            @Nullable AddressString origination,
            @Nullable MAPExtensionContainer extension) {
        MapLink link = new MapLink(dialog, contexts);
    }

    @Override
    public void onDialogRequestEricsson(
            MAPDialog dialog,
            @Nullable AddressString destination,
            @Nullable AddressString origination,
            @Nullable AddressString msisdn,
            @Nullable AddressString vlr) {
        onDialogRequest(dialog, destination, origination, null);
    }

    @Override
    public void onDialogDelimiter(MAPDialog dialog) {
        MapLink link = MapLink.of(dialog);
        if (link.begun()) {
            link.continued();
        } else {
            screening.complete(link);
        }
    }

    @Override
    public void onDialogClose(MAPDialog dialog) {
        MapLink.of(dialog).ended();
    }

    @Override
    public void onDialogUserAbort(
            MAPDialog dialog,
            @Nullable MAPUserAbortChoice reason,
            @Nullable MAPExtensionContainer extension) {
        MapLink.of(dialog).aborted(new Message.Abort("TC-U-ABORT"));
    }

    @Override
    public void onDialogProviderAbort(
            MAPDialog dialog,
            MAPAbortProviderReason reason,
            @Nullable MAPAbortSource source,
            @Nullable MAPExtensionContainer extension) {
        MapLink.of(dialog).aborted(new Message.Abort(Cause.PROVIDER, "TC-P-ABORT: " + reason));
    }

    @Override
    public void onDialogReject(
            MAPDialog dialog,
            MAPRefuseReason reason,
            @Nullable ApplicationContextName alternative,
            @Nullable MAPExtensionContainer extension) {
        MapLink.of(dialog).aborted(new Message.Abort(Cause.REFUSED, "refused: " + reason));
    }

    @Override
    public void onDialogNotice(MAPDialog dialog, MAPNoticeProblemDiagnostic problem) {
        log.debug(
                "{} {}: what was returned is known already",
                MapLink.of(dialog).localTid(),
                problem);
    }

    @Override
    public void onDialogTimeout(MAPDialog dialog) {
        MapLink link = MapLink.of(dialog);
        if (!link.runsOutOfTime() && !link.prolonged()) {
            log.warn(
                    "{} nothing happened for the stack's idle time: the stack ends the dialog",
                    link.localTid());
        }
    }

    @Override
    public void onDialogAccept(MAPDialog dialog, @Nullable MAPExtensionContainer extension) {
        // The components and the delimiter of the same message follow.
    }

    @Override
    public void onDialogRelease(MAPDialog dialog) {
        MapLink link = MapLink.of(dialog);
        link.released();
        screening.over(link);
    }
}
