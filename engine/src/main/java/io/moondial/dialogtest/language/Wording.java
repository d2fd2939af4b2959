package io.moondial.dialogtest.language;

import io.moondial.handset.Screen;
import java.util.ArrayList;
import java.util.List;

/** What happened, in the words of a test. */
public final class Wording {
    private Wording() {}

    /** A screen as the lines of a step. */
    public static List<String> of(Screen screen) {
        return switch (screen) {
            case Screen.Menu(int id, String text) -> lines("menu", text);
            case Screen.Notify(int id, String text) -> lines("notify", text);
            case Screen.Respond(String text) -> lines("respond", text);
            case Screen.Decline(int code) -> List.of("decline " + code);
            case Screen.Acknowledge it -> List.of("acknowledge");
            case Screen.Close it -> List.of("close");
            case Screen.Abort it -> List.of("abort");
            case Screen.Reject it -> List.of("(the engine rejects what was sent)");
        };
    }

    /** A word and its text, each line of it such that it would be read back. */
    public static List<String> lines(String word, String text) {
        if (text.isEmpty()) {
            return List.of(word);
        }
        List<String> lines = new ArrayList<>();
        String indent = " ".repeat(word.length() + 1);
        for (String line : text.split("\n", -1)) {
            lines.add((lines.isEmpty() ? word + " " : indent) + Texts.Quoted.write(line));
        }
        return lines;
    }
}
