package io.moondial;

import static java.util.Objects.requireNonNullElse;

import io.moondial.admin.AdminServer;
import io.moondial.admin.DialogsResource;
import io.moondial.admin.EdrsResource;
import io.moondial.admin.EngineStatus;
import io.moondial.admin.HealthResource;
import io.moondial.admin.LinksResource;
import io.moondial.admin.MetricsResource;
import io.moondial.admin.PhoneResource;
import io.moondial.admin.PushesResource;
import io.moondial.admin.ReloadResource;
import io.moondial.admin.Resource;
import io.moondial.admin.RulesResource;
import io.moondial.admin.RulesResource.RulesInForce;
import io.moondial.admin.ScriptsResource;
import io.moondial.admin.SeriesResource;
import io.moondial.admin.StatusResource;
import io.moondial.admin.TracesResource;
import io.moondial.channel.Channel.Connections;
import io.moondial.channel.LinkStatus;
import io.moondial.channel.ss7.FarSide;
import io.moondial.dialog.DialogKind;
import io.moondial.edr.EdrApp;
import io.moondial.edr.EdrApp.EdrClock;
import io.moondial.edr.EdrApp.StreamStatus;
import io.moondial.edr.EdrFolders;
import io.moondial.edr.EdrSearch;
import io.moondial.edr.InstanceIds;
import io.moondial.file.FileTrouble;
import io.moondial.handset.Phones;
import io.moondial.history.DialogHistory;
import io.moondial.logic.DialogEnvironment;
import io.moondial.logic.DialogObserver;
import io.moondial.logic.HeapWatch;
import io.moondial.logic.ServiceDesk;
import io.moondial.logic.ServiceDesk.StopClock;
import io.moondial.metrics.Counters;
import io.moondial.metrics.Exposition;
import io.moondial.metrics.Reconciliation;
import io.moondial.metrics.Series;
import io.moondial.modules.kv.EngineRecords;
import io.moondial.modules.push.PushesInKv;
import io.moondial.push.Callbacks;
import io.moondial.push.PushQueue;
import io.moondial.push.PushRecords;
import io.moondial.push.PushSettings;
import io.moondial.push.Pushes;
import io.moondial.reload.FileWatch;
import io.moondial.script.api.Backends;
import io.moondial.time.SystemTime;
import io.moondial.time.Time;
import io.moondial.trace.PcapFormat.PcapSink;
import io.moondial.trace.Trace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the engine together: channels bring dialogs to the desk, which runs a script for each dialog
 * and has records written.
 */
public final class Engine implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Engine.class);
    private static final String UNKNOWN_HOST = "localhost";

    private final Rules rules;
    private final Counters counters = new Counters();
    private final Time time;
    private final Backends backends;
    private final BiFunction<Backends, Time, EngineRecords.Place> records;
    private final EdrApp edrs;
    private final HeapWatch heap;
    private final InstanceIds instanceIds;
    private final ServiceDesk desk;
    private final Channels channels;
    private final Instant started;
    private final ReloadResource reloads = new ReloadResource(this::reload);
    private final Reloading reloading;
    private final ServedScripts scripts;
    private final Phones phones;
    private final TracesResource traces;
    private final Reconciliation reconciliation;
    private final EngineMetrics metrics;
    private final Series series;
    private volatile @Nullable LastGood lastGood;
    private volatile @Nullable Callbacks callbacks;
    private volatile Consumer<Configuration> applied = now -> {};
    private final DialogHistory history;
    private final Pushes pushes;
    private final EdrSearch edrSearch;
    private @Nullable AdminServer admin;
    private volatile @Nullable FileWatch reload;
    private volatile boolean running;
    private volatile boolean stopped;
    private volatile boolean hurried;
    private volatile @Nullable Thread closingRecords;

    /** An engine with this configuration; it accepts dialogs after its start. */
    public Engine(Configuration configuration) {
        this(configuration, DialogObserver.NOBODY);
    }

    /** As above, with a watch over what dialogs begin and send. */
    public Engine(Configuration configuration, DialogObserver observer) {
        this(configuration, observer, new SystemTime(), StopClock.REAL);
    }

    /**
     * One that a command starts for itself, on the rules of a service that may run meanwhile. Its
     * pushes and their callbacks are in memory: it leaves those of the service alone, and the
     * service finds none of its own.
     *
     * @param backends starts what is behind modules; it is closed with the engine
     */
    public static Engine ofCommand(
            Configuration configuration,
            DialogObserver observer,
            BiFunction<Backends.Settings, Time, Backends> backends) {
        return new Engine(
                configuration,
                observer,
                backends,
                EngineRecords::alone,
                new SystemTime(),
                StopClock.REAL);
    }

    /**
     * As above, with another time for scripts and dialogs; links keep their own.
     *
     * @param time closed with the engine
     */
    Engine(Configuration configuration, DialogObserver observer, Time time) {
        this(configuration, observer, time, StopClock.REAL);
    }

    /** As above, with another clock for its stop. */
    Engine(Configuration configuration, DialogObserver observer, Time time, StopClock stopClock) {
        this(
                configuration,
                observer,
                Backends::start,
                (started, _) -> EngineRecords.shared(started),
                time,
                stopClock);
    }

    private Engine(
            Configuration configuration,
            DialogObserver observer,
            BiFunction<Backends.Settings, Time, Backends> starter,
            BiFunction<Backends, Time, EngineRecords.Place> records,
            Time time,
            StopClock stopClock) {
        this.time = time;
        this.records = records;
        started = time.now();
        rules = configuration.rules();
        EdrFolders.make(rules.edr());
        backends = starter.apply(rules.modules(), time);
        history = new DialogHistory(rules.admin().history());
        pushes = backends.get(Pushes.class);
        phones = new Phones(this::handsetsOfPhones, time, counters, rules.admin().phones());
        edrSearch = new EdrSearch(rules.edr(), rules.admin().edrSearch());
        edrs =
                new EdrApp(
                        rules.edr(),
                        EdrClock.system(),
                        hostName(),
                        ProcessHandle.current().pid(),
                        counters);
        instanceIds =
                new InstanceIds(rules.edr().appName(), time.now(), ThreadLocalRandom.current());
        channels = new Channels(rules, time, counters);
        desk =
                new ServiceDesk(
                        edrs,
                        edrs::accepting,
                        instanceIds,
                        counters,
                        DialogEnvironment.at(
                                time,
                                backends,
                                channels::open,
                                DialogObserver.all(
                                        List.of(
                                                observer,
                                                history,
                                                phones,
                                                subscribersInDialogs()))),
                        rules.dialogs().max(),
                        stopClock);
        heap = new HeapWatch(rules.dialogs().maxHeap(), desk::openDialogs);
        desk.guardHeap(heap::hasRoom);
        desk.serve(configuration.services());
        traces = new TracesResource(rules.admin().maxTraces(), channels, time, counters);
        reloading =
                new Reloading(
                        configuration,
                        desk,
                        backends,
                        counters,
                        time,
                        this::inService,
                        reloads::tell);
        scripts = new ServedScripts(reloading, desk, counters, time, started, reloads::reload);
        reconciliation =
                new Reconciliation(
                        time,
                        rules.control().reconcileInterval(),
                        rules.control().reconcileLooks(),
                        counters);
        metrics =
                new EngineMetrics(
                        new EngineMetrics.Parts(
                                counters,
                                desk,
                                heap,
                                channels,
                                edrs,
                                backends,
                                reloading,
                                reconciliation,
                                pushes));
        series = new Series(time, metrics::measure);
    }

    /** Starts taking dialogs. */
    public void start() {
        channels.start(desk);
        if (pushes instanceof PushQueue queue) {
            startPushes(queue);
        }
        reconciliation.watch(stackDialogsAgainstRunning());
        reconciliation.watch(recordsAgainstWritten());
        reconciliation.watch(connectionsAgainstLinks());
        series.start();
        running = true;
    }

    /** Who is in a dialog gets no push meanwhile. */
    private DialogObserver subscribersInDialogs() {
        return pushes instanceof PushQueue queue ? queue : DialogObserver.NOBODY;
    }

    private void startPushes(PushQueue queue) {
        queue.follow(new PushRecords(edrs, () -> rules().process().edrStream(), instanceIds, time));
        EngineRecords.Place place = records.apply(backends, time);
        Callbacks told = PushCallbacks.of(place, backends, () -> rules().push(), counters, time);
        callbacks = told;
        queue.follow(told);
        if (!queue.isOn()) {
            var _ = told.start();
        }
        queue.start(
                new PushQueue.Parts(
                        new PushesInKv(place),
                        channels.network(),
                        desk::push,
                        settings -> obstacleToPushes(settings.maxDialogs()),
                        desk::isSwitchedOff,
                        rules.network().ssns().getFirst(),
                        () -> requireNonNullElse(rules().timeZone(), time.zone()),
                        counters,
                        () -> {
                            var _ = told.start();
                        }));
    }

    /** Pushes are shed before anybody who dials is refused. */
    private Optional<String> obstacleToPushes(int percent) {
        if (channels.network().isCutOff()) {
            return Optional.of("no_link");
        }
        return desk.openDialogs() < rules.dialogs().max() / 100.0 * percent
                        && heap.hasRoom()
                        && edrs.accepting()
                ? Optional.empty()
                : Optional.of("overload");
    }

    private Reconciliation.Pair connectionsAgainstLinks() {
        return new Reconciliation.Pair(
                "connections",
                "%d connections are open that no link knows: nobody will close them",
                "%d links have a connection that is not open",
                () -> {
                    Connections now = channels.connections();
                    return (long) now.open() - now.linked();
                },
                () -> 0);
    }

    private Reconciliation.Pair recordsAgainstWritten() {
        return new Reconciliation.Pair(
                "records",
                "%d records were handed over that are neither written nor waiting nor counted as lost",
                "%d more records were written, wait or are counted as lost than were handed over",
                () -> edrs.status().stream().mapToLong(Engine::unaccounted).sum(),
                () -> edrs.status().stream().mapToLong(StreamStatus::handedOver).sum());
    }

    private static long unaccounted(StreamStatus stream) {
        return stream.handedOver() - stream.written() - stream.backlog() - stream.dropped();
    }

    /**
     * A dialog that has ended for the network may have a script that still runs. So the dialogs
     * that have not ended count, not those with a running script. A push whose script has shown
     * nothing yet, or that waits to be tried again, is not in the stack, and lacks nothing there.
     */
    private Reconciliation.Pair stackDialogsAgainstRunning() {
        return new Reconciliation.Pair(
                "dialogs_of_the_stack",
                "the stack holds %d dialogs that no script knows: nobody will end them",
                "%d dialogs are open that the stack does not hold: their scripts wait in vain",
                () -> {
                    long surplus =
                            channels.openDialogs()
                                    - (counters.value(ServiceDesk.BEGUN)
                                            - counters.sum(ServiceDesk.FINISHED))
                                    - (counters.value(ServiceDesk.FAR_BEGUN)
                                            - counters.sum(ServiceDesk.FAR_ENDED));
                    return surplus < 0
                            ? Math.min(0, surplus + desk.metrics().open(DialogKind.PUSHED))
                            : surplus;
                },
                () ->
                        counters.value(ServiceDesk.BEGUN)
                                + counters.sum(ServiceDesk.REFUSED)
                                + counters.value(ServiceDesk.FAR_BEGUN));
    }

    /**
     * From now on a change of the rules or of a script comes into service when it is saved, if it
     * is sound.
     *
     * @param applied gets each configuration that comes into service after the first, on a thread
     *     that may wait
     */
    public synchronized void followChanges(Consumer<Configuration> applied) {
        if (!stopped && reload == null) {
            this.applied = applied;
            reload = new FileWatch(reloading);
        }
    }

    private void inService(Configuration now) {
        scripts.inService(now);
        Callbacks told = callbacks;
        if (told != null) {
            told.reload();
        }
        applied.accept(now);
        LastGood place = lastGood;
        if (place != null) {
            keep(place, now);
        }
    }

    /**
     * From now on what is in service is kept there, beginning with what is in service now. Call
     * this before changes are followed.
     */
    public void keepLastGood(LastGood place) {
        lastGood = place;
        scripts.keepIn(place.releases());
        Configuration now = reloading.current();
        if (now.kept() == null) {
            keep(place, now);
        }
    }

    /** If it cannot be kept, only the next start is affected, so this engine goes on. */
    private void keep(LastGood place, Configuration now) {
        try {
            place.keep(now);
        } catch (IOException e) {
            counters.increment("last_good.failures");
            log.warn(
                    "the set in service could not be kept in {} for serve --last-good: {}",
                    place.file(),
                    FileTrouble.tell(e));
        }
    }

    /**
     * Reads rules and scripts again, changed or not, and puts them into service if they are sound.
     *
     * @param by who asks, as it is told to people
     * @return cancelled if changes are not followed, or no longer
     */
    public CompletableFuture<ReloadResource.Outcome> reload(String by) {
        FileWatch watch = reload;
        if (watch == null) {
            CompletableFuture<ReloadResource.Outcome> nobody = new CompletableFuture<>();
            nobody.cancel(false);
            return nobody;
        }
        CompletableFuture<ReloadResource.Outcome> outcome = reloading.ask(by);
        watch.lookNow();
        return outcome;
    }

    private FarSide handsetsOfPhones() {
        // a dialog that has ended for its phone may not have done so for the stack
        return channels.handsetsBesideNetwork(2 * rules.admin().phones().max() + 100);
    }

    /** The phones that people hold in the console. */
    public PhoneResource phoneResource() {
        return new PhoneResource(phones, rules.network()::ssns, desk::hidden);
    }

    /** Takes orders for pushes, and knows what becomes of them. */
    public Pushes pushes() {
        return pushes;
    }

    /** The scripts that are in service, what the disk has of them, and their releases. */
    public ScriptsResource.Scripts scripts() {
        return scripts;
    }

    /** What the rules say now; a change of some sections waits for a restart. */
    public Rules rules() {
        return reloading.current().rules();
    }

    /** The rules as they are in force now. */
    public RulesInForce rulesInForce() {
        return new CurrentRules(reloading.current(), reloading);
    }

    /** This engine's reloads, for a caller that decides when they happen. */
    Reloading reloading() {
        return reloading;
    }

    /**
     * Opens the interface over HTTP, until the engine stops.
     *
     * @param more what it serves beside the resources of the engine
     * @throws IOException if that is not possible; the message says what to do
     */
    public synchronized void openAdmin(List<Resource> more) throws IOException {
        List<Resource> resources = new ArrayList<>(more);
        resources.add(new StatusResource(this::status, time));
        resources.add(new RulesResource(this::rulesInForce));
        resources.add(new DialogsResource(history));
        resources.add(new PushesResource(pushes, this::pushSettings, counters, time));
        resources.add(new MetricsResource(metrics.exposition()));
        resources.add(new SeriesResource(series));
        resources.add(new HealthResource(() -> Health.live(series), this::ready));
        resources.add(phoneResource());
        resources.add(
                new EdrsResource(edrSearch, rules.admin().edrSearch(), edrs::status, counters));
        resources.add(reloads);
        resources.add(traces);
        resources.add(
                new LinksResource(
                        new LinksResource.Network(
                                channels.names(), channels::links, channels::pointCodes),
                        time));
        admin =
                new AdminServer(
                        rules.control().socket(),
                        rules.control().maxConnections(),
                        rules.admin(),
                        counters,
                        time,
                        resources);
    }

    private PushSettings pushSettings() {
        return rules().modules().values("push", PushSettings.class).orElseThrow();
    }

    private List<HealthResource.Check> ready() {
        return Health.ready(phase(), channels.links(), edrs.status(), reloading.status());
    }

    /**
     * The interface over HTTP.
     *
     * @throws IllegalStateException if it is not open
     */
    public synchronized AdminServer admin() {
        AdminServer open = admin;
        if (open == null) {
            throw new IllegalStateException("the interface is not open");
        }
        return open;
    }

    /** How it is now; from any thread. */
    public EngineStatus status() {
        Runtime runtime = Runtime.getRuntime();
        return new EngineStatus(
                Build.version(),
                ProcessHandle.current().pid(),
                rules.file(),
                started,
                Duration.between(started, time.now()),
                phase(),
                channels.names(),
                channels.links(),
                new EngineStatus.Dialogs(
                        desk.openDialogs(), rules.dialogs().max(), channels.openDialogs()),
                desk.scripts(),
                edrs.status(),
                backends.gauges(),
                pushSettings().isOn() ? pushes.standing() : null,
                new EngineStatus.Heap(
                        runtime.totalMemory() - runtime.freeMemory(),
                        runtime.maxMemory(),
                        !heap.hasRoom()),
                reloading.status(),
                reconciliation.standings(),
                counters.snapshot());
    }

    private EngineStatus.Phase phase() {
        if (stopped) {
            return EngineStatus.Phase.STOPPING;
        }
        return running ? EngineStatus.Phase.RUNNING : EngineStatus.Phase.STARTING;
    }

    /**
     * Begins a trace of what goes over the links.
     *
     * @param msisdn the digits of the subscriber whose dialogs are traced from their begin on;
     *     null: everything
     */
    public Trace beginTrace(PcapSink sink, @Nullable String msisdn) {
        return channels.beginTrace(sink, msisdn);
    }

    /** Ends a trace: what it has taken is written, and its sink closed. */
    public void endTrace(Trace trace) {
        channels.endTrace(trace);
    }

    public Time time() {
        return time;
    }

    /**
     * The place of the handsets of the embedded network.
     *
     * @throws IllegalStateException if it is another network: its handsets are elsewhere
     */
    public FarSide handsets() {
        return channels.handsets();
    }

    /** How each signalling link is now; none if the network is embedded. */
    public List<LinkStatus> links() {
        return channels.links();
    }

    /** What Prometheus gets. */
    Exposition metrics() {
        return metrics.exposition();
    }

    /** What has been counted so far. */
    public Counters counters() {
        return counters;
    }

    /**
     * The status of each EDR stream that has had a record: its backlog, what it wrote, its faults.
     */
    public List<StreamStatus> edrStreams() {
        return edrs.status();
    }

    /** How many dialogs run now. */
    public int openDialogs() {
        return desk.openDialogs();
    }

    /** How many dialogs the protocol stack holds now. */
    public int stackDialogs() {
        return channels.openDialogs();
    }

    /** What must be done at the end of a part of the engine. */
    private interface Ending extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * The result of a stop.
     *
     * @param aborted dialogs that had to be aborted
     * @param left those of them that run on all the same: what they still do has no record
     * @param lostEdrs records that no file took
     */
    public record Stop(int aborted, int left, long lostEdrs) {
        /** Whether everything has ended, and has its records. */
        public boolean isWhole() {
            return left == 0 && lostEdrs == 0;
        }
    }

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
            return new Stop(0, 0, 0);
        }
        stopped = true;
        if (reload != null) {
            reload.close();
        }
        reloading.close();
        AdminServer web = admin;
        long began = System.nanoTime();
        Ending told = this::closeCallbacks;
        Ending records = () -> closeRecords(timeout.minusNanos(System.nanoTime() - began));
        ServiceDesk.Stop dialogs;
        // Closed from the last to the first, each of them even if others fail.
        try (heap;
                time;
                backends;
                told;
                edrSearch;
                records;
                channels;
                web;
                phones;
                series;
                traces;
                reconciliation) {
            if (pushes instanceof PushQueue queue) {
                queue.stop();
            }
            dialogs = desk.stop(timeout);
        }
        long dropped = edrs.status().stream().mapToLong(StreamStatus::dropped).sum();
        return new Stop(dialogs.aborted(), dialogs.left(), dropped + edrs.late());
    }

    private void closeCallbacks() {
        Callbacks told = callbacks;
        if (told != null) {
            told.close();
        }
    }

    /** An interrupt, which {@link #hurry} makes, ends the patience with a disk and nothing else. */
    private void closeRecords(Duration patience) {
        closingRecords = Thread.currentThread();
        try {
            edrs.close(hurried ? Duration.ZERO : patience);
        } finally {
            closingRecords = null;
            if (Thread.interrupted() && !hurried) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * A {@link #stop} that is running, or that comes later, waits only for what it must wait for:
     * dialogs are aborted now, and a disk that takes no records is tried once more. Records are
     * written out, or spilled, anyway.
     */
    public void hurry() {
        hurried = true;
        desk.hurry();
        Thread closing = closingRecords;
        if (closing != null) {
            closing.interrupt();
        }
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

    /** The name of this machine without its domain: letters, digits and hyphens only. */
    private static String hostName() {
        String name;
        try {
            name = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return UNKNOWN_HOST; // a machine without a name in its own hosts file
        }
        int dot = name.indexOf('.');
        String host = (dot > 0 ? name.substring(0, dot) : name).replaceAll("[^A-Za-z0-9-]", "-");
        return host.isEmpty() ? UNKNOWN_HOST : host;
    }
}
