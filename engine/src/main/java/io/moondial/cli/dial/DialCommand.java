package io.moondial.cli.dial;

import io.moondial.Configuration;
import io.moondial.ConfigurationException;
import io.moondial.admin.client.AdminClient;
import io.moondial.admin.client.AdminClient.NotRunningException;
import io.moondial.admin.client.AdminClient.RefusedException;
import io.moondial.channel.Address;
import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.cli.EngineOption;
import io.moondial.cli.ExitCode;
import io.moondial.cli.OwnEngine;
import io.moondial.cli.OwnEngine.NotStartedException;
import io.moondial.cli.RulesOption;
import io.moondial.cli.Terminal;
import io.moondial.dialogtest.language.DialogFileException;
import io.moondial.dialogtest.language.Recorded;
import io.moondial.dialogtest.run.StandIns;
import io.moondial.handset.Handset;
import io.moondial.handset.Handset.Subscriber;
import io.moondial.handset.Screen;
import io.moondial.logic.DialogObserver;
import io.moondial.script.api.Backends;
import io.moondial.text.Dcs;
import io.moondial.text.Mask;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UnsendableText;
import io.moondial.time.Time;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code ussd dial}. */
@Command(
        name = "dial",
        mixinStandardHelpOptions = true,
        description = {
            "Dials a code from one handset, on an engine started for it or on a running one (--live, --connect).",
            "Every screen is printed as it comes. Answers come from the command line, or from the terminal or the standard input. When the input ends, the handset gives up. A number is DIGITS or DIGITS:NOA:NPI.",
            "Exits when the EDR files are complete."
        })
public final class DialCommand implements Callable<Integer> {
    @Mixin private RulesOption rules;
    @Mixin private HandsetOptions options;
    @Mixin private EngineOption engine;

    @Option(
            names = "--live",
            description =
                    "Dials the engine that runs (serve), through its embedded network; its records have the dialog. --rules or --connect-admin says which engine.")
    private boolean live;

    @Option(
            names = "--dcs",
            paramLabel = "N",
            defaultValue = "15",
            description =
                    "The data coding scheme of the dialled text and the answers. Default: ${DEFAULT-VALUE}.")
    private int dcs;

    @Option(
            names = "--notify",
            paramLabel = "TEXT",
            description = "Sends this text in an UnstructuredSS-Notify; nothing is dialled.")
    private @Nullable String notify;

    @Option(names = "--json", description = "One JSON object per line for every screen.")
    private boolean json;

    @Option(
            names = "--record",
            paramLabel = "FILE",
            description =
                    "Adds the conversation to this file as a test for ussd test. Secret answers are asterisks. A text that the script made with a secret in it is written as it came: check the file before others read it. Not with --connect.")
    private @Nullable Path record;

    @Option(
            names = "--stand-ins",
            paramLabel = "FILE[:LINE]",
            description =
                    "Nothing outside is reached: what scripts call through http, sql and kv answers as"
                            + " in a test of this .dialog file, the first one or the one at the line. Not"
                            + " with --connect.")
    private @Nullable String standIns;

    @Parameters(
            paramLabel = "CODE [ANSWER...]",
            arity = "0..*",
            description = "What is dialled, and what is answered to each menu in turn.")
    private List<String> words = List.of();

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
    DialCommand() {}

    @Override
    public Integer call()
            throws ConfigurationException,
                    DialogFileException,
                    NotRunningException,
                    NotStartedException,
                    RefusedException,
                    InterruptedException,
                    IOException {
        if (live || engine.isRemote()) {
            return dialLive();
        }
        FarSide.Call call = dialled();
        Conversation.Answers answers =
                new Conversation.Answers(
                        sendable(notify == null ? words.subList(1, words.size()) : words),
                        System.in,
                        Terminal.is());
        Conversation.ScreenPrinter printer =
                Conversation.ScreenPrinter.to(spec.commandLine().getOut(), json);
        PrintWriter err = spec.commandLine().getErr();
        if (options.connects() && record != null) {
            throw bad(
                    "--record and --connect cannot be combined: which answers a running engine treats as secrets is not known here, and a test must not contain secrets");
        }
        if (options.connects() && standIns != null) {
            throw bad("--stand-ins and --connect cannot be combined: a running engine has its own");
        }
        StandIns given = standIns == null ? null : StandIns.at(standIns);
        Configuration configuration = options.connects() ? null : configuration(given);
        DialRecorder recorder = recorder(configuration);
        OwnEngine.Use talk =
                handsets -> {
                    int result =
                            new Conversation(
                                            eyes -> Conversation.line(handsets, call, eyes),
                                            answers,
                                            printer,
                                            recorder,
                                            err)
                                    .hold();
                    answers.unused()
                            .ifPresent(left -> err.println("ussd: answers not used: " + left));
                    return result;
                };
        int exitCode =
                configuration == null
                        ? options.use(talk)
                        : OwnEngine.use(
                                configuration,
                                DialogObserver.always(recorder),
                                backends(given, err),
                                err,
                                talk);
        recorder.write(err);
        return exitCode;
    }

    private int dialLive()
            throws ConfigurationException,
                    NotRunningException,
                    RefusedException,
                    IOException,
                    InterruptedException {
        dialled(); // refuses what makes no sense
        if (options.connects() || standIns != null) {
            throw bad("--live takes no --connect and no --stand-ins: a running engine has its own");
        }
        PrintWriter err = spec.commandLine().getErr();
        Conversation.Answers answers =
                new Conversation.Answers(
                        sendable(notify == null ? words.subList(1, words.size()) : words),
                        System.in,
                        Terminal.is());
        try (AdminClient client = engine.client(rules)) {
            LivePhone phone = new LivePhone(client, wanted(), dcs);
            Thread interrupted = Thread.ofPlatform().name("stop").unstarted(phone::hangUp);
            Runtime.getRuntime().addShutdownHook(interrupted);
            int result;
            try {
                result =
                        new Conversation(
                                        eyes -> {
                                            phone.show(eyes);
                                            return phone;
                                        },
                                        answers,
                                        Conversation.ScreenPrinter.to(
                                                spec.commandLine().getOut(), json),
                                        phone,
                                        err)
                                .hold();
            } finally {
                OwnEngine.forget(interrupted);
            }
            phone.requireWhole();
            answers.unused().ifPresent(left -> err.println("ussd: answers not used: " + left));
            if (record != null) {
                err.println(
                        "ussd: recorded in %s as \"%s\""
                                .formatted(record, Recorded.add(record, phone.asTest())));
            }
            return result;
        }
    }

    /** What the interface is asked to dial. */
    private ObjectNode wanted() {
        Subscriber subscriber = options.subscriber();
        if (subscriber.origination() != null) {
            throw bad("--origination is not for --live");
        }
        ObjectNode wanted = new JsonMapper().createObjectNode();
        wanted.put(notify == null ? "code" : "notify", notify == null ? words.getFirst() : notify);
        if (subscriber.msisdn() != null) {
            wanted.put("msisdn", plain("--msisdn", subscriber.msisdn(), Address.ISDN));
        }
        Address destination = subscriber.destination();
        if (destination != null) {
            boolean imsi = destination.npi() == Address.LAND_MOBILE;
            wanted.put(
                    imsi ? "imsi" : "destination",
                    plain(
                            imsi ? "--imsi" : "--destination",
                            destination,
                            imsi ? Address.LAND_MOBILE : Address.ISDN));
        }
        return wanted.put("ssn", subscriber.ssn()).put("dcs", dcs);
    }

    private String plain(String option, Address address, int plan) {
        if (address.noa() != Address.INTERNATIONAL || address.npi() != plan) {
            throw bad(option + " takes digits alone with --live");
        }
        return address.digits();
    }

    private Configuration configuration(@Nullable StandIns given) throws ConfigurationException {
        return given == null ? rules.read() : given.in(rules.readForTests());
    }

    private static BiFunction<Backends.Settings, Time, Backends> backends(
            @Nullable StandIns given, PrintWriter err) {
        return given == null
                ? Backends::start
                : (modules, time) ->
                        given.start(modules, time, fault -> err.println("ussd: " + fault));
    }

    private DialRecorder recorder(@Nullable Configuration configuration) {
        DialRecorder recorder =
                new DialRecorder(
                        record,
                        configuration == null ? List.of() : configuration.services(),
                        notify != null,
                        notify == null ? words.getFirst() : notify);
        recorder.heldBy(options.subscriber(), new Dcs(dcs));
        return recorder;
    }

    /**
     * An answer of the command line that cannot be sent would shift the others to menus they are
     * not for.
     */
    private List<String> sendable(List<String> given) {
        for (String answer : given) {
            if (!answer.isEmpty()) {
                encode(answer);
            }
        }
        return given;
    }

    private UssdString encode(String text) {
        try {
            return UssdString.encode(text, new Dcs(dcs));
        } catch (UnsendableText e) {
            throw bad("'" + text + "' cannot be sent: " + e.getMessage());
        }
    }

    private FarSide.Call dialled() {
        if (notify == null && words.isEmpty()) {
            throw bad("nothing to dial: give a CODE, such as '*100#', or --notify TEXT");
        }
        if (dcs < 0 || dcs > 255) {
            throw bad("--dcs is " + dcs + "; 0 to 255 is allowed");
        }
        Subscriber subscriber = options.subscriber();
        String text = notify == null ? words.getFirst() : notify;
        int operation =
                notify == null
                        ? Operation.PROCESS_UNSTRUCTURED_SS_REQUEST
                        : Operation.UNSTRUCTURED_SS_NOTIFY;
        return subscriber.call(operation, encode(text));
    }

    private ParameterException bad(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /** What a handset does. */
    interface Line {
        void answer(Screen.Menu menu, String text) throws UnsendableText, DialogGoneException;

        void acknowledge(Screen.Notify notify) throws DialogGoneException;

        void abandon() throws DialogGoneException;
    }

    /** What follows a conversation, and knows which answers are secret. */
    interface Listener {
        /** A screen has come. */
        void came(Screen screen);

        /** The newest menu was answered. */
        void answered(String answer);

        /** The handset has given up. */
        void gaveUp();

        /** Whether this answer to the newest menu is secret. */
        boolean isSecret(String answer);
    }

    /**
     * One dialog as a person at the handset lives it: screens come when they come, and so do the
     * person's answers; what is typed answers the newest menu.
     */
    static final class Conversation {
        private final BlockingQueue<Happening> happenings = new LinkedBlockingQueue<>();
        private final Answers answers;
        private final ScreenPrinter printer;
        private final Listener recorder;
        private final PrintWriter err;
        private final Line handset;
        private Screen.@Nullable Menu open;
        private boolean asked;
        private boolean typed;

        private sealed interface Happening {
            record Came(Screen screen) implements Happening {}

            /** Empty: there are no more answers. */
            record Said(Optional<String> answer) implements Happening {}
        }

        Conversation(
                Function<Consumer<Screen>, Line> dials,
                Answers answers,
                ScreenPrinter printer,
                Listener recorder,
                PrintWriter err) {
            this.answers = answers;
            this.printer = printer;
            this.recorder = recorder;
            this.err = err;
            this.handset = dials.apply(screen -> happenings.add(new Happening.Came(screen)));
        }

        /** A handset of a network. */
        static Line line(FarSide network, FarSide.Call call, Consumer<Screen> eyes) {
            Handset handset = Handset.begin(network, call, eyes);
            return new Line() {
                @Override
                public void answer(Screen.Menu menu, String text)
                        throws UnsendableText, DialogGoneException {
                    handset.answer(menu, text);
                }

                @Override
                public void acknowledge(Screen.Notify notify) throws DialogGoneException {
                    handset.acknowledge(notify);
                }

                @Override
                public void abandon() throws DialogGoneException {
                    handset.abandon();
                }
            };
        }

        /** Goes on until the dialog is over; the result is the exit code. */
        int hold() throws InterruptedException {
            while (true) {
                switch (happenings.take()) {
                    case Happening.Came(Screen screen) -> {
                        printer.screen(screen);
                        recorder.came(screen);
                        if (screen.isLast()) {
                            return screen instanceof Screen.Abort ? ExitCode.FAILED : ExitCode.GOOD;
                        }
                        react(screen);
                    }
                    case Happening.Said(Optional<String> answer) -> {
                        asked = false;
                        if (!say(answer)) {
                            return ExitCode.FAILED;
                        }
                    }
                }
            }
        }

        /** Gives up, if there is still something to give up. */
        void abandon() {
            try {
                handset.abandon();
            } catch (DialogGoneException e) {
                err.println("ussd: the dialog had ended already");
            }
        }

        private void react(Screen screen) {
            if (screen instanceof Screen.Menu menu) {
                open = menu;
                ask();
            } else if (screen instanceof Screen.Notify notify) {
                try {
                    handset.acknowledge(notify);
                } catch (DialogGoneException e) {
                    err.println("ussd: the dialog ended before the notify could be acknowledged");
                }
            }
        }

        /** Asks for the next answer, unless that is being done already. */
        private void ask() {
            typed = answers.typedNext();
            if (typed) {
                printer.prompt();
            }
            if (!asked) {
                asked = true;
                answers.next(answer -> happenings.add(new Happening.Said(answer)));
            }
        }

        /** False if the handset gave up. */
        private boolean say(Optional<String> answer) {
            Screen.Menu menu = open;
            if (menu == null) {
                throw new IllegalStateException("an answer without a menu: nobody asked for it");
            }
            try {
                if (answer.isEmpty()) {
                    handset.abandon();
                    recorder.gaveUp();
                    err.println("ussd: no more answers: the handset gives up");
                    return false;
                }
                handset.answer(menu, answer.get());
                recorder.answered(answer.get());
                if (!typed) {
                    printer.answer(
                            recorder.isSecret(answer.get()) ? Mask.of(answer.get()) : answer.get());
                }
            } catch (UnsendableText e) {
                err.println("ussd: this answer cannot be sent: " + e.getMessage());
                ask();
            } catch (DialogGoneException e) {
                err.println("ussd: the dialog ended before this answer");
            }
            return true;
        }

        /**
         * What the person at the handset answers: from the command line first, then line by line
         * from the input.
         */
        static final class Answers {
            private static final Logger log = LoggerFactory.getLogger(Answers.class);

            private final Deque<String> given;
            private final BufferedReader input;
            private final boolean atTerminal;

            /**
             * Answers that are still to be given.
             *
             * @param given those of the command line
             * @param input where more come from, a line each
             * @param atTerminal whether somebody types there, who sees it while typing
             */
            Answers(List<String> given, InputStream input, boolean atTerminal) {
                this.given = new ArrayDeque<>(given);
                this.input =
                        new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8));
                this.atTerminal = atTerminal;
            }

            /** Whether the next answer is typed by somebody who sees it while typing. */
            boolean typedNext() {
                return given.isEmpty() && atTerminal;
            }

            /**
             * Hands over the next answer once there is one, empty once there are no more; the
             * caller does not wait.
             */
            void next(Consumer<Optional<String>> taker) {
                if (given.isEmpty()) {
                    // The process may end while nobody has typed anything.
                    Thread.ofPlatform().daemon().name("input").start(() -> taker.accept(line()));
                } else {
                    taker.accept(Optional.of(given.removeFirst()));
                }
            }

            private Optional<String> line() {
                try {
                    return Optional.ofNullable(input.readLine());
                } catch (IOException e) {
                    log.warn("the standard input cannot be read: no more answers come from it", e);
                    return Optional.empty();
                }
            }

            /** The answers of the command line that nobody asked for. */
            Optional<String> unused() {
                return given.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", given));
            }
        }

        /** How the conversation is shown. */
        sealed interface ScreenPrinter {
            static ScreenPrinter to(PrintWriter out, boolean json) {
                return json ? new JsonScreens(out) : new PlainScreens(out);
            }

            /** A screen has come. */
            void screen(Screen screen);

            /** Somebody is about to type an answer. */
            void prompt();

            /** An answer that nobody saw being typed. */
            void answer(String text);

            /** The conversation as JSON, an object a line; answers are not shown. */
            final class JsonScreens implements ScreenPrinter {
                private final JsonMapper json = new JsonMapper();
                private final PrintWriter out;

                JsonScreens(PrintWriter out) {
                    this.out = out;
                }

                @Override
                public void screen(Screen screen) {
                    ObjectNode object = json.createObjectNode();
                    object.put("kind", screen.word());
                    switch (screen) {
                        case Screen.Menu(int id, String text) -> object.put("text", text);
                        case Screen.Notify(int id, String text) -> object.put("text", text);
                        case Screen.Respond(String text) -> object.put("text", text);
                        case Screen.Decline(int code) -> object.put("code", code);
                        case Screen.Abort(String reason) -> object.put("reason", reason);
                        case Screen.Reject(String problem) -> object.put("problem", problem);
                        case Screen.Acknowledge a -> {}
                        case Screen.Close c -> {}
                    }
                    out.println(json.writeValueAsString(object));
                }

                @Override
                public void prompt() {
                    // Whoever reads JSON is a program.
                }

                @Override
                public void answer(String text) {
                    // It is a program's own.
                }
            }

            /**
             * The conversation in the words of the dialog tests: a word for each screen, its text
             * beside it.
             */
            final class PlainScreens implements ScreenPrinter {
                private final PrintWriter out;

                PlainScreens(PrintWriter out) {
                    this.out = out;
                }

                @Override
                public void screen(Screen screen) {
                    String text =
                            switch (screen) {
                                case Screen.Menu(int id, String menu) -> menu;
                                case Screen.Notify(int id, String notify) -> notify;
                                case Screen.Respond(String respond) -> respond;
                                case Screen.Decline(int code) -> String.valueOf(code);
                                case Screen.Acknowledge a -> "";
                                case Screen.Close c -> "";
                                case Screen.Abort(String reason) -> reason;
                                case Screen.Reject(String problem) -> problem;
                            };
                    print(screen.word(), text);
                }

                @Override
                public void prompt() {
                    out.print("answer ");
                    out.flush();
                }

                @Override
                public void answer(String text) {
                    print("answer", text);
                }

                private void print(String word, String text) {
                    String indent = "\n" + " ".repeat(word.length() + 1);
                    out.println((word + " " + text.replace("\n", indent)).stripTrailing());
                }
            }
        }
    }
}
