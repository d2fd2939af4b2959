package io.moondial.channel.sigtran;

import io.moondial.channel.sigtran.AspExchange.AskingAsp;
import io.moondial.channel.sigtran.LinkBoard.SendResult;
import io.moondial.channel.sigtran.SigtranSettings.ApplicationServer;
import io.moondial.channel.sigtran.SigtranSettings.Association;
import io.moondial.channel.sigtran.SigtranSettings.Links;
import io.moondial.channel.sigtran.SigtranSettings.Transport;
import io.moondial.channel.ss7.LinksBelow.LinkedUserPart;
import io.moondial.channel.ss7.SendContext;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.mobicents.protocols.api.Management;
import org.restcomm.protocols.ss7.m3ua.As;
import org.restcomm.protocols.ss7.m3ua.Asp;
import org.restcomm.protocols.ss7.m3ua.AspFactory;
import org.restcomm.protocols.ss7.m3ua.ExchangeType;
import org.restcomm.protocols.ss7.m3ua.Functionality;
import org.restcomm.protocols.ss7.m3ua.IPSPType;
import org.restcomm.protocols.ss7.m3ua.M3UAManagementEventListener;
import org.restcomm.protocols.ss7.m3ua.State;
import org.restcomm.protocols.ss7.m3ua.impl.AsImpl;
import org.restcomm.protocols.ss7.m3ua.impl.M3UAManagementImpl;
import org.restcomm.protocols.ss7.m3ua.impl.parameter.ParameterFactoryImpl;
import org.restcomm.protocols.ss7.m3ua.message.transfer.PayloadData;
import org.restcomm.protocols.ss7.m3ua.parameter.NetworkAppearance;
import org.restcomm.protocols.ss7.m3ua.parameter.ParameterFactory;
import org.restcomm.protocols.ss7.m3ua.parameter.RoutingContext;
import org.restcomm.protocols.ss7.m3ua.parameter.TrafficModeType;
import org.restcomm.protocols.ss7.mtp.Mtp3TransferPrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3UserPartListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * M3UA as an MTP3 user part, over associations of our own. Its state machines, which know no lock,
 * are moved by one thread alone; and it keeps nothing on disk.
 */
final class M3uaUserPart extends M3UAManagementImpl implements LinkedUserPart, AutoCloseable {
    private static final int TICK_MILLIS = 50;

    private final ScheduledExecutorService loop;
    private final LinkBoard board;
    private final WaitingRoom waiting = new WaitingRoom();
    private final Inbound inbound;
    private final SendContext<SendResult> result;
    private boolean begun;
    private @Nullable ScheduledFuture<?> ticks;

    M3uaUserPart(
            String name,
            Management transport,
            ScheduledExecutorService loop,
            LinkBoard board,
            Inbound inbound,
            SendContext<SendResult> result) {
        super(name, null, null);
        this.loop = loop;
        this.board = board;
        this.inbound = inbound;
        this.result = result;
        setTransportManagement(transport);
        sctpLibNettySupport = true; // the layer would tell it from the transport's class name
    }

    /** Starts with these application servers; their associations start with {@link #startLinks}. */
    void begin(List<ApplicationServer> servers, Links links) {
        try {
            setDeliveryMessageThreadCount(1); // which hands on no message: inbound does
            setMaxAsForRoute(SigtranSettings.MAX_SERVERS_FOR_POINT_CODE);
            start();
            begun = true;
            tickOnTheLoop();
            addM3UAManagementEventListener(
                    new StateWatch(board, server -> reachable(servers, server)));
            inbound.start();
            setHeartbeatTime(heartbeatMillis(links));
            var making = new ServerMaking(this, transport -> !links.heartbeat(transport).isZero());
            for (ApplicationServer server : servers) {
                making.add(server);
            }
        } catch (Exception e) {
            throw new IllegalStateException("M3UA cannot start: " + e.getMessage(), e);
        }
    }

    /** One for all processes that ask for signs of life at all. */
    private static int heartbeatMillis(Links links) {
        Duration tcp = links.heartbeat(Transport.TCP);
        return (int) (tcp.isZero() ? Links.TCP_HEARTBEAT : tcp).toMillis();
    }

    /**
     * What a far end said of points that cannot be reached (DUNA) it said on a connection that may
     * be gone, and with it who would say that they can be: the layer itself only takes it back
     * where the server was down for longer.
     */
    private void reachable(List<ApplicationServer> servers, String name) {
        for (ApplicationServer server : servers) {
            if (server.name().equals(name)) {
                board.forgetDestinations(server);
                // At once: the layer reports it too, but what comes next may be faster.
                server.pointCodes().forEach(inbound::resume);
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
        waiting.tryAgain(this::send);
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

    /** Says goodbye to the far ends (ASPDN) if there are any; on the loop. */
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
     * RFC 4666 4.3.2), or is about to because a connection has just ended, the message waits for
     * the result.
     *
     * @throws IOException if no link leads to its point, or the far end does not read
     */
    @Override
    public void sendMessage(Mtp3TransferPrimitive message) throws IOException {
        send(new WaitingRoom.Guest(message, System.nanoTime()));
    }

    @Override
    public boolean leadsTo(int pointCode) {
        return board.mayServe(pointCode);
    }

    @Override
    public boolean cameOverLinkTo(int pointCode) {
        Inbound.Source source = Inbound.current();
        return source == null || source.leadsTo(pointCode);
    }

    @Override
    public Object current() {
        return Objects.requireNonNullElse(Inbound.current(), this);
    }

    @Override
    public boolean areSeveral() {
        return inbound.hasSeveralSources();
    }

    private void send(WaitingRoom.Guest it) throws IOException {
        int pointCode = it.message().getDpc();
        switch (attempt(it.message())) {
            case TAKEN -> {}
            case NO_LINK -> {
                if (!board.mayServe(pointCode) || !waiting.takesIn(it)) {
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

    private SendResult attempt(Mtp3TransferPrimitive message) {
        result.take();
        try {
            super.sendMessage(message);
        } catch (IOException e) {
            return SendResult.NO_LINK;
        }
        // If the layer finds no active link after all, it says nothing, and neither does any link.
        return Objects.requireNonNullElse(result.take(), SendResult.NO_LINK);
    }

    @Override
    public void sendTransferMessageToLocalUser(Mtp3TransferPrimitive message, int sls) {
        inbound.add(message, sls);
    }

    /** Whether a point can be reached, by the network's own word; on the loop. */
    void reachable(int pointCode, boolean reachable) {
        if (reachable) {
            inbound.resume(pointCode);
        } else {
            inbound.pause(pointCode);
        }
    }

    @Override
    public void addMtp3UserPartListener(Mtp3UserPartListener layer) {
        super.addMtp3UserPartListener(layer);
        inbound.add(layer);
    }

    @Override
    public void removeMtp3UserPartListener(Mtp3UserPartListener layer) {
        super.removeMtp3UserPartListener(layer);
        inbound.remove(layer);
    }

    /** Nothing is kept on disk ... */
    @Override
    public void store() {}

    /** ... so there is nothing to be read. */
    @Override
    public void load() {}

    /** Makes application servers, their processes and the routes to them in an M3UA layer. */
    private static final class ServerMaking {
        private static final VarHandle DEFAULT_TRAFFIC_MODE =
                field("defaultTrafModType", TrafficModeType.class);
        private static final VarHandle PENDING_QUEUE =
                field("penQueue", ConcurrentLinkedQueue.class);

        private static final int ANY = -1;

        /** Active with one association, however many there are. */
        private static final int ENOUGH = 1;

        private final ParameterFactory parameters = new ParameterFactoryImpl();
        private final M3UAManagementImpl layer;
        private final Predicate<Transport> heartbeat;

        /** The associations of all servers, each of which is made once. */
        private final Set<String> made = new HashSet<>();

        /**
         * For a layer that is started.
         *
         * @param heartbeat whether processes over a transport ask for signs of life
         */
        ServerMaking(M3UAManagementImpl layer, Predicate<Transport> heartbeat) {
            this.layer = layer;
            this.heartbeat = heartbeat;
        }

        private static VarHandle field(String name, Class<?> type) {
            try {
                return MethodHandles.privateLookupIn(AsImpl.class, MethodHandles.lookup())
                        .findVarHandle(AsImpl.class, name, type);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        /**
         * Makes a server with all that belongs to it.
         *
         * @throws Exception if the layer refuses it
         */
        void add(ApplicationServer server) throws Exception {
            makeServer(server);
            for (Association association : server.associations()) {
                String name = association.name();
                if (made.add(name)) {
                    // ASPUP is ours to send, and with it our identifier: the layer's own never goes
                    // out.
                    layer.createAspFactory(
                            name, name, made.size(), heartbeat.test(association.transport()));
                }
                AskingAsp.prepare(layer.assignAspToAs(server.name(), name));
            }
            for (int pointCode : server.pointCodes()) {
                layer.addRoute(pointCode, ANY, ANY, server.name());
            }
        }

        private void makeServer(ApplicationServer server) throws Exception {
            TrafficModeType mode = parameters.createTrafficModeType(mode(server));
            var as =
                    (AsImpl)
                            layer.createAs(
                                    server.name(),
                                    functionality(server),
                                    ExchangeType.SE,
                                    ipspType(server),
                                    routingContext(server),
                                    mode,
                                    ENOUGH,
                                    networkAppearance(server));
            // An acknowledgement without a traffic mode would else turn it into loadshare.
            DEFAULT_TRAFFIC_MODE.set(as, mode);
            PENDING_QUEUE.set(as, new NoRoom());
        }

        private @Nullable RoutingContext routingContext(ApplicationServer server) {
            Long context = server.routingContext();
            return context == null ? null : parameters.createRoutingContext(new long[] {context});
        }

        private @Nullable NetworkAppearance networkAppearance(ApplicationServer server) {
            Long appearance = server.networkAppearance();
            return appearance == null ? null : parameters.createNetworkAppearance(appearance);
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

        /** The layer's own waiting room, which is emptied without a word: nothing stays in it. */
        private static final class NoRoom extends ConcurrentLinkedQueue<PayloadData> {
            private static final long serialVersionUID = 1L;

            @Override
            public boolean add(PayloadData message) {
                return false;
            }
        }
    }

    /**
     * Hands the state changes of the M3UA layer to the board; what it says of its setting up is
     * ours.
     */
    private static final class StateWatch implements M3UAManagementEventListener {
        private final LinkBoard board;
        private final Consumer<String> active;

        /**
         * @param active takes the name of an application server that is active again
         */
        StateWatch(LinkBoard board, Consumer<String> active) {
            this.board = board;
            this.active = active;
        }

        private void asp(Asp asp) {
            board.asp(asp.getAs().getName(), asp.getName(), word(asp.getState()));
        }

        private void as(As as) {
            board.applicationServer(as.getName(), word(as.getState()));
        }

        private static String word(State state) {
            return state.getName().toLowerCase(Locale.ROOT);
        }

        @Override
        public void onAspActive(Asp asp, State before) {
            asp(asp);
        }

        @Override
        public void onAspInactive(Asp asp, State before) {
            asp(asp);
        }

        @Override
        public void onAspDown(Asp asp, State before) {
            asp(asp);
        }

        @Override
        public void onAsActive(As as, State before) {
            as(as);
            active.accept(as.getName());
        }

        @Override
        public void onAsPending(As as, State before) {
            as(as);
        }

        @Override
        public void onAsInactive(As as, State before) {
            as(as);
        }

        @Override
        public void onAsDown(As as, State before) {
            as(as);
        }

        @Override
        public void onServiceStarted() {}

        @Override
        public void onServiceStopped() {}

        @Override
        public void onRemoveAllResources() {}

        @Override
        public void onAsCreated(As as) {}

        @Override
        public void onAsDestroyed(As as) {}

        @Override
        public void onAspFactoryCreated(AspFactory factory) {}

        @Override
        public void onAspFactoryDestroyed(AspFactory factory) {}

        @Override
        public void onAspAssignedToAs(As as, Asp asp) {}

        @Override
        public void onAspUnassignedFromAs(As as, Asp asp) {}

        @Override
        public void onAspFactoryStarted(AspFactory factory) {}

        @Override
        public void onAspFactoryStopped(AspFactory factory) {}
    }

    /**
     * Messages for an application server that only changes from one link to another (pending, RFC
     * 4666 4.3.2): they are tried again until there is a link, or they have waited in vain.
     */
    static final class WaitingRoom {
        private static final Logger log = LoggerFactory.getLogger(WaitingRoom.class);

        /** How many messages may wait. */
        private static final int ROOM = 10_000;

        /** How long: more than the two seconds that the layer leaves a server pending. */
        private static final Duration MAX_WAIT = Duration.ofSeconds(3);

        private final BlockingQueue<Guest> guests = new LinkedBlockingQueue<>(ROOM);

        /** A message that waits for a link, and since when by the system's nanoseconds. */
        record Guest(Mtp3TransferPrimitive message, long since) {
            boolean inVain() {
                return System.nanoTime() - since > MAX_WAIT.toNanos();
            }
        }

        /** What sends a message, or takes it into the room again. */
        @FunctionalInterface
        interface Sender {
            /**
             * Sends it.
             *
             * @throws IOException if the message is lost
             */
            void send(Guest guest) throws IOException;
        }

        /** Takes a message, if there is room and it has not waited in vain. */
        boolean takesIn(Guest guest) {
            return !guest.inVain() && guests.offer(guest);
        }

        /** Tries again what waits now; what waited in vain is reported together. */
        void tryAgain(Sender sender) {
            int lost = 0;
            for (int left = guests.size(); left > 0; left--) {
                var guest = guests.poll();
                if (guest != null && !sent(guest, sender)) {
                    lost++;
                }
            }
            if (lost > 0) {
                log.warn("{} messages waited for another link, none came, and they are lost", lost);
            }
        }

        private static boolean sent(Guest guest, Sender sender) {
            try {
                sender.send(guest);
                return true;
            } catch (IOException e) {
                return false;
            }
        }
    }
}
