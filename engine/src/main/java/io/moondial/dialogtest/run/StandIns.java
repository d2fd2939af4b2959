package io.moondial.dialogtest.run;

import io.moondial.Configuration;
import io.moondial.channel.ss7.FarSide;
import io.moondial.dialogtest.language.DialogFile;
import io.moondial.dialogtest.language.DialogFileException;
import io.moondial.dialogtest.language.DialogTest;
import io.moondial.dialogtest.language.Step;
import io.moondial.dialogtest.language.Template.UnsetVariableException;
import io.moondial.problem.Problem;
import io.moondial.script.api.Backend;
import io.moondial.script.api.Backends;
import io.moondial.text.UssdString.UnsendableText;
import io.moondial.time.Time;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one test of a file is given, for an engine in real time: what scripts reach through modules
 * answers as it would in that test. The test's {@code given time} and {@code given seed} do not
 * count.
 */
public final class StandIns {
    private static final Pattern PLACE = Pattern.compile("(.+):([0-9]{1,9})");

    private final DialogTest test;

    private StandIns(DialogTest test) {
        this.test = test;
    }

    /**
     * Those of the first test of a file, or of the test at a line of it.
     *
     * @param place FILE or FILE:LINE, as failures of tests name it
     * @throws DialogFileException if there is no such file or test, or something is wrong in it
     */
    public static StandIns at(String place) throws DialogFileException {
        Matcher matcher = PLACE.matcher(place);
        boolean hasLine = matcher.matches();
        int line = hasLine ? Integer.parseInt(matcher.group(2)) : Integer.MAX_VALUE;
        Path path = Path.of(hasLine ? matcher.group(1) : place);
        List<DialogTest> tests = DialogFile.read(path).tests();
        if (!hasLine && !tests.isEmpty()) {
            return new StandIns(tests.getFirst());
        }
        return tests.stream()
                .filter(it -> it.at().first() <= line)
                .reduce((before, it) -> it)
                .map(StandIns::new)
                .orElseThrow(
                        () ->
                                new DialogFileException(
                                        List.of(
                                                new Problem(
                                                        path,
                                                        0,
                                                        0,
                                                        hasLine
                                                                ? "no test begins at line "
                                                                        + line
                                                                        + " or above it"
                                                                : "there is no test in it"))));
    }

    /** The rules with the test's {@code given global}s. */
    public Configuration in(Configuration configuration) {
        return Globals.with(configuration, test.given());
    }

    /**
     * Starts the stand-ins.
     *
     * @param fault told of each call that no given answers
     */
    public Backends start(Backends.Settings modules, Time time, Consumer<String> fault) {
        return Backends.standIns(
                modules,
                module ->
                        new Backend.TestWorld(
                                time,
                                test.file().folder(),
                                test.given().textsFor(module),
                                fault,
                                false));
    }

    /** What the handset of a test does. */
    public record Conversation(FarSide.Call call, List<String> answers) {
        public Conversation {
            answers = List.copyOf(answers);
        }
    }

    /**
     * What the test's handset dials, and what it answers to each menu in turn. What the test
     * expects and checks does not count.
     *
     * @throws DialogFileException if it does something else too, such as give up
     */
    public Conversation conversation() throws DialogFileException {
        TestHandset handset = new TestHandset("");
        FarSide.Call call = null;
        List<String> answers = new ArrayList<>();
        for (Step step : test.steps()) {
            try {
                switch (step) {
                    case Step.Setting setting -> handset.set(setting);
                    case Step.Open it when !it.push() -> {
                        if (call != null) {
                            throw objection(step, "it has dialled already");
                        }
                        call = handset.call(false, it.text().fill(Map.of()));
                    }
                    case Step.Answer it when !it.release() -> answers.add(it.text().fill(Map.of()));
                    case Step.Expect _, Step.Check _ -> {}
                    default -> throw objection(step, "allowed are dial, once, and answer");
                }
            } catch (UnsendableText e) {
                throw objection(step, "this text cannot be sent: " + e.getMessage());
            } catch (UnsetVariableException e) {
                throw objection(step, String.valueOf(e.getMessage()));
            }
        }
        if (call == null) {
            throw new DialogFileException(
                    List.of(
                            new Problem(
                                    test.file().path(),
                                    test.at().first(),
                                    1,
                                    "this test does not dial")));
        }
        return new Conversation(call, answers);
    }

    private DialogFileException objection(Step step, String why) {
        return new DialogFileException(
                List.of(
                        new Problem(
                                test.file().path(),
                                step.at().first(),
                                1,
                                "a load cannot do this step of the test: " + why)));
    }
}
