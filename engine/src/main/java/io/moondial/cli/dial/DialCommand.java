package io.moondial.cli.dial;

import io.moondial.Configuration;
import io.moondial.ConfigurationException;
import io.moondial.admin.client.AdminClient;
import io.moondial.admin.client.AdminClient.NotRunningException;
import io.moondial.admin.client.AdminClient.RefusedException;
import io.moondial.channel.Address;
import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.cli.EngineOption;
import io.moondial.cli.ExitCode;
import io.moondial.cli.OwnEngine;
import io.moondial.cli.OwnEngine.NotStartedException;
import io.moondial.cli.RulesOption;
import io.moondial.cli.Terminal;
import io.moondial.cli.TextConverter;
import io.moondial.dialogtest.language.DialogFileException;
import io.moondial.dialogtest.language.Recorded;
import io.moondial.dialogtest.run.StandIns;
import io.moondial.handset.Handset.Subscriber;
import io.moondial.logic.DialogObserver;
import io.moondial.script.api.Backends;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UnsendableText;
import io.moondial.time.Time;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
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
            "Dials a code from one handset, or takes what an engine pushes to it.",
            "The engine is one started for it, or a running one (--live, --connect). --wait and --stay take pushes. An engine of its own keeps its pushes in memory, and leaves those of the service alone.",
            "Every screen is printed as it comes. Answers come from the command line, or from the terminal or the standard input. When the input ends, the handset gives up. A number is DIGITS or DIGITS:NOA:NPI.",
            "Exits when the EDR files are complete."
        })
public final class DialCommand implements Callable<Integer> {
    private static final int MAX_ANSWER_TIMEOUT = 3600;

    @Mixin private RulesOption rules;
    @Mixin private HandsetOptions options;
    @Mixin private EngineOption engine;
    @Mixin private WaitOptions waiting;

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
            converter = TextConverter.class,
            description =
                    "Sends this text in an UnstructuredSS-Notify; nothing is dialled. "
                            + TextConverter.HOW)
    private @Nullable String notify;

    @Option(names = "--json", description = "One JSON object per line for every screen.")
    private boolean json;

    @Option(
            names = "--answer-timeout",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description =
                    "With --connect: how long the engine may say nothing to what was dialled or answered; after that the handset gives up, and it exits with 1. Default: ${DEFAULT-VALUE}.")
    private int answerTimeout;

    @Option(
            names = "--record",
            paramLabel = "FILE",
            description =
                    "Adds the conversation to this file as a test for ussd test. Secret answers are asterisks. A text that the script made with a secret in it is written as it came: check the file before others read it. Not with --connect, --wait and --stay.")
    private @Nullable Path record;

    @Option(
            names = "--stand-ins",
            paramLabel = "FILE[:LINE]",
            description =
                    "Nothing outside is reached: what scripts call through http, sql, kv, push and ussd.open answers as"
                            + " in a test of this .dialog file, the first one or the one at the line. Not"
                            + " with --connect.")
    private @Nullable String standIns;

    @Parameters(
            paramLabel = "CODE [ANSWER...]",
            arity = "0..*",
            description =
                    "What is dialled, and what is answered to each menu in turn. With --wait, answers alone.")
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
        waiting.check(
                !live && !engine.isRemote() && !options.connects(), notify != null, record != null);
        if (dcs < 0 || dcs > 255) {
            throw bad("--dcs is " + dcs + "; 0 to 255 is allowed");
        }
        if (answerTimeout < 1 || answerTimeout > MAX_ANSWER_TIMEOUT) {
            throw bad(
                    "--answer-timeout is %d; 1 to %d is allowed"
                            .formatted(answerTimeout, MAX_ANSWER_TIMEOUT));
        }
        if (live || engine.isRemote()) {
            return dialLive();
        }
        FarSide.@Nullable Call call = waiting.onlyWaits() ? null : dialled();
        Conversation.Answers answers = answers();
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
        WaitingHandset.Talk talks =
                handset -> new Conversation(handset, answers, printer, recorder, err);
        OwnEngine.Use talk =
                handsets -> {
                    int result = talk(handsets, call, talks, err);
                    tellUnused(answers, err);
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

    /** Dials, if something is to be dialled, and then takes what is pushed, if that is wanted. */
    private int talk(
            FarSide handsets,
            FarSide.@Nullable Call call,
            WaitingHandset.Talk talks,
            PrintWriter err)
            throws InterruptedException {
        WaitingHandset waits =
                waiting.takesPushes()
                        ? WaitingHandset.on(handsets, options.subscriber().msisdn(), talks)
                        : null;
        int result = ExitCode.GOOD;
        if (call != null) {
            if (waits != null) {
                waits.dialling(true);
            }
            result = hold(talks.begin(eyes -> Conversation.line(handsets, call, eyes)));
            if (waits != null) {
                waits.dialling(false);
            }
        }
        if (waits != null && result == ExitCode.GOOD) {
            for (int i = 0; i < waiting.pushes() && result == ExitCode.GOOD; i++) {
                Optional<Conversation> pushed = waits.next(waiting.within());
                if (pushed.isEmpty()) {
                    return nothingCame(err);
                }
                result = hold(pushed.get());
            }
        }
        return result;
    }

    /** An engine of its own ends each dialog by itself; one behind a link may be none. */
    private int hold(Conversation conversation) throws InterruptedException {
        return options.connects()
                ? conversation.hold(Duration.ofSeconds(answerTimeout))
                : conversation.hold();
    }

    private int nothingCame(PrintWriter err) {
        err.println("ussd: nothing was pushed within %d s".formatted(waiting.within().toSeconds()));
        return ExitCode.FAILED;
    }

    private Conversation.Answers answers() {
        boolean allAreAnswers = notify != null || waiting.onlyWaits();
        return new Conversation.Answers(
                sendable(allAreAnswers ? words : words.subList(1, words.size())),
                System.in,
                Terminal.is());
    }

    private static void tellUnused(Conversation.Answers answers, PrintWriter err) {
        answers.unused().ifPresent(left -> err.println("ussd: answers not used: " + left));
    }

    private int dialLive()
            throws ConfigurationException,
                    NotRunningException,
                    RefusedException,
                    IOException,
                    InterruptedException {
        if (!waiting.onlyWaits()) {
            dialled(); // refuses what makes no sense
        }
        if (options.connects() || standIns != null) {
            throw bad("--live takes no --connect and no --stand-ins: a running engine has its own");
        }
        PrintWriter err = spec.commandLine().getErr();
        Conversation.Answers answers = answers();
        Conversation.ScreenPrinter printer =
                Conversation.ScreenPrinter.to(spec.commandLine().getOut(), json);
        ObjectNode on = waiting.takesPushes() ? on() : null;
        try (AdminClient client = engine.client(rules)) {
            LivePhone waits = on == null ? null : new LivePhone(client, on, dcs);
            Conversation first = waits == null ? null : conversation(waits, answers, printer, err);
            int result = ExitCode.GOOD;
            if (!waiting.onlyWaits()) {
                LivePhone phone = new LivePhone(client, wanted(), dcs);
                result = phone.held(() -> conversation(phone, answers, printer, err).hold());
                phone.requireWhole();
                if (record != null) {
                    err.println(
                            "ussd: recorded in %s as \"%s\""
                                    .formatted(record, Recorded.add(record, phone.asTest())));
                }
            }
            if (waits != null && first != null && result == ExitCode.GOOD) {
                result =
                        waits.held(
                                () ->
                                        takePushes(
                                                first,
                                                () -> conversation(waits, answers, printer, err),
                                                err));
                waits.requireWhole();
            }
            tellUnused(answers, err);
            return result;
        }
    }

    /** It has taken the first one already, if that came while it was in another dialog. */
    private int takePushes(Conversation first, Supplier<Conversation> next, PrintWriter err)
            throws InterruptedException {
        Conversation pushed = first;
        for (int i = 1; ; i++) {
            if (!pushed.awaitFirst(waiting.within())) {
                return nothingCame(err);
            }
            int result = pushed.hold();
            if (result != ExitCode.GOOD || i == waiting.pushes()) {
                return result;
            }
            pushed = next.get();
        }
    }

    private static Conversation conversation(
            LivePhone phone,
            Conversation.Answers answers,
            Conversation.ScreenPrinter printer,
            PrintWriter err) {
        return new Conversation(
                eyes -> {
                    phone.show(eyes);
                    return phone;
                },
                answers,
                printer,
                phone,
                err);
    }

    /** What the interface is asked for, so that a phone takes pushes. */
    private ObjectNode on() {
        Address msisdn = options.subscriber().msisdn();
        if (msisdn == null) {
            throw bad("--wait and --stay need --msisdn: the number that is pushed to");
        }
        return new JsonMapper()
                .createObjectNode()
                .put("on", plain("--msisdn", msisdn, Address.ISDN));
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
        String dialled = words.isEmpty() ? "" : words.getFirst();
        DialRecorder recorder =
                new DialRecorder(
                        record,
                        configuration == null ? List.of() : configuration.services(),
                        notify != null,
                        notify == null ? dialled : notify);
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
}
