package io.moondial.logic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.config.WrittenSettings;
import io.moondial.dialog.DialogFact;
import io.moondial.dialog.DialogFact.Level;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.metrics.RateLimitedLog;
import io.moondial.rules.Trigger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the log says of scripts that go wrong, over real TCAP. */
class ScriptsInTheLogTest {
    private static final int MANY = 60;

    @TempDir Path folder;

    private static List<String> about(LogWatch log, String what) {
        return log.lines().stream().filter(line -> line.contains(what)).toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "return {}|main.lua:2: returned a table, which is not a text: error_message is sent",
                "return true|main.lua:2: returned true, which is not a text: error_message is sent",
                "return|main.lua:2: returned nothing, which is not a text: error_message is sent",
                "return nil|main.lua:2: returned nil, which is not a text: error_message is sent",
                "return ''|main.lua:2: returned an empty text, which is not a text: error_message is sent",
                "return 0/0|main.lua:2: returned nan, which is not a text: error_message is sent",
                "ussd.respond('y') return 'x'|main.lua:2: returned a text after ussd.respond had ended the dialog: the text is dropped",
                "ussd.close() return 5|main.lua:2: returned a text after ussd.close had ended the dialog: the text is dropped",
            })
    void a_return_that_helps_nobody_is_told_with_its_line(String lua, String line) {
        try (LogWatch log = new LogWatch("dialog");
                LiveDesk live = LiveDesk.running(folder, "\n" + lua)) {
            LiveDesk.next(live.dial("*1#"));
            live.settle();
            assertThat(log.lines()).anyMatch(it -> it.endsWith(" main " + line));
            assertThat(live.counters.value("scripts.warnings")).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ussd.respond('y')",
        "return ussd.respond('y')",
        "return ussd.decline(36)",
        "return 'fine'",
        "return 12.5",
    })
    void a_return_as_the_reference_has_it_is_not_told(String lua) {
        try (LiveDesk live = LiveDesk.running(folder, lua)) {
            LiveDesk.next(live.dial("*1#"));
            live.settle();
            assertThat(live.counters.value("scripts.warnings")).isZero();
        }
    }

    @Test
    void a_notify_that_returns_nothing_is_as_it_should_be() {
        try (LiveDesk live = LiveDesk.running(folder, "return")) {
            assertThat(LiveDesk.next(live.push("x"))).isEqualTo(new Screen.Acknowledge());
            live.settle();
            assertThat(live.counters.value("scripts.warnings")).isZero();
        }
    }

    @Test
    void the_same_error_again_is_counted_and_summed_up_with_the_newest_dialog() {
        try (LogWatch log = new LogWatch("dialog");
                LiveDesk live = LiveDesk.running(folder, "\nerror('no credit')")) {
            List<Handset> handsets = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                handsets.add(live.dial("*1#"));
            }
            handsets.forEach(LiveDesk::next);
            live.settle();
            assertThat(live.counters.value("scripts.errors")).isEqualTo(MANY);
            assertThat(live.counters.value("scripts.errors_summed_up")).isEqualTo(MANY - 1);
            live.time.leap(ScriptErrors.WINDOW);
            assertThat(about(log, " times since "))
                    .singleElement()
                    .asString()
                    .matches(
                            "main.lua:2 failed 59 times in the last [0-9]+ s, 60 times since [-0-9T:]+Z;"
                                    + " the newest: Logic-[-0-9a-f]+ [0-9a-f]+ main main.lua:2: no credit");
        }
    }

    /** The sum of the counts with which these lines begin. */
    private static long summedUp(LogWatch log, String what) {
        return about(log, what).stream()
                .mapToLong(line -> Long.parseLong(line.substring(0, line.indexOf(' '))))
                .sum();
    }

    @Test
    void a_request_that_no_trigger_matches_is_told_with_code_number_and_subsystem() {
        Trigger.Conditions balance =
                WrittenSettings.settings(Trigger.Conditions.class, "ussd_string: '*100#'");
        try (LogWatch log = new LogWatch("dialog");
                LiveDesk live = new LiveDesk(folder, "return 'x'", balance, 10)) {
            assertThat(LiveDesk.next(live.dial("*100"))).isEqualTo(new Screen.Decline(36));
            live.settle();
            assertThat(log.lines())
                    .anyMatch(
                            it ->
                                    it.endsWith(
                                            "refused, no trigger for \"*100\" from 27761485722 to SSN 6:"
                                                    + " answered with ReturnError 36"));
        }
    }

    @Test
    void a_flood_of_those_is_summed_up() {
        Trigger.Conditions none =
                WrittenSettings.settings(Trigger.Conditions.class, "ussd_string: '*100#'");
        try (LogWatch log = new LogWatch("dialog");
                LiveDesk live = new LiveDesk(folder, "return 'x'", none, 10)) {
            live.time.stopNanos();
            for (int i = 0; i < MANY; i++) {
                assertThat(LiveDesk.next(live.dial("*1#"))).isEqualTo(new Screen.Decline(36));
            }
            live.settle();
            await().atMost(LiveDesk.PATIENCE)
                    .untilAsserted(
                            () ->
                                    assertThat(
                                                    about(log, "refused, no trigger").size()
                                                            + summedUp(log, ": no trigger"))
                                            .isEqualTo(MANY));
            assertThat(about(log, "refused, no trigger")).hasSize(RateLimitedLog.FULL_LINES);
        }
    }

    @Test
    void
            each_line_of_a_script_is_a_fact_with_its_place_and_its_level_even_if_the_log_leaves_it_out() {
        String lua =
                """
                local function ask(pin)
                  log.debug("asked %s", pin)
                  print("it is", pin)
                end
                local pin = ussd.menu("PIN?", {secret = true})
                ask(pin)
                pcall(log.warn, "a\\nb")
                log.error(pin)
                return "x"
                """;
        try (LiveDesk live = LiveDesk.running(folder, lua)) {
            LiveDesk.answer(live.dial("*1#"), "0815");
            live.settle();
            assertThat(live.facts.stream().filter(it -> it instanceof DialogFact.ScriptLogged))
                    .containsExactly(
                            new DialogFact.ScriptLogged(Level.DEBUG, "main.lua:2", "asked ****"),
                            new DialogFact.ScriptLogged(Level.INFO, "main.lua:3", "it is\t****"),
                            new DialogFact.ScriptLogged(Level.WARN, "main.lua:7", "a\nb"),
                            new DialogFact.ScriptLogged(Level.ERROR, "main.lua:8", "****"));
        }
    }

    @Test
    void what_a_script_logs_forges_no_line_and_turns_none_round() {
        try (LogWatch log = new LogWatch("script");
                LiveDesk live =
                        LiveDesk.running(
                                folder,
                                "log.info('a\\226\\128\\168b\\226\\128\\174c\\nERROR d') return 'x'")) {
            LiveDesk.next(live.dial("*1#"));
            live.settle();
            assertThat(log.lines())
                    .anyMatch(it -> it.endsWith(" main a\\u2028b\\u202ec\\nERROR d"));
        }
    }
}
