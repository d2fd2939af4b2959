package io.moondial.dialog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.dialog.FarDialog.Outcome;
import io.moondial.dialog.FarDialog.Turn;
import io.moondial.dialog.FarDialog.Why;
import io.moondial.dialog.FarIncoming.Aborted;
import io.moondial.dialog.FarIncoming.Said;
import io.moondial.dialog.FarIncoming.Word;
import io.moondial.dialog.Incoming.Aborted.Cause;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whose turn it is in a dialog with another node, and what becomes of one that ignores that. */
class FarDialogTest {
    private static final UssdString ODD = new UssdString(Dcs.UCS2, new byte[3]);

    private static UssdString text(String text) throws Exception {
        return UssdString.encode(text, Dcs.UNSPECIFIED);
    }

    private static Said says(Word... words) {
        return new Said(List.of(words), false);
    }

    private static Said ends(Word... words) {
        return new Said(List.of(words), true);
    }

    private static Word.Shows menu(int id, String text) throws Exception {
        return new Word.Shows(id, true, text(text));
    }

    private static Outcome.Shown shown(Word.Shows screen) throws Exception {
        return new Outcome.Shown(
                screen.screen(), screen.asks(), screen.text(), screen.text().decode());
    }

    /** It is over: nothing of it can be said or heard. */
    private static void isOver(FarDialog dialog) throws Exception {
        assertThat(dialog.isOpen()).isFalse();
        for (FarIncoming late :
                List.of(
                        says(menu(9, "late")),
                        ends(),
                        new Aborted(Cause.USER, "late"),
                        says(new Word.Wrong("late")))) {
            assertThat(dialog.heard(late)).isEqualTo(new Turn(dialog, null, null));
        }
        assertThat(dialog.closed()).isEqualTo(new Turn(dialog, null, null));
        assertThat(dialog.timedOut("1s")).isEqualTo(new Turn(dialog, null, null));
        assertThatThrownBy(() -> dialog.answered(null, false))
                .isInstanceOf(IllegalStateException.class);
    }

    private static void isBroken(Turn turn, @Nullable FarOutgoing sent, Why why, String detail)
            throws Exception {
        assertThat(turn.send()).isEqualTo(sent);
        assertThat(turn.outcome()).isEqualTo(new Outcome.Broken(why, detail));
        assertThat(turn.next().untold()).isNull();
        isOver(turn.next());
    }

    private static FarDialog atMenu() throws Exception {
        return FarDialog.asked().heard(says(menu(1, "?"))).next();
    }

    @Test
    void the_node_and_the_caller_take_turns() throws Exception {
        Turn first = FarDialog.asked().heard(says(menu(7, "1. Balance")));
        assertThat(first.outcome()).isEqualTo(shown(menu(7, "1. Balance")));
        assertThat(first.send()).isNull();
        assertThat(first.next().screen()).isEqualTo(first.outcome());

        Turn answered = first.next().answered(text("1"), true);
        assertThat(answered.send()).isEqualTo(new FarOutgoing.Answer(7, text("1"), true));
        assertThat(answered.outcome()).isNull();
        assertThat(answered.next().screen()).isNull();

        Word.Shows notify = new Word.Shows(8, false, text("Wait"));
        Turn second = answered.next().heard(says(notify));
        assertThat(second.outcome()).isEqualTo(shown(notify));
        Turn acknowledged = second.next().answered(null, false);
        assertThat(acknowledged.send()).isEqualTo(new FarOutgoing.Acknowledge(8));

        Turn last = acknowledged.next().heard(ends(new Word.Finishes(text("Bye"))));
        assertThat(last.outcome()).isEqualTo(new Outcome.Finished(text("Bye"), "Bye"));
        assertThat(last.send()).isNull();
        isOver(last.next());
    }

    @Test
    void a_screen_is_answered_with_an_error() throws Exception {
        Turn failed = atMenu().failed(72);
        assertThat(failed.send()).isEqualTo(new FarOutgoing.Fail(1, true, 72));
        assertThat(failed.next().heard(ends(new Word.Fails(34))).outcome())
                .isEqualTo(new Outcome.Errored(34));
    }

    @Test
    void a_node_that_goes_on_after_its_last_word_is_broken_off() throws Exception {
        Turn last = FarDialog.asked().heard(says(new Word.Finishes(null)));
        assertThat(last.outcome()).isEqualTo(new Outcome.Finished(null, ""));
        assertThat(last.send()).isEqualTo(new FarOutgoing.Abort("final"));
        isOver(last.next());
        assertThat(FarDialog.asked().heard(says(new Word.Fails(36))).send())
                .isEqualTo(new FarOutgoing.Abort("error"));
    }

    @Test
    void an_end_without_a_word() throws Exception {
        isBroken(
                FarDialog.asked().heard(ends()), null, Why.CLOSED, "the node has ended the dialog");
    }

    @ParameterizedTest
    @CsvSource({
        "USER,ABORT",
        "PROVIDER,ABORT",
        "ENGINE,ABORT",
        "REFUSED,REFUSED",
        "UNDELIVERED,UNREACHABLE",
        "UNANSWERED,TIMEOUT"
    })
    void an_abort_by_its_cause(Cause cause, Why why) throws Exception {
        isBroken(FarDialog.asked().heard(new Aborted(cause, "so")), null, why, "so");
    }

    @Test
    void silence() throws Exception {
        isBroken(
                FarDialog.asked().timedOut("30s"),
                new FarOutgoing.Abort("timeout"),
                Why.TIMEOUT,
                "nothing came within 30s");
        FarDialog answering = atMenu();
        assertThat(answering.timedOut("30s")).isEqualTo(new Turn(answering, null, null));
    }

    @Test
    void what_no_node_says() throws Exception {
        FarOutgoing abort = new FarOutgoing.Abort("protocol");
        isBroken(
                FarDialog.asked().heard(says(menu(1, "a"), menu(2, "b"))),
                abort,
                Why.PROTOCOL,
                "two components at once");
        isBroken(
                FarDialog.asked().heard(says(new Word.Wrong("an Invoke of operation 7"))),
                abort,
                Why.PROTOCOL,
                "an Invoke of operation 7");
        isBroken(
                FarDialog.asked().heard(ends(menu(1, "a"))),
                null,
                Why.PROTOCOL,
                "a screen in the message that ends the dialog");
        for (UssdString empty :
                List.of(
                        new UssdString(Dcs.UNSPECIFIED, new byte[0]),
                        new UssdString(Dcs.UCS2, new byte[0]),
                        new UssdString(new Dcs(17), new byte[] {'s', 'w'}))) {
            for (boolean asks : List.of(true, false)) {
                isBroken(
                        FarDialog.asked().heard(says(new Word.Shows(1, asks, empty))),
                        abort,
                        Why.PROTOCOL,
                        "a screen without a text");
            }
        }
        isBroken(
                FarDialog.asked().heard(says(new Word.Rejects("mistyped component"))),
                new FarOutgoing.Abort("refused"),
                Why.REFUSED,
                "the node rejects it: mistyped component");
    }

    @Test
    void a_text_that_cannot_be_read() throws Exception {
        String why =
                "a USSD string under data coding scheme 72 (UCS2 text) has 3 octets, an odd number";
        isBroken(
                FarDialog.asked().heard(says(new Word.Shows(1, true, ODD))),
                new FarOutgoing.Abort("undecodable"),
                Why.UNDECODABLE,
                why);
        isBroken(FarDialog.asked().heard(ends(new Word.Finishes(ODD))), null, Why.UNDECODABLE, why);
    }

    @Test
    void what_belongs_to_nothing_changes_nothing() throws Exception {
        FarDialog dialog = FarDialog.asked();
        Word stray = new Word.Stray("a result of nobody's");
        assertThat(dialog.heard(says(stray))).isEqualTo(new Turn(dialog, null, null));
        assertThat(dialog.heard(says())).isEqualTo(new Turn(dialog, null, null));
        assertThat(dialog.heard(says(stray, menu(1, "?"))).outcome())
                .isEqualTo(shown(menu(1, "?")));
    }

    private static void isUntold(Turn turn, @Nullable FarOutgoing sent, Outcome untold)
            throws Exception {
        assertThat(turn.send()).isEqualTo(sent);
        assertThat(turn.outcome()).isNull();
        assertThat(turn.next().untold()).isEqualTo(untold);
        assertThat(turn.next().told().untold()).isNull();
        isOver(turn.next().told());
    }

    @Test
    void a_node_that_does_not_wait_for_its_answer() throws Exception {
        isUntold(
                atMenu().heard(says(menu(2, "!"))),
                new FarOutgoing.Abort("protocol"),
                new Outcome.Broken(
                        Why.PROTOCOL, "more from the node before its screen was answered"));
        isUntold(
                atMenu().heard(new Aborted(Cause.USER, "so")),
                null,
                new Outcome.Broken(Why.ABORT, "so"));
        isUntold(
                atMenu().heard(ends()),
                null,
                new Outcome.Broken(
                        Why.CLOSED,
                        "the node has ended the dialog before its screen was answered"));
        isUntold(atMenu().heard(ends(new Word.Fails(34))), null, new Outcome.Errored(34));
        isUntold(
                atMenu().heard(ends(new Word.Finishes(text("Bye")))),
                null,
                new Outcome.Finished(text("Bye"), "Bye"));
        assertThat(atMenu().heard(says()).next().isOpen()).isTrue();
    }

    @Test
    void the_caller_breaks_it_off() throws Exception {
        Turn closed = atMenu().closed();
        assertThat(closed.send()).isEqualTo(new FarOutgoing.Abort("by the script"));
        assertThat(closed.outcome()).isNull();
        isOver(closed.next());
    }
}
