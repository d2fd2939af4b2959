package io.moondial.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.dialog.PrimitiveResult;
import io.moondial.modules.BuiltInModules;
import io.moondial.modules.json.Json;
import io.moondial.modules.kv.KvModule;
import io.moondial.script.api.ApiModule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a flow does beside its screens, which {@link FlowModelTest} compares. */
class FlowTest {
    @TempDir Path folder;
    private ScriptBench bench;

    @BeforeEach
    void openBench() {
        bench = new ScriptBench(folder).request("msisdn", "27761485722");
    }

    private void answers(String... answers) {
        for (String answer : answers) {
            bench.answer(new PrimitiveResult.Input(answer));
        }
    }

    @Test
    void no_pcall_holds_up_who_goes_back_or_gives_up() {
        answers("a", "0", "b", "c");
        assertThat(
                        bench.textOf(
                                """
                                return menu.flow(function()
                                  local _, one = pcall(menu.ask, {"One?"})
                                  local _, two = xpcall(function() return menu.ask{"Two?"} end, function(e) return e end)
                                  return one .. two
                                end, {back = "0"})"""))
                .isEqualTo("bc");
        bench.answer(new PrimitiveResult.Timeout());
        bench.run(
                """
                menu.flow(function()
                  local _, one = pcall(menu.ask, {"One?"})
                  log.info("not reached")
                end, {timeout_text = "Too late."})""");
        assertThat(bench.log).isEmpty();
        assertThat(bench.primitives).endsWith("menu One?", "respond Too late.");
    }

    @Test
    void who_leaves_is_told_to_finally_and_its_text_is_the_last_screen() {
        String script =
                """
                menu.flow(function() menu.ask{"One?", check = "^%d$", tries = 1} end,
                  {tries_text = "Enough.", finally = function(why, code)
                    log.info("%s %s", why, code)
                    if why == "error" then return "Sorry." end
                  end})""";
        bench.answer(new PrimitiveResult.ReturnError(71));
        bench.run(script);
        answers("x");
        bench.run(script);
        bench.answer(new PrimitiveResult.Timeout());
        bench.run(script);
        assertThat(bench.log)
                .containsExactly("INFO error 71", "INFO tries nil", "INFO timeout nil");
        assertThat(bench.primitives)
                .containsExactly(
                        "menu One?",
                        "respond Sorry.",
                        "menu One?",
                        "respond Enough.",
                        "menu One?",
                        "close");
    }

    @Test
    void what_a_flow_reads_of_time_and_chance_is_the_same_when_it_runs_again() {
        answers("a", "0", "b", "c");
        bench.textOf(
                """
                return menu.flow(function()
                  local clock, chance = os.clock(), math.random()
                  local one = menu.ask{"One " .. clock .. " " .. chance}
                  menu.ask{"Two"}
                end, {back = "0"})""");
        assertThat(bench.primitives.get(2)).isEqualTo(bench.primitives.get(0));
    }

    @Test
    void a_transaction_that_was_made_runs_its_function_again_and_nothing_else() {
        answers("a", "b", "0", "c", "d");
        assertThat(
                        bench.textOf(
                                """
                                local sql = require "sql"
                                return menu.flow(function()
                                  menu.ask{"One?"}
                                  local rows = 0
                                  local done = sql.transaction("bank", function(tx)
                                    rows = rows + tx:execute("UPDATE accounts SET balance = balance - :sum WHERE id = 1", {sum = 5})
                                    return "done"
                                  end)
                                  local two = menu.ask{"Two " .. rows .. done}
                                  local three = menu.ask{"Three?"}
                                  return two .. three .. rows .. done
                                end, {back = "0"})"""))
                .isEqualTo("cd1done");
        assertThat(bench.primitives)
                .containsExactly(
                        "menu One?",
                        "menu Two 1done",
                        "menu Three?\n0. Back",
                        "menu Two 1done",
                        "menu Three?\n0. Back");
    }

    @Test
    void a_call_that_differs_begins_anew_and_changes_nothing_twice() {
        answers("a", "0", "x", "y");
        assertThat(
                        bench.textOf(
                                """
                                runs = 0
                                return menu.flow(function()
                                  runs = runs + 1
                                  kv.incr("visits", "all")
                                  kv.get("visits", tostring(runs))
                                  menu.ask{"One?"}
                                  menu.ask{"Two?"}
                                  return kv.get("visits", "all")
                                end, {back = "0"})"""))
                .isEqualTo("1");
        assertThat(bench.log).hasSize(1);
        assertThat(bench.log.getFirst())
                .startsWith(
                        "WARN menu.flow begins anew, as a call is not the one that it was before: main.lua:5: call 2 is kv.get, and was kv.get with other arguments");
    }

    @Test
    void a_coroutine_that_a_transaction_returns_reaches_the_script_and_ends_going_back() {
        answers("a", "b");
        assertThat(
                        bench.textOf(
                                """
                                local sql = require "sql"
                                return menu.flow(function()
                                  menu.ask{"One?"}
                                  local made = sql.transaction("bank", function(tx)
                                    tx:execute("UPDATE accounts SET balance = balance - :sum WHERE id = 1", {sum = 5})
                                    return coroutine.create(function() return "made" end)
                                  end)
                                  menu.ask{"Two?"}
                                  return select(2, coroutine.resume(made))
                                end, {back = "0"})"""))
                .isEqualTo("made");
        assertThat(bench.log)
                .singleElement()
                .asString()
                .contains("sql.transaction returned a coroutine, which cannot be kept");
    }

    @ParameterizedTest
    @ValueSource(strings = {"log.info('%s', line)", "log.info(line)"})
    void a_change_that_is_made_while_a_line_is_written_is_made_once(String write) {
        answers("a", "0", "b");
        assertThat(
                        bench.textOf(
                                """
                                local line = setmetatable({}, {__tostring = function()
                                  return "visit " .. kv.incr("visits", "all")
                                end})
                                return menu.flow(function()
                                  menu.ask{"One?"}
                                  WRITE
                                  menu.ask{"Two?"}
                                  menu.ask{"Three?"}
                                  return kv.get("visits", "all")
                                end, {back = "0"})"""
                                        .replace("WRITE", write)))
                .isEqualTo("1");
        assertThat(bench.log).containsExactly("INFO visit 1");
    }

    @Test
    void a_line_that_differs_from_run_to_run_is_written_once_and_ends_no_replay() {
        answers("a", "0", "b", "c");
        assertThat(
                        bench.textOf(
                                """
                                return menu.flow(function()
                                  log.info("%s", tostring({}))
                                  local one = menu.ask{"One?"}
                                  return one .. menu.ask{"Two?"}
                                end, {back = "0"})"""))
                .isEqualTo("bc");
        assertThat(bench.log).singleElement().asString().startsWith("INFO table: 0x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "get('menu.flow', 'k')",
                "set('menu.flow', 'k', 1)",
                "add('menu.flow', 'k', 1)",
                "cas('menu.flow', 'k', nil, 1)",
                "incr('menu.flow', 'k')",
                "delete('menu.flow', 'k')",
                "ttl('menu.flow', 'k')"
            })
    void a_script_cannot_reach_the_journals_of_flows(String call) {
        assertThat(bench.errorOf("kv." + call))
                .contains(
                        ": bucket 'menu.flow' is the engine's own: flows keep their journals there; use another bucket");
    }

    @Test
    void a_pin_is_asked_again_in_the_next_dialog_and_is_not_in_kv() {
        // one whose scripts can read what the engine keeps
        List<ApiModule> modules = new ArrayList<>(BuiltInModules.create());
        modules.replaceAll(
                it -> it.name().equals("kv") ? KvModule.createForEngine(new Json()) : it);
        bench = new ScriptBench(folder, modules).request("msisdn", "27761485722");
        String script =
                """
                return menu.flow(function(request)
                  local name = menu.ask{"Name?"}
                  local pin = menu.pin{"PIN?"}
                  menu.ask{"Sure?"}
                  return name .. #pin
                end, {back = "0", resume = "2m", resumed_text = "Again."})""";
        answers("Ann", "8341");
        bench.answer(new PrimitiveResult.Abandon());
        bench.run(script);
        assertThat(
                        bench.textOf(
                                "return tostring(kv.get('menu.flow', 'main  27761485722'):find('8341', 1, true))"))
                .isEqualTo("nil");
        bench.primitives.clear();
        answers("1234", "yes");
        bench.file("main.lua", script);
        bench.runMain();
        assertThat(bench.primitives)
                .containsExactly(
                        "menu Again.\nPIN?\n0. Back [null null true]", "menu Sure?\n0. Back");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kv.incr('paid', 'x')",
                "http.post('billing', '/topups', {idempotency_key = menu.once()}) and kv.incr('paid', 'x')"
            })
    void a_dialog_whose_flow_another_one_has_taken_changes_nothing(String change) {
        answers("a");
        bench.answer(
                () -> {
                    bench.runMain();
                    return new PrimitiveResult.Input("c");
                });
        answers("b");
        bench.run(
                """
                return menu.flow(function()
                  menu.ask{"One?"}
                  local two = menu.ask{"Two?"}
                  log.info("%s: paid %s", two, CHANGE)
                  return "paid"
                end, {resume = "2m", finally = function(why) log.info(why) end})"""
                        .replace("CHANGE", change));
        assertThat(bench.log).containsExactly("INFO b: paid 1", "INFO taken");
    }

    @Test
    void two_flows_of_a_dialog_have_keys_and_journals_of_their_own() {
        String script =
                """
                local function pay()
                  return menu.flow(function()
                    local one = menu.ask{"One?"}
                    local two = menu.ask{"Two?"}
                    return menu.once()
                  end, {resume = "2m", resumed_text = "Again."})
                end
                return tostring(pay() ~= pay())""";
        answers("a", "b", "a", "b");
        assertThat(bench.textOf(script)).isEqualTo("true");
        answers("a", "b", "a");
        bench.answer(new PrimitiveResult.Abandon());
        bench.run(script);
        bench.primitives.clear();
        answers("a", "b", "b");
        assertThat(bench.textOf(script)).isEqualTo("true");
        assertThat(bench.primitives).containsExactly("menu One?", "menu Two?", "menu Again.\nTwo?");
    }

    @Test
    void a_record_can_be_written_in_a_transaction_of_a_flow_that_is_kept() {
        answers("a", "b");
        assertThat(
                        bench.textOf(
                                """
                                local sql = require "sql"
                                return menu.flow(function()
                                  menu.ask{"One?"}
                                  local done = sql.transaction("bank", function(tx)
                                    tx:execute("UPDATE accounts SET balance = balance - :sum WHERE id = 1", {sum = 5})
                                    edr.write("SALE", {sum = "5"})
                                    return "done"
                                  end)
                                  return done .. menu.ask{"Two?"}
                                end, {resume = "2m"})"""))
                .isEqualTo("doneb");
        assertThat(bench.edrs).hasSize(1);
    }

    @Test
    void what_is_repeatable_does_not_yield_and_a_change_behind_it_is_a_barrier() {
        answers("a", "b");
        assertThat(
                        bench.textOf(
                                """
                                return menu.flow(function()
                                  local _, why = pcall(coroutine.wrap(function()
                                    menu.repeatable(function() coroutine.yield() end)
                                  end))
                                  menu.ask{"One?"}
                                  kv.incr("paid", "x")
                                  menu.ask{"Two?"}
                                  return why
                                end, {back = "0"})"""))
                .contains("attempt to yield within menu.repeatable");
        assertThat(bench.primitives).containsExactly("menu One?", "menu Two?");
    }

    /** The screen before the change has not offered the key, and has taken it as an answer. */
    @Test
    void a_screen_before_a_change_of_the_dialog_before_leads_nowhere_when_it_is_replayed_either() {
        String script =
                """
                return menu.flow(function()
                  local key = menu.once()
                  local there = ussd.menu("There?")
                  local bag = there and menu.ask{"How many bags?"} or "no"
                  http.post("billing", "/topups", {idempotency_key = key})
                  local two = menu.ask{"Two?"}
                  local three = menu.ask{"Three?"}
                  return bag .. two .. three
                end, {back = "0", resume = "2m"})""";
        bench.answer(new PrimitiveResult.Abandon());
        bench.run(script);
        bench.instanceId = "Test-1-00000002";
        bench.primitives.clear();
        answers("yes", "0", "a", "0", "b");
        bench.answer(new PrimitiveResult.Abandon());
        bench.run(script);
        bench.instanceId = "Test-1-00000003";
        answers("0", "c", "d");
        assertThat(bench.textOf(script)).isEqualTo("0cd");
        assertThat(bench.primitives)
                .containsExactly(
                        "menu There?",
                        "menu How many bags?",
                        "menu Two?",
                        "menu Three?\n0. Back",
                        "menu Two?",
                        "menu Three?\n0. Back",
                        "close",
                        "menu Three?\n0. Back",
                        "menu Two?",
                        "menu Three?\n0. Back");
        assertThat(bench.log).isEmpty();
    }

    @Test
    void nobody_goes_back_behind_a_change_that_is_made_while_a_list_is_fetched() {
        String script =
                """
                return menu.flow(function()
                  menu.ask{"One?"}
                  local items = {}
                  for i = 1, 30 do items[i] = "a rather long item number " .. i end
                  return menu.list{title = "Which?", fetch = function(offset, count)
                    if offset > 0 then log.info("paid %s", kv.incr("paid", "x")) end
                    return {table.unpack(items, offset + 1, offset + count)}
                  end}
                end, {back = "0"})""";
        answers("a", "99", "0", "0", "1");
        bench.run(script);
        assertThat(bench.log).hasSize(3).containsOnly("INFO paid 1");
        assertThat(bench.primitives.stream().filter("menu One?"::equals)).hasSize(1);
    }

    @Test
    void a_key_that_the_function_has_no_use_for_lets_nobody_go_on_with_the_flow() {
        String script =
                """
                return menu.flow(function(request)
                  menu.ask{"Name?"}
                  menu.pin{"PIN?"}
                  kv.incr("paid", menu.once())
                  menu.ask{"Sure?"}
                end, {resume = "2m", resumed_text = "Again."})""";
        answers("Ann", "8341");
        bench.answer(new PrimitiveResult.Abandon());
        bench.run(script);
        bench.primitives.clear();
        bench.run(script);
        assertThat(bench.primitives).first().isEqualTo("menu Name?");
    }

    @Test
    void who_goes_on_with_a_flow_leaves_it_with_the_id_and_the_open_request_of_his_own_dialog() {
        String script =
                """
                return menu.flow(function(request)
                  menu.ask{"One?"}
                  menu.ask{"Two?"}
                  log.info("%s %s", request.text, INSTANCE_ID)
                  menu.ask{"Three?"}
                end, {resume = "2m", finally = function() log.info("left " .. INSTANCE_ID) end})""";
        bench.request("text", new ScriptRun.Secret("*1*8341#", "*1*****#"));
        answers("a");
        bench.answer(new PrimitiveResult.Abandon());
        bench.run(script);
        bench.log.clear();
        bench.request("text", "*1#");
        bench.instanceId = "Test-1-00000002";
        answers("b");
        bench.answer(new PrimitiveResult.Abandon());
        bench.run(script);
        assertThat(bench.log)
                .containsExactly("INFO *1# Test-1-00000001", "INFO left Test-1-00000002");
    }

    @Test
    void a_module_that_is_loaded_in_a_flow_is_loaded_anew_when_the_flow_runs_again() {
        bench.file(
                "rates.lua",
                """
                local rates = {loaded = os.time(), chance = math.random(), steps = 0}
                kv.get("rates", "all")
                function rates.step() rates.steps = rates.steps + 1 return rates.steps end
                return rates""");
        bench.file("before.lua", "return {begun = {}}");
        answers("a", "b", "0", "c", "d");
        assertThat(
                        bench.textOf(
                                """
                                local before = require "before"
                                return menu.flow(function()
                                  assert(require "before" == before and package.loaded.json == json)
                                  local rates = require "rates"
                                  menu.ask{"One?"}
                                  menu.ask{"Two " .. rates.step()}
                                  return menu.ask{"Three " .. rates.step() .. " " .. rates.chance}
                                end, {back = "0"})"""))
                .isEqualTo("d");
        assertThat(bench.log).isEmpty();
        assertThat(bench.primitives.get(4)).isEqualTo(bench.primitives.get(2));
    }

    @Test
    void coroutines_that_a_run_has_begun_end_with_it_and_those_before_it_go_on() {
        // of more than max_coroutines that have begun and have not ended, the script ends
        for (int i = 0; i < 50; i++) {
            answers("a", "0");
        }
        answers("a", "b");
        assertThat(
                        bench.textOf(
                                """
                                local function begun()
                                  local f = coroutine.wrap(function() while true do coroutine.yield("on") end end)
                                  f()
                                  return f
                                end
                                local before = begun()
                                return menu.flow(function()
                                  local within = {}
                                  for i = 1, 30 do within[i] = begun() end
                                  menu.ask{"One?"}
                                  menu.ask{"Two?"}
                                  return before() .. within[30]()
                                end, {back = "0"})"""))
                .isEqualTo("onon");
    }

    @Test
    void a_flow_is_finished_from_anywhere_and_no_pcall_holds_it_up() {
        answers("a");
        assertThat(
                        bench.textOf(
                                """
                                local function ask(text)
                                  local answer = menu.ask{text}
                                  if answer == "a" then menu.finish("Finished.") end
                                  return answer
                                end
                                return menu.flow(function()
                                  pcall(ask, "One?")
                                  return menu.ask{"Two?"}
                                end, {back = "0", resume = "2m"})"""))
                .isEqualTo("Finished.");
        assertThat(bench.primitives).containsExactly("menu One?");
        // nothing is left to go on with
        answers("b", "c");
        assertThat(
                        bench.textOf(
                                """
                                return menu.flow(function()
                                  return menu.ask{"One?"} .. menu.ask{"Two?"}
                                end, {back = "0", resume = "2m"})"""))
                .isEqualTo("bc");
    }

    @Test
    void a_flow_is_not_finished_within_a_transaction_or_where_there_is_none() {
        assertThat(bench.errorOf("menu.finish('x')"))
                .contains("main.lua:1: menu.finish: only within menu.flow");
        assertThat(
                        bench.errorOf(
                                """
                                return menu.flow(function()
                                  local done, why, detail = sql.transaction("bank", function(tx) menu.finish("x") end)
                                end)"""))
                .contains("menu.finish: not within sql.transaction");
    }

    @Test
    void what_a_flow_says_of_itself_is_in_the_language_of_the_dialog() {
        bench.file(
                "lang/en.yaml",
                "menu_words: {back: Back, resumed: Welcome back., timeout: Too late., tries: Enough.}");
        bench.file(
                "lang/sw.yaml",
                "menu_words: {back: Rudi, resumed: Karibu tena., timeout: Umechelewa., tries: Basi.}");
        String script =
                """
                return menu.flow(function()
                  menu.ask{"One?"}
                  t.language("sw")
                  menu.ask{"Two?", check = "^%d$", tries = 1}
                end, {back = "0", resume = "2m"})""";
        answers("a");
        bench.answer(new PrimitiveResult.Timeout());
        bench.run(script);
        answers("x");
        bench.run(script);
        bench.answer(new PrimitiveResult.Timeout());
        bench.run(script);
        assertThat(bench.primitives)
                .containsExactly(
                        "menu One?",
                        "menu Two?\n0. Rudi",
                        "respond Umechelewa.",
                        "menu Karibu tena.\nTwo?\n0. Rudi",
                        "respond Basi.",
                        "menu One?",
                        "respond Too late.");
    }

    @Test
    void home_without_back_leads_to_the_first_question_from_the_second_one_on() {
        answers("a", "00", "b", "c", "00", "d", "e", "f");
        assertThat(
                        bench.textOf(
                                """
                                return menu.flow(function()
                                  return menu.ask{"One?"} .. menu.ask{"Two?"} .. menu.ask{"Three?"}
                                end, {home = "00"})"""))
                .isEqualTo("def");
        assertThat(bench.primitives)
                .containsExactly(
                        "menu One?",
                        "menu Two?\n00. Home",
                        "menu One?",
                        "menu Two?\n00. Home",
                        "menu Three?\n00. Home",
                        "menu One?",
                        "menu Two?\n00. Home",
                        "menu Three?\n00. Home");
    }
}
