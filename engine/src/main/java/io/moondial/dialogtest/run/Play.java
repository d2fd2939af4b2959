package io.moondial.dialogtest.run;

import io.moondial.dialog.Address;
import io.moondial.dialog.Operation;
import io.moondial.dialogtest.language.DialogTest;
import io.moondial.dialogtest.language.Given;
import io.moondial.dialogtest.language.Lines;
import io.moondial.dialogtest.language.PassingIds;
import io.moondial.dialogtest.language.Recorded;
import io.moondial.dialogtest.language.Step;
import io.moondial.dialogtest.language.UnsetVariableException;
import io.moondial.handset.Screen;
import io.moondial.text.Dcs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One test at work, and those that go on in its dialog. */
final class Play {
    /** The handset that is meant where none is named. */
    private static final String FIRST = "";

    private final Stage stage;
    private final World world;
    private final Notes notes = new Notes();
    private final Acting acting;
    private final Screens screens;
    private final Records records;
    private final Map<String, Actor> actors = new LinkedHashMap<>();
    private Actor actor = new Actor(FIRST);
    private int untried;

    Play(Stage stage, Given given) {
        this.stage = stage;
        world = stage.world(given);
        acting = new Acting(stage.handsets(), world, notes);
        screens = new Screens(world, notes);
        records = new Records(world, notes);
        actors.put(FIRST, actor);
    }

    /**
     * Plays one test.
     *
     * @param next the test that goes on in the same dialog; null: none does
     */
    TestResult play(DialogTest test, @Nullable DialogTest next) throws InterruptedException {
        notes.nextTest();
        untried = 0;
        List<Step> steps = test.steps();
        for (int i = 0; i < steps.size(); i++) {
            step(steps.get(i));
            stage.rest().await();
            acknowledge(steps.get(i), following(steps, i, next));
        }
        Lines end = steps.isEmpty() ? test.at() : steps.getLast().at();
        world.faults().forEach(fault -> notes.fail(end, fault));
        if (untried > 0) {
            noteUntried(end);
        }
        if (next == null) {
            actors.values().forEach(it -> screens.checkEnd(it, end));
        }
        records.checkConformity(end);
        return TestResult.ran(test, notes, world.scripts());
    }

    private static @Nullable Step following(List<Step> steps, int i, @Nullable DialogTest next) {
        if (i + 1 < steps.size()) {
            return steps.get(i + 1);
        }
        return next == null || next.steps().isEmpty() ? null : next.steps().getFirst();
    }

    private void noteUntried(Lines end) {
        notes.fail(
                end,
                untried == 1
                        ? "one step of the conversation after that was not tried"
                        : untried + " steps of the conversation after that were not tried");
    }

    /** A shown notify is acknowledged, unless what follows says otherwise. */
    private void acknowledge(Step step, @Nullable Step following) throws InterruptedException {
        if (following instanceof Step.Reject
                || following instanceof Step.Abandon
                || following instanceof Step.Release
                || following instanceof Step.Wait) {
            return;
        }
        acting.acknowledge(actor, step.at());
        stage.rest().await();
    }

    private void step(Step step) throws InterruptedException {
        try {
            switch (step) {
                case Step.Use(var at, String name) ->
                        actor = actors.computeIfAbsent(name, first()::like);
                case Step.From(var at, var address) -> actor.from = address;
                case Step.To(var at, var address) -> actor.to = address;
                case Step.Origination(var at, var address) -> actor.origination = address;
                case Step.Ssn(var at, int ssn) -> actor.ssn = ssn;
                case Step.CodingScheme(var at, int dcs) -> actor.dcs = new Dcs(dcs);
                case Step.EdrCheck check -> checkable(step, call -> records.check(call, check));
                case Step.EdrsCheck check -> checkable(step, call -> records.check(call, check));
                case Step.LogCheck check -> checkable(step, call -> records.check(call, check));
                default -> talk(step);
            }
        } catch (UnsetVariableException e) {
            notes.fail(step.at(), String.valueOf(e.getMessage()));
            actor.astray |= !isCheck(step);
        }
    }

    private static boolean isCheck(Step step) {
        return step instanceof Step.EdrCheck
                || step instanceof Step.EdrsCheck
                || step instanceof Step.LogCheck;
    }

    private Actor first() {
        return Objects.requireNonNull(actors.get(FIRST));
    }

    private void checkable(Step step, java.util.function.Consumer<Call> check) {
        Call call = actor.call;
        if (call == null) {
            notes.fail(step.at(), "nothing was dialled");
        } else {
            check.accept(call);
        }
    }

    private void talk(Step step) throws InterruptedException {
        if (actor.astray) {
            untried++;
            return;
        }
        switch (step) {
            case Step.Open open -> {
                if (actor.call != null) {
                    screens.checkUntold(actor, actor.call, open.at());
                }
                acting.open(actor, open);
            }
            case Step.Answer answer -> acting.answer(actor, answer);
            case Step.LateAnswer late -> acting.answerLate(actor, late);
            case Step.Reject reject -> acting.reject(actor, reject);
            case Step.Abandon abandon -> acting.abandon(actor, abandon.at());
            case Step.Release release -> acting.release(actor, release.at());
            case Step.Wait(var at, Duration duration) -> {
                notes.said(actor, "wait", written(duration));
                world.time().pass(duration);
            }
            case Step.Expect expect -> screens.expect(actor, expect);
            default -> throw new IllegalStateException("not of the conversation: " + step);
        }
    }

    private static String written(Duration duration) {
        return io.moondial.config.Measure.DURATION.format(duration.toMillis());
    }

    /** Does a step that stands in no test; the result is what is wrong with it. */
    List<String> improvise(Step step) throws InterruptedException {
        notes.nextTest();
        acknowledge(step, step);
        actor.astray = false;
        step(step);
        stage.rest().await();
        return notes.failures().stream().map(Failure::message).toList();
    }

    /** Whether a step would answer a secret menu. */
    boolean answersInSecret(Step step) {
        return acting.answersInSecret(actor, step);
    }

    /** Adds what has just begun a dialog to a recording. */
    void recordOpening(Step.Open open, Recorded recorded) {
        String text = open.text().fill(notes.variables());
        recorded.opened(open.push(), actor.call == null ? text : recordable(open.push(), text));
    }

    private String recordable(boolean push, String text) {
        int operation =
                push ? Operation.UNSTRUCTURED_SS_NOTIFY : Operation.PROCESS_UNSTRUCTURED_SS_REQUEST;
        Address from = actor.from;
        return world.recordable(actor.call(), operation, text, from == null ? null : from.digits());
    }

    /** What has come since the last time, which is added to a recording too. */
    List<Screen> overhear(Recorded recorded) {
        List<Screen> heard = new ArrayList<>();
        Call call = actor.call;
        if (call != null) {
            PassingIds ids = world.idsOf(call);
            for (Screen came = call.next(); came != null; came = call.next()) {
                heard.add(came);
                recorded.came(came, world.secrecyOf(call, call.position()).ofText(), ids);
            }
        }
        return heard;
    }

    /** Whether the handset of the moment is in a dialog. */
    boolean isOpen() {
        Call call = actor.call;
        return call != null && !call.isOver();
    }

    /** Leaves nothing behind. */
    void end() throws InterruptedException {
        for (Actor it : actors.values()) {
            if (it.call != null && !it.call.isOver()) {
                it.call.handset().vanish();
            }
        }
        world.end();
        stage.rest().await();
    }

    /** Ends it as it stands: nothing more can be expected of it. */
    void kill() throws InterruptedException {
        world.end();
    }

    List<Happening> conversation() {
        return notes.conversation();
    }
}
