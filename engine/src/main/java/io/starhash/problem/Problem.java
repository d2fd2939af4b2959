package io.starhash.problem;

import java.nio.file.Path;

/**
 * One thing wrong in a file that a person wrote: where it is, what was found and what is allowed.
 *
 * @param file the file, as the person named it
 * @param line from 1; 0 where the problem is of the file as a whole
 * @param column from 1, in characters; 0 where it is of the line as a whole
 * @param message one sentence or two: what was found, what is allowed, what to do
 */
public record Problem(Path file, int line, int column, String message) {
    @Override
    public String toString() {
        var place = new StringBuilder(file.toString());
        if (line > 0) {
            place.append(':').append(line);
        }
        if (line > 0 && column > 0) {
            place.append(':').append(column);
        }
        return place.append(": ").append(message).toString();
    }
}
