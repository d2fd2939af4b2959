package io.moondial.channel.ss7.screening;

import io.moondial.channel.ss7.screening.BerElement.NotBerException;
import java.io.ByteArrayOutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The transaction ids of a TCAP message, and the portions beside them (ITU-T Q.773 3.2.1). */
public final class TransactionPortion {
    static final int ORIGINATING_ID = 0x48;
    static final int DESTINATION_ID = 0x49;
    static final int P_ABORT_CAUSE = 0x4a;
    static final int DIALOGUE_PORTION = 0x6b;
    static final int COMPONENT_PORTION = 0x6c;
    private static final int MAX_ID = 4;
    private static final int MAX_MESSAGE = 0x1_0000;

    private final TransactionKind kind;
    private final byte @Nullable [] originatingId;
    private final byte @Nullable [] destinationId;
    private final byte[] message;
    private final int behindIds;

    private TransactionPortion(
            TransactionKind kind,
            byte @Nullable [] originatingId,
            byte @Nullable [] destinationId,
            byte[] message,
            int behindIds) {
        this.kind = kind;
        this.originatingId = originatingId;
        this.destinationId = destinationId;
        this.message = message;
        this.behindIds = behindIds;
    }

    /** By the message's tag. */
    public TransactionKind kind() {
        return kind;
    }

    /** If it can be derived, even from a message that is broken further on; otherwise null. */
    public byte @Nullable [] originatingId() {
        return originatingId;
    }

    /** If it can be derived; otherwise null. */
    public byte @Nullable [] destinationId() {
        return destinationId;
    }

    /** Where the part after the ids begins, as far as they could be derived. */
    public int behindIds() {
        return behindIds;
    }

    /**
     * What is beside the ids.
     *
     * @param dialogue the dialogue portion; null: none
     * @param components the component portion; null: none
     * @param cause of a P-ABORT; null: none
     */
    public record Portions(
            @Nullable BerElement dialogue,
            @Nullable BerElement components,
            @Nullable BerElement cause) {}

    /** Why a transaction portion is refused (ITU-T Q.773 3.2.1.3). */
    public static final class BrokenException extends Exception {
        private static final long serialVersionUID = 1L;

        final PAbortCause cause;

        BrokenException(PAbortCause cause, String message) {
            super(message, null, false, false);
            this.cause = cause;
        }
    }

    /** Derives the ids of a message as far as it goes. */
    public static TransactionPortion derive(byte[] message) {
        TransactionKind kind = TransactionKind.of(message.length == 0 ? -1 : message[0] & 0xff);
        byte[] originating = null;
        byte[] destination = null;
        int behind = Math.min(firstElement(message), message.length);
        try {
            BerElement first = BerElement.read(message, behind, message.length);
            originating = id(first, ORIGINATING_ID);
            if (first.tag() == ORIGINATING_ID) {
                behind = first.end();
            }
            BerElement second =
                    first.tag() == ORIGINATING_ID
                            ? BerElement.read(message, first.end(), message.length)
                            : first;
            destination = id(second, DESTINATION_ID);
            if (destination != null) {
                behind = second.end();
            }
        } catch (NotBerException e) {
            // What has been derived before is kept.
        }
        return new TransactionPortion(kind, originating, destination, message, behind);
    }

    /** Behind the message's tag and length, whatever that length says. */
    private static int firstElement(byte[] message) {
        int length = message.length < 2 ? 0 : message[1] & 0xff;
        return 2 + (length > 0x80 ? length - 0x80 : 0);
    }

    private static byte @Nullable [] id(BerElement element, int tag) {
        boolean fits = element.length() >= 1 && element.length() <= MAX_ID;
        return element.tag() == tag && fits ? element.contents() : null;
    }

    /** The portions of a message of a known kind, which must be well formed at this level. */
    public Portions portions() throws BrokenException {
        List<BerElement> elements = elements();
        int next = 0;
        if (kind.hasOriginatingId) {
            require(elements, next++, ORIGINATING_ID, originatingId);
        }
        if (kind.hasDestinationId) {
            require(elements, next++, DESTINATION_ID, destinationId);
        }
        List<BerElement> rest = elements.subList(next, elements.size());
        return kind == TransactionKind.ABORT ? ofAbort(rest) : portions(rest);
    }

    private List<BerElement> elements() throws BrokenException {
        if (message.length > MAX_MESSAGE) {
            throw new BrokenException(PAbortCause.BADLY_FORMATTED, "it is too long");
        }
        try {
            return BerElement.read(message, 0, message.length).children();
        } catch (NotBerException e) {
            throw new BrokenException(
                    PAbortCause.BADLY_FORMATTED, "it is no valid BER: " + e.getMessage());
        }
    }

    private static void require(
            List<BerElement> elements, int at, int tag, byte @Nullable [] derived)
            throws BrokenException {
        if (at >= elements.size() || elements.get(at).tag() != tag || derived == null) {
            throw new BrokenException(
                    PAbortCause.INCORRECT,
                    "a transaction id of 1 to 4 octets (tag %02x) is missing".formatted(tag));
        }
    }

    private static Portions portions(List<BerElement> rest) throws BrokenException {
        BerElement dialogue = optional(rest, 0, DIALOGUE_PORTION);
        int next = dialogue == null ? 0 : 1;
        BerElement components = optional(rest, next, COMPONENT_PORTION);
        requireNoMore(rest, components == null ? next : next + 1);
        return new Portions(dialogue, components, null);
    }

    private static Portions ofAbort(List<BerElement> rest) throws BrokenException {
        BerElement cause = optional(rest, 0, P_ABORT_CAUSE);
        BerElement dialogue = optional(rest, 0, DIALOGUE_PORTION);
        requireNoMore(rest, cause == null && dialogue == null ? 0 : 1);
        if (cause != null && cause.length() != 1) {
            throw new BrokenException(PAbortCause.INCORRECT, "the P-Abort cause is not one octet");
        }
        return new Portions(dialogue, null, cause);
    }

    private static @Nullable BerElement optional(List<BerElement> rest, int at, int tag) {
        return at < rest.size() && rest.get(at).tag() == tag ? rest.get(at) : null;
    }

    private static void requireNoMore(List<BerElement> rest, int known) throws BrokenException {
        if (rest.size() > known) {
            throw new BrokenException(
                    PAbortCause.INCORRECT,
                    "an element (tag %02x) has no place there".formatted(rest.get(known).tag()));
        }
    }

    /** This message again, its ids as they came, with these portions. */
    public byte[] rebuilt(byte @Nullable [] dialogue, byte @Nullable [] components) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        if (kind.hasOriginatingId && originatingId != null) {
            BerElement.write(content, ORIGINATING_ID, originatingId);
        }
        if (kind.hasDestinationId && destinationId != null) {
            BerElement.write(content, DESTINATION_ID, destinationId);
        }
        if (dialogue != null) {
            content.writeBytes(dialogue);
        }
        if (components != null) {
            BerElement.write(content, COMPONENT_PORTION, components);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BerElement.write(out, message[0] & 0xff, content.toByteArray());
        return out.toByteArray();
    }

    /** The kinds of TCAP message (ITU-T Q.773 3.2.1), each with the ids that it has to have. */
    public enum TransactionKind {
        UNIDIRECTIONAL(0x61, false, false),
        BEGIN(0x62, true, false),
        END(0x64, false, true),
        CONTINUE(0x65, true, true),
        ABORT(0x67, false, true),
        UNKNOWN(-1, false, false);

        private final int tag;
        final boolean hasOriginatingId;
        final boolean hasDestinationId;

        TransactionKind(int tag, boolean hasOriginatingId, boolean hasDestinationId) {
            this.tag = tag;
            this.hasOriginatingId = hasOriginatingId;
            this.hasDestinationId = hasDestinationId;
        }

        public static TransactionKind of(int tag) {
            for (TransactionKind kind : values()) {
                if (kind.tag == tag) {
                    return kind;
                }
            }
            return UNKNOWN;
        }
    }

    /** Why a provider aborts a transaction (ITU-T Q.773 3.2.1.3). */
    public enum PAbortCause {
        UNRECOGNIZED_MESSAGE_TYPE(0),
        UNRECOGNIZED_TRANSACTION_ID(1),
        BADLY_FORMATTED(2),
        INCORRECT(3),
        RESOURCE_LIMITATION(4);

        private static final int ABORT = 0x67;

        /** ABRT of the dialogue service provider: the dialogue portion is wrong (Q.774 3.2.2). */
        private static final byte[] ABNORMAL_DIALOGUE = {
            TransactionPortion.DIALOGUE_PORTION,
            0x12,
            0x28,
            0x10,
            0x06,
            0x07,
            0x00,
            0x11,
            (byte) 0x86,
            0x05,
            0x01,
            0x01,
            0x01,
            (byte) 0xa0,
            0x05,
            0x64,
            0x03,
            (byte) 0x80,
            0x01,
            0x01
        };

        private final int code;

        PAbortCause(int code) {
            this.code = code;
        }

        /** A P-ABORT to the owner of this transaction id. */
        public byte[] message(byte[] destinationId) {
            return abort(destinationId, element());
        }

        private byte[] element() {
            ByteArrayOutputStream cause = new ByteArrayOutputStream();
            BerElement.write(cause, TransactionPortion.P_ABORT_CAUSE, new byte[] {(byte) code});
            return cause.toByteArray();
        }

        /**
         * A cause of one octet as the stack can read it. The stack ignores an ABORT with an unknown
         * cause, of which it is only known that the dialog is over.
         */
        public static byte[] readable(BerElement cause) {
            int code = cause.contents()[0];
            PAbortCause[] known = values();
            return (code >= 0 && code < known.length ? known[code] : UNRECOGNIZED_MESSAGE_TYPE)
                    .element();
        }

        /** An ABORT that says that the dialogue portion is wrong. */
        public static byte[] abnormalDialogue(byte[] destinationId) {
            return abort(destinationId, ABNORMAL_DIALOGUE);
        }

        private static byte[] abort(byte[] destinationId, byte[] why) {
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            BerElement.write(content, TransactionPortion.DESTINATION_ID, destinationId);
            content.writeBytes(why);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            BerElement.write(out, ABORT, content.toByteArray());
            return out.toByteArray();
        }
    }
}
