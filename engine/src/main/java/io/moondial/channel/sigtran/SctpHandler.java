package io.moondial.channel.sigtran;

import com.sun.nio.sctp.AssociationChangeNotification;
import com.sun.nio.sctp.PeerAddressChangeNotification;
import com.sun.nio.sctp.PeerAddressChangeNotification.AddressChangeEvent;
import com.sun.nio.sctp.SendFailedNotification;
import com.sun.nio.sctp.ShutdownNotification;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.sctp.SctpMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** A link's handler where SCTP carries it: whole messages, and notifications of the kernel's. */
final class SctpHandler extends LinkHandler {
    private static final Logger log = LoggerFactory.getLogger(SctpHandler.class);

    private boolean up;

    SctpHandler(Link link) {
        super(link);
    }

    /** The association is up once the kernel says so, with its streams. */
    @Override
    public void channelActive(ChannelHandlerContext context) {
        log.debug("association {}: the SCTP socket is connected", link.getName());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        switch (event) {
            case AssociationChangeNotification change -> changed(context, change);
            case PeerAddressChangeNotification path ->
                    link.write(
                            path.event() == AddressChangeEvent.ADDR_UNREACHABLE
                                    ? Level.WARN
                                    : Level.INFO,
                            "association {}: the path to {} {}",
                            link.getName(),
                            Endpoint.words(path.address()),
                            words(path.event()));
            case SendFailedNotification failed ->
                    link.write(
                            Level.WARN,
                            "association {}: the kernel could not deliver a message to {} on stream {}"
                                    + " (error {})",
                            link.getName(),
                            Endpoint.words(failed.address()),
                            failed.streamNumber(),
                            failed.errorCode());
            case ShutdownNotification shutdown ->
                    log.debug("association {}: the far end shuts it down", link.getName());
            default -> log.debug("association {}: {}", link.getName(), event);
        }
    }

    private static String words(AddressChangeEvent event) {
        return switch (event) {
            case ADDR_AVAILABLE -> "is available";
            case ADDR_UNREACHABLE -> "is lost";
            case ADDR_REMOVED -> "is there no more: the far end has taken its address away";
            case ADDR_ADDED -> "is new: the far end has added its address";
            case ADDR_MADE_PRIMARY -> "is the primary one now";
            case ADDR_CONFIRMED -> "is confirmed";
        };
    }

    private void changed(ChannelHandlerContext context, AssociationChangeNotification change) {
        switch (change.event()) {
            case COMM_UP -> isUp(context, change);
            case RESTART -> restarted(context, change);
            case COMM_LOST ->
                    CloseReason.end(
                            context.channel(),
                            "the kernel lost it: no path answers, or the far end aborted it");
            case CANT_START -> CloseReason.end(context.channel(), "the kernel cannot begin it");
            case SHUTDOWN -> CloseReason.end(context.channel(), "shut down by the far end");
        }
    }

    private void isUp(ChannelHandlerContext context, AssociationChangeNotification change) {
        if (!up) {
            up = true;
            link.up(context.channel(), inStreams(change), outStreams(change));
        }
    }

    /** What was half there of messages never gets its other half. */
    private void restarted(ChannelHandlerContext context, AssociationChangeNotification change) {
        context.pipeline().replace(SctpFraming.class, null, new SctpFraming());
        link.restarted(inStreams(change), outStreams(change));
    }

    private static int inStreams(AssociationChangeNotification change) {
        var association = change.association();
        return association == null ? 1 : association.maxInboundStreams();
    }

    private static int outStreams(AssociationChangeNotification change) {
        var association = change.association();
        return association == null ? 1 : association.maxOutboundStreams();
    }

    @Override
    void abortOnClose(Channel connection) {
        link.site.sctp().abortOnClose(connection);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        super.channelRead(context, ((SctpMessage) message).content());
    }
}
