package io.moondial.channel.ss7;

/** A USSD argument or result that does not follow 3GPP TS 29.002 17.6.4. */
final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** The MAP error that says so to the far side. */
    final int errorCode;

    MalformedException(int errorCode, String message) {
        super(message, null, false, false);
        this.errorCode = errorCode;
    }
}
