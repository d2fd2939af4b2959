package io.moondial.dialogtest.run;

import java.util.List;

/**
 * One thing that was said in a conversation.
 *
 * @param handset whose; empty where the test has one without a name
 * @param lines in the words of a test
 * @param place {@code file:line} of the script that sent it; empty: the handset's own, or not known
 */
public record Happening(String handset, List<String> lines, String place) {
    public Happening {
        lines = List.copyOf(lines);
    }
}
