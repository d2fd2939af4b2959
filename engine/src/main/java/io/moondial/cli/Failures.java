package io.moondial.cli;

import io.moondial.ConfigurationException;
import io.moondial.bench.BenchException;
import io.moondial.control.NotRunningException;
import io.moondial.control.RefusedException;
import io.moondial.dialogtest.language.DialogFileException;
import io.moondial.file.FileTrouble;
import io.moondial.problem.ProblemPrinter;
import java.io.IOException;
import java.io.UncheckedIOException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** What a verb that fails says, and its exit code. */
final class Failures implements IExecutionExceptionHandler {
    @Override
    public int handleExecutionException(Exception failure, CommandLine line, ParseResult parsed)
            throws Exception {
        return switch (failure) {
            case ConfigurationException configuration -> {
                line.getErr().print(ProblemPrinter.print(configuration.problems()));
                line.getErr().flush();
                yield ExitCode.BAD_INPUT;
            }
            case DialogFileException tests -> {
                line.getErr().print(ProblemPrinter.print(tests.problems()));
                line.getErr().flush();
                yield ExitCode.BAD_INPUT;
            }
            case NotStartedException notStarted -> {
                line.getErr().println("ussd: could not start: " + notStarted.getMessage());
                yield ExitCode.NOT_STARTED;
            }
            case BenchException bench -> {
                line.getErr().println("ussd: " + bench.getMessage());
                yield ExitCode.BAD_INPUT;
            }
            case NotRunningException notRunning -> {
                line.getErr().println("ussd: " + notRunning.getMessage());
                yield ExitCode.NOT_STARTED;
            }
            case RefusedException refused -> {
                line.getErr().println("ussd: the engine refuses: " + refused.getMessage());
                yield ExitCode.FAILED;
            }
            case IOException file -> {
                line.getErr().println("ussd: " + FileTrouble.tell(file));
                yield ExitCode.FAILED;
            }
            case UncheckedIOException file -> {
                line.getErr().println("ussd: " + FileTrouble.tell(file));
                yield ExitCode.FAILED;
            }
            default -> throw failure;
        };
    }
}
