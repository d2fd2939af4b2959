package io.moondial.cli.dial;

import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.channel.ss7.FarSide;
import io.moondial.cli.ExitCode;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.text.Mask;
import io.moondial.text.UssdString.UnsendableText;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One dialog as a person at the handset lives it: screens come when they come, and so do the
 * person's answers; what is typed answers the newest menu.
 */
final class Conversation {
    /** What a handset does. */
    interface Line {
        void answer(Screen.Menu menu, String text) throws UnsendableText, DialogGoneException;

        void acknowledge(Screen.Notify notify) throws DialogGoneException;

        void abandon() throws DialogGoneException;
    }

    /** What follows a conversation, and knows which answers are secret. */
    interface Listener {
        /** A screen has come. */
        void came(Screen screen);

        /** The newest menu was answered. */
        void answered(String answer);

        /** The handset has given up. */
        void gaveUp();

        /** Whether this answer to the newest menu is secret. */
        boolean isSecret(String answer);
    }

    private static final Duration NEVER = Duration.ofDays(366);
    private static final String DIALLED = "what was dialled";

    private final BlockingQueue<Happening> happenings = new LinkedBlockingQueue<>();
    private final Answers answers;
    private final ScreenPrinter printer;
    private final Listener recorder;
    private final PrintWriter err;
    private final Line handset;
    private Screen.@Nullable Menu open;
    private @Nullable Happening first;
    private boolean asked;
    private boolean typed;

    /** What the engine is to say something to. */
    private String said = DIALLED;

    private sealed interface Happening {
        record Came(Screen screen) implements Happening {}

        /** Empty: there are no more answers. */
        record Said(Optional<String> answer) implements Happening {}
    }

    Conversation(
            Function<Consumer<Screen>, Line> dials,
            Answers answers,
            ScreenPrinter printer,
            Listener recorder,
            PrintWriter err) {
        this.answers = answers;
        this.printer = printer;
        this.recorder = recorder;
        this.err = err;
        this.handset = dials.apply(screen -> happenings.add(new Happening.Came(screen)));
    }

    /** A handset of a network. */
    static Line line(FarSide network, FarSide.Call call, Consumer<Screen> eyes) {
        return line(Handset.begin(network, call, eyes), () -> {});
    }

    /**
     * A handset in a dialog.
     *
     * @param gaveUp called when it has given up
     */
    static Line line(Handset handset, Runnable gaveUp) {
        return new Line() {
            @Override
            public void answer(Screen.Menu menu, String text)
                    throws UnsendableText, DialogGoneException {
                handset.answer(menu, text);
            }

            @Override
            public void acknowledge(Screen.Notify notify) throws DialogGoneException {
                handset.acknowledge(notify);
            }

            @Override
            public void abandon() throws DialogGoneException {
                handset.abandon();
                gaveUp.run();
            }
        };
    }

    /** Waits for its first screen; false: none has come within this time. */
    boolean awaitFirst(Duration longest) throws InterruptedException {
        first = happenings.poll(longest.toNanos(), TimeUnit.NANOSECONDS);
        return first != null;
    }

    /** Goes on until the dialog is over; the result is the exit code. */
    int hold() throws InterruptedException {
        return hold(NEVER);
    }

    /**
     * The same, unless the engine says nothing for this long while it is its turn: then the handset
     * gives up. Whoever types an answer has all the time.
     */
    int hold(Duration longest) throws InterruptedException {
        while (true) {
            Happening next = first == null ? next(longest) : first;
            if (next == null) {
                err.println(
                        "ussd: the engine said nothing to %s within %d s (--answer-timeout): the handset gives up%s"
                                .formatted(
                                        said,
                                        longest.toSeconds(),
                                        said.equals(DIALLED)
                                                ? "; do --ssn, the point codes and --engine-gt fit its rules, and does its log have the dialog?"
                                                : ""));
                abandon();
                return ExitCode.FAILED;
            }
            first = null;
            switch (next) {
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

    /** Null: the engine has said nothing for this long, though it was its turn. */
    private @Nullable Happening next(Duration longest) throws InterruptedException {
        return asked ? happenings.take() : happenings.poll(longest.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Gives up, if there is still something to give up. */
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
                said = "the acknowledgement of its notify";
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

    /** False if the handset gave up. */
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
            said = "the last answer";
            recorder.answered(answer.get());
            if (!typed) {
                printer.answer(
                        recorder.isSecret(answer.get()) ? Mask.of(answer.get()) : answer.get());
            }
        } catch (UnsendableText e) {
            err.println("ussd: this answer cannot be sent: " + e.getMessage());
            ask();
        } catch (DialogGoneException e) {
            err.println("ussd: the dialog ended before this answer");
        }
        return true;
    }

    /**
     * What the person at the handset answers: from the command line first, then line by line from
     * the input.
     */
    static final class Answers {
        private static final Logger log = LoggerFactory.getLogger(Answers.class);

        private final Deque<String> given;
        private final BufferedReader input;
        private final boolean atTerminal;

        /**
         * Answers that are still to be given.
         *
         * @param given those of the command line
         * @param input where more come from, a line each
         * @param atTerminal whether somebody types there, who sees it while typing
         */
        Answers(List<String> given, InputStream input, boolean atTerminal) {
            this.given = new ArrayDeque<>(given);
            this.input = new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8));
            this.atTerminal = atTerminal;
        }

        /** Whether the next answer is typed by somebody who sees it while typing. */
        boolean typedNext() {
            return given.isEmpty() && atTerminal;
        }

        /**
         * Hands over the next answer once there is one, empty once there are no more; the caller
         * does not wait.
         */
        void next(Consumer<Optional<String>> taker) {
            if (given.isEmpty()) {
                // The process may end while nobody has typed anything.
                Thread.ofPlatform().daemon().name("input").start(() -> taker.accept(line()));
            } else {
                taker.accept(Optional.of(given.removeFirst()));
            }
        }

        private Optional<String> line() {
            try {
                return Optional.ofNullable(input.readLine());
            } catch (IOException e) {
                log.warn("the standard input cannot be read: no more answers come from it", e);
                return Optional.empty();
            }
        }

        /** The answers of the command line that nobody asked for. */
        Optional<String> unused() {
            return given.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", given));
        }
    }

    /** How the conversation is shown. */
    sealed interface ScreenPrinter {
        static ScreenPrinter to(PrintWriter out, boolean json) {
            return json ? new JsonScreens(out) : new PlainScreens(out);
        }

        /** A screen has come. */
        void screen(Screen screen);

        /** Somebody is about to type an answer. */
        void prompt();

        /** An answer that nobody saw being typed. */
        void answer(String text);

        /** The conversation as JSON, an object a line; answers are not shown. */
        final class JsonScreens implements ScreenPrinter {
            private final JsonMapper json = new JsonMapper();
            private final PrintWriter out;

            JsonScreens(PrintWriter out) {
                this.out = out;
            }

            @Override
            public void screen(Screen screen) {
                ObjectNode object = json.createObjectNode();
                object.put("kind", screen.word());
                switch (screen) {
                    case Screen.Menu(int id, String text) -> object.put("text", text);
                    case Screen.Notify(int id, String text) -> object.put("text", text);
                    case Screen.Respond(String text) -> object.put("text", text);
                    case Screen.Decline(int code) -> object.put("code", code);
                    case Screen.Abort(String reason) -> object.put("reason", reason);
                    case Screen.Reject(String problem) -> object.put("problem", problem);
                    case Screen.Acknowledge a -> {}
                    case Screen.Close c -> {}
                }
                out.println(json.writeValueAsString(object));
            }

            @Override
            public void prompt() {
                // Whoever reads JSON is a program.
            }

            @Override
            public void answer(String text) {
                // It is a program's own.
            }
        }

        /**
         * The conversation in the words of the dialog tests: a word for each screen, its text
         * beside it.
         */
        final class PlainScreens implements ScreenPrinter {
            private final PrintWriter out;

            PlainScreens(PrintWriter out) {
                this.out = out;
            }

            @Override
            public void screen(Screen screen) {
                String text =
                        switch (screen) {
                            case Screen.Menu(int id, String menu) -> menu;
                            case Screen.Notify(int id, String notify) -> notify;
                            case Screen.Respond(String respond) -> respond;
                            case Screen.Decline(int code) -> String.valueOf(code);
                            case Screen.Acknowledge a -> "";
                            case Screen.Close c -> "";
                            case Screen.Abort(String reason) -> reason;
                            case Screen.Reject(String problem) -> problem;
                        };
                print(screen.word(), text);
            }

            @Override
            public void prompt() {
                out.print("answer ");
                out.flush();
            }

            @Override
            public void answer(String text) {
                print("answer", text);
            }

            private void print(String word, String text) {
                String indent = "\n" + " ".repeat(word.length() + 1);
                out.println((word + " " + text.replace("\n", indent)).stripTrailing());
            }
        }
    }
}
