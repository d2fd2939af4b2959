package io.moondial.rules;

import io.moondial.problem.Problem;
import java.util.List;
import java.util.stream.Collectors;

/** A rules file that cannot be used, with everything that is wrong in it. */
public final class RulesException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    /** Made of at least one problem. */
    RulesException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** All of them, in the order of the file; at least one. */
    public List<Problem> problems() {
        return problems;
    }
}
