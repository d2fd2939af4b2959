package io.moondial;

import io.moondial.admin.TracesResource;
import io.moondial.channel.Channel;
import io.moondial.channel.Channel.Connections;
import io.moondial.channel.Channel.NotBegunException;
import io.moondial.channel.DialogDesk;
import io.moondial.channel.LinkStatus;
import io.moondial.channel.NodeLink;
import io.moondial.channel.OutgoingRequest;
import io.moondial.channel.embedded.EmbeddedNetwork;
import io.moondial.channel.sigtran.SigtranNetwork;
import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.SignallingLimits;
import io.moondial.metrics.Counters;
import io.moondial.time.Time;
import io.moondial.time.Time.Activity;
import io.moondial.trace.PcapFormat.PcapSink;
import io.moondial.trace.Trace;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The channels of an engine as one, and the traces that run on them. */
final class Channels implements TracesResource.Taps, AutoCloseable {
    private final List<Channel> channels = new CopyOnWriteArrayList<>();
    private final String names;
    private final Rules.Network network;
    private final Time time;
    private final Counters counters;
    private final Set<Trace> traces = ConcurrentHashMap.newKeySet();

    /** Null: dialogs are not taken yet, or no more. */
    private @Nullable DialogDesk desk;

    /** Those that the rules name; not started. */
    Channels(Rules rules, Time time, Counters counters) {
        this.time = time;
        this.counters = counters;
        network = rules.network();
        channels.add(
                network.sigtran() == null
                        ? new EmbeddedNetwork(
                                network.ssns(), network.limits(), Activity.UNCOUNTED, counters)
                        : new SigtranNetwork(network.sigtran(), network.limits(), counters, time));
        names = channels.stream().map(Channel::name).collect(Collectors.joining(", "));
    }

    /** Starts accepting dialogs; all are brought to this desk. */
    synchronized void start(DialogDesk desk) {
        channels.forEach(channel -> channel.start(desk));
        this.desk = desk;
    }

    /**
     * The place of handsets that reach the engine without its network: that of the embedded one. If
     * the engine has a real network, an embedded one is begun beside it when somebody asks first:
     * in memory, so that nothing of the real one reaches it.
     *
     * @param maxDialogs how many dialogs it takes
     * @throws IllegalStateException if the engine takes no dialogs yet, or no more
     */
    synchronized FarSide handsetsBesideNetwork(int maxDialogs) {
        DialogDesk open = desk;
        if (open == null) {
            throw new IllegalStateException("the engine takes no dialogs now");
        }
        return farSide()
                .orElseGet(
                        () -> {
                            EmbeddedNetwork beside =
                                    new EmbeddedNetwork(
                                            network.ssns(),
                                            SignallingLimits.of(maxDialogs),
                                            Activity.UNCOUNTED,
                                            counters);
                            channels.add(beside);
                            beside.start(open);
                            traces.forEach(beside::attach);
                            return beside;
                        });
    }

    /** The one that the rules name, over which the engine begins dialogs. */
    Channel network() {
        return channels.getFirst();
    }

    /** Their kinds, as the rules name them. */
    String names() {
        return names;
    }

    /**
     * Begins a dialog with another USSD node over the engine's own network: there is no node behind
     * one that is only beside it.
     *
     * @throws NotBegunException if it holds as many dialogs as it may
     */
    NodeLink open(OutgoingRequest request, NodeLink.Receiver receiver) throws NotBegunException {
        return channels.getFirst().open(request, receiver);
    }

    /** How many dialogs they hold, by their own counts. */
    int openDialogs() {
        return sum(Channel::openDialogs);
    }

    /** How each of their links is now. */
    List<LinkStatus> links() {
        return channels.stream().flatMap(channel -> channel.links().stream()).toList();
    }

    /** How each of the points is that their links lead to. */
    List<LinkStatus.PointCode> pointCodes() {
        return channels.stream().flatMap(channel -> channel.pointCodes().stream()).toList();
    }

    Connections connections() {
        return new Connections(
                sum(channel -> channel.connections().open()),
                sum(channel -> channel.connections().linked()));
    }

    private int sum(ToIntFunction<Channel> count) {
        return channels.stream().mapToInt(count).sum();
    }

    /**
     * The place of the handsets of the embedded network.
     *
     * @throws IllegalStateException if there is no such network: its handsets are elsewhere
     */
    FarSide handsets() {
        return farSide()
                .orElseThrow(
                        () ->
                                new IllegalStateException(
                                        "the handsets are on the far side of a signalling link"));
    }

    private Optional<FarSide> farSide() {
        return channels.stream()
                .filter(FarSide.class::isInstance)
                .map(FarSide.class::cast)
                .findFirst();
    }

    /** Begins a trace of all of them. */
    @Override
    public Trace beginTrace(PcapSink sink, @Nullable String msisdn) {
        Trace trace = new Trace(sink, time, counters, msisdn);
        synchronized (this) {
            traces.add(trace);
            channels.forEach(channel -> channel.attach(trace));
        }
        trace.begin();
        return trace;
    }

    /** Ends this trace; one that has ended stays so. */
    @Override
    public void endTrace(Trace trace) {
        synchronized (this) {
            if (!traces.remove(trace)) {
                return;
            }
            channels.forEach(channel -> channel.detach(trace));
        }
        trace.close();
    }

    /** Closes each, even if others fail; then the traces, which have seen their end. */
    @Override
    public void close() {
        synchronized (this) {
            desk = null; // no channel is begun any more
        }
        RuntimeException failed = null;
        for (Channel channel : List.copyOf(channels).reversed()) {
            try {
                channel.close();
            } catch (RuntimeException e) {
                if (failed == null) {
                    failed = e;
                } else {
                    failed.addSuppressed(e);
                }
            }
        }
        traces.forEach(this::endTrace);
        if (failed != null) {
            throw failed;
        }
    }
}
