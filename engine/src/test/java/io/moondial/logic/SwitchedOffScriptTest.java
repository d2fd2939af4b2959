package io.moondial.logic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.config.WrittenSettings;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.logic.LuaService.ScriptBreaker;
import io.moondial.rules.Trigger;
import io.moondial.script.ScriptSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A version of a script that its limits keep ending, and what its callers get meanwhile. */
class SwitchedOffScriptTest {
    private static final Duration LONG = Duration.ofHours(1);
    private static final String LOOPS_ON_REQUEST =
            """
            local text = (...).text
            if text == "loop" then pcall(function() while true do end end) end
            if text == "error" then error("boom") end
            if text == "wait" then ussd.menu("Well?") end
            return "fine"
            """;

    @TempDir Path folder;

    private LiveDesk desk(String lua, int maxKills, Duration pause, Duration maxTime) {
        return desk(lua, maxKills, pause, maxTime, 10_000);
    }

    private LiveDesk desk(
            String lua, int maxKills, Duration pause, Duration maxTime, long maxInstructions) {
        ScriptSettings rules =
                WrittenSettings.settings(
                        ScriptSettings.class,
                        "max_instructions: " + maxInstructions,
                        "max_memory: 1MiB",
                        "max_time: " + maxTime.toMillis() + "ms",
                        "max_kills: " + maxKills,
                        "max_kills_time: 1h",
                        "switch_off_time: " + pause.toMillis() + "ms",
                        "grace_time: 10ms");
        return new LiveDesk(folder, lua, Trigger.Conditions.NONE, 1_000, rules);
    }

    private LiveDesk desk(int maxKills, Duration pause) {
        return desk(LOOPS_ON_REQUEST, maxKills, pause, LONG);
    }

    private static void loop(LiveDesk live) {
        assertThat(LiveDesk.next(live.dial("loop"))).isInstanceOf(Screen.Abort.class);
        live.settle();
    }

    private static void answers(LiveDesk live, String code, String text) {
        assertThat(LiveDesk.next(live.dial(code)))
                .isInstanceOfSatisfying(
                        Screen.Respond.class, it -> assertThat(it.text()).isEqualTo(text));
    }

    @Test
    void its_dialogs_get_the_error_message() {
        try (LiveDesk live = desk(2, LONG)) {
            loop(live);
            answers(live, "well", "fine");
            loop(live);
            live.settle();
            live.records.clear();
            answers(live, "well", "Service unavailable");
            live.settle();
            assertThat(live.records.stream().map(LiveDesk::brief))
                    .satisfiesExactly(
                            begin ->
                                    assertThat(begin)
                                            .startsWith("USSD-PROCESS ")
                                            .endsWith("TEXT=well"),
                            end ->
                                    assertThat(end)
                                            .isEqualTo("USSD-PROCESS-R TEXT=Service unavailable"));
            assertThat(live.counters.value("scripts.killed")).isEqualTo(2);
            assertThat(live.counters.value("scripts.switched_off")).isEqualTo(1);
            assertThat(live.counters.value("dialogs.switched_off")).isEqualTo(1);
        }
    }

    @Test
    void it_is_switched_off_before_the_far_side_learns_of_the_end() {
        try (LiveDesk live = desk(1, LONG)) {
            loop(live);
            assertThat(live.facts.stream().map(it -> it.getClass().getSimpleName()))
                    .containsSubsequence("ScriptFailed", "ScriptSwitchedOff", "Sending");
        }
    }

    @Test
    void its_notifies_are_answered_with_system_failure() {
        try (LiveDesk live = desk(1, LONG)) {
            assertThat(LiveDesk.next(live.push("loop"))).isInstanceOf(Screen.Abort.class);
            live.settle();
            live.records.clear();
            assertThat(LiveDesk.next(live.push("well")))
                    .isInstanceOfSatisfying(
                            Screen.Decline.class, it -> assertThat(it.code()).isEqualTo(34));
            assertThat(live.told()).containsExactly("USSD-NOTIFY-E ERROR_CODE=34");
        }
    }

    @Test
    void an_error_of_its_own_does_not_count() {
        try (LiveDesk live = desk(1, LONG)) {
            assertThat(LiveDesk.next(live.dial("error"))).isInstanceOf(Screen.Abort.class);
            answers(live, "well", "fine");
            assertThat(live.counters.value("scripts.killed")).isZero();
        }
    }

    @Test
    void a_subscriber_who_lets_it_wait_too_long_does_not_count() {
        try (LiveDesk live = desk(LOOPS_ON_REQUEST, 1, LONG, Duration.ofSeconds(1))) {
            var handset = live.dial("wait");
            assertThat(LiveDesk.next(handset)).isInstanceOf(Screen.Menu.class);
            assertThat(LiveDesk.next(handset)).isInstanceOf(Screen.Abort.class);
            assertThat(live.told())
                    .contains(
                            "USSD-SHUTDOWN EXCEPTION=main.lua:4: used up max_time: 1.000s with its waits");
            assertThat(live.counters.value("scripts.killed")).isZero();
        }
    }

    @Test
    void a_subscriber_who_leaves_as_its_time_runs_out_does_not_count() throws Exception {
        try (LiveDesk live = desk(1, LONG)) {
            Handset handset = live.dial("wait");
            LiveDesk.menu(handset);
            live.time.shut();
            handset.abandon();
            live.time.awaitSomebody();
            live.time.leap(LONG.plusSeconds(1));
            live.time.open();
            assertThat(live.told())
                    .contains(
                            "USSD-SHUTDOWN EXCEPTION=main.lua:4: used up max_time: 3600.000s with its waits");
            assertThat(live.counters.value("scripts.killed")).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"while true do end", "while true do ussd.menu('Still there?') end"})
    void one_that_goes_on_for_ever_after_its_subscriber_has_left_counts(String loop)
            throws Exception {
        try (LiveDesk live =
                desk("ussd.menu('Well?') " + loop, 1, LONG, LONG, 1_000_000_000_000L)) {
            Handset handset = live.dial("*1#");
            LiveDesk.menu(handset);
            handset.abandon();
            assertThat(live.told())
                    .contains(
                            "USSD-SHUTDOWN EXCEPTION=main.lua:1: not finished within 0.010s after the dialog was over");
            assertThat(live.counters.value("scripts.killed")).isOne();
            answers(live, "well", "Service unavailable");
        }
    }

    /** The queue asks before; the script may be switched off between that and its beginning. */
    @Test
    void a_push_that_has_had_its_turn_runs_its_script_all_the_same() {
        String lua = "if (...).args then while true do end end return 'fine'";
        try (LiveDesk live = desk(lua, 1, LONG, LONG)) {
            assertThat(live.push(new PushedDialog.OfScript("main", "{}"))).isEmpty();
            live.settle();
            assertThat(live.desk.isSwitchedOff("main")).isTrue();
            assertThat(live.desk.isSwitchedOff("other")).isFalse();
            Handset handset = live.reach();
            assertThat(LiveDesk.next(handset)).isInstanceOf(Screen.Notify.class);
        }
    }

    @Test
    void it_is_tried_again_after_its_pause() {
        try (LiveDesk live = desk(1, Duration.ofMillis(50))) {
            loop(live);
            await().atMost(LiveDesk.PATIENCE).untilAsserted(() -> answers(live, "well", "fine"));
            loop(live);
            assertThat(live.counters.value("scripts.switched_off")).isEqualTo(2);
        }
    }

    @Test
    void a_release_begins_with_every_script_on() {
        try (LiveDesk live = desk(1, LONG)) {
            loop(live);
            answers(live, "well", "Service unavailable");
            live.serve(LOOPS_ON_REQUEST, Trigger.Conditions.NONE);
            answers(live, "well", "fine");
        }
    }

    @Test
    void a_dialog_that_runs_when_it_is_switched_off_goes_on() throws Exception {
        try (LiveDesk live = desk(1, LONG)) {
            Handset waiting = live.dial("wait");
            Screen.Menu menu = LiveDesk.menu(waiting);
            assertThat(LiveDesk.next(live.dial("loop"))).isInstanceOf(Screen.Abort.class);
            await().atMost(LiveDesk.PATIENCE)
                    .until(() -> live.counters.value("scripts.switched_off") == 1);
            waiting.answer(menu, "x");
            assertThat(LiveDesk.next(waiting))
                    .isInstanceOfSatisfying(
                            Screen.Respond.class, it -> assertThat(it.text()).isEqualTo("fine"));
        }
    }

    @Test
    void kills_that_lie_far_apart_do_not_count_together() {
        ScriptBreaker breaker =
                new ScriptBreaker(
                        WrittenSettings.settings(
                                ScriptSettings.Breaker.class,
                                "max_kills: 3",
                                "max_kills_time: 10s",
                                "switch_off_time: 1h"));
        Instant start = Instant.parse("2026-01-01T00:00:00Z");
        assertThat(breaker.killed(start)).isFalse();
        assertThat(breaker.killed(start.plusSeconds(6))).isFalse();
        assertThat(breaker.killed(start.plusSeconds(12))).isFalse();
        assertThat(breaker.ask()).isEqualTo(ScriptBreaker.State.ON);
        assertThat(breaker.killed(start.plusSeconds(16))).isTrue();
        assertThat(breaker.ask()).isEqualTo(ScriptBreaker.State.OFF);
        assertThat(breaker.killed(start.plusSeconds(17))).as("a straggler").isFalse();
        breaker.pauseIsOver();
        assertThat(breaker.ask()).isEqualTo(ScriptBreaker.State.ON_AGAIN);
        assertThat(breaker.ask()).isEqualTo(ScriptBreaker.State.ON);
    }
}
