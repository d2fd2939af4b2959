package io.moondial.dialogtest.language;

import io.moondial.config.Place;
import java.util.List;

/**
 * A step before its word's own reading.
 *
 * @param argument what stands behind the word, and each line that continues it; the first may be
 *     empty
 */
record RawStep(Word word, Lines at, List<Piece> argument) {
    RawStep {
        argument = List.copyOf(argument);
    }

    Piece first() {
        return argument.getFirst();
    }

    boolean hasArgument() {
        return argument.size() > 1 || !first().text().isEmpty();
    }

    Place place() {
        return new Place(at.first(), 1);
    }
}
