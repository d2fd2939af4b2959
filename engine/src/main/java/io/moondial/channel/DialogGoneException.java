package io.moondial.channel;

/**
 * The dialog has already ended: nothing more can be sent in it. What ended it was, or will be,
 * received.
 */
public final class DialogGoneException extends Exception {
    private static final long serialVersionUID = 1L;

    public DialogGoneException(String message) {
        super(message, null, false, false);
    }
}
