package io.starhash.network.ss7;

import org.mobicents.protocols.asn.AsnOutputStream;
import org.restcomm.protocols.ss7.map.api.MAPDialogueAS;
import org.restcomm.protocols.ss7.map.api.MAPException;
import org.restcomm.protocols.ss7.map.dialog.MAPOpenInfoImpl;
import org.restcomm.protocols.ss7.tcap.asn.TcapFactory;
import org.restcomm.protocols.ss7.tcap.asn.UserInformation;

/** The MAP-open of a dialog (3GPP TS 29.002 17.4.3), where a peer has left it out. */
final class MapOpen {
    private MapOpen() {}

    /** One without any reference. */
    static UserInformation empty() {
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
