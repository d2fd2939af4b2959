package io.moondial.control;

/** No engine answers at the control socket. */
public final class NotRunningException extends Exception {
    private static final long serialVersionUID = 1L;

    NotRunningException(String message, Throwable cause) {
        super(message, cause);
    }
}
