package io.moondial.channel.ss7.screening;

import java.io.ByteArrayOutputStream;

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
