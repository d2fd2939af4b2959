package io.starhash;

import io.starhash.control.ControlSocket;
import io.starhash.control.ControlledEngine;
import io.starhash.control.EngineStatus;
import io.starhash.edr.EdrApp;
import io.starhash.edr.EdrClock;
import io.starhash.edr.EdrFolders;
import io.starhash.edr.InstanceIds;
import io.starhash.edr.StreamStatus;
import io.starhash.logic.DialogWatch;
import io.starhash.logic.HeapWatch;
import io.starhash.logic.ServiceDesk;
import io.starhash.logic.Surroundings;
import io.starhash.metrics.Counters;
import io.starhash.network.FarSide;
import io.starhash.network.LinkStatus;
import io.starhash.network.Network;
import io.starhash.network.embedded.EmbeddedNetwork;
import io.starhash.network.sigtran.SigtranNetwork;
import io.starhash.reload.FileWatch;
import io.starhash.rules.Rules;
import io.starhash.time.Activity;
import io.starhash.time.SystemTime;
import io.starhash.time.Time;
import io.starhash.trace.PcapSink;
import io.starhash.trace.Trace;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The engine put together: a network brings dialogs to the desk, which runs a script for each and
 * has records written.
 */
public final class Engine implements AutoCloseable, ControlledEngine {
    private final Configuration configuration;
    private final Rules rules;
    private final Counters counters = new Counters();
    private final SystemTime time = new SystemTime();
    private final EdrApp edrs;
    private final HeapWatch heap;
    private final ServiceDesk desk;
    private final Network network;
    private final Instant started = time.now();
    private final EngineTraces traces;
    private @Nullable ControlSocket control;
    private @Nullable FileWatch reload;
    private boolean stopped;

    /** An engine with this configuration; it takes dialogs once started. */
    public Engine(Configuration configuration) {
        this(configuration, DialogWatch.NOBODY);
    }

    /** As above, with somebody who wants to know what dialogs begin and send. */
    public Engine(Configuration configuration, DialogWatch watch) {
        this.configuration = configuration;
        rules = configuration.rules();
        EdrFolders.make(rules.edr());
        edrs =
                new EdrApp(
                        rules.edr(),
                        EdrClock.system(),
                        HostName.get(),
                        ProcessHandle.current().pid(),
                        counters);
        desk =
                new ServiceDesk(
                        edrs,
                        edrs::accepting,
                        new InstanceIds(
                                rules.edr().appName(), time.now(), ThreadLocalRandom.current()),
                        counters,
                        Surroundings.at(time, watch),
                        rules.dialogs().max());
        heap = new HeapWatch(rules.dialogs().maxHeapPercent());
        desk.guardHeap(heap.guard()::hasRoom);
        desk.serve(configuration.services());
        network =
                switch (rules.network()) {
                    case Rules.Network.Embedded(var ssns, var tcap) ->
                            new EmbeddedNetwork(ssns, tcap, Activity.UNCOUNTED, counters);
                    case Rules.Network.Sigtran(var settings, var tcap) ->
                            new SigtranNetwork(settings, tcap, counters);
                };
        traces = new EngineTraces(network, time, counters);
    }

    /** Starts taking dialogs. */
    public void start() {
        network.start(desk);
    }

    /**
     * From now on a change of the rules or of a script comes into service as soon as it is saved
     * and sound.
     *
     * @param applied told of the rules of each configuration that comes into service, after the
     *     first
     */
    public synchronized void followChanges(Consumer<Rules> applied) {
        if (!stopped && reload == null) {
            reload = new FileWatch(reloading(applied));
        }
    }

    /** The succession of this engine's configurations, for whoever says when. */
    Reloading reloading(Consumer<Rules> applied) {
        return new Reloading(configuration, desk, counters, applied);
    }

    /**
     * Opens the socket through which the engine can be asked from outside its process, until it
     * stops.
     *
     * @throws IOException where that cannot be; the message says what to do
     */
    public synchronized void openControl() throws IOException {
        control = new ControlSocket(rules.control(), this, counters);
    }

    @Override
    public EngineStatus status() {
        Runtime runtime = Runtime.getRuntime();
        return new EngineStatus(
                Build.version(),
                ProcessHandle.current().pid(),
                rules.file(),
                started,
                Duration.between(started, time.now()),
                switch (rules.network()) {
                    case Rules.Network.Embedded embedded -> "embedded";
                    case Rules.Network.Sigtran sigtran -> "sigtran";
                },
                network.links(),
                new EngineStatus.Dialogs(
                        desk.openDialogs(), rules.dialogs().max(), network.openDialogs()),
                desk.scripts(),
                edrs.status(),
                new EngineStatus.Heap(
                        runtime.totalMemory() - runtime.freeMemory(), runtime.maxMemory()),
                counters.snapshot());
    }

    @Override
    public Trace beginTrace(PcapSink sink, @Nullable String msisdn) {
        return traces.begin(sink, msisdn);
    }

    @Override
    public void endTrace(Trace trace) {
        traces.end(trace);
    }

    @Override
    public Time time() {
        return time;
    }

    /**
     * Where the handsets of the embedded network are.
     *
     * @throws IllegalStateException where it is another network: its handsets are elsewhere
     */
    public FarSide handsets() {
        if (network instanceof FarSide farSide) {
            return farSide;
        }
        throw new IllegalStateException("the handsets are on the far side of a signalling link");
    }

    /** How each signalling link is now; none where the network is embedded. */
    public List<LinkStatus> links() {
        return network.links();
    }

    /** What has been counted so far. */
    public Counters counters() {
        return counters;
    }

    /** How each EDR stream stands that has had a record: its backlog, what it wrote, its faults. */
    public List<StreamStatus> edrStreams() {
        return edrs.status();
    }

    /** How many dialogs run now. */
    public int openDialogs() {
        return desk.openDialogs();
    }

    /** How many dialogs the protocol stack holds now. */
    public int stackDialogs() {
        return network.openDialogs();
    }

    /** What is left to do for a part of the engine at its end. */
    private interface Ending extends AutoCloseable {
        @Override
        void close();
    }

    /** What a stop came to: dialogs that had to be aborted, and records that no file took. */
    public record Stop(int aborted, long lostEdrs) {}

    /**
     * Refuses new dialogs, lets those that run finish within {@code stop_timeout}, aborts the rest,
     * takes the network down and completes the EDR files. A disk that takes no records is tried
     * until {@code stop_timeout} is over; then they are spilled. A second call does nothing.
     */
    public Stop stop() throws InterruptedException {
        return stop(rules.dialogs().stopTimeout());
    }

    private synchronized Stop stop(Duration timeout) throws InterruptedException {
        if (stopped) {
            return new Stop(0, 0);
        }
        stopped = true;
        if (reload != null) {
            reload.close();
        }
        ControlSocket socket = control;
        long began = System.nanoTime();
        Ending records = () -> edrs.close(timeout.minusNanos(System.nanoTime() - began));
        int aborted;
        // Closed from the last to the first, each whatever becomes of the others.
        try (heap;
                time;
                records;
                traces;
                network;
                socket) {
            aborted = desk.stop(timeout);
        }
        return new Stop(aborted, edrs.status().stream().mapToLong(StreamStatus::dropped).sum());
    }

    /** Stops without waiting for dialogs that run. */
    @Override
    public void close() {
        try {
            stop(Duration.ZERO);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
