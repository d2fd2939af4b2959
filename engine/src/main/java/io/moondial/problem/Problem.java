package io.moondial.problem;

import java.nio.file.Path;

/**
 * One thing wrong in a file that a person wrote: where it is, what was found and what is allowed.
 *
 * @param file the file, as the person named it
 * @param line from 1; 0 if the problem is of the file as a whole
 * @param column from 1, in characters; 0 if it is of the line as a whole
 * @param message one sentence or two: what was found, what is allowed, what to do
 */
public record Problem(Path file, int line, int column, String message, Severity severity) {
    /** What a problem keeps from happening. */
    public enum Severity {
        /** What the file says is not put in service. */
        ERROR,
        /** As an error, but tests of scripts run: something outside the file is not there. */
        ABSENCE,
        /** Nothing: it is shown, and may be meant so. */
        WARNING
    }

    /** An error. */
    public Problem(Path file, int line, int column, String message) {
        this(file, line, column, message, Severity.ERROR);
    }

    /** A warning. */
    public static Problem warning(Path file, int line, int column, String message) {
        return new Problem(file, line, column, message, Severity.WARNING);
    }

    public boolean isWarning() {
        return severity == Severity.WARNING;
    }

    @Override
    public String toString() {
        var place = new StringBuilder(file.toString());
        if (line > 0) {
            place.append(':').append(line);
        }
        if (line > 0 && column > 0) {
            place.append(':').append(column);
        }
        return place.append(isWarning() ? ": warning: " : ": ").append(message).toString();
    }
}
