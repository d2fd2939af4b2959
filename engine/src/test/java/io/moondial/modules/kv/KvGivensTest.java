package io.moondial.modules.kv;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.modules.json.Json;
import io.moondial.modules.kv.KvStore.Answer;
import io.moondial.modules.kv.KvStore.KvKey;
import io.moondial.script.api.Backend.Line;
import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaFunction.NativeFunction;
import io.moondial.script.lua.LuaState;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import io.moondial.script.lua.Meter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a recorded dialog test is given, so that it finds the same values. */
class KvGivensTest {
    private final Json json = new Json();
    private final KvGivens givens = new KvGivens(json);
    private final List<@Nullable String> lines = new ArrayList<>();

    /** Runs it as a function that a script calls. */
    private void inAScript(Consumer<Arguments> calls) {
        Meter meter =
                new Meter(
                        new Meter.Bounds(1L << 30, 1L << 30, 100, 1 << 16, 0),
                        () -> {},
                        new Meter.HeavyPermit(1));
        LuaTable nothing = LuaTable.unmetered().seal("nothing");
        LuaState state = new LuaState(meter, nothing, nothing, nothing, null, nothing);
        state.call(
                new NativeFunction(
                        "kv.get",
                        a -> {
                            calls.accept(a);
                            return Lua.nothing();
                        }));
        assertThat(lines)
                .filteredOn(it -> it != null)
                .allSatisfy(
                        it ->
                                assertThat(KvStandIn.objection(Line.GIVEN, String.valueOf(it)))
                                        .as(it)
                                        .isEmpty());
    }

    private static KvKey key(String name) {
        return new KvKey("b", LuaString.of(name));
    }

    private static Answer found(String kept) {
        return new Answer.Found(LuaString.of(kept));
    }

    @Test
    void the_value_that_the_first_read_of_a_key_found_is_given() {
        inAScript(
                a -> {
                    lines.add(givens.found(a, key("k"), found("ssw")));
                    lines.add(givens.found(a, key("k"), found("sother")));
                    lines.add(givens.found(a, key("none"), new Answer.Found(null)));
                    lines.add(givens.found(a, key("none"), found("swritten since")));
                    lines.add(givens.found(a, key("a key"), found("12")));
                    lines.add(givens.found(a, key("fails"), found("d12.50")));
                });
        assertThat(lines)
                .containsExactly(
                        "b k \"sw\"",
                        null,
                        null,
                        null,
                        "b \"a key\" 12",
                        "b \"fails\" decimal(\"12.50\")");
    }

    @Test
    void what_the_script_wrote_itself_is_not_given() {
        inAScript(
                a -> {
                    lines.add(givens.changed(a, key("k")));
                    lines.add(givens.found(a, key("k"), found("ssw")));
                });
        assertThat(lines).containsOnlyNulls();
    }

    @Test
    void what_was_there_before_a_change_is_given_as_far_as_the_answer_tells() {
        inAScript(
                a -> {
                    lines.add(givens.counted(a, key("n"), 2, new Answer.Counted(44)));
                    lines.add(givens.counted(a, key("n"), 2, new Answer.Counted(46)));
                    lines.add(givens.counted(a, key("new"), 1, new Answer.Counted(1)));
                    lines.add(givens.swapped(a, key("s"), LuaString.of("old"), Answer.Done.YES));
                    lines.add(givens.deleted(a, key("d"), Answer.Done.YES));
                    lines.add(givens.changedOrPresent(a, key("a"), Answer.Done.NO));
                    lines.add(givens.found(a, key("a"), found("T")));
                    lines.add(
                            givens.left(
                                    a, key("t"), new Answer.Left(true, Duration.ofSeconds(90))));
                });
        assertThat(lines)
                .containsExactly(
                        "b n 42",
                        null,
                        null,
                        "b s \"old\"",
                        "b d true",
                        "b a true",
                        "b a true",
                        "b t true ttl 90000ms");
    }

    @Test
    void scripts_are_recorded_apart() {
        inAScript(a -> lines.add(givens.found(a, key("k"), found("ssw"))));
        inAScript(a -> lines.add(givens.found(a, key("k"), found("ssw"))));
        assertThat(lines).containsExactly("b k \"sw\"", "b k \"sw\"");
    }
}
