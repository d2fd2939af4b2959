package io.moondial.channel.sigtran;

import io.moondial.channel.Channel.Connections;
import io.moondial.channel.LinkStatus;
import io.moondial.channel.sigtran.LinkBoard.SendResult;
import io.moondial.channel.sigtran.SigtranSettings.GlobalTitleRule;
import io.moondial.channel.sigtran.SigtranSettings.RemoteSubsystem;
import io.moondial.channel.ss7.LowerLayers.AttachedPoint;
import io.moondial.channel.ss7.SendContext;
import io.moondial.channel.ss7.SignallingLimits;
import io.moondial.channel.ss7.SignallingPlan;
import io.moondial.channel.ss7.SignallingPlan.Peer;
import io.moondial.metrics.Counters;
import io.moondial.time.Time;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.restcomm.protocols.ss7.mtp.Mtp3UserPart;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A signalling point with links: what the engine and the handsets have in common. */
public final class SigtranPoint<P extends AttachedPoint> implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SigtranPoint.class);
    private static final Duration FAREWELL = Duration.ofSeconds(1);
    private static final int LOOK_MILLIS = 10;
    private static final int DELIVERY_THREADS = 2;

    private final SigtranSettings settings;
    private final LinkBoard board;
    private final Associations associations;
    private final Inbound inbound;
    private final M3uaUserPart m3ua;
    private final P point;
    private boolean closed;

    /**
     * A point that is not started.
     *
     * @param time of what happens to its links
     * @param above makes what is above the user part
     */
    public SigtranPoint(
            String name,
            SigtranSettings settings,
            SignallingLimits limits,
            Counters counters,
            Time time,
            BiFunction<SignallingPlan, Mtp3UserPart, P> above) {
        this.settings = settings;
        board = new LinkBoard(settings.applicationServers(), counters, time);
        SendContext<SendResult> result = new SendContext<>();
        inbound = new Inbound(DELIVERY_THREADS);
        associations = new Associations(settings, board, result, inbound, KernelSctp.HOST);
        m3ua =
                new M3uaUserPart(
                        name,
                        associations.asManagement(),
                        associations.loop(),
                        board,
                        inbound,
                        result);
        point = above.apply(plan(name, settings, limits), m3ua);
    }

    private static SignallingPlan plan(
            String name, SigtranSettings settings, SignallingLimits limits) {
        return new SignallingPlan(
                name,
                settings.pointCode(),
                settings.networkIndicator(),
                settings.globalTitle(),
                settings.ssns(),
                settings.pointCodes().stream().map(pc -> peer(pc, settings)).toList(),
                settings.applicationServers().stream()
                        .map(it -> Set.copyOf(it.pointCodes()))
                        .toList(),
                settings.globalTitles().stream()
                        .collect(
                                Collectors.toMap(
                                        GlobalTitleRule::prefix, GlobalTitleRule::pointCode)),
                false,
                limits,
                settings.links().maxSccpMessage());
    }

    private static Peer peer(int pointCode, SigtranSettings settings) {
        return new Peer(
                pointCode,
                settings.remoteSubsystems().stream()
                        .filter(it -> it.pointCode() == pointCode)
                        .map(RemoteSubsystem::ssn)
                        .toList());
    }

    /** What is above the user part. */
    P point() {
        return point;
    }

    /**
     * Starts without waiting for any far end.
     *
     * @param startPoint starts what is above the user part
     */
    public void start(Consumer<P> startPoint) {
        associations.requireSctp();
        m3ua.begin(settings.applicationServers(), settings.links());
        startPoint.accept(point);
        onTheLoop(m3ua::startLinks);
        associations.listen();
    }

    /** How many messages have come that nobody has taken yet. */
    int waitingMessages() {
        return inbound.waiting();
    }

    /** How many dialogs may run; associations have shares of this number. */
    void maxDialogs(int max) {
        associations.capacity().max(max);
    }

    Connections connections() {
        return associations.connections();
    }

    /** How each link is now. */
    public List<LinkStatus> links() {
        return board.links();
    }

    /** Whether no link is active. */
    boolean isCutOff() {
        return board.isCutOff();
    }

    /** How each point is that the links lead to. */
    List<LinkStatus.PointCode> pointCodes() {
        return board.pointCodes();
    }

    /** Whether every application server has a link and its points can be reached. */
    boolean isReady() {
        return board.allActive() && settings.pointCodes().stream().allMatch(point::reaches);
    }

    private void onTheLoop(Runnable work) {
        try {
            associations.loop().submit(work).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try (associations;
                inbound;
                m3ua;
                point) {
            sayFarewell();
        }
    }

    /** Far ends are informed, and may answer for a moment; they do not delay the stop. */
    private void sayFarewell() {
        board.closing();
        associations.stopListening();
        onTheLoop(m3ua::stopLinks);
        long end = System.nanoTime() + FAREWELL.toNanos();
        try {
            while (associations.anyConnected() && System.nanoTime() < end) {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (associations.anyConnected()) {
            log.info("a far end did not answer ASPDN: the connection is closed");
        }
    }
}
