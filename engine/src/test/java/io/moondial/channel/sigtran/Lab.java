package io.moondial.channel.sigtran;

import static org.awaitility.Awaitility.await;

import io.moondial.channel.Address;
import io.moondial.channel.DialogDesk;
import io.moondial.channel.DialogLink;
import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.channel.LinkStatus;
import io.moondial.channel.Opening;
import io.moondial.channel.sigtran.Inbound.AdmissionControl;
import io.moondial.channel.sigtran.Link.LinkSite;
import io.moondial.channel.sigtran.SigtranSettings.Admission;
import io.moondial.channel.sigtran.SigtranSettings.ApplicationServer;
import io.moondial.channel.sigtran.SigtranSettings.Association;
import io.moondial.channel.sigtran.SigtranSettings.GlobalTitleRule;
import io.moondial.channel.sigtran.SigtranSettings.Links;
import io.moondial.channel.sigtran.SigtranSettings.Mode;
import io.moondial.channel.sigtran.SigtranSettings.RemoteSubsystem;
import io.moondial.channel.sigtran.SigtranSettings.TrafficMode;
import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.channel.ss7.SendContext;
import io.moondial.channel.ss7.SignallingLimits;
import io.moondial.config.HostPort;
import io.moondial.config.WrittenSettings;
import io.moondial.dialog.Outgoing;
import io.moondial.metrics.Counters;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UnsendableText;
import io.moondial.time.SystemTime;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An engine's side of a SIGTRAN network with a desk that answers every dialog at once with what was
 * dialled; and the settings of one, with times fit for a test.
 */
final class Lab implements DialogDesk, AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(60);
    static final String TITLE = "27829000000";
    static final Links QUICK =
            WrittenSettings.settings(
                    Links.class,
                    "reconnect_interval: 50ms",
                    "heartbeat: 0s",
                    "ack_timeout: 100ms",
                    "activation_timeout: 300ms");

    final Queue<Opening> openings = new ConcurrentLinkedQueue<>();
    final Counters counters = new Counters();
    final SigtranNetwork network;

    /** Why an answer was not taken by any link, of each answer. */
    final Queue<Optional<String>> answered = new ConcurrentLinkedQueue<>();

    /** What the desk answers; null: what was dialled. */
    volatile @Nullable UssdString says;

    /** When the desk answers: at once. */
    volatile Consumer<Runnable> answering = Runnable::run;

    /** What is done with what the desk is told was refused. */
    volatile Consumer<Refusal> refusing =
            refusal -> {
                throw new AssertionError(refusal);
            };

    /** While it is not counted down, the desk takes nothing. */
    volatile @Nullable CountDownLatch hold;

    Lab(SigtranSettings settings) {
        this(settings, SignallingLimits.of(100_000));
    }

    Lab(SigtranSettings settings, SignallingLimits limits) {
        network = new SigtranNetwork(settings, limits, counters, SystemTime.ofProcess());
        try {
            network.start(this);
        } catch (RuntimeException e) {
            network.close();
            throw e;
        }
    }

    /** {@link #QUICK}, but for far ends that take their time. */
    static final Links STEADY = links(Duration.ofMinutes(1), Admission.DEFAULT);

    /** {@link #STEADY}, with another admission. */
    static Links admitting(Admission admission) {
        return links(Duration.ofMinutes(1), admission);
    }

    private static Links links(Duration activationTimeout, Admission admission) {
        return WrittenSettings.with(
                WrittenSettings.with(QUICK, "activationTimeout", activationTimeout),
                "admission",
                admission);
    }

    /** What links share, for those that are made one by one. */
    static LinkSite site(EventLoop loop, LinkBoard board, KernelSctp sctp) {
        return new LinkSite(
                QUICK,
                loop,
                board,
                new SendContext<>(),
                new Inbound(1),
                new AdmissionControl.Capacity(() -> 1),
                sctp);
    }

    static SigtranSettings settings(Links links, ApplicationServer... servers) {
        return new SigtranSettings(
                2,
                2,
                List.of(6, 147),
                TITLE,
                List.of(servers),
                List.of(servers).stream()
                        .flatMap(it -> it.pointCodes().stream())
                        .distinct()
                        .map(pc -> new RemoteSubsystem(pc, 8))
                        .toList(),
                List.<GlobalTitleRule>of(),
                links);
    }

    static ApplicationServer server(Mode mode, TrafficMode traffic, Association... associations) {
        return new ApplicationServer(
                "stp", mode, 101L, null, traffic, List.of(1), List.of(associations));
    }

    static ApplicationServer server(Mode mode, Association... associations) {
        return server(mode, TrafficMode.LOADSHARE, associations);
    }

    /**
     * One with another name, for an ASP.
     *
     * @param context null: none is sent
     */
    static ApplicationServer server(
            String name,
            @Nullable Long context,
            List<Integer> pointCodes,
            Association... associations) {
        ApplicationServer named =
                WrittenSettings.with(server(Mode.ASP, associations), "name", name);
        return WrittenSettings.with(
                WrittenSettings.with(named, "routingContext", context), "pointCodes", pointCodes);
    }

    static Association listening(String name) {
        return Association.listening(name, new HostPort("127.0.0.1", 0));
    }

    static Association connecting(String name, int port) {
        return Association.connecting(name, new HostPort("127.0.0.1", port));
    }

    /** The port that the kernel chose for an association. */
    int port(String association) {
        String address = link(association).address();
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    LinkStatus link(String association) {
        return network.links().stream()
                .filter(it -> it.association().equals(association))
                .findFirst()
                .orElseThrow();
    }

    void awaitAsp(String association, String state) {
        await().atMost(PATIENCE).until(() -> link(association).aspState().equals(state));
    }

    void awaitServer(String state) {
        await().atMost(PATIENCE)
                .until(() -> network.links().getFirst().applicationServerState().equals(state));
        if (state.equals("active")) {
            await().atMost(PATIENCE).until(() -> network.reaches(1));
        }
    }

    static FarSide.Call call(String text) {
        try {
            return new FarSide.Call(
                    Operation.PROCESS_UNSTRUCTURED_SS_REQUEST,
                    UssdString.encode(text, Dcs.UNSPECIFIED),
                    Address.international("27761485722"),
                    null,
                    null,
                    6);
        } catch (UnsendableText e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public DialogLink.Receiver begun(Opening opening, DialogLink link) {
        waitWhileHeld();
        openings.add(opening);
        answering.accept(() -> answer(opening, link));
        return message -> {};
    }

    private void answer(Opening opening, DialogLink link) {
        UssdString text = says == null ? opening.ussd() : says;
        try {
            answered.add(link.send(new Outgoing.Finish(text, false)));
        } catch (DialogGoneException e) {
            throw new AssertionError(e);
        }
    }

    private void waitWhileHeld() {
        CountDownLatch until = hold;
        if (until != null) {
            try {
                until.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void refused(Refusal refusal) {
        refusing.accept(refusal);
    }

    @Override
    public void close() {
        network.close();
    }
}
