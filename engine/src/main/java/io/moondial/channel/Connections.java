package io.moondial.channel;

/**
 * The transport connections of a network, counted in two ways that differ only for moments: if they
 * differ for longer, a connection is open that no link knows.
 *
 * @param open those that are open and were taken for a link
 * @param linked the links that have one
 */
public record Connections(int open, int linked) {
    /** Of a network without any. */
    public static final Connections NONE = new Connections(0, 0);
}
