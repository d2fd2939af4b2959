package io.moondial.logic;

import static io.moondial.logic.LiveDesk.menu;
import static io.moondial.logic.LiveDesk.next;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.config.WrittenSettings;
import io.moondial.dialog.DialogFact;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.rules.Trigger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each way over the real codec: a handset, two SS7 stacks, a Lua script, the records. */
class EveryWayADialogCanGoTest {
    private static final String ASK =
            "local a, why, code = ussd.menu('Ask?')\nreturn 'Got ' .. tostring(a or why) .. tostring(code or '')";

    @TempDir Path folder;

    @Test
    void an_answer_in_tc_continue() throws Exception {
        try (LiveDesk live = LiveDesk.running(folder, ASK)) {
            Handset handset = live.dial("*100#");
            handset.answer(menu(handset), "0123");
            assertThat(next(handset)).isEqualTo(new Screen.Respond("Got 0123"));
            assertThat(live.told())
                    .containsExactly(
                            "USSD-REQUEST DIRECTION=out TEXT=Ask?",
                            "USSD-REQUEST-R CONTROLLED=1 REASON=Input TEXT=0123",
                            "USSD-PROCESS-R TEXT=Got 0123");
            assertThat(live.records.getFirst().text("MSISDN")).isEqualTo("27761485722:1:1");
            assertThat(live.records.getFirst().text("RTID")).isEqualTo(handset.tid());
        }
    }

    @Test
    void more_menus_than_there_are_invoke_ids() throws Exception {
        String many =
                """
                local sum = 0
                for i = 1, 300 do sum = sum + tonumber(ussd.menu("Number " .. i)) end
                return "Sum " .. sum
                """;
        try (LiveDesk live = LiveDesk.running(folder, many)) {
            Handset handset = live.dial("*100#");
            for (int i = 0; i < 300; i++) {
                handset.answer(menu(handset), "1");
            }
            assertThat(next(handset)).isEqualTo(new Screen.Respond("Sum 300"));
        }
    }

    @Test
    void an_answer_in_tc_end() throws Exception {
        try (LiveDesk live = LiveDesk.running(folder, ASK)) {
            Handset handset = live.dial("*100#");
            handset.answerAndRelease(menu(handset), "1");
            assertThat(live.told())
                    .containsExactly(
                            "USSD-REQUEST DIRECTION=out TEXT=Ask?",
                            "USSD-REQUEST-R CONTROLLED=0 REASON=Input TEXT=1");
        }
    }

    @Test
    void a_return_error_in_tc_continue() throws Exception {
        try (LiveDesk live = LiveDesk.running(folder, ASK)) {
            Handset handset = live.dial("*100#");
            handset.reject(menu(handset).invokeId(), 72);
            assertThat(next(handset)).isEqualTo(new Screen.Respond("Got error72"));
            assertThat(live.told()).contains("USSD-REQUEST-E CONTROLLED=1 ERROR_CODE=72");
        }
    }

    @Test
    void a_return_error_in_tc_end() throws Exception {
        try (LiveDesk live = LiveDesk.running(folder, ASK)) {
            Handset handset = live.dial("*100#");
            handset.rejectAndRelease(menu(handset).invokeId(), 27);
            assertThat(live.told())
                    .hasSize(2)
                    .last()
                    .isEqualTo("USSD-REQUEST-E CONTROLLED=0 ERROR_CODE=27");
        }
    }

    @Test
    void a_menu_that_times_out_and_its_answer_that_comes_late() throws Exception {
        String twice =
                """
                local first, why = ussd.menu("First?", {timeout = "50ms"})
                local second = ussd.menu("Second?")
                return why .. " " .. second
                """;
        try (LiveDesk live = LiveDesk.running(folder, twice)) {
            Handset handset = live.dial("*100#");
            Screen.Menu first = menu(handset);
            Screen.Menu second = menu(handset);
            handset.answer(first, "late");
            handset.answer(second, "2");
            assertThat(next(handset)).isEqualTo(new Screen.Respond("timeout 2"));
            assertThat(live.told())
                    .containsExactly(
                            "USSD-REQUEST DIRECTION=out TEXT=First?",
                            "USSD-REQUEST-R REASON=Timeout",
                            "USSD-REQUEST DIRECTION=out TEXT=Second?",
                            "USSD-REQUEST-R CONTROLLED=1 DISCARDED=1 TEXT=late",
                            "USSD-REQUEST-R CONTROLLED=1 REASON=Input TEXT=2",
                            "USSD-PROCESS-R TEXT=timeout 2");
        }
    }

    @Test
    void an_abort_while_a_menu_waits() throws Exception {
        try (LiveDesk live = LiveDesk.running(folder, ASK)) {
            Handset handset = live.dial("*100#");
            menu(handset);
            handset.abandon();
            assertThat(live.told())
                    .containsExactly(
                            "USSD-REQUEST DIRECTION=out TEXT=Ask?",
                            "USSD-ABORT DIRECTION=in",
                            "USSD-REQUEST-R REASON=Abandon");
            assertThat(live.counters.value("dialogs.finished.abandoned")).isEqualTo(1);
        }
    }

    @Test
    void an_empty_end_while_a_menu_waits() throws Exception {
        try (LiveDesk live = LiveDesk.running(folder, ASK)) {
            Handset handset = live.dial("*100#");
            menu(handset);
            handset.release();
            assertThat(live.told())
                    .containsExactly(
                            "USSD-REQUEST DIRECTION=out TEXT=Ask?",
                            "USSD-END DIRECTION=in",
                            "USSD-REQUEST-R REASON=Abandon");
        }
    }

    @Test
    void a_p_abort_while_a_menu_waits() throws Exception {
        // Held between its menus, or the second could reach a handset that is still there.
        try (LiveDesk live = LiveDesk.running(folder, "ussd.menu('One?')\nos.time()\n" + ASK)) {
            Handset handset = live.dial("*100#");
            Screen.Menu first = menu(handset);
            live.time.shut();
            handset.answer(first, "1");
            live.time.awaitSomebody();
            handset.vanish();
            live.time.open();
            assertThat(live.told())
                    .endsWith(
                            "USSD-REQUEST DIRECTION=out TEXT=Ask?",
                            "USSD-ABORT DIRECTION=in",
                            "USSD-REQUEST-R REASON=Abandon");
        }
    }

    private static final String BUSY =
            """
            ussd.notify("Wait")
            stat.increment("noticed")
            os.time()
            local ok, why = ussd.menu("Anybody there?")
            edr.write("SAW", {WHY = why})
            return "nobody reads this"
            """;

    private void whileTheScriptIsBusy(HandsetAct act, String record) throws Exception {
        try (LiveDesk live = LiveDesk.running(folder, BUSY)) {
            Handset handset = live.dial("*100#");
            Screen.Notify notify = (Screen.Notify) next(handset);
            live.time.shut();
            handset.acknowledge(notify);
            live.time.awaitSomebody();
            act.on(handset);
            org.awaitility.Awaitility.await()
                    .atMost(LiveDesk.PATIENCE)
                    .until(() -> live.network.openDialogs() == 0);
            live.time.open();
            assertThat(live.told())
                    .containsExactly(
                            "USSD-NOTIFY DIRECTION=out TEXT=Wait",
                            "USSD-NOTIFY-R CONTROLLED=1",
                            record,
                            "SAW WHY=abandon");
        }
    }

    private interface HandsetAct {
        void on(Handset handset) throws Exception;
    }

    @Test
    void an_abort_while_the_script_is_busy() throws Exception {
        whileTheScriptIsBusy(Handset::abandon, "USSD-ABORT DIRECTION=in");
    }

    @Test
    void an_empty_end_while_the_script_is_busy() throws Exception {
        whileTheScriptIsBusy(Handset::release, "USSD-END DIRECTION=in");
    }

    @Test
    void a_lua_error() {
        try (LiveDesk live = LiveDesk.running(folder, "local t\nreturn t.x")) {
            Handset handset = live.dial("*100#");
            assertThat(next(handset)).isInstanceOf(Screen.Abort.class);
            assertThat(live.told()).hasSize(2).last().isEqualTo("USSD-ABORT DIRECTION=out");
            assertThat(live.records.get(1).text("EXCEPTION")).startsWith("main.lua:2: ");
        }
    }

    @Test
    void no_trigger() {
        Trigger.Conditions only144 =
                WrittenSettings.settings(Trigger.Conditions.class, "ussd_string: '*144#'");
        try (LiveDesk live = new LiveDesk(folder, ASK, only144, 10)) {
            assertThat(next(live.dial("*100#"))).isEqualTo(new Screen.Decline(36));
            live.settle();
            assertThat(live.records).isEmpty();
            assertThat(live.counters.value("dialogs.refused.no_trigger")).isEqualTo(1);
        }
    }

    @Test
    void more_dialogs_than_are_allowed() throws Exception {
        try (LiveDesk live = new LiveDesk(folder, ASK, Trigger.Conditions.NONE, 1)) {
            Handset first = live.dial("*100#");
            Screen.Menu menu = menu(first);
            assertThat(next(live.dial("*100#"))).isEqualTo(new Screen.Decline(34));
            first.answer(menu, "1");
            assertThat(next(first)).isEqualTo(new Screen.Respond("Got 1"));
            live.settle();
            assertThat(live.records).hasSize(4);
            assertThat(live.counters.value("dialogs.refused.too_many_dialogs")).isEqualTo(1);
        }
    }

    @Test
    void no_room_for_more_edrs_refuses_new_dialogs_and_leaves_running_ones_alone()
            throws Exception {
        try (LiveDesk live = LiveDesk.running(folder, ASK)) {
            Handset first = live.dial("*100#");
            Screen.Menu menu = menu(first);
            live.roomForEdrs.set(false);
            assertThat(next(live.dial("*100#"))).isEqualTo(new Screen.Decline(34));
            first.answer(menu, "1");
            assertThat(next(first)).isEqualTo(new Screen.Respond("Got 1"));
            live.settle();
            assertThat(live.records).hasSize(4);
            assertThat(live.counters.value("dialogs.refused.no_room_for_edrs")).isEqualTo(1);
        }
    }

    @Test
    void a_secret_answer_is_masked_where_it_is_written_and_a_text_made_with_it_is_the_scripts_own()
            throws Exception {
        String lua =
                """
                local pin = ussd.menu("PIN?", {secret = true})
                log.info("the PIN is %s", pin)
                edr.write("TRIED", {PIN = pin, AMOUNT = 7, LIST = {"7", "x" .. pin}})
                ussd.notify(pin)
                error("PIN " .. pin)
                """;
        var log = new LogWatch("script", "dialog");
        try (log;
                LiveDesk live = LiveDesk.running(folder, lua)) {
            Handset handset = live.dial("*100#");
            handset.answer(menu(handset), "7");
            Screen.Notify told = (Screen.Notify) next(handset);
            assertThat(told.text()).isEqualTo("7");
            handset.acknowledge(told);
            assertThat(next(handset)).isInstanceOf(Screen.Abort.class);
            live.settle();
            assertThat(live.records.stream().skip(2).map(LiveDesk::brief))
                    .containsExactly(
                            "USSD-REQUEST-R CONTROLLED=1 REASON=Input TEXT=*",
                            "TRIED AMOUNT=7 LIST=7,x7 PIN=*",
                            "USSD-NOTIFY DIRECTION=out TEXT=*",
                            "USSD-NOTIFY-R CONTROLLED=1",
                            "USSD-SHUTDOWN EXCEPTION=main.lua:5: PIN 7",
                            "USSD-ABORT DIRECTION=out");
            assertThat(log.lines()).anyMatch(line -> line.endsWith(" the PIN is *"));
        }
    }

    @Test
    void a_secret_answer_that_is_the_final_text_is_masked_in_its_record() throws Exception {
        String lua = "return (ussd.menu('PIN?', {secret = true}))";
        try (LiveDesk live = LiveDesk.running(folder, lua)) {
            Handset handset = live.dial("*100#");
            handset.answer(menu(handset), "4711");
            assertThat(next(handset)).isEqualTo(new Screen.Respond("4711"));
            assertThat(live.told()).last().isEqualTo("USSD-PROCESS-R TEXT=****");
        }
    }

    @Test
    void a_returned_text_that_does_not_fit_is_a_failure_that_names_the_script() throws Exception {
        try (LiveDesk live = LiveDesk.running(folder, "return ('x'):rep(183)")) {
            assertThat(next(live.dial("*100#"))).isInstanceOf(Screen.Abort.class);
            live.settle();
            assertThat(live.records.get(1).text("EXCEPTION"))
                    .startsWith("main.lua: the returned text cannot be sent: ")
                    .contains("183");
        }
    }

    @Test
    void a_reject_of_the_menu() throws Exception {
        try (LiveDesk live = LiveDesk.running(folder, "pcall(ussd.menu, 'Ask?')\nreturn 'never'")) {
            Handset handset = live.dial("*100#");
            handset.rejectComponent(menu(handset).invokeId());
            assertThat(next(handset)).isInstanceOf(Screen.Abort.class);
            assertThat(live.told()).hasSize(3).last().isEqualTo("USSD-ABORT DIRECTION=out");
            assertThat(live.records.get(2).text("EXCEPTION"))
                    .startsWith("main.lua:1: ")
                    .contains("Received Reject of invoke 1");
        }
    }

    @Test
    void a_result_of_another_operation() throws Exception {
        try (LiveDesk live = LiveDesk.running(folder, ASK)) {
            Handset handset = live.dial("*100#");
            handset.answerAs(menu(handset), 59, "1");
            assertThat(next(handset)).isInstanceOf(Screen.Abort.class);
            live.settle();
            assertThat(live.records.get(2).text("EXCEPTION"))
                    .isEqualTo(
                            "main.lua:1: Received unsupported ReturnResult operation code 59 on USSD transaction.");
        }
    }

    @Test
    void a_result_of_an_operation_nobody_invoked() throws Exception {
        try (LiveDesk live = LiveDesk.running(folder, ASK)) {
            Handset handset = live.dial("*100#");
            Screen.Menu menu = menu(handset);
            handset.answer(new Screen.Menu(99, ""), "stray");
            assertThat(next(handset)).isInstanceOf(Screen.Reject.class);
            handset.answer(menu, "1");
            assertThat(next(handset)).isEqualTo(new Screen.Respond("Got 1"));
            live.settle();
            assertThat(live.counters.value("dialogs.notes")).isEqualTo(1);
            assertThat(live.records).hasSize(4);
        }
    }

    @Test
    void a_notify_and_then_the_final_text() throws Exception {
        try (LiveDesk live =
                LiveDesk.running(folder, "assert(ussd.notify('Hello'))\nreturn 'Bye'")) {
            Handset handset = live.dial("*100#");
            handset.acknowledge((Screen.Notify) next(handset));
            assertThat(next(handset)).isEqualTo(new Screen.Respond("Bye"));
            assertThat(live.told())
                    .containsExactly(
                            "USSD-NOTIFY DIRECTION=out TEXT=Hello",
                            "USSD-NOTIFY-R CONTROLLED=1",
                            "USSD-PROCESS-R TEXT=Bye");
        }
    }

    @Test
    void decline_close_and_abort() {
        ends("return ussd.decline(36)", new Screen.Decline(36), "USSD-PROCESS-E ERROR_CODE=36");
        ends("ussd.close()", new Screen.Close(), "USSD-END DIRECTION=out");
        try (LiveDesk live = LiveDesk.running(folder, "ussd.abort()")) {
            assertThat(next(live.dial("*1#"))).isInstanceOf(Screen.Abort.class);
            assertThat(live.told()).containsExactly("USSD-ABORT DIRECTION=out");
        }
    }

    private void ends(String lua, Screen screen, String record) {
        try (LiveDesk live = LiveDesk.running(folder, lua)) {
            assertThat(next(live.dial("*1#"))).isEqualTo(screen);
            assertThat(live.told()).containsExactly(record);
        }
    }

    @Test
    void a_script_without_a_text_sends_the_error_message() {
        ends(
                "return {}",
                new Screen.Respond("Service unavailable"),
                "USSD-PROCESS-R TEXT=Service unavailable");
        ends("return 12.5", new Screen.Respond("12.5"), "USSD-PROCESS-R TEXT=12.5");
    }

    @Test
    void a_record_of_the_script_that_cannot_be_written_is_an_error_and_has_not_happened() {
        try (LiveDesk live =
                LiveDesk.running(
                        folder,
                        """
                        local half = ("x"):rep(40000)
                        local ok, why = pcall(edr.write, "MUCH", {A = half, B = half})
                        edr.write("MINE", {B = "2"}, "own")
                        return why
                        """)) {
            assertThat(((Screen.Respond) next(live.dial("*1#"))).text())
                    .contains("edr.write: The EDR event MUCH has 80002 characters");
            assertThat(live.told()).hasSize(2).first().isEqualTo("MINE B=2");
            assertThat(live.facts.stream().filter(it -> it instanceof DialogFact.ScriptRecorded))
                    .containsExactly(
                            new DialogFact.ScriptRecorded(
                                    "own", "MINE", Map.of("B", List.of("2"))));
        }
    }

    @Test
    void an_inbound_notify_is_acknowledged_or_declined() {
        try (LiveDesk live = LiveDesk.running(folder, "log.info('got %s', (...).text)")) {
            assertThat(next(live.push("Hi"))).isEqualTo(new Screen.Acknowledge());
            assertThat(live.told()).containsExactly("USSD-NOTIFY-R");
            assertThat(LiveDesk.brief(live.records.getFirst()))
                    .isEqualTo("USSD-NOTIFY DIRECTION=in TEXT=Hi");
        }
        try (LiveDesk live = LiveDesk.running(folder, "ussd.decline(34)")) {
            assertThat(next(live.push("Hi"))).isEqualTo(new Screen.Decline(34));
            assertThat(live.told()).containsExactly("USSD-NOTIFY-E ERROR_CODE=34");
        }
    }

    @Test
    void an_inbound_notify_knows_no_menu() {
        try (LiveDesk live = LiveDesk.running(folder, "ussd.menu('?')")) {
            assertThat(next(live.push("Hi"))).isInstanceOf(Screen.Abort.class);
            live.settle();
            assertThat(live.records.get(1).text("EXCEPTION"))
                    .contains("not in the script of an inbound notify");
        }
    }

    @Test
    void an_engine_that_stops_ends_what_still_waits() throws Exception {
        try (LiveDesk live = LiveDesk.running(folder, ASK)) {
            Handset handset = live.dial("*100#");
            menu(handset);
            assertThat(live.desk.stop(Duration.ZERO)).isEqualTo(new ServiceDesk.Stop(1, 0));
            assertThat(next(handset)).isInstanceOf(Screen.Abort.class);
            assertThat(next(live.dial("*100#"))).isEqualTo(new Screen.Decline(34));
            live.settle();
            assertThat(live.records.get(2).text("EXCEPTION"))
                    .isEqualTo("main.lua:1: the engine stops");
            assertThat(LiveDesk.brief(live.records.get(3))).isEqualTo("USSD-ABORT DIRECTION=out");
        }
    }

    @Test
    void the_longest_texts_of_both_alphabets_both_ways() throws Exception {
        String echo = "local r = ...\nlocal a = ussd.menu(r.text)\nreturn a";
        for (String text :
                new String[] {"x".repeat(182), "€".repeat(91), "П".repeat(80), "😀".repeat(40)}) {
            try (LiveDesk live = LiveDesk.running(folder, echo)) {
                Handset handset = live.dial(text);
                Screen.Menu menu = menu(handset);
                assertThat(menu.text()).isEqualTo(text);
                handset.answer(menu, text);
                assertThat(next(handset)).isEqualTo(new Screen.Respond(text));
            }
        }
    }
}
