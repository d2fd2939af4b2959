package io.moondial.dialogtest.run;

import io.moondial.Configuration;
import io.moondial.dialogtest.language.DialogTest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who plays scene after scene on a stage, and takes a new one where the old is broken. */
final class Player implements AutoCloseable {
    private final Configuration configuration;
    private @Nullable Stage stage;

    Player(Configuration configuration) {
        this.configuration = configuration;
    }

    /** Plays the tests of one dialog. */
    List<TestResult> play(List<DialogTest> scene) throws InterruptedException {
        List<TestResult> results = new ArrayList<>();
        List<DialogTest> played = new ArrayList<>();
        String skipped = null;
        for (DialogTest test : scene) {
            if (test.skip() != null || skipped != null) {
                skipped = test.skip() != null ? test.skip() : "the test above is skipped";
                results.add(TestResult.skipped(test, skipped));
            } else {
                played.add(test);
            }
        }
        results.addAll(0, perform(played));
        return results;
    }

    private List<TestResult> perform(List<DialogTest> tests) throws InterruptedException {
        List<TestResult> results = new ArrayList<>();
        if (tests.isEmpty()) {
            return results;
        }
        Play play = new Play(stage(), tests.getFirst().given());
        try {
            for (int i = 0; i < tests.size(); i++) {
                DialogTest next = i + 1 < tests.size() ? tests.get(i + 1) : null;
                results.add(play.play(tests.get(i), next));
            }
            play.end();
        } catch (RuntimeException e) {
            String why =
                    e instanceof NeverAtRestException ? e.getMessage() : "internal fault: " + e;
            for (DialogTest test : tests.subList(results.size(), tests.size())) {
                results.add(TestResult.broken(test, play.conversation(), String.valueOf(why)));
            }
            play.kill();
            close();
        }
        return results;
    }

    private Stage stage() {
        Stage present = stage;
        if (present == null) {
            present = new Stage(configuration);
            stage = present;
        }
        return present;
    }

    @Override
    public void close() {
        if (stage != null) {
            stage.close();
            stage = null;
        }
    }
}
