package io.moondial.channel;

/**
 * Our end of a dialog that we are to begin: the first message that is sent in it is an {@link
 * io.moondial.dialog.Outgoing.Begin}, or none is ever sent.
 */
public interface BegunLink extends DialogLink {
    /**
     * Whoever receives what comes in this dialog; once, before anything is sent. It is told of each
     * message that begins the dialog, too ({@link io.moondial.dialog.Incoming.Begun}).
     */
    void receiver(Receiver receiver);

    /** Empty until the first message has left; then that of the last one that begins it. */
    @Override
    String localTid();
}
