package io.moondial.channel.wire;

import static io.moondial.channel.wire.Ber.hex;

import io.moondial.channel.Channel.NotBegunException;
import io.moondial.channel.DialogLink;
import io.moondial.channel.NodeLink;
import io.moondial.channel.OutgoingDialog;
import io.moondial.channel.OutgoingRequest;
import io.moondial.channel.RoutingInfo;
import io.moondial.channel.RoutingQuery;
import io.moondial.channel.SignallingTap;
import io.moondial.channel.sigtran.SigtranNetwork;
import io.moondial.channel.sigtran.SigtranSettings;
import io.moondial.channel.sigtran.SigtranSettings.Admission;
import io.moondial.channel.ss7.MessageDesk;
import io.moondial.channel.ss7.SignallingLimits;
import io.moondial.config.WrittenSettings;
import io.moondial.metrics.Counters;
import io.moondial.time.SystemTime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

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
        engine = new SigtranNetwork(settings(), limits, counters, SystemTime.ofProcess());
        engine.start(desk);
        try {
            awaitTraffic();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted before the link was up", e);
        }
    }

    private SigtranSettings settings() {
        SigtranSettings settings =
                WrittenSettings.settings(
                        SigtranSettings.class,
                        "point_code: " + ENGINE,
                        "global_title: '27829000000'",
                        "application_servers:",
                        "  - name: stp",
                        "    mode: asp",
                        "    routing_context: " + ROUTING_CONTEXT,
                        "    point_codes: [%d, %d]".formatted(PEER, MATE),
                        "    associations:",
                        "      - {name: a1, transport: tcp, connect: '127.0.0.1:%d'}"
                                .formatted(gateway.port()),
                        "remote_subsystems: [{point_code: %1$d, ssn: 8}, {point_code: %1$d, ssn: 6}]"
                                .formatted(PEER),
                        "reconnect_interval: 50ms",
                        "heartbeat: 0s");
        return WrittenSettings.with(
                settings,
                "links",
                WrittenSettings.with(settings.links(), "admission", Admission.UNLIMITED));
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
    public DialogLink begin(OutgoingDialog dialog, DialogLink.Receiver receiver)
            throws NotBegunException {
        return engine.begin(dialog, receiver);
    }

    @Override
    public NodeLink open(OutgoingRequest request, NodeLink.Receiver receiver)
            throws NotBegunException {
        return engine.open(request, receiver);
    }

    @Override
    public void locate(RoutingQuery query, Consumer<RoutingInfo> receiver)
            throws NotBegunException {
        engine.locate(query, receiver);
    }

    @Override
    public void attach(SignallingTap tap) {
        engine.attach(tap);
    }

    @Override
    public void detach(SignallingTap tap) {
        engine.detach(tap);
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
