package io.moondial.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;

/**
 * As many dialogs as an engine takes, answered one after the other: once with nothing beside them,
 * and once while others are begun and refused, in turn.
 */
final class Flood {
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
                running.park(plan.load().parked(plan.parked()), Plan.menusOfFlood(plan.rounds()));
        if (plan.warmUp() > 0) {
            refusals.add(refused.hold("refusals warm up", plan.load().warmUp(plan.warmUp())));
        }
        for (int i = 1; i <= plan.rounds(); i++) {
            calm.add(running.turns("calm " + i, parked, plan.load().rate()));
            flooded.add(inTheFlood("flood " + i, parked));
        }
        return new Outcome.Flooding(plan.parked(), calm, flooded, refusals, running.goOn(parked));
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
