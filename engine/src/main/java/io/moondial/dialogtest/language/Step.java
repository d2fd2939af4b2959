package io.moondial.dialogtest.language;

import io.moondial.channel.Address;
import io.moondial.dialog.DialogFact;
import io.moondial.text.BoundedText;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One line of a test, read. */
public sealed interface Step {
    /** Where it stands. */
    DialogFile.Lines at();

    // ---- settings

    /** What a handset dials with, from here on. */
    sealed interface Setting extends Step {}

    /** What follows is about the handset of this name. */
    record Use(DialogFile.Lines at, String name) implements Step {}

    /** The handset's number. */
    record From(DialogFile.Lines at, Address address) implements Setting {}

    /** The destination reference, an IMSI or not. */
    record To(DialogFile.Lines at, Address address) implements Setting {}

    /** The origination reference. */
    record Origination(DialogFile.Lines at, Address address) implements Setting {}

    /** The subsystem that is called. */
    record Ssn(DialogFile.Lines at, int ssn) implements Setting {}

    /**
     * The data coding scheme of the dialled text.
     *
     * @param language its code, which stands before the text; null: none does
     */
    record CodingScheme(DialogFile.Lines at, int dcs, @Nullable String language)
            implements Setting {}

    // ---- the handset

    /** Begins a dialog: with a ProcessUnstructuredSS-Request, or an UnstructuredSS-Notify. */
    record Open(DialogFile.Lines at, boolean push, Template text) implements Step {}

    /**
     * Has something pushed to the handset's number: the engine is to begin the dialog.
     *
     * @param what the screen, or the script that begins it
     * @param text of the screen; the arguments of the script, JSON, or empty
     */
    record Order(DialogFile.Lines at, Ordered what, Template text) implements Step {}

    /** What is pushed. */
    sealed interface Ordered {
        record Screen(DialogFact.Screen kind) implements Ordered {}

        record Script(String key) implements Ordered {}
    }

    /** Answers the newest open screen. */
    record Answer(DialogFile.Lines at, boolean release, Template text) implements Step {}

    /** Answers the newest menu that timed out. */
    record LateAnswer(DialogFile.Lines at, Template text) implements Step {}

    /** Answers the newest open screen with a ReturnError. */
    record Reject(DialogFile.Lines at, boolean release, int code) implements Step {}

    /** Gives up: TC-U-ABORT. */
    record Abandon(DialogFile.Lines at) implements Step {}

    /** Ends the dialog: an empty TC-END. */
    record Release(DialogFile.Lines at) implements Step {}

    /** Does no more in a dialog that is open, and stays so. */
    record LeaveOpen(DialogFile.Lines at) implements Step {}

    /** Lets time pass. */
    record Wait(DialogFile.Lines at, Duration duration) implements Step {}

    // ---- the network

    /**
     * A screen that must come next.
     *
     * @param word of it
     * @param text of a menu, a notify or a response; null: another screen
     * @param code of a decline; null: another screen
     */
    record Expect(DialogFile.Lines at, String word, @Nullable Expected text, @Nullable Integer code)
            implements Step {}

    // ---- checks

    /** Looks at what has happened so far; nothing happens by it. */
    sealed interface Check extends Step {}

    /** One field of a record. */
    record Field(String name, Expected value) {}

    /** Some record so far has all of these, or none has. */
    record EdrCheck(DialogFile.Lines at, boolean absent, String event, List<Field> fields)
            implements Check {
        public EdrCheck {
            fields = List.copyOf(fields);
        }
    }

    /** Exactly these events of the engine so far, in order. */
    record EdrsCheck(DialogFile.Lines at, List<String> events) implements Check {
        public EdrsCheck {
            events = List.copyOf(events);
        }
    }

    /** Some line of the log so far is like this, or none is. */
    record LogCheck(DialogFile.Lines at, boolean absent, Expected text) implements Check {}

    /**
     * Scripts have counted so many of a name so far.
     *
     * @param name as {@code stat.increment} has it
     */
    record StatCheck(DialogFile.Lines at, String name, long count) implements Check {}

    /**
     * What the stand-in of a module says of a text.
     *
     * @param text what follows the module's name
     */
    record ModuleCheck(DialogFile.Lines at, boolean absent, String module, Template text)
            implements Check {}

    /** What a text is to be. */
    sealed interface Expected {
        /** This, to the last blank. */
        record Text(Template text) implements Expected {}

        /** As a regular expression for the whole of it says, in which a dot is a newline too. */
        record Like(Template regex) implements Expected {}

        /** This within it, to the last blank. */
        record Part(Template text) implements Expected {}

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
                case Part(Template text) -> {
                    String expected = text.fill(variables);
                    yield actual.contains(expected)
                            ? new Verdict.Good(Map.of())
                            : new Verdict.Different(expected, false);
                }
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
                case Part(Template text) -> "contains " + text;
            };
        }

        /** Whether it was written with variables. */
        default boolean hasVariables() {
            return switch (this) {
                case Text(Template text) -> text.isPattern();
                case Like(Template regex) -> regex.isPattern();
                case Part(Template text) -> text.isPattern();
            };
        }
    }
}
