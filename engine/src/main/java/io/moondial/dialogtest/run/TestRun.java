package io.moondial.dialogtest.run;

import io.moondial.channel.Address;
import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.channel.ss7.FarSide;
import io.moondial.dialog.DialogKind;
import io.moondial.dialogtest.language.DialogFile.Lines;
import io.moondial.dialogtest.language.DialogTest;
import io.moondial.dialogtest.language.DialogTest.Given;
import io.moondial.dialogtest.language.Recorded;
import io.moondial.dialogtest.language.Recorded.PassingIds;
import io.moondial.dialogtest.language.SecretDigits;
import io.moondial.dialogtest.language.Step;
import io.moondial.dialogtest.language.Template.UnsetVariableException;
import io.moondial.dialogtest.run.TestResult.Trouble;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.handset.Subscribers;
import io.moondial.text.UssdString.UnsendableText;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One test at work, and those that go on in its dialog. */
final class TestRun {
    /** The handset that is meant if none is named. */
    private static final String FIRST = "";

    private final TestNetwork network;
    private final TestEngine engine;
    private final Given given;
    private final TestResult.Notes notes = new TestResult.Notes();
    private final FarSide farSide;

    /** Who takes what the engine pushes; null: it pushes nothing. */
    private final @Nullable Subscribers subscribers;

    private final Set<String> numbersOn = new HashSet<>();
    private final Screens screens;
    private final Records records;
    private final Map<String, TestHandset> handsets = new LinkedHashMap<>();
    private TestHandset handset = new TestHandset(FIRST);
    private final List<Anew> anew = new ArrayList<>();
    private int untried;

    /**
     * A flow did not repeat itself, which fails the test, unless a step below looks for the line.
     *
     * @param at the step that made it run again
     * @param failures how many there were before
     */
    private record Anew(Lines at, int failures, String line) {}

    /**
     * A run that begins.
     *
     * @param folder what names in givens are relative to
     */
    TestRun(TestNetwork network, Given given, Path folder) {
        this.network = network;
        this.given = given;
        engine = network.engine(given, folder);
        farSide = network.handsets();
        subscribers = engine.hasPushes() ? atHome(given) : null;
        screens = new Screens(engine, notes);
        records = new Records(engine, notes);
        handsets.put(FIRST, handset);
    }

    private Subscribers atHome(Given given) {
        Subscribers home = new Subscribers();
        given.handsets().forEach(it -> home.react(it.msisdn(), List.of(it.reaction())));
        farSide.receive(home);
        return home;
    }

    /**
     * Each handset with a number is on. Of several with the same number, the one that was named
     * last has it: what is set above the first handset holds for all.
     */
    private void turnOn() {
        Subscribers home = subscribers;
        if (home == null) {
            return;
        }
        Map<String, TestHandset> owners = new HashMap<>();
        for (TestHandset it : handsets.values()) {
            String number = it.number();
            if (number != null) {
                owners.put(number, it);
            }
        }
        numbersOn.stream().filter(it -> !owners.containsKey(it)).forEach(home::off);
        owners.forEach(home::on);
        owners.keySet().forEach(engine::reaches);
        numbersOn.clear();
        numbersOn.addAll(owners.keySet());
    }

    /**
     * Plays one test.
     *
     * @param next the test that goes on in the same dialog; null: none does
     */
    TestResult play(DialogTest test, @Nullable DialogTest next) throws InterruptedException {
        notes.nextTest();
        untried = 0;
        handsets.values().forEach(it -> it.leftOpen = null);
        List<Step> steps = test.steps();
        noteFaults(test.at());
        for (int i = 0; i < steps.size(); i++) {
            step(steps.get(i));
            network.rest().await();
            noteTroubles(steps.get(i).at());
            noteFaults(steps.get(i).at());
            acknowledge(steps.get(i), following(steps, i, next));
        }
        Lines end = steps.isEmpty() ? test.at() : steps.getLast().at();
        noteTroubles(end);
        noteFaults(end);
        if (untried > 0) {
            noteUntried(end);
        }
        if (next == null) {
            for (TestHandset it : handsets.values()) {
                screens.checkEnd(it, end);
            }
        }
        records.checkConformity(end);
        noteAnew();
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
        engine.faults().forEach(fault -> notes.fail(given.objected(fault).orElse(at), fault));
    }

    /** What goes wrong in a dialog stands before the screens that come of it. */
    private void noteTroubles(Lines at) {
        List<Trouble> troubles = new ArrayList<>(engine.troubles());
        // dialogs go on at the same time: what is wrong in them is told handset by handset
        for (TestHandset it : handsets.values()) {
            String instance = it.call == null ? "" : engine.instanceOf(it.call);
            List<Trouble> its =
                    troubles.stream().filter(t -> t.instanceId().equals(instance)).toList();
            its.forEach(trouble -> noteTrouble(it, trouble, at));
            troubles.removeAll(its);
        }
        troubles.forEach(trouble -> noteTrouble(handset, trouble, at)); // of dialogs before these
    }

    private void noteTrouble(TestHandset handset, Trouble trouble, Lines at) {
        if (trouble.isFlowAnew()) {
            anew.add(new Anew(at, notes.count(), trouble.text()));
        }
        notes.wentWrong(handset.name, trouble);
    }

    private void noteAnew() {
        for (Anew it : anew.reversed()) {
            if (!records.expected(it.line())) {
                notes.failed(
                        it.failures(),
                        TestResult.Failure.of(
                                it.at(),
                                "the function of a flow did not repeat itself, and the flow began anew",
                                it.line(),
                                "it must do the same each time that it runs; a test that means this says 'log contains menu.flow begins anew'"));
            }
        }
        anew.clear();
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
        acknowledge(handset, step.at());
        network.rest().await();
    }

    private void step(Step step) throws InterruptedException {
        try {
            switch (step) {
                case Step.Use(var at, String name) -> {
                    handset = handsets.computeIfAbsent(name, first()::like);
                    turnOn();
                }
                case Step.Setting setting -> {
                    handset.set(setting);
                    turnOn();
                }
                case Step.EdrCheck check -> checkable(step, call -> records.check(call, check));
                case Step.EdrsCheck check -> checkable(step, call -> records.check(call, check));
                case Step.LogCheck check -> checkable(step, call -> records.check(call, check));
                case Step.StatCheck check -> check(check);
                case Step.ModuleCheck check -> check(check);
                default -> talk(step);
            }
        } catch (UnsetVariableException e) {
            notes.fail(step.at(), String.valueOf(e.getMessage()));
            handset.astray |= !(step instanceof Step.Check);
        }
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

    private TestHandset first() {
        return Objects.requireNonNull(handsets.get(FIRST));
    }

    private void checkable(Step step, java.util.function.Consumer<TestHandset.Call> check) {
        TestHandset.Call call = handset.call;
        if (call == null) {
            notes.fail(step.at(), "nothing was dialled");
        } else {
            check.accept(call);
        }
    }

    private void talk(Step step) throws InterruptedException {
        if (handset.astray) {
            untried++;
            return;
        }
        if (step instanceof Step.Expect || step instanceof Step.Open) {
            handset.goOn();
        }
        switch (step) {
            case Step.Open open -> {
                if (handset.call != null) {
                    screens.checkUntold(handset, handset.call, open.at());
                }
                open(handset, open);
            }
            case Step.Order order -> order(handset, order);
            case Step.Wait(var at, Duration duration) -> {
                notes.said(handset, "wait", written(duration));
                engine.time().pass(duration);
            }
            case Step.Expect expect when handset.call == null -> {
                notes.fail(
                        expect.at(),
                        "expected '%s', nothing comes: nothing was dialled at this handset%s"
                                .formatted(expect.word(), pushesTo(handset)));
                handset.astray = true;
            }
            case Step.Expect expect -> screens.expect(handset, expect, pushesTo(handset));
            default -> act(step);
        }
    }

    /** What a handset does in a dialog. */
    private void act(Step step) {
        if (handset.call == null) {
            stray(
                    handset,
                    step.at(),
                    "this handset is in no dialog: nothing was dialled, and no screen that was pushed stands above");
            return;
        }
        switch (step) {
            case Step.Answer answer -> answer(handset, answer);
            case Step.LateAnswer late -> answerLate(handset, late);
            case Step.Reject reject -> reject(handset, reject);
            case Step.Abandon abandon -> abandon(handset, abandon.at());
            case Step.Release release -> release(handset, release.at());
            case Step.LeaveOpen(var at) -> leaveOpen(handset, at);
            default -> throw new IllegalStateException("not of the conversation: " + step);
        }
    }

    /** How the pushes to a handset are, to go behind a sentence; empty: there are none. */
    private String pushesTo(TestHandset handset) {
        String number = handset.number();
        return number == null ? "" : engine.pushesTo(number);
    }

    private void order(TestHandset handset, Step.Order step) throws InterruptedException {
        String text = step.text().fill(notes.variables());
        String what =
                switch (step.what()) {
                    case Step.Ordered.Screen(var kind) -> kind.name().toLowerCase(Locale.ROOT);
                    case Step.Ordered.Script(String key) -> "script " + key;
                };
        notes.said(handset, "order", (what + " " + text).strip());
        engine.order(String.valueOf(handset.number()), step.what(), text)
                .ifPresent(why -> stray(handset, step.at(), "the push is not accepted: " + why));
    }

    private static String written(Duration duration) {
        return io.moondial.config.Measure.DURATION.format(duration.toMillis());
    }

    /** Does a step that is in no test; the result is what is wrong with it. */
    List<String> improvise(Step step) throws InterruptedException {
        notes.nextTest();
        acknowledge(step, step);
        handset.astray = false;
        step(step);
        network.rest().await();
        return notes.failures().stream().map(TestResult.Failure::message).toList();
    }

    /** Adds what has just begun a dialog to a recording. */
    void recordOpening(Step.Open open, Recorded recorded) {
        String text = open.text().fill(notes.variables());
        recorded.opened(open.push(), handset.call == null ? text : recordable(open.push(), text));
    }

    private String recordable(boolean push, String text) {
        DialogKind kind = push ? DialogKind.NOTIFIED : DialogKind.DIALLED;
        Address from = handset.subscriber().msisdn();
        return engine.recordable(handset.call(), kind, text, from == null ? null : from.digits());
    }

    /** What has come since the last time, which is added to a recording too. */
    List<Screen> overhear(Recorded recorded) {
        List<Screen> heard = new ArrayList<>();
        TestHandset.Call call = handset.call;
        if (call != null) {
            PassingIds ids = engine.idsOf(call);
            for (Screen came = call.next(); came != null; came = call.next()) {
                heard.add(came);
                recorded.came(came, engine.sending(call, call.position()).secretText(), ids);
            }
        }
        return heard;
    }

    /** Whether the handset of the moment is in a dialog that it has not left open. */
    boolean isOpen() {
        TestHandset.Call call = handset.call;
        return call != null && !call.isOver() && handset.leftOpen == null;
    }

    /** Leaves nothing behind. */
    void end() throws InterruptedException {
        for (TestHandset it : handsets.values()) {
            List<TestHandset.Call> calls = new ArrayList<>(it.left());
            if (it.call != null) {
                calls.addFirst(it.call);
            }
            for (TestHandset.Call call : calls) {
                if (!call.isOver()) {
                    giveUp(call);
                    network.rest().await();
                }
            }
        }
        engine.end();
        network.rest().await();
    }

    /** Ends a dialog that is open at the end: the engine has nobody to abort then. */
    private static void giveUp(TestHandset.Call call) {
        try {
            call.handset().abandon();
        } catch (DialogGoneException e) {
            call.over();
        }
    }

    /** Ends it as it is: nothing more can be expected of it. */
    void kill() throws InterruptedException {
        engine.end();
    }

    List<TestResult.Happening> conversation() {
        return notes.conversation();
    }

    // ---- what handsets do

    private void open(TestHandset handset, Step.Open step) {
        String text = step.text().fill(notes.variables());
        String word = step.push() ? "push" : "dial";
        TestHandset.Call before = handset.call;
        if (before != null && !before.isOver()) {
            stray(
                    handset,
                    step.at(),
                    "the previous dialog is still open: " + engine.situation(before));
            return;
        }
        try {
            handset.open(farSide, step.push(), text);
            notes.said(handset, word, text);
        } catch (UnsendableText e) {
            stray(handset, step.at(), "this text cannot be sent: " + e.getMessage());
        }
    }

    /** Something that a handset sends; it may find the dialog over. */
    @FunctionalInterface
    private interface Sending {
        void send(Handset handset) throws DialogGoneException, UnsendableText;
    }

    private void send(TestHandset handset, Lines at, String word, String text, Sending sending) {
        try {
            if (handset.call().isOver()) {
                stray(handset, at, "'" + word + "' comes too late: the dialog is over");
                return;
            }
            sending.send(handset.call().handset());
            notes.said(handset, word, text);
        } catch (UnsendableText e) {
            stray(handset, at, "this text cannot be sent: " + e.getMessage());
        } catch (DialogGoneException e) {
            stray(handset, at, "'" + word + "' comes too late: the dialog is over");
        }
    }

    private void answer(TestHandset handset, Step.Answer step) {
        String word = step.release() ? "answer and release" : "answer";
        String text = step.text().fill(notes.variables());
        Screen open = open(handset, step.at(), word);
        if (open instanceof Screen.Notify) {
            stray(handset, step.at(), "the newest open screen is a notify, which takes no answer");
        } else if (open instanceof Screen.Menu menu) {
            send(
                    handset,
                    step.at(),
                    word,
                    text,
                    phone -> {
                        String sent = sent(handset, menu, text);
                        if (step.release()) {
                            phone.answerAndRelease(menu, sent);
                            handset.call().over();
                        } else {
                            phone.answer(menu, sent);
                        }
                        handset.call().answered(menu);
                    });
        }
    }

    /**
     * What is sent where a test says this: a recorded secret is asterisks, which are replaced by
     * one.
     */
    private String sent(TestHandset handset, Screen.Menu menu, String text) {
        return isSecret(handset, menu, text) && SecretDigits.isNeededFor(text)
                ? SecretDigits.of(text.length())
                : text;
    }

    private boolean isSecret(TestHandset handset, Screen menu, String answer) {
        TestHandset.Call call = handset.call();
        return engine.sending(call, call.positionOf(menu)).isSecret(answer);
    }

    /** Whether what this step would answer is a secret. */
    boolean answersInSecret(Step step) {
        TestHandset.Call call = handset.call;
        return call != null
                && switch (step) {
                    case Step.Answer it -> isSecret(call.open(), it.text().toString());
                    case Step.LateAnswer it -> isSecret(call.timedOut(), it.text().toString());
                    default -> false;
                };
    }

    private boolean isSecret(Optional<? extends Screen> answered, String answer) {
        return answered.filter(screen -> isSecret(handset, screen, answer)).isPresent();
    }

    private void answerLate(TestHandset handset, Step.LateAnswer step) {
        String text = step.text().fill(notes.variables());
        Optional<Screen.Menu> menu = handset.call().timedOut();
        if (menu.isEmpty()) {
            stray(
                    handset,
                    step.at(),
                    "there is no menu that timed out without an answer: "
                            + engine.situation(handset.call()));
            return;
        }
        send(
                handset,
                step.at(),
                "late answer",
                text,
                phone -> {
                    phone.answer(menu.get(), sent(handset, menu.get(), text));
                    handset.call().answered(menu.get());
                });
    }

    private void reject(TestHandset handset, Step.Reject step) {
        String word = step.release() ? "reject and release" : "reject";
        Screen open = open(handset, step.at(), word);
        if (open == null) {
            return;
        }
        send(
                handset,
                step.at(),
                word,
                String.valueOf(step.code()),
                phone -> {
                    if (step.release()) {
                        phone.rejectAndRelease(TestHandset.Call.invokeId(open), step.code());
                        handset.call().over();
                    } else {
                        phone.reject(TestHandset.Call.invokeId(open), step.code());
                    }
                    handset.call().answered(open);
                });
    }

    private void abandon(TestHandset handset, Lines at) {
        send(
                handset,
                at,
                "abandon",
                "",
                phone -> {
                    phone.abandon();
                    handset.call().over();
                });
    }

    private void release(TestHandset handset, Lines at) {
        send(
                handset,
                at,
                "release",
                "",
                phone -> {
                    phone.release();
                    handset.call().over();
                });
    }

    private void leaveOpen(TestHandset handset, Lines at) {
        if (handset.call().isOver()) {
            notes.fail(at, "there is nothing to leave open: the dialog is over");
        } else {
            handset.leftOpen = at;
        }
    }

    /** Says that a notify was shown, if there is one and the test has mentioned it. */
    private void acknowledge(TestHandset handset, Lines at) {
        TestHandset.Call call = handset.call;
        if (call == null || call.isOver() || call.position() + 1 < call.count()) {
            return;
        }
        if (call.open().orElse(null) instanceof Screen.Notify notify) {
            try {
                call.handset().acknowledge(notify);
                call.answered(notify);
            } catch (DialogGoneException e) {
                stray(handset, at, "the notify could not be acknowledged: the dialog is over");
            }
        }
    }

    private @Nullable Screen open(TestHandset handset, Lines at, String word) {
        Optional<Screen> open = handset.call().open();
        if (open.isEmpty() || handset.call().isOver()) {
            stray(
                    handset,
                    at,
                    "there is no screen for '" + word + "': " + engine.situation(handset.call()));
            return null;
        }
        return open.get();
    }

    private void stray(TestHandset handset, Lines at, String message) {
        notes.fail(at, message);
        handset.astray = true;
    }
}
