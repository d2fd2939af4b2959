package io.moondial.dialogtest.language;

import io.moondial.text.BoundedText;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a text is to be. */
public sealed interface Expected {
    /** This, to the last blank. */
    record Text(Template text) implements Expected {}

    /** As a regular expression for the whole of it says, in which a dot is a newline too. */
    record Like(Template regex) implements Expected {}

    /** The most looks at a character of a screen: some hundredths of a second. */
    int MAX_LOOKS = 2_000_000;

    /** How a comparison came out. */
    sealed interface Verdict {
        /**
         * It is as expected.
         *
         * @param variables what named groups have kept
         */
        record Good(Map<String, String> variables) implements Verdict {}

        /**
         * It is not.
         *
         * @param expected the text or the expression, its variables filled in
         * @param part whether the expression matches a part of the text
         */
        record Different(String expected, boolean part) implements Verdict {}

        /** The expression took more steps than it may. */
        record TooHard(String expected) implements Verdict {}
    }

    /** Compares a text. */
    default Verdict compare(String actual, Map<String, String> variables) {
        return switch (this) {
            case Text(Template text) -> {
                String expected = text.fill(variables);
                yield expected.equals(actual)
                        ? new Verdict.Good(Map.of())
                        : new Verdict.Different(expected, false);
            }
            case Like(Template regex) -> match(regex.fill(variables, Pattern::quote), actual);
        };
    }

    private static Verdict match(String regex, String actual) {
        Pattern pattern = Pattern.compile(regex, Pattern.DOTALL);
        try {
            Matcher matcher = pattern.matcher(new BoundedText(actual, MAX_LOOKS));
            return matcher.matches()
                    ? new Verdict.Good(groups(pattern, matcher))
                    : new Verdict.Different(regex, matcher.reset().find());
        } catch (BoundedText.SpentException | StackOverflowError e) {
            return new Verdict.TooHard(regex);
        }
    }

    private static Map<String, String> groups(Pattern pattern, Matcher matcher) {
        Map<String, String> groups = new LinkedHashMap<>();
        for (String name : pattern.namedGroups().keySet()) {
            String value = matcher.group(name);
            if (value != null) {
                groups.put(name, value);
            }
        }
        return groups;
    }

    /** As it is written, on one line or more. */
    default String written() {
        return switch (this) {
            case Text(Template text) -> text.toString();
            case Like(Template regex) -> "~ " + regex;
        };
    }

    /** Whether it was written with variables. */
    default boolean hasVariables() {
        return switch (this) {
            case Text(Template text) -> text.isPattern();
            case Like(Template regex) -> regex.isPattern();
        };
    }
}
