package io.moondial.handset.program;

import static io.moondial.handset.program.ScriptedNetwork.abort;
import static io.moondial.handset.program.ScriptedNetwork.close;
import static io.moondial.handset.program.ScriptedNetwork.decline;
import static io.moondial.handset.program.ScriptedNetwork.menu;
import static io.moondial.handset.program.ScriptedNetwork.notifying;
import static io.moondial.handset.program.ScriptedNetwork.reject;
import static io.moondial.handset.program.ScriptedNetwork.respond;
import static io.moondial.handset.program.ScriptedNetwork.respondNothing;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.channel.ss7.Message.Operation;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The functions of QuecPython's page, one by one: arguments, results, callback values, state. */
class UssdFunctionsTest {
    private static final String PRINTING = "ussd.setCallback(print) ";
    private static final String STATE = " print(ussd.getSessionState()) ";
    private static final String SLEEP = " utime.sleep(1) ";

    private final ProgramBench bench = new ProgramBench();
    private final ScriptedNetwork network = bench.network;

    @Test
    void set_callback_returns_nothing() {
        assertThat(bench.output("print(select('#', ussd.setCallback(print)))"))
                .containsExactly("0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nil", "'print'", "1", "{}"})
    void set_callback_takes_a_function_alone(String argument) {
        assertThat(bench.error("ussd.setCallback(" + argument + ")"))
                .contains("program.lua:1: ussd.setCallback: fun expected (function), got ");
    }

    @Test
    void the_callback_named_last_is_called() {
        network.then(respond("Hi"));
        assertThat(
                        bench.output(
                                "ussd.setCallback(function() print('first') end) ussd.send('*1#')"
                                        + " ussd.setCallback(function() print('second') end)"))
                .containsExactly("second");
    }

    @Test
    void without_a_callback_the_session_goes_its_way() {
        network.then(menu("Well?"));
        assertThat(bench.output("ussd.send('*1#')" + SLEEP + STATE)).containsExactly("true");
    }

    @Test
    void the_callback_gets_a_table_indexed_from_0_to_3() {
        network.then(respond("Hi"));
        assertThat(
                        bench.output(
                                """
                                ussd.setCallback(function(...)
                                  local args = ...
                                  print(select('#', ...), type(args), args[0], args[1], args[2], args[3], args[4])
                                end)
                                ussd.send("*1#")
                                """))
                .containsExactly("1\ttable\t0\tHi\t15\t0\tnil");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "Hi,`(0, 'Hi', 15, 0)`",
                "it's,`(0, \"it's\", 15, 0)`",
                "`a \"b\" 'c'`,`(0, 'a \"b\" \\'c\\'', 15, 0)`",
                "Grüße,`(0, 'Grüße', 15, 0)`"
            })
    void the_table_prints_as_pythons_tuple(String text, String printed) {
        network.then(respond(text));
        assertThat(bench.output(PRINTING + "ussd.send('*1#')")).containsExactly(printed);
    }

    @Test
    void a_line_end_is_printed_as_python_writes_it() {
        network.then(respond("1. Balance\n2. Airtime\r"));
        assertThat(bench.output(PRINTING + "ussd.send('*1#')"))
                .containsExactly("(0, '1. Balance\\n2. Airtime\\r', 15, 0)");
    }

    @Test
    void status_0_is_a_text_in_a_menu_a_notify_and_the_final_result() {
        network.then(menu("Well?")).then(notifying("Wait"), respond("Bye"));
        assertThat(bench.output(PRINTING + "ussd.send('*1#')" + SLEEP + "ussd.send('yes')"))
                .containsExactly("(0, 'Well?', 15, 0)", "(0, 'Wait', 15, 0)", "(0, 'Bye', 15, 0)");
    }

    @Test
    void status_1_is_the_end_of_the_session_without_a_text() {
        network.then(close());
        assertThat(bench.output(PRINTING + "ussd.send('*1#')")).containsExactly("(1, '', 0, 0)");
    }

    @Test
    void status_2_is_a_final_result_without_a_text() {
        network.then(respondNothing());
        assertThat(bench.output(PRINTING + "ussd.send('*1#')")).containsExactly("(2, '', 0, 0)");
    }

    @Test
    void status_3_is_a_menu_without_a_text() {
        network.then(menu(new UssdString(new Dcs(15), new byte[0])));
        assertThat(bench.output(PRINTING + "ussd.send('*1#')" + SLEEP + STATE))
                .containsExactly("(3, '', 15, 0)", "true");
    }

    @ParameterizedTest
    @ValueSource(ints = {34, 35, 36, 72})
    void status_4_is_an_error_of_the_network_with_its_code(int code) {
        network.then(decline(code));
        assertThat(bench.output(PRINTING + "ussd.send('*1#')"))
                .containsExactly("(4, '', 0, " + code + ")");
    }

    @Test
    void status_4_is_a_session_that_the_network_breaks_off_with_code_4() {
        network.then(menu("Well?"), abort());
        assertThat(bench.output(PRINTING + "ussd.send('*1#')" + SLEEP + STATE))
                .containsExactly("(0, 'Well?', 15, 0)", "(4, '', 0, 4)", "false");
    }

    @Test
    void status_4_is_a_rejection_with_code_4() {
        network.then(reject(), close());
        assertThat(bench.output(PRINTING + "ussd.send('*1#')"))
                .containsExactly("(4, '', 0, 4)", "(1, '', 0, 0)");
    }

    @Test
    void status_4_is_a_text_that_the_handset_cannot_read_with_its_scheme() {
        network.then(respond(new UssdString(new Dcs(0x60), new byte[] {1, 2})));
        assertThat(bench.output(PRINTING + "ussd.send('*1#')")).containsExactly("(4, '', 96, 4)");
    }

    @Test
    void the_scheme_of_a_reply_is_the_networks_not_ones_own() {
        network.then(respond("Привет"));
        assertThat(bench.output(PRINTING + "ussd.setDcs(1) ussd.send('*1#')"))
                .containsExactly("(0, 'Привет', 72, 0)");
        assertThat(network.heard).containsExactly("dial 1 *1#");
    }

    @Test
    void send_dials_and_returns_0_at_once() {
        network.then(respond("Hi"));
        assertThat(bench.output(PRINTING + "print(ussd.send('*101#'))"))
                .containsExactly("0", "(0, 'Hi', 15, 0)");
        assertThat(network.heard).containsExactly("dial 15 *101#");
    }

    @Test
    void send_answers_where_a_menu_waits() {
        network.then(menu("Well?")).then(menu("Sure?")).then(respond("Bye"));
        assertThat(
                        bench.output(
                                "ussd.send('*1#')"
                                        + SLEEP
                                        + "print(ussd.send('yes'))"
                                        + SLEEP
                                        + "print(ussd.send('sure'))"))
                .containsExactly("0", "0");
        assertThat(network.heard)
                .containsExactly("dial 15 *1#", "continue 15 yes", "continue 15 sure");
    }

    @Test
    void send_refuses_while_the_network_owes_an_answer() {
        assertThat(
                        bench.error(
                                "print(ussd.send('*1#'), ussd.send('*2#'))"
                                        + SLEEP
                                        + "print(ussd.send('*3#')) error('enough')"))
                .contains("enough");
        assertThat(bench.printed).containsExactly("0\t-1", "-1");
        assertThat(network.heard).containsExactly("dial 15 *1#", "abort");
    }

    @Test
    void send_takes_1_to_159_bytes() {
        network.then(close()).then(close());
        assertThat(
                        bench.output(
                                """
                                print(ussd.send(""))
                                print(ussd.send(("x"):rep(160)))
                                print(ussd.send(("é"):rep(80)))
                                print(ussd.send(("x"):rep(159)))
                                utime.sleep(1)
                                print(ussd.send(("é"):rep(79)))
                                """))
                .containsExactly("-1", "-1", "-1", "0", "0");
        assertThat(network.heard)
                .containsExactly("dial 15 " + "x".repeat(159), "dial 15 " + "é".repeat(79));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nil", "101", "{}"})
    void send_takes_a_string_alone(String argument) {
        assertThat(bench.error("ussd.send(" + argument + ")"))
                .contains("program.lua:1: ussd.send: reqstr expected (string), got ");
    }

    @Test
    void send_refuses_what_does_not_fit_under_the_scheme() {
        assertThat(bench.output("ussd.setDcs(72) print(ussd.send(('x'):rep(81)))"))
                .containsExactly("-1");
        assertThat(network.heard).isEmpty();
    }

    @Test
    void send_refuses_where_the_dialog_has_ended_unheard() {
        network.then(menu("Well?")).goneAfterDialling();
        assertThat(bench.output("ussd.send('*1#')" + SLEEP + "print(ussd.send('1'))" + STATE))
                .containsExactly("-1", "true");
    }

    @Test
    void send_refuses_where_the_network_takes_no_dialog() {
        network.takingNoDialogs();
        assertThat(bench.output("print(ussd.send('*1#'))" + STATE)).containsExactly("-1", "false");
    }

    @Test
    void a_menu_that_comes_while_one_waits_is_the_one_that_is_answered() {
        network.then(menu("First?"), menu("Second?")).then(close());
        assertThat(bench.output(PRINTING + "ussd.send('*1#')" + SLEEP + "ussd.send('x')"))
                .containsExactly("(0, 'First?', 15, 0)", "(0, 'Second?', 15, 0)", "(1, '', 0, 0)");
    }

    @Test
    void the_session_state_is_true_while_a_menu_waits_and_only_then() {
        network.then(menu("Well?")).then(notifying("Wait"), menu("Sure?")).then(respond("Bye"));
        assertThat(
                        bench.output(
                                STATE
                                        + "ussd.send('*1#')"
                                        + STATE
                                        + SLEEP
                                        + STATE
                                        + "ussd.send('yes')"
                                        + STATE
                                        + SLEEP
                                        + STATE
                                        + "ussd.send('sure')"
                                        + SLEEP
                                        + STATE))
                .containsExactly("false", "false", "true", "false", "true", "false");
    }

    @Test
    void a_notify_asks_for_nothing_and_is_acknowledged_by_the_handset() {
        network.then(notifying("Wait"));
        bench.run(PRINTING + "ussd.send('*1#')" + SLEEP + STATE + "error('enough')");
        assertThat(bench.printed).containsExactly("(0, 'Wait', 15, 0)", "false");
        assertThat(network.heard).containsExactly("dial 15 *1#", "continue acknowledge", "abort");
    }

    @Test
    void the_callback_finds_the_state_that_its_reply_has_brought() {
        network.then(menu("Well?")).then(respond("Bye"));
        assertThat(
                        bench.output(
                                """
                                ussd.setCallback(function(args)
                                  print(args[1], ussd.getSessionState())
                                  if ussd.getSessionState() then ussd.send("yes") end
                                end)
                                ussd.send("*1#")
                                """))
                .containsExactly("Well?\ttrue", "Bye\tfalse");
    }

    @Test
    void a_menu_that_the_network_begins_is_told_and_answered_like_one_that_was_dialled() {
        network.pushing(Operation.UNSTRUCTURED_SS_REQUEST, "Agree?")
                .then(notifying("Thank you"))
                .then(close());
        assertThat(
                        bench.output(
                                PRINTING
                                        + STATE
                                        + SLEEP
                                        + STATE
                                        + "print(ussd.send('yes'))"
                                        + SLEEP
                                        + STATE))
                .containsExactly(
                        "false",
                        "(0, 'Agree?', 15, 0)",
                        "true",
                        "0",
                        "(0, 'Thank you', 15, 0)",
                        "false",
                        "(1, '', 0, 0)");
        assertThat(network.heard).containsExactly("continue 15 yes", "continue acknowledge");
        assertThat(network.isOff).isTrue();
    }

    @Test
    void a_notify_that_the_network_begins_asks_for_nothing() {
        network.pushing(Operation.UNSTRUCTURED_SS_NOTIFY, "Your loan is approved").then(close());
        assertThat(bench.output(PRINTING + SLEEP + STATE))
                .containsExactly("(0, 'Your loan is approved', 15, 0)", "false", "(1, '', 0, 0)");
        assertThat(network.heard).containsExactly("continue acknowledge");
    }

    @Test
    void after_the_last_line_the_callback_answers_what_the_network_has_begun() {
        network.pushing(Operation.UNSTRUCTURED_SS_REQUEST, "Agree?").then(close());
        assertThat(
                        bench.output(
                                "ussd.setCallback(function(args) print(args[1]) if ussd.getSessionState() then ussd.send('yes') end end)"))
                .containsExactly("Agree?", "");
        assertThat(network.heard).containsExactly("continue 15 yes");
    }

    @Test
    void while_there_is_a_session_the_network_finds_the_handset_busy() {
        network.pushing(Operation.UNSTRUCTURED_SS_REQUEST, "Agree?")
                .pushing(Operation.UNSTRUCTURED_SS_REQUEST, "And this?");
        assertThat(
                        bench.output(
                                "print(ussd.send('*1#'))"
                                        + PRINTING
                                        + SLEEP
                                        + "print(ussd.stopSession())"))
                .as("what has come and is not told yet is a session too")
                .containsExactly("-1", "(0, 'Agree?', 15, 0)", "0", "(1, '', 0, 0)");
        assertThat(network.heard).containsExactly("end error 72", "abort");
    }

    @Test
    void a_program_with_a_number_takes_what_is_pushed_to_that_alone() {
        network.pushing(Operation.UNSTRUCTURED_SS_REQUEST, "Agree?", "27000000000")
                .pushing(Operation.UNSTRUCTURED_SS_NOTIFY, "Hello", ProgramBench.ANNE)
                .then(close());
        bench.msisdn = ProgramBench.ANNE;
        assertThat(bench.output(PRINTING + SLEEP))
                .containsExactly("(0, 'Hello', 15, 0)", "(1, '', 0, 0)");
        assertThat(network.heard).containsExactly("end error 27", "continue acknowledge");
    }

    @Test
    void stop_session_ends_what_waits_and_tells_the_callback_status_1() {
        network.then(menu("Well?"));
        assertThat(
                        bench.output(
                                PRINTING
                                        + "ussd.send('*1#')"
                                        + SLEEP
                                        + "print(ussd.stopSession())"
                                        + STATE))
                .containsExactly("(0, 'Well?', 15, 0)", "0", "false", "(1, '', 0, 0)");
        assertThat(network.heard).containsExactly("dial 15 *1#", "abort");
    }

    @Test
    void stop_session_has_nothing_to_end_without_a_menu() {
        network.then(menu("Well?")).then();
        bench.run(
                "print(ussd.stopSession()) ussd.send('*1#') print(ussd.stopSession())"
                        + SLEEP
                        + "ussd.send('yes') print(ussd.stopSession())"
                        + SLEEP
                        + "error('enough')");
        assertThat(bench.printed).containsExactly("-1", "-1", "-1");
        assertThat(network.heard).containsExactly("dial 15 *1#", "continue 15 yes", "abort");
    }

    @Test
    void what_comes_from_a_session_that_was_stopped_is_not_told() {
        network.then(menu("Well?"), respond("late")).then(respond("Hi"));
        assertThat(
                        bench.output(
                                """
                                ussd.setCallback(function(args)
                                  print(args)
                                  if args[1] == "Well?" then ussd.stopSession() ussd.send("*2#") end
                                end)
                                ussd.send("*1#")
                                """))
                .containsExactly("(0, 'Well?', 15, 0)", "(1, '', 0, 0)", "(0, 'Hi', 15, 0)");
    }

    @Test
    void after_stop_session_one_may_dial_again() {
        network.then(menu("Well?")).then(respond("Hi"));
        assertThat(
                        bench.output(
                                "ussd.send('*1#')"
                                        + SLEEP
                                        + "ussd.stopSession() print(ussd.send('*2#'))"))
                .containsExactly("0");
    }

    @Test
    void the_scheme_is_15_until_another_is_set() {
        assertThat(bench.output("print(ussd.getDcs())")).containsExactly("15");
    }

    @Test
    void set_dcs_takes_0_to_17_68_72_and_240_and_0_restores_15() {
        assertThat(
                        bench.output(
                                """
                                local set = {}
                                for n = -1, 256 do
                                  ussd.setDcs(3)
                                  local result = ussd.setDcs(n)
                                  if result == 0 then
                                    set[#set + 1] = n .. "=" .. ussd.getDcs()
                                  else
                                    assert(result == -1 and ussd.getDcs() == 3)
                                  end
                                end
                                print(table.concat(set, " "))
                                """))
                .containsExactly(
                        "0=15 1=1 2=2 3=3 4=4 5=5 6=6 7=7 8=8 9=9 10=10 11=11 12=12 13=13 14=14"
                                + " 15=15 16=16 17=17 68=68 72=72 240=240");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.5", "0/0", "1/0", "-1/0", "2^40"})
    void set_dcs_refuses_what_is_no_scheme(String number) {
        assertThat(bench.output("print(ussd.setDcs(" + number + "), ussd.getDcs())"))
                .containsExactly("-1\t15");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nil", "'72'", "true"})
    void set_dcs_takes_a_number_alone(String argument) {
        assertThat(bench.error("ussd.setDcs(" + argument + ")"))
                .contains("program.lua:1: ussd.setDcs: Dcs expected (number), got ");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 15, 16, 17, 68, 72, 240})
    void what_is_sent_under_each_scheme_arrives(int dcs) {
        network.then(menu("Well?")).then(close());
        bench.output(
                "ussd.setDcs(%d) ussd.send('*1#')".formatted(dcs) + SLEEP + "ussd.send('yes')");
        assertThat(network.heard)
                .containsExactly("dial %d *1#".formatted(dcs), "continue %d yes".formatted(dcs));
    }

    @Test
    void a_text_that_the_scheme_has_no_letters_for_goes_as_ucs2() {
        network.then(close());
        bench.output("ussd.send('Привет')");
        assertThat(network.heard).containsExactly("dial 72 Привет");
    }
}
