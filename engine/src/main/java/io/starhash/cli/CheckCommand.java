package io.starhash.cli;

import io.starhash.Configuration;
import io.starhash.ConfigurationException;
import io.starhash.rules.RulesPrinter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code ussd check}. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = {
            "Reads the rules and compiles the scripts, and starts nothing.",
            "Prints every problem with file, line and column, else the effective configuration."
        })
final class CheckCommand implements Callable<Integer> {
    @Mixin private RulesOption rules;
    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
    CheckCommand() {}

    @Override
    public Integer call() throws ConfigurationException {
        Configuration configuration = rules.read();
        spec.commandLine().getOut().print(RulesPrinter.print(configuration.rules()));
        spec.commandLine().getOut().flush();
        return ExitCode.GOOD;
    }
}
