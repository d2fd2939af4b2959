package io.moondial.channel.ss7;

import io.moondial.channel.Address;
import io.moondial.channel.ss7.Message.Component;
import io.moondial.channel.ss7.UssdParameter.AddressCodec;
import io.moondial.channel.ss7.UssdParameter.MalformedException;
import io.moondial.channel.ss7.UssdParameter.MapError;
import io.moondial.channel.ss7.screening.BerElement;
import io.moondial.channel.ss7.screening.BerElement.NotBerException;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;
import org.mobicents.protocols.asn.Tag;
import org.restcomm.protocols.ss7.map.api.MAPApplicationContext;
import org.restcomm.protocols.ss7.map.api.MAPApplicationContextName;
import org.restcomm.protocols.ss7.map.api.MAPApplicationContextVersion;
import org.restcomm.protocols.ss7.tcap.asn.comp.Parameter;

/**
 * The operation sendRoutingInfoForSM on the wire (3GPP TS 29.002 17.6.6, 17.7.6): its argument and
 * its result, the parts of both that versions 2 and 3 have in common. Read here octet by octet
 * rather than by the stack, so that what is wrong can be named.
 */
final class SmRouting {
    /** Its code. */
    static final int OPERATION = 45;

    /** The newest version of its application context, shortMsgGateway. */
    static final int NEWEST_VERSION = 3;

    /** The oldest one that has a dialogue portion. */
    static final int OLDEST_VERSION = 2;

    private SmRouting() {}

    /** The application context of a version. */
    static MAPApplicationContext context(int version) {
        return MAPApplicationContext.getInstance(
                MAPApplicationContextName.shortMsgGatewayContext,
                version == OLDEST_VERSION
                        ? MAPApplicationContextVersion.version2
                        : MAPApplicationContextVersion.version3);
    }

    /** Whether a dialog of this context is about routing, and not about USSD. */
    static boolean isAbout(MAPApplicationContext context) {
        return context.getApplicationContextName()
                == MAPApplicationContextName.shortMsgGatewayContext;
    }

    /**
     * RoutingInfoForSM-Arg. The priority is always asked for: a subscriber for whom messages wait
     * is to be found as well.
     *
     * @param msisdn whose routing is asked for
     * @param serviceCentre who asks
     */
    record Argument(Address msisdn, Address serviceCentre) implements MapLink.Argument {
        private static final int MSISDN = 0x80;
        private static final int PRIORITY = 0x81;
        private static final int SERVICE_CENTRE = 0x82;
        private static final byte[] TRUE = {(byte) 0xff};

        @Override
        public void write(Parameter parameter) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            BerElement.write(out, MSISDN, AddressCodec.encode(msisdn));
            BerElement.write(out, PRIORITY, TRUE);
            BerElement.write(out, SERVICE_CENTRE, AddressCodec.encode(serviceCentre));
            sequence(parameter, out);
        }

        /** Reads one; what else is in it is passed over. */
        static Argument read(@Nullable Parameter parameter) throws MalformedException {
            byte[] octets = ofSequence(parameter);
            Address msisdn = null;
            Address serviceCentre = null;
            boolean priority = false;
            try {
                int next = 0;
                while (next < octets.length) {
                    BerElement element = BerElement.read(octets, next, octets.length);
                    switch (element.tag()) {
                        case MSISDN -> msisdn = AddressCodec.decode(element.contents());
                        case PRIORITY -> priority = true;
                        case SERVICE_CENTRE ->
                                serviceCentre = AddressCodec.decode(element.contents());
                        default -> {}
                    }
                    next = element.end();
                }
            } catch (NotBerException e) {
                throw unexpected("the argument is no valid BER: " + e.getMessage());
            }
            if (msisdn == null || !priority || serviceCentre == null) {
                throw new MalformedException(
                        MapError.DATA_MISSING,
                        "the argument has not all of msisdn, sm-RP-PRI and serviceCentreAddress");
            }
            return new Argument(msisdn, serviceCentre);
        }
    }

    /**
     * RoutingInfoForSM-Res.
     *
     * @param imsi its digits
     * @param networkNode digits of the international number of an MSC
     */
    record Result(String imsi, String networkNode) {
        private static final int OCTET_STRING = 0x04;
        private static final int LOCATION = 0xa0;
        private static final int NETWORK_NODE = 0x81;
        private static final int MIN_DIGITS = 6;
        private static final int MAX_DIGITS = 15;
        private static final int FILLER = 0xf;

        void write(Parameter parameter) {
            ByteArrayOutputStream location = new ByteArrayOutputStream();
            BerElement.write(
                    location,
                    NETWORK_NODE,
                    AddressCodec.encode(Address.international(networkNode)));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            BerElement.write(out, OCTET_STRING, tbcd(imsi));
            BerElement.write(out, LOCATION, location.toByteArray());
            sequence(parameter, out);
        }

        /** The component that a result with this parameter is. */
        static Component component(int invokeId, int operation, @Nullable Parameter parameter) {
            if (operation != OPERATION) {
                return new Component.Undecodable(
                        invokeId, operation, "another operation than sendRoutingInfoForSM");
            }
            try {
                Result result = read(parameter);
                return new Component.Located(invokeId, result.imsi(), result.networkNode());
            } catch (MalformedException e) {
                return new Component.Undecodable(
                        invokeId, operation, String.valueOf(e.getMessage()));
            }
        }

        /** Reads one; what else is in it is passed over. */
        static Result read(@Nullable Parameter parameter) throws MalformedException {
            byte[] octets = ofSequence(parameter);
            String imsi = null;
            String networkNode = null;
            try {
                int next = 0;
                while (next < octets.length) {
                    BerElement element = BerElement.read(octets, next, octets.length);
                    if (element.tag() == OCTET_STRING && next == 0) {
                        imsi = imsi(element.contents());
                    } else if (element.tag() == LOCATION) {
                        networkNode = networkNode(element);
                    }
                    next = element.end();
                }
            } catch (NotBerException e) {
                throw unexpected("the result is no valid BER: " + e.getMessage());
            }
            if (imsi == null) {
                throw unexpected("the IMSI is missing");
            }
            if (networkNode == null) {
                throw unexpected("the networkNode-Number is missing");
            }
            return new Result(imsi, networkNode);
        }

        private static @Nullable String networkNode(BerElement location)
                throws MalformedException, NotBerException {
            for (BerElement element : location.children()) {
                if (element.tag() == NETWORK_NODE) {
                    return digits(AddressCodec.decode(element.contents()));
                }
            }
            return null;
        }

        /** A number of another nature or plan is no global title that a message could go to. */
        private static String digits(Address node) throws MalformedException {
            if (node.noa() != Address.INTERNATIONAL || node.npi() != Address.ISDN) {
                throw unexpected(
                        "the networkNode-Number %s is no international number of the ISDN plan"
                                .formatted(node));
            }
            String digits = node.digits();
            if (digits.isEmpty() || digits.length() > MAX_DIGITS || !isDecimal(digits)) {
                throw unexpected("the networkNode-Number %s is not 1 to 15 digits".formatted(node));
            }
            return digits;
        }

        private static String imsi(byte[] tbcd) throws MalformedException {
            StringBuilder digits = new StringBuilder(2 * tbcd.length);
            for (int i = 0; i < tbcd.length; i++) {
                int low = tbcd[i] & 0xf;
                int high = tbcd[i] >> 4 & 0xf;
                boolean last = i == tbcd.length - 1;
                if (low > 9 || (high > 9 && !(last && high == FILLER))) {
                    throw unexpected("the IMSI has something else than digits");
                }
                digits.append(low);
                if (high != FILLER) {
                    digits.append(high);
                }
            }
            if (digits.length() < MIN_DIGITS || digits.length() > MAX_DIGITS) {
                throw unexpected(
                        "the IMSI has %d digits; 6 to 15 are allowed".formatted(digits.length()));
            }
            return digits.toString();
        }

        private static byte[] tbcd(String digits) {
            byte[] octets = new byte[(digits.length() + 1) / 2];
            for (int i = 0; i < digits.length(); i += 2) {
                int low = Character.digit(digits.charAt(i), 10);
                int high =
                        i + 1 < digits.length()
                                ? Character.digit(digits.charAt(i + 1), 10)
                                : FILLER;
                octets[i / 2] = (byte) (high << 4 | low);
            }
            return octets;
        }

        private static boolean isDecimal(String digits) {
            return digits.chars().allMatch(it -> it >= '0' && it <= '9');
        }
    }

    private static byte[] ofSequence(@Nullable Parameter parameter) throws MalformedException {
        if (parameter == null) {
            throw new MalformedException(MapError.DATA_MISSING, "there is no parameter");
        }
        if (parameter.getTagClass() != Tag.CLASS_UNIVERSAL
                || parameter.getTag() != Tag.SEQUENCE
                || parameter.isPrimitive()) {
            throw unexpected("the parameter is not a SEQUENCE (tag " + parameter.getTag() + ")");
        }
        return parameter.getData();
    }

    private static void sequence(Parameter parameter, ByteArrayOutputStream contents) {
        parameter.setTagClass(Tag.CLASS_UNIVERSAL);
        parameter.setTag(Tag.SEQUENCE);
        parameter.setPrimitive(false);
        parameter.setData(contents.toByteArray());
    }

    private static MalformedException unexpected(String message) {
        return new MalformedException(MapError.UNEXPECTED_DATA_VALUE, message);
    }
}
