package io.moondial.bench;

import io.moondial.bench.Site.Target;
import java.time.Duration;
import org.HdrHistogram.Histogram;

/** Takes the figures of loads on one target. */
final class Measurement {
    private final Target target;
    private final Talk talk;
    private final Progress progress;
    private long finished;

    Measurement(Target target, Talk talk, Progress progress) {
        this.target = target;
        this.talk = talk;
        this.progress = progress;
    }

    /** How many dialogs have ended well so far, those of the warm-up included. */
    long finished() {
        return finished;
    }

    /** Puts a load on, and waits for its end. */
    Figures hold(String name, Load load) throws InterruptedException {
        LoadRun run = LoadRun.answering(target.handsets(), talk, load);
        return measured(name, run, run::hold);
    }

    /** Dialogs that will stay open; {@link #goOn} ends them. */
    LoadRun park(Load load) throws InterruptedException {
        return park(load, 1);
    }

    /** Dialogs that will stay in each of their first menus. */
    LoadRun park(Load load, int menus) throws InterruptedException {
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
    Figures goOn(LoadRun parked) throws InterruptedException {
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

    private Figures measured(String name, LoadRun run, Part part) throws InterruptedException {
        Tally tally = run.tally();
        Duration cpu = cpu();
        Duration time;
        try (var _ = progress.of(name, tally)) {
            time = part.run();
        }
        finished += tally.finishedSoFar();
        return new Figures(
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
