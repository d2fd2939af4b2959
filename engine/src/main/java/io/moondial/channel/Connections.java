package io.moondial.channel;

/**
 * The transport connections of a network, counted in two ways that agree but for moments: where
 * they do not for longer, one is open that no link knows of.
 *
 * @param open those that are open and were taken for a link
 * @param linked the links that have one
 */
public record Connections(int open, int linked) {
    /** Of a network without any. */
    public static final Connections NONE = new Connections(0, 0);
}
