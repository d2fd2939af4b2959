package io.moondial.cli;

import io.moondial.Configuration;
import io.moondial.ConfigurationException;
import io.moondial.problem.Problem.ProblemPrinter;
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
            "Reads the rules, compiles and checks the scripts, and starts nothing.",
            "Prints every problem with file, line and column (exit code 2): a running engine that finds"
                    + " one at a reload keeps what it has.",
            "Code that compiles but fails when it runs is a problem too: a misspelt function of a module, a"
                    + " global that nothing defines, a module that is not there.",
            "A warning is printed and stops nothing: such code in a function given to pcall, or code that never runs; a secret answer that becomes part of a text; an association that anybody may connect to.",
            "If there is no problem, it prints the effective configuration."
        })
final class CheckCommand implements Callable<Integer> {
    @Mixin private RulesOption rules;
    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
    CheckCommand() {}

    @Override
    public Integer call() throws ConfigurationException {
        Configuration configuration = rules.read();
        spec.commandLine().getErr().print(ProblemPrinter.print(configuration.warnings()));
        spec.commandLine().getErr().flush();
        spec.commandLine().getOut().print(configuration.rules().print());
        spec.commandLine().getOut().flush();
        return ExitCode.GOOD;
    }
}
