package io.moondial.logic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.rules.Trigger;
import io.moondial.script.ScriptLimits;
import io.moondial.script.ScriptSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Scripts that break a limit on a live desk, and their neighbours. */
class BrokenLimitsTest {
    private static final long NO_END = 1_000_000_000_000_000L;
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final int TURNS = 20;

    @TempDir Path folder;

    private LiveDesk desk(String attack, ScriptLimits limits) {
        String lua =
                """
                local function attack()
                  %s
                end
                if (...).text == "attack" then
                  local ok, why = pcall(attack)
                  return "caught: " .. tostring(why)
                end
                return "well " .. ussd.menu("Well?")
                """
                        .formatted(attack);
        ScriptSettings quiet = LiveDesk.SCRIPT_RULES;
        return new LiveDesk(folder, lua, Trigger.Conditions.NONE, 1_000, quiet.with(limits));
    }

    static Stream<Arguments> limits() {
        return Stream.of(
                Arguments.of(
                        "while true do end",
                        new ScriptLimits(20_000, 1 << 20, LONG, 100, 1_000),
                        "used up max_instructions: 20000 units of work at most"),
                Arguments.of(
                        "local t = {} while true do t[#t + 1] = ('x'):rep(900) end",
                        new ScriptLimits(NO_END, 1 << 20, LONG, 100, 1_000),
                        "used up max_memory: 1048576 octets of strings and tables at most"),
                Arguments.of(
                        "while true do end",
                        new ScriptLimits(NO_END, 1 << 20, Duration.ofSeconds(2), 100, 1_000),
                        "used up max_time: 2.000s with its waits"),
                Arguments.of(
                        "local function f() return 1 + f() end f()",
                        new ScriptLimits(NO_END, 1 << 20, LONG, 100, 1_000),
                        "used up max_call_depth: 100 calls inside calls at most"),
                Arguments.of(
                        "return ('x'):rep(1001)",
                        new ScriptLimits(NO_END, 1 << 20, LONG, 100, 1_000),
                        "used up max_string_length: 1000 octets in one string at most"));
    }

    @ParameterizedTest
    @MethodSource("limits")
    void one_ends_that_script_alone_named_by_script_line_and_limit_and_no_pcall_catches_it(
            String attack, ScriptLimits limits, String broken) throws Exception {
        try (LiveDesk live = desk(attack, limits)) {
            assertThat(LiveDesk.next(live.dial("attack"))).isInstanceOf(Screen.Abort.class);
            assertThat(live.told())
                    .containsExactly(
                            "USSD-SHUTDOWN EXCEPTION=main.lua:2: " + broken,
                            "USSD-ABORT DIRECTION=out");
        }
    }

    @Test
    void the_others_go_on() throws Exception {
        ScriptLimits limits = new ScriptLimits(20_000, 1 << 20, LONG);
        try (LiveDesk live = desk("while true do end", limits)) {
            Handset neighbour = live.dial("neighbour");
            Screen.Menu menu = LiveDesk.menu(neighbour);
            for (int i = 0; i < TURNS; i++) {
                assertThat(LiveDesk.next(live.dial("attack"))).isInstanceOf(Screen.Abort.class);
            }
            neighbour.answer(menu, "1");
            assertThat(LiveDesk.next(neighbour)).isEqualTo(new Screen.Respond("well 1"));
        }
    }

    @Test
    void scripts_that_compute_without_end_never_keep_the_others_from_answering() throws Exception {
        int processors = Runtime.getRuntime().availableProcessors();
        assumeThat(processors).as("one carrier can stay free").isGreaterThan(1);
        int runaways = 2 * processors + 4;
        ScriptLimits noEnd = new ScriptLimits(NO_END, 1 << 20, LONG);
        try (LiveDesk live = desk("while true do end", noEnd)) {
            Handset waiting = live.dial("neighbour");
            Screen.Menu early = LiveDesk.menu(waiting);
            for (int i = 0; i < runaways; i++) {
                live.dial("attack");
            }
            for (int i = 0; i < TURNS; i++) {
                Handset neighbour = live.dial("neighbour");
                neighbour.answer(LiveDesk.menu(neighbour), "1");
                assertThat(LiveDesk.next(neighbour)).isEqualTo(new Screen.Respond("well 1"));
            }
            waiting.answer(early, "2");
            assertThat(LiveDesk.next(waiting)).isEqualTo(new Screen.Respond("well 2"));
            await("they still compute")
                    .atMost(LiveDesk.PATIENCE)
                    .until(() -> live.desk.openDialogs() == runaways);
        }
    }
}
