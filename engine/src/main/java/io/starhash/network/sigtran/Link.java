package io.starhash.network.sigtran;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.sctp.SctpMessage;
import io.starhash.network.sigtran.M3uaMessage.Fault;
import io.starhash.network.sigtran.SigtranSettings.Association;
import io.starhash.network.sigtran.SigtranSettings.Links;
import io.starhash.network.sigtran.SigtranSettings.Transport;
import io.starhash.network.ss7.Aside;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.mobicents.protocols.api.AssociationListener;
import org.mobicents.protocols.api.AssociationType;
import org.mobicents.protocols.api.IpChannelType;
import org.mobicents.protocols.api.PayloadData;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One association: a connection that comes, goes and comes again. All that happens to it happens on
 * the loop's thread; only messages are sent from others.
 */
abstract class Link implements org.mobicents.protocols.api.Association {
    private static final Logger log = LoggerFactory.getLogger(Link.class);

    /** M3UA over SCTP (RFC 4666 1.4.7). */
    private static final int PAYLOAD_PROTOCOL = 3;

    /**
     * The pooled one would leave a cache behind with every thread that sends, and each script has
     * one.
     */
    private static final ByteBufAllocator ALLOCATOR = new UnpooledByteBufAllocator(false);

    /** The layer above prefers another link to one as congested as this. */
    private static final int CONGESTED = 2;

    final Association settings;
    final EventLoop loop;
    private final Set<Long> routingContexts;
    final Links limits;
    final LinkBoard board;
    private final Aside<Fate> fate;
    private final Outbox outbox;
    private final LongAdder dropped = new LongAdder();
    private @Nullable AssociationListener layerAbove;
    private volatile @Nullable Channel channel;
    private volatile boolean started;
    private boolean toldOfFault;
    private int toldOfError;

    Link(
            Association settings,
            Set<Long> routingContexts,
            Links limits,
            EventLoop loop,
            LinkBoard board,
            Aside<Fate> fate) {
        this.settings = settings;
        this.routingContexts = Set.copyOf(routingContexts);
        this.limits = limits;
        this.loop = loop;
        this.outbox = new Outbox(loop);
        this.board = board;
        this.fate = fate;
    }

    /** From now on there is to be a connection. */
    abstract void begin();

    /** The connection is gone, or could not be had. */
    abstract void tryAgain();

    final void start() {
        started = true;
        begin();
    }

    final void stop() {
        started = false;
        Channel open = channel;
        if (open != null) {
            Departure.end(
                    open, "three BEATs were not answered"); // or we close, and nobody asks why
        }
    }

    /** Ends the connection, and lets it come again. */
    final void renew(String why) {
        Channel open = channel;
        if (open != null) {
            Departure.end(open, why);
        }
    }

    // ---- from the connection: on the loop

    final void up(Channel connection, int inStreams, int outStreams) {
        channel = connection;
        toldOfFault = false;
        toldOfError = 0;
        board.connected(settings, String.valueOf(connection.remoteAddress()));
        above().onCommunicationUp(this, inStreams, outStreams);
        Faults.logged(
                loop.schedule(
                        () -> checkActivation(connection),
                        limits.activationTimeout().toMillis(),
                        TimeUnit.MILLISECONDS));
    }

    /** The layer above asks for ASPUP again and again, but only once for traffic. */
    private void checkActivation(Channel connection) {
        if (connection.equals(channel) && board.isStuck(settings)) {
            renew("it took too long to acknowledge ASPAC");
        }
    }

    final void down(Channel connection) {
        if (connection.equals(channel)) {
            channel = null;
            board.disconnected(settings, Departure.of(connection).reason());
            above().onCommunicationShutdown(this);
        }
        if (started) {
            tryAgain();
        }
    }

    /** Whether what the far end sends is read now. */
    final void read(boolean read) {
        Channel open = channel;
        if (open != null) {
            open.config().setAutoRead(read);
        }
    }

    final void received(ByteBuf message) {
        var fault = M3uaMessage.fault(message, routingContexts);
        if (fault.isPresent()) {
            complain(fault.get(), message);
            message.release();
            return;
        }
        if (M3uaMessage.isError(message)) {
            tellOfError(M3uaMessage.errorCode(message));
        }
        // The layer above releases it.
        above().onPayload(
                        this,
                        new PayloadData(
                                message.readableBytes(),
                                message,
                                true,
                                false,
                                PAYLOAD_PROTOCOL,
                                0));
    }

    /** Tells the far end what is wrong with what it sent, and the log, once a connection. */
    final void complain(Fault fault, ByteBuf wrong) {
        board.malformed();
        if (!toldOfFault) {
            toldOfFault = true;
            log.warn(
                    "association {}: the far end sends what is no good M3UA: {}; answered with ERROR,"
                            + " and not logged again while this connection lasts",
                    settings.name(),
                    fault.words());
        }
        Channel open = channel;
        if (open != null && !M3uaMessage.isError(wrong)) {
            write(open, M3uaMessage.error(fault, wrong), 0, true);
        }
    }

    private void tellOfError(int code) {
        if (code != toldOfError) {
            toldOfError = code;
            log.warn(
                    "association {}: the far end answers with M3UA ERROR 0x{} (RFC 4666 3.8.1)",
                    settings.name(),
                    "%02x".formatted(code));
        }
    }

    /** The far end reads again, or does not any more. */
    final void writable(boolean writable) {
        if (writable) {
            log.info(
                    "association {}: the far end reads again; {} messages to it were dropped",
                    settings.name(),
                    dropped.sumThenReset());
        } else {
            log.warn(
                    "association {}: the far end does not read what is sent: further messages to it are"
                            + " dropped",
                    settings.name());
        }
    }

    // ---- from the layer above

    @Override
    public final void send(PayloadData payload) {
        Channel open = channel;
        if (open != null && open.isWritable()) {
            write(open, payload.getByteBuf(), payload.getStreamNumber(), payload.isUnordered());
            fate.say(Fate.TAKEN);
            return;
        }
        payload.getByteBuf().release();
        if (open == null) {
            fate.say(Fate.NO_LINK);
        } else {
            dropped.increment();
            fate.say(Fate.NOT_READ);
        }
    }

    private void write(Channel open, ByteBuf message, int stream, boolean unordered) {
        outbox.put(
                open,
                settings.transport() == Transport.SCTP
                        ? new SctpMessage(PAYLOAD_PROTOCOL, stream, unordered, message)
                        : message);
    }

    private AssociationListener above() {
        return requireNonNull(layerAbove, "the M3UA layer is there before the link starts");
    }

    /** Whether nothing takes the place of a connection now. */
    final boolean isFree() {
        return started && channel == null;
    }

    @Override
    public final String getName() {
        return settings.name();
    }

    @Override
    public final boolean isStarted() {
        return started;
    }

    @Override
    public final boolean isConnected() {
        return channel != null;
    }

    @Override
    public final boolean isUp() {
        return channel != null;
    }

    @Override
    public final @Nullable AssociationListener getAssociationListener() {
        return layerAbove;
    }

    @Override
    public final void setAssociationListener(@Nullable AssociationListener listener) {
        layerAbove = listener;
    }

    @Override
    public final ByteBufAllocator getByteBufAllocator() {
        return ALLOCATOR;
    }

    @Override
    public final int getCongestionLevel() {
        Channel open = channel;
        return open == null || open.isWritable() ? 0 : CONGESTED;
    }

    /**
     * Whatever the transport: each payload is one whole message, which over TCP the layer above
     * would else look for itself.
     */
    @Override
    public final IpChannelType getIpChannelType() {
        return IpChannelType.SCTP;
    }

    @Override
    public final AssociationType getAssociationType() {
        return settings.listens() ? AssociationType.SERVER : AssociationType.CLIENT;
    }

    @Override
    public final String getHostAddress() {
        Endpoint local = settings.listens() ? settings.address() : settings.local();
        return local == null ? "" : local.host();
    }

    @Override
    public final int getHostPort() {
        Endpoint local = settings.listens() ? settings.address() : settings.local();
        return local == null ? 0 : local.port();
    }

    @Override
    public final String getPeerAddress() {
        return settings.listens() ? "" : settings.address().host();
    }

    @Override
    public final int getPeerPort() {
        return settings.listens() ? 0 : settings.address().port();
    }

    @Override
    public final String getServerName() {
        return settings.listens() ? settings.address().toString() : "";
    }

    @Override
    public final String[] getExtraHostAddresses() {
        return settings.extraLocal().toArray(String[]::new);
    }

    @Override
    public final void acceptAnonymousAssociation(AssociationListener listener) {
        throw notAnonymous();
    }

    @Override
    public final void rejectAnonymousAssociation() {
        throw notAnonymous();
    }

    @Override
    public final void stopAnonymousAssociation() {
        throw notAnonymous();
    }

    private static UnsupportedOperationException notAnonymous() {
        return new UnsupportedOperationException("every association is in the rules");
    }
}
