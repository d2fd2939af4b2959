package io.starhash.network.sigtran;

import io.starhash.network.sigtran.SigtranSettings.ApplicationServer;
import io.starhash.network.sigtran.SigtranSettings.Association;
import io.starhash.network.sigtran.SigtranSettings.Links;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
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
import org.restcomm.protocols.ss7.m3ua.parameter.NetworkAppearance;
import org.restcomm.protocols.ss7.m3ua.parameter.RoutingContext;
import org.restcomm.protocols.ss7.m3ua.parameter.TrafficModeType;
import org.restcomm.protocols.ss7.mtp.Mtp3TransferPrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3UserPartListener;

/**
 * M3UA as an MTP3 user part, over associations of our own. Its state machines, which know no lock,
 * are moved by one thread alone; and it keeps nothing on disk.
 */
final class M3uaUserPart extends M3UAManagementImpl implements AutoCloseable {
    private static final VarHandle DEFAULT_TRAFFIC_MODE = defaultTrafficModeField();

    private static final int DELIVERY_THREADS = 2;
    private static final int TICK_MILLIS = 50;
    private static final int ANY = -1;

    /** How many messages may wait for a pending application server. */
    private static final int MAX_WAITING = 10_000;

    /** Active with one association, however many there are. */
    private static final int ENOUGH = 1;

    private final ScheduledExecutorService loop;
    private final LinkBoard board;
    private final BlockingQueue<Mtp3TransferPrimitive> waiting =
            new LinkedBlockingQueue<>(MAX_WAITING);
    private final Intake intake;
    private boolean begun;
    private @Nullable ScheduledFuture<?> ticks;

    M3uaUserPart(
            String name,
            Management transport,
            ScheduledExecutorService loop,
            LinkBoard board,
            Intake intake) {
        super(name, null, null);
        this.loop = loop;
        this.board = board;
        this.intake = intake;
        setTransportManagement(transport);
        sctpLibNettySupport = true; // the layer would tell it from the transport's class name
    }

    private static VarHandle defaultTrafficModeField() {
        try {
            return MethodHandles.privateLookupIn(AsImpl.class, MethodHandles.lookup())
                    .findVarHandle(AsImpl.class, "defaultTrafModType", TrafficModeType.class);
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
            addM3UAManagementEventListener(new StateWatch(board));
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
     * RFC 4666 4.3.2), it waits for what becomes of that; where none leads to its point, it is
     * dropped, as it is once MTP3 has told of the pause.
     */
    @Override
    public void sendMessage(Mtp3TransferPrimitive message) {
        try {
            super.sendMessage(message);
        } catch (IOException e) {
            if (!board.mayServe(message.getDpc()) || !waiting.offer(message)) {
                board.dropped();
            }
        }
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

    /** Tries again what waits. */
    private void sendWaiting() {
        for (int left = waiting.size(); left > 0; left--) {
            Mtp3TransferPrimitive message = waiting.poll();
            if (message != null) {
                sendMessage(message);
            }
        }
    }

    /** Nothing is kept on disk ... */
    @Override
    public void store() {}

    /** ... so there is nothing to be read. */
    @Override
    public void load() {}
}
