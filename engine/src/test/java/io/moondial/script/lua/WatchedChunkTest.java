package io.moondial.script.lua;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.script.lua.Compiler.CompileFailure;
import io.moondial.script.stdlib.StandardLibrary;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a watched chunk counts, and that it runs as an unwatched one does. */
class WatchedChunkTest {
    private static final Compiler COMPILER = new Compiler();

    private static WatchedChunk watched(String lua) {
        try {
            return WatchedChunk.of(COMPILER.compileFile(LuaString.of(lua), "chunk.lua"));
        } catch (CompileFailure e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static LuaState state() {
        StandardLibrary library = new StandardLibrary(COMPILER);
        LuaTable globals = LuaTable.unmetered();
        library.addTo(globals);
        globals.seal("_G");
        return new LuaState(
                TestMeter.unlimited(),
                globals,
                LuaTable.unmetered().seal("meta"),
                library.stringMetatable(),
                null,
                "test");
    }

    /** Runs it once with these arguments; what a failing run did counts too. */
    private static @Nullable Object[] run(WatchedChunk chunk, @Nullable Object... arguments) {
        LuaState state = state();
        return state.protect(
                () -> state.call(state.load(chunk.code(), state.globals()), arguments),
                error -> Lua.values(error));
    }

    private static @Nullable Object[] runPlainly(String lua) throws CompileFailure {
        LuaState state = state();
        return state.call(
                state.load(COMPILER.compileFile(LuaString.of(lua), "chunk.lua"), state.globals()));
    }

    private static WatchedChunk ran(String lua, @Nullable Object... arguments) {
        WatchedChunk chunk = watched(lua);
        run(chunk, arguments);
        return chunk;
    }

    private static List<String> branches(WatchedChunk chunk) {
        return chunk.branches().stream()
                .map(b -> b.line() + " " + b.kind() + " " + b.on() + " " + b.past())
                .toList();
    }

    private static String lines(WatchedChunk chunk) {
        SortedMap<Integer, Long> lines = chunk.lines();
        return lines.toString();
    }

    @Test
    void a_line_is_counted_each_time_it_is_carried_out() {
        WatchedChunk chunk = watched("local a = 1\n\n-- nothing\nlocal b = a\nreturn b");
        assertThat(lines(chunk)).isEqualTo("{1=0, 4=0, 5=0}");
        run(chunk);
        run(chunk);
        assertThat(lines(chunk)).isEqualTo("{1=2, 4=2, 5=2}");
    }

    @Test
    void what_is_not_reached_counts_nothing() {
        WatchedChunk chunk =
                ran(
                        """
                        local a = ...
                        if a then
                          a = 1
                        else
                          a = 2
                        end
                        return a
                        """,
                        true);
        assertThat(lines(chunk)).isEqualTo("{1=1, 2=1, 3=1, 5=0, 7=1}");
        assertThat(branches(chunk)).containsExactly("2 CONDITION 1 0");
        run(chunk, false);
        assertThat(branches(chunk)).containsExactly("2 CONDITION 1 1");
    }

    @Test
    void the_end_of_a_function_is_no_line() {
        WatchedChunk chunk =
                ran(
                        """
                        local function f(a)
                          if a then
                            return 1
                          end
                          return 2
                        end
                        local function g()
                        end
                        return f(true)
                        """);
        assertThat(lines(chunk)).isEqualTo("{1=1, 2=1, 3=1, 5=0, 7=1, 8=0, 9=1}");
        assertThat(chunk.functions())
                .extracting(f -> f.line() + "x" + f.calls())
                .containsExactly("0x1", "1x1", "7x0");
    }

    @Test
    void a_condition_without_an_else_has_two_ways_though_both_go_on_at_the_same_line() {
        WatchedChunk chunk =
                watched("local a, b = ...\nif a then\n  b = 1\nend\nif b then end\nreturn b");
        run(chunk, true, null);
        run(chunk, true, null);
        run(chunk, false, null);
        assertThat(branches(chunk)).containsExactly("2 CONDITION 2 1", "5 CONDITION 2 1");
    }

    @Test
    void each_part_of_and_and_or_is_a_branch() {
        WatchedChunk chunk =
                watched("local a, b = ...\nlocal c = a and b or 3\nif a or b then\n  c = 4\nend");
        run(chunk, true, true);
        run(chunk, true, false);
        run(chunk, false, true);
        assertThat(branches(chunk))
                .containsExactly(
                        "2 CONDITION 2 1", "2 CONDITION 1 1", "3 CONDITION 1 2", "3 CONDITION 1 0");
    }

    @Test
    void a_comparison_as_a_value_is_a_branch() {
        WatchedChunk chunk = ran("local a = ...\nlocal less = a < 5\nreturn less", 3.0);
        assertThat(branches(chunk)).hasSize(1).first().asString().matches("2 CONDITION (1 0|0 1)");
        run(chunk, 7.0);
        assertThat(branches(chunk)).containsExactly("2 CONDITION 1 1");
        assertThat(run(chunk, 7.0)).containsExactly(false);
    }

    @Test
    void a_comparison_that_raises_an_error_goes_neither_way() {
        WatchedChunk chunk = ran("local a = ...\nif a < 5 then\n  a = 1\nend");
        assertThat(lines(chunk)).isEqualTo("{1=1, 2=1, 3=0}");
        assertThat(branches(chunk)).containsExactly("2 CONDITION 0 0");
    }

    @Test
    void a_loop_goes_round_and_out() {
        WatchedChunk chunk =
                ran("for i = 1, 3 do\n  local x = i\nend\nfor i = 1, 0 do\n  x = i\nend");
        assertThat(branches(chunk)).containsExactly("1 LOOP 3 1", "4 LOOP 0 1");
        assertThat(chunk.lines()).containsEntry(2, 3L).containsEntry(5, 0L);
    }

    @Test
    void an_empty_loop_and_one_that_is_broken_off_are_counted_too() {
        WatchedChunk chunk =
                ran(
                        """
                        for i = 1, 3 do end
                        for i = 1, 9 do
                          if i == 2 then
                            break
                          end
                        end
                        """);
        assertThat(branches(chunk)).containsExactly("1 LOOP 3 1", "2 LOOP 2 0", "3 CONDITION 1 1");
    }

    @Test
    void loops_over_pairs_while_and_until_are_counted() {
        WatchedChunk chunk =
                ran(
                        """
                        local n = 0
                        for k, v in pairs({a = 1, b = 2}) do
                          n = n + v
                        end
                        while n > 0 do
                          n = n - 1
                        end
                        repeat
                          n = n + 1
                        until n == 4
                        """);
        assertThat(branches(chunk))
                .containsExactly("2 LOOP 2 1", "5 CONDITION 3 1", "10 CONDITION 1 3");
    }

    @Test
    void a_tail_call_and_a_metamethod_leave_the_counts_right() {
        WatchedChunk chunk =
                ran(
                        """
                        local mt = {__eq = function(a, b)
                          return a.x == b.x
                        end}
                        local p = setmetatable({x = 1}, mt)
                        local q = setmetatable({x = 1}, mt)
                        local function count(n)
                          if n == 0 then
                            return p == q
                          end
                          return count(n - 1)
                        end
                        return count(5)
                        """);
        assertThat(branches(chunk)).contains("7 CONDITION 1 5");
        assertThat(chunk.lines())
                .containsEntry(2, 1L)
                .containsEntry(7, 6L)
                .containsEntry(8, 1L)
                .containsEntry(10, 5L);
    }

    @Test
    void large_constants_and_long_lists_run_as_unwatched() throws Exception {
        StringBuilder lua = new StringBuilder("local t = {");
        for (int i = 0; i < 30_000; i++) {
            lua.append(i % 7 == 0 ? "'s" + i + "'" : i + 0.5).append(",\n");
        }
        lua.append(
                """
                }
                local n = 0
                for i = 1, #t do if type(t[i]) == 'number' then n = n + t[i] end end
                return n, #t\
                """);
        WatchedChunk chunk = watched(lua.toString());
        double expected = 0;
        for (int i = 0; i < 30_000; i++) {
            expected += i % 7 == 0 ? 0 : i + 0.5;
        }
        assertThat(run(chunk)).containsExactly(expected, 30_000.0);
        assertThat(runPlainly(lua.toString())).containsExactly(expected, 30_000.0);
    }

    @Test
    void errors_of_watched_code_name_what_unwatched_code_names() throws Exception {
        String lua = "local t = {}\nlocal function f(x)\n  return x.y.z\nend\nreturn f(t)";
        assertThat(run(watched(lua)))
                .isEqualTo(
                        new Object[] {
                            LuaString.of("chunk.lua:3: attempt to index field 'y' (a nil value)")
                        });
    }

    @Test
    void parallel_runs_are_all_counted() throws Exception {
        WatchedChunk chunk = watched("for i = 1, 1000 do\n  local x = i\nend");
        Thread[] threads = new Thread[4];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = Thread.ofPlatform().start(() -> run(chunk));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(chunk.lines()).containsEntry(2, 4000L);
        assertThat(branches(chunk)).containsExactly("1 LOOP 4000 4");
    }
}
