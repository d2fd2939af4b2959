package io.moondial.dialogtest.run;

import io.moondial.channel.DialogGoneException;
import io.moondial.channel.FarSide;
import io.moondial.dialogtest.language.Lines;
import io.moondial.dialogtest.language.StandIn;
import io.moondial.dialogtest.language.Step;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.text.UnsendableText;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What handsets do. */
final class Acting {
    private final FarSide network;
    private final World world;
    private final Notes notes;

    Acting(FarSide network, World world, Notes notes) {
        this.network = network;
        this.world = world;
        this.notes = notes;
    }

    void open(Actor actor, Step.Open step) {
        String text = step.text().fill(notes.variables());
        String word = step.push() ? "push" : "dial";
        Call before = actor.call;
        if (before != null && !before.isOver()) {
            stray(
                    actor,
                    step.at(),
                    "the dialog before is still open: " + Situation.of(world, before));
            return;
        }
        try {
            actor.open(network, step.push(), text);
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

    void answer(Actor actor, Step.Answer step) {
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

    /** What is sent where a test says this: a recorded secret is asterisks, which stand for one. */
    private String sent(Actor actor, Screen.Menu menu, String text) {
        return isSecret(actor, menu) && StandIn.isNeededFor(text)
                ? StandIn.of(text.length())
                : text;
    }

    private boolean isSecret(Actor actor, Screen menu) {
        Call call = actor.call();
        return world.secrecyOf(call, call.positionOf(menu)).ofAnswer();
    }

    /** Whether this step would answer a secret menu. */
    boolean answersInSecret(Actor actor, Step step) {
        Call call = actor.call;
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

    void answerLate(Actor actor, Step.LateAnswer step) {
        String text = step.text().fill(notes.variables());
        Optional<Screen.Menu> menu = actor.call().timedOut();
        if (menu.isEmpty()) {
            stray(
                    actor,
                    step.at(),
                    "there is no menu that timed out without an answer: "
                            + Situation.of(world, actor.call()));
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

    void reject(Actor actor, Step.Reject step) {
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
                        handset.rejectAndRelease(Call.invokeId(open), step.code());
                        actor.call().over();
                    } else {
                        handset.reject(Call.invokeId(open), step.code());
                    }
                    actor.call().answered(open);
                });
    }

    void abandon(Actor actor, Lines at) {
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

    void release(Actor actor, Lines at) {
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

    /** Says that a notify was shown, where one is and the test has told of it. */
    void acknowledge(Actor actor, Lines at) {
        Call call = actor.call;
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
                    "there is no screen for '" + word + "': " + Situation.of(world, actor.call()));
            return null;
        }
        return open.get();
    }

    private void stray(Actor actor, Lines at, String message) {
        notes.fail(at, message);
        actor.astray = true;
    }
}
