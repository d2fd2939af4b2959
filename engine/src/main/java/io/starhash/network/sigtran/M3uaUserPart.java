package io.starhash.network.sigtran;

import io.starhash.network.sigtran.SigtranSettings.ApplicationServer;
import io.starhash.network.sigtran.SigtranSettings.Association;
import io.starhash.network.sigtran.SigtranSettings.Links;
import io.starhash.network.ss7.Aside;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.mobicents.protocols.api.Management;
import org.restcomm.protocols.ss7.m3ua.ExchangeType;
import org.restcomm.protocols.ss7.m3ua.Functionality;
import org.restcomm.protocols.ss7.m3ua.IPSPType;
import org.restcomm.protocols.ss7.m3ua.impl.AsImpl;
import org.restcomm.protocols.ss7.m3ua.impl.M3UAManagementImpl;
import org.restcomm.protocols.ss7.m3ua.message.transfer.PayloadData;
import org.restcomm.protocols.ss7.m3ua.parameter.NetworkAppearance;
import org.restcomm.protocols.ss7.m3ua.parameter.RoutingContext;
import org.restcomm.protocols.ss7.m3ua.parameter.TrafficModeType;
import org.restcomm.protocols.ss7.mtp.Mtp3ResumePrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3TransferPrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3UserPartListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * M3UA as an MTP3 user part, over associations of our own. Its state machines, which know no lock,
 * are moved by one thread alone; and it keeps nothing on disk.
 */
final class M3uaUserPart extends M3UAManagementImpl implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(M3uaUserPart.class);
    private static final VarHandle DEFAULT_TRAFFIC_MODE =
            field("defaultTrafModType", TrafficModeType.class);
    private static final VarHandle PENDING_QUEUE = field("penQueue", ConcurrentLinkedQueue.class);

    private static final int DELIVERY_THREADS = 2;
    private static final int TICK_MILLIS = 50;
    private static final int ANY = -1;

    /** How many messages may wait for a pending application server. */
    private static final int MAX_WAITING = 10_000;

    /** How long: more than the two seconds that the layer leaves one pending. */
    private static final Duration MAX_WAIT = Duration.ofSeconds(3);

    /** Active with one association, however many there are. */
    private static final int ENOUGH = 1;

    private final ScheduledExecutorService loop;
    private final LinkBoard board;
    private final BlockingQueue<Waiting> waiting = new LinkedBlockingQueue<>(MAX_WAITING);
    private final Intake intake;
    private final Aside<Fate> fate;
    private boolean begun;
    private @Nullable ScheduledFuture<?> ticks;

    M3uaUserPart(
            String name,
            Management transport,
            ScheduledExecutorService loop,
            LinkBoard board,
            Intake intake,
            Aside<Fate> fate) {
        super(name, null, null);
        this.loop = loop;
        this.board = board;
        this.intake = intake;
        this.fate = fate;
        setTransportManagement(transport);
        sctpLibNettySupport = true; // the layer would tell it from the transport's class name
    }

    private static VarHandle field(String name, Class<?> type) {
        try {
            return MethodHandles.privateLookupIn(AsImpl.class, MethodHandles.lookup())
                    .findVarHandle(AsImpl.class, name, type);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Starts with these application servers; their associations start with {@link #startLinks}. */
    void begin(List<ApplicationServer> servers, Links links) {
        try {
            setDeliveryMessageThreadCount(DELIVERY_THREADS);
            setMaxAsForRoute(SigtranSettings.MAX_SERVERS_FOR_POINT_CODE);
            start();
            begun = true;
            tickOnTheLoop();
            addM3UAManagementEventListener(
                    new StateWatch(board, server -> reachable(servers, server)));
            boolean heartbeat = !links.heartbeat().isZero();
            if (heartbeat) {
                setHeartbeatTime((int) links.heartbeat().toMillis());
            }
            Set<String> made = new HashSet<>();
            for (ApplicationServer server : servers) {
                add(server, heartbeat, made);
            }
        } catch (Exception e) {
            throw new IllegalStateException("M3UA cannot start: " + e.getMessage(), e);
        }
    }

    /**
     * What a far end said of points that cannot be reached (DUNA) it said on a connection that may
     * be gone, and with it who would say that they can be: the layer itself only takes it back
     * where the server was down for longer.
     */
    private void reachable(List<ApplicationServer> servers, String name) {
        for (ApplicationServer server : servers) {
            if (server.name().equals(name)) {
                for (int pointCode : server.pointCodes()) {
                    sendResumeMessageToLocalUser(new Mtp3ResumePrimitive(pointCode));
                }
            }
        }
    }

    private void tickOnTheLoop() {
        fsmTicker.shutdownNow();
        ticks =
                loop.scheduleAtFixedRate(
                        this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void tick() {
        m3uaScheduler.run();
        sendWaiting();
    }

    private void add(ApplicationServer server, boolean heartbeat, Set<String> made)
            throws Exception {
        Long context = server.routingContext();
        Long appearance = server.networkAppearance();
        RoutingContext routingContext =
                context == null
                        ? null
                        : parameterFactory.createRoutingContext(new long[] {context});
        NetworkAppearance networkAppearance =
                appearance == null ? null : parameterFactory.createNetworkAppearance(appearance);
        TrafficModeType mode = parameterFactory.createTrafficModeType(mode(server));
        AsImpl as =
                (AsImpl)
                        createAs(
                                server.name(),
                                functionality(server),
                                ExchangeType.SE,
                                ipspType(server),
                                routingContext,
                                mode,
                                ENOUGH,
                                networkAppearance);
        // An acknowledgement without a traffic mode would else turn it into loadshare.
        DEFAULT_TRAFFIC_MODE.set(as, mode);
        PENDING_QUEUE.set(as, new NoRoom());
        for (Association association : server.associations()) {
            String name = association.name();
            if (made.add(name)) {
                createAspFactory(name, name, made.size(), heartbeat);
            }
            assignAspToAs(server.name(), name);
        }
        for (int pointCode : server.pointCodes()) {
            addRoute(pointCode, ANY, ANY, server.name());
        }
    }

    private static int mode(ApplicationServer server) {
        return switch (server.trafficMode()) {
            case LOADSHARE -> TrafficModeType.Loadshare;
            case OVERRIDE -> TrafficModeType.Override;
        };
    }

    private static Functionality functionality(ApplicationServer server) {
        return switch (server.mode()) {
            case ASP -> Functionality.AS;
            case SGW -> Functionality.SGW;
            case IPSP_CLIENT, IPSP_SERVER -> Functionality.IPSP;
        };
    }

    private static IPSPType ipspType(ApplicationServer server) {
        return switch (server.mode()) {
            case IPSP_SERVER -> IPSPType.SERVER;
            case ASP, SGW, IPSP_CLIENT -> IPSPType.CLIENT;
        };
    }

    /** Lets every association begin; on the loop. */
    void startLinks() {
        for (var factory : getAspfactories()) {
            try {
                startAsp(factory.getName());
            } catch (Exception e) {
                throw new IllegalStateException(
                        "association " + factory.getName() + " cannot start", e);
            }
        }
    }

    /** Takes leave of the far ends (ASPDN) where there are any; on the loop. */
    void stopLinks() {
        for (var factory : getAspfactories()) {
            try {
                if (factory.getStatus()) {
                    stopAsp(factory.getName());
                }
            } catch (Exception e) {
                throw new IllegalStateException(
                        "association " + factory.getName() + " cannot stop", e);
            }
        }
    }

    /** Stops, once the links are stopped; safe at any time. */
    @Override
    public void close() {
        if (!begun) {
            return;
        }
        begun = false;
        if (ticks != null) {
            ticks.cancel(false);
        }
        try {
            stop();
        } catch (Exception e) {
            throw new IllegalStateException("M3UA cannot stop", e);
        }
    }

    /**
     * Sends a message. While an application server only changes from one link to another (pending,
     * RFC 4666 4.3.2), or is about to since a connection has ended this moment, it waits for what
     * becomes of that.
     *
     * @throws IOException where no link leads to its point, or the far end does not read
     */
    @Override
    public void sendMessage(Mtp3TransferPrimitive message) throws IOException {
        send(new Waiting(message, System.nanoTime()));
    }

    private void send(Waiting it) throws IOException {
        int pointCode = it.message().getDpc();
        switch (attempt(it.message())) {
            case TAKEN -> {}
            case NO_LINK -> {
                if (it.inVain() || !board.mayServe(pointCode) || !waiting.offer(it)) {
                    board.dropped();
                    throw new IOException("no application server leads to point code " + pointCode);
                }
            }
            case NOT_READ -> {
                board.dropped();
                throw new IOException(
                        "the far end of the link to point code %d does not read"
                                .formatted(pointCode));
            }
        }
    }

    private Fate attempt(Mtp3TransferPrimitive message) {
        fate.take();
        try {
            super.sendMessage(message);
        } catch (IOException e) {
            return Fate.NO_LINK;
        }
        // Where the layer finds no active link after all, it says nothing, nor does any link.
        return Objects.requireNonNullElse(fate.take(), Fate.NO_LINK);
    }

    @Override
    public void sendTransferMessageToLocalUser(Mtp3TransferPrimitive message, int sls) {
        intake.arrived();
        super.sendTransferMessageToLocalUser(message, sls);
    }

    @Override
    public void addMtp3UserPartListener(Mtp3UserPartListener layer) {
        super.addMtp3UserPartListener(intake.counting(layer));
    }

    @Override
    public void removeMtp3UserPartListener(Mtp3UserPartListener layer) {
        super.removeMtp3UserPartListener(intake.counting(layer));
    }

    /** Tries again what waits; what waited in vain is told of together. */
    private void sendWaiting() {
        int lost = 0;
        for (int left = waiting.size(); left > 0; left--) {
            Waiting it = waiting.poll();
            if (it != null && !sendAgain(it)) {
                lost++;
            }
        }
        if (lost > 0) {
            log.warn("{} messages waited for another link in vain and are lost", lost);
        }
    }

    private boolean sendAgain(Waiting it) {
        try {
            send(it);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** A message that waits for a link, and since when. */
    private record Waiting(Mtp3TransferPrimitive message, long since) {
        boolean inVain() {
            return System.nanoTime() - since > MAX_WAIT.toNanos();
        }
    }

    /** The layer's own waiting room, which is emptied without a word: nothing stays in it. */
    private static final class NoRoom extends ConcurrentLinkedQueue<PayloadData> {
        private static final long serialVersionUID = 1L;

        @Override
        public boolean add(PayloadData message) {
            return false;
        }
    }

    /** Nothing is kept on disk ... */
    @Override
    public void store() {}

    /** ... so there is nothing to be read. */
    @Override
    public void load() {}
}
