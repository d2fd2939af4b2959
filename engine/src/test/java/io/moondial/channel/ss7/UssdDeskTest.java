package io.moondial.channel.ss7;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.channel.DialogDesk;
import io.moondial.channel.DialogLink;
import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.channel.Opening;
import io.moondial.channel.Opening.Party;
import io.moondial.channel.ss7.Message.Component;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.channel.ss7.MessageDesk.Begin;
import io.moondial.dialog.DialogKind;
import io.moondial.dialog.Incoming;
import io.moondial.dialog.Incoming.Part;
import io.moondial.dialog.Outgoing;
import io.moondial.metrics.Counters;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a dialog says as components, and what components say to a dialog. */
class UssdDeskTest {
    private static final int FIRST = 7;
    private static final UssdString TEXT = new UssdString(Dcs.UNSPECIFIED, new byte[] {0x31});

    private final List<Incoming> heard = new ArrayList<>();
    private final List<String> done = new ArrayList<>();
    private final List<Message> sent = new ArrayList<>();
    private final Counters counters = new Counters();
    private Map<String, Long> countedAtSending = Map.of();
    private @Nullable RuntimeException refusal;
    private Optional<String> undelivered = Optional.empty();
    private boolean gone;
    private MessageLink.Receiver below = message -> {};
    private DialogLink dialog = new Nobody();

    private static final class Nobody implements DialogLink {
        @Override
        public String localTid() {
            return "";
        }

        @Override
        public Optional<String> send(Outgoing message) {
            return Optional.empty();
        }

        @Override
        public void forget() {}
    }

    private final class Link implements MessageLink {
        @Override
        public String localTid() {
            return "0000000a";
        }

        @Override
        public Optional<String> send(Message message) throws DialogGoneException {
            if (refusal != null) {
                throw refusal;
            }
            if (gone) {
                throw new DialogGoneException("the far side was faster");
            }
            countedAtSending = counters.snapshot();
            sent.add(message);
            return undelivered;
        }

        @Override
        public void keepSecret(int invokeId) {
            done.add("keep the answer to invoke " + invokeId + " secret");
        }

        @Override
        public void hideTexts() {
            done.add("hide the text");
        }

        @Override
        public void forget() {
            done.add("forget");
        }
    }

    private final class Desk implements DialogDesk {
        @Override
        public DialogLink.Receiver begun(Opening opening, DialogLink link) {
            dialog = link;
            return heard::add;
        }

        @Override
        public void refused(Refusal refusal) {
            throw new AssertionError(refusal);
        }
    }

    @BeforeEach
    void dial() {
        begin(Operation.PROCESS_UNSTRUCTURED_SS_REQUEST, DialogKind.DIALLED);
    }

    private void begin(int operation, DialogKind kind) {
        Party party = new Party(1, 6, null, Party.ROUTE_ON_SSN);
        Opening opening =
                new Opening(
                        kind, TEXT, "1", null, null, null, party, party, "0000000a", "0b", null);
        below =
                new UssdDesk(new Desk(), counters)
                        .begun(new Begin(FIRST, operation, opening), new Link());
    }

    private void say(Outgoing message) throws DialogGoneException {
        assertThat(dialog.send(message)).isEmpty();
    }

    /** Asks, and gives the invoke id of that. */
    private int ask(int screen) throws DialogGoneException {
        say(new Outgoing.Ask(screen, TEXT, false, false));
        Message.Continue message = (Message.Continue) sent.getLast();
        return ((Component.Invoke) message.components().getFirst()).invokeId();
    }

    private List<Part> arrives(Component... components) {
        below.arrived(new Message.Continue(List.of(components)));
        return ((Incoming.Continued) heard.getLast()).parts();
    }

    private static Component result(int invokeId) {
        return new Component.Result(invokeId, Operation.UNSTRUCTURED_SS_REQUEST, TEXT);
    }

    @Test
    void what_ends_a_dialog_answers_the_invoke_that_began_it() throws Exception {
        say(new Outgoing.Finish(TEXT, true));
        say(new Outgoing.Refuse(36));
        say(new Outgoing.End());
        say(new Outgoing.Abort("why"));
        begin(Operation.UNSTRUCTURED_SS_NOTIFY, DialogKind.NOTIFIED);
        say(new Outgoing.Acknowledge());
        assertThat(sent)
                .containsExactly(
                        new Message.End(List.of(new Component.Result(FIRST, 59, TEXT))),
                        new Message.End(List.of(new Component.ErrorReturned(FIRST, 36))),
                        new Message.End(List.of()),
                        new Message.Abort("why"),
                        new Message.End(List.of(new Component.Result(FIRST, 61, null))));
        assertThat(done).containsExactly("hide the text");
    }

    @Test
    void an_error_counts_once_it_is_sent() throws Exception {
        gone = true;
        assertThatThrownBy(() -> dialog.send(new Outgoing.Refuse(34)))
                .isInstanceOf(DialogGoneException.class);
        gone = false;
        undelivered = Optional.of("no link");
        assertThat(dialog.send(new Outgoing.Refuse(34))).contains("no link");
        assertThat(counters.snapshot()).isEmpty();
        undelivered = Optional.empty();
        say(new Outgoing.Refuse(34));
        assertThat(countedAtSending).isEmpty();
        assertThat(counters.snapshot()).containsExactly(Map.entry("map.errors.process.34", 1L));
    }

    @Test
    void a_screen_is_an_invoke_and_its_answer_names_the_screen() throws Exception {
        say(new Outgoing.Ask(1, TEXT, true, true));
        assertThat(done).containsExactly("keep the answer to invoke 1 secret", "hide the text");
        assertThat(arrives(result(1))).containsExactly(new Part.Answered(1, TEXT));
        say(new Outgoing.Show(2, TEXT, false));
        assertThat(sent.getLast())
                .isEqualTo(new Message.Continue(List.of(new Component.Invoke(2, 61, TEXT))));
        assertThat(arrives(new Component.Result(2, 61, null)))
                .containsExactly(new Part.Acknowledged(2));
        assertThat(ask(3)).isEqualTo(3);
        assertThat(arrives(new Component.ErrorReturned(3, 27)))
                .containsExactly(new Part.Errored(3, 27));
    }

    @Test
    void each_answer_is_told_once_whether_early_or_late() throws Exception {
        ask(1);
        ask(2);
        ask(3);
        assertThat(arrives(result(2), result(2)))
                .containsExactly(
                        new Part.Answered(2, TEXT),
                        new Part.Stray("ignored a result of invoke 2, which is not awaited"));
        assertThat(arrives(result(1), new Component.ErrorReturned(2, 27), result(3)))
                .containsExactly(
                        new Part.Answered(1, TEXT),
                        new Part.Stray("ignored an error for invoke 2, which is not awaited"),
                        new Part.Answered(3, TEXT));
    }

    @Test
    void what_cannot_be_used_is_said_as_records_have_it() throws Exception {
        ask(1);
        assertThat(
                        arrives(
                                new Component.Result(1, 61, null),
                                new Component.Rejected(1, "mistyped parameter"),
                                new Component.Undecodable(1, 60, "no BER"),
                                new Component.Invoke(5, 60, TEXT),
                                new Component.UnknownInvoke(9, "unrecognized")))
                .containsExactly(
                        new Part.Unusable(
                                "Received unsupported ReturnResult operation code 61 on USSD transaction."),
                        new Part.Unusable(
                                "Received Reject of invoke 1 on USSD transaction: mistyped parameter."),
                        new Part.Unusable(
                                "Received a component of unstructuredSS-Request that cannot be decoded: no BER"),
                        new Part.Unusable(
                                "Received unsupported Invoke operation code 60 on USSD transaction."),
                        new Part.Stray(
                                "rejected a component for invoke 9, which was never sent or is answered: unrecognized"));
    }

    @Test
    void the_end_of_the_far_side_is_told_with_what_came_in_it() throws Exception {
        ask(1);
        below.arrived(new Message.End(List.of(result(1))));
        below.arrived(new Message.End(List.of()));
        below.arrived(new Message.Abort("TC-U-ABORT"));
        assertThat(heard)
                .containsExactly(
                        new Incoming.Ended(List.of(new Part.Answered(1, TEXT))),
                        new Incoming.Ended(List.of()),
                        new Incoming.Aborted(Incoming.Aborted.Cause.USER, "TC-U-ABORT"));
    }

    @Test
    void an_invoke_id_is_not_used_again_while_an_answer_is_possible() throws Exception {
        for (int screen = 1; screen <= 127; screen++) {
            assertThat(ask(screen)).isEqualTo(screen);
        }
        assertThatThrownBy(() -> ask(128)).isInstanceOf(IllegalStateException.class);
        arrives(result(64));
        assertThat(ask(128)).isEqualTo(64);
        assertThat(arrives(result(64))).containsExactly(new Part.Answered(128, TEXT));
    }

    @Test
    void what_was_not_sent_awaits_nothing() throws Exception {
        refusal = new IllegalStateException("no route");
        assertThatThrownBy(() -> ask(1)).hasMessage("no route");
        refusal = null;
        assertThat(ask(1)).isEqualTo(2);
        assertThat(arrives(result(1)).getFirst()).isInstanceOf(Part.Stray.class);
    }
}
