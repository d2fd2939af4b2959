package io.moondial.channel.sigtran;

import io.moondial.channel.sigtran.SigtranSettings.ApplicationServer;
import io.moondial.channel.sigtran.SigtranSettings.Links;
import io.moondial.channel.sigtran.SigtranSettings.Transport;
import io.moondial.channel.ss7.Aside;
import io.moondial.channel.ss7.LinkedUserPart;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.mobicents.protocols.api.Management;
import org.restcomm.protocols.ss7.m3ua.impl.M3UAManagementImpl;
import org.restcomm.protocols.ss7.mtp.Mtp3TransferPrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3UserPartListener;

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
    private final Aside<SendResult> result;
    private boolean begun;
    private @Nullable ScheduledFuture<?> ticks;

    M3uaUserPart(
            String name,
            Management transport,
            ScheduledExecutorService loop,
            LinkBoard board,
            Inbound inbound,
            Aside<SendResult> result) {
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
                // At once: the layer tells it too, but what comes next may be faster.
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
        // Where the layer finds no active link after all, it says nothing, nor does any link.
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
}
