package io.moondial.channel.sigtran;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.sctp.SctpMessage;
import io.netty.handler.codec.sctp.SctpMessageCompletionHandler;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes whole messages of the pieces in which the kernel hands out those that it has no room for.
 * SCTP sets a message no end; here one that is longer than any of M3UA ends the association, before
 * it takes the memory of others.
 */
final class SctpFraming extends SctpMessageCompletionHandler {
    /** How many octets wait for the rest of their message, of each stream. */
    private final Map<Integer, Integer> waiting = new HashMap<>();

    private int all;

    @Override
    protected void decode(ChannelHandlerContext context, SctpMessage piece, List<Object> out)
            throws Exception {
        int stream = piece.streamIdentifier();
        if (!piece.isComplete()) {
            int octets = piece.content().readableBytes();
            if (octets > M3uaMessage.MAX_LENGTH - all) {
                CloseReason.end(
                        context.channel(),
                        "it sent more than %d octets of messages that have no end"
                                .formatted(M3uaMessage.MAX_LENGTH));
                return;
            }
            all += octets;
            waiting.merge(stream, octets, Integer::sum);
        } else if (all > 0) {
            Integer before = waiting.remove(stream);
            all -= before == null ? 0 : before;
        }
        super.decode(context, piece, out);
    }
}
