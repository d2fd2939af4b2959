package io.moondial.bench;

import com.sun.management.OperatingSystemMXBean;
import io.moondial.Configuration;
import io.moondial.ConfigurationException;
import io.moondial.Engine;
import io.moondial.Rules;
import io.moondial.bench.Talk.BenchRules;
import io.moondial.bench.echo.Echo;
import io.moondial.channel.LinkStatus;
import io.moondial.channel.embedded.EmbeddedNetwork;
import io.moondial.channel.sigtran.SigtranHandsets;
import io.moondial.channel.sigtran.SigtranPoint;
import io.moondial.channel.sigtran.SigtranSettings;
import io.moondial.channel.sigtran.SigtranSettings.Admission;
import io.moondial.channel.sigtran.SigtranSettings.ApplicationServer;
import io.moondial.channel.sigtran.SigtranSettings.Association;
import io.moondial.channel.sigtran.SigtranSettings.Links;
import io.moondial.channel.sigtran.SigtranSettings.Mode;
import io.moondial.channel.sigtran.SigtranSettings.RemoteSubsystem;
import io.moondial.channel.sigtran.SigtranSettings.TrafficMode;
import io.moondial.channel.ss7.SignallingLimits;
import io.moondial.channel.ss7.SignallingPlan;
import io.moondial.config.HostPort;
import io.moondial.logic.DialogObserver;
import io.moondial.script.api.Backends;
import io.moondial.text.UssdString;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What the other process of a bench runs: the engine or the echo, at the end of the link. It says
 * where it listens, then answers questions, a line each, until its input ends.
 */
public final class BenchSide {
    static final String READY = "ready ";
    static final String HEAP = "heap";

    private final BufferedReader in;
    private final PrintStream out;

    public BenchSide(BufferedReader in, PrintStream out) {
        this.in = in;
        this.out = out;
    }

    /** Runs the engine with these rules, its network replaced by the bench's link. */
    public void engine(Path rules, Path edrs, int maxDialogs)
            throws ConfigurationException, IOException {
        Rules.Network network =
                new Rules.Network(null, BenchLink.engine(), SignallingLimits.of(maxDialogs));
        Configuration configuration = Configuration.read(rules).withEdrsIn(edrs).on(network);
        try (Engine engine =
                Engine.ofCommand(configuration, DialogObserver.NOBODY, Backends::start)) {
            engine.start();
            answer(BenchLink.address(engine.links()));
        }
    }

    /** Runs the echo. */
    public void echo(List<UssdString> menus, UssdString last, int maxDialogs) throws IOException {
        SignallingLimits limits = SignallingLimits.of(maxDialogs);
        try (SigtranPoint<Echo> echo = Echo.overM3ua(BenchLink.engine(), limits, menus, last)) {
            echo.start(Echo::start);
            answer(BenchLink.address(echo.links()));
        }
    }

    private void answer(String address) throws IOException {
        out.println(READY + address);
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.equals(HEAP)) {
                out.println(ThisProcess.liveHeap());
            } else {
                throw new IOException("not understood: " + line);
            }
        }
    }

    /** The link between the two processes of a bench: M3UA over TCP on the loopback interface. */
    static final class BenchLink {
        private static final long ROUTING_CONTEXT = 101;
        private static final String LOOPBACK = "127.0.0.1";

        private BenchLink() {}

        /** The engine's end: it listens at a free port. */
        static SigtranSettings engine() {
            return new SigtranSettings(
                    EmbeddedNetwork.ENGINE_POINT_CODE,
                    SignallingPlan.NATIONAL,
                    List.of(BenchRules.SSN),
                    EmbeddedNetwork.ENGINE_GLOBAL_TITLE,
                    List.of(
                            new ApplicationServer(
                                    "bench",
                                    Mode.ASP,
                                    ROUTING_CONTEXT,
                                    null,
                                    TrafficMode.LOADSHARE,
                                    List.of(EmbeddedNetwork.HANDSET_POINT_CODE),
                                    List.of(
                                            Association.listening("a1", new HostPort(LOOPBACK, 0))
                                                    .admitting(Admission.UNLIMITED)))),
                    List.of(
                            new RemoteSubsystem(
                                    EmbeddedNetwork.HANDSET_POINT_CODE,
                                    EmbeddedNetwork.HANDSET_SSN)),
                    List.of(),
                    Links.DEFAULT);
        }

        /** HOST:PORT at which the engine's end listens. */
        static String address(List<LinkStatus> links) {
            String withTransport = links.getFirst().address();
            return withTransport.substring(withTransport.indexOf(' ') + 1);
        }

        /** The handsets' end; not started yet. */
        static SigtranHandsets handsets(HostPort engine, int maxDialogs) {
            return new SigtranHandsets(
                    EmbeddedNetwork.HANDSET_POINT_CODE,
                    SignallingPlan.NATIONAL,
                    new SigtranHandsets.Far(
                            EmbeddedNetwork.ENGINE_POINT_CODE, null, List.of(BenchRules.SSN)),
                    SigtranHandsets.link(
                            Mode.SGW,
                            ROUTING_CONTEXT,
                            EmbeddedNetwork.ENGINE_POINT_CODE,
                            Association.connecting("a1", engine)),
                    SignallingLimits.of(maxDialogs));
        }
    }

    /** What this process takes. */
    static final class ThisProcess {
        /** One collection may leave what only became unreachable through it. */
        private static final int COLLECTIONS = 2;

        private ThisProcess() {}

        /** CPU time so far, of all its threads. */
        static Duration cpu() {
            return Duration.ofNanos(
                    ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)
                            .getProcessCpuTime());
        }

        /** The live heap in octets, after a full collection. */
        static long liveHeap() {
            MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
            for (int i = 0; i < COLLECTIONS; i++) {
                memory.gc();
            }
            return memory.getHeapMemoryUsage().getUsed();
        }
    }
}
