package io.starhash.cli;

import io.starhash.handset.Handset;
import io.starhash.handset.Screen;
import io.starhash.network.DialogGoneException;
import io.starhash.text.UnsendableText;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;

/** One dialog as a person at the handset lives it. */
final class Conversation {
    /** Longer than any script may take: what has not come by then never will. */
    private static final Duration PATIENCE = Duration.ofHours(13);

    private final Handset handset;
    private final Answers answers;
    private final ScreenPrinter printer;
    private final PrintWriter err;

    Conversation(Handset handset, Answers answers, ScreenPrinter printer, PrintWriter err) {
        this.handset = handset;
        this.answers = answers;
        this.printer = printer;
        this.err = err;
    }

    /** Goes on until the dialog is over; the result is the exit code. */
    int hold() throws InterruptedException {
        while (true) {
            Screen screen = handset.next(PATIENCE);
            if (screen == null) {
                err.println("ussd: no screen came within " + PATIENCE);
                return ExitCode.FAILED;
            }
            printer.screen(screen);
            switch (screen) {
                case Screen.Menu menu -> {
                    if (!answer(menu)) {
                        return ExitCode.FAILED;
                    }
                }
                case Screen.Notify notify -> acknowledge(notify);
                case Screen.Reject r -> {}
                case Screen.Abort a -> {
                    return ExitCode.FAILED;
                }
                case Screen.Respond r -> {
                    return ExitCode.GOOD;
                }
                case Screen.Decline d -> {
                    return ExitCode.GOOD;
                }
                case Screen.Acknowledge a -> {
                    return ExitCode.GOOD;
                }
                case Screen.Close c -> {
                    return ExitCode.GOOD;
                }
            }
        }
    }

    /** Answers as long as what is typed cannot be sent; false where the handset gave up. */
    private boolean answer(Screen.Menu menu) {
        while (true) {
            Optional<String> answer = ask();
            try {
                if (answer.isEmpty()) {
                    err.println("ussd: no more answers: the handset gives up");
                    handset.abandon();
                    return false;
                }
                handset.answer(menu, answer.get());
                return true;
            } catch (UnsendableText e) {
                err.println("ussd: this answer cannot be sent: " + e.getMessage());
            } catch (DialogGoneException e) {
                // What ended the dialog meanwhile is the next screen.
                return answer.isPresent();
            }
        }
    }

    private Optional<String> ask() {
        if (answers.typedNext()) {
            printer.prompt();
            return answers.next();
        }
        Optional<String> answer = answers.next();
        answer.ifPresent(printer::answer);
        return answer;
    }

    private void acknowledge(Screen.Notify notify) {
        try {
            handset.acknowledge(notify);
        } catch (DialogGoneException e) {
            // What ended the dialog meanwhile is the next screen.
            return;
        }
    }
}
