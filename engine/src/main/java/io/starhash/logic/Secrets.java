package io.starhash.logic;

import io.starhash.text.Mask;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The secret answers of one dialog, kept so that none is written in clear: not even by the script's
 * own doing.
 */
final class Secrets {
    /**
     * A shorter one is masked only where no letter or digit stands beside it: else one that is 1
     * would leave no number readable. The page of the script API says so of {@code secret}.
     */
    private static final int ANYWHERE = 3;

    /** So that none hides another that it is part of. */
    private static final Comparator<String> LONGEST_FIRST =
            Comparator.comparingInt(String::length)
                    .reversed()
                    .thenComparing(Comparator.naturalOrder());

    private List<String> answers = List.of();

    private @Nullable Pattern pattern;

    /** Keeps an answer; a blank one tells nothing. */
    void add(String answer) {
        if (!answer.isBlank() && !answers.contains(answer)) {
            answers =
                    Stream.concat(answers.stream(), Stream.of(answer))
                            .sorted(LONGEST_FIRST)
                            .toList();
            pattern =
                    Pattern.compile(
                            answers.stream()
                                    .map(Secrets::pattern)
                                    .collect(Collectors.joining("|")));
        }
    }

    /** The text with asterisks in the place of each of them. */
    String mask(String text) {
        Pattern known = pattern;
        return known == null
                ? text
                : known.matcher(text)
                        .replaceAll(found -> Matcher.quoteReplacement(Mask.of(found.group())));
    }

    /** Whether there is one. */
    boolean isAny() {
        return pattern != null;
    }

    /** Whether a text has one of them in it, so that it is to be masked. */
    boolean areIn(String text) {
        Pattern known = pattern;
        return known != null && known.matcher(text).find();
    }

    /** Whether a name has one of them in it; a short one is not looked for. */
    boolean isIn(String name) {
        return answers.stream()
                .anyMatch(answer -> answer.length() >= ANYWHERE && name.contains(answer));
    }

    private static String pattern(String answer) {
        String quoted = Pattern.quote(answer);
        return answer.length() >= ANYWHERE
                ? quoted
                : "(?<![\\p{L}\\p{N}])" + quoted + "(?![\\p{L}\\p{N}])";
    }
}
