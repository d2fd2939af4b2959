package io.moondial.cli.push;

import io.moondial.ConfigurationException;
import io.moondial.admin.client.AdminClient;
import io.moondial.admin.client.AdminClient.NotRunningException;
import io.moondial.admin.client.AdminClient.RefusedException;
import io.moondial.cli.EngineOption;
import io.moondial.cli.ExitCode;
import io.moondial.cli.RulesOption;
import io.moondial.cli.TextConverter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code ussd push}. */
@Command(
        name = "push",
        mixinStandardHelpOptions = true,
        description = {
            "Has a running serve begin a dialog with a subscriber: it shows him a text, or runs a script.",
            "It ends when the push is accepted, which is then kept until it has ended; with --wait, when it has ended. With --file, each line of a file is an order: a number; or values under a first line such as msisdn,name,amount, of which text is the text, written as TEXT is, and the others are args of the script; or a JSON object as POST /v1/pushes takes it. Empty lines, and those that begin with #, are none. A wrong line keeps the whole file from being ordered. Orders wait while the queue is full. A line is known by what it orders (number, text or script, args, and the options of the command) and by how often the file has had the same order before. So the same command with the same file goes on where it broke off, and with a file that has got more lines orders only these, as long as the engine knows of the pushes (push: keep); another --idempotency-key orders all of them once more. Exits with 1 if an order was refused, or with --wait if one did not complete; with 3 if no engine answers."
        },
        subcommands = {
            PushCommand.StatusOfPush.class,
            PushCommand.Cancel.class,
            PushCommand.ListPushes.class
        })
public final class PushCommand implements Callable<Integer> {
    static final String PUSHES = "/v1/pushes";

    /** How long one question waits for the end of a push. */
    private static final int WAIT_MILLIS = 25_000;

    static final Duration A_MOMENT = Duration.ofSeconds(1);

    private static final JsonMapper JSON = new JsonMapper();

    @Mixin private Asking asking;

    @Option(
            names = "--msisdn",
            paramLabel = "DIGITS",
            description = "The subscriber: his number, country code first, without +.")
    private @Nullable String msisdn;

    @Option(
            names = "--file",
            paramLabel = "LIST",
            description = "The file with an order on each line, instead of --msisdn.")
    private @Nullable Path file;

    @Option(
            names = "--menu",
            description =
                    "The text asks for an answer, which is in the report of the push. Otherwise he only reads it.")
    private boolean menu;

    @Option(
            names = "--script",
            paramLabel = "KEY",
            description = "Runs this script instead of showing a text: one of push: scripts.")
    private @Nullable String script;

    @Option(
            names = "--args",
            paramLabel = "JSON",
            description = "With --script: an object that it finds in request.args.")
    private @Nullable String args;

    @Option(
            names = "--expires",
            paramLabel = "WHEN",
            description =
                    "When it is too late to begin: after a time such as 30m, or at one such as 2026-01-31T18:00:00Z. Default: push: expires.")
    private @Nullable String expires;

    @Option(names = "--urgent", description = "Before all others, in quiet hours too.")
    private boolean urgent;

    @Option(names = "--low", description = "After all others.")
    private boolean low;

    @Option(
            names = "--idempotency-key",
            paramLabel = "KEY",
            description =
                    "A second order with the same key is the same push. With --file: the same lines with another key are ordered once more.")
    private @Nullable String key;

    @Option(
            names = "--at-least-once",
            description =
                    "Sends it again if the engine was killed while it may have been sent. Otherwise its state is then unknown.")
    private boolean atLeastOnce;

    @Option(
            names = "--callback",
            description = "Has the upstream of push: callback told how it ends.")
    private boolean callback;

    @Option(
            names = "--alerting-pattern",
            paramLabel = "N",
            description =
                    "How the handset draws attention to it, 0 to 255 (3GPP TS 29.002 17.7.1).")
    private @Nullable Integer alertingPattern;

    @Option(names = "--wait", description = "Waits until it has ended, or all of the file have.")
    private boolean wait;

    @Parameters(
            paramLabel = "TEXT",
            arity = "0..*",
            description =
                    "What he reads. "
                            + TextConverter.HOW
                            + " A text such as status comes after --.")
    private List<String> text = new ArrayList<>();

    @Spec private CommandSpec spec;

    private Pause pause = duration -> TimeUnit.MILLISECONDS.sleep(duration.toMillis());

    @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
    PushCommand() {}

    /** From now on waits for the queue are made so. */
    void pausing(Pause newPause) {
        pause = newPause;
    }

    @Override
    public Integer call()
            throws ConfigurationException,
                    NotRunningException,
                    RefusedException,
                    IOException,
                    InterruptedException {
        requireSense();
        ObjectNode order = order();
        Path list = file;
        PushList orders = list == null ? null : PushList.read(list, order, key);
        return asking.ask(
                (client, printer) -> {
                    boolean isGood =
                            orders == null
                                    ? one(client, printer, order)
                                    : new ListRun(
                                                    client,
                                                    printer,
                                                    spec.commandLine().getErr(),
                                                    pause)
                                            .run(orders, wait);
                    return isGood ? ExitCode.GOOD : ExitCode.FAILED;
                });
    }

    private boolean one(AdminClient client, PushPrinter printer, ObjectNode order)
            throws NotRunningException, RefusedException, InterruptedException {
        JsonNode report =
                client.post(PUSHES)
                        .header("Idempotency-Key", key)
                        .body(order.put("msisdn", msisdn))
                        .answer();
        if (wait) {
            report = ended(client, report.path("push_id").asString(""), pause);
        }
        printer.line(report);
        return !wait || isCompleted(report);
    }

    private void requireSense() {
        if (text.size() > 1) {
            throw bad("the text is one argument: put it in quotes");
        }
        if ((msisdn == null) == (file == null)) {
            throw bad("one of --msisdn DIGITS and --file LIST is needed, and not both");
        }
        if (!text.isEmpty() && script != null) {
            throw bad("a TEXT and --script exclude each other");
        }
        if (text.isEmpty() && script == null && file == null) {
            throw bad("what to push is missing: a TEXT, or --script KEY");
        }
        if (menu && script != null) {
            throw bad("--menu is for a TEXT; a script has screens of its own");
        }
        if (args != null && script == null) {
            throw bad("--args is for --script");
        }
        if (urgent && low) {
            throw bad("--urgent and --low exclude each other");
        }
    }

    private ParameterException bad(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /** What the command says of each order, in the words of the interface. */
    private ObjectNode order() {
        ObjectNode order = JSON.createObjectNode();
        if (!text.isEmpty()) {
            order.put("text", text(text.getFirst()));
        }
        if (menu) {
            order.put("kind", "menu");
        }
        if (script != null) {
            order.put("script", script);
        }
        if (args != null) {
            order.set("args", object(args));
        }
        if (expires != null) {
            order.put("expires", expires);
        }
        if (urgent || low) {
            order.put("priority", urgent ? "urgent" : "low");
        }
        if (atLeastOnce) {
            order.put("at_least_once", true);
        }
        if (callback) {
            order.put("callback", true);
        }
        if (alertingPattern != null) {
            order.put("alerting_pattern", alertingPattern);
        }
        return order;
    }

    /** A converter of picocli cannot say what is wrong with the last arguments of a command. */
    private String text(String written) {
        try {
            return new TextConverter().convert(written);
        } catch (TypeConversionException e) {
            throw bad(String.valueOf(e.getMessage()));
        }
    }

    private ObjectNode object(String written) {
        try {
            if (JSON.readTree(written) instanceof ObjectNode object) {
                return object;
            }
        } catch (JacksonException e) {
            throw bad("--args is no JSON; allowed is an object, such as {\"amount\": 50}");
        }
        throw bad("--args is no JSON object; allowed is one such as {\"amount\": 50}");
    }

    /** Whether all went well with a push. */
    static boolean isCompleted(JsonNode report) {
        return report.path("state").asString("").equals("completed");
    }

    /**
     * The report of a push once it has ended.
     *
     * @param pause is made between two questions, as an engine may answer the first one at once
     */
    static JsonNode ended(AdminClient client, String id, Pause pause)
            throws NotRunningException, RefusedException, InterruptedException {
        while (true) {
            JsonNode report =
                    client.get(PUSHES)
                            .segment(id)
                            .with("wait_ms", WAIT_MILLIS)
                            .within(AdminClient.PATIENCE.plusMillis(WAIT_MILLIS))
                            .answer();
            if (isLast(report)) {
                return report;
            }
            pause.last(A_MOMENT);
        }
    }

    private static boolean isLast(JsonNode report) {
        return Stream.of("queued", "routing", "sent", "answered")
                .noneMatch(report.path("state").asString("")::equals);
    }

    /** Lets time pass. */
    @FunctionalInterface
    interface Pause {
        void last(Duration duration) throws InterruptedException;
    }

    // ---- the verbs

    /** What all of them have: the engine that is asked, and how its answers are printed. */
    static final class Asking {
        @Mixin private RulesOption rules;
        @Mixin private EngineOption engine;

        @Option(names = "--json", description = "One JSON object per line.")
        private boolean json;

        @Spec(Spec.Target.MIXEE)
        private CommandSpec spec;

        @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
        Asking() {}

        /** What is asked, and printed; it gives the exit code. */
        @FunctionalInterface
        interface Talk {
            int with(AdminClient client, PushPrinter printer)
                    throws NotRunningException, RefusedException, InterruptedException;
        }

        int ask(Talk talk)
                throws ConfigurationException,
                        NotRunningException,
                        RefusedException,
                        IOException,
                        InterruptedException {
            try (AdminClient client = engine.client(rules)) {
                return talk.with(
                        client,
                        new PushPrinter(spec.commandLine().getOut(), rules.timeZone(), json));
            }
        }
    }

    /** {@code ussd push status}. */
    @Command(
            name = "status",
            mixinStandardHelpOptions = true,
            description = {
                "Shows how a push is.",
                "Exits with 1 if there is none of this id, or it ended longer ago than push: keep says; with 3 if no engine answers."
            })
    static final class StatusOfPush implements Callable<Integer> {
        @Mixin private Asking asking;

        @Parameters(paramLabel = "PUSH_ID", description = "The push, as its order was answered.")
        private String id;

        @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
        StatusOfPush() {}

        @Override
        public Integer call() throws Exception {
            return asking.ask(
                    (client, printer) -> {
                        printer.whole(client.get(PUSHES).segment(id).answer());
                        return ExitCode.GOOD;
                    });
        }
    }

    /** {@code ussd push cancel}. */
    @Command(
            name = "cancel",
            mixinStandardHelpOptions = true,
            description = {
                "Withdraws a push that waits for its turn, or for another attempt.",
                "It is too late while what begins its dialog is on its way, and once that was answered. After an attempt that ended with no_answer the subscriber may have seen it all the same. Exits with 1 if it is too late, if there is none of this id, or if it is one of another engine that shares the store; with 3 if no engine answers."
            })
    static final class Cancel implements Callable<Integer> {
        @Mixin private Asking asking;

        @Parameters(paramLabel = "PUSH_ID", description = "The push, as its order was answered.")
        private String id;

        @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
        Cancel() {}

        @Override
        public Integer call() throws Exception {
            return asking.ask(
                    (client, printer) -> {
                        printer.line(client.delete(PUSHES).segment(id).answer());
                        return ExitCode.GOOD;
                    });
        }
    }

    /** {@code ussd push list}. */
    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = {
                "Lists the latest pushes, the newest order first: those that have not ended, and the 1000 that ended last within push: keep, before a restart too.",
                "Exits with 3 if no engine answers."
            })
    static final class ListPushes implements Callable<Integer> {
        @Mixin private Asking asking;

        @Option(
                names = "--only",
                paramLabel = "STATE",
                description =
                        "Only those that are queued, routing, sent, answered, completed, failed, expired, cancelled or unknown.")
        private @Nullable String state;

        @Option(
                names = "--msisdn",
                paramLabel = "DIGITS",
                description = "Only those to numbers that begin with these digits.")
        private @Nullable String msisdn;

        @Option(
                names = "--limit",
                paramLabel = "N",
                description = "How many are listed, up to 500. Default: 50.")
        private @Nullable Integer limit;

        @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
        ListPushes() {}

        @Override
        public Integer call() throws Exception {
            return asking.ask(
                    (client, printer) -> {
                        printer.list(
                                client.get(PUSHES)
                                        .with("state", state)
                                        .with("msisdn", msisdn)
                                        .with("limit", limit)
                                        .answer());
                        return ExitCode.GOOD;
                    });
        }
    }
}
