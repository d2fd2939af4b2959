package io.moondial.edr.report;

import io.moondial.edr.EdrFileReader;
import io.moondial.edr.spec.EdrSpec;
import io.moondial.problem.Problem;
import java.io.IOException;
import java.util.function.Consumer;

/** The check of files against the specification, and what it has counted so far. */
public final class Validation {
    private final EdrSpec spec;
    private final Consumer<Problem> sink;
    private int files;
    private long records;
    private long problems;

    /**
     * @param sink takes every problem, with file and line, and the field in its words
     */
    public Validation(EdrSpec spec, Consumer<Problem> sink) {
        this.spec = spec;
        this.sink = sink;
    }

    /** Checks every file of the input; a folder that has none is a problem. */
    public void check(EdrInput input) {
        input.emptyFolders().forEach(this::note);
        for (EdrInput.EdrFile file : input.files(this::note)) {
            files++;
            try (EdrFileReader reader = input.open(file.path())) {
                records += spec.check(reader, this::note);
            } catch (IOException e) {
                note(EdrInput.unreadable("file", file.path(), e));
            }
        }
    }

    /** Whether there is no problem. */
    public boolean isGood() {
        return problems == 0;
    }

    /** What was counted, in one line. */
    public String summary() {
        return "%s in %s: %s"
                .formatted(
                        count(records, "record"),
                        count(files, "file"),
                        isGood() ? "all as specified" : count(problems, "problem"));
    }

    private void note(Problem problem) {
        problems++;
        sink.accept(problem);
    }

    private static String count(long count, String word) {
        return count + " " + word + (count == 1 ? "" : "s");
    }
}
