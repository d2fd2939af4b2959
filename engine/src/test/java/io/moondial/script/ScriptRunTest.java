package io.moondial.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.dialog.PrimitiveResult;
import io.moondial.script.ScriptOutcome.ScriptFault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ScriptRunTest {
    @TempDir Path folder;
    private ScriptBench bench;

    @BeforeEach
    void openBench() {
        bench = new ScriptBench(folder);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "return ussd.menu('x')",
                "return select(2, pcall(ussd.menu, 'x'))",
                "return select(2, pcall(function() return ussd.menu('x') end))",
                "return select(2, xpcall(function() return ussd.menu('x') end, print))",
                "return select(2, xpcall(error, function() return ussd.menu('x') end))",
                "return (('x'):gsub('x', function() return ussd.menu('x') end))",
                "local r table.sort({1, 2}, function(a, b) r = ussd.menu('x') return a < b end) return r",
                "return setmetatable({}, {__index = function() return ussd.menu('x') end}).y",
                "local r setmetatable({}, {__newindex = function() r = ussd.menu('x') end}).y = 1 return r",
                "return setmetatable({}, {__add = function() return ussd.menu('x') end}) + 1",
                "return setmetatable({}, {__concat = function() return ussd.menu('x') end}) .. 'y'",
                "return tostring(setmetatable({}, {__tostring = function() return ussd.menu('x') end}))",
                "local r local _ = setmetatable({}, {__lt = function() r = ussd.menu('x') end}) < 1 return r",
                "return setmetatable({}, {__call = function() return ussd.menu('x') end})()",
                "for a in function() return ussd.menu('x') end do return a end",
                "for a in pairs(setmetatable({}, {__pairs = function() return next, {[ussd.menu('x')] = 1} end})) do return a end",
                "return load(\"return ussd.menu('x')\")()",
                "local n = 0 return load(function() n = n + 1 return n == 1 and \"return '\" .. ussd.menu('x') .. \"'\" or nil end)()",
                "return require 'asks'",
            })
    void a_script_can_wait_anywhere_without_holding_a_thread(String script) throws Exception {
        bench.file("lib/asks.lua", "return ussd.menu('x')");
        CompletableFuture<PrimitiveResult> answer = new CompletableFuture<>();
        CountDownLatch waiting = new CountDownLatch(20);
        bench.answer(() -> await(waiting, answer));
        bench.file("main.lua", script);
        ScriptHost host = bench.host();
        Script main = bench.compile().script("main").orElseThrow();
        assertThat(host.api()).isNotEmpty();
        List<Future<ScriptOutcome>> outcomes = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20; i++) {
                ScriptBench other = new ScriptBench(folder).answer(() -> await(waiting, answer));
                outcomes.add(threads.submit(() -> main.run(other.newRun())));
            }
            waiting.await();
            answer.complete(new PrimitiveResult.Input("answered"));
            for (Future<ScriptOutcome> outcome : outcomes) {
                assertThat(outcome.get())
                        .isInstanceOfSatisfying(
                                ScriptOutcome.Returned.class,
                                r -> assertThat(r.text()).isEqualTo("answered"));
            }
        }
    }

    private static PrimitiveResult await(
            CountDownLatch waiting, CompletableFuture<PrimitiveResult> answer) {
        waiting.countDown();
        return answer.join();
    }

    @Test
    void a_script_that_is_told_to_stop_ends_whatever_it_catches() {
        bench.answer(
                () -> {
                    bench.control.stop("the engine is stopping");
                    return new PrimitiveResult.Input("1");
                });
        ScriptFault fault = bench.faultOf("while true do pcall(ussd.menu, 'x') end");
        assertThat(fault.kind()).isEqualTo(ScriptFault.Kind.STOPPED);
        assertThat(fault.text()).isEqualTo("main.lua:1: stopped: the engine is stopping");
        assertThat(bench.primitives).hasSize(1);
    }

    @Test
    void a_script_that_computes_is_stopped_from_another_thread() throws Exception {
        bench.limits = new ScriptLimits(Long.MAX_VALUE / 4, 1 << 20, Duration.ofMinutes(10));
        CountDownLatch running = new CountDownLatch(1);
        bench.answer(
                () -> {
                    running.countDown();
                    return new PrimitiveResult.Done();
                });
        bench.file(
                "main.lua",
                "ussd.notify('x') while true do pcall(function() while true do end end) end");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<ScriptOutcome> outcome = threads.submit(bench::runMain);
            running.await();
            bench.control.stop("enough");
            assertThat(outcome.get())
                    .isInstanceOfSatisfying(
                            ScriptOutcome.Failed.class,
                            f -> assertThat(f.fault().kind()).isEqualTo(ScriptFault.Kind.STOPPED));
        }
    }

    @Test
    void the_time_of_a_script_includes_its_waits() {
        bench.answer(
                () -> {
                    bench.nanos += Duration.ofMinutes(11).toNanos();
                    return new PrimitiveResult.Input("1");
                });
        ScriptFault fault = bench.faultOf("pcall(ussd.menu, 'x') return 'late'");
        assertThat(fault.kind()).isEqualTo(ScriptFault.Kind.WAITED);
        assertThat(fault.message()).isEqualTo("used up max_time: 600.000s with its waits");
    }

    @Test
    void the_wait_for_a_subscriber_who_leaves_in_the_end_is_a_wait() {
        bench.answer(
                () -> {
                    bench.nanos += Duration.ofMinutes(11).toNanos();
                    return new PrimitiveResult.Abandon();
                });
        assertThat(bench.faultOf("ussd.menu('x') return 'late'").kind())
                .isEqualTo(ScriptFault.Kind.WAITED);
    }

    @Test
    void a_script_whose_dialog_is_over_has_bounded_time_to_finish() {
        String script =
                "ussd.menu('x') log.info('still here') for i = 1, 5000 do end stat.increment('tick') for i = 1, 5000 do end return 'end'";
        bench.answer(
                () -> {
                    bench.control.finishWithin(Duration.ofSeconds(5));
                    return new PrimitiveResult.Abandon();
                });
        assertThat(bench.textOf(script)).isEqualTo("end");

        ScriptBench slow = new ScriptBench(folder);
        slow.answer(
                () -> {
                    slow.control.finishWithin(Duration.ofSeconds(5));
                    return new PrimitiveResult.Abandon();
                });
        slow.answer(
                () -> {
                    slow.waits = false;
                    slow.nanos += Duration.ofSeconds(6).toNanos();
                    return new PrimitiveResult.Abandon();
                });
        ScriptFault fault = slow.faultOf("ussd.menu('x') ussd.menu('y') return 'end'");
        assertThat(fault.message())
                .isEqualTo("not finished within 5.000s after the dialog was over");
        assertThat(fault.kind()).isEqualTo(ScriptFault.Kind.LIMIT);
    }

    @Test
    void a_fault_tells_script_line_and_the_calls_that_led_there() {
        bench.file(
                "lib/money.lua",
                "local M = {}\nfunction M.format(x)\n  return x.amount\nend\nreturn M");
        ScriptFault fault =
                bench.faultOf(
                        """
                        local money = require "money"
                        local account = {}
                        local function show()
                          local text = money.format(account.balance)
                          return text
                        end
                        local function run() show() return 1 end
                        local ok = run()
                        """);
        assertThat(fault.text())
                .isEqualTo("lib/money.lua:3: attempt to index local 'x' (a nil value)");
        assertThat(fault.script()).isEqualTo("lib/money.lua");
        assertThat(fault.line()).isEqualTo(3);
        assertThat(fault.luaStack())
                .containsExactly(
                        "lib/money.lua:3: in function field 'format'",
                        "main.lua:4: in function upvalue 'show'",
                        "main.lua:7: in function local 'run'",
                        "main.lua:8: in main chunk");
    }

    @Test
    void a_stack_goes_through_callbacks_and_tail_calls() {
        ScriptFault fault =
                bench.faultOf(
                        """
                        local function deep() error({}) end
                        local function tail() return deep() end
                        table.sort({1, 2}, function(a, b)
                          tail()
                        end)
                        """);
        assertThat(fault.text()).isEqualTo("main.lua:1: (error object is a table value)");
        assertThat(fault.luaStack())
                .containsExactly(
                        "main.lua:1: in function <main.lua:1>",
                        "main.lua:4: in function <main.lua:3>",
                        "main.lua:3: in main chunk");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|(error object is a table value)",
                "{code = 5}|(error object is a table with code 5)",
                "{message = 'no credit', code = 5}|no credit (code 5)",
                "{message = 'no credit'}|no credit",
                "{message = {}, code = print}|(error object is a table value)",
                "setmetatable({}, {__index = function() while true do end end})|(error object is a table value)",
                "setmetatable({c = 7}, {__tostring = function(e) return 'credit ' .. e.c end})|credit 7",
                "setmetatable({code = 7}, {__tostring = function() error('x') end})|(error object is a table with code 7)",
                "setmetatable({code = 7}, {__tostring = function() return {} end})|(error object is a table with code 7)",
                "setmetatable({code = 7}, {__tostring = 5})|(error object is a table with code 7)",
                "print|(error object is a function value)",
                "nil|nil",
                "true|(error object is a boolean value)",
            })
    void an_error_object_says_what_it_knows(String object, String text) {
        ScriptFault fault = bench.faultOf("local function f()\n  error(" + object + ")\nend\nf()");
        assertThat(fault.text()).isEqualTo("main.lua:2: " + text);
        assertThat(fault.kind()).isEqualTo(ScriptFault.Kind.ERROR);
        assertThat(fault.luaStack())
                .containsExactly("main.lua:2: in function local 'f'", "main.lua:4: in main chunk");
    }

    @Test
    void what_an_error_object_does_to_say_so_is_bounded_as_all_that_runs() {
        ScriptFault fault =
                bench.faultOf(
                        "error(setmetatable({}, {__tostring = function() while true do end end}))");
        assertThat(fault.kind()).isEqualTo(ScriptFault.Kind.LIMIT);
        assertThat(fault.message()).startsWith("used up max_instructions");
    }

    @Test
    void a_message_of_several_lines_becomes_one_line_of_text() {
        assertThat(bench.faultOf("error('one\\n  two', 0)").text())
                .isEqualTo("main.lua:1: one two");
    }

    @Test
    void a_broken_limit_names_itself() {
        bench.limits = new ScriptLimits(1000, 1 << 20, Duration.ofMinutes(1));
        assertThat(bench.faultOf("\nwhile true do end").text())
                .isEqualTo("main.lua:2: used up max_instructions: 1000 units of work at most");
    }

    @Test
    void what_a_run_used_up_is_told() {
        ScriptOutcome outcome = bench.run("for i = 1, 5000 do end return ('x'):rep(1000)");
        assertThat(outcome.usage().instructions()).isBetween(5000L, 6000L);
        assertThat(outcome.usage().memory()).isBetween(1000L, 3000L);
    }

    @Test
    void the_same_script_takes_the_same_number_of_instructions() {
        String script =
                "local t = {} for i = 1, 500 do t['k' .. i] = tostring(i / 7):gsub('%d', '%0%0') end";
        assertThat(bench.run(script).usage()).isEqualTo(bench.run(script).usage());
    }
}
