package io.moondial.channel;

/** A dialog cannot be begun: nothing of it was sent, and nothing of it stays. */
public final class NotBegunException extends Exception {
    private static final long serialVersionUID = 1L;

    public NotBegunException(String why) {
        super(why, null, false, false);
    }
}
