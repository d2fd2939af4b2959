package io.moondial.cli;

import java.io.PrintWriter;
import java.io.Writer;
import java.util.Objects;
import picocli.CommandLine;

/** The command within the test's own process. */
public final class InProcess {
    private InProcess() {}

    /** Runs it to its end; gives its exit code. */
    public static int ussd(Writer out, Writer err, String... arguments) {
        CommandLine line = Ussd.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        CommandLine edr = Objects.requireNonNull(line.getSubcommands().get("edr"));
        edr.<EdrCommand>getCommand().printTo(out);
        return line.execute(arguments);
    }
}
