package io.moondial.rules;

import io.moondial.ConfigurationException;
import io.moondial.Rules;
import io.moondial.fuzz.Bounded;
import io.moondial.fuzz.Finding;
import io.moondial.fuzz.FuzzTarget;
import io.moondial.problem.Problem.ProblemPrinter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A rules file: it is rules, which are the same once printed and read again, or has problems. */
public final class RulesTarget implements FuzzTarget {
    private final Path file;
    private final Bounded bounded;

    /** Files are written into this folder. */
    public RulesTarget(Path folder, Bounded bounded) throws Exception {
        this.file = RulesFolder.withScripts(folder, "care", "balance", "main").file();
        this.bounded = bounded;
    }

    @Override
    public void accept(byte[] input) throws Exception {
        Files.write(file, input);
        bounded.run(input.length, this::read);
    }

    private void read() throws Exception {
        Rules rules;
        try {
            rules = Rules.read(file);
        } catch (ConfigurationException e) {
            Finding.unless(!e.problems().isEmpty(), "refused without a problem");
            ProblemPrinter.print(e.problems());
            return;
        }
        String printed = rules.print();
        Files.write(file, printed.getBytes(StandardCharsets.UTF_8));
        try {
            String again = Rules.read(file).print();
            Finding.unless(again.equals(printed), "printed, and other when read again", printed);
        } catch (ConfigurationException e) {
            throw new Finding("printed", "what was printed is refused: " + e.problems());
        }
    }
}
