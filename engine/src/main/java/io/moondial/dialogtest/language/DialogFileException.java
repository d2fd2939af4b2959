package io.moondial.dialogtest.language;

import io.moondial.problem.Problem;
import java.util.List;
import java.util.stream.Collectors;

/** Scripted tests that cannot be read, or cannot be run as they are. */
public final class DialogFileException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    public DialogFileException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** All of them; at least one. */
    public List<Problem> problems() {
        return problems;
    }
}
