package io.moondial.dialogtest.run;

import io.moondial.Configuration;
import io.moondial.dialogtest.language.DialogFile;
import io.moondial.dialogtest.language.DialogFileException;
import io.moondial.dialogtest.language.DialogTest;
import io.moondial.dialogtest.language.DialogTest.Given;
import io.moondial.dialogtest.language.Recorded;
import io.moondial.dialogtest.language.Step;
import io.moondial.dialogtest.language.Wording;
import io.moondial.problem.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A conversation that somebody holds step by step, to be recorded: what is typed are the steps of a
 * handset, and what comes is shown.
 */
public final class RecordingSession implements AutoCloseable {
    /** Skipped, it needs no dial; nobody runs it. */
    private static final List<String> FRAME =
            List.of("test \"a rehearsal\"", "skip it is held by hand");

    private final TestNetwork network;
    private final TestRun run;
    private final Recorded recorded = new Recorded();

    /** The lines of the steps so far, instead of a file. */
    private final List<String> lines = new ArrayList<>(FRAME);

    private int steps;

    public RecordingSession(Configuration configuration) {
        network = new TestNetwork(configuration);
        run = new TestRun(network, Given.NOTHING, Path.of("").toAbsolutePath());
    }

    /** What a step came to. */
    public sealed interface Turn {
        /** It was done, and this came. */
        record Came(List<List<String>> screens) implements Turn {}

        /** It was not done. */
        record Refused(List<String> why) implements Turn {}
    }

    /** Does one step, written on one line. */
    public Turn turn(String line) throws InterruptedException {
        List<String> tried = new ArrayList<>(lines);
        tried.add(line);
        try {
            DialogFile file = DialogFile.of(Path.of("(typed)"), String.join("\n", tried) + "\n");
            DialogTest test = file.tests().getFirst();
            if (test.steps().size() == steps) {
                return new Turn.Refused(List.of("this is not a step: begin with dial CODE"));
            }
            return perform(line, test.steps().getLast(), tried);
        } catch (DialogFileException e) {
            return new Turn.Refused(e.problems().stream().map(Problem::message).toList());
        }
    }

    private Turn perform(String line, Step step, List<String> tried) throws InterruptedException {
        if (step instanceof Step.Expect || step instanceof Step.EdrCheck) {
            return new Turn.Refused(List.of("type what the handset does: what comes is recorded"));
        }
        boolean secret = run.answersInSecret(step);
        List<String> faults = run.improvise(step);
        if (!faults.isEmpty()) {
            return new Turn.Refused(faults);
        }
        lines.clear();
        lines.addAll(tried);
        steps++;
        switch (step) {
            case Step.Open open -> run.recordOpening(open, recorded);
            case Step.Answer(var at, boolean release, var text) when secret ->
                    recorded.answered(false, release, text.toString(), true);
            case Step.LateAnswer(var at, var text) when secret ->
                    recorded.answered(true, false, text.toString(), true);
            default -> recorded.wrote(List.of(line));
        }
        return new Turn.Came(run.overhear(recorded).stream().map(Wording::of).toList());
    }

    /** Whether a dialog is open, which somebody leaves by doing no more. */
    public boolean isOpen() {
        return run.isOpen();
    }

    /** What was said, as a test. */
    public Recorded recorded() {
        return recorded;
    }

    @Override
    public void close() {
        try {
            run.end();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        network.close();
    }
}
