package io.moondial.dialogtest.run;

import io.moondial.dialogtest.language.Lines;
import io.moondial.handset.Screen;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One thing in a test that is not as it says.
 *
 * @param at the step
 * @param message what is wrong, in a sentence
 * @param detail what was expected and what came
 * @param place {@code file:line} of the script that the screen came from; empty where that is not
 *     known, or where the failure is about no screen
 * @param came the screen that stands where another was expected, in a step that could be written
 *     anew from it; null: it is about something else
 */
public record Failure(
        Lines at, String message, Detail detail, String place, @Nullable Screen came) {

    /** What there is to compare. */
    public sealed interface Detail {
        /** Two texts. */
        record Texts(String expected, String actual) implements Detail {}

        /** A regular expression, and a text that it does not match. */
        record Regex(String expected, String actual) implements Detail {}

        /** Lines to be read as they are; none where the message says all. */
        record Remarks(List<String> lines) implements Detail {
            public Remarks {
                lines = List.copyOf(lines);
            }
        }
    }

    static Failure of(Lines at, String message, String... remarks) {
        return new Failure(at, message, new Detail.Remarks(List.of(remarks)), "", null);
    }

    static Failure of(Lines at, String message, List<String> remarks) {
        return new Failure(at, message, new Detail.Remarks(remarks), "", null);
    }
}
