package io.moondial.cli.dial;

import io.moondial.Configuration;
import io.moondial.ConfigurationException;
import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.Operation;
import io.moondial.cli.OwnEngine;
import io.moondial.cli.OwnEngine.NotStartedException;
import io.moondial.cli.RulesOption;
import io.moondial.cli.Terminal;
import io.moondial.handset.Subscriber;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UnsendableText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ussd dial}. */
@Command(
        name = "dial",
        mixinStandardHelpOptions = true,
        description = {
            "Dials a code from one handset, on an engine started for it or on a running one"
                    + " (--connect).",
            "Every screen is printed as it comes. Answers come from the command line, or from the"
                    + " terminal or",
            "the standard input. When the input ends, the handset gives up. A number is DIGITS or"
                    + " DIGITS:NOA:NPI.",
            "Exits when the EDR files are complete."
        })
public final class DialCommand implements Callable<Integer> {
    @Mixin private RulesOption rules;
    @Mixin private HandsetOptions options;

    @Option(
            names = "--dcs",
            paramLabel = "N",
            defaultValue = "15",
            description =
                    "The data coding scheme of the dialled text and the answers. Default:"
                            + " ${DEFAULT-VALUE}.")
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
                    "Adds the conversation to this file as a test for ussd test. Secret answers are"
                        + " asterisks. A text that the script made with a secret in it is written"
                        + " as it came: check the file before others read it. Not with --connect.")
    private @Nullable Path record;

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
            throws ConfigurationException, NotStartedException, InterruptedException, IOException {
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
                    "--record and --connect cannot be combined: which answers a running engine"
                            + " treats as secrets is not known here, and a test must not contain"
                            + " secrets");
        }
        Configuration configuration = options.connects() ? null : rules.read();
        DialRecorder recorder = recorder(configuration);
        OwnEngine.Use talk =
                handsets -> {
                    int result =
                            new Conversation(handsets, call, answers, printer, recorder, err)
                                    .hold();
                    answers.unused()
                            .ifPresent(left -> err.println("ussd: answers not used: " + left));
                    return result;
                };
        int exitCode =
                configuration == null
                        ? options.use(talk)
                        : OwnEngine.use(configuration, recorder, err, talk);
        recorder.write(err);
        return exitCode;
    }

    private DialRecorder recorder(@Nullable Configuration configuration) {
        DialRecorder recorder =
                new DialRecorder(
                        record,
                        configuration == null ? List.of() : configuration.services(),
                        notify != null,
                        notify == null ? words.getFirst() : notify);
        recorder.from(options.subscriber(), dcs);
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
}
