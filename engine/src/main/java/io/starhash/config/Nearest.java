package io.starhash.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The known name that somebody most likely meant. */
public final class Nearest {
    /** Longer names are not compared: the work grows with the square. */
    private static final int MAX_LENGTH = 64;

    private Nearest() {}

    /** {@code "; did you mean NAME?"} where a known name is near, else an empty string. */
    public static String suggestion(String written, Collection<String> known) {
        return of(written, known).map(it -> "; did you mean " + it + "?").orElse("");
    }

    /**
     * The nearest by edit distance, the first in the alphabet among equals; empty: none is near.
     */
    static Optional<String> of(String written, Collection<String> known) {
        if (written.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        return known.stream()
                .filter(it -> it.length() <= MAX_LENGTH)
                .map(it -> new Candidate(it, distance(written, it)))
                .filter(it -> it.distance() <= near(written, it.name()))
                .min(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
                .map(Candidate::name);
    }

    private record Candidate(String name, int distance) {}

    /** About a third of the letters may be wrong, and one in a short name. */
    private static int near(String written, String known) {
        return Math.max(1, (Math.max(written.length(), known.length()) + 1) / 3);
    }

    /** Insertions, removals and replacements from one to the other (Levenshtein), row by row. */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            row = nextRow(row, i, from.charAt(i - 1), to);
        }
        return row[to.length()];
    }

    private static int[] nextRow(int[] above, int i, char letter, String to) {
        int[] row = new int[above.length];
        row[0] = i;
        for (int j = 1; j < row.length; j++) {
            int replaced = above[j - 1] + (letter == to.charAt(j - 1) ? 0 : 1);
            row[j] = Math.min(replaced, Math.min(above[j], row[j - 1]) + 1);
        }
        return row;
    }
}
