package io.moondial.channel.sigtran;

import static java.util.Objects.requireNonNull;

import io.moondial.channel.sigtran.AspExchange.AskedAsp;
import io.moondial.channel.sigtran.AspExchange.AskingAsp;
import io.moondial.channel.sigtran.Inbound.AdmissionControl;
import io.moondial.channel.sigtran.LinkBoard.CloseReason;
import io.moondial.channel.sigtran.LinkBoard.SendResult;
import io.moondial.channel.sigtran.M3uaMessage.Fault;
import io.moondial.channel.sigtran.SigtranSettings.ApplicationServer;
import io.moondial.channel.sigtran.SigtranSettings.Association;
import io.moondial.channel.sigtran.SigtranSettings.Links;
import io.moondial.channel.sigtran.SigtranSettings.Mode;
import io.moondial.channel.sigtran.SigtranSettings.Transport;
import io.moondial.channel.ss7.SendContext;
import io.moondial.config.HostPort;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.sctp.SctpMessage;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.mobicents.protocols.api.AssociationListener;
import org.mobicents.protocols.api.AssociationType;
import org.mobicents.protocols.api.IpChannelType;
import org.mobicents.protocols.api.PayloadData;
import org.restcomm.protocols.ss7.m3ua.impl.AspFactoryImpl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One association: a connection that comes, goes and comes again. All that happens to it happens on
 * the loop's thread; only messages are sent from others.
 */
abstract class Link implements org.mobicents.protocols.api.Association {
    private static final Logger log = LoggerFactory.getLogger(Link.class);

    /** M3UA over SCTP (RFC 4666 1.4.7). */
    private static final int PAYLOAD_PROTOCOL = 3;

    /** The pooled one would leave a cache with every thread that sends, and each script has one. */
    private static final ByteBufAllocator ALLOCATOR = new UnpooledByteBufAllocator(false);

    /** The layer above prefers another link to one as congested as this. */
    private static final int CONGESTED = 2;

    private static final Duration REFUSALS_TOLD_EVERY = Duration.ofSeconds(10);

    final Association settings;
    final LinkSite site;
    private final List<ApplicationServer> servers;
    private final Set<Long> routingContexts = new HashSet<>();
    private final Outbox outbox;
    private final Inbound.Source source;
    private final LongAdder dropped = new LongAdder();
    private @Nullable AssociationListener layerAbove;
    private AspExchange exchange = new AskedAsp(this, null);
    private volatile @Nullable Channel channel;
    private volatile boolean started;
    private @Nullable ScheduledFuture<?> activation;
    private boolean greeted;
    private long heard;
    private boolean toldOfFault;
    private boolean toldOfUnexpected;
    private int toldOfError;
    private long toldOfRefusal;
    private long toldRefused;

    /**
     * A link that is not started.
     *
     * @param servers the application servers that it serves, all of one mode
     */
    Link(Association settings, List<ApplicationServer> servers, LinkSite site) {
        this.settings = settings;
        this.servers = List.copyOf(servers);
        this.site = site;
        this.outbox = new Outbox(site.loop());
        for (ApplicationServer server : servers) {
            if (server.routingContext() != null) {
                routingContexts.add(server.routingContext());
            }
        }
        source =
                site.inbound()
                        .source(
                                site.capacity().admission(site.limits().admission(settings)),
                                this::readLater,
                                servers.stream()
                                        .flatMap(it -> it.pointCodes().stream())
                                        .mapToInt(Integer::intValue)
                                        .distinct()
                                        .toArray());
        site.board().load(settings, source);
    }

    /** From now on there is to be a connection. */
    abstract void begin();

    /** The connection is lost, or could not be made. */
    abstract void tryAgain();

    final void start() {
        started = true;
        begin();
    }

    final void stop() {
        started = false;
        Channel open = channel;
        if (open != null) {
            // Or we close, and nobody asks why.
            CloseReason.end(open, "three BEATs were not answered");
        }
    }

    /** Ends the connection, and lets it come again. */
    final void renew(String why) {
        Channel open = channel;
        if (open != null) {
            CloseReason.end(open, why);
        }
    }

    // ---- from the connection: on the loop

    final void up(Channel connection, int inStreams, int outStreams) {
        Channel before = channel;
        if (before != null) {
            down(before); // another one takes its place, before its end is heard of
        }
        channel = connection;
        heard = System.nanoTime();
        board().connected(settings, HostPort.words(connection.remoteAddress()));
        begun(inStreams, outStreams);
    }

    private void begun(int inStreams, int outStreams) {
        greeted = false;
        toldOfFault = false;
        toldOfUnexpected = false;
        toldOfError = 0;
        above().onCommunicationUp(this, inStreams, outStreams);
        exchange.up();
        watchActivation();
    }

    /** The far end has lost all it knew, and goes on over the same association (RFC 4666 4.3.3). */
    final void restarted(int inStreams, int outStreams) {
        board().restarted(settings);
        exchange.down();
        above().onCommunicationShutdown(this);
        begun(inStreams, outStreams);
    }

    /** The far end has shown that it speaks M3UA: ASPUP has come, or its acknowledgement. */
    final void greeted() {
        if (!greeted) {
            greeted = true;
            watchActivation();
        }
    }

    /** From now on traffic has its time to begin. */
    final void watchActivation() {
        stopWatching();
        activation =
                loop().schedule(
                                this::checkActivation,
                                site.limits().activationTimeout().toMillis(),
                                TimeUnit.MILLISECONDS);
    }

    private void stopWatching() {
        if (activation != null) {
            activation.cancel(false);
            activation = null;
        }
    }

    private void checkActivation() {
        boolean stuck = board().isStuck(settings);
        if (!greeted && settings.listens()) {
            renew(
                    "it %s ASPUP within %d ms"
                            .formatted(
                                    asks() ? "did not acknowledge" : "sent no",
                                    site.limits().activationTimeout().toMillis()));
        } else if (stuck) {
            renew("it took too long to acknowledge ASPAC");
        }
    }

    /** Whether we ask the far end for traffic, and not it us. */
    final boolean asks() {
        Mode mode = servers.getFirst().mode();
        return mode == Mode.ASP || mode == Mode.IPSP_CLIENT;
    }

    final void down(Channel connection) {
        if (connection.equals(channel)) {
            channel = null;
            stopWatching();
            exchange.down();
            board().disconnected(settings, CloseReason.of(connection).reason());
            above().onCommunicationShutdown(this);
        }
        if (started) {
            tryAgain();
        }
    }

    private void readLater() {
        try {
            loop().execute(this::readOrNot);
        } catch (RejectedExecutionException e) {
            log.debug("association {}: already closed, nothing more is read", getName());
        }
    }

    private void readOrNot() {
        boolean read = source.isOpen();
        Channel open = channel;
        if (open != null) {
            open.config().setAutoRead(read);
        }
    }

    final void received(ByteBuf message) {
        heard = System.nanoTime();
        var fault = M3uaMessage.fault(message, routingContexts);
        if (fault.isPresent()) {
            complain(fault.get(), message);
            message.release();
        } else if (exchange.takes(message) || isRefused(message)) {
            message.release();
        } else {
            if (M3uaMessage.kind(message) == M3uaMessage.DATA) {
                source.received();
            }
            site.inbound().reading(source);
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
    }

    /** When something came last, by the system's nanoseconds. */
    final long heard() {
        return heard;
    }

    // ---- dialogs that may not begin

    private boolean isRefused(ByteBuf message) {
        if (M3uaMessage.kind(message) != M3uaMessage.DATA) {
            return false;
        }
        BeginMessage begin = BeginMessage.in(message);
        if (begin == null) {
            return false;
        }
        AdmissionControl.Verdict verdict = source.admission().ask(heard);
        if (verdict == AdmissionControl.Verdict.ADMITTED) {
            return false;
        }
        source.received();
        board().refused();
        tellOfRefusals(verdict);
        ByteBuf answer = source.admission().answers(heard) ? begin.refusal() : null;
        Channel open = channel;
        if (answer != null && open != null && open.isWritable()) {
            write(open, answer, 0, false);
        }
        return true;
    }

    private void tellOfRefusals(AdmissionControl.Verdict verdict) {
        long refused = source.admission().refused();
        if (toldRefused > 0 && heard - toldOfRefusal < REFUSALS_TOLD_EVERY.toNanos()) {
            return;
        }
        log.warn(
                "association {}: {} begins refused since the last such line, {}",
                settings.name(),
                refused - toldRefused,
                switch (verdict) {
                    case ADMITTED -> throw new IllegalArgumentException("nothing is refused");
                    case TOO_FAST ->
                            "more than %d a second (admission: begins_per_second)"
                                    .formatted(source.admission().limits().beginsPerSecond());
                    case SHARE_FULL ->
                            "%d of its dialogs are open, and %d %% of all that may run (admission: dialogs)"
                                    .formatted(
                                            source.admission().open(),
                                            source.admission().limits().dialogs());
                });
        toldOfRefusal = heard;
        toldRefused = refused;
    }

    /** What comes over this link. */
    final Inbound.Source source() {
        return source;
    }

    // ---- what is no good

    /** It makes no sense in the state that we are in, and says nothing that matters. */
    final void unexpected(int kind) {
        board().unexpected();
        if (!toldOfUnexpected) {
            toldOfUnexpected = true;
            write(
                    Level.WARN,
                    "association {}: the far end sent a message that does not fit the state of its ASP (class and type {}): dropped, and not logged again during this connection",
                    settings.name(),
                    "%04x".formatted(kind));
        }
    }

    /** The same, and the far end is informed. */
    final void refuse(ByteBuf message) {
        unexpected(M3uaMessage.kind(message));
        tell(M3uaMessage.error(Fault.UNEXPECTED_MESSAGE, message));
    }

    /** What one of the network's points is to the far end (DUNA, DAVA, DRST). */
    final void told(int pointCode, int kind) {
        boolean reachable = kind != M3uaMessage.DUNA;
        if (board().destination(settings, pointCode, reachable)) {
            ((M3uaUserPart) requireNonNull(layerOfProcesses()).getM3UAManagement())
                    .reachable(pointCode, reachable);
        }
    }

    /** The network asks for fewer messages to one of its points (SCON). */
    final void congested(int pointCode) {
        board().congested(settings, pointCode);
    }

    /**
     * Sends the far end a message of M3UA's own. One that does not read gets no more of them
     * either: who sends us much that is wrong would have as many answers kept here.
     */
    final void tell(ByteBuf message) {
        Channel open = channel;
        if (open != null && open.isWritable()) {
            write(open, message, 0, true);
            return;
        }
        message.release();
        if (open != null) {
            dropped.increment();
        }
    }

    /** Tells the far end what is wrong with what it sent, and the log, once a connection. */
    final void complain(Fault fault, ByteBuf wrong) {
        board().malformed();
        board().erred(settings, "the far end sent what is not valid M3UA: " + fault.words());
        if (!toldOfFault) {
            toldOfFault = true;
            write(
                    Level.WARN,
                    "association {}: the far end sent a message that is not valid M3UA: {}; answered with ERROR,"
                            + " and not logged again during this connection",
                    settings.name(),
                    fault.words());
        }
        if (!M3uaMessage.isError(wrong)) {
            tell(M3uaMessage.error(fault, wrong));
        }
    }

    /** The far end says that we have got something wrong. */
    final void tellOfError(int code) {
        board().erred(
                        settings,
                        "the far end answers with M3UA ERROR %s"
                                .formatted(M3uaMessage.words(code)));
        if (code != toldOfError) {
            toldOfError = code;
            write(
                    Level.WARN,
                    "association {}: the far end answers with M3UA ERROR {} (RFC 4666 3.8.1)",
                    settings.name(),
                    M3uaMessage.words(code));
        }
    }

    /** A line, up to what may be written of one association. */
    final void write(Level level, String format, Object... arguments) {
        if (board().mayLog(log, level, settings.name())) {
            log.atLevel(level).log(format, arguments);
        }
    }

    /** The far end reads again, or does not any more. */
    final void writable(boolean writable) {
        if (writable) {
            if (board().mayLog(
                            log, Level.INFO, settings.name())) { // else the next line has them, too
                log.info(
                        "association {}: the far end reads again; {} messages to it were dropped",
                        settings.name(),
                        dropped.sumThenReset());
            }
        } else {
            write(
                    Level.WARN,
                    "association {}: the far end does not read what is sent: further messages to it are"
                            + " dropped",
                    settings.name());
        }
    }

    // ---- from the layer above

    @Override
    public final void send(PayloadData payload) {
        int kind = M3uaMessage.kind(payload.getByteBuf());
        boolean isData = kind == M3uaMessage.DATA;
        if (!exchange.sends(kind)) {
            payload.getByteBuf().release();
            return;
        }
        Channel open = channel;
        if (open != null && open.isWritable()) {
            write(open, payload.getByteBuf(), payload.getStreamNumber(), payload.isUnordered());
            if (isData) {
                source.sent();
            }
            site.result().say(SendResult.TAKEN);
            return;
        }
        payload.getByteBuf().release();
        if (open == null) {
            site.result().say(SendResult.NO_LINK);
        } else {
            dropped.increment();
            site.result().say(SendResult.NOT_READ);
        }
    }

    private void write(Channel open, ByteBuf message, int stream, boolean unordered) {
        outbox.put(
                open,
                settings.transport() == Transport.SCTP
                        ? new SctpMessage(PAYLOAD_PROTOCOL, stream, unordered, message)
                        : message);
    }

    final EventLoop loop() {
        return site.loop();
    }

    final LinkBoard board() {
        return site.board();
    }

    private @Nullable AspFactoryImpl layerOfProcesses() {
        return layerAbove instanceof AspFactoryImpl processes ? processes : null;
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
        AspFactoryImpl processes = layerOfProcesses();
        exchange =
                processes != null && asks()
                        ? new AskingAsp(this, processes, servers, site.limits().ackTimeout())
                        : new AskedAsp(this, processes);
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
     * Whatever the transport: each payload is one whole message. Otherwise the layer above would
     * look for messages itself over TCP.
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
        HostPort local = settings.listens() ? settings.address() : settings.local();
        return local == null ? "" : local.host();
    }

    @Override
    public final int getHostPort() {
        HostPort local = settings.listens() ? settings.address() : settings.local();
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

    /**
     * What all links of a point share.
     *
     * @param limits what holds for every association
     * @param loop the one thread on which everything happens to them
     * @param result what became of a message, for the layer that sends it
     * @param inbound takes what comes
     * @param capacity the dialogs of all far ends
     * @param sctp what the kernel does for those over SCTP
     */
    record LinkSite(
            Links limits,
            EventLoop loop,
            LinkBoard board,
            SendContext<SendResult> result,
            Inbound inbound,
            AdmissionControl.Capacity capacity,
            KernelSctp sctp) {}
}
