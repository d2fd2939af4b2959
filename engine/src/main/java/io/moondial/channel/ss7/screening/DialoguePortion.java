package io.moondial.channel.ss7.screening;

import io.moondial.channel.ss7.screening.BerElement.NotBerException;
import java.util.Arrays;
import java.util.List;

/**
 * The structured dialogue portion (ITU-T Q.773 4.2.3): an EXTERNAL with one dialogue PDU. Checked
 * here, since the stack lets parts of a broken one pass as though they were not there.
 */
final class DialoguePortion {
    private static final int EXTERNAL = 0x28;
    private static final int OBJECT_IDENTIFIER = 0x06;
    private static final int INTEGER = 0x02;
    private static final int SINGLE_ASN1_TYPE = 0xa0;
    private static final int OCTET_ALIGNED = 0x81;
    private static final int AARQ = 0x60;
    private static final int AARE = 0x61;
    private static final int ABRT = 0x64;
    private static final int PROTOCOL_VERSION = 0x80;
    private static final int ABORT_SOURCE = 0x80;
    private static final int CONTEXT_NAME = 0xa1;
    private static final int RESULT = 0xa2;
    private static final int DIAGNOSTIC = 0xa3;
    private static final int BY_USER = 0xa1;
    private static final int BY_PROVIDER = 0xa2;
    private static final int USER_INFORMATION = 0xbe;
    private static final int MAX_DIAGNOSTIC = 2;
    private static final int MAX_SUBIDENTIFIER = 4;

    /** dialogue-as-id, 0.0.17.773.1.1.1. */
    private static final byte[] STRUCTURED = {0x00, 0x11, (byte) 0x86, 0x05, 0x01, 0x01, 0x01};

    private DialoguePortion() {}

    static boolean wellFormed(BerElement portion) {
        try {
            BerElement[] external = external(only(portion, EXTERNAL));
            return external[1].tag() == SINGLE_ASN1_TYPE
                    && Arrays.equals(external[0].contents(), STRUCTURED)
                    && pdu(external[1]);
        } catch (NotBerException e) {
            return false;
        }
    }

    private static boolean pdu(BerElement type) throws NotBerException {
        List<BerElement> pdus = type.children();
        if (pdus.size() != 1) {
            return false;
        }
        List<BerElement> fields = pdus.getFirst().children();
        return switch (pdus.getFirst().tag()) {
            case AARQ -> request(fields);
            case AARE -> response(fields);
            case ABRT -> abort(fields);
            default -> false;
        };
    }

    private static boolean request(List<BerElement> fields) throws NotBerException {
        List<BerElement> rest = withoutVersion(fields);
        return !rest.isEmpty() && contextName(rest.getFirst()) && userInformation(rest, 1);
    }

    private static boolean response(List<BerElement> fields) throws NotBerException {
        List<BerElement> rest = withoutVersion(fields);
        return rest.size() >= 3
                && contextName(rest.getFirst())
                && rest.get(1).tag() == RESULT
                && small(only(rest.get(1), INTEGER), 1)
                && diagnostic(rest.get(2))
                && userInformation(rest, 3);
    }

    private static boolean abort(List<BerElement> fields) throws NotBerException {
        return !fields.isEmpty()
                && fields.getFirst().tag() == ABORT_SOURCE
                && small(fields.getFirst(), 1)
                && userInformation(fields, 1);
    }

    /** A protocol version is optional; if present, it is a BIT STRING of at least one bit. */
    private static List<BerElement> withoutVersion(List<BerElement> fields) throws NotBerException {
        if (fields.isEmpty() || fields.getFirst().tag() != PROTOCOL_VERSION) {
            return fields;
        }
        byte[] bits = fields.getFirst().contents();
        if (bits.length < 2 || bits[0] < 0 || bits[0] > 7) {
            throw new NotBerException("the protocol version is no BIT STRING");
        }
        return fields.subList(1, fields.size());
    }

    private static boolean contextName(BerElement field) throws NotBerException {
        return field.tag() == CONTEXT_NAME && objectIdentifier(only(field, OBJECT_IDENTIFIER));
    }

    private static boolean diagnostic(BerElement field) throws NotBerException {
        if (field.tag() != DIAGNOSTIC) {
            return false;
        }
        List<BerElement> choice = field.children();
        return choice.size() == 1
                && (choice.getFirst().tag() == BY_USER || choice.getFirst().tag() == BY_PROVIDER)
                && small(only(choice.getFirst(), INTEGER), MAX_DIAGNOSTIC);
    }

    /** User information is optional and comes last: what MAP put there is looked at by MAP. */
    private static boolean userInformation(List<BerElement> fields, int at) throws NotBerException {
        if (fields.size() == at) {
            return true;
        }
        if (fields.size() > at + 1 || fields.get(at).tag() != USER_INFORMATION) {
            return false;
        }
        BerElement encoding = external(only(fields.get(at), EXTERNAL))[1];
        return encoding.tag() == OCTET_ALIGNED || encoding.tag() == SINGLE_ASN1_TYPE;
    }

    /** An EXTERNAL's object identifier, and its encoding. */
    private static BerElement[] external(BerElement element) throws NotBerException {
        List<BerElement> parts = element.children();
        if (parts.size() != 2
                || parts.getFirst().tag() != OBJECT_IDENTIFIER
                || !objectIdentifier(parts.getFirst())) {
            throw new NotBerException("not an EXTERNAL with an object identifier");
        }
        return new BerElement[] {parts.get(0), parts.get(1)};
    }

    private static BerElement only(BerElement parent, int tag) throws NotBerException {
        List<BerElement> children = parent.children();
        if (children.size() != 1 || children.getFirst().tag() != tag) {
            throw new NotBerException("not one element of tag %02x".formatted(tag));
        }
        return children.getFirst();
    }

    private static boolean small(BerElement integer, int max) {
        return integer.length() == 1 && integer.contents()[0] >= 0 && integer.contents()[0] <= max;
    }

    /** Not empty, whole at its end, and of numbers that an int takes (ITU-T X.690 8.19). */
    static boolean objectIdentifier(BerElement element) {
        byte[] octets = element.contents();
        int run = 0;
        for (byte octet : octets) {
            run = octet < 0 ? run + 1 : 0;
            if (run >= MAX_SUBIDENTIFIER) {
                return false;
            }
        }
        return octets.length > 0 && run == 0;
    }
}
