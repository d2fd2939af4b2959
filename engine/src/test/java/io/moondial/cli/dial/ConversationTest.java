package io.moondial.cli.dial;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.Message;
import io.moondial.channel.ss7.Message.Component;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.channel.ss7.MessageLink;
import io.moondial.cli.ExitCode;
import io.moondial.handset.Screen;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConversationTest {
    private static final int MENU = 1;
    private static final int DIALLED = 1;

    private final StringWriter out = new StringWriter();

    /** An engine that asks once and then responds. */
    private static final class OneMenu implements FarSide, MessageLink {
        private final UssdString question = encode("Yes or no?");
        private final UssdString goodbye = encode("Bye");
        private Receiver handset = message -> {};

        private static UssdString encode(String text) {
            try {
                return UssdString.encode(text, Dcs.UNSPECIFIED);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public MessageLink begin(Call call, Receiver receiver) {
            handset = receiver;
            receiver.arrived(
                    new Message.Continue(
                            List.of(
                                    new Component.Invoke(
                                            MENU, Operation.UNSTRUCTURED_SS_REQUEST, question))));
            return this;
        }

        @Override
        public Optional<String> send(Message message) {
            handset.arrived(
                    new Message.End(
                            List.of(
                                    new Component.Result(
                                            DIALLED,
                                            Operation.PROCESS_UNSTRUCTURED_SS_REQUEST,
                                            goodbye))));
            return Optional.empty();
        }

        @Override
        public void locate(@Nullable Locator locator) {}

        @Override
        public void receive(@Nullable Taker taker) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int openHandsetDialogs() {
            return 0;
        }

        @Override
        public String localTid() {
            return "00000001";
        }

        @Override
        public void keepSecret(int invokeId) {}

        @Override
        public void forget() {}
    }

    private String held(List<String> given, String typed, boolean atTerminal) throws Exception {
        PrintWriter printer = new PrintWriter(out);
        FarSide.Call call =
                new FarSide.Call(
                        Operation.PROCESS_UNSTRUCTURED_SS_REQUEST,
                        UssdString.encode("*1#", Dcs.UNSPECIFIED),
                        null,
                        null,
                        null,
                        6);
        Conversation.Answers answers =
                new Conversation.Answers(
                        given,
                        new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8)),
                        atTerminal);
        new Conversation(
                        eyes -> Conversation.line(new OneMenu(), call, eyes),
                        answers,
                        Conversation.ScreenPrinter.to(printer, false),
                        new DialRecorder(null, List.of(), false, "*1#"),
                        printer)
                .hold();
        printer.flush();
        return out.toString();
    }

    @Test
    void an_answer_of_the_command_line_is_shown() throws Exception {
        assertThat(held(List.of("yes"), "", true))
                .isEqualTo("menu Yes or no?\nanswer yes\nrespond Bye\n");
    }

    @Test
    void an_answer_that_is_piped_in_is_shown() throws Exception {
        assertThat(held(List.of(), "yes\n", false))
                .isEqualTo("menu Yes or no?\nanswer yes\nrespond Bye\n");
    }

    @Test
    void an_answer_that_somebody_types_is_asked_for_and_not_shown_a_second_time() throws Exception {
        // The terminal itself shows what is typed behind the prompt, and the end of its line.
        assertThat(held(List.of(), "yes\n", true))
                .isEqualTo("menu Yes or no?\nanswer respond Bye\n");
    }

    @Test
    void an_engine_that_never_answers_is_not_waited_for_without_end() throws Exception {
        StringWriter err = new StringWriter();
        List<String> done = new ArrayList<>();
        Conversation.Line nobody =
                new Conversation.Line() {
                    @Override
                    public void answer(Screen.Menu menu, String text) {
                        done.add("answer " + text);
                    }

                    @Override
                    public void acknowledge(Screen.Notify notify) {
                        done.add("acknowledge");
                    }

                    @Override
                    public void abandon() {
                        done.add("abandon");
                    }
                };
        assertThat(silent(eyes -> nobody, err)).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString())
                .contains("ussd: the engine said nothing to what was dialled within 0 s")
                .contains("--answer-timeout", "--ssn");
        err.getBuffer().setLength(0);
        assertThat(
                        silent(
                                eyes -> {
                                    eyes.accept(new Screen.Menu(MENU, "Yes or no?"));
                                    return nobody;
                                },
                                err))
                .isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains("said nothing to the last answer within 0 s");
        assertThat(done).containsExactly("abandon", "answer yes", "abandon");
    }

    private int silent(Function<Consumer<Screen>, Conversation.Line> dials, StringWriter err)
            throws InterruptedException {
        return new Conversation(
                        dials,
                        new Conversation.Answers(
                                List.of("yes"), new ByteArrayInputStream(new byte[0]), false),
                        Conversation.ScreenPrinter.to(new PrintWriter(out), false),
                        new DialRecorder(null, List.of(), false, "*1#"),
                        new PrintWriter(err, true))
                .hold(Duration.ofMillis(1));
    }
}
