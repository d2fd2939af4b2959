package io.starhash.network.ss7;

import io.starhash.dialog.Address;
import io.starhash.text.Dcs;
import io.starhash.text.UssdString;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.mobicents.protocols.asn.AsnException;
import org.mobicents.protocols.asn.AsnInputStream;
import org.mobicents.protocols.asn.AsnOutputStream;
import org.mobicents.protocols.asn.Tag;
import org.restcomm.protocols.ss7.tcap.asn.comp.Parameter;

/**
 * USSD-Arg and USSD-Res on the wire (3GPP TS 29.002 17.7.4): a data coding scheme, a string, and in
 * an argument perhaps an MSISDN. Read here octet by octet rather than by the stack, so that what is
 * wrong can be named.
 */
record UssdParameter(UssdString ussd, @Nullable Address msisdn) {
    private static final int MAX_STRING = 160;
    private static final int TAG_MSISDN = 0;

    /**
     * Reads a parameter; elements after the string that are not known are passed over, as 17.1.1
     * asks.
     */
    static UssdParameter read(@Nullable Parameter parameter) throws MalformedException {
        if (parameter == null) {
            throw new MalformedException(MapError.DATA_MISSING, "there is no argument");
        }
        if (parameter.getTagClass() != Tag.CLASS_UNIVERSAL
                || parameter.getTag() != Tag.SEQUENCE
                || parameter.isPrimitive()) {
            throw unexpected("the argument is not a SEQUENCE (tag " + parameter.getTag() + ")");
        }
        try {
            byte[] data = parameter.getData();
            AsnInputStream sequence =
                    new AsnInputStream(data, Tag.CLASS_UNIVERSAL, false, Tag.SEQUENCE)
                            .readSequenceStreamData(data.length);
            return readElements(sequence);
        } catch (AsnException | IOException | RuntimeException e) {
            throw unexpected("the argument is no valid BER: " + e);
        }
    }

    private static UssdParameter readElements(AsnInputStream in)
            throws MalformedException, IOException, AsnException {
        byte[] dcs = readOctetString(in, "the data coding scheme");
        if (dcs.length != 1) {
            throw unexpected(
                    "the data coding scheme has " + dcs.length + " octets; one is allowed");
        }
        byte[] string = readOctetString(in, "the USSD string");
        if (string.length > MAX_STRING) {
            throw unexpected("the USSD string has " + string.length + " octets; 160 are allowed");
        }
        return new UssdParameter(new UssdString(new Dcs(dcs[0] & 0xff), string), readMsisdn(in));
    }

    private static byte[] readOctetString(AsnInputStream in, String what)
            throws MalformedException, IOException, AsnException {
        if (in.available() == 0) {
            throw new MalformedException(MapError.DATA_MISSING, what + " is missing");
        }
        int tag = in.readTag();
        if (in.getTagClass() != Tag.CLASS_UNIVERSAL
                || tag != Tag.STRING_OCTET
                || !in.isTagPrimitive()) {
            throw unexpected(what + " is not an OCTET STRING (tag " + tag + ")");
        }
        return in.readOctetString();
    }

    private static @Nullable Address readMsisdn(AsnInputStream in)
            throws MalformedException, IOException, AsnException {
        Address msisdn = null;
        while (in.available() > 0) {
            int tag = in.readTag();
            if (in.getTagClass() == Tag.CLASS_CONTEXT_SPECIFIC && tag == TAG_MSISDN) {
                msisdn = AddressCodec.decode(in.readOctetString());
            } else {
                in.advanceElement();
            }
        }
        return msisdn;
    }

    private static MalformedException unexpected(String message) {
        return new MalformedException(MapError.UNEXPECTED_DATA_VALUE, message);
    }

    /** Writes this as the parameter of a component. */
    void write(Parameter parameter) {
        try {
            AsnOutputStream out = new AsnOutputStream();
            out.writeOctetString(new byte[] {(byte) ussd.dcs().octet()});
            out.writeOctetString(ussd.octets());
            if (msisdn != null) {
                out.writeOctetString(
                        Tag.CLASS_CONTEXT_SPECIFIC, TAG_MSISDN, AddressCodec.encode(msisdn));
            }
            parameter.setTagClass(Tag.CLASS_UNIVERSAL);
            parameter.setTag(Tag.SEQUENCE);
            parameter.setPrimitive(false);
            parameter.setData(out.toByteArray());
        } catch (IOException | AsnException e) {
            throw new IllegalStateException(
                    "a USSD parameter in memory cannot be written: " + this, e);
        }
    }
}
