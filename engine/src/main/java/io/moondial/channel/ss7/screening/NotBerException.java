package io.moondial.channel.ss7.screening;

/** Octets that do not follow the basic encoding rules (ITU-T X.690 8). */
public final class NotBerException extends Exception {
    private static final long serialVersionUID = 1L;

    public NotBerException(String message) {
        super(message, null, false, false);
    }
}
