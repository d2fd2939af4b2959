package io.moondial.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.dialog.PrimitiveResult;
import io.moondial.script.FailingStore.Outcome;
import io.moondial.script.lua.LuaString;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a flow does when the store of its journal fails. */
class FlowStoreTest {
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

    private final FailingStore store = new FailingStore();

    @BeforeEach
    void openBench() {
        bench = new ScriptBench(folder, store.modules()).request("msisdn", "27761485722");
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
                    store.outcomes.add(Outcome.REFUSED);
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
                    store.outcomes.add(Outcome.TOO_LARGE);
                    return new PrimitiveResult.Input("b");
                });
        answers("c");
        assertThat(bench.textOf(FLOW)).isEqualTo("done");
        assertThat(store.stored).isNull();
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
                    store.outcomes.add(Outcome.TOO_LARGE);
                    store.outcomes.add(Outcome.REFUSED);
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
            store.outcomes.add(Outcome.DONE);
            store.outcomes.add(first);
            answers("a", "b", "c");
            assertThat(bench.textOf(FLOW)).isEqualTo("done");
            assertThat(left()).isEmpty();
            assertThat(bench.edrs).hasSize(2);
        }
    }

    @Test
    void however_the_store_fails_no_flow_is_taken_from_the_only_dialog_that_runs() {
        for (int seed = 1; seed <= 300; seed++) {
            store.fail(new Random(seed));
            List<Outcome> given = List.copyOf(store.outcomes);
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
        byte[] whole = ((LuaString) Objects.requireNonNull(store.stored)).toOctets();
        int anew = 0;
        for (int seed = 1; seed <= 2000; seed++) {
            Random random = new Random(seed);
            byte[] damaged = Arrays.copyOf(whole, whole.length - random.nextInt(3));
            damaged[CHECKED + random.nextInt(damaged.length - CHECKED)] = (byte) random.nextInt();
            store.stored = checked(damaged);
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
