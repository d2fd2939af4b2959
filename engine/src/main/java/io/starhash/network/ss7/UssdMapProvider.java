package io.starhash.network.ss7;

import io.starhash.network.DialogDesk;
import io.starhash.network.DialogDesk.Refusal;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.mobicents.protocols.asn.AsnException;
import org.mobicents.protocols.asn.AsnInputStream;
import org.mobicents.protocols.asn.Tag;
import org.restcomm.protocols.ss7.map.MAPProviderImpl;
import org.restcomm.protocols.ss7.map.api.MAPDialog;
import org.restcomm.protocols.ss7.map.api.MAPDialogueAS;
import org.restcomm.protocols.ss7.map.api.MAPException;
import org.restcomm.protocols.ss7.map.api.MAPParsingComponentException;
import org.restcomm.protocols.ss7.map.api.dialog.MAPProviderAbortReason;
import org.restcomm.protocols.ss7.map.dialog.MAPOpenInfoImpl;
import org.restcomm.protocols.ss7.tcap.api.TCAPProvider;
import org.restcomm.protocols.ss7.tcap.api.tc.dialog.Dialog;
import org.restcomm.protocols.ss7.tcap.api.tc.dialog.events.TCBeginIndication;
import org.restcomm.protocols.ss7.tcap.api.tc.dialog.events.TCContinueIndication;
import org.restcomm.protocols.ss7.tcap.api.tc.dialog.events.TCEndIndication;
import org.restcomm.protocols.ss7.tcap.api.tc.dialog.events.TCPAbortIndication;
import org.restcomm.protocols.ss7.tcap.api.tc.dialog.events.TCUserAbortIndication;
import org.restcomm.protocols.ss7.tcap.asn.ApplicationContextName;
import org.restcomm.protocols.ss7.tcap.asn.UserInformation;
import org.restcomm.protocols.ss7.tcap.tc.dialog.events.TCBeginIndicationImpl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The MAP layer with one service, USSD, and made safe against what the stack itself stumbles over.
 */
final class UssdMapProvider extends MAPProviderImpl implements InvokeTiming {
    private static final Logger log = LoggerFactory.getLogger(UssdMapProvider.class);
    private static final int MAP_OPEN = 0;

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

    /**
     * A peer may leave MAP-open out; the stack would abort such a dialog, though an application
     * context without any reference says nothing less than an empty MAP-open does.
     */
    @Override
    public void onTCBegin(TCBeginIndication indication) {
        ApplicationContextName context = indication.getApplicationContextName();
        DialogRefusal refusal = new DialogRefusal(this, indication.getDialog());
        if (context == null) {
            refusal.withoutContext();
        } else if (!DialogRefusal.isOurs(context.getOid())) {
            refusal.ofContext(context);
        } else if (indication.getUserInformation() == null) {
            ((TCBeginIndicationImpl) indication).setUserInformation(MapOpen.empty());
            deliver(indication);
        } else if (!isMapOpen(indication.getUserInformation())) {
            refusal.invalid();
        } else {
            deliver(indication);
        }
    }

    void refused(Refusal refusal) {
        DialogDesk told = desk;
        if (told != null) {
            told.refused(refusal);
        }
    }

    private void deliver(TCBeginIndication indication) {
        guarded(indication.getDialog(), indication, super::onTCBegin);
    }

    /** Tried before the stack does, which prints a stack trace where it fails. */
    private static boolean isMapOpen(UserInformation information) {
        try {
            if (!information.isAsn()
                    || MAPDialogueAS.getInstance(information.getOidValue()) == null) {
                return false;
            }
            AsnInputStream in = new AsnInputStream(information.getEncodeType());
            if (in.readTag() != MAP_OPEN || in.getTagClass() != Tag.CLASS_CONTEXT_SPECIFIC) {
                return false;
            }
            new MAPOpenInfoImpl().decodeAll(in);
            return true;
        } catch (AsnException | IOException | MAPParsingComponentException | RuntimeException e) {
            return false;
        }
    }

    @Override
    public void onTCContinue(TCContinueIndication indication) {
        guarded(indication.getDialog(), indication, super::onTCContinue);
    }

    @Override
    public void onTCEnd(TCEndIndication indication) {
        guarded(indication.getDialog(), indication, super::onTCEnd);
    }

    @Override
    public void onTCPAbort(TCPAbortIndication indication) {
        guarded(indication.getDialog(), indication, super::onTCPAbort);
    }

    @Override
    public void onTCUserAbort(TCUserAbortIndication indication) {
        guarded(indication.getDialog(), indication, super::onTCUserAbort);
    }

    /** A message that the stack cannot take in ends its own dialog, and that one only. */
    private <T> void guarded(Dialog dialog, T indication, Consumer<T> deliver) {
        try {
            deliver.accept(indication);
        } catch (RuntimeException e) {
            MapLink link = link(getMAPDialog(dialog.getLocalDialogId()));
            if (link == null) {
                log.warn("a message cannot be taken in: its dialog is dropped", e);
                dialog.release();
            } else {
                link.unreadable(e);
            }
        }
    }

    /** The link of the dialog with this id of ours; null where there is none. */
    @Nullable MapLink link(long localId) {
        return link(getMAPDialog(localId));
    }

    private static @Nullable MapLink link(@Nullable MAPDialog dialog) {
        return dialog == null ? null : (MapLink) dialog.getUserObject();
    }

    void abortInvalid(Dialog dialog) throws MAPException {
        fireTCAbortProvider(dialog, MAPProviderAbortReason.invalidPDU, null, false);
    }

    void abortWithoutContext(Dialog dialog) throws MAPException {
        fireTCAbortV1(dialog, false);
    }
}
