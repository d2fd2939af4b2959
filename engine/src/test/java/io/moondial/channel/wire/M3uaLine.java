package io.moondial.channel.wire;

import static io.moondial.channel.wire.Ber.hex;

import io.moondial.channel.sigtran.Endpoint;
import io.moondial.channel.sigtran.SigtranNetwork;
import io.moondial.channel.sigtran.SigtranSettings;
import io.moondial.channel.sigtran.SigtranSettings.Admission;
import io.moondial.channel.sigtran.SigtranSettings.ApplicationServer;
import io.moondial.channel.sigtran.SigtranSettings.Association;
import io.moondial.channel.sigtran.SigtranSettings.Links;
import io.moondial.channel.sigtran.SigtranSettings.Mode;
import io.moondial.channel.sigtran.SigtranSettings.RemoteSubsystem;
import io.moondial.channel.sigtran.SigtranSettings.TrafficMode;
import io.moondial.channel.ss7.MessageDesk;
import io.moondial.channel.ss7.SignallingLimits;
import io.moondial.config.WrittenSettings;
import io.moondial.metrics.Counters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** The engine's SIGTRAN network as an ASP, connected over TCP to a gateway spoken by hand. */
final class M3uaLine implements Line {
    static final int ROUTING_CONTEXT = 101;
    private static final int ENGINE = 2;
    private static final int PEER = 1;
    private static final int MATE = 3;
    private static final int MAX_PROBES = 600;

    private final M3uaPeer gateway = new M3uaPeer(ROUTING_CONTEXT);
    private final Counters counters = new Counters();
    private final SigtranNetwork engine;

    M3uaLine(MessageDesk desk, SignallingLimits limits) {
        engine = new SigtranNetwork(settings(), limits, counters);
        engine.start(desk);
        try {
            awaitTraffic();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted before the link was up", e);
        }
    }

    private SigtranSettings settings() {
        Links quick =
                WrittenSettings.with(
                        WrittenSettings.settings(
                                Links.class, "reconnect_interval: 50ms", "heartbeat: 0s"),
                        "admission",
                        Admission.UNLIMITED);
        Association association =
                Association.connecting("a1", new Endpoint("127.0.0.1", gateway.port()));
        ApplicationServer server =
                new ApplicationServer(
                        "stp",
                        Mode.ASP,
                        (long) ROUTING_CONTEXT,
                        null,
                        TrafficMode.LOADSHARE,
                        List.of(PEER, MATE),
                        List.of(association));
        return new SigtranSettings(
                ENGINE,
                2,
                List.of(6, 147),
                "27829000000",
                List.of(server),
                List.of(new RemoteSubsystem(PEER, 8), new RemoteSubsystem(PEER, 6)),
                List.of(),
                quick);
    }

    /** Asks about a transaction that is nobody's until that is answered. */
    void awaitTraffic() throws InterruptedException {
        for (int i = 0; i < MAX_PROBES; i++) {
            String probe = "00%02x%02x".formatted(i >> 8, i & 0xff);
            try {
                gateway.send(
                        M3uaMessage.data(
                                ROUTING_CONTEXT,
                                PEER,
                                ENGINE,
                                Sccp.udt(Sccp.ENGINE, Sccp.PEER, Ber.proceed(probe, "7fffffff"))));
            } catch (IOException e) {
                // Not connected, or not any more.
            }
            byte[] answer = gateway.sccp().poll(100, TimeUnit.MILLISECONDS);
            while (answer != null) {
                if (hex(answer).contains(probe)) {
                    return;
                }
                answer = gateway.sccp().poll(100, TimeUnit.MILLISECONDS);
            }
        }
        throw new AssertionError("the link did not come up");
    }

    M3uaPeer gateway() {
        return gateway;
    }

    @Override
    public void send(int from, int to, byte[] sccp) {
        try {
            gateway.send(M3uaMessage.data(ROUTING_CONTEXT, from, to, sccp));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Counters counters() {
        return counters;
    }

    @Override
    public BlockingQueue<byte[]> received() {
        return gateway.sccp();
    }

    @Override
    public int openDialogs() {
        return engine.openDialogs();
    }

    @Override
    public void close() {
        engine.close();
        gateway.close();
    }
}
