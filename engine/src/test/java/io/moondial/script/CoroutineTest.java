package io.moondial.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.dialog.PrimitiveResult;
import io.moondial.script.ScriptOutcome.ScriptFault;
import io.moondial.script.api.ScriptDialog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Coroutines among all else that a script is: limits, primitives, errors, its end. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CoroutineTest {
    @TempDir Path folder;
    private ScriptBench bench;

    @BeforeEach
    void openBench() {
        bench = new ScriptBench(folder);
    }

    @Test
    void a_primitive_in_one_works_and_others_go_on_from_where_they_stood() {
        bench.answer(new PrimitiveResult.Input("1")).answer(new PrimitiveResult.Input("2"));
        assertThat(
                        bench.textOf(
                                """
                                local function asker(what)
                                  return coroutine.wrap(function()
                                    local answer = ussd.menu(what)
                                    coroutine.yield()
                                    log.info("%s %s", what, answer)
                                    return answer
                                  end)
                                end
                                local a, b = asker "first", asker "second"
                                a() b()
                                return b() .. a()
                                """))
                .isEqualTo("21");
        assertThat(bench.primitives).containsExactly("menu first", "menu second");
        assertThat(bench.log).containsExactly("INFO second 2", "INFO first 1");
    }

    @Test
    void a_call_that_waits_in_one_works() {
        assertThat(
                        bench.textOf(
                                """
                                local co = coroutine.wrap(function()
                                  local r = http.get("billing", "/accounts/{n}", {path = {n = "27761485722"}, query = {currency = "KES"}})
                                  coroutine.yield(r.json.balance)
                                end)
                                return co()
                                """))
                .isEqualTo("12.50");
    }

    @Test
    void an_error_that_nobody_catches_has_the_place_and_the_calls_of_all_coroutines() {
        ScriptFault fault =
                bench.faultOf(
                        """
                        local function deep()
                          local x = nil + 1
                        end
                        local inner = coroutine.wrap(function()
                          deep()
                        end)
                        local outer = coroutine.wrap(function()
                          inner()
                        end)
                        outer()
                        """);
        assertThat(fault.message())
                .isEqualTo(
                        "main.lua:10: main.lua:8: main.lua:2: attempt to perform arithmetic on a nil"
                                + " value");
        assertThat(fault.line()).isEqualTo(2);
        assertThat(fault.luaStack())
                .containsExactly(
                        "main.lua:2: in function upvalue 'deep'",
                        "main.lua:5: in function <main.lua:4>",
                        "main.lua:8: in function <main.lua:7>",
                        "main.lua:10: in main chunk");
    }

    @Test
    void a_broken_limit_in_one_ends_the_script_at_its_place() {
        bench.limits = new ScriptLimits(100_000, 16 << 20, Duration.ofMinutes(10));
        ScriptFault fault =
                bench.faultOf(
                        """
                        local co = coroutine.create(function()
                          pcall(function()
                            while true do end
                          end)
                        end)
                        pcall(coroutine.resume, co)
                        ussd.menu("not reached")
                        """);
        assertThat(fault.kind()).isEqualTo(ScriptFault.Kind.LIMIT);
        assertThat(fault.line()).isEqualTo(3);
        assertThat(bench.primitives).isEmpty();
    }

    @Test
    void so_many_may_have_begun_and_not_have_ended() {
        bench.limits = ScriptBench.LIMITS.with(null, null, null, null, null, 3);
        String lua =
                """
                local function waits() return coroutine.yield() end
                local co = {}
                for i = 1, %d do co[i] = coroutine.create(waits) coroutine.resume(co[i]) end
                for round = 1, 100 do
                  for i = 1, 3 do
                    coroutine.resume(co[i])
                    co[i] = coroutine.create(waits)
                    coroutine.resume(co[i])
                  end
                end
                for i = 1, 50 do co[i] = coroutine.create(waits) end
                return "well"
                """;
        assertThat(bench.textOf(lua.formatted(3))).isEqualTo("well");
        assertThat(bench.faultOf(lua.formatted(4)).message())
                .isEqualTo("used up max_coroutines: 3 coroutines that have not ended at most");
    }

    @Test
    void calls_count_through_all_coroutines_that_resume_each_other() {
        bench.limits = ScriptBench.LIMITS.with(null, null, null, 100, null, 1000);
        assertThat(bench.faultOf("local function f() return coroutine.wrap(f)() end f()").message())
                .startsWith("used up max_call_depth: 100");
        assertThat(
                        bench.textOf(
                                """
                                local function deep(n)
                                  if n > 0 then return (deep(n - 1)) end
                                  coroutine.yield()
                                  pcall(error)
                                  coroutine.yield()
                                  return "end"
                                end
                                local co = coroutine.wrap(deep)
                                co(60)
                                local function from(n) if n > 0 then return (from(n - 1)) end co() end
                                from(20)
                                return co()
                                """))
                .isEqualTo("end");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "return 'over'",
                "error('over')",
                "while true do end",
                "ussd.menu('x')",
                "coroutine.wrap(function() ussd.menu('x') end)()",
                "coroutine.wrap(function() error('over') end)()",
                "coroutine.wrap(function() coroutine.wrap(function() while true do end end)() end)()"
            })
    void none_is_left_when_the_script_ends_however_it_ends(String end) throws Exception {
        bench.limits = new ScriptLimits(1_000_000, 16 << 20, Duration.ofMinutes(10));
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            bench.answer(
                    () -> {
                        threads.add(Thread.currentThread());
                        return new PrimitiveResult.Input("1");
                    });
        }
        bench.answer(
                () -> {
                    throw new ScriptDialog.Killed("the caller left");
                });
        bench.run(
                """
                local function waits()
                  ussd.menu("inner")
                  pcall(function() table.sort({2, 1}, function() coroutine.yield() end) end)
                  log.info("never")
                end
                for i = 1, 20 do
                  local outer = coroutine.wrap(function()
                    ussd.menu("outer")
                    local inner = coroutine.wrap(waits)
                    inner()
                    coroutine.yield()
                    log.info("never")
                  end)
                  outer()
                end
                """
                        + end);
        assertThat(threads).hasSize(40).doesNotHaveDuplicates();
        for (Thread thread : threads) {
            assertThat(thread.join(Duration.ofSeconds(100))).isTrue();
        }
        assertThat(bench.log).isEmpty();
    }

    @Test
    void a_stop_from_outside_ends_the_script_in_one() throws Exception {
        bench.answer(
                () -> {
                    bench.control.stop("enough");
                    return new PrimitiveResult.Input("1");
                });
        ScriptFault fault =
                bench.faultOf(
                        """
                        coroutine.wrap(function()
                          ussd.menu("x")
                          while true do pcall(error) end
                        end)()
                        """);
        assertThat(fault.kind()).isEqualTo(ScriptFault.Kind.STOPPED);
        assertThat(fault.message()).isEqualTo("stopped: enough");
    }

    @Test
    void a_transaction_is_not_left_by_a_yield() {
        String lua =
                """
                local co = coroutine.create(function()
                  return sql.transaction("bank", function(tx)
                    %s
                    return "done"
                  end)
                end)
                local ok, why = coroutine.resume(co)
                return tostring(ok) .. " " .. tostring(why)
                """;
        assertThat(bench.textOf(lua.formatted("coroutine.yield()")))
                .isEqualTo("false main.lua:3: attempt to yield within sql.transaction");
        assertThat(
                        bench.textOf(
                                lua.formatted(
                                        "for i in coroutine.wrap(function() coroutine.yield(1) end) do end")))
                .isEqualTo("true done");
        assertThat(
                        bench.textOf(
                                """
                                return coroutine.wrap(function()
                                  pcall(sql.transaction, "bank", function() error("x") end)
                                  coroutine.yield("left")
                                end)()
                                """))
                .isEqualTo("left");
    }

    @Test
    void a_secret_stays_one_through_coroutines_and_tracebacks() {
        bench.answer(new PrimitiveResult.Input("1234"));
        bench.textOf(
                """
                local co = coroutine.wrap(function() coroutine.yield(ussd.menu("PIN?", {secret = true})) end)
                local pin = co()
                log.info("%s", pin)
                log.info("%s", (debug.traceback(pin)))
                return "x"
                """);
        assertThat(bench.log.getFirst()).isEqualTo("INFO ****");
        assertThat(String.join("", bench.log)).doesNotContain("1234").contains("****");
    }

    @Test
    void a_module_may_be_loaded_in_one_and_yield_meanwhile() {
        bench.file("lib/slow.lua", "coroutine.yield('loading') return 'loaded'");
        assertThat(
                        bench.textOf(
                                """
                                local co = coroutine.wrap(function() return require "slow" end)
                                return co() .. co() .. require "slow"
                                """))
                .isEqualTo("loadingloadedloaded");
    }
}
