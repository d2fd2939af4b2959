package io.moondial.cli;

import io.moondial.channel.DialogGoneException;
import io.moondial.channel.FarSide;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.text.Mask;
import io.moondial.text.UnsendableText;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * One dialog as a person at the handset lives it: screens come when they come, and so do the
 * person's answers; what is typed answers the newest menu.
 */
final class Conversation {
    private final BlockingQueue<Happening> happenings = new LinkedBlockingQueue<>();
    private final Answers answers;
    private final ScreenPrinter printer;
    private final DialRecorder recorder;
    private final PrintWriter err;
    private final Handset handset;
    private Screen.@Nullable Menu open;
    private boolean asked;
    private boolean typed;

    private sealed interface Happening {
        record Came(Screen screen) implements Happening {}

        /** Empty: there are no more answers. */
        record Said(Optional<String> answer) implements Happening {}
    }

    Conversation(
            FarSide network,
            FarSide.Call call,
            Answers answers,
            ScreenPrinter printer,
            DialRecorder recorder,
            PrintWriter err) {
        this.answers = answers;
        this.printer = printer;
        this.recorder = recorder;
        this.err = err;
        this.handset =
                Handset.begin(network, call, screen -> happenings.add(new Happening.Came(screen)));
    }

    /** Goes on until the dialog is over; the result is the exit code. */
    int hold() throws InterruptedException {
        while (true) {
            switch (happenings.take()) {
                case Happening.Came(Screen screen) -> {
                    printer.screen(screen);
                    recorder.came(screen);
                    if (screen.isLast()) {
                        return screen instanceof Screen.Abort ? ExitCode.FAILED : ExitCode.GOOD;
                    }
                    react(screen);
                }
                case Happening.Said(Optional<String> answer) -> {
                    asked = false;
                    if (!say(answer)) {
                        return ExitCode.FAILED;
                    }
                }
            }
        }
    }

    /** Gives up, where there is still something to give up. */
    void abandon() {
        try {
            handset.abandon();
        } catch (DialogGoneException e) {
            err.println("ussd: the dialog had ended already");
        }
    }

    private void react(Screen screen) {
        if (screen instanceof Screen.Menu menu) {
            open = menu;
            ask();
        } else if (screen instanceof Screen.Notify notify) {
            try {
                handset.acknowledge(notify);
            } catch (DialogGoneException e) {
                err.println("ussd: the dialog ended before the notify could be acknowledged");
            }
        }
    }

    /** Asks for the next answer, unless that is being done already. */
    private void ask() {
        typed = answers.typedNext();
        if (typed) {
            printer.prompt();
        }
        if (!asked) {
            asked = true;
            answers.next(answer -> happenings.add(new Happening.Said(answer)));
        }
    }

    /** False where the handset gave up. */
    private boolean say(Optional<String> answer) {
        Screen.Menu menu = open;
        if (menu == null) {
            throw new IllegalStateException("an answer without a menu: nobody asked for it");
        }
        try {
            if (answer.isEmpty()) {
                handset.abandon();
                recorder.gaveUp();
                err.println("ussd: no more answers: the handset gives up");
                return false;
            }
            handset.answer(menu, answer.get());
            recorder.answered(answer.get());
            if (!typed) {
                printer.answer(recorder.asksForSecret() ? Mask.of(answer.get()) : answer.get());
            }
        } catch (UnsendableText e) {
            err.println("ussd: this answer cannot be sent: " + e.getMessage());
            ask();
        } catch (DialogGoneException e) {
            err.println("ussd: the dialog ended before this answer");
        }
        return true;
    }
}
