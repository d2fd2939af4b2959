package io.moondial.script;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.dialog.PrimitiveResult;
import io.moondial.problem.Problem;
import io.moondial.script.api.ApiModule;
import io.moondial.script.api.Backends;
import io.moondial.script.api.RequestField;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scripts that were written for N2SVCD, by what its public pages tell. */
class N2svcdTest {
    @TempDir Path folder;
    private ScriptBench bench;

    @BeforeEach
    void openBench() {
        bench = new ScriptBench(folder).request("msisdn", "27761485722").request("text", "*123#");
    }

    @Test
    void the_function_of_the_handler_gets_the_request_and_its_result_is_the_scripts() {
        assertThat(
                        bench.textOf(
                                """
                                local n2svcd = require "n2.n2svcd"
                                local handler = function (args)
                                  return args.msisdn .. " dialled " .. args.text
                                end
                                return n2svcd.handler (handler)
                                """))
                .isEqualTo("27761485722 dialled *123#");
    }

    @Test
    void a_handler_runs_after_the_chunk_and_only_if_the_chunk_returns_it() {
        assertThat(
                        bench.textOf(
                                """
                                local n2svcd = require "n2.n2svcd"
                                local late
                                local handler = n2svcd.handler (function () return late end)
                                late = "after the chunk"
                                return handler
                                """))
                .isEqualTo("after the chunk");
        assertThat(
                        bench.textOf(
                                """
                                local n2svcd = require "n2.n2svcd"
                                n2svcd.handler (function () return "handled" end)
                                return "not handled"
                                """))
                .isEqualTo("not handled");
        assertThat(bench.run("return function () return 'x' end"))
                .isInstanceOfSatisfying(
                        ScriptOutcome.Returned.class, it -> assertThat(it.text()).isNull());
    }

    @Test
    void a_field_that_no_request_has_is_an_error_with_the_name_that_it_has_here() {
        String script =
                "local n2svcd = require 'n2.n2svcd'\nreturn n2svcd.handler (function (args)\n return %s\nend)";
        assertThat(bench.faultOf(script.formatted("'to ' .. args.msisdn_digits")).message())
                .isEqualTo("main.lua:3: the request has no 'msisdn_digits': it is 'msisdn' here");
        assertThat(bench.faultOf(script.formatted("args.calling_party")).message())
                .isEqualTo(
                        "main.lua:3: the request has no 'calling_party'; its fields are in engine/docs/script-api.md");
        assertThat(
                        bench.textOf(
                                script.formatted(
                                        "tostring (args.imsi) .. tostring (args[1]) .. tostring (rawget (args, 'x')) .. args.text")))
                .isEqualTo("nilnilnil*123#");
    }

    @Test
    void each_field_of_a_request_can_be_read_in_a_handler() {
        String fields = RequestField.ALL.stream().map(RequestField::name).collect(joining(" "));
        assertThat(fields).contains("text", "remote_gt");
        assertThat(
                        bench.textOf(
                                """
                                local n2svcd = require "n2.n2svcd"
                                return n2svcd.handler (function (args)
                                  for name in ("%s"):gmatch ("%%S+") do local _ = args[name] end
                                  return "all read"
                                end)
                                """
                                        .formatted(fields)))
                .isEqualTo("all read");
    }

    @Test
    void a_flow_that_runs_again_waits_and_logs_and_counts_once() {
        for (String answer : List.of("first", "0", "second", "third")) {
            bench.answer(new PrimitiveResult.Input(answer));
        }
        assertThat(
                        bench.textOf(
                                """
                                local n2svcd = require "n2.n2svcd"
                                local handler = function (args)
                                  return menu.flow (function ()
                                    n2svcd.wait (3)
                                    n2svcd.notice ("begun")
                                    n2svcd.stat_increment ("begun")
                                    local a = menu.ask {"A?"}
                                    local b = menu.ask {"B?"}
                                    n2svcd.write_edr ("BOTH", { A = a, B = b })
                                    return a .. " " .. b
                                  end, {back = "0"})
                                end
                                return n2svcd.handler (handler)
                                """))
                .isEqualTo("second third");
        assertThat(bench.pauses).containsExactly(Duration.ofSeconds(3));
        assertThat(bench.log).containsExactly("INFO begun");
        assertThat(bench.counted).containsExactly("begun");
        assertThat(bench.edrs).containsExactly("BOTH {A=[second], B=[third]} null");
    }

    @Test
    void a_coroutine_may_wait_and_ask() {
        bench.answer(new PrimitiveResult.Input("7"));
        assertThat(
                        bench.textOf(
                                """
                                local n2svcd = require "n2.n2svcd"
                                local ussd_api = require "n2.n2svcd.ussd"
                                local ask = coroutine.wrap (function ()
                                  n2svcd.wait (1)
                                  coroutine.yield (ussd_api.menu ("How many?").text)
                                end)
                                return ask ()
                                """))
                .isEqualTo("7");
        assertThat(bench.pauses).containsExactly(Duration.ofSeconds(1));
    }

    @Test
    void a_handler_that_fails_is_a_fault_at_its_line() {
        assertThat(
                        bench.faultOf(
                                        """
                                        local n2svcd = require "n2.n2svcd"
                                        return n2svcd.handler (function (args)
                                          return args.imsi.at_all
                                        end)
                                        """)
                                .message())
                .startsWith("main.lua:3: attempt to index");
    }

    @Test
    void a_chunk_that_is_its_own_handler_runs_too() {
        assertThat(
                        bench.textOf(
                                """
                                local n2svcd = require "n2.n2svcd"
                                local ussd_call = ...
                                n2svcd.debug ("called by %s", ussd_call.msisdn)
                                return "Bye"
                                """))
                .isEqualTo("Bye");
        assertThat(bench.log).containsExactly("DEBUG called by 27761485722");
    }

    @Test
    void lines_of_the_log_may_have_an_event_id() {
        assertThat(
                        bench.textOf(
                                """
                                local n2svcd = require "n2.n2svcd"
                                assert (n2svcd.notice ("plain 100%") == true)
                                assert (n2svcd.warning ("%s has %d", "Ann", 3) == true)
                                n2svcd.notice ("SV-LU-90001", "plain")
                                n2svcd.warning ("AB-CD-12345", "%s has %d", "Ann", 3)
                                n2svcd.notice ("%s-%s", "SV-LU-90001", "x")
                                n2svcd.notice ("SV-LU-90001")
                                n2svcd.notice ("100%% of %d", 3)
                                n2svcd.notice ("100%% of all")
                                n2svcd.notice ("SV-LU-90001", "100%%")
                                n2svcd.notice (12)
                                return "ok"
                                """))
                .isEqualTo("ok");
        assertThat(bench.log)
                .containsExactly(
                        "INFO plain 100%",
                        "WARN Ann has 3",
                        "INFO SV-LU-90001 plain",
                        "WARN AB-CD-12345 Ann has 3",
                        "INFO SV-LU-90001-x",
                        "INFO SV-LU-90001",
                        "INFO 100% of 3",
                        "INFO 100% of all",
                        "INFO SV-LU-90001 100%",
                        "INFO 12");
    }

    @Test
    void a_secret_answer_is_masked_in_the_log_and_in_records() {
        bench.answer(new PrimitiveResult.Input("4711"));
        bench.textOf(
                """
                local n2svcd = require "n2.n2svcd"
                local ussd_api = require "n2.n2svcd.ussd"
                local result = ussd_api.menu ("PIN?", {secret = true})
                assert (result.text == "4711")
                n2svcd.notice ("the PIN is %s", result.text)
                n2svcd.notice ("SV-LU-90001", result.text)
                n2svcd.warning (result.text)
                n2svcd.write_edr ("CHARGE", { PIN = result.text })
                """);
        assertThat(bench.log)
                .containsExactly("INFO the PIN is ****", "INFO SV-LU-90001 ****", "WARN ****");
        assertThat(bench.edrs).containsExactly("CHARGE {PIN=[****]} null");
    }

    @Test
    void records_and_counters_are_those_of_the_engine() {
        assertThat(
                        bench.textOf(
                                """
                                local n2svcd = require "n2.n2svcd"
                                assert (n2svcd.write_edr ("FEEDBACK", { SUCCESS = 1, LIST = { "a", "b" } }) == true)
                                n2svcd.write_edr ("FEEDBACK", {}, "other")
                                assert (n2svcd.stat_increment ("feedback.success") == true)
                                return "ok"
                                """))
                .isEqualTo("ok");
        assertThat(bench.edrs)
                .containsExactly("FEEDBACK {SUCCESS=[1], LIST=[a, b]} null", "FEEDBACK {} other");
        assertThat(bench.counted).containsExactly("feedback.success");
    }

    @Test
    void a_wait_waits_for_the_clock_of_the_engine() {
        assertThat(
                        bench.textOf(
                                """
                                local n2svcd = require "n2.n2svcd"
                                assert (n2svcd.wait (2.5) == true and n2svcd.wait ("1"))
                                return "waited"
                                """))
                .isEqualTo("waited");
        assertThat(bench.pauses).containsExactly(Duration.ofMillis(2500), Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "n2svcd.wait (-1)|n2.n2svcd.wait: seconds: 0 to 600; got -1",
                "n2svcd.wait (0/0)|n2.n2svcd.wait: seconds: 0 to 600; got nan",
                "n2svcd.wait (601)|n2.n2svcd.wait: seconds: 0 to 600; got 601",
                "n2svcd.wait ()|n2.n2svcd.wait: seconds expected (number), got no value",
                "n2svcd.handler (1)|n2.n2svcd.handler: function expected (function), got number",
                "n2svcd.notice ()|n2.n2svcd.notice: format expected (string), got no value",
                "n2svcd.write_edr ('X')|n2.n2svcd.write_edr: fields expected (table), got no value",
                "n2svcd.write_edr ('USSD-X', {})|edr.write: event 'USSD-X': names in USSD- are the engine's own",
                "n2svcd.notise ('x')|'n2.n2svcd' has no 'notise'; did you mean 'notice'?",
                "n2svcd.raise_trace ()|'n2.n2svcd' has no 'raise_trace': ussd trace writes the dialogs of a number",
                "require 'n2.n2svcd.rest_agent'|module 'n2.n2svcd.rest_agent' is not built in: http.get, http.post and the like reach an upstream of the rules",
                "require 'n2.n2svcd.tester.match'|module 'n2.n2svcd.tester.match' is not built in: a .dialog file",
                "require 'n2.n2svcd.ussd_service'|and it is not built in; built in are n2.n2svcd, n2.n2svcd.ussd",
                "require 'n2.n2svcd.ussd'.abort ()|'n2.n2svcd.ussd' has no 'abort': ussd.abort aborts the dialog",
                "sql.transaction('bank', function () n2svcd.wait (1) end)|sql.transaction: nothing else may be waited for in it, and this is n2.n2svcd.wait",
            })
    void what_is_wrong_or_elsewhere_is_said_at_the_line(String call, String message) {
        assertThat(bench.faultOf("local n2svcd = require 'n2.n2svcd'\n" + call).message())
                .startsWith("main.lua:2: ")
                .contains(message);
    }

    @Test
    void results_of_the_methods_have_attributes() {
        bench.answer(new PrimitiveResult.Input("1"))
                .answer(new PrimitiveResult.Timeout())
                .answer(new PrimitiveResult.ReturnError(72))
                .answer(new PrimitiveResult.Done())
                .answer(new PrimitiveResult.Timeout())
                .answer(new PrimitiveResult.Abandon())
                .answer(new PrimitiveResult.Abandon());
        assertThat(
                        bench.textOf(
                                """
                                local ussd_api = require "n2.n2svcd.ussd"
                                local seen = {}
                                local function see (result)
                                  seen[#seen + 1] = result.reason .. ":" .. (result.text or "") .. (result.error_code or "")
                                end
                                see (ussd_api.menu ("a", {timeout = 5}))
                                see (ussd_api.menu ("b"))
                                see (ussd_api.menu ("c"))
                                see (ussd_api.notify ("d"))
                                see (ussd_api.notify ("e"))
                                see (ussd_api.notify ("f"))
                                assert (ussd_api.close () == true)
                                assert (ussd_api.decline (36) == true)
                                return table.concat (seen, " ")
                                """))
                .isEqualTo("Input:1 Timeout: Error:72 Success: Timeout: Abandon:");
        assertThat(bench.primitives)
                .containsExactly(
                        "menu a [PT5S null false]",
                        "menu b",
                        "menu c",
                        "notify d",
                        "notify e",
                        "notify f",
                        "close",
                        "decline 36");
    }

    @Test
    void a_script_that_requires_the_module_has_its_globals() {
        assertThat(
                        bench.textOf(
                                """
                                assert (TRACE_LEVEL == nil)
                                require "n2.n2svcd"
                                assert (TRACE_LEVEL == 0 and REQUIRE_LIST == nil)
                                return table.concat ({APPLICATION_NAME, INSTANCE_IDX, SERVICE_MODULE, LOADER_MODULE, SCRIPT_NAME}, " ")
                                """))
                .isEqualTo("Test 00000001 SigtranApp::ProcessUssdLuaService Moondial main");
        assertThat(bench.faultOf("return TRACE_LEVEL").message())
                .contains("undefined global 'TRACE_LEVEL'");
    }

    @Test
    void what_a_script_and_its_rules_set_is_not_replaced() {
        bench.globals = new ScriptGlobals(Map.of("APPLICATION_NAME", "Logic"));
        assertThat(
                        bench.textOf(
                                """
                                TRACE_LEVEL = 3
                                require "n2.n2svcd"
                                return APPLICATION_NAME .. TRACE_LEVEL
                                """))
                .isEqualTo("Logic3");
    }

    @Test
    void a_module_that_is_no_global_is_had_by_require_only() {
        List<ApiModule> hidden = bench.host().api().stream().filter(it -> !it.isGlobal()).toList();

        assertThat(hidden).extracting(ApiModule::name).contains("n2.n2svcd", "n2.n2svcd.ussd");
        assertThat(
                        bench.textOf(
                                """
                                for name in pairs (_G) do assert (not name:find ("n2", 1, true), name) end
                                local n2svcd = require "n2.n2svcd"
                                assert (package.loaded["n2.n2svcd"] == n2svcd and require "n2.n2svcd" == n2svcd)
                                return "ok"
                                """))
                .isEqualTo("ok");
    }

    @Test
    void the_check_of_scripts_knows_what_is_there_and_what_is_elsewhere() {
        bench.file(
                "main.lua",
                """
                local n2svcd = require "n2.n2svcd"
                local rest_agent = require "n2.n2svcd.rest_agent"
                local handler = function (args)
                  if TRACE_LEVEL > 0 then n2svcd.debug (INSTANCE_IDX) end
                  n2svcd.raise_trace ()
                  n2svcd.notise ("x")
                  require ("n2.n2svcd.ussd").menu ("x", {secrt = true})
                end
                return n2svcd.handler (handler)
                """);
        assertThat(problems())
                .containsExactly(
                        "2:28 ERROR module 'n2.n2svcd.rest_agent' is not built in: http.get, http.post and the like reach an upstream of the rules",
                        "5:10 ERROR 'n2.n2svcd' has no 'raise_trace': ussd trace writes the dialogs of a number into a file for Wireshark",
                        "6:10 ERROR 'n2.n2svcd' has no 'notise'; did you mean 'notice'?",
                        "7:42 ERROR n2.n2svcd.ussd.menu: unknown option 'secrt'; did you mean secret?");
    }

    @Test
    void a_file_below_lib_takes_the_place_of_a_module_that_is_elsewhere() {
        bench.file("lib/n2/n2svcd/rest_agent.lua", "return {get = function () return 'own' end}");
        assertThat(bench.textOf("return (require 'n2.n2svcd.rest_agent').get ()")).isEqualTo("own");
        assertThat(problems()).isEmpty();
        bench.file("lib/n2/n2svcd.lua", "return {}");
        assertThat(bench.compile().problems())
                .extracting(Problem::message)
                .containsExactly(
                        "can never be required: the module 'n2.n2svcd' is built in; give the file another name");
    }

    private List<String> problems() {
        return bench.compile().lint(Set.of(), Backends.Settings.NONE).stream()
                .map(it -> it.line() + ":" + it.column() + " " + it.severity() + " " + it.message())
                .toList();
    }
}
