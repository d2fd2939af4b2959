package io.moondial.edr.spec;

import io.moondial.problem.Problem;
import java.util.List;
import java.util.stream.Collectors;

/** Thrown if the files of {@code edr-spec/} cannot be used; has all their problems. */
public final class EdrSpecException extends Exception {
    private final transient List<Problem> problems;

    EdrSpecException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** At least one. */
    public List<Problem> problems() {
        return problems;
    }
}
