package io.starhash.network.ss7;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.mobicents.protocols.asn.AsnOutputStream;
import org.restcomm.protocols.ss7.map.MAPProviderImpl;
import org.restcomm.protocols.ss7.map.api.MAPDialog;
import org.restcomm.protocols.ss7.map.api.MAPDialogueAS;
import org.restcomm.protocols.ss7.map.api.MAPException;
import org.restcomm.protocols.ss7.map.dialog.MAPOpenInfoImpl;
import org.restcomm.protocols.ss7.tcap.api.TCAPProvider;
import org.restcomm.protocols.ss7.tcap.api.tc.dialog.Dialog;
import org.restcomm.protocols.ss7.tcap.api.tc.dialog.events.TCBeginIndication;
import org.restcomm.protocols.ss7.tcap.api.tc.dialog.events.TCContinueIndication;
import org.restcomm.protocols.ss7.tcap.api.tc.dialog.events.TCEndIndication;
import org.restcomm.protocols.ss7.tcap.asn.TcapFactory;
import org.restcomm.protocols.ss7.tcap.asn.UserInformation;
import org.restcomm.protocols.ss7.tcap.tc.dialog.events.TCBeginIndicationImpl;

/**
 * The MAP layer with one service, USSD, and made safe against what the stack itself stumbles over.
 */
final class UssdMapProvider extends MAPProviderImpl {
    private final transient UssdMapService service;

    UssdMapProvider(String name, TCAPProvider tcap) {
        super(name, tcap);
        service = new UssdMapService(this);
        mapServices.clear();
        mapServices.add(service);
        service.acivate();
    }

    UssdMapService ussd() {
        return service;
    }

    /** How many dialogs this layer holds. */
    int openDialogs() {
        return dialogs.size();
    }

    /**
     * A peer may leave MAP-open out; the stack would abort such a dialog, though an application
     * context without any reference says nothing less than an empty MAP-open does.
     */
    @Override
    public void onTCBegin(TCBeginIndication indication) {
        if (indication.getApplicationContextName() != null
                && indication.getUserInformation() == null) {
            ((TCBeginIndicationImpl) indication).setUserInformation(emptyMapOpen());
        }
        guarded(indication.getDialog(), indication, super::onTCBegin);
    }

    @Override
    public void onTCContinue(TCContinueIndication indication) {
        guarded(indication.getDialog(), indication, super::onTCContinue);
    }

    @Override
    public void onTCEnd(TCEndIndication indication) {
        guarded(indication.getDialog(), indication, super::onTCEnd);
    }

    /** A message that the stack cannot take in ends its own dialog, and that one only. */
    private <T> void guarded(Dialog dialog, T indication, Consumer<T> deliver) {
        try {
            deliver.accept(indication);
        } catch (RuntimeException e) {
            MapLink link = link(getMAPDialog(dialog.getLocalDialogId()));
            if (link == null) {
                throw e;
            }
            link.unreadable(e);
        }
    }

    private static @Nullable MapLink link(@Nullable MAPDialog dialog) {
        return dialog == null ? null : (MapLink) dialog.getUserObject();
    }

    private static UserInformation emptyMapOpen() {
        try {
            AsnOutputStream open = new AsnOutputStream();
            new MAPOpenInfoImpl().encodeAll(open);
            UserInformation information = TcapFactory.createUserInformation();
            information.setOid(true);
            information.setOidValue(MAPDialogueAS.MAP_DialogueAS.getOID());
            information.setAsn(true);
            information.setEncodeType(open.toByteArray());
            return information;
        } catch (MAPException e) {
            throw new IllegalStateException("an empty MAP-open cannot be written", e);
        }
    }
}
