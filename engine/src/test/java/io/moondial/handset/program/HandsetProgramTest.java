package io.moondial.handset.program;

import static io.moondial.handset.program.ScriptedNetwork.menu;
import static io.moondial.handset.program.ScriptedNetwork.notifying;
import static io.moondial.handset.program.ScriptedNetwork.respond;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.script.ScriptLimits;
import io.moondial.script.ScriptOutcome.ScriptFault;
import io.moondial.script.lua.Compiler.CompileFailure;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a program lives: its sleep, its callback, its end, its limits, what it can reach. */
class HandsetProgramTest {
    private final ProgramBench bench = new ProgramBench();
    private final ScriptedNetwork network = bench.network;

    @Test
    void the_callback_runs_while_the_program_sleeps_and_not_before() {
        network.then(respond("Hi"));
        assertThat(
                        bench.output(
                                """
                                ussd.setCallback(function(args) print(args[1]) end)
                                ussd.send("*1#")
                                print("before")
                                utime.sleep(0)
                                print("after")
                                """))
                .containsExactly("before", "Hi", "after");
    }

    @Test
    void a_sleep_takes_its_time_in_seconds_and_fractions() {
        assertThat(
                        bench.output(
                                """
                                local before = os.clock()
                                utime.sleep(2.5)
                                print(os.clock() - before)
                                """))
                .containsExactly("2.5");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "0/0", "1/0"})
    void a_sleep_that_is_negative_endless_or_no_number_is_an_error(String seconds) {
        assertThat(bench.error("utime.sleep(" + seconds + ")"))
                .startsWith("program.lua:1: utime.sleep: seconds is ")
                .endsWith("; 0 or more is allowed");
    }

    @Test
    void a_sleep_does_not_take_text_for_a_number() {
        assertThat(bench.error("utime.sleep('1')"))
                .isEqualTo("program.lua:1: utime.sleep: seconds expected (number), got string");
    }

    @Test
    void a_callback_that_sleeps_holds_up_the_next() {
        network.then(notifying("one"), menu("two"));
        assertThat(
                        bench.output(
                                """
                                ussd.setCallback(function(args)
                                  print("begin " .. args[1])
                                  utime.sleep(1)
                                  print("end " .. args[1], ussd.getSessionState())
                                end)
                                ussd.send("*1#")
                                utime.sleep(10)
                                print("slept")
                                """))
                .containsExactly(
                        "begin one", "end one\tfalse", "slept", "begin two", "end two\ttrue");
    }

    @Test
    void after_the_last_line_the_callback_goes_on_until_the_network_owes_nothing() {
        network.then(menu("Amount?")).then(menu("Sure?")).then(respond("Done"));
        assertThat(
                        bench.output(
                                """
                                local answers = {["Amount?"] = "50", ["Sure?"] = "1"}
                                ussd.setCallback(function(args)
                                  print(args[1])
                                  if answers[args[1]] then ussd.send(answers[args[1]]) end
                                end)
                                ussd.send("*1#")
                                """))
                .containsExactly("Amount?", "Sure?", "Done");
        assertThat(bench.gaveUp).isZero();
    }

    @Test
    void a_menu_that_nobody_will_answer_is_given_up_at_the_end() {
        network.then(menu("Well?"));
        assertThat(bench.run("ussd.send('*1#')")).isTrue();
        assertThat(bench.gaveUp).isEqualTo(1);
        assertThat(network.heard).containsExactly("dial 15 *1#", "abort");
    }

    @Test
    void an_error_in_the_callback_is_told_with_its_place_and_the_program_goes_on() {
        network.then(menu("Well?")).then(respond("Bye"));
        assertThat(
                        bench.run(
                                """
                                ussd.setCallback(function(args)
                                  local nothing
                                  print(args[1])
                                  return nothing.field
                                end)
                                ussd.send("*1#")
                                utime.sleep(1)
                                ussd.send("yes")
                                utime.sleep(1)
                                print("the end")
                                """))
                .isFalse();
        assertThat(bench.printed).containsExactly("Well?", "Bye", "the end");
        assertThat(bench.callbackFaults)
                .extracting(ScriptFault::text)
                .hasSize(2)
                .allMatch(text -> text.startsWith("program.lua:4: attempt to index "));
        assertThat(bench.callbackFaults.getFirst().luaStack())
                .first()
                .asString()
                .startsWith("program.lua:4: ");
    }

    @Test
    void an_error_without_a_text_still_has_its_place() {
        network.then(respond("Bye"));
        bench.run("ussd.setCallback(function(args)\nerror({})\nend)\nussd.send('*1#')");
        assertThat(bench.callbackFaults)
                .singleElement()
                .extracting(ScriptFault::text)
                .asString()
                .isEqualTo("program.lua:2: (error object is a table value)");
    }

    @Test
    void an_error_ends_the_program_and_its_dialog() {
        network.then(menu("Well?"));
        assertThat(bench.run("ussd.send('*1#')\nutime.sleep(1)\nerror('boom')")).isFalse();
        assertThat(bench.programFaults)
                .singleElement()
                .extracting(ScriptFault::text)
                .isEqualTo("program.lua:3: boom");
        assertThat(network.heard).containsExactly("dial 15 *1#", "abort");
    }

    @Test
    void a_program_that_never_ends_uses_up_its_instructions() {
        assertThat(bench.error("while true do end")).contains("used up max_instructions");
    }

    @Test
    void neither_a_pcall_nor_a_callback_escapes_a_limit() {
        network.then(respond("Hi"));
        assertThat(
                        bench.error(
                                """
                                ussd.setCallback(function() pcall(function() while true do end end) end)
                                ussd.send("*1#")
                                utime.sleep(1)
                                """))
                .contains("used up max_instructions");
        assertThat(bench.callbackFaults).isEmpty();
    }

    @Test
    void what_a_program_prints_counts_against_its_memory() {
        assertThat(bench.error("local s = ('x'):rep(60000) while true do print(s) end"))
                .contains("used up max_memory");
    }

    @Test
    void a_sleep_ends_with_the_programs_time() {
        ScriptLimits brief = new ScriptLimits(1000, 100_000, Duration.ofSeconds(5));
        assertThat(bench.run("print('a') utime.sleep(1e300) print('b')", brief)).isFalse();
        assertThat(bench.printed).containsExactly("a");
        assertThat(bench.programFaults)
                .singleElement()
                .extracting(ScriptFault::message)
                .isEqualTo("used up max_time: 5.000s with its waits");
    }

    @Test
    void print_prints_lines_with_tabs_between_values() {
        assertThat(bench.output("print(1, 'two', nil, true) print()"))
                .containsExactly("1\ttwo\tnil\ttrue", "");
    }

    @Test
    void the_modules_are_had_by_require_and_as_globals_and_cannot_be_changed() {
        assertThat(
                        bench.output(
                                "print(require 'ussd' == ussd, require 'utime' == utime)"
                                        + " print(pcall(function() ussd.send = 1 end))"))
                .first()
                .isEqualTo("true\ttrue");
        assertThat(bench.printed.get(1)).startsWith("false\t").contains("ussd");
    }

    @Test
    void another_module_is_not_found() {
        assertThat(bench.error("require 'io'"))
                .contains("module 'io' not found", "built in are ussd and utime");
    }

    @ParameterizedTest
    @ValueSource(strings = {"io", "dofile", "loadfile", "unpack", "jit"})
    void a_global_that_other_luas_have_is_nil(String name) {
        assertThat(bench.output("print(" + name + ")")).containsExactly("nil");
    }

    @ParameterizedTest
    @ValueSource(strings = {"edr", "log"})
    void a_global_that_is_not_on_the_list_is_an_error_that_names_it(String name) {
        assertThat(bench.error("return " + name)).contains("undefined global '" + name + "'");
    }

    @Test
    void a_global_that_the_program_sets_somewhere_can_be_asked_for() {
        assertThat(bench.output("count = (count or 0) + 1 print(count)")).containsExactly("1");
    }

    @Test
    void os_has_clock_date_and_time_and_nothing_else() {
        assertThat(
                        bench.output(
                                """
                                local names = {}
                                for name in pairs(os) do names[#names + 1] = name end
                                table.sort(names)
                                print(table.concat(names, " "))
                                """))
                .containsExactly("clock date time");
    }

    @Test
    void what_is_not_lua_is_told_with_its_place() {
        assertThatThrownBy(() -> HandsetProgram.compile("x = = 1".getBytes(UTF_8), "program.lua"))
                .isInstanceOfSatisfying(
                        CompileFailure.class, e -> assertThat(e.line()).isEqualTo(1));
    }
}
