package io.moondial.bench;

import static java.util.Objects.requireNonNull;

import io.moondial.Configuration;
import io.moondial.ConfigurationException;
import io.moondial.bench.BenchSide.ThisProcess;
import io.moondial.bench.LoadRun.Tally;
import io.moondial.bench.Plan.BenchException;
import io.moondial.bench.Site.Target;
import io.moondial.bench.Talk.BenchRules;
import io.moondial.channel.Address;
import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.dialogtest.language.DialogFileException;
import io.moondial.dialogtest.run.StandIns;
import io.moondial.handset.Handset;
import io.moondial.handset.Handset.Subscriber;
import io.moondial.handset.Screen;
import io.moondial.rules.Trigger;
import io.moondial.script.ScriptHost.CompilationObserver;
import io.moondial.script.api.Backends;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UnsendableText;
import io.moondial.time.Time;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** A bench from its request to its outcome: engine, ceiling and records, made and cleared away. */
public final class BenchSession {
    /** A dialog is over at the handset a little before it is at the engine. */
    private static final int HEADROOM = 10_000;

    private final Request request;
    private final PrintWriter progress;

    /** The first call that no given answers; null: there was none. */
    private final AtomicReference<@Nullable String> fault = new AtomicReference<>();

    /**
     * What is asked for.
     *
     * @param menus how many menus are answered
     * @param rules the rules file that names {@code script}; null: the bench's own rules
     * @param script the script that answers; null: one of the bench's own
     * @param edrFolder where the EDR files go; null: they are counted and thrown away
     * @param twoProcesses whether the engine runs in a process of its own, behind M3UA over TCP;
     *     else in this one, on the network in memory
     * @param caller who dials
     */
    public record Request(
            Plan plan,
            int menus,
            @Nullable Path rules,
            @Nullable String script,
            @Nullable Path edrFolder,
            boolean twoProcesses,
            Caller caller) {

        /** Nobody in particular dials, and answers each menu with 1. */
        public Request(
                Plan plan,
                int menus,
                @Nullable Path rules,
                @Nullable String script,
                @Nullable Path edrFolder,
                boolean twoProcesses) {
            this(plan, menus, rules, script, edrFolder, twoProcesses, Caller.ANYBODY);
        }
    }

    /**
     * Who dials in each dialog.
     *
     * @param call what is dialled; null: a code that leads to the script
     * @param answers to each menu in turn, the last one to all that follow
     * @param standIns what answers in place of what modules reach; null: they reach it
     */
    public record Caller(
            Subscriber subscriber,
            FarSide.@Nullable Call call,
            List<String> answers,
            @Nullable StandIns standIns) {
        static final Caller ANYBODY =
                new Caller(Subscriber.UNKNOWN, null, List.of(BenchRules.ANSWER), null);

        public Caller {
            answers = List.copyOf(answers);
        }

        /** The handset of a test, whose givens answer what scripts call. */
        public static Caller of(StandIns test) throws DialogFileException {
            StandIns.Conversation conversation = test.conversation();
            return new Caller(
                    ANYBODY.subscriber(), conversation.call(), conversation.answers(), test);
        }

        /** Answers as this says, or as usual; its modules reach what the rules name. */
        public static Caller of(@Nullable Address msisdn, List<String> answers) {
            return new Caller(
                    new Subscriber(msisdn, null, null, Subscriber.USUAL_SSN),
                    null,
                    answers.isEmpty() ? ANYBODY.answers() : answers,
                    null);
        }

        private FarSide.Call call(String code) throws BenchException {
            try {
                return subscriber.call(
                        Operation.PROCESS_UNSTRUCTURED_SS_REQUEST,
                        UssdString.encode(code, Dcs.UNSPECIFIED));
            } catch (UnsendableText e) {
                throw new BenchException(
                        "the code " + code + " cannot be dialled: " + e.getMessage());
            }
        }
    }

    public BenchSession(Request request, PrintWriter progress) {
        this.request = request;
        this.progress = progress;
    }

    /** Runs it, and leaves nothing behind except the EDR files, if a folder was named for them. */
    public Outcome run()
            throws BenchException, ConfigurationException, IOException, InterruptedException {
        try (Scratch scratch = Scratch.create()) {
            Path edrs =
                    request.edrFolder() == null
                            ? scratch.path().resolve("edr")
                            : request.edrFolder();
            long before = EdrFiles.count(edrs);
            Path rules = rules(scratch.path(), edrs);
            Configuration configuration = configuration(rules).withEdrsIn(edrs);
            Site site =
                    request.twoProcesses()
                            ? new Site.TwoProcesses(rules, edrs, scratch.path(), maxDialogs())
                            : new Site.OneProcess(configuration, this::backends, maxDialogs());
            Bench.Measured measured = measure(configuration, site);
            return new Outcome(
                    measured.rounds(),
                    measured.parking(),
                    measured.flooding(),
                    measured.pushing(),
                    measured.liveHeap(),
                    EdrFiles.count(edrs) - before,
                    isOwn()
                            ? measured.finished() * BenchRules.edrs(request.menus())
                                    + measured.pushed() * BenchRules.edrsOfPush(request.menus())
                            : -1);
        }
    }

    /** Whether the bench brings the script, and not the rules. */
    private boolean isOwn() {
        return request.rules() == null;
    }

    private Configuration configuration(Path rules) throws ConfigurationException {
        StandIns standIns = request.caller().standIns();
        return standIns == null
                ? Configuration.read(rules)
                : standIns.in(Configuration.readForTests(rules, CompilationObserver.NONE));
    }

    private Backends backends(Backends.Settings modules, Time time) {
        StandIns standIns = request.caller().standIns();
        return standIns == null
                ? Backends.start(modules, time)
                : standIns.start(modules, time, it -> fault.compareAndSet(null, it));
    }

    private Path rules(Path scratch, Path edrs) throws IOException {
        Path rules = request.rules();
        return rules == null
                ? BenchRules.write(
                        scratch, request.menus(), edrs, engineTakes(), request.plan().pushing())
                : rules;
    }

    private Bench.Measured measure(Configuration configuration, Site site)
            throws BenchException, IOException, InterruptedException {
        try (Target engine = site.engine()) {
            Talk talk = talk(configuration, engine);
            if (!request.plan().baseline()) {
                return new Bench(request.plan(), talk, engine, null, progress).run();
            }
            try (Target baseline = site.baseline(talk)) {
                return new Bench(request.plan(), talk, engine, baseline, progress).run();
            }
        }
    }

    /** How many dialogs the engine may hold: in a flood those that are parked, and no more. */
    private int engineTakes() {
        Plan plan = request.plan();
        return plan.flood() > 0 ? plan.parked() : maxDialogs();
    }

    private int maxDialogs() {
        int open = request.plan().parked() + request.plan().load().concurrency();
        return HEADROOM + Math.max(open, Plan.Load.WARM_UP);
    }

    private Talk talk(Configuration configuration, Target engine)
            throws BenchException, InterruptedException {
        Caller caller = request.caller();
        if (isOwn()) {
            return new Talk(
                    caller.call(BenchRules.CODE),
                    BenchRules.screens(request.menus()),
                    List.of(BenchRules.ANSWER));
        }
        Talk talk =
                SampleDialog.hold(
                        engine.handsets(),
                        caller.call() == null
                                ? caller.call(codeOf(request.script(), configuration))
                                : caller.call(),
                        caller.answers(),
                        request.menus(),
                        request.plan().load().patience());
        String unanswered = fault.get();
        if (unanswered != null) {
            throw new BenchException(unanswered);
        }
        return talk;
    }

    private static String codeOf(@Nullable String script, Configuration configuration)
            throws BenchException {
        return configuration.rules().process().triggers().triggers().stream()
                .filter(trigger -> trigger.script().equals(script))
                .map(Trigger::conditions)
                .flatMap(
                        conditions ->
                                Optional.ofNullable(conditions.ussdString())
                                        .or(
                                                () ->
                                                        Optional.ofNullable(
                                                                conditions.ussdStringPrefix()))
                                        .stream())
                .findFirst()
                .orElseThrow(
                        () ->
                                new BenchException(
                                        "no trigger leads from a ussd_string or a ussd_string_prefix to the script "
                                                + script));
    }

    /** A temporary folder that is deleted when it is closed. */
    private record Scratch(Path path) implements AutoCloseable {
        static Scratch create() throws IOException {
            return new Scratch(Files.createTempDirectory("moondial-bench-"));
        }

        @Override
        public void close() throws IOException {
            List<Path> deepestFirst;
            try (Stream<Path> all = Files.walk(path)) {
                deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
            }
            for (Path each : deepestFirst) {
                Files.delete(each);
            }
        }
    }

    /** The records in the complete files of a folder. */
    static final class EdrFiles {
        private EdrFiles() {}

        /** How many there are; none if there is no folder. */
        static long count(Path folder) throws IOException {
            if (!Files.isDirectory(folder)) {
                return 0;
            }
            long count = 0;
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.edr")) {
                for (Path file : files) {
                    count += recordsIn(file);
                }
            }
            return count;
        }

        private static long recordsIn(Path file) throws IOException {
            try (Stream<String> lines = Files.lines(file)) {
                return lines.filter(line -> !line.startsWith("#")).count();
            }
        }
    }

    /** One dialog held before, to learn what every other one has to see. */
    private static final class SampleDialog {
        private SampleDialog() {}

        /**
         * Holds it.
         *
         * @param menus how many menus are answered; at one more the handset gives up
         * @throws BenchException if the dialog goes no way that a load could follow
         */
        static Talk hold(
                FarSide network,
                FarSide.Call call,
                List<String> answers,
                int menus,
                Duration patience)
                throws BenchException, InterruptedException {
            BlockingQueue<Screen> screens = new LinkedBlockingQueue<>();
            Handset handset = Handset.begin(network, call, screens::add);
            List<Talk.Shown> seen = new ArrayList<>();
            int answered = 0;
            while (true) {
                Screen screen = screens.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
                if (screen == null) {
                    handset.vanish();
                    throw new BenchException("the rehearsal got no screen behind " + seen);
                }
                seen.add(Talk.Shown.of(screen));
                if (screen.isLast()) {
                    return new Talk(call, seen, answers);
                }
                if (screen instanceof Screen.Menu && ++answered > menus) {
                    handset.vanish();
                    throw new BenchException(
                            "the script shows more than %d menus, as --menus says: %s"
                                    .formatted(menus, seen));
                }
                react(handset, screen, answers, answered - 1);
            }
        }

        private static void react(Handset handset, Screen screen, List<String> answers, int number)
                throws BenchException {
            try {
                if (screen instanceof Screen.Menu menu) {
                    handset.answer(menu, Talk.answer(answers, number));
                } else if (screen instanceof Screen.Notify notify) {
                    handset.acknowledge(notify);
                }
            } catch (DialogGoneException | UnsendableText e) {
                throw new BenchException("the rehearsal cannot go on: " + e.getMessage());
            }
        }
    }

    /**
     * A bench at work: warm-up, then rounds on the engine and, in turn, on the ceiling beside it.
     */
    private static final class Bench {
        private final Plan plan;
        private final Target engine;
        private final Measurement onEngine;
        private final @Nullable Measurement onBaseline;
        private final Measurement onFlood;
        private final @Nullable PushMeasurement onPushes;

        /**
         * A bench that is ready to run; the targets are the caller's to close.
         *
         * @param baseline the ceiling; null if it is not asked for
         */
        Bench(Plan plan, Talk talk, Target engine, @Nullable Target baseline, PrintWriter progress)
                throws BenchException {
            Tally.Progress shown = new Tally.Progress(progress);
            this.plan = plan;
            this.engine = engine;
            this.onEngine = new Measurement(engine, talk, shown);
            this.onBaseline = baseline == null ? null : new Measurement(baseline, talk, shown);
            this.onFlood = new Measurement(engine, Talk.refused(talk.call()), shown);
            this.onPushes =
                    plan.pushing() == null ? null : new PushMeasurement(engine, talk, shown);
        }

        /**
         * What was measured; the engine's EDRs are counted by others, once its files are complete.
         */
        record Measured(
                List<Outcome.Round> rounds,
                Outcome.@Nullable Parking parking,
                Outcome.@Nullable Flooding flooding,
                Outcome.@Nullable Pushing pushing,
                long liveHeap,
                long finished,
                long pushed) {}

        Measured run() throws BenchException, InterruptedException {
            List<Outcome.Round> rounds = new ArrayList<>();
            Outcome.Parking parking = null;
            Outcome.Flooding flooding = null;
            Outcome.Pushing pushing = null;
            if (warmedUp(rounds)) {
                if (onPushes != null) {
                    pushing = pushing(rounds, onPushes);
                } else if (plan.flood() > 0) {
                    engine.liveHeap(); // leaves the last dialogs of the warm-up time to end
                    flooding = new Flood(plan, onEngine, onFlood).run();
                } else if (plan.parked() > 0) {
                    parking = whileParked(rounds);
                } else {
                    rounds.addAll(rounds());
                }
            }
            return new Measured(
                    rounds,
                    parking,
                    flooding,
                    pushing,
                    engine.liveHeap(),
                    onEngine.finished(),
                    onPushes == null ? 0 : onPushes.finished());
        }

        private Outcome.Pushing pushing(List<Outcome.Round> rounds, PushMeasurement pushes)
                throws BenchException, InterruptedException {
            Plan.Pushing asked = requireNonNull(plan.pushing());
            if (plan.warmUp() > 0) {
                Outcome.Figures warmUp =
                        pushes.hold("pushes warm up", plan.load().warmUp(plan.warmUp()));
                if (!warmUp.good()) {
                    return new Outcome.Pushing(List.of(warmUp), null);
                }
            }
            if (asked.queued() > 0) {
                return pushes.whileQueued(asked.queued(), plan.load(), this::rounds, rounds);
            }
            List<Outcome.Figures> pushed = new ArrayList<>();
            for (int i = 1; i <= plan.rounds(); i++) {
                rounds.add(new Outcome.Round(onEngine.hold("dialled " + i, plan.load()), null));
                pushed.add(pushes.hold("pushed " + i, plan.load()));
            }
            return new Outcome.Pushing(pushed, null);
        }

        /** If the warm-up itself goes wrong, there is nothing else to report. */
        private boolean warmedUp(List<Outcome.Round> rounds) throws InterruptedException {
            if (plan.warmUp() == 0) {
                return true;
            }
            Plan.Load load = plan.load().warmUp(plan.warmUp());
            Outcome.Round warmUp =
                    new Outcome.Round(
                            onEngine.hold("engine warms up", load),
                            onBaseline == null ? null : onBaseline.hold("baseline warms up", load));
            if (!warmUp.good()) {
                rounds.add(warmUp);
            }
            return warmUp.good();
        }

        private List<Outcome.Round> rounds() throws InterruptedException {
            List<Outcome.Round> rounds = new ArrayList<>();
            for (int i = 1; i <= plan.rounds(); i++) {
                Outcome.Figures figures = onEngine.hold("engine " + i, plan.load());
                rounds.add(
                        new Outcome.Round(
                                figures,
                                onBaseline == null
                                        ? null
                                        : onBaseline.hold("baseline " + i, plan.load())));
            }
            return rounds;
        }

        private Outcome.Parking whileParked(List<Outcome.Round> rounds)
                throws BenchException, InterruptedException {
            List<Outcome.Round> calm = rounds();
            long before = engine.liveHeap();
            LoadRun parked = onEngine.park(plan.load().parked(plan.parked()));
            long with = engine.liveHeap();
            rounds.addAll(rounds());
            return new Outcome.Parking(plan.parked(), calm, before, with, onEngine.goOn(parked));
        }

        /**
         * As many dialogs as an engine takes, answered one after the other: once with nothing
         * beside them, and once while others are begun and refused, in turn.
         */
        private static final class Flood {
            private final Plan plan;
            private final Measurement running;
            private final Measurement refused;
            private final Histogram calm = new Histogram(Tally.DIGITS);
            private final Histogram flooded = new Histogram(Tally.DIGITS);
            private final List<Outcome.Figures> refusals = new ArrayList<>();

            /**
             * A flood of this plan's.
             *
             * @param running dialogs that the engine takes
             * @param refused dialogs that it refuses
             */
            Flood(Plan plan, Measurement running, Measurement refused) {
                this.plan = plan;
                this.running = running;
                this.refused = refused;
            }

            Outcome.Flooding run() throws InterruptedException {
                LoadRun parked =
                        running.park(
                                plan.load().parked(plan.parked()),
                                Plan.menusOfFlood(plan.rounds()));
                if (plan.warmUp() > 0) {
                    refusals.add(
                            refused.hold("refusals warm up", plan.load().warmUp(plan.warmUp())));
                }
                for (int i = 1; i <= plan.rounds(); i++) {
                    calm.add(running.turns("calm " + i, parked, plan.load().rate()));
                    flooded.add(inTheFlood("flood " + i, parked));
                }
                return new Outcome.Flooding(
                        plan.parked(), calm, flooded, refusals, running.goOn(parked));
            }

            private Histogram inTheFlood(String name, LoadRun parked) throws InterruptedException {
                Plan.Load load = plan.load().flood(plan.flood(), plan.parked());
                try (ExecutorService beside = Executors.newSingleThreadExecutor()) {
                    Future<Outcome.Figures> flood = beside.submit(() -> refused.hold(name, load));
                    Histogram turns = running.turns("answered in it", parked, plan.load().rate());
                    refusals.add(flood.get());
                    return turns;
                } catch (ExecutionException e) {
                    throw new IllegalStateException("the flood cannot go on", e.getCause());
                }
            }
        }

        /** Takes the figures of loads on one target. */
        private static final class Measurement {
            private final Target target;
            private final Talk talk;
            private final Tally.Progress progress;
            private long finished;

            Measurement(Target target, Talk talk, Tally.Progress progress) {
                this.target = target;
                this.talk = talk;
                this.progress = progress;
            }

            /** How many dialogs have ended well so far, those of the warm-up included. */
            long finished() {
                return finished;
            }

            /** Puts a load on, and waits for its end. */
            Outcome.Figures hold(String name, Plan.Load load) throws InterruptedException {
                LoadRun run = LoadRun.answering(target.handsets(), talk, load);
                return measured(name, run, run::hold);
            }

            /** Dialogs that will stay open; {@link #goOn} ends them. */
            LoadRun park(Plan.Load load) throws InterruptedException {
                return park(load, 1);
            }

            /** Dialogs that will stay in each of their first menus. */
            LoadRun park(Plan.Load load, int menus) throws InterruptedException {
                LoadRun run = LoadRun.parking(target.handsets(), talk, load, menus);
                try (var _ = progress.of("parking", run.tally())) {
                    run.park();
                }
                return run;
            }

            /**
             * Answers parked dialogs at this rate per second until each is parked again: what each
             * turn took.
             */
            Histogram turns(String name, LoadRun parked, double rate) throws InterruptedException {
                parked.tally().turns(); // those before do not count
                try (var _ = progress.of(name, parked.tally())) {
                    parked.goOn(rate);
                }
                return parked.tally().turns();
            }

            /** Answers parked dialogs, and waits for their end. */
            Outcome.Figures goOn(LoadRun parked) throws InterruptedException {
                return measured(
                        "answering the parked",
                        parked,
                        () -> {
                            long began = System.nanoTime();
                            parked.goOn();
                            return Duration.ofNanos(System.nanoTime() - began);
                        });
            }

            private interface Part {
                Duration run() throws InterruptedException;
            }

            private Outcome.Figures measured(String name, LoadRun run, Part part)
                    throws InterruptedException {
                Tally tally = run.tally();
                Duration cpu = cpu();
                Duration time;
                try (var _ = progress.of(name, tally)) {
                    time = part.run();
                }
                finished += tally.finishedSoFar();
                return new Outcome.Figures(
                        tally.startedSoFar(),
                        tally.finishedSoFar(),
                        tally.failedSoFar(),
                        time,
                        tally.turns(),
                        cpu().minus(cpu),
                        tally.failures());
            }

            private Duration cpu() {
                return ThisProcess.cpu().plus(target.ownCpu());
            }
        }
    }
}
