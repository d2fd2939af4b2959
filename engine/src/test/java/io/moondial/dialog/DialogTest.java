package io.moondial.dialog;

import static io.moondial.dialog.DialogBench.acknowledgement;
import static io.moondial.dialog.DialogBench.answer;
import static io.moondial.dialog.DialogBench.dialled;
import static io.moondial.dialog.DialogBench.notified;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.dialog.DialogAction.Kill;
import io.moondial.dialog.DialogAction.Refuse;
import io.moondial.dialog.DialogAction.Reply;
import io.moondial.dialog.DialogEvent.Abort;
import io.moondial.dialog.DialogEvent.Close;
import io.moondial.dialog.DialogEvent.Decline;
import io.moondial.dialog.DialogEvent.Failed;
import io.moondial.dialog.DialogEvent.Menu;
import io.moondial.dialog.DialogEvent.Respond;
import io.moondial.dialog.DialogEvent.Returned;
import io.moondial.dialog.DialogEvent.ScreenOptions;
import io.moondial.dialog.DialogEvent.Stopped;
import io.moondial.dialog.DialogEvent.TimerFired;
import io.moondial.dialog.DialogFact.Outcome;
import io.moondial.dialog.Incoming.Part;
import io.moondial.dialog.PrimitiveResult.Abandon;
import io.moondial.dialog.PrimitiveResult.Done;
import io.moondial.dialog.PrimitiveResult.Input;
import io.moondial.dialog.PrimitiveResult.ReturnError;
import io.moondial.dialog.PrimitiveResult.Timeout;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DialogTest {
    private static final int MENU = 1;

    @Test
    void the_opening_is_told_with_every_field_that_is_there() {
        assertThat(dialled("*100#").records)
                .containsExactly(
                        "USSD-PROCESS {DIRECTION=in, DREF=333:1:6, LGTD=27829000000, LPC=2, LRI=1, LSSN=6,"
                                + " LTID=195c5d37, MSISDN=27761485722:1:1, RPC=1, RRI=0, RSSN=8, RTID=5d36, TEXT=*100#}");
    }

    @Test
    void an_inbound_notify_is_told_with_its_text() {
        assertThat(notified("Hello").records)
                .containsExactly("USSD-NOTIFY {DIRECTION=in, TEXT=Hello}");
    }

    @Test
    void an_answer_in_time_is_the_menus_result() {
        var bench = dialled("*100#").menu("1. Balance");
        assertThat(bench.timer).isEqualTo(MENU);
        bench.arrives(answer(MENU, "1"));
        assertThat(bench.settled).isEqualTo(new Reply(new Input("1")));
        assertThat(bench.timer).isNull();
        assertThat(bench.later())
                .containsExactly(
                        "USSD-REQUEST {DIRECTION=out, TEXT=1. Balance}",
                        "USSD-REQUEST-R {CONTROLLED=1, REASON=Input, TEXT=1}");
        assertThat(bench.outcomes).isEmpty();
    }

    @Test
    void an_answer_in_tc_end_is_the_menus_result_and_the_end() {
        var bench = dialled("*100#").menu("?").endsWith(answer(MENU, "1"));
        assertThat(bench.settled).isEqualTo(new Reply(new Input("1")));
        assertThat(bench.later().getLast())
                .isEqualTo("USSD-REQUEST-R {CONTROLLED=0, REASON=Input, TEXT=1}");
        bench.menu("again?");
        assertThat(bench.settled).isEqualTo(new Reply(new Abandon()));
        bench.on(new Returned("bye"));
        assertThat(bench.later()).hasSize(2);
        assertThat(bench.outcomes).singleElement().isInstanceOf(Outcome.Abandoned.class);
    }

    @Test
    void an_answer_without_a_string_is_an_empty_text() {
        var bench = dialled("*100#").menu("?").arrives(answer(MENU, ""));
        assertThat(bench.settled).isEqualTo(new Reply(new Input("")));
        assertThat(bench.later().getLast())
                .isEqualTo("USSD-REQUEST-R {CONTROLLED=1, REASON=Input, TEXT=}");
    }

    @Test
    void a_secret_answer_is_masked_in_the_record_and_clear_for_the_script() {
        var bench =
                dialled("*100#")
                        .on(new Menu("PIN?", new ScreenOptions(null, null, true)))
                        .arrives(answer(MENU, "0123"));
        assertThat(bench.secretScreens).containsExactly(MENU);
        assertThat(bench.settled).isEqualTo(new Reply(new Input("0123")));
        assertThat(bench.later().getLast())
                .isEqualTo("USSD-REQUEST-R {CONTROLLED=1, REASON=Input, TEXT=****}");
    }

    @Test
    void an_answer_that_is_a_key_of_a_secret_screen_is_written_as_it_is() {
        var options = new ScreenOptions(null, null, true, null, Set.of("0", "00"));
        assertThat(
                        dialled("*100#")
                                .on(new Menu("PIN?", options))
                                .arrives(answer(MENU, "00"))
                                .later())
                .last()
                .isEqualTo("USSD-REQUEST-R {CONTROLLED=1, REASON=Input, TEXT=00}");
        assertThat(
                        dialled("*100#")
                                .on(new Menu("PIN?", options))
                                .arrives(answer(MENU, "000"))
                                .later())
                .last()
                .isEqualTo("USSD-REQUEST-R {CONTROLLED=1, REASON=Input, TEXT=***}");
    }

    @Test
    void a_secret_answer_that_comes_late_is_masked_too() {
        var bench =
                dialled("*100#")
                        .on(new Menu("PIN?", new ScreenOptions(null, null, true)))
                        .on(new TimerFired(MENU))
                        .arrives(answer(MENU, "0123"));
        assertThat(bench.later().getLast())
                .isEqualTo("USSD-REQUEST-R {CONTROLLED=1, DISCARDED=1, TEXT=****}");
    }

    @Test
    void a_text_that_is_secret_is_masked_in_its_record_and_hidden_from_who_looks_on() {
        var options = new ScreenOptions(null, null, false, "****");
        var bench = dialled("*100#").on(new Menu("0123", options)).arrives(answer(MENU, "yes"));
        assertThat(bench.later())
                .containsExactly(
                        "USSD-REQUEST {DIRECTION=out, TEXT=****}",
                        "USSD-REQUEST-R {CONTROLLED=1, REASON=Input, TEXT=yes}");
        assertThat(bench.hiddenTexts).isEqualTo(1);
        assertThat(bench.secretScreens).isEmpty();
        bench.on(new Returned("0123", "****", "a text"));
        assertThat(bench.later().getLast()).isEqualTo("USSD-PROCESS-R {TEXT=****}");
        assertThat(bench.hiddenTexts).isEqualTo(2);
    }

    @Test
    void an_error_for_a_menu_is_its_result() {
        var bench = dialled("*100#").menu("?").arrives(new Part.Errored(MENU, 72));
        assertThat(bench.settled).isEqualTo(new Reply(new ReturnError(72)));
        assertThat(bench.later().getLast())
                .isEqualTo("USSD-REQUEST-E {CONTROLLED=1, ERROR_CODE=72}");
        assertThat(bench.dialog.isOpen()).isTrue();
    }

    @Test
    void a_menu_that_times_out_leaves_the_dialog_up() {
        var bench = dialled("*100#").menu("?").on(new TimerFired(MENU));
        assertThat(bench.settled).isEqualTo(new Reply(new Timeout()));
        assertThat(bench.later().getLast()).isEqualTo("USSD-REQUEST-R {REASON=Timeout}");
        bench.on(new Returned("Goodbye"));
        assertThat(bench.outcomes).containsExactly(new Outcome.Responded());
    }

    @Test
    void a_late_answer_is_recorded_as_discarded_and_changes_nothing() {
        var bench =
                dialled("*100#")
                        .menu("first")
                        .on(new TimerFired(1))
                        .menu("second")
                        .arrives(answer(1, "9"));
        assertThat(bench.settled).isNull();
        assertThat(bench.later().getLast())
                .isEqualTo("USSD-REQUEST-R {CONTROLLED=1, DISCARDED=1, TEXT=9}");
        bench.arrives(answer(2, "5"));
        assertThat(bench.settled).isEqualTo(new Reply(new Input("5")));
    }

    @Test
    void a_late_answer_in_tc_end_while_a_menu_waits_abandons_that_menu() {
        var bench =
                dialled("*100#")
                        .menu("first")
                        .on(new TimerFired(1))
                        .menu("second")
                        .endsWith(answer(1, "9"));
        assertThat(bench.settled).isEqualTo(new Reply(new Abandon()));
        assertThat(bench.later())
                .endsWith(
                        "USSD-REQUEST-R {CONTROLLED=0, DISCARDED=1, TEXT=9}",
                        "USSD-REQUEST-R {REASON=Abandon}");
    }

    @Test
    void a_late_error_is_recorded_as_discarded() {
        var bench = dialled("*1#").menu("?").on(new TimerFired(1)).arrives(new Part.Errored(1, 27));
        assertThat(bench.later().getLast())
                .isEqualTo("USSD-REQUEST-E {CONTROLLED=1, DISCARDED=1, ERROR_CODE=27}");
    }

    @Test
    void a_timer_of_an_answered_menu_does_nothing() {
        var bench =
                dialled("*100#").menu("?").arrives(answer(1, "1")).menu("??").on(new TimerFired(1));
        assertThat(bench.settled).isNull();
        assertThat(bench.later()).hasSize(3);
    }

    @Test
    void an_abort_while_a_menu_waits_is_told_before_the_abandoned_menu() {
        var bench = dialled("*100#").menu("?").aborts();
        assertThat(bench.settled).isEqualTo(new Reply(new Abandon()));
        assertThat(bench.later())
                .endsWith("USSD-ABORT {DIRECTION=in}", "USSD-REQUEST-R {REASON=Abandon}");
        assertThat(bench.outcomes).hasSize(1);
    }

    @Test
    void an_empty_end_while_a_menu_waits_is_told_before_the_abandoned_menu() {
        var bench = dialled("*100#").menu("?").endsWith();
        assertThat(bench.settled).isEqualTo(new Reply(new Abandon()));
        assertThat(bench.later())
                .endsWith("USSD-END {DIRECTION=in}", "USSD-REQUEST-R {REASON=Abandon}");
    }

    @Test
    void an_abort_while_the_script_is_busy_makes_later_primitives_say_abandon() {
        var bench = dialled("*100#").aborts();
        for (DialogEvent.ScriptCall call :
                new DialogEvent.ScriptCall[] {
                    new Menu("?", ScreenOptions.NONE),
                    new Respond("x"),
                    new Decline(34),
                    new Close(),
                    new Abort()
                }) {
            bench.on(call);
            assertThat(bench.settled).isEqualTo(new Reply(new Abandon()));
        }
        bench.on(new Returned("dropped"));
        assertThat(bench.later()).containsExactly("USSD-ABORT {DIRECTION=in}");
        assertThat(bench.sent).isEmpty();
        assertThat(bench.outcomes).hasSize(1);
    }

    @Test
    void a_notify_is_acknowledged() {
        var bench = dialled("*100#").notify("Done").arrives(acknowledgement(1));
        assertThat(bench.settled).isEqualTo(new Reply(new Done()));
        assertThat(bench.later())
                .containsExactly(
                        "USSD-NOTIFY {DIRECTION=out, TEXT=Done}", "USSD-NOTIFY-R {CONTROLLED=1}");
    }

    @Test
    void a_notify_that_is_never_acknowledged_leaves_no_record_but_its_own() {
        var bench = dialled("*100#").notify("Done").on(new TimerFired(1));
        assertThat(bench.settled).isEqualTo(new Reply(new Timeout()));
        assertThat(bench.later()).hasSize(1);
        bench.arrives(acknowledgement(1));
        assertThat(bench.later().getLast()).isEqualTo("USSD-NOTIFY-R {CONTROLLED=1, DISCARDED=1}");
    }

    @Test
    void a_notify_that_is_abandoned_leaves_only_the_abort() {
        var bench = dialled("*100#").notify("Done").aborts();
        assertThat(bench.settled).isEqualTo(new Reply(new Abandon()));
        assertThat(bench.later()).hasSize(2).last().isEqualTo("USSD-ABORT {DIRECTION=in}");
    }

    @Test
    void an_error_for_a_notify_is_its_result() {
        var bench = dialled("*100#").notify("Done").arrives(new Part.Errored(1, 34));
        assertThat(bench.settled).isEqualTo(new Reply(new ReturnError(34)));
        assertThat(bench.later().getLast())
                .isEqualTo("USSD-NOTIFY-E {CONTROLLED=1, ERROR_CODE=34}");
    }

    @Test
    void a_returned_text_is_the_final_response() {
        var bench = dialled("*100#").on(new Returned("Bye"));
        assertThat(bench.sent).containsExactly(new Outgoing.Finish(DialogBench.ussd("Bye"), false));
        assertThat(bench.later()).containsExactly("USSD-PROCESS-R {TEXT=Bye}");
        assertThat(bench.outcomes).containsExactly(new Outcome.Responded());
    }

    @Test
    void a_script_without_a_usable_text_sends_the_error_message() {
        assertThat(dialled("*100#").on(new Returned(null)).later())
                .containsExactly("USSD-PROCESS-R {TEXT=Service unavailable}");
    }

    @Test
    void a_returned_text_that_does_not_fit_is_a_failure() {
        var bench = dialled("*100#").on(new Returned("x".repeat(183)));
        assertThat(bench.later()).hasSize(2);
        assertThat(bench.later().getFirst())
                .startsWith("USSD-SHUTDOWN {EXCEPTION=")
                .contains("183");
        assertThat(bench.later().getLast()).isEqualTo("USSD-ABORT {DIRECTION=out}");
        assertThat(bench.sent).singleElement().isInstanceOf(Outgoing.Abort.class);
    }

    @Test
    void a_menu_that_does_not_fit_is_refused_with_its_length_and_the_limit() {
        var bench = dialled("*100#").menu("x".repeat(183));
        assertThat(bench.settled)
                .isInstanceOfSatisfying(
                        Refuse.class,
                        refuse ->
                                assertThat(refuse.message())
                                        .startsWith("ussd.menu: ")
                                        .contains("183", "182"));
        assertThat(bench.sent).isEmpty();
        assertThat(bench.later()).isEmpty();
    }

    @Test
    void a_second_terminating_primitive_is_refused_and_told_what_ended_the_dialog() {
        var bench = dialled("*100#").on(new Decline(36)).on(new Respond("x"));
        assertThat(bench.settled)
                .isEqualTo(
                        new Refuse(
                                "ussd.respond: the dialog has already been ended by ussd.decline"));
        bench.on(new Returned("ignored"));
        assertThat(bench.later()).containsExactly("USSD-PROCESS-E {ERROR_CODE=36}");
        assertThat(bench.outcomes).containsExactly(new Outcome.Declined(36));
    }

    @Test
    void an_error_after_the_end_is_told_and_aborts_nothing() {
        var bench = dialled("*100#").on(new Respond("Bye")).on(new Failed("x.lua:3: boom", true));
        assertThat(bench.later())
                .containsExactly(
                        "USSD-PROCESS-R {TEXT=Bye}", "USSD-SHUTDOWN {EXCEPTION=x.lua:3: boom}");
        assertThat(bench.outcomes).containsExactly(new Outcome.Responded());
    }

    @Test
    void decline_takes_codes_from_1_to_255() {
        assertThat(dialled("*1#").on(new Decline(0)).settled).isInstanceOf(Refuse.class);
        assertThat(dialled("*1#").on(new Decline(256)).settled).isInstanceOf(Refuse.class);
        assertThat(dialled("*1#").on(new Decline(255)).settled).isEqualTo(new Reply(new Done()));
    }

    @Test
    void close_sends_an_empty_end_and_abort_an_abort() {
        var closed = dialled("*1#").on(new Close());
        assertThat(closed.sent).containsExactly(new Outgoing.End());
        assertThat(closed.later()).containsExactly("USSD-END {DIRECTION=out}");
        var aborted = dialled("*1#").on(new Abort());
        assertThat(aborted.sent).singleElement().isInstanceOf(Outgoing.Abort.class);
        assertThat(aborted.later()).containsExactly("USSD-ABORT {DIRECTION=out}");
    }

    @Test
    void a_lua_error_shuts_down_and_aborts() {
        var bench = dialled("*100#").on(new Failed("x.lua:3: boom", true));
        assertThat(bench.later())
                .containsExactly(
                        "USSD-SHUTDOWN {EXCEPTION=x.lua:3: boom}", "USSD-ABORT {DIRECTION=out}");
        assertThat(bench.outcomes).containsExactly(new Outcome.Failed("x.lua:3: boom"));
    }

    @Test
    void something_unusable_stops_the_script() {
        var bench = dialled("*100#").menu("?").arrives(new Part.Unusable("no such operation"));
        assertThat(bench.settled).isEqualTo(new Kill("no such operation"));
        bench.on(new Failed("x.lua:3: no such operation", false));
        assertThat(bench.later())
                .containsSubsequence(
                        "USSD-SHUTDOWN {EXCEPTION=x.lua:3: no such operation}",
                        "USSD-ABORT {DIRECTION=out}");
        assertThat(bench.sent.getLast()).isInstanceOf(Outgoing.Abort.class);
    }

    @Test
    void an_answer_that_cannot_be_decoded_stops_the_script() {
        var unknown = new UssdString(Dcs.UCS2, new byte[] {1});
        var bench = dialled("*1#").menu("?").arrives(new Part.Answered(MENU, unknown));
        assertThat(bench.settled)
                .isInstanceOfSatisfying(
                        Kill.class,
                        kill ->
                                assertThat(kill.reason())
                                        .startsWith("Received an answer that cannot be decoded: "));
    }

    @Test
    void a_broken_answer_in_an_end_leaves_nobody_to_abort() {
        var bench = dialled("*1#").menu("?").endsWith(new Part.Unusable("no BER"));
        bench.on(new Failed("why", true));
        assertThat(bench.sent).hasSize(1);
        assertThat(bench.later().getLast()).isEqualTo("USSD-SHUTDOWN {EXCEPTION=why}");
        assertThat(bench.outcomes).containsExactly(new Outcome.Failed("why"));
    }

    @Test
    void a_fault_while_the_script_is_busy_stops_it_at_its_next_primitive_or_its_end() {
        var bench = dialled("*1#").on(new Stopped("the engine stops", false));
        assertThat(bench.settled).isNull();
        assertThat(bench.menu("?").settled).isEqualTo(new Kill("the engine stops"));
        bench.on(new Failed("x.lua:1: the engine stops", false));
        assertThat(bench.later())
                .containsExactly(
                        "USSD-SHUTDOWN {EXCEPTION=x.lua:1: the engine stops}",
                        "USSD-ABORT {DIRECTION=out}");
        var returning =
                dialled("*1#")
                        .on(new Stopped("the engine stops", false))
                        .on(new Returned("too late"));
        assertThat(returning.later().getFirst())
                .isEqualTo("USSD-SHUTDOWN {EXCEPTION=main.lua: the engine stops}");
    }

    @Test
    void what_belongs_to_no_screen_is_only_noted() {
        var bench =
                dialled("*1#").menu("?").arrives(new Part.Stray("what is it?"), answer(99, "1"));
        assertThat(bench.settled).isNull();
        assertThat(bench.notes)
                .containsExactly(
                        "what is it?", "ignored an answer to screen 99, which awaits none");
        assertThat(bench.arrives(answer(MENU, "1")).settled).isEqualTo(new Reply(new Input("1")));
    }

    @Test
    void an_inbound_notify_is_acknowledged_by_a_normal_return() {
        var bench = notified("Hello").on(new Returned(null));
        assertThat(bench.sent).containsExactly(new Outgoing.Acknowledge());
        assertThat(bench.later()).containsExactly("USSD-NOTIFY-R");
        assertThat(bench.outcomes).containsExactly(new Outcome.Acknowledged());
    }

    @Test
    void an_inbound_notify_can_be_declined_and_knows_no_screens() {
        var bench = notified("Hello");
        assertThat(bench.menu("?").settled).isInstanceOf(Refuse.class);
        assertThat(bench.notify("?").settled).isInstanceOf(Refuse.class);
        assertThat(bench.on(new Respond("?")).settled).isInstanceOf(Refuse.class);
        bench.on(new Decline(34));
        assertThat(bench.later()).containsExactly("USSD-NOTIFY-E {ERROR_CODE=34}");
    }

    @Test
    void a_scheme_given_to_a_menu_is_kept_for_the_final_text() {
        var bench =
                dialled("*1#")
                        .on(new Menu("?", new ScreenOptions(null, 0x48, false)))
                        .arrives(answer(1, "1"))
                        .on(new Returned("Bye"));
        var ucs2 = new UssdString(Dcs.UCS2, "Bye".getBytes(StandardCharsets.UTF_16BE));
        assertThat(bench.sent.getLast()).isEqualTo(new Outgoing.Finish(ucs2, false));
    }

    @Test
    void no_more_screens_are_shown_than_can_be_without_an_answer() {
        var bench = dialled("*1#");
        for (int i = 1; i <= DialogStep.MAX_UNANSWERED; i++) {
            bench.menu("?");
            assertThat(bench.timer).isEqualTo(i);
            bench.on(new TimerFired(i));
        }
        assertThat(bench.menu("?").settled).isInstanceOf(Refuse.class);
        bench.arrives(answer(64, "late"));
        assertThat(bench.menu("?").timer).isEqualTo(DialogStep.MAX_UNANSWERED + 1);
    }
}
