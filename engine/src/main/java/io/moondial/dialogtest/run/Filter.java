package io.moondial.dialogtest.run;

import io.moondial.dialogtest.language.DialogTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Which tests are meant: those that have every one of some words. */
public final class Filter {
    private static final String TAG = "tag:";
    private static final String NOT = "!";

    private final List<String> words;

    /**
     * @param words parted by blanks: each must occur in the test's file name, its name or its tags;
     *     {@code tag:NAME} must be one of its tags; {@code !} before a word turns it around
     */
    public Filter(String words) {
        this.words = List.of(words.strip().split("\\s+", -1));
    }

    /** The tests that are meant, and with them those whose dialog they go on with. */
    public List<DialogTest> of(List<DialogTest> tests) {
        List<DialogTest> meant = new ArrayList<>();
        List<DialogTest> leading = new ArrayList<>();
        for (DialogTest test : tests) {
            if (!test.sameDialog()) {
                leading.clear();
            }
            leading.add(test);
            if (takes(test)) {
                meant.addAll(leading);
                leading.clear();
            }
        }
        return meant;
    }

    private boolean takes(DialogTest test) {
        return words.stream().allMatch(word -> takes(test, word));
    }

    private static boolean takes(DialogTest test, String word) {
        if (word.startsWith(NOT)) {
            return !takes(test, word.substring(1));
        }
        if (word.startsWith(TAG)) {
            return test.tags().contains(word.substring(TAG.length()));
        }
        String all =
                test.file().name() + '\n' + test.name() + '\n' + String.join("\n", test.tags());
        return all.toLowerCase(Locale.ROOT).contains(word.toLowerCase(Locale.ROOT));
    }
}
