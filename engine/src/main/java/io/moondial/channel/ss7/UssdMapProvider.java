package io.moondial.channel.ss7;

import io.moondial.channel.DialogDesk;
import io.moondial.channel.DialogDesk.Refusal;
import io.moondial.channel.ss7.screening.NotBerException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.restcomm.protocols.ss7.map.MAPProviderImpl;
import org.restcomm.protocols.ss7.map.api.MAPDialog;
import org.restcomm.protocols.ss7.map.api.MAPException;
import org.restcomm.protocols.ss7.map.api.dialog.MAPProviderAbortReason;
import org.restcomm.protocols.ss7.tcap.api.TCAPProvider;
import org.restcomm.protocols.ss7.tcap.api.tc.dialog.Dialog;
import org.restcomm.protocols.ss7.tcap.api.tc.dialog.events.TCBeginIndication;
import org.restcomm.protocols.ss7.tcap.api.tc.dialog.events.TCContinueIndication;
import org.restcomm.protocols.ss7.tcap.api.tc.dialog.events.TCEndIndication;
import org.restcomm.protocols.ss7.tcap.api.tc.dialog.events.TCPAbortIndication;
import org.restcomm.protocols.ss7.tcap.api.tc.dialog.events.TCUserAbortIndication;
import org.restcomm.protocols.ss7.tcap.asn.ApplicationContextName;
import org.restcomm.protocols.ss7.tcap.asn.UserInformation;
import org.restcomm.protocols.ss7.tcap.asn.comp.Component;
import org.restcomm.protocols.ss7.tcap.tc.dialog.events.TCBeginIndicationImpl;
import org.restcomm.protocols.ss7.tcap.tc.dialog.events.TCContinueIndicationImpl;
import org.restcomm.protocols.ss7.tcap.tc.dialog.events.TCEndIndicationImpl;

/**
 * The MAP layer with one service, USSD, and made safe against what the stack itself stumbles over.
 */
final class UssdMapProvider extends MAPProviderImpl implements InvokeTiming {
    private static final Component[] NO_COMPONENTS = {};

    private final transient UssdMapService service;
    private final long invokeTimeout;
    private transient volatile @Nullable DialogDesk desk;

    UssdMapProvider(String name, TCAPProvider tcap, Duration invokeTimeout) {
        super(name, tcap);
        this.invokeTimeout = invokeTimeout.toMillis();
        service = new UssdMapService(this);
        mapServices.clear();
        mapServices.add(service);
        service.acivate();
    }

    @Override
    public long invokeTimeout() {
        return invokeTimeout;
    }

    UssdMapService ussd() {
        return service;
    }

    /** How many dialogs this layer holds. */
    int openDialogs() {
        return dialogs.size();
    }

    /** Where dialogs that are refused here are told of. */
    void report(DialogDesk desk) {
        this.desk = desk;
    }

    @Override
    public void onTCBegin(TCBeginIndication indication) {
        guarded(indication, this::begin);
    }

    /**
     * A peer may leave MAP-open out; the stack would abort such a dialog, though an application
     * context without any reference says nothing less than an empty MAP-open does.
     */
    private void begin(TCBeginIndication indication) {
        ApplicationContextName context = indication.getApplicationContextName();
        DialogRefusal refusal = new DialogRefusal(this, indication.getDialog());
        if (context == null) {
            refusal.withoutContext();
        } else if (!DialogRefusal.isOurs(context.getOid())) {
            refusal.ofContext(context);
        } else {
            open(indication, refusal);
        }
    }

    private void open(TCBeginIndication indication, DialogRefusal refusal) {
        UserInformation information = indication.getUserInformation();
        try {
            MapOpen open =
                    information == null ? MapOpen.WITHOUT_REFERENCES : MapOpen.read(information);
            indication.getDialog().setUserObject(open);
        } catch (NotBerException e) {
            refusal.invalid(String.valueOf(e.getMessage()));
            return;
        }
        ((TCBeginIndicationImpl) indication).setUserInformation(MapOpen.empty());
        super.onTCBegin(indication);
    }

    void refused(Refusal refusal) {
        DialogDesk told = desk;
        if (told != null) {
            told.refused(refusal);
        }
    }

    @Override
    public void onTCContinue(TCContinueIndication indication) {
        ((TCContinueIndicationImpl) indication)
                .setUserInformation(null); // a MAP-accept says nothing
        guarded(indication, super::onTCContinue);
    }

    @Override
    public void onTCEnd(TCEndIndication indication) {
        TCEndIndicationImpl end = (TCEndIndicationImpl) indication;
        end.setUserInformation(null);
        if (end.getComponents() == null) {
            end.setComponents(NO_COMPONENTS); // the stack counts them in the first message back
        }
        guarded(indication, super::onTCEnd);
    }

    @Override
    public void onTCPAbort(TCPAbortIndication indication) {
        guarded(indication, abort -> aborted(abort.getDialog(), AbortReason.of(abort)));
    }

    @Override
    public void onTCUserAbort(TCUserAbortIndication indication) {
        guarded(indication, abort -> aborted(abort.getDialog(), AbortReason.of(abort)));
    }

    /** The stack's TCAP lets go of the dialog after this. */
    private void aborted(Dialog dialog, String reason) {
        MapLink link = link(dialog.getLocalDialogId());
        if (link != null) {
            link.aborted(reason);
        }
    }

    private static <T> void guarded(T indication, Consumer<T> deliver) {
        try {
            deliver.accept(indication);
        } catch (RuntimeException e) {
            throw new NotTakenIn(e);
        }
    }

    /**
     * What was thrown while MAP took a message in, on its way down to where that is answered. It is
     * an Error because the stack between catches exceptions and goes on as though nothing had been.
     */
    static final class NotTakenIn extends Error {
        private static final long serialVersionUID = 1L;

        NotTakenIn(RuntimeException cause) {
            super(null, cause, false, false);
        }
    }

    /** The link of the dialog with this id of ours; null where there is none. */
    @Nullable MapLink link(long localId) {
        return link(getMAPDialog(localId));
    }

    private static @Nullable MapLink link(@Nullable MAPDialog dialog) {
        return dialog != null && dialog.getUserObject() instanceof MapLink link ? link : null;
    }

    void abortInvalid(Dialog dialog) throws MAPException {
        fireTCAbortProvider(dialog, MAPProviderAbortReason.invalidPDU, null, false);
    }

    void abortWithoutContext(Dialog dialog) throws MAPException {
        fireTCAbortV1(dialog, false);
    }
}
