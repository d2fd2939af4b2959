package io.moondial.cli;

import io.moondial.bench.Outcome;
import io.moondial.bench.Outcome.Figures;
import io.moondial.bench.Outcome.Round;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import org.HdrHistogram.Histogram;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** How the figures of a bench are shown. */
sealed interface BenchPrinter {
    static BenchPrinter to(PrintWriter out, boolean json) {
        return json ? new Json(out) : new Table(out);
    }

    void print(Outcome outcome);

    /** For people: the round of the median, a line a figure. */
    record Table(PrintWriter out) implements BenchPrinter {
        private static final int WIDTH = 12;
        private static final double MIB = 1 << 20;
        private static final double KIB = 1 << 10;
        private static final double[] PERCENTILES = {50, 99, 99.9};

        @Override
        public void print(Outcome outcome) {
            if (outcome.flooding() != null) {
                flooding(outcome.flooding());
            }
            if (!outcome.rounds().isEmpty()) {
                engine(outcome.median().engine());
            }
            line("heap", decimal(outcome.liveHeap() / MIB, 1) + " MiB live after the last dialog");
            line("EDRs", records(outcome));
            Outcome.Parking parking = outcome.parking();
            if (parking != null) {
                parked(outcome, parking);
            }
            Outcome.Pushing pushing = outcome.pushing();
            if (pushing != null) {
                pushed(outcome, pushing);
            }
            if (outcome.hasBaseline()) {
                baseline(outcome);
            }
            out.flush();
        }

        private void engine(Figures figures) {
            line("started", figures.started());
            line("finished", figures.finished());
            line("failed", figures.failed());
            figures.failures().forEach(why -> line("", why));
            line("dialogs/s", decimal(figures.rate(), 0));
            for (double percentile : PERCENTILES) {
                line(turn(percentile), millis(figures, percentile));
            }
            line("turn max", millis(figures, 100));
            line("CPU", decimal(figures.cpuPerThousand(), 4) + " s a thousand dialogs");
        }

        private void flooding(Outcome.Flooding flooding) {
            Figures end = flooding.figures();
            line(
                    "running",
                    flooding.dialogs()
                            + " dialogs, as many as the engine takes; "
                            + end.finished()
                            + " finished, "
                            + end.failed()
                            + " failed");
            end.failures().forEach(why -> line("", why));
            for (Figures flood : flooding.refusals()) {
                line(
                        "flood",
                        flood.started()
                                + " begun, "
                                + flood.finished()
                                + " refused at "
                                + decimal(flood.rate(), 0)
                                + "/s, "
                                + flood.failed()
                                + " failed");
                flood.failures().forEach(why -> line("", why));
            }
            for (double percentile : PERCENTILES) {
                line(turn(percentile), calmAndFlooded(flooding, percentile));
            }
            line("turn max", calmAndFlooded(flooding, 100));
        }

        private static String calmAndFlooded(Outcome.Flooding flooding, double percentile) {
            return "%s ms without the flood, %s ms in it"
                    .formatted(
                            decimal(Figures.millis(flooding.calm(), percentile), 3),
                            decimal(Figures.millis(flooding.flooded(), percentile), 3));
        }

        private static String turn(double percentile) {
            return "turn p" + (percentile % 1 == 0 ? decimal(percentile, 0) : percentile);
        }

        private static String records(Outcome outcome) {
            boolean known = outcome.expectedEdrs() >= 0;
            return outcome.edrs()
                    + " written"
                    + (known && outcome.edrs() != outcome.expectedEdrs()
                            ? ", " + outcome.expectedEdrs() + " expected"
                            : "");
        }

        private void parked(Outcome outcome, Outcome.Parking parking) {
            line(
                    "parked",
                    parking.dialogs()
                            + " open in a menu, "
                            + decimal(parking.octetsEach() / KIB, 2)
                            + " KiB of heap each");
            line(
                    "",
                    parking.figures().finished()
                            + " answered in the end, "
                            + parking.figures().failed()
                            + " failed");
            parking.figures().failures().forEach(why -> line("", why));
            beside(parking.calm(), outcome.rounds());
        }

        private void pushed(Outcome outcome, Outcome.Pushing pushing) {
            Outcome.Queue queue = pushing.queue();
            int number = 0;
            for (Figures figures : pushing.pushed()) {
                line(
                        "pushes",
                        "%d ordered, %d completed, %d failed, %s/s"
                                .formatted(
                                        figures.started(),
                                        figures.finished(),
                                        figures.failed(),
                                        decimal(figures.rate(), 0)));
                figures.failures().forEach(why -> line("", why));
                if (queue == null && number < outcome.rounds().size()) {
                    inTurn(figures, outcome.rounds().get(number++).engine());
                }
            }
            if (queue == null) {
                line(
                        "ratio",
                        "%s pushes for each dialled dialog, the median of %d"
                                .formatted(decimal(outcome.medianPushRatio(), 3), number));
                return;
            }
            line(
                    "queue",
                    "%d waited, %s octets of heap each, %s MiB in all"
                            .formatted(
                                    queue.waiting(),
                                    decimal(queue.octetsEach(), 0),
                                    decimal((queue.heapWith() - queue.heapBefore()) / MIB, 1)));
            beside(queue.calm(), outcome.rounds());
        }

        private void inTurn(Figures pushed, Figures dialled) {
            line(
                    "",
                    "turn p50 %s, p99 %s, CPU %s s a thousand"
                            .formatted(
                                    millis(pushed, 50),
                                    millis(pushed, 99),
                                    decimal(pushed.cpuPerThousand(), 4)));
            line(
                    "",
                    "dialled in turn: %s/s, p50 %s, p99 %s, CPU %s s a thousand; ratio %s"
                            .formatted(
                                    decimal(dialled.rate(), 0),
                                    millis(dialled, 50),
                                    millis(dialled, 99),
                                    decimal(dialled.cpuPerThousand(), 4),
                                    decimal(pushed.rate() / dialled.rate(), 3)));
        }

        private void beside(List<Round> calm, List<Round> with) {
            for (double percentile : PERCENTILES) {
                double without = Outcome.medianTurnMillis(calm, percentile);
                double beside = Outcome.medianTurnMillis(with, percentile);
                line(
                        turn(percentile),
                        "%s ms without them, %s ms beside them, ratio %s"
                                .formatted(
                                        decimal(without, 3),
                                        decimal(beside, 3),
                                        decimal(beside / without, 2)));
            }
        }

        private void baseline(Outcome outcome) {
            int number = 0;
            for (Round round : outcome.rounds()) {
                Figures baseline = round.baseline();
                if (baseline != null) {
                    line(
                            "round " + ++number,
                            "engine "
                                    + decimal(round.engine().rate(), 0)
                                    + "/s, baseline "
                                    + decimal(baseline.rate(), 0)
                                    + "/s, ratio "
                                    + decimal(round.ratio(), 3));
                    for (double percentile : PERCENTILES) {
                        line(
                                "",
                                "%s: engine %s, baseline %s, ratio %s"
                                        .formatted(
                                                turn(percentile),
                                                millis(round.engine(), percentile),
                                                millis(baseline, percentile),
                                                decimal(round.turnRatio(percentile), 2)));
                    }
                    baseline.failures().forEach(why -> line("", "baseline: " + why));
                }
            }
            line("ratio", decimal(outcome.medianRatio(), 3) + ", the median of " + number);
            for (double percentile : PERCENTILES) {
                line(turn(percentile), "ratio " + decimal(outcome.medianTurnRatio(percentile), 2));
            }
        }

        private static String millis(Figures figures, double percentile) {
            return decimal(figures.turnMillis(percentile), 3) + " ms";
        }

        private static String decimal(double value, int digits) {
            return BigDecimal.valueOf(value).setScale(digits, RoundingMode.HALF_UP).toPlainString();
        }

        private void line(String name, Object value) {
            out.println(name + " ".repeat(WIDTH - name.length()) + value);
        }
    }

    /** For programs: one object. */
    record Json(PrintWriter out) implements BenchPrinter {
        @Override
        public void print(Outcome outcome) {
            JsonMapper mapper = new JsonMapper();
            ObjectNode all = mapper.createObjectNode();
            var rounds = all.putArray("rounds");
            for (Round round : outcome.rounds()) {
                ObjectNode one = rounds.addObject();
                figures(one.putObject("engine"), round.engine());
                Figures baseline = round.baseline();
                if (baseline != null) {
                    figures(one.putObject("baseline"), baseline);
                    one.put("ratio", round.ratio());
                    one.put("turn_ratio_p99", round.turnRatio(99));
                }
            }
            if (outcome.hasBaseline()) {
                all.put("median_ratio", outcome.medianRatio());
                all.put("median_turn_ratio_p99", outcome.medianTurnRatio(99));
            }
            all.put("live_heap", outcome.liveHeap());
            all.put("edrs", outcome.edrs());
            if (outcome.expectedEdrs() >= 0) {
                all.put("expected_edrs", outcome.expectedEdrs());
            }
            Outcome.Parking parking = outcome.parking();
            if (parking != null) {
                ObjectNode parked = all.putObject("parked");
                parked.put("dialogs", parking.dialogs());
                parked.put("heap_each", parking.octetsEach());
                figures(parked.putObject("answered"), parking.figures());
                parked.put("turn_ms_p99_without", Outcome.medianTurnMillis(parking.calm(), 99));
                parked.put("turn_ms_p99_beside", Outcome.medianTurnMillis(outcome.rounds(), 99));
            }
            Outcome.Flooding flooding = outcome.flooding();
            if (flooding != null) {
                ObjectNode flood = all.putObject("flood");
                flood.put("dialogs", flooding.dialogs());
                turns(flood.putObject("calm"), flooding.calm());
                turns(flood.putObject("flooded"), flooding.flooded());
                var refusals = flood.putArray("refused");
                flooding.refusals().forEach(it -> figures(refusals.addObject(), it));
                figures(flood.putObject("answered"), flooding.figures());
            }
            Outcome.Pushing pushing = outcome.pushing();
            if (pushing != null) {
                ObjectNode pushes = all.putObject("pushes");
                var loads = pushes.putArray("loads");
                pushing.pushed().forEach(it -> figures(loads.addObject(), it));
                Outcome.Queue queue = pushing.queue();
                if (queue == null) {
                    pushes.put("median_ratio", outcome.medianPushRatio());
                } else {
                    pushes.put("waited", queue.waiting());
                    pushes.put("heap_each", queue.octetsEach());
                    pushes.put("turn_ms_p99_without", Outcome.medianTurnMillis(queue.calm(), 99));
                    pushes.put(
                            "turn_ms_p99_beside", Outcome.medianTurnMillis(outcome.rounds(), 99));
                }
            }
            all.put("good", outcome.good());
            out.println(mapper.writeValueAsString(all));
            out.flush();
        }

        private static void turns(ObjectNode to, Histogram turns) {
            to.put("turn_ms_p50", Figures.millis(turns, 50));
            to.put("turn_ms_p99", Figures.millis(turns, 99));
            to.put("turn_ms_p999", Figures.millis(turns, 99.9));
            to.put("turn_ms_max", Figures.millis(turns, 100));
        }

        private static void figures(ObjectNode to, Figures figures) {
            to.put("started", figures.started());
            to.put("finished", figures.finished());
            to.put("failed", figures.failed());
            to.put("seconds", figures.time().toNanos() / 1e9);
            to.put("dialogs_per_second", figures.rate());
            turns(to, figures.turns());
            to.put("cpu_seconds_per_thousand", figures.cpuPerThousand());
            var failures = to.putArray("failures");
            figures.failures().forEach(failures::add);
        }
    }
}
