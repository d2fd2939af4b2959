package io.moondial.logic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.moondial.config.WrittenSettings;
import io.moondial.edr.Edr;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.rules.Trigger;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Scripts that break a limit on a live desk, and their neighbours. */
class BrokenLimitsTest {
    private static final String NO_END = "max_instructions: 1000000000000000";
    private static final int TURNS = 20;

    @TempDir Path folder;

    private LiveDesk desk(String attack, String... limits) {
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
        return new LiveDesk(
                folder,
                lua,
                Trigger.Conditions.NONE,
                1_000,
                WrittenSettings.changed(LiveDesk.SCRIPT_RULES, limits));
    }

    static Stream<Arguments> limits() {
        return Stream.of(
                Arguments.of(
                        "while true do end",
                        List.of("max_instructions: 20000"),
                        "used up max_instructions: 20000 units of work at most"),
                Arguments.of(
                        "local t = {} while true do t[#t + 1] = ('x'):rep(900) end",
                        List.of(NO_END, "max_memory: 1MiB"),
                        "used up max_memory: 1048576 octets of strings and tables at most"),
                Arguments.of(
                        "while true do end",
                        List.of(NO_END, "max_time: 2s"),
                        "used up max_time: 2.000s with its waits"),
                Arguments.of(
                        "local function f() return 1 + f() end f()",
                        List.of("max_call_depth: 100"),
                        "used up max_call_depth: 100 calls inside calls at most"),
                Arguments.of(
                        "return ('x'):rep(1001)",
                        List.of("max_string_length: 1000B"),
                        "used up max_string_length: 1000 octets in one string at most"),
                Arguments.of(
                        "for i = 1, 6 do coroutine.wrap(coroutine.yield)() end",
                        List.of("max_coroutines: 5"),
                        "used up max_coroutines: 5 coroutines that have not ended at most"));
    }

    @ParameterizedTest
    @MethodSource("limits")
    void one_ends_that_script_alone_named_by_script_line_and_limit_and_no_pcall_catches_it(
            String attack, List<String> limits, String broken) throws Exception {
        try (LiveDesk live = desk(attack, limits.toArray(String[]::new))) {
            assertThat(LiveDesk.next(live.dial("attack"))).isInstanceOf(Screen.Abort.class);
            assertThat(live.told())
                    .containsExactly(
                            "USSD-SHUTDOWN EXCEPTION=main.lua:2: " + broken,
                            "USSD-ABORT DIRECTION=out");
        }
    }

    @Test
    void a_dialog_writes_so_many_records_of_its_script_and_one_more_is_a_lua_error() {
        String lua =
                """
                for i = 1, 2 do edr.write("ONE", {NR = i}) end
                local ok, why = pcall(edr.write, "MORE", {})
                return why
                """;
        try (LiveDesk live =
                new LiveDesk(
                        folder,
                        lua,
                        Trigger.Conditions.NONE,
                        1_000,
                        WrittenSettings.changed(LiveDesk.SCRIPT_RULES, "max_edrs: 2"))) {
            for (String dialog : List.of("first", "second")) {
                assertThat(LiveDesk.next(live.dial(dialog)))
                        .isEqualTo(
                                new Screen.Respond(
                                        "main.lua:2: edr.write: 'MORE' is not written: this"
                                                + " dialog's script has written 2 records"
                                                + " (script.max_edrs)"));
                live.settle();
            }
            assertThat(live.records).extracting(Edr::event).doesNotContain("MORE");
            assertThat(live.records).filteredOn(it -> it.event().equals("ONE")).hasSize(4);
            assertThat(live.counters.value("scripts.edrs_refused")).isEqualTo(2);
        }
    }

    @Test
    void the_others_go_on() throws Exception {
        try (LiveDesk live = desk("while true do end", "max_instructions: 20000")) {
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
        try (LiveDesk live = desk("while true do end", NO_END)) {
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
