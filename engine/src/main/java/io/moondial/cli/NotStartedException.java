package io.moondial.cli;

/** The engine could not start, though its configuration is sound. */
final class NotStartedException extends Exception {
    private static final long serialVersionUID = 1L;

    NotStartedException(String message, Throwable cause) {
        super(message, cause);
    }
}
