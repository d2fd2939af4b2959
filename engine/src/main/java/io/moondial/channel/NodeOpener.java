package io.moondial.channel;

import io.moondial.channel.Channel.NotBegunException;

/** Begins dialogs with other USSD nodes: a network, or what a test has instead. */
@FunctionalInterface
public interface NodeOpener {
    /** Where no other node is: none can be begun. */
    NodeOpener NOWHERE =
            (request, receiver) -> {
                throw new NotBegunException("no network is here");
            };

    /** Begins one, as {@link Channel#open} does. */
    NodeLink open(OutgoingRequest request, NodeLink.Receiver receiver) throws NotBegunException;
}
