package io.moondial.cli;

import io.moondial.Configuration;
import io.moondial.dialogtest.run.Rehearsal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** {@code ussd test --record}: a conversation held on the terminal becomes a test. */
final class TestRecorder {
    private final Configuration configuration;
    private final Path file;
    private final PrintWriter out;
    private final PrintWriter err;
    private boolean refused;

    TestRecorder(Configuration configuration, Path file, PrintWriter out, PrintWriter err) {
        this.configuration = configuration;
        this.file = file;
        this.out = out;
        this.err = err;
    }

    int record() throws IOException, InterruptedException {
        BufferedReader input =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (Rehearsal rehearsal = new Rehearsal(configuration)) {
            prompt();
            for (String line; (line = input.readLine()) != null; ) {
                if (!line.isBlank()) {
                    turn(rehearsal, line.strip());
                }
                prompt();
            }
            if (rehearsal.isOpen()) {
                err.println("ussd: the input has ended: the handset gives up");
                turn(rehearsal, "abandon");
            }
            if (rehearsal.recorded().isEmpty()) {
                err.println("ussd: nothing was said, so nothing is recorded");
                return ExitCode.BAD_INPUT;
            }
            String name = rehearsal.recorded().addTo(file);
            err.println("ussd: recorded in " + file + " as \"" + name + "\"");
        }
        return refused ? ExitCode.FAILED : ExitCode.GOOD;
    }

    private void prompt() {
        if (Terminal.is()) {
            err.print("> ");
            err.flush();
        }
    }

    private void turn(Rehearsal rehearsal, String line) throws InterruptedException {
        switch (rehearsal.turn(line)) {
            case Rehearsal.Turn.Came(List<List<String>> screens) ->
                    screens.forEach(screen -> screen.forEach(out::println));
            case Rehearsal.Turn.Refused(List<String> why) -> {
                refused = !Terminal.is();
                why.forEach(it -> err.println("ussd: " + it));
            }
        }
    }
}
