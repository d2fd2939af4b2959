package io.moondial.cli;

import io.moondial.config.Nearest;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * What a command line that makes no sense is answered with: what is wrong, and where help is. The
 * whole help would push the reason off the screen.
 */
final class Usage implements IParameterExceptionHandler {
    /** picocli's words for a value's type, which are Java's, and ours. */
    private static final Map<String, String> PLAINER = new LinkedHashMap<>();

    static {
        PLAINER.put("is not an int", "is not a whole number");
        PLAINER.put("is not a long", "is not a whole number");
        PLAINER.put("is not a double", "is not a number");
    }

    @Override
    public int handleParseException(ParameterException e, String[] arguments) {
        CommandSpec command = e.getCommandLine().getCommandSpec();
        PrintWriter err = e.getCommandLine().getErr();
        err.println("ussd: " + message(e) + suggestion(e, command));
        err.println(
                command.subcommands().isEmpty()
                        ? "ussd: %s --help tells what there is"
                                .formatted(command.qualifiedName(" "))
                        : "ussd: verbs are %s; %s --help tells more"
                                .formatted(
                                        String.join(", ", verbs(command)),
                                        command.qualifiedName(" ")));
        err.flush();
        return ExitCode.BAD_INPUT;
    }

    private static String message(ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()) {
            String first = unmatched.getUnmatched().getFirst();
            return e.getCommandLine().getSubcommands().isEmpty()
                    ? "'" + first + "' is one argument too many"
                    : "'" + first + "' is no verb";
        }
        String message = String.valueOf(e.getMessage());
        for (var words : PLAINER.entrySet()) {
            message = message.replace(words.getKey(), words.getValue());
        }
        return message;
    }

    private static List<String> verbs(CommandSpec command) {
        List<String> verbs = new ArrayList<>();
        command.subcommands()
                .forEach(
                        (name, line) -> {
                            if (!line.getCommandSpec().usageMessage().hidden()) {
                                verbs.add(name);
                            }
                        });
        return verbs;
    }

    /** The option or verb that was meant, where one is near. */
    private static String suggestion(ParameterException e, CommandSpec command) {
        if (!(e instanceof UnmatchedArgumentException unmatched)) {
            return "";
        }
        String first = unmatched.getUnmatched().getFirst();
        List<String> known = new ArrayList<>(command.optionsMap().keySet());
        known.addAll(verbs(command));
        return Nearest.suggestion(first.split("=", 2)[0], known);
    }
}
