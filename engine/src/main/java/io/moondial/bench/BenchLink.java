package io.moondial.bench;

import io.moondial.channel.LinkStatus;
import io.moondial.channel.embedded.EmbeddedNetwork;
import io.moondial.channel.sigtran.Endpoint;
import io.moondial.channel.sigtran.SigtranHandsets;
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
import java.util.List;

/** The link between the two processes of a bench: M3UA over TCP on the loopback interface. */
final class BenchLink {
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
                                        Association.listening("a1", new Endpoint(LOOPBACK, 0))
                                                .admitting(Admission.UNLIMITED)))),
                List.of(
                        new RemoteSubsystem(
                                EmbeddedNetwork.HANDSET_POINT_CODE, EmbeddedNetwork.HANDSET_SSN)),
                List.of(),
                Links.DEFAULT);
    }

    /** HOST:PORT at which the engine's end listens. */
    static String address(List<LinkStatus> links) {
        String withTransport = links.getFirst().address();
        return withTransport.substring(withTransport.indexOf(' ') + 1);
    }

    /** The handsets' end; not started yet. */
    static SigtranHandsets handsets(Endpoint engine, int maxDialogs) {
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
