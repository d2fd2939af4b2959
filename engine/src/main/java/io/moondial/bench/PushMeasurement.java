package io.moondial.bench;

import io.moondial.bench.BenchSide.ThisProcess;
import io.moondial.bench.LoadRun.Tally;
import io.moondial.bench.Plan.BenchException;
import io.moondial.bench.Site.Target;
import io.moondial.push.Pushes;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes the figures of dialogs that the engine begins. */
final class PushMeasurement {
    /** How many orders may wait at once for being accepted. */
    private static final int ORDERS_AT_ONCE = 1_000;

    private final Target engine;
    private final Talk talk;
    private final Tally.Progress progress;
    private final Pushes pushes;
    private volatile @Nullable PushRun present;
    private long finished;

    PushMeasurement(Target engine, Talk talk, Tally.Progress progress) throws BenchException {
        this.engine = engine;
        this.talk = talk.pushed();
        this.progress = progress;
        pushes = engine.pushes();
        pushes.follow(
                report -> {
                    PushRun run = present;
                    if (run != null) {
                        run.changed(report);
                    }
                });
    }

    long finished() {
        return finished;
    }

    private PushRun run(Plan.Load load) {
        PushRun run =
                new PushRun(pushes, engine.handsets(), talk, load.concurrency(), load.patience());
        present = run;
        return run;
    }

    Outcome.Figures hold(String name, Plan.Load load) throws InterruptedException {
        PushRun run = run(load);
        Duration cpu = ThisProcess.cpu();
        Duration time;
        try (var _ = progress.of(name, run.tally())) {
            time = run.hold(load.dialogs());
        }
        return figures(run, time, cpu);
    }

    private Outcome.Figures figures(PushRun run, Duration time, Duration cpuBefore) {
        Tally tally = run.tally();
        finished += tally.finishedSoFar();
        return new Outcome.Figures(
                tally.startedSoFar(),
                tally.finishedSoFar(),
                tally.failedSoFar(),
                time,
                tally.turns(),
                ThisProcess.cpu().minus(cpuBefore),
                tally.failures());
    }

    interface Rounds {
        List<Outcome.Round> hold() throws InterruptedException;
    }

    /** The load runs once alone, and once while the pushes that wait begin. */
    Outcome.Pushing whileQueued(
            int number, Plan.Load load, Rounds rounds, List<Outcome.Round> beside)
            throws BenchException, InterruptedException {
        List<Outcome.Round> calm = rounds.hold();
        long before = engine.liveHeap();
        PushRun run = run(load);
        Duration cpu = ThisProcess.cpu();
        long began = System.nanoTime();
        run.queue(number, ORDERS_AT_ONCE);
        int waiting = pushes.standing().waiting();
        long with = engine.liveHeap();
        int left = pushes.standing().waiting();
        beside.addAll(rounds.hold());
        try (var _ = progress.of("the rest of the pushes", run.tally())) {
            run.awaitEnd();
        }
        Duration time = Duration.ofNanos(System.nanoTime() - began);
        return new Outcome.Pushing(
                List.of(figures(run, time, cpu)),
                new Outcome.Queue((waiting + left) / 2, before, with, calm));
    }
}
