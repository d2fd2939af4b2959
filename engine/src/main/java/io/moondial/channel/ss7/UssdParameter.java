package io.moondial.channel.ss7;

import io.moondial.channel.Address;
import io.moondial.channel.ss7.UssdParameter.MalformedException;
import io.moondial.channel.ss7.UssdParameter.MapError;
import io.moondial.channel.ss7.screening.BerElement;
import io.moondial.channel.ss7.screening.BerElement.NotBerException;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.mobicents.protocols.asn.AsnException;
import org.mobicents.protocols.asn.AsnOutputStream;
import org.mobicents.protocols.asn.Tag;
import org.restcomm.protocols.ss7.tcap.asn.comp.Parameter;

/**
 * USSD-Arg and USSD-Res on the wire (3GPP TS 29.002 17.7.4): a data coding scheme, a string, and in
 * an argument perhaps an MSISDN. Read here octet by octet rather than by the stack, so that what is
 * wrong can be named.
 *
 * @param alertingPattern 0 to 255; null: none is sent. It is not read
 * @param msisdn null: none
 */
record UssdParameter(UssdString ussd, @Nullable Integer alertingPattern, @Nullable Address msisdn)
        implements MapLink.Argument {
    private static final int OCTET_STRING = 0x04;
    private static final int MSISDN = 0x80;
    private static final int TAG_MSISDN = 0;

    /**
     * Reads a parameter; elements after the string that are not known are passed over, as 17.1.1
     * asks. Every length is compared with what is there before anything is made of it.
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
            return readElements(parameter.getData());
        } catch (NotBerException e) {
            throw unexpected("the argument is no valid BER: " + e.getMessage());
        }
    }

    private static UssdParameter readElements(byte[] argument)
            throws MalformedException, NotBerException {
        BerElement dcs = octetString(argument, 0, "the data coding scheme");
        if (dcs.length() != 1) {
            throw unexpected(
                    "the data coding scheme has " + dcs.length() + " octets; one is allowed");
        }
        BerElement string = octetString(argument, dcs.end(), "the USSD string");
        if (string.length() > UssdString.MAX_OCTETS) {
            throw unexpected("the USSD string has " + string.length() + " octets; 160 are allowed");
        }
        return new UssdParameter(
                new UssdString(new Dcs(argument[dcs.content()] & 0xff), string.contents()),
                null,
                msisdn(argument, string.end()));
    }

    private static BerElement octetString(byte[] argument, int at, String what)
            throws MalformedException, NotBerException {
        if (at == argument.length) {
            throw new MalformedException(MapError.DATA_MISSING, what + " is missing");
        }
        BerElement element = BerElement.read(argument, at, argument.length);
        if (element.tag() != OCTET_STRING) {
            throw unexpected("%s is not an OCTET STRING (tag %02x)".formatted(what, element.tag()));
        }
        return element;
    }

    private static @Nullable Address msisdn(byte[] argument, int from)
            throws MalformedException, NotBerException {
        Address msisdn = null;
        int next = from;
        while (next < argument.length) {
            BerElement element = BerElement.read(argument, next, argument.length);
            if (element.tag() == MSISDN) {
                msisdn = AddressCodec.decode(element.contents());
            }
            next = element.end();
        }
        return msisdn;
    }

    private static MalformedException unexpected(String message) {
        return new MalformedException(MapError.UNEXPECTED_DATA_VALUE, message);
    }

    @Override
    public void write(Parameter parameter) {
        try {
            AsnOutputStream out = new AsnOutputStream();
            out.writeOctetString(new byte[] {(byte) ussd.dcs().octet()});
            out.writeOctetString(ussd.octets());
            if (alertingPattern != null) {
                out.writeOctetString(new byte[] {alertingPattern.byteValue()});
            }
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

    /** A USSD argument or result that does not follow 3GPP TS 29.002 17.6.4. */
    static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1L;

        /** The MAP error that says so to the far side. */
        final int errorCode;

        MalformedException(int errorCode, String message) {
            super(message, null, false, false);
            this.errorCode = errorCode;
        }
    }

    /** The local error codes that the network layer itself sends (3GPP TS 29.002 17.6.6). */
    static final class MapError {
        /** Of sendRoutingInfoForSM from version 3 on. */
        static final int ABSENT_SUBSCRIBER_SM = 6;

        static final int ABSENT_SUBSCRIBER = 27;
        static final int DATA_MISSING = 35;
        static final int UNEXPECTED_DATA_VALUE = 36;
        static final int UNKNOWN_ALPHABET = 71;

        private MapError() {}
    }

    /**
     * An AddressString's octets (3GPP TS 29.002 17.7.8): nature and plan, then digits in TBCD, low
     * half first.
     */
    static final class AddressCodec {
        private static final String DIGITS = "0123456789*#abc";
        private static final int FILLER = 0xf;
        private static final int MAX_OCTETS = 20;

        private AddressCodec() {}

        static Address decode(byte[] octets) throws MalformedException {
            if (octets.length == 0 || octets.length > MAX_OCTETS) {
                throw new MalformedException(
                        MapError.UNEXPECTED_DATA_VALUE,
                        "an address has " + octets.length + " octets; 1 to 20 are allowed");
            }
            var digits = new StringBuilder(2 * octets.length);
            for (int i = 1; i < octets.length; i++) {
                append(digits, octets[i] & 0xf);
                append(digits, octets[i] >> 4 & 0xf);
            }
            return new Address(digits.toString(), octets[0] >> 4 & 0x7, octets[0] & 0xf);
        }

        private static void append(StringBuilder digits, int half) {
            if (half != FILLER) {
                digits.append(DIGITS.charAt(half));
            }
        }

        static byte[] encode(Address address) {
            String digits = address.digits();
            byte[] octets = new byte[1 + (digits.length() + 1) / 2];
            octets[0] = (byte) (0x80 | address.noa() << 4 | address.npi());
            for (int i = 0; i < digits.length(); i += 2) {
                int low = half(digits.charAt(i));
                int high = i + 1 < digits.length() ? half(digits.charAt(i + 1)) : FILLER;
                octets[1 + i / 2] = (byte) (high << 4 | low);
            }
            return octets;
        }

        private static int half(char digit) {
            int half = DIGITS.indexOf(digit);
            if (half < 0) {
                throw new IllegalArgumentException(
                        "not a digit of an address: '" + digit + "'; allowed are " + DIGITS);
            }
            return half;
        }
    }
}
