package io.moondial.script;

import static io.moondial.script.api.ApiFunction.ApiParameter.Type.ANY;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.dialog.PrimitiveResult;
import io.moondial.modules.BuiltInModules;
import io.moondial.modules.menu.MenuModule;
import io.moondial.script.api.ApiFunction;
import io.moondial.script.api.ApiFunction.Effect;
import io.moondial.script.api.ApiModule;
import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaString;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a flow does when the store of its journal fails. */
class FlowStoreTest {
    /** What comes of a call of the store. */
    private enum Outcome {
        DONE,
        /** It is not made. */
        REFUSED,
        /** It is made, and its answer is lost. */
        LOST,
        TOO_LARGE
    }

    private static final String FLOW =
            """
            return menu.flow(function()
              local one = menu.ask{"One?"}
              local two = menu.ask{"Two?"}
              http.post("billing", "/topups", {idempotency_key = menu.once()})
              edr.write("SALE", {})
              local three = menu.ask{"Three?"}
              edr.write("SALE", {})
              return "done"
            end, {back = "0", resume = "2m", finally = function(why) log.info(why) end})""";

    @TempDir Path folder;
    private ScriptBench bench;

    /** What the next calls of the store come to; then all are done. */
    private final Deque<Outcome> outcomes = new ArrayDeque<>();

    /** What stands there. A flow uses one key. */
    private @Nullable Object stored;

    @BeforeEach
    void openBench() {
        List<ApiModule> built = BuiltInModules.create();
        ApiModule ussd = named("ussd", built);
        ApiModule kv = store();
        Stream<ApiModule> others =
                built.stream().filter(it -> !it.name().equals("kv") && !it.name().equals("menu"));
        bench =
                new ScriptBench(
                                folder,
                                Stream.concat(
                                                others,
                                                Stream.of(
                                                        kv, MenuModule.create(ussd, kv, List.of())))
                                        .toList())
                        .request("msisdn", "27761485722");
    }

    private static ApiModule named(String name, List<ApiModule> modules) {
        return modules.stream().filter(it -> it.name().equals(name)).findFirst().orElseThrow();
    }

    private ApiModule store() {
        ApiModule.Builder module = ApiModule.of("kv", "A store.");
        add(module, "get", a -> Lua.values(stored));
        add(module, "set", a -> put(true, a.get(3)));
        add(module, "add", a -> put(stored == null, a.get(3)));
        add(module, "cas", a -> put(Objects.equals(a.get(3), stored), a.get(4)));
        add(module, "delete", a -> put(true, null));
        return module.build();
    }

    private @Nullable Object[] put(boolean fits, @Nullable Object value) {
        stored = fits ? value : stored;
        return Lua.values(fits);
    }

    private void add(ApiModule.Builder module, String name, Work body) {
        module.function(
                name,
                "Asks.",
                f -> {
                    ApiFunction.Builder asks = f.effect(Effect.CHANGE);
                    for (String parameter : List.of("bucket", "key", "one", "two", "three")) {
                        asks.mayTake(parameter, ANY, "");
                    }
                    return asks.does("", (a, _) -> outcome(a, body));
                });
    }

    /** The work of a function of the store. */
    private interface Work {
        @Nullable Object[] of(Arguments a);
    }

    private @Nullable Object[] outcome(Arguments a, Work body) {
        return switch (outcomes.isEmpty() ? Outcome.DONE : outcomes.remove()) {
            case DONE -> body.of(a);
            case REFUSED -> failed("unavailable");
            case TOO_LARGE -> failed("too_large");
            case LOST -> {
                var _ = body.of(a);
                yield failed("timeout");
            }
        };
    }

    private static @Nullable Object[] failed(String why) {
        return Lua.values(null, Lua.text(why), Lua.text("as the test says"));
    }

    private void answers(String... answers) {
        for (String answer : answers) {
            bench.answer(new PrimitiveResult.Input(answer));
        }
    }

    private List<String> left() {
        return bench.log.stream().filter(it -> it.startsWith("INFO")).toList();
    }

    @Test
    void a_change_with_a_key_is_not_made_while_the_journal_cannot_be_written() {
        answers("a");
        bench.answer(
                () -> {
                    outcomes.add(Outcome.REFUSED);
                    return new PrimitiveResult.Input("b");
                });
        bench.run(FLOW);
        assertThat(left()).containsExactly("INFO unavailable");
        assertThat(bench.edrs).isEmpty();
    }

    @Test
    void a_journal_that_is_too_large_is_kept_no_more_and_the_flow_goes_on() {
        answers("a");
        bench.answer(
                () -> {
                    outcomes.add(Outcome.TOO_LARGE);
                    return new PrimitiveResult.Input("b");
                });
        answers("c");
        assertThat(bench.textOf(FLOW)).isEqualTo("done");
        assertThat(stored).isNull();
        assertThat(bench.edrs).hasSize(2);
        assertThat(bench.log)
                .containsExactly(
                        "WARN menu.flow goes on without its journal: nobody goes back in it any more. The reason: it is larger than a value of the store may be (kv: max_value)");
    }

    @Test
    void a_journal_that_is_too_large_and_cannot_be_removed_leaves_the_flow_before_the_change() {
        answers("a");
        bench.answer(
                () -> {
                    outcomes.add(Outcome.TOO_LARGE);
                    outcomes.add(Outcome.REFUSED);
                    return new PrimitiveResult.Input("b");
                });
        bench.run(FLOW);
        assertThat(left()).containsExactly("INFO unavailable");
        assertThat(bench.edrs).isEmpty();
    }

    @Test
    void a_flow_whose_first_write_failed_is_not_taken_from_it() {
        for (Outcome first : List.of(Outcome.REFUSED, Outcome.LOST)) {
            bench.log.clear();
            bench.edrs.clear();
            outcomes.add(Outcome.DONE);
            outcomes.add(first);
            answers("a", "b", "c");
            assertThat(bench.textOf(FLOW)).isEqualTo("done");
            assertThat(left()).isEmpty();
            assertThat(bench.edrs).hasSize(2);
        }
    }

    @Test
    void however_the_store_fails_no_flow_is_taken_from_the_only_dialog_that_runs() {
        for (int seed = 1; seed <= 300; seed++) {
            Random random = new Random(seed);
            outcomes.clear();
            for (int i = 0; i < 14; i++) {
                outcomes.add(
                        switch (random.nextInt(5)) {
                            case 0 -> Outcome.REFUSED;
                            case 1 -> Outcome.LOST;
                            default -> Outcome.DONE;
                        });
            }
            List<Outcome> given = List.copyOf(outcomes);
            bench.log.clear();
            bench.instanceId = "Test-1-" + seed;
            answers("a", "b", "c");
            bench.run(FLOW);
            bench.forgetAnswers(); // a flow that went on asked fewer questions
            assertThat(left()).as("seed %d: %s", seed, given).isSubsetOf("INFO unavailable");
        }
    }

    @Test
    void a_damaged_journal_begins_the_flow_anew_and_is_no_fault_of_the_engine() {
        String flow =
                """
                return menu.flow(function()
                  local account = http.get("billing", "/accounts/{n}", {path = {n = "27761485722"}, query = {currency = "KES"}})
                  menu.ask{"One?"}
                  kv.get("some", "key")
                  menu.ask{"Two?"}
                  return "done"
                end, {resume = "2m"})""";
        answers("a");
        bench.answer(new PrimitiveResult.Abandon());
        bench.run(flow);
        byte[] whole = ((LuaString) Objects.requireNonNull(stored)).toOctets();
        int anew = 0;
        for (int seed = 1; seed <= 2000; seed++) {
            Random random = new Random(seed);
            byte[] damaged = Arrays.copyOf(whole, whole.length - random.nextInt(3));
            damaged[CHECKED + random.nextInt(damaged.length - CHECKED)] = (byte) random.nextInt();
            stored = checked(damaged);
            bench.log.clear();
            bench.forgetAnswers();
            answers("b", "c");
            ScriptOutcome outcome = bench.run(flow);
            if (outcome instanceof ScriptOutcome.Failed failed) {
                assertThat(failed.fault().cause()).as("seed %d", seed).isNull();
            }
            anew += bench.log.toString().contains("is no journal of this engine: ") ? 1 : 0;
        }
        assertThat(anew).isGreaterThan(1000);
    }

    private static final int CHECKED = Integer.BYTES + Long.BYTES;

    /** With the checksum that belongs to it: who writes into the store can count. */
    private static LuaString checked(byte[] journal) {
        CRC32 checksum = new CRC32();
        checksum.update(journal, CHECKED, journal.length - CHECKED);
        ByteBuffer.wrap(journal).putLong(Integer.BYTES, checksum.getValue());
        return LuaString.ofOctets(journal);
    }
}
