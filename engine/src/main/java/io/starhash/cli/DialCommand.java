package io.starhash.cli;

import io.starhash.ConfigurationException;
import io.starhash.Engine;
import io.starhash.dialog.Address;
import io.starhash.dialog.Operation;
import io.starhash.handset.Handset;
import io.starhash.network.FarSide;
import io.starhash.text.Dcs;
import io.starhash.text.UnsendableText;
import io.starhash.text.UssdString;
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
            "Dials a code from one handset, against an engine started for it on the embedded network.",
            "Every screen is printed as it comes. Answers are taken from the command line, else from the terminal or",
            "the standard input; its end is the handset giving up. A number is DIGITS, or DIGITS:NOA:NPI.",
            "Exits once the EDR files are complete."
        })
final class DialCommand implements Callable<Integer> {
    @Mixin private RulesOption rules;

    @Option(
            names = "--msisdn",
            paramLabel = "NUMBER",
            converter = AddressConverter.class,
            description = "The handset's own number, in the request.")
    private @Nullable Address msisdn;

    @Option(
            names = "--destination",
            paramLabel = "NUMBER",
            converter = AddressConverter.class,
            description = "The destination reference of MAP-open.")
    private @Nullable Address destination;

    @Option(
            names = "--imsi",
            paramLabel = "DIGITS",
            description = "An IMSI as the destination reference, in the place of --destination.")
    private @Nullable String imsi;

    @Option(
            names = "--origination",
            paramLabel = "NUMBER",
            converter = AddressConverter.class,
            description = "The origination reference of MAP-open.")
    private @Nullable Address origination;

    @Option(
            names = "--ssn",
            paramLabel = "N",
            defaultValue = "6",
            description = "The engine's subsystem that is called. Default: ${DEFAULT-VALUE}.")
    private int ssn;

    @Option(
            names = "--dcs",
            paramLabel = "N",
            defaultValue = "15",
            description =
                    "The data coding scheme of what is dialled and answered. Default: ${DEFAULT-VALUE}.")
    private int dcs;

    @Option(
            names = "--notify",
            paramLabel = "TEXT",
            description = "Sends this text in an UnstructuredSS-Notify; nothing is dialled.")
    private @Nullable String notify;

    @Option(names = "--json", description = "A JSON object a line for every screen.")
    private boolean json;

    @Parameters(
            paramLabel = "CODE [ANSWER...]",
            arity = "0..*",
            description = "What is dialled, and what is answered to each menu in turn.")
    private List<String> words = List.of();

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
    DialCommand() {}

    @Override
    public Integer call() throws ConfigurationException, NotStartedException, InterruptedException {
        FarSide.Call call = dialled();
        Answers answers = Answers.of(notify == null ? words.subList(1, words.size()) : words);
        ScreenPrinter printer = ScreenPrinter.to(spec.commandLine().getOut(), json);
        int result;
        try (Engine engine = rules.engine()) {
            RulesOption.start(engine);
            Handset handset = Handset.begin(engine.handsets(), call);
            result =
                    new Conversation(handset, answers, printer, spec.commandLine().getErr()).hold();
            engine.stop();
        }
        answers.unused()
                .ifPresent(
                        left ->
                                spec.commandLine()
                                        .getErr()
                                        .println("ussd: answers not used: " + left));
        return result;
    }

    private FarSide.Call dialled() {
        if (notify == null && words.isEmpty()) {
            throw bad("what is to be dialled? Name a CODE, such as '*100#', or --notify TEXT");
        }
        if (dcs < 0 || dcs > 255) {
            throw bad("--dcs is " + dcs + "; 0 to 255 is allowed");
        }
        if (ssn < 1 || ssn > 254) {
            throw bad("--ssn is " + ssn + "; 1 to 254 is allowed");
        }
        String text = notify == null ? words.getFirst() : notify;
        int operation =
                notify == null
                        ? Operation.PROCESS_UNSTRUCTURED_SS_REQUEST
                        : Operation.UNSTRUCTURED_SS_NOTIFY;
        try {
            UssdString ussd = UssdString.encode(text, new Dcs(dcs));
            return new FarSide.Call(operation, ussd, msisdn, reference(), origination, ssn);
        } catch (UnsendableText e) {
            throw bad("'" + text + "' cannot be sent: " + e.getMessage());
        }
    }

    private @Nullable Address reference() {
        if (imsi == null) {
            return destination;
        }
        if (destination != null) {
            throw bad("--imsi and --destination are the same reference: name one of them");
        }
        return AddressConverter.checked(imsi, Address.INTERNATIONAL, Address.LAND_MOBILE);
    }

    private ParameterException bad(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
