package io.moondial.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.dialog.PrimitiveResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A flow without back, home, resume and direct dial is the function alone: random functions are run
 * as they are and within {@code menu.flow}, and random subscribers answer both the same.
 */
class FlowAloneTest {
    private static final int PROGRAMS = 120;

    /** Each is what a function may do; %1$d is a number of its own, %2$d one of a step before. */
    private static final List<String> STEPS =
            List.of(
                    "v[%1$d] = menu.choose{title = '%1$d ' .. seen(), items = {'a', 'b', 'c'}, tries = 100}",
                    "v[%1$d] = menu.ask{'%1$d ' .. seen(), check = '^%%d$', wrong = 'no', tries = 100}",
                    "v[%1$d] = menu.confirm{'%1$d ' .. seen(), tries = 100}",
                    "v[%1$d] = #menu.pin{'%1$d', digits = 1, check = function(pin) return pin ~= '9', 'not 9' end, tries = 100}",
                    "v[%1$d] = ussd.menu('%1$d ' .. seen())",
                    "v[%1$d] = ussd.notify('%1$d ' .. seen())",
                    "v[%1$d] = menu.text(('%1$d '):rep(100))",
                    "v[%1$d] = kv.incr('count', 'k')",
                    "v[%1$d] = kv.get('count', 'k')",
                    "kv.set('count', 'k', %1$d)",
                    "v[%1$d] = menu.repeatable(kv.incr, 'count', 'k')",
                    "menu.barrier()",
                    "edr.write('STEP', {N = %1$d, SEEN = seen()})",
                    "log.info('%1$d %%s', seen())",
                    "stat.increment('n%1$d')",
                    "v[%1$d] = select(2, pcall(error, 'e%1$d', 0))",
                    "pcall(function() v[%1$d] = menu.ask{'%1$d within'} end)",
                    "for _, x in ipairs{1, 2} do v[%1$d] = (v[%1$d] or '') .. tostring(ussd.menu('%1$d ' .. x)) end",
                    "v[%1$d] = coroutine.wrap(function() coroutine.yield(ussd.menu('%1$d in a coroutine')) end)()",
                    "GLOBAL = (GLOBAL or 0) + 1 v[%1$d] = GLOBAL",
                    "if tostring(v[%2$d]) == '1' then return 'early ' .. seen() end",
                    "if #tostring(v[%2$d]) == 1 then error('failed at %1$d') end",
                    "if v[%2$d] == true then ussd.respond('ended at %1$d') end",
                    "if v[%2$d] == 'c' then return nil end",
                    "if v[%2$d] == 'x' then return ussd.decline(36) end");

    @TempDir Path folder;

    private static List<String> body(Random random) {
        List<String> lines = new ArrayList<>();
        lines.add("  local v = {}");
        lines.add(
                "  local function seen() local t = {} for i = 1, 12 do t[i] = tostring(v[i] or '-'):sub(1, 9) end return table.concat(t, ' ') end");
        int size = 2 + random.nextInt(10);
        for (int i = 1; i <= size; i++) {
            String step = STEPS.get(random.nextInt(STEPS.size()));
            lines.add("  " + step.formatted(i, i == 1 ? 1 : 1 + random.nextInt(i - 1)));
        }
        lines.add("  do return 'end ' .. seen() end");
        return lines;
    }

    /** What came of a run, in all that somebody outside can see. */
    private record Seen(
            String outcome, List<String> screens, List<String> records, List<String> log) {}

    private Seen seen(Path own, String script, long seed) throws Exception {
        Files.createDirectories(own);
        ScriptBench bench = new ScriptBench(own).request("msisdn", "27761485722");
        Random answers = new Random(7919 * seed);
        for (int i = 0; i < 200; i++) {
            bench.answer(
                    new PrimitiveResult.Input(
                            switch (answers.nextInt(8)) {
                                case 0 -> "1";
                                case 1 -> "2";
                                case 2 -> "3";
                                case 3 -> "99";
                                case 4 -> "0";
                                case 5 -> "x";
                                default -> "1";
                            }));
        }
        String outcome =
                switch (bench.run(script)) {
                    case ScriptOutcome.Returned returned ->
                            returned.what() + ": " + returned.text();
                    case ScriptOutcome.Failed failed -> failed.fault().text();
                };
        return new Seen(
                outcome,
                List.copyOf(bench.primitives),
                bench.edrs.stream().map(String::valueOf).toList(),
                List.copyOf(bench.log));
    }

    @Test
    void a_flow_that_offers_nothing_does_what_its_function_does_alone() throws Exception {
        int screens = 0;
        int records = 0;
        Set<String> endings = new TreeSet<>();
        for (int seed = 1; seed <= PROGRAMS; seed++) {
            String body = String.join("\n", body(new Random(104729L * seed)));
            Seen alone =
                    seen(
                            folder.resolve(seed + "a"),
                            "return (function(request)\n" + body + "\nend)(...)",
                            seed);
            Seen within =
                    seen(
                            folder.resolve(seed + "b"),
                            "return menu.flow(function(request)\n" + body + "\nend)",
                            seed);
            assertThat(within).as("seed %d\n%s", seed, body).isEqualTo(alone);
            screens += alone.screens().size();
            records += alone.records().size();
            endings.add(alone.outcome().replaceAll("^a text: ([a-z]+).*|.*(failed) at.*", "$1$2"));
        }
        assertThat(screens).isGreaterThan(PROGRAMS);
        assertThat(records).isGreaterThan(10);
        assertThat(endings).contains("end", "early", "failed", "nil: null");
    }
}
