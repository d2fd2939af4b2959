package io.moondial.cli;

import io.moondial.ConfigurationException;
import io.moondial.bench.BenchException;
import io.moondial.bench.BenchSession;
import io.moondial.bench.Load;
import io.moondial.bench.Outcome;
import io.moondial.bench.Plan;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ussd bench}. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = {
            "Puts load on an engine of its own: opens dialogs at a rate, answers their menus, checks every text.",
            "The rate does not depend on the dialogs. A turn counts from when its dialog should have begun.",
            "It warms up first. Progress goes to stderr, the figures to stdout. Exits with 1 if a reply was",
            "wrong, a dialog was never answered, or a record is missing."
        })
final class BenchCommand implements Callable<Integer> {
    private static final int MAX_MENUS = 100;
    private static final int LEAST_FLOODED = 128;

    @Option(
            names = "--dialogs",
            paramLabel = "N",
            defaultValue = "100000",
            description = "How many dialogs a round holds. Default: ${DEFAULT-VALUE}.")
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
                    "How many may be open at once; at that many, the next waits and its time counts."
                            + " Default: 128, with a rate 100000.")
    private @Nullable Integer concurrency;

    @Option(
            names = "--menus",
            paramLabel = "M",
            description =
                    "How many menus are answered in each. Default: 1, with --flood as many as it takes.")
    private @Nullable Integer menus;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description =
                    "How often the load runs; the figures are those of the median. Default: 1, with"
                            + " --baseline 5.")
    private @Nullable Integer rounds;

    @Option(
            names = "--baseline",
            description =
                    "Measures the ceiling too, in turn with the engine: the same signalling stack and network with a "
                            + "fixed conversation hard-coded on it; no scripts, no rules, no records. Prints the ratios of the "
                            + "dialogs per second and of the turns.")
    private boolean baseline;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            defaultValue = "30000",
            description =
                    "How many dialogs come first and do not count. Default: ${DEFAULT-VALUE}.")
    private int warmUp;

    @Option(
            names = "--park",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "How many more dialogs stay in their first menu while the load runs, and are answered after it."
                            + " The load runs without them first, and the turns are compared.")
    private int park;

    @Option(
            names = "--flood",
            paramLabel = "FACTOR",
            defaultValue = "0",
            description =
                    "With --park N: the engine takes N dialogs and no more, and instead of the load all of them are "
                            + "answered, --rate of them per second, once with nothing beside them and once while FACTOR times as many "
                            + "dialogs are begun and must be refused. Compares the turns of the running ones.")
    private int flood;

    @Option(
            names = "--network",
            paramLabel = "NETWORK",
            defaultValue = "embedded",
            description =
                    "embedded: all in one process, in memory; sigtran: the engine in a process of its own, behind M3UA "
                            + "over TCP on the loopback interface. Default: ${DEFAULT-VALUE}.")
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
                    "The script of the rules file that answers, each menu with 1; a dialog held beforehand tells"
                            + " what the others must show. Default: a script of the bench's own.")
    private @Nullable String script;

    @Option(
            names = "--rules",
            paramLabel = "FILE",
            defaultValue = "rules.yaml",
            description = "The rules file of --script. Default: ${DEFAULT-VALUE}.")
    private Path rules;

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
                    "How long nothing may happen until open dialogs count as never answered. Default: ${DEFAULT-VALUE}.")
    private int patience;

    @Option(names = "--json", description = "One JSON object instead of the table.")
    private boolean json;

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
    BenchCommand() {}

    @Override
    public Integer call()
            throws BenchException, ConfigurationException, IOException, InterruptedException {
        RulesOption.logLevel(Level.WARN);
        Plan plan = plan();
        Outcome outcome =
                new BenchSession(
                                new BenchSession.Request(
                                        plan,
                                        menus(plan),
                                        script == null ? null : rules,
                                        script,
                                        edrFolder,
                                        network == NetworkKind.sigtran),
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
                        + ", and goes without --baseline and --script");
        require(patience >= 1, "--patience is " + patience + "; at least 1");
        int atOnce = concurrency == null ? (rate == 0 ? 128 : 100_000) : concurrency;
        require(atOnce >= 1, "--concurrency is " + atOnce + "; at least 1");
        Load load = new Load(dialogs, rate, atOnce, Duration.ofSeconds(patience));
        return new Plan(load, warmUp, times, baseline, park, flood);
    }

    private int menus(Plan plan) {
        int least = flood == 0 ? 1 : Plan.menusOfFlood(plan.rounds());
        require(
                menus == null || menus >= least,
                "--menus is %s; --flood takes %d at the least".formatted(menus, least));
        return menus == null ? least : menus;
    }

    private void require(boolean condition, String message) {
        if (!condition) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }
}
