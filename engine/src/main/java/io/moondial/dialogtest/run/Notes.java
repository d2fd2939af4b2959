package io.moondial.dialogtest.run;

import io.moondial.dialogtest.language.Lines;
import io.moondial.dialogtest.language.Wording;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What has been said in a conversation so far, and what of it failed the test. */
final class Notes {
    private final List<Happening> conversation = new ArrayList<>();
    private final Map<String, String> variables = new HashMap<>();
    private List<Failure> failures = new ArrayList<>();

    /** A new test goes on in the same conversation. */
    void nextTest() {
        failures = new ArrayList<>();
    }

    void said(Actor actor, String word, String text) {
        conversation.add(new Happening(actor.name, Wording.lines(word, text), ""));
    }

    void shown(Actor actor, List<String> lines, String place) {
        conversation.add(new Happening(actor.name, lines, place));
    }

    void fail(Failure failure) {
        failures.add(failure);
    }

    void fail(Lines at, String message, String... remarks) {
        failures.add(Failure.of(at, message, remarks));
    }

    List<Failure> failures() {
        return List.copyOf(failures);
    }

    List<Happening> conversation() {
        return List.copyOf(conversation);
    }

    /** The values that screens have given so far. */
    Map<String, String> variables() {
        return variables;
    }
}
