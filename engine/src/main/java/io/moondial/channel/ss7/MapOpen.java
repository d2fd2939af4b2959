package io.moondial.channel.ss7;

import io.moondial.channel.Address;
import io.moondial.channel.ss7.UssdParameter.MalformedException;
import io.moondial.channel.ss7.screening.BerElement;
import io.moondial.channel.ss7.screening.BerElement.NotBerException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.mobicents.protocols.asn.AsnException;
import org.mobicents.protocols.asn.AsnOutputStream;
import org.restcomm.protocols.ss7.map.api.MAPDialogueAS;
import org.restcomm.protocols.ss7.map.api.MAPException;
import org.restcomm.protocols.ss7.map.dialog.MAPOpenInfoImpl;
import org.restcomm.protocols.ss7.tcap.asn.TcapFactory;
import org.restcomm.protocols.ss7.tcap.asn.UserInformation;

/**
 * The MAP-open of a dialog (3GPP TS 29.002 17.4.3). It is read here and not by the stack, which
 * only sees an empty one.
 *
 * @param destination the destination reference; null if there is none
 * @param origination the origination reference; null if there is none
 */
record MapOpen(@Nullable Address destination, @Nullable Address origination) {
    /** What a peer says that leaves MAP-open out. */
    static final MapOpen WITHOUT_REFERENCES = new MapOpen(null, null);

    private static final UserInformation EMPTY = withoutReferences();
    private static final int OPEN = 0xa0;
    private static final int DESTINATION = 0x80;
    private static final int ORIGINATION = 0x81;

    /**
     * Reads the user information of a TC-BEGIN. What else is in a MAP-open, extensions and the two
     * addresses that Ericsson adds, is measured and ignored.
     *
     * @throws NotBerException if it is no MAP-open
     */
    static MapOpen read(UserInformation information) throws NotBerException {
        byte[] pdu = pdu(information);
        BerElement open = BerElement.read(pdu, 0, pdu.length);
        if (open.tag() != OPEN) {
            throw new NotBerException("not a MAP-open (tag %02x)".formatted(open.tag()));
        }
        Address destination = null;
        Address origination = null;
        int next = open.content();
        while (next < open.contentEnd()) {
            BerElement field = BerElement.read(pdu, next, open.contentEnd());
            switch (field.tag()) {
                case DESTINATION -> destination = reference(field);
                case ORIGINATION -> origination = reference(field);
                default -> {}
            }
            next = field.end();
        }
        return destination == null && origination == null
                ? WITHOUT_REFERENCES
                : new MapOpen(destination, origination);
    }

    /** The MAP PDU within user information (17.4.2): an ASN.1 type under MAP's own name. */
    static byte[] pdu(UserInformation information) throws NotBerException {
        try {
            if (!information.isOid()
                    || !information.isAsn()
                    || !Arrays.equals(
                            information.getOidValue(), MAPDialogueAS.MAP_DialogueAS.getOID())) {
                throw new NotBerException("no PDU of MAP");
            }
            return information.getEncodeType();
        } catch (AsnException e) {
            throw new NotBerException("no PDU of MAP: " + e.getMessage());
        }
    }

    private static Address reference(BerElement field) throws NotBerException {
        try {
            return AddressCodec.decode(field.contents());
        } catch (MalformedException e) {
            throw new NotBerException(String.valueOf(e.getMessage()));
        }
    }

    /** User information with a MAP-open without any reference, which is not to be changed. */
    static UserInformation empty() {
        return EMPTY;
    }

    private static UserInformation withoutReferences() {
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
