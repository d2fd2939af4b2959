package io.moondial.bench;

import io.moondial.bench.BenchSession.BenchException;
import io.moondial.bench.Site.Target;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** A bench at work: warm-up, then rounds on the engine and, in turn, on the ceiling beside it. */
final class Bench {
    private final Plan plan;
    private final Target engine;
    private final Measurement onEngine;
    private final @Nullable Measurement onBaseline;
    private final Measurement onFlood;

    /**
     * A bench that is ready to run; the targets are the caller's to close.
     *
     * @param baseline the ceiling; null if it is not asked for
     */
    Bench(Plan plan, Talk talk, Target engine, @Nullable Target baseline, PrintWriter progress) {
        Tally.Progress shown = new Tally.Progress(progress);
        this.plan = plan;
        this.engine = engine;
        this.onEngine = new Measurement(engine, talk, shown);
        this.onBaseline = baseline == null ? null : new Measurement(baseline, talk, shown);
        this.onFlood = new Measurement(engine, Talk.refused(talk.call()), shown);
    }

    /** What was measured; the engine's EDRs are counted by others, once its files are complete. */
    record Measured(
            List<Outcome.Round> rounds,
            Outcome.@Nullable Parking parking,
            Outcome.@Nullable Flooding flooding,
            long liveHeap,
            long finished) {}

    Measured run() throws BenchException, InterruptedException {
        List<Outcome.Round> rounds = new ArrayList<>();
        Outcome.Parking parking = null;
        Outcome.Flooding flooding = null;
        if (warmedUp(rounds)) {
            if (plan.flood() > 0) {
                engine.liveHeap(); // leaves the last dialogs of the warm-up time to end
                flooding = new Flood(plan, onEngine, onFlood).run();
            } else if (plan.parked() > 0) {
                parking = whileParked(rounds);
            } else {
                rounds.addAll(rounds());
            }
        }
        return new Measured(rounds, parking, flooding, engine.liveHeap(), onEngine.finished());
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
     * As many dialogs as an engine takes, answered one after the other: once with nothing beside
     * them, and once while others are begun and refused, in turn.
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
                            plan.load().parked(plan.parked()), Plan.menusOfFlood(plan.rounds()));
            if (plan.warmUp() > 0) {
                refusals.add(refused.hold("refusals warm up", plan.load().warmUp(plan.warmUp())));
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
         * Answers parked dialogs at this rate per second until each is parked again: what each turn
         * took.
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
