package io.moondial.channel.sigtran;

import io.moondial.channel.sigtran.SigtranSettings.ApplicationServer;
import io.moondial.channel.sigtran.SigtranSettings.Association;
import io.moondial.channel.sigtran.SigtranSettings.Transport;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.restcomm.protocols.ss7.m3ua.ExchangeType;
import org.restcomm.protocols.ss7.m3ua.Functionality;
import org.restcomm.protocols.ss7.m3ua.IPSPType;
import org.restcomm.protocols.ss7.m3ua.impl.AsImpl;
import org.restcomm.protocols.ss7.m3ua.impl.M3UAManagementImpl;
import org.restcomm.protocols.ss7.m3ua.impl.parameter.ParameterFactoryImpl;
import org.restcomm.protocols.ss7.m3ua.message.transfer.PayloadData;
import org.restcomm.protocols.ss7.m3ua.parameter.NetworkAppearance;
import org.restcomm.protocols.ss7.m3ua.parameter.ParameterFactory;
import org.restcomm.protocols.ss7.m3ua.parameter.RoutingContext;
import org.restcomm.protocols.ss7.m3ua.parameter.TrafficModeType;

/** Makes application servers, their processes and the routes to them in an M3UA layer. */
final class ServerMaking {
    private static final VarHandle DEFAULT_TRAFFIC_MODE =
            field("defaultTrafModType", TrafficModeType.class);
    private static final VarHandle PENDING_QUEUE = field("penQueue", ConcurrentLinkedQueue.class);

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
     * @throws Exception where the layer refuses it
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
