package io.moondial.logic;

import static io.moondial.logic.LiveDesk.menu;
import static io.moondial.logic.LiveDesk.next;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.config.WrittenSettings;
import io.moondial.dialog.DialogSetup.OnError;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.rules.Trigger;
import io.moondial.script.ScriptSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each row of the table "What the subscriber reads when something goes wrong" of {@code
 * engine/docs/running.md}, run over the real codec, for both values of on_error.
 */
class WhatTheSubscriberReadsTest {
    private static final Path PAGE =
            Path.of(
                    Objects.requireNonNull(System.getProperty("moondial.root")),
                    "engine/docs/running.md");
    private static final String HEADING =
            "\n## What the subscriber reads when something goes wrong\n";
    private static final ScriptSettings AMPLE =
            WrittenSettings.changed(
                    LiveDesk.SCRIPT_RULES,
                    "max_instructions: 1000000000000",
                    "max_time: 1h",
                    "max_kills: 1");
    private static final String QUICK = "max_time: 200ms";
    private static final Act NOTHING = (_, _) -> {};

    private static final Map<String, Case> CASES = cases();

    @TempDir Path folder;

    /** What happens once the handset has begun. */
    private interface Act {
        void on(LiveDesk live, Handset handset) throws Exception;
    }

    /** How a row comes about. */
    private record Case(boolean pushed, String lua, ScriptSettings settings, Act act) {
        Case limited(String limit) {
            return new Case(pushed, lua, WrittenSettings.changed(AMPLE, limit), act);
        }

        Case with(Act other) {
            return new Case(pushed, lua, settings, other);
        }
    }

    private static Case dialled(String lua) {
        return new Case(false, lua, AMPLE, NOTHING);
    }

    private static Case pushed(String lua) {
        return new Case(true, lua, AMPLE, NOTHING);
    }

    private static Map<String, Case> cases() {
        Map<String, Case> cases = new LinkedHashMap<>();
        cases.put("a Lua error", dialled("error('no')"));
        cases.put(
                "a text that does not fit, or is empty, given to a primitive",
                dialled("ussd.menu(('x'):rep(183))"));
        cases.put("a returned text that does not fit", dialled("return ('x'):rep(183)"));
        cases.put(
                "`max_instructions` used up",
                dialled("while true do end").limited("max_instructions: 20000"));
        cases.put(
                "`max_memory` used up",
                dialled("local t = {} while true do t[#t + 1] = ('x'):rep(900) end")
                        .limited("max_memory: 1MiB"));
        cases.put(
                "`max_call_depth` reached",
                dialled("local function f() return 1 + f() end f()").limited("max_call_depth: 50"));
        cases.put(
                "`max_coroutines` reached",
                dialled("coroutine.wrap(coroutine.yield)()").limited("max_coroutines: 0"));
        cases.put(
                "`max_string_length` reached",
                dialled("local s = ('x'):rep(1001)").limited("max_string_length: 1000B"));
        cases.put("`max_time` over while it computes", dialled("while true do end").limited(QUICK));
        cases.put(
                "`max_time` over while a menu waits",
                dialled("ussd.menu('Well?')")
                        .with(
                                (live, handset) -> {
                                    menu(handset);
                                    live.time.leap(Duration.ofHours(1));
                                }));
        cases.put("an error caught by `pcall`", dialled("pcall(error, 'no') return 'own text'"));
        cases.put("an internal fault", dialled("edr.write('" + LiveDesk.FAULT + "', {})"));
        cases.put(
                "a message that is invalid or a Reject",
                dialled("ussd.menu('Well?')")
                        .with((_, handset) -> handset.rejectComponent(menu(handset).invokeId())));
        cases.put(
                "the engine stops",
                dialled("ussd.menu('Well?')")
                        .with(
                                (live, handset) -> {
                                    menu(handset);
                                    live.desk.stop(Duration.ZERO);
                                }));
        cases.put("returns nothing, or nil", dialled("return"));
        cases.put("returns a boolean", dialled("return true"));
        cases.put("returns a table or a function", dialled("return {}"));
        cases.put("returns \"\"", dialled("return ''"));
        cases.put("returns NaN or an infinity", dialled("return 1 / 0"));
        cases.put("returns a number, such as 1e14", dialled("return 1e14"));
        cases.put(
                "the script is switched off",
                dialled("if (...).text == 'loop' then while true do end end return 'own text'")
                        .limited("max_instructions: 20000"));
        cases.put(
                "a Lua error after `ussd.respond(\"own text\")`",
                dialled("ussd.respond('own text') error('no')"));
        cases.put(
                "a primitive after `ussd.respond(\"own text\")`",
                dialled("ussd.respond('own text') ussd.menu('more')"));
        cases.put(
                "returns a text after `ussd.respond(\"own text\")`",
                dialled("ussd.respond('own text') return 'more'"));
        cases.put(
                "a Lua error after the subscriber has given up",
                dialled("ussd.menu('Well?') error('no')").with(WhatTheSubscriberReadsTest::giveUp));
        cases.put(
                "returns a text after the subscriber has given up",
                dialled("ussd.menu('Well?') return 'more'")
                        .with(WhatTheSubscriberReadsTest::giveUp));
        cases.put("inbound notify: a Lua error or a broken limit", pushed("error('no')"));
        cases.put("inbound notify: returns anything", pushed("return 'more'"));
        cases.put(
                "inbound notify: `ussd.menu`, `ussd.notify` or `ussd.respond`",
                pushed("ussd.menu('Well?')"));
        cases.put(
                "inbound notify: the script is switched off",
                pushed("if (...).text == 'loop' then while true do end end")
                        .limited("max_instructions: 20000"));
        return cases;
    }

    private static void giveUp(LiveDesk live, Handset handset) throws Exception {
        menu(handset);
        handset.abandon();
    }

    @Test
    void no_row_is_without_a_case_and_no_case_without_a_row() throws IOException {
        assertThat(rows().keySet()).containsExactlyElementsOf(CASES.keySet());
    }

    static Stream<String> rowNames() {
        return CASES.keySet().stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rowNames")
    void the_subscriber_reads_what_the_row_says(String row) throws Exception {
        for (OnError onError : OnError.values()) {
            assertThat(outcome(Objects.requireNonNull(CASES.get(row)), onError))
                    .as("%s, on_error: %s", row, onError.word())
                    .isEqualTo(rows().getOrDefault(row, Map.of()).get(onError));
        }
    }

    @ParameterizedTest
    @EnumSource(OnError.class)
    void a_trigger_has_its_own_on_error(OnError own) throws Exception {
        OnError service = own == OnError.ABORT ? OnError.MESSAGE : OnError.ABORT;
        Trigger.Overrides overrides =
                WrittenSettings.settings(Trigger.Overrides.class, "on_error: " + own.word());
        try (LiveDesk live = LiveDesk.running(folder, "error('no')")) {
            live.serve("error('no')", Trigger.Conditions.NONE, service, overrides);
            Screen screen = next(live.dial("*1#"));
            assertThat(screen instanceof Screen.Respond).isEqualTo(own == OnError.MESSAGE);
        }
    }

    /** What the far side gets, and the records after those of the opening and the menu. */
    private String outcome(Case given, OnError onError) throws Exception {
        try (LiveDesk live =
                new LiveDesk(folder, given.lua(), Trigger.Conditions.NONE, 100, given.settings())) {
            live.serve(given.lua(), Trigger.Conditions.NONE, onError);
            if (given.lua().contains("loop")) {
                next(begin(live, given, "loop"));
                live.settle();
                live.records.clear();
            }
            Handset handset = begin(live, given, "*100#");
            given.act().on(live, handset);
            live.settle();
            String records =
                    live.records.stream()
                            .skip(1)
                            .map(edr -> edr.event())
                            .filter(event -> !event.startsWith("USSD-REQUEST"))
                            .map(event -> "`" + event + "`")
                            .collect(Collectors.joining(", "));
            Screen last = LiveDesk.lastOf(handset);
            return (last == null ? "nothing" : shown(last)) + ": " + records;
        }
    }

    private static Handset begin(LiveDesk live, Case given, String text) {
        return given.pushed() ? live.push(text) : live.dial(text);
    }

    private static String shown(Screen screen) {
        return switch (screen) {
            case Screen.Respond(String text) ->
                    text.equals("Service unavailable") ? "error_message" : '"' + text + '"';
            case Screen.Abort abort -> "TC-U-ABORT";
            case Screen.Acknowledge acknowledge -> "acknowledged";
            case Screen.Decline(int code) -> "ReturnError " + code;
            default -> screen.word();
        };
    }

    /** The rows of the page's table, each with its two outcomes. */
    private static Map<String, Map<OnError, String>> rows() throws IOException {
        String page = Files.readString(PAGE);
        int start = page.indexOf(HEADING);
        assertThat(start).as("the heading of the table in %s", PAGE).isPositive();
        int end = page.indexOf("\n## ", start + 1);
        Map<String, Map<OnError, String>> rows = new LinkedHashMap<>();
        List<String> lines =
                page.substring(start, end).lines().filter(it -> it.startsWith("| ")).toList();
        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.split("\\|", -1);
            String message = cells[3].strip();
            String abort = cells[2].strip();
            rows.put(
                    cells[1].strip(),
                    Map.of(
                            OnError.ABORT,
                            abort,
                            OnError.MESSAGE,
                            message.equals("the same") ? abort : message));
        }
        return rows;
    }
}
