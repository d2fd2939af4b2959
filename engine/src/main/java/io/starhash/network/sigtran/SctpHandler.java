package io.starhash.network.sigtran;

import com.sun.nio.sctp.AssociationChangeNotification;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.sctp.SctpMessage;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A link's handler where SCTP carries it: whole messages, and notifications of the kernel's. */
final class SctpHandler extends LinkHandler {
    private static final Logger log = LoggerFactory.getLogger(SctpHandler.class);

    private boolean up;

    SctpHandler(Link link, Duration stallTimeout) {
        super(link, stallTimeout);
    }

    /** The association is up once the kernel says so, with its streams. */
    @Override
    public void channelActive(ChannelHandlerContext context) {
        log.debug("association {}: the SCTP socket is connected", link.getName());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof AssociationChangeNotification change) {
            changed(context, change);
        } else {
            log.info("association {}: {}", link.getName(), event);
        }
    }

    private void changed(ChannelHandlerContext context, AssociationChangeNotification change) {
        switch (change.event()) {
            case COMM_UP -> isUp(context, change);
            case RESTART ->
                    Departure.end(context.channel(), "the far end began the association anew");
            case COMM_LOST -> Departure.end(context.channel(), "the kernel lost it");
            case CANT_START -> Departure.end(context.channel(), "the kernel cannot begin it");
            case SHUTDOWN -> Departure.end(context.channel(), "shut down by the far end");
        }
    }

    private void isUp(ChannelHandlerContext context, AssociationChangeNotification change) {
        if (!up) {
            up = true;
            var association = change.association();
            link.up(
                    context.channel(),
                    association == null ? 1 : association.maxInboundStreams(),
                    association == null ? 1 : association.maxOutboundStreams());
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        super.channelRead(context, ((SctpMessage) message).content());
    }
}
