package io.moondial.dialog;

import static io.moondial.dialog.DialogBench.acknowledgement;
import static io.moondial.dialog.DialogBench.answer;
import static io.moondial.dialog.DialogBench.pushed;
import static io.moondial.dialog.DialogBench.textOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.dialog.DialogAction.Kill;
import io.moondial.dialog.DialogAction.Refuse;
import io.moondial.dialog.DialogAction.Reply;
import io.moondial.dialog.DialogEvent.Abort;
import io.moondial.dialog.DialogEvent.Close;
import io.moondial.dialog.DialogEvent.Decline;
import io.moondial.dialog.DialogEvent.Failed;
import io.moondial.dialog.DialogEvent.Menu;
import io.moondial.dialog.DialogEvent.Notify;
import io.moondial.dialog.DialogEvent.Respond;
import io.moondial.dialog.DialogEvent.Returned;
import io.moondial.dialog.DialogEvent.ScreenOptions;
import io.moondial.dialog.DialogEvent.Stopped;
import io.moondial.dialog.DialogEvent.TimerFired;
import io.moondial.dialog.DialogFact.Outcome;
import io.moondial.dialog.DialogSetup.OnError;
import io.moondial.dialog.Incoming.Aborted.Cause;
import io.moondial.dialog.Incoming.Part;
import io.moondial.dialog.PrimitiveResult.Abandon;
import io.moondial.dialog.PrimitiveResult.Done;
import io.moondial.dialog.PrimitiveResult.Input;
import io.moondial.dialog.PrimitiveResult.ReturnError;
import io.moondial.dialog.PrimitiveResult.Timeout;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Dialogs that we begin. */
class PushedDialogTest {
    private static final int FIRST = 1;
    private static final int SECOND = 2;
    private static final String ASKED = "USSD-REQUEST {DIRECTION=out, PUSH_ID=P-1, TEXT=Agreed?}";
    private static final String YES =
            "USSD-REQUEST-R {CONTROLLED=1, PUSH_ID=P-1, REASON=Input, TEXT=1}";
    private static final String THANKS = "USSD-NOTIFY {DIRECTION=out, PUSH_ID=P-1, TEXT=Thanks}";
    private static final String TAKEN = "USSD-NOTIFY-R {CONTROLLED=1, PUSH_ID=P-1}";
    private static final String ENDED = "USSD-END {DIRECTION=out, PUSH_ID=P-1}";

    private static DialogBench asked() {
        return pushed().menu("Agreed?");
    }

    private static DialogBench agreed() {
        return asked().begins(1).arrives(answer(FIRST, "1"));
    }

    private static DialogBench thanked() {
        return agreed().on(new Returned("Thanks"));
    }

    // ---- how it begins

    @Test
    void nothing_is_sent_and_recorded_before_the_first_screen() {
        var bench = pushed();
        assertThat(bench.sent).isEmpty();
        assertThat(bench.records).isEmpty();
        assertThat(bench.facts).containsExactly(new DialogFact.Begun());
        assertThat(bench.dialog.isOpen()).isTrue();
    }

    @Test
    void the_first_menu_is_in_what_begins_the_dialog_and_has_no_timer_here() {
        var bench = asked();
        assertThat(bench.sent).singleElement().isInstanceOf(Outgoing.Begin.class);
        var first = (Outgoing.Ask) ((Outgoing.Begin) bench.sent.getFirst()).first();
        assertThat(first.screen()).isEqualTo(FIRST);
        assertThat(textOf(first.text())).isEqualTo("Agreed?");
        assertThat(bench.answerWithin).isEqualTo(DialogBench.MENU_TIMEOUT);
        assertThat(bench.timer).isNull();
        assertThat(bench.settled).isNull();
        assertThat(bench.records).containsExactly(ASKED);
    }

    @Test
    void a_first_notify_waits_as_long_as_notifies_do() {
        var bench = pushed().notify("News");
        assertThat(((Outgoing.Begin) bench.sent.getFirst()).first())
                .isInstanceOf(Outgoing.Show.class);
        assertThat(bench.answerWithin).isEqualTo(DialogBench.NOTIFY_TIMEOUT);
    }

    @Test
    void a_screens_own_timeout_is_how_long_the_answer_may_take() {
        var options = new ScreenOptions(Duration.ofSeconds(5), null, false);
        assertThat(pushed().on(new Menu("?", options)).answerWithin)
                .isEqualTo(Duration.ofSeconds(5));
        assertThat(pushed().on(new Notify("!", options)).answerWithin)
                .isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void a_secret_first_menu_is_marked_in_what_begins_the_dialog() {
        var bench = pushed().on(new Menu("PIN?", new ScreenOptions(null, null, true, "***")));
        assertThat(bench.secretScreens).containsExactly(FIRST);
        assertThat(bench.hiddenTexts).isOne();
        assertThat(bench.records)
                .containsExactly("USSD-REQUEST {DIRECTION=out, PUSH_ID=P-1, TEXT=***}");
    }

    @Test
    void each_attempt_is_told_and_the_script_waits_on() {
        var bench = asked().begins(1).begins(2);
        assertThat(bench.facts)
                .contains(
                        new DialogFact.BegunTowards(1, "00000001"),
                        new DialogFact.BegunTowards(2, "00000002"));
        assertThat(bench.settled).isNull();
        assertThat(bench.records).containsExactly(ASKED);
    }

    @Test
    void the_answer_is_the_first_menus_result_and_the_dialog_is_like_any_other_then() {
        var bench = agreed();
        assertThat(bench.settled).isEqualTo(new Reply(new Input("1")));
        bench.menu("More?");
        assertThat(bench.sent.getLast()).isInstanceOf(Outgoing.Ask.class);
        assertThat(bench.timer).isEqualTo(SECOND);
        bench.on(new TimerFired(SECOND));
        assertThat(bench.settled).isEqualTo(new Reply(new Timeout()));
        bench.notify("Well");
        assertThat(bench.timer).isEqualTo(3);
        bench.arrives(acknowledgement(3)).on(new Returned(null));
        assertThat(bench.outcomes).containsExactly(new Outcome.Completed());
    }

    @Test
    void a_far_side_that_is_there_but_has_not_answered_yet_has_the_screens_time_from_then_on() {
        var bench = asked().begins(1).arrives();
        assertThat(bench.settled).isNull();
        assertThat(bench.timer).isEqualTo(FIRST);
        bench.on(new TimerFired(FIRST));
        assertThat(bench.settled).isEqualTo(new Reply(new Timeout()));
        bench.on(new Returned(null));
        assertThat(bench.sent.getLast()).isEqualTo(new Outgoing.End());
        assertThat(bench.outcomes).containsExactly(new Outcome.Unreached("no answer in time"));
    }

    @Test
    void a_timer_that_nobody_started_ends_no_beginning() {
        assertThat(asked().on(new TimerFired(FIRST)).settled).isNull();
    }

    // ---- how it does not begin

    @Test
    void nobody_answers() {
        var bench = asked().begins(1).aborts(Cause.UNANSWERED, "no answer");
        assertThat(bench.settled).isEqualTo(new Reply(new Timeout()));
        assertThat(bench.records)
                .containsExactly(ASKED, "USSD-REQUEST-R {PUSH_ID=P-1, REASON=Timeout}");
        assertThat(bench.outcomes).containsExactly(new Outcome.Unreached("no answer"));
        bench.menu("Again?");
        assertThat(bench.settled).isEqualTo(new Reply(new Abandon()));
        bench.on(new Returned("Bye"));
        assertThat(bench.sent).hasSize(1);
        assertThat(bench.outcomes).hasSize(1);
    }

    @Test
    void nobody_acknowledges_a_notify() {
        var bench = pushed().notify("Thanks").aborts(Cause.UNANSWERED, "no answer");
        assertThat(bench.settled).isEqualTo(new Reply(new Timeout()));
        assertThat(bench.records)
                .containsExactly(THANKS, "USSD-NOTIFY-R {PUSH_ID=P-1, REASON=Timeout}");
    }

    @ParameterizedTest
    @EnumSource(value = Cause.class, names = "UNANSWERED", mode = Mode.EXCLUDE)
    void it_is_broken_off_before_it_has_begun(Cause cause) {
        var bench = asked().aborts(cause, "so it was");
        assertThat(bench.settled).isEqualTo(new Reply(new Abandon()));
        assertThat(bench.records)
                .containsExactly(
                        ASKED,
                        "USSD-ABORT {DIRECTION=in, PUSH_ID=P-1}",
                        "USSD-REQUEST-R {PUSH_ID=P-1, REASON=Abandon}");
        assertThat(bench.outcomes).containsExactly(new Outcome.Unreached("so it was"));
    }

    @Test
    void an_error_at_its_end_is_the_first_screens_result_and_nobody_was_reached() {
        var bench = asked().begins(1).endsWith(new Part.Errored(FIRST, 72));
        assertThat(bench.settled).isEqualTo(new Reply(new ReturnError(72)));
        assertThat(bench.outcomes).containsExactly(new Outcome.Unreached("error 72"));
        assertThat(bench.records)
                .containsExactly(
                        ASKED, "USSD-REQUEST-E {CONTROLLED=0, ERROR_CODE=72, PUSH_ID=P-1}");
    }

    @Test
    void after_an_error_that_leaves_it_open_something_else_can_be_shown() {
        var bench = asked().arrives(new Part.Errored(FIRST, 34)).menu("Or this?");
        assertThat(bench.sent.getLast()).isInstanceOf(Outgoing.Ask.class);
        bench.arrives(new Part.Errored(SECOND, 36)).on(new Returned(null));
        assertThat(bench.outcomes).containsExactly(new Outcome.Unreached("error 36"));
    }

    @Test
    void it_can_be_called_off_while_the_script_has_shown_nothing() {
        var bench = pushed().aborts(Cause.ENGINE, "withdrawn");
        assertThat(bench.outcomes).containsExactly(new Outcome.Unreached("withdrawn"));
        assertThat(bench.menu("?").settled).isEqualTo(new Reply(new Abandon()));
        assertThat(bench.sent).isEmpty();
    }

    @Test
    void what_comes_before_anything_was_sent_is_none_of_ours() {
        var bench = pushed().arrives(answer(FIRST, "1")).endsWith().begins(1);
        assertThat(bench.notes).hasSize(3);
        assertThat(bench.outcomes).isEmpty();
        assertThat(bench.menu("?").sent).hasSize(1);
    }

    // ---- how it ends

    @Test
    void a_returned_text_is_a_last_notify_and_its_acknowledgement_the_end() {
        var bench = thanked();
        assertThat(bench.sent.getLast()).isInstanceOf(Outgoing.Show.class);
        assertThat(bench.timer).isEqualTo(SECOND);
        assertThat(bench.dialog.isLeaving()).isTrue();
        assertThat(bench.outcomes).isEmpty();
        bench.arrives(acknowledgement(SECOND));
        assertThat(bench.sent.getLast()).isEqualTo(new Outgoing.End());
        assertThat(bench.timer).isNull();
        assertThat(bench.records).containsExactly(ASKED, YES, THANKS, TAKEN, ENDED);
        assertThat(bench.outcomes).containsExactly(new Outcome.Completed());
        assertThat(bench.dialog.isLeaving()).isFalse();
        assertThat(bench.settled).isNull();
    }

    @Test
    void a_returned_text_begins_the_dialog_if_nothing_has() {
        var bench = pushed().on(new Returned("Thanks"));
        var begin = (Outgoing.Begin) bench.sent.getFirst();
        assertThat(begin.first()).isInstanceOf(Outgoing.Show.class);
        assertThat(begin.answerWithin()).isEqualTo(DialogBench.NOTIFY_TIMEOUT);
        assertThat(bench.timer).isNull();
        bench.begins(1).arrives(acknowledgement(FIRST));
        assertThat(bench.records).containsExactly(THANKS, TAKEN, ENDED);
        assertThat(bench.outcomes).containsExactly(new Outcome.Completed());
    }

    @Test
    void a_last_notify_that_begins_the_dialog_is_not_answered() {
        var bench = pushed().on(new Returned("Thanks")).aborts(Cause.UNANSWERED, "no answer");
        assertThat(bench.outcomes).containsExactly(new Outcome.Unreached("no answer"));
        assertThat(bench.settled).isNull();
        assertThat(bench.records)
                .containsExactly(THANKS, "USSD-NOTIFY-R {PUSH_ID=P-1, REASON=Timeout}");
    }

    @Test
    void a_secret_last_text_is_masked_and_hidden() {
        var bench = agreed().on(new Returned("4711", "****", "a text"));
        assertThat(bench.hiddenTexts).isOne();
        assertThat(bench.records.getLast())
                .isEqualTo("USSD-NOTIFY {DIRECTION=out, PUSH_ID=P-1, TEXT=****}");
    }

    @Test
    void a_last_notify_whose_time_runs_out_is_the_end_all_the_same() {
        var bench = thanked().on(new TimerFired(SECOND));
        assertThat(bench.sent.getLast()).isEqualTo(new Outgoing.End());
        assertThat(bench.outcomes).containsExactly(new Outcome.Abandoned("no answer in time"));
        assertThat(bench.records).endsWith("USSD-NOTIFY-R {PUSH_ID=P-1, REASON=Timeout}", ENDED);
    }

    @Test
    void a_last_notify_that_is_answered_with_an_error_is_the_end_all_the_same() {
        var bench = thanked().arrives(new Part.Errored(SECOND, 34));
        assertThat(bench.sent.getLast()).isEqualTo(new Outgoing.End());
        assertThat(bench.outcomes).containsExactly(new Outcome.Abandoned("error 34"));
        assertThat(bench.settled).isNull();
    }

    @Test
    void the_far_side_ends_with_the_acknowledgement_of_the_last_notify() {
        var bench = thanked().endsWith(acknowledgement(SECOND));
        assertThat(bench.sent.getLast()).isInstanceOf(Outgoing.Show.class);
        assertThat(bench.outcomes).containsExactly(new Outcome.Completed());
        assertThat(bench.records.getLast()).isEqualTo("USSD-NOTIFY-R {CONTROLLED=0, PUSH_ID=P-1}");
    }

    @Test
    void the_far_side_goes_while_the_last_notify_waits() {
        assertThat(thanked().endsWith().outcomes).containsExactly(new Outcome.Abandoned("TC-END"));
        assertThat(thanked().aborts().outcomes)
                .containsExactly(new Outcome.Abandoned("TC-U-ABORT"));
    }

    @Test
    void an_end_that_no_link_takes_changes_nothing_of_what_was_shown() {
        Dialog leaving = thanked().dialog;
        Dialog left = leaving.on(new Incoming.Continued(List.of(acknowledgement(SECOND)))).next();
        Dialog.Transition lost = left.on(new Incoming.Aborted(Cause.ENGINE, "lost"));
        assertThat(lost.actions()).contains(new DialogAction.Finish(new Outcome.Completed()));
        assertThat(lost.next().on(new DialogEvent.Left()).actions()).isEmpty();
    }

    @Test
    void nothing_returned_is_an_end_without_a_word() {
        var bench = agreed().on(new Returned(null));
        assertThat(bench.sent.getLast()).isEqualTo(new Outgoing.End());
        assertThat(bench.records).containsExactly(ASKED, YES, ENDED);
        assertThat(bench.outcomes).containsExactly(new Outcome.Completed());
        assertThat(bench.warnings).isEmpty();
    }

    @Test
    void an_end_without_an_answer_to_the_last_screen_is_no_completion() {
        var bench = agreed().menu("More?").on(new TimerFired(SECOND)).on(new Returned(null));
        assertThat(bench.sent.getLast()).isEqualTo(new Outgoing.End());
        assertThat(bench.outcomes).containsExactly(new Outcome.Abandoned("no answer in time"));

        bench = agreed().menu("More?").on(new TimerFired(SECOND));
        bench.arrives(answer(SECOND, "late")).on(new Close());
        assertThat(bench.outcomes).containsExactly(new Outcome.Abandoned("no answer in time"));
    }

    @Test
    void what_is_no_text_is_nothing_and_a_warning() {
        var bench = agreed().on(new Returned(null, null, "a table"));
        assertThat(bench.warnings)
                .containsExactly("returned a table, which is not a text: nothing more is shown");
        assertThat(bench.outcomes).containsExactly(new Outcome.Completed());
    }

    @Test
    void nothing_returned_without_anything_shown_sends_nothing() {
        var bench = pushed().on(new Returned(null));
        assertThat(bench.sent).isEmpty();
        assertThat(bench.records).isEmpty();
        assertThat(bench.outcomes).containsExactly(new Outcome.Unreached("nothing was shown"));
    }

    @Test
    void close_ends_it_or_sends_nothing() {
        var bench = agreed().on(new Close());
        assertThat(bench.settled).isEqualTo(new Reply(new Done()));
        assertThat(bench.sent.getLast()).isEqualTo(new Outgoing.End());
        assertThat(bench.outcomes).containsExactly(new Outcome.Completed());

        bench = pushed().on(new Close());
        assertThat(bench.settled).isEqualTo(new Reply(new Done()));
        assertThat(bench.sent).isEmpty();
        assertThat(bench.outcomes).containsExactly(new Outcome.Unreached("nothing was shown"));
        assertThat(bench.menu("?").settled).isInstanceOf(Refuse.class);
        assertThat(bench.on(new Returned("Bye")).warnings).hasSize(1);
    }

    @Test
    void abort_breaks_it_off_or_sends_nothing() {
        var bench = agreed().on(new Abort());
        assertThat(bench.sent.getLast()).isInstanceOf(Outgoing.Abort.class);
        assertThat(bench.outcomes).containsExactly(new Outcome.Aborted());

        bench = pushed().on(new Abort());
        assertThat(bench.sent).isEmpty();
        assertThat(bench.outcomes).containsExactly(new Outcome.Unreached("nothing was shown"));
    }

    @Test
    void there_is_nothing_to_respond_to_or_to_decline() {
        String instead =
                ": not in a pushed script, which may return a text as its last notify, or call"
                        + " ussd.menu, ussd.notify, ussd.close or ussd.abort";
        assertThat(pushed().on(new Respond("Bye")).settled)
                .isEqualTo(new Refuse("ussd.respond" + instead));
        assertThat(agreed().on(new Decline(36)).settled)
                .isEqualTo(new Refuse("ussd.decline" + instead));
    }

    @Test
    void the_far_side_ends_with_the_answer_and_that_was_all_that_was_asked() {
        var bench = asked().endsWith(answer(FIRST, "1"));
        assertThat(bench.settled).isEqualTo(new Reply(new Input("1")));
        assertThat(bench.dialog.isOpen()).isFalse();
        assertThat(bench.outcomes).isEmpty();
        assertThat(bench.on(new Returned(null)).outcomes).containsExactly(new Outcome.Completed());
        assertThat(bench.sent).hasSize(1);

        assertThat(asked().endsWith(answer(FIRST, "1")).on(new Close()).outcomes)
                .containsExactly(new Outcome.Completed());
    }

    @Test
    void the_far_side_ends_with_the_answer_and_the_script_has_more_to_show() {
        var bench = asked().endsWith(answer(FIRST, "1")).menu("More?");
        assertThat(bench.settled).isEqualTo(new Reply(new Abandon()));
        assertThat(bench.outcomes).containsExactly(new Outcome.Abandoned("TC-END"));
        assertThat(bench.on(new Returned("Thanks")).outcomes).hasSize(1);

        assertThat(asked().endsWith(answer(FIRST, "1")).on(new Returned("Thanks")).outcomes)
                .containsExactly(new Outcome.Abandoned("TC-END"));
    }

    @Test
    void a_script_that_fails_after_the_far_side_has_ended_has_failed() {
        var bench = asked().endsWith(answer(FIRST, "1")).on(new Failed("boom", true));
        assertThat(bench.outcomes).containsExactly(new Outcome.Failed("boom"));
        assertThat(bench.sent).hasSize(1);

        bench = asked().endsWith(answer(FIRST, "1")).on(new Stopped("the engine stops", false));
        assertThat(bench.menu("?").settled).isEqualTo(new Kill("the engine stops"));
        assertThat(bench.on(new Failed("main.lua: the engine stops", false)).outcomes)
                .containsExactly(new Outcome.Failed("main.lua: the engine stops"));
    }

    // ---- failures

    @ParameterizedTest
    @EnumSource(OnError.class)
    void a_script_that_fails_before_anything_was_sent_sends_nothing(OnError onError) {
        var bench = pushed(onError).on(new Failed("boom", true));
        assertThat(bench.sent).isEmpty();
        assertThat(bench.records).containsExactly("USSD-SHUTDOWN {EXCEPTION=boom, PUSH_ID=P-1}");
        assertThat(bench.outcomes).containsExactly(new Outcome.Failed("boom"));
    }

    @Test
    void a_script_that_fails_in_an_open_dialog_aborts_it() {
        var bench = agreed().on(new Failed("boom", true));
        assertThat(bench.sent.getLast()).isInstanceOf(Outgoing.Abort.class);
        assertThat(bench.outcomes).containsExactly(new Outcome.Failed("boom"));
    }

    @Test
    void with_on_error_message_the_error_message_is_a_last_notify() {
        var bench =
                pushed(OnError.MESSAGE)
                        .menu("Agreed?")
                        .arrives(answer(FIRST, "1"))
                        .on(new Failed("boom", true));
        assertThat(bench.dialog.isLeaving()).isTrue();
        assertThat(bench.timer).isEqualTo(SECOND);
        assertThat(bench.outcomes).isEmpty();
        bench.arrives(acknowledgement(SECOND));
        assertThat(bench.sent.getLast()).isEqualTo(new Outgoing.End());
        assertThat(bench.outcomes).containsExactly(new Outcome.Failed("boom"));
        assertThat(bench.records)
                .containsExactly(
                        ASKED,
                        YES,
                        "USSD-SHUTDOWN {EXCEPTION=boom, PUSH_ID=P-1}",
                        "USSD-NOTIFY {DIRECTION=out, PUSH_ID=P-1, TEXT=Service unavailable}",
                        TAKEN,
                        ENDED);
    }

    @Test
    void the_error_message_is_not_shown_where_nobody_has_answered_yet() {
        var bench = pushed(OnError.MESSAGE).menu("Agreed?").begins(1);
        bench.on(new Stopped("max_time", true));
        assertThat(bench.settled).isEqualTo(new Kill("max_time"));
        bench.on(new Failed("main.lua: max_time", true));
        assertThat(bench.sent.getLast()).isInstanceOf(Outgoing.Abort.class);
        assertThat(bench.outcomes).containsExactly(new Outcome.Failed("main.lua: max_time"));
    }

    @Test
    void a_text_that_cannot_be_sent_is_a_failure_of_the_script() {
        var bench = agreed().on(new Returned("x".repeat(200)));
        assertThat(bench.sent.getLast()).isInstanceOf(Outgoing.Abort.class);
        assertThat(bench.outcomes).singleElement().isInstanceOf(Outcome.Failed.class);
    }

    @Test
    void a_stop_of_the_engine_breaks_off_a_last_notify() {
        var bench = thanked().on(new Stopped("the engine stops", false));
        assertThat(bench.sent.getLast()).isInstanceOf(Outgoing.Abort.class);
        assertThat(bench.timer).isNull();
        assertThat(bench.outcomes)
                .containsExactly(new Outcome.Failed("main.lua: the engine stops"));
        assertThat(bench.dialog.isLeaving()).isFalse();
    }

    @Test
    void something_unusable_breaks_off_a_last_notify_and_is_told_once() {
        var bench = thanked().arrives(new Part.Unusable("odd"), acknowledgement(SECOND));
        assertThat(bench.sent.getLast()).isInstanceOf(Outgoing.Abort.class);
        assertThat(bench.outcomes).containsExactly(new Outcome.Failed("main.lua: odd"));

        bench = thanked().endsWith(new Part.Unusable("odd"));
        assertThat(bench.sent.getLast()).isInstanceOf(Outgoing.Show.class);
        assertThat(bench.outcomes).containsExactly(new Outcome.Failed("main.lua: odd"));
    }

    @Test
    void the_first_failure_counts() {
        var bench =
                pushed(OnError.MESSAGE)
                        .menu("Agreed?")
                        .arrives(answer(FIRST, "1"))
                        .on(new Failed("boom", true))
                        .on(new Stopped("the engine stops", false));
        assertThat(bench.outcomes).containsExactly(new Outcome.Failed("boom"));
        assertThat(bench.records.stream().filter(it -> it.startsWith("USSD-SHUTDOWN"))).hasSize(1);
    }
}
