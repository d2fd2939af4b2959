package io.moondial.cli;

import io.moondial.ConfigurationException;
import io.moondial.bench.BenchSession;
import io.moondial.bench.BenchSession.Caller;
import io.moondial.bench.BenchSide;
import io.moondial.bench.Outcome;
import io.moondial.bench.Outcome.Figures;
import io.moondial.bench.Outcome.Round;
import io.moondial.bench.Plan;
import io.moondial.bench.Plan.BenchException;
import io.moondial.bench.Plan.Load;
import io.moondial.channel.Address;
import io.moondial.dialogtest.language.DialogFileException;
import io.moondial.dialogtest.run.StandIns;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UnsendableText;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code ussd bench}. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = {
            "Starts an engine and puts load on it: begins dialogs at a rate, answers menus, checks texts.",
            "The rate does not depend on the dialogs. A turn is measured from the time at which its dialog should have begun.",
            "It warms up first. Progress goes to stderr, the figures to stdout. Exits with 1 if a reply was wrong, a dialog was never answered, or a record is missing."
        })
public final class BenchCommand implements Callable<Integer> {
    private static final int MAX_MENUS = 100;
    private static final int LEAST_FLOODED = 128;

    /** Instead of a file of stand-ins: what the rules name answers. */
    private static final String REAL = "none";

    @Option(
            names = "--dialogs",
            paramLabel = "N",
            defaultValue = "100000",
            description = "How many dialogs a round has. Default: ${DEFAULT-VALUE}.")
    private int dialogs;

    @Option(
            names = "--rate",
            paramLabel = "R",
            defaultValue = "0",
            description = "Dialogs begun per second. Default: as fast as the open ones allow.")
    private double rate;

    @Option(
            names = "--concurrency",
            paramLabel = "C",
            description =
                    "How many may be open at once. If that many are open, the next one waits, and its time counts."
                            + " Default: 128, with a rate 100000.")
    private @Nullable Integer concurrency;

    @Option(
            names = "--menus",
            paramLabel = "M",
            description =
                    "How many menus are answered in each dialog. Default: as many as there are answers, or 1; with --flood as many as needed.")
    private @Nullable Integer menus;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description =
                    "How often the load runs. The figures are those of the median. Default: 1; with --baseline 5.")
    private @Nullable Integer rounds;

    @Option(
            names = "--baseline",
            description =
                    "Also measures the upper limit, in turn with the engine: the same signalling stack and network with a fixed conversation, without scripts, rules and records. Prints the ratios of the dialogs per second and of the turns.")
    private boolean baseline;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            defaultValue = "30000",
            description = "How many dialogs run first and do not count. Default: ${DEFAULT-VALUE}.")
    private int warmUp;

    @Option(
            names = "--park",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "How many more dialogs stay in their first menu while the load runs, and are answered after it. The load first runs without them, and the turns are compared.")
    private int park;

    @Option(
            names = "--flood",
            paramLabel = "FACTOR",
            defaultValue = "0",
            description =
                    "With --park N: the engine accepts only N dialogs. Instead of the load, all of them are answered, --rate of them per second: once alone, and once while FACTOR times as many dialogs are begun, which must be refused. Compares the turns of the running dialogs.")
    private int flood;

    @Option(
            names = "--network",
            paramLabel = "NETWORK",
            defaultValue = "embedded",
            description =
                    "embedded: everything in one process, in memory; sigtran: the engine in a second process, connected by M3UA over TCP on the loopback interface. Default: ${DEFAULT-VALUE}.")
    private NetworkKind network;

    /** Where the engine runs. */
    enum NetworkKind {
        embedded,
        sigtran
    }

    @Option(
            names = "--script",
            paramLabel = "KEY",
            description =
                    "The script of the rules file that is called. A first dialog shows what the others must show. Default: a built-in script; with --stand-ins FILE the one that the test dials.")
    private @Nullable String script;

    @Option(
            names = "--rules",
            paramLabel = "FILE",
            defaultValue = "rules.yaml",
            description = "The rules file of --script. Default: ${DEFAULT-VALUE}.")
    private Path rules;

    @Option(
            names = "--stand-ins",
            paramLabel = "FILE[:LINE]|none",
            defaultValue = "none",
            description =
                    "What answers the calls of the script through http, sql, kv and push. none: what the rules name, which must run. FILE: the givens of a test of this .dialog file, the first one or the one at the line; its handset dials and answers as in the test. Default: ${DEFAULT-VALUE}.")
    private String standIns;

    @Option(
            names = "--msisdn",
            paramLabel = "NUMBER",
            converter = AddressConverter.class,
            description =
                    "The number of each handset. Default: none; with --stand-ins FILE the test's.")
    private @Nullable Address msisdn;

    @Option(
            names = "--answers",
            paramLabel = "TEXT,...",
            split = ",",
            description =
                    "What is answered to the menus in turn; the last one is answered to all that follow. Default: 1; with --stand-ins FILE the test's answers.")
    private @Nullable List<String> answers;

    @Option(
            names = "--edr-dir",
            paramLabel = "DIR",
            description =
                    "Where the EDR files go. Default: a temporary folder that is removed at the end.")
    private @Nullable Path edrFolder;

    @Option(
            names = "--patience",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description =
                    "If nothing happens for this time, open dialogs count as never answered. Default: ${DEFAULT-VALUE}.")
    private int patience;

    @Option(names = "--json", description = "One JSON object instead of the table.")
    private boolean json;

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
    BenchCommand() {}

    @Override
    public Integer call()
            throws BenchException,
                    ConfigurationException,
                    DialogFileException,
                    IOException,
                    InterruptedException {
        RulesOption.logLevel(Level.WARN);
        Plan plan = plan();
        boolean isReal = standIns.equals(REAL);
        require(
                isReal || (msisdn == null && answers == null && script == null),
                "--stand-ins FILE says who dials, what is dialled and what is answered, and cannot be combined with --script, --msisdn or --answers");
        require(
                script != null || (msisdn == null && answers == null),
                "--msisdn and --answers need a --script");
        require(
                isReal || (network == NetworkKind.embedded && flood == 0),
                "--stand-ins FILE cannot be combined with --network sigtran or --flood");
        Caller caller =
                isReal
                        ? Caller.of(msisdn, answers == null ? List.of() : answers)
                        : Caller.of(StandIns.at(standIns));
        Outcome outcome =
                new BenchSession(
                                new BenchSession.Request(
                                        plan,
                                        menus(plan, caller),
                                        isReal && script == null ? null : rules,
                                        script,
                                        edrFolder,
                                        network == NetworkKind.sigtran,
                                        caller),
                                spec.commandLine().getErr())
                        .run();
        BenchPrinter.to(spec.commandLine().getOut(), json).print(outcome);
        return outcome.good() ? ExitCode.GOOD : ExitCode.FAILED;
    }

    private Plan plan() {
        require(dialogs >= 1, "--dialogs is " + dialogs + "; at least 1");
        require(rate >= 0, "--rate is " + rate + "; more than 0");
        require(
                menus == null || (menus >= 1 && menus <= MAX_MENUS),
                "--menus is " + menus + "; 1 to " + MAX_MENUS);
        int times = rounds == null ? (baseline ? 5 : 1) : rounds;
        require(times >= 1, "--rounds is " + times + "; at least 1");
        require(warmUp >= 0, "--warm-up is " + warmUp + "; 0 or more");
        require(park >= 0, "--park is " + park + "; 0 or more");
        require(flood >= 0, "--flood is " + flood + "; 0 or more");
        require(
                flood == 0 || (rate > 0 && park >= LEAST_FLOODED && !baseline && script == null),
                "--flood needs --rate and at least --park "
                        + LEAST_FLOODED
                        + ", and cannot be combined with --baseline or --script");
        require(patience >= 1, "--patience is " + patience + "; at least 1");
        int atOnce = concurrency == null ? (rate == 0 ? 128 : 100_000) : concurrency;
        require(atOnce >= 1, "--concurrency is " + atOnce + "; at least 1");
        Load load = new Load(dialogs, rate, atOnce, Duration.ofSeconds(patience));
        return new Plan(load, warmUp, times, baseline, park, flood);
    }

    private int menus(Plan plan, Caller caller) {
        int least = flood == 0 ? 1 : Plan.menusOfFlood(plan.rounds());
        require(
                menus == null || menus >= least,
                "--menus is %s; --flood takes %d at the least".formatted(menus, least));
        if (menus == null && flood == 0) {
            return caller.answers().size();
        }
        return menus == null ? least : menus;
    }

    private void require(boolean condition, String message) {
        if (!condition) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }

    /** How the figures of a bench are shown. */
    private sealed interface BenchPrinter {
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
                line(
                        "heap",
                        decimal(outcome.liveHeap() / MIB, 1) + " MiB live after the last dialog");
                line("EDRs", records(outcome));
                Outcome.Parking parking = outcome.parking();
                if (parking != null) {
                    parked(outcome, parking);
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
                for (double percentile : PERCENTILES) {
                    double without = Outcome.medianTurnMillis(parking.calm(), percentile);
                    double beside = Outcome.medianTurnMillis(outcome.rounds(), percentile);
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
                    line(
                            turn(percentile),
                            "ratio " + decimal(outcome.medianTurnRatio(percentile), 2));
                }
            }

            private static String millis(Figures figures, double percentile) {
                return decimal(figures.turnMillis(percentile), 3) + " ms";
            }

            private static String decimal(double value, int digits) {
                return BigDecimal.valueOf(value)
                        .setScale(digits, RoundingMode.HALF_UP)
                        .toPlainString();
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
                    parked.put(
                            "turn_ms_p99_beside", Outcome.medianTurnMillis(outcome.rounds(), 99));
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

    /** {@code ussd bench-side}: the other process of a bench, which starts it. */
    @Command(
            name = "bench-side",
            hidden = true,
            description = "The engine, or the baseline, of a bench with two processes.")
    public static final class BenchSideCommand implements Callable<Integer> {
        @ArgGroup(multiplicity = "1")
        private Side side;

        @Option(names = "--max-dialogs", required = true, paramLabel = "N")
        private int maxDialogs;

        /** Which of the two it is. */
        static final class Side {
            @ArgGroup(exclusive = false)
            private @Nullable EngineSide engine;

            @Option(names = "--echo", paramLabel = "DIR", description = "A folder of the texts.")
            private @Nullable Path texts;
        }

        /** The engine's. */
        static final class EngineSide {
            @Option(names = "--rules", required = true, paramLabel = "FILE")
            private Path rules;

            @Option(names = "--edr-dir", required = true, paramLabel = "DIR")
            private Path edrs;

            @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
            EngineSide() {}
        }

        @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
        BenchSideCommand() {}

        @Override
        public Integer call() throws ConfigurationException, IOException, UnsendableText {
            RulesOption.logLevel(Level.WARN);
            BenchSide runs =
                    new BenchSide(
                            new BufferedReader(
                                    new InputStreamReader(System.in, StandardCharsets.UTF_8)),
                            System.out);
            if (side.engine != null) {
                runs.engine(side.engine.rules, side.engine.edrs, maxDialogs);
            } else if (side.texts != null) {
                List<UssdString> texts = texts(side.texts);
                runs.echo(texts.subList(0, texts.size() - 1), texts.getLast(), maxDialogs);
            }
            return ExitCode.GOOD;
        }

        private static List<UssdString> texts(Path folder) throws IOException, UnsendableText {
            List<Path> files;
            try (Stream<Path> all = Files.list(folder)) {
                files = all.sorted().toList();
            }
            List<UssdString> texts = new ArrayList<>();
            for (Path file : files) {
                texts.add(UssdString.encode(Files.readString(file), Dcs.UNSPECIFIED));
            }
            return texts;
        }
    }
}
