package io.moondial.network.ss7;

/** Octets that do not follow the basic encoding rules (ITU-T X.690 8). */
final class NotBerException extends Exception {
    private static final long serialVersionUID = 1L;

    NotBerException(String message) {
        super(message, null, false, false);
    }
}
