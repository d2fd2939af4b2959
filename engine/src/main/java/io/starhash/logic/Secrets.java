package io.starhash.logic;

import io.starhash.text.Mask;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The secret answers of one dialog, kept so that none is written in clear: not even by the script's
 * own doing.
 */
final class Secrets {
    /**
     * A shorter one cannot be told from any other digit: it is masked where it is the answer, not
     * elsewhere.
     */
    private static final int SHORTEST = 3;

    private final List<String> answers = new ArrayList<>(0);

    void add(String answer) {
        if (answer.length() >= SHORTEST) {
            answers.add(answer);
        }
    }

    String mask(String text) {
        String masked = text;
        for (String answer : answers) {
            masked = masked.replace(answer, Mask.of(answer));
        }
        return masked;
    }

    Map<String, List<String>> mask(Map<String, List<String>> fields) {
        Map<String, List<String>> masked = new TreeMap<>();
        fields.forEach(
                (name, values) -> masked.put(name, values.stream().map(this::mask).toList()));
        return masked;
    }
}
