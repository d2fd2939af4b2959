package io.starhash.network;

/**
 * How one signalling link is now: an association and the application server that it serves.
 *
 * @param applicationServer its name in the rules
 * @param applicationServerState down, inactive, active or pending (RFC 4666 4.3.2)
 * @param association its name in the rules
 * @param address the far end's, or the one listened at; with the transport before it
 * @param associationState down or up
 * @param aspState down, inactive or active (RFC 4666 4.3.1)
 */
public record LinkStatus(
        String applicationServer,
        String applicationServerState,
        String association,
        String address,
        String associationState,
        String aspState) {}
