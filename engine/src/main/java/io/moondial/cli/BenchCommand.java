package io.moondial.cli;

import io.moondial.ConfigurationException;
import io.moondial.bench.BenchSession;
import io.moondial.bench.BenchSession.Caller;
import io.moondial.bench.BenchSide;
import io.moondial.bench.Outcome;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import picocli.CommandLine.ArgGroup;
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
            "Starts an engine and puts load on it: begins dialogs at a rate, answers menus, checks texts.",
            "The rate does not depend on the dialogs. A turn is measured from the time at which its dialog should have begun.",
            "It warms up first. Progress goes to stderr, the figures to stdout. Exits with 1 if a reply was wrong, a dialog was never answered, or a record is missing."
        })
public final class BenchCommand implements Callable<Integer> {
    private static final int MAX_MENUS = 100;
    private static final int LEAST_FLOODED = 128;

    /** What the rules allow. */
    private static final int MAX_PUSH_RATE = 100_000;

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

    @Option(
            names = "--push",
            description =
                    "Also measures dialogs that the engine begins: the same conversation, ordered, kept in memory, and begun with a menu; in turn with the ones that handsets begin. Prints the ratio of the dialogs per second. Only with the built-in script and --network embedded.")
    private boolean push;

    @Option(
            names = "--push-queue",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "With --push and --rate: N pushes wait first, which begin at --push-rate while the load runs. Prints the heap of each, and compares the turns of the load without them and beside them.")
    private int pushQueue;

    @Option(
            names = "--push-rate",
            paramLabel = "R",
            defaultValue = "1000",
            description =
                    "How many pushes of --push-queue begin per second. Default: ${DEFAULT-VALUE}.")
    private int pushRate;

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
        return new Plan(load, warmUp, times, baseline, park, flood, pushing());
    }

    private Plan.@Nullable Pushing pushing() {
        require(pushQueue >= 0, "--push-queue is " + pushQueue + "; 0 or more");
        require(
                pushRate >= 1 && pushRate <= MAX_PUSH_RATE,
                "--push-rate is " + pushRate + "; 1 to " + MAX_PUSH_RATE);
        require(pushQueue == 0 || (push && rate > 0), "--push-queue needs --push and --rate");
        require(
                !push
                        || (!baseline
                                && park == 0
                                && flood == 0
                                && script == null
                                && standIns.equals(REAL)),
                "--push cannot be combined with --baseline, --park, --flood, --script or --stand-ins: it has the built-in script in both directions");
        require(
                !push || network == NetworkKind.embedded,
                "--push cannot be combined with --network sigtran: pushes are ordered in the process of the engine, and that is another one there; leave --network out");
        return push ? new Plan.Pushing(pushQueue, pushQueue == 0 ? MAX_PUSH_RATE : pushRate) : null;
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
