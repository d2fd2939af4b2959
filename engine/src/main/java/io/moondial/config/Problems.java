package io.moondial.config;

import io.moondial.problem.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The problems found in one file so far. */
public final class Problems {
    private static final Comparator<Problem> FILE_ORDER =
            Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column);

    private final Path file;
    private final List<Problem> found = new ArrayList<>();
    private final List<Problem> warnings = new ArrayList<>();

    /** None yet. */
    public Problems(Path file) {
        this.file = file;
    }

    /** One more. */
    public void add(Place place, String message) {
        found.add(new Problem(file, place.line(), place.column(), message));
    }

    /** One more, on a line that may have a secret in it. */
    void addSecret(Place place, String message) {
        found.add(
                new Problem(file, place.line(), place.column(), message, Problem.Severity.SECRET));
    }

    /** Something that is allowed, and that the writer may not have meant; it stops nothing. */
    public void warn(Place place, String message) {
        warnings.add(Problem.warning(file, place.line(), place.column(), message));
    }

    /** Something is not there that an engine needs, and that tests of scripts do not. */
    void need(Place place, String message) {
        warnings.add(
                new Problem(file, place.line(), place.column(), message, Problem.Severity.ABSENCE));
    }

    /** Something is not safe for an engine, and is of no interest to tests of scripts. */
    void unsafe(Place place, String message) {
        warnings.add(
                new Problem(file, place.line(), place.column(), message, Problem.Severity.UNSAFE));
    }

    /** All warnings, and what keeps an engine from its start, by their places. */
    public List<Problem> warnings() {
        return warnings.stream().sorted(FILE_ORDER).toList();
    }

    /** How many there are so far. */
    int count() {
        return found.size();
    }

    /** Whether there are none. */
    public boolean isEmpty() {
        return found.isEmpty();
    }

    /** All of them, by their places. */
    public List<Problem> inFileOrder() {
        return found.stream().sorted(FILE_ORDER).toList();
    }

    /** The file they are in. */
    public Path file() {
        return file;
    }
}
