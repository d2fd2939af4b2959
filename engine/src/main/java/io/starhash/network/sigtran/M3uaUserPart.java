package io.starhash.network.sigtran;

import io.starhash.network.sigtran.SigtranSettings.ApplicationServer;
import io.starhash.network.sigtran.SigtranSettings.Links;
import io.starhash.network.ss7.Aside;
import io.starhash.network.ss7.LinkedUserPart;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.mobicents.protocols.api.Management;
import org.restcomm.protocols.ss7.m3ua.impl.M3UAManagementImpl;
import org.restcomm.protocols.ss7.mtp.Mtp3ResumePrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3TransferPrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3UserPartListener;

/**
 * M3UA as an MTP3 user part, over associations of our own. Its state machines, which know no lock,
 * are moved by one thread alone; and it keeps nothing on disk.
 */
final class M3uaUserPart extends M3UAManagementImpl implements LinkedUserPart, AutoCloseable {
    private static final int DELIVERY_THREADS = 2;
    private static final int TICK_MILLIS = 50;

    private final ScheduledExecutorService loop;
    private final LinkBoard board;
    private final WaitingRoom waiting = new WaitingRoom();
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
            var making = new ServerMaking(this, heartbeat);
            for (ApplicationServer server : servers) {
                making.add(server);
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

    /** Nothing is kept on disk ... */
    @Override
    public void store() {}

    /** ... so there is nothing to be read. */
    @Override
    public void load() {}
}
