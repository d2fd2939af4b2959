package io.moondial.channel.ss7.screening;

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
