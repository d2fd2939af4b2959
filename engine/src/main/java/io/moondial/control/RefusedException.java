package io.moondial.control;

/** The engine has answered that it will not do what was asked, and why. */
public final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
        super(message, null, false, false);
    }
}
