package io.moondial.bench;

import io.moondial.bench.BenchSession.BenchException;
import io.moondial.bench.Site.Target;
import java.io.PrintWriter;
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
        Progress shown = new Progress(progress);
        this.plan = plan;
        this.engine = engine;
        this.onEngine = new Measurement(engine, talk, shown);
        this.onBaseline = baseline == null ? null : new Measurement(baseline, talk, shown);
        this.onFlood = new Measurement(engine, Talk.refused(talk.call()), shown);
    }

    /** What was measured; the engine's EDRs are counted by others, once its files are complete. */
    record Measured(
            List<Round> rounds,
            Outcome.@Nullable Parking parking,
            Outcome.@Nullable Flooding flooding,
            long liveHeap,
            long finished) {}

    Measured run() throws BenchException, InterruptedException {
        List<Round> rounds = new ArrayList<>();
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
    private boolean warmedUp(List<Round> rounds) throws InterruptedException {
        if (plan.warmUp() == 0) {
            return true;
        }
        Load load = plan.load().warmUp(plan.warmUp());
        Round warmUp =
                new Round(
                        onEngine.hold("engine warms up", load),
                        onBaseline == null ? null : onBaseline.hold("baseline warms up", load));
        if (!warmUp.good()) {
            rounds.add(warmUp);
        }
        return warmUp.good();
    }

    private List<Round> rounds() throws InterruptedException {
        List<Round> rounds = new ArrayList<>();
        for (int i = 1; i <= plan.rounds(); i++) {
            Figures figures = onEngine.hold("engine " + i, plan.load());
            rounds.add(
                    new Round(
                            figures,
                            onBaseline == null
                                    ? null
                                    : onBaseline.hold("baseline " + i, plan.load())));
        }
        return rounds;
    }

    private Outcome.Parking whileParked(List<Round> rounds)
            throws BenchException, InterruptedException {
        List<Round> calm = rounds();
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
        private final List<Figures> refusals = new ArrayList<>();

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
            Load load = plan.load().flood(plan.flood(), plan.parked());
            try (ExecutorService beside = Executors.newSingleThreadExecutor()) {
                Future<Figures> flood = beside.submit(() -> refused.hold(name, load));
                Histogram turns = running.turns("answered in it", parked, plan.load().rate());
                refusals.add(flood.get());
                return turns;
            } catch (ExecutionException e) {
                throw new IllegalStateException("the flood cannot go on", e.getCause());
            }
        }
    }
}
