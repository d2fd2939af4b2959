package io.moondial.channel.sigtran;

import io.moondial.channel.LinkStatus;
import io.moondial.channel.embedded.EmbeddedNetwork;
import io.moondial.channel.sigtran.SigtranSettings.ApplicationServer;
import io.moondial.channel.sigtran.SigtranSettings.Links;
import io.moondial.channel.sigtran.SigtranSettings.RemoteSubsystem;
import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.FarSide.HandsetDesk;
import io.moondial.channel.ss7.MessageLink;
import io.moondial.channel.ss7.SignallingLimits;
import io.moondial.channel.ss7.SignallingPoint;
import io.moondial.channel.ss7.SignallingPoint.Called;
import io.moondial.metrics.Counters;
import io.moondial.time.SystemTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Handsets of a process of their own, on the far side of a real link. */
public final class SigtranHandsets implements FarSide, AutoCloseable {
    /** The handsets' own subsystem: an MSC (3GPP TS 23.003 8.2). */
    private static final int SSN = 8;

    /** The subsystem of the HLR that is where the handsets are. */
    private static final int HLR_SSN = 6;

    private static final String GLOBAL_TITLE = "27829000001";
    private static final int LOOK_MILLIS = 10;
    private static final String SERVER = "engine";

    private final Far engine;
    private final HandsetDesk desk = new HandsetDesk();
    private final SigtranPoint<SignallingPoint> point;

    /**
     * The engine, as the handsets see it.
     *
     * @param pointCode the engine's
     * @param globalTitle the engine's, digits: what it is called by; null: by its point code
     * @param ssns the engine's
     */
    public record Far(int pointCode, @Nullable String globalTitle, List<Integer> ssns) {
        public Far {
            ssns = List.copyOf(ssns);
        }
    }

    /**
     * Handsets that are not started yet.
     *
     * @param pointCode their own
     * @param link an application server that leads to the engine
     */
    public SigtranHandsets(
            int pointCode,
            int networkIndicator,
            Far engine,
            ApplicationServer link,
            SignallingLimits limits) {
        this.engine = engine;
        SigtranSettings settings =
                new SigtranSettings(
                        pointCode,
                        networkIndicator,
                        List.of(SSN, HLR_SSN),
                        GLOBAL_TITLE,
                        List.of(link),
                        engine.ssns().stream()
                                .map(ssn -> new RemoteSubsystem(engine.pointCode(), ssn))
                                .toList(),
                        List.of(),
                        Links.DEFAULT);
        Counters counters = new Counters();
        point =
                new SigtranPoint<>(
                        "handsets",
                        settings,
                        limits,
                        counters,
                        SystemTime.ofProcess(),
                        (plan, userPart) ->
                                new SignallingPoint(plan.asWholeNetwork(), userPart, counters));
    }

    /** Starts connecting. */
    public void start() {
        point.start(it -> it.start(desk));
    }

    /**
     * Waits until dialogs can be begun.
     *
     * @throws TimeoutException if that takes longer; its message says how far it came
     */
    public void awaitReady(Duration timeout) throws InterruptedException, TimeoutException {
        long end = System.nanoTime() + timeout.toNanos();
        while (!point.isReady()) {
            if (System.nanoTime() > end) {
                throw new TimeoutException(
                        "no traffic can flow after %d s: %s".formatted(timeout.toSeconds(), how()));
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    private String how() {
        return Stream.of(point.links())
                .flatMap(List::stream)
                .map(
                        it ->
                                "the connection to %s is %s, the ASP is %s, the application server is %s"
                                        .formatted(
                                                it.address(),
                                                it.associationState(),
                                                it.aspState(),
                                                it.applicationServerState()))
                .findFirst()
                .orElse("there is no link");
    }

    /** How the link is. */
    public List<LinkStatus> links() {
        return point.links();
    }

    @Override
    public MessageLink begin(Call call, MessageLink.Receiver receiver) {
        String title = engine.globalTitle();
        Called called =
                new Called(
                        engine.pointCode(),
                        title == null ? EmbeddedNetwork.ENGINE_GLOBAL_TITLE : title,
                        title != null);
        return point.point().begin(call, called, receiver);
    }

    @Override
    public void receive(@Nullable Taker taker) {
        desk.taker(taker);
    }

    @Override
    public void locate(@Nullable Locator locator) {
        desk.locator(locator);
    }

    @Override
    public void receiveAsNode(@Nullable Taker taker) {
        desk.node(taker);
    }

    @Override
    public int openHandsetDialogs() {
        return point.point().openDialogs();
    }

    @Override
    public void close() {
        point.close();
    }

    /** An application server that leads to the engine over one association. */
    public static ApplicationServer link(
            SigtranSettings.Mode mode,
            long routingContext,
            int enginePointCode,
            SigtranSettings.Association association) {
        return new ApplicationServer(
                SERVER,
                mode,
                routingContext,
                null,
                SigtranSettings.TrafficMode.LOADSHARE,
                List.of(enginePointCode),
                List.of(association));
    }
}
