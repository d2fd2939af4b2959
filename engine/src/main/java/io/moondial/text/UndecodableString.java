package io.moondial.text;

/** A received USSD string that is not text that can be read; the message says why. */
public final class UndecodableString extends Exception {
    private static final long serialVersionUID = 1L;

    /** What is in the way. */
    public enum Reason {
        /** The data coding scheme means something else than text, or text that is not read here. */
        UNKNOWN_ALPHABET,
        /** The octets are not what the data coding scheme says. */
        MALFORMED
    }

    private final Reason reason;

    private UndecodableString(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    static UndecodableString under(Dcs dcs) {
        return new UndecodableString(
                Reason.UNKNOWN_ALPHABET,
                "a USSD string under data coding scheme %d (%s) cannot be read"
                        .formatted(dcs.octet(), dcs.coding().title()));
    }

    static UndecodableString oddUcs2(Dcs dcs, int octets) {
        return new UndecodableString(
                Reason.MALFORMED,
                "a USSD string under data coding scheme %d (%s) has %d octets, an odd number"
                        .formatted(dcs.octet(), dcs.coding().title(), octets));
    }

    /** What is in the way. */
    public Reason reason() {
        return reason;
    }
}
