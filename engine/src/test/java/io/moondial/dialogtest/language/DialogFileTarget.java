package io.moondial.dialogtest.language;

import io.moondial.fuzz.Bounded;
import io.moondial.fuzz.Finding;
import io.moondial.fuzz.FuzzTarget;
import io.moondial.modules.BuiltInModules;
import io.moondial.problem.Problem;
import io.moondial.script.api.ApiModule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A file of dialog tests: it is tests, or it has problems that lie in it. */
public final class DialogFileTarget implements FuzzTarget {
    private final Path file;
    private final Bounded bounded;
    private final List<ApiModule> modules = BuiltInModules.create();

    /** Files are written into this folder. */
    public DialogFileTarget(Path folder, Bounded bounded) {
        this.file = folder.resolve("fuzz.dialog");
        this.bounded = bounded;
    }

    @Override
    public void accept(byte[] input) throws Exception {
        Files.write(file, input);
        bounded.run(input.length, this::read);
    }

    private void read() {
        try {
            DialogFile read = DialogFile.read(file);
            read.tests(modules);
        } catch (DialogFileException e) {
            Finding.unless(!e.problems().isEmpty(), "refused without a problem");
            e.problems().forEach(this::requirePlace);
        }
    }

    private void requirePlace(Problem problem) {
        Finding.unless(
                problem.line() >= 0 && problem.column() >= 0 && !problem.message().isBlank(),
                "a problem without words or place",
                problem);
    }
}
