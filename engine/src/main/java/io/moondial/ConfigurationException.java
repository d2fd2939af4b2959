package io.moondial;

import io.moondial.problem.Problem;
import java.util.List;
import java.util.stream.Collectors;

/** Rules or scripts that cannot be used, with everything that is wrong in them. */
public final class ConfigurationException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    public ConfigurationException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** All of them, file by file; at least one. */
    public List<Problem> problems() {
        return problems;
    }
}
