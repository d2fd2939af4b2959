package io.moondial.dialogtest.run;

import io.moondial.channel.Address;
import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.channel.Opening;
import io.moondial.channel.ss7.FarSide;
import io.moondial.dialogtest.language.DialogFile.Lines;
import io.moondial.dialogtest.language.DialogTest;
import io.moondial.dialogtest.language.DialogTest.Given;
import io.moondial.dialogtest.language.Recorded;
import io.moondial.dialogtest.language.Recorded.PassingIds;
import io.moondial.dialogtest.language.SecretDigits;
import io.moondial.dialogtest.language.Step;
import io.moondial.dialogtest.language.Template.UnsetVariableException;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString.UnsendableText;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One test at work, and those that go on in its dialog. */
final class TestRun {
    /** The handset that is meant if none is named. */
    private static final String FIRST = "";

    private final TestNetwork network;
    private final TestEngine engine;
    private final TestResult.Notes notes = new TestResult.Notes();
    private final FarSide farSide;
    private final Screens screens;
    private final Records records;
    private final Map<String, Actor> actors = new LinkedHashMap<>();
    private Actor actor = new Actor(FIRST);
    private int untried;

    /**
     * A run that begins.
     *
     * @param folder what names in givens are relative to
     */
    TestRun(TestNetwork network, Given given, Path folder) {
        this.network = network;
        engine = network.engine(given, folder);
        farSide = network.handsets();
        screens = new Screens(engine, notes);
        records = new Records(engine, notes);
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
        noteFaults(test.at());
        for (int i = 0; i < steps.size(); i++) {
            step(steps.get(i));
            network.rest().await();
            noteFaults(steps.get(i).at());
            acknowledge(steps.get(i), following(steps, i, next));
        }
        Lines end = steps.isEmpty() ? test.at() : steps.getLast().at();
        noteFaults(end);
        if (untried > 0) {
            noteUntried(end);
        }
        if (next == null) {
            actors.values().forEach(it -> screens.checkEnd(it, end));
        }
        records.checkConformity(end);
        return TestResult.ran(test, notes, engine.unused(), engine.scripts());
    }

    private static @Nullable Step following(List<Step> steps, int i, @Nullable DialogTest next) {
        if (i + 1 < steps.size()) {
            return steps.get(i + 1);
        }
        return next == null || next.steps().isEmpty() ? null : next.steps().getFirst();
    }

    /** What stand-ins object to comes before what it causes. */
    private void noteFaults(Lines at) {
        engine.faults().forEach(fault -> notes.fail(at, fault));
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
        acknowledge(actor, step.at());
        network.rest().await();
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
                case Step.StatCheck check -> check(check);
                case Step.ModuleCheck check -> check(check);
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
                || step instanceof Step.LogCheck
                || step instanceof Step.StatCheck
                || step instanceof Step.ModuleCheck;
    }

    private void check(Step.StatCheck step) {
        long counted = engine.counted(step.name());
        if (counted != step.count()) {
            notes.fail(
                    step.at(),
                    "stat %s: expected %d, counted %d"
                            .formatted(step.name(), step.count(), counted));
        }
    }

    private void check(Step.ModuleCheck step) {
        engine.check(step.module(), step.absent(), step.text().fill(notes.variables()))
                .ifPresent(wrong -> notes.fail(step.at(), step.module() + ": " + wrong));
    }

    private Actor first() {
        return Objects.requireNonNull(actors.get(FIRST));
    }

    private void checkable(Step step, java.util.function.Consumer<Actor.Call> check) {
        Actor.Call call = actor.call;
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
                open(actor, open);
            }
            case Step.Answer answer -> answer(actor, answer);
            case Step.LateAnswer late -> answerLate(actor, late);
            case Step.Reject reject -> reject(actor, reject);
            case Step.Abandon abandon -> abandon(actor, abandon.at());
            case Step.Release release -> release(actor, release.at());
            case Step.Wait(var at, Duration duration) -> {
                notes.said(actor, "wait", written(duration));
                engine.time().pass(duration);
            }
            case Step.Expect expect -> screens.expect(actor, expect);
            default -> throw new IllegalStateException("not of the conversation: " + step);
        }
    }

    private static String written(Duration duration) {
        return io.moondial.config.Measure.DURATION.format(duration.toMillis());
    }

    /** Does a step that is in no test; the result is what is wrong with it. */
    List<String> improvise(Step step) throws InterruptedException {
        notes.nextTest();
        acknowledge(step, step);
        actor.astray = false;
        step(step);
        network.rest().await();
        return notes.failures().stream().map(TestResult.Failure::message).toList();
    }

    /** Adds what has just begun a dialog to a recording. */
    void recordOpening(Step.Open open, Recorded recorded) {
        String text = open.text().fill(notes.variables());
        recorded.opened(open.push(), actor.call == null ? text : recordable(open.push(), text));
    }

    private String recordable(boolean push, String text) {
        Opening.Kind kind = push ? Opening.Kind.PUSHED : Opening.Kind.DIALLED;
        Address from = actor.from;
        return engine.recordable(actor.call(), kind, text, from == null ? null : from.digits());
    }

    /** What has come since the last time, which is added to a recording too. */
    List<Screen> overhear(Recorded recorded) {
        List<Screen> heard = new ArrayList<>();
        Actor.Call call = actor.call;
        if (call != null) {
            PassingIds ids = engine.idsOf(call);
            for (Screen came = call.next(); came != null; came = call.next()) {
                heard.add(came);
                recorded.came(came, engine.sending(call, call.position()).secretText(), ids);
            }
        }
        return heard;
    }

    /** Whether the handset of the moment is in a dialog. */
    boolean isOpen() {
        Actor.Call call = actor.call;
        return call != null && !call.isOver();
    }

    /** Leaves nothing behind. */
    void end() throws InterruptedException {
        for (Actor it : actors.values()) {
            if (it.call != null && !it.call.isOver()) {
                it.call.handset().vanish();
            }
        }
        engine.end();
        network.rest().await();
    }

    /** Ends it as it is: nothing more can be expected of it. */
    void kill() throws InterruptedException {
        engine.end();
    }

    List<TestResult.Happening> conversation() {
        return notes.conversation();
    }

    // ---- what handsets do

    private void open(Actor actor, Step.Open step) {
        String text = step.text().fill(notes.variables());
        String word = step.push() ? "push" : "dial";
        Actor.Call before = actor.call;
        if (before != null && !before.isOver()) {
            stray(
                    actor,
                    step.at(),
                    "the previous dialog is still open: " + engine.situation(before));
            return;
        }
        try {
            actor.open(farSide, step.push(), text);
            notes.said(actor, word, text);
        } catch (UnsendableText e) {
            stray(actor, step.at(), "this text cannot be sent: " + e.getMessage());
        }
    }

    /** Something that a handset sends; it may find the dialog over. */
    @FunctionalInterface
    private interface Sending {
        void send(Handset handset) throws DialogGoneException, UnsendableText;
    }

    private void send(Actor actor, Lines at, String word, String text, Sending sending) {
        try {
            if (actor.call().isOver()) {
                stray(actor, at, "'" + word + "' comes too late: the dialog is over");
                return;
            }
            sending.send(actor.call().handset());
            notes.said(actor, word, text);
        } catch (UnsendableText e) {
            stray(actor, at, "this text cannot be sent: " + e.getMessage());
        } catch (DialogGoneException e) {
            stray(actor, at, "'" + word + "' comes too late: the dialog is over");
        }
    }

    private void answer(Actor actor, Step.Answer step) {
        String word = step.release() ? "answer and release" : "answer";
        String text = step.text().fill(notes.variables());
        Screen open = open(actor, step.at(), word);
        if (open instanceof Screen.Notify) {
            stray(actor, step.at(), "the newest open screen is a notify, which takes no answer");
        } else if (open instanceof Screen.Menu menu) {
            send(
                    actor,
                    step.at(),
                    word,
                    text,
                    handset -> {
                        String sent = sent(actor, menu, text);
                        if (step.release()) {
                            handset.answerAndRelease(menu, sent);
                            actor.call().over();
                        } else {
                            handset.answer(menu, sent);
                        }
                        actor.call().answered(menu);
                    });
        }
    }

    /**
     * What is sent where a test says this: a recorded secret is asterisks, which are replaced by
     * one.
     */
    private String sent(Actor actor, Screen.Menu menu, String text) {
        return isSecret(actor, menu) && SecretDigits.isNeededFor(text)
                ? SecretDigits.of(text.length())
                : text;
    }

    private boolean isSecret(Actor actor, Screen menu) {
        Actor.Call call = actor.call();
        return engine.sending(call, call.positionOf(menu)).secretAnswer();
    }

    /** Whether this step would answer a secret menu. */
    boolean answersInSecret(Step step) {
        Actor.Call call = actor.call;
        if (call == null) {
            return false;
        }
        Optional<? extends Screen> answered =
                switch (step) {
                    case Step.Answer answer -> call.open();
                    case Step.LateAnswer late -> call.timedOut();
                    default -> Optional.empty();
                };
        return answered.filter(screen -> isSecret(actor, screen)).isPresent();
    }

    private void answerLate(Actor actor, Step.LateAnswer step) {
        String text = step.text().fill(notes.variables());
        Optional<Screen.Menu> menu = actor.call().timedOut();
        if (menu.isEmpty()) {
            stray(
                    actor,
                    step.at(),
                    "there is no menu that timed out without an answer: "
                            + engine.situation(actor.call()));
            return;
        }
        send(
                actor,
                step.at(),
                "late answer",
                text,
                handset -> {
                    handset.answer(menu.get(), sent(actor, menu.get(), text));
                    actor.call().answered(menu.get());
                });
    }

    private void reject(Actor actor, Step.Reject step) {
        String word = step.release() ? "reject and release" : "reject";
        Screen open = open(actor, step.at(), word);
        if (open == null) {
            return;
        }
        send(
                actor,
                step.at(),
                word,
                String.valueOf(step.code()),
                handset -> {
                    if (step.release()) {
                        handset.rejectAndRelease(Actor.Call.invokeId(open), step.code());
                        actor.call().over();
                    } else {
                        handset.reject(Actor.Call.invokeId(open), step.code());
                    }
                    actor.call().answered(open);
                });
    }

    private void abandon(Actor actor, Lines at) {
        send(
                actor,
                at,
                "abandon",
                "",
                handset -> {
                    handset.abandon();
                    actor.call().over();
                });
    }

    private void release(Actor actor, Lines at) {
        send(
                actor,
                at,
                "release",
                "",
                handset -> {
                    handset.release();
                    actor.call().over();
                });
    }

    /** Says that a notify was shown, if there is one and the test has mentioned it. */
    private void acknowledge(Actor actor, Lines at) {
        Actor.Call call = actor.call;
        if (call == null || call.isOver() || call.position() + 1 < call.count()) {
            return;
        }
        if (call.open().orElse(null) instanceof Screen.Notify notify) {
            try {
                call.handset().acknowledge(notify);
                call.answered(notify);
            } catch (DialogGoneException e) {
                stray(actor, at, "the notify could not be acknowledged: the dialog is over");
            }
        }
    }

    private @Nullable Screen open(Actor actor, Lines at, String word) {
        Optional<Screen> open = actor.call().open();
        if (open.isEmpty() || actor.call().isOver()) {
            stray(
                    actor,
                    at,
                    "there is no screen for '" + word + "': " + engine.situation(actor.call()));
            return null;
        }
        return open.get();
    }

    private void stray(Actor actor, Lines at, String message) {
        notes.fail(at, message);
        actor.astray = true;
    }
}
