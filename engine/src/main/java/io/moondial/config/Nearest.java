package io.moondial.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.LongConsumer;

/** The known name that somebody most likely meant. */
public final class Nearest {
    /** Longer names are not compared: the work grows with the square. */
    private static final int MAX_LENGTH = 64;

    /** So many steps of a comparison are a unit of a script's work. */
    private static final int STEPS_OF_A_UNIT = 16;

    private Nearest() {}

    /** {@code "; did you mean NAME?"} if a known name is similar, otherwise an empty string. */
    public static String suggestion(String written, Collection<String> known) {
        return suggestion(written, known, _ -> {});
    }

    /**
     * The same for a script, which pays for it.
     *
     * @param work is told units of work before they are done, and may throw
     */
    public static String suggestion(String written, Collection<String> known, LongConsumer work) {
        return of(written, known, work).map(it -> "; did you mean " + it + "?").orElse("");
    }

    /**
     * The nearest by edit distance, the first in the alphabet among equals; empty: none is near.
     */
    public static Optional<String> of(String written, Collection<String> known) {
        return of(written, known, _ -> {});
    }

    private static Optional<String> of(
            String written, Collection<String> known, LongConsumer work) {
        if (written.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        work.accept(known.size());
        return known.stream()
                .filter(it -> it.length() <= MAX_LENGTH)
                // each letter that one has more is a change
                .filter(it -> Math.abs(it.length() - written.length()) <= near(written, it))
                .map(
                        it -> {
                            work.accept((long) written.length() * it.length() / STEPS_OF_A_UNIT);
                            return new Candidate(it, distance(written, it));
                        })
                .filter(it -> it.distance() <= near(written, it.name()))
                .min(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
                .map(Candidate::name);
    }

    private record Candidate(String name, int distance) {}

    /** About a third of the letters may be wrong, and one in a short name. */
    private static int near(String written, String known) {
        return Math.max(1, (Math.max(written.length(), known.length()) + 1) / 3);
    }

    /**
     * Insertions, removals, replacements, and exchanges of two letters that are side by side, from
     * one to the other (optimal string alignment).
     */
    private static int distance(String from, String to) {
        int[][] steps = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                steps[i][j] = i == 0 || j == 0 ? i + j : steps(steps, i, j, from, to);
            }
        }
        return steps[from.length()][to.length()];
    }

    private static int steps(int[][] known, int i, int j, String from, String to) {
        char last = from.charAt(i - 1);
        char wanted = to.charAt(j - 1);
        int replaced = known[i - 1][j - 1] + (last == wanted ? 0 : 1);
        int least = Math.min(replaced, Math.min(known[i - 1][j], known[i][j - 1]) + 1);
        boolean exchanged =
                i > 1 && j > 1 && last == to.charAt(j - 2) && wanted == from.charAt(i - 2);
        return exchanged ? Math.min(least, known[i - 2][j - 2] + 1) : least;
    }
}
