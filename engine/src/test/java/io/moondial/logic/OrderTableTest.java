package io.moondial.logic;

import static io.moondial.logic.LiveDesk.menu;
import static io.moondial.logic.LiveDesk.next;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.channel.ss7.Message;
import io.moondial.channel.ss7.Message.Component;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.dialog.DialogFact;
import io.moondial.dialog.DialogSetup.OnError;
import io.moondial.edr.Edr;
import io.moondial.edr.report.Dialogs;
import io.moondial.edr.report.EdrInput.RecordSink;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.rules.Trigger;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each row of the tables of "Order" in {@code edr-spec/README.md}, run over the real codec: the
 * page says what the engine writes, and nothing else.
 */
class OrderTableTest {
    private static final Path PAGE =
            Path.of(
                    Objects.requireNonNull(System.getProperty("moondial.root")),
                    "edr-spec",
                    "README.md");
    private static final Pattern ROW = Pattern.compile("\\| ([^|]+) \\| (`[^|]+) \\|");
    private static final Pattern RECORD = Pattern.compile("`([A-Z][A-Z-]+)`([^`]*)");
    private static final Pattern FIELD = Pattern.compile("[A-Z_]+=\\w+");

    private static final String PROCESS = "USSD-PROCESS";
    private static final String MENU = "USSD-REQUEST";
    private static final String ANSWER = "USSD-REQUEST-R";
    private static final String BYE = "USSD-PROCESS-R";
    private static final String END = "USSD-END";
    private static final String FAILS_AT_ONCE = "a Lua error before anything was shown";
    private static final Duration SHORT = Duration.ofMillis(50);

    private static final String ASK = "local a, why = ussd.menu('Ask?')\nreturn 'Got it'";
    private static final String TELL = "local ok, why = ussd.notify('Told')\nreturn 'Told'";
    private static final String ASK_TWICE =
            "ussd.menu('First?', {timeout = '50ms'})\nussd.menu('Second?')\nreturn 'Bye'";
    private static final String TELL_AND_ASK =
            "ussd.notify('Told', {timeout = '50ms'})\nussd.menu('Second?')\nreturn 'Bye'";
    private static final String ASK_AND_WORK = ASK_TWICE.replace("return", "os.time()\nreturn");

    private static final String OPEN =
            "local far = ussd.open{to = 'old', text = '*200#', timeout = '30s'}\n";

    private static final UssdString TEXT = new UssdString(Dcs.UNSPECIFIED, new byte[] {0x41});
    private static final Component MENU_OF_NODE =
            new Component.Invoke(1, Operation.UNSTRUCTURED_SS_REQUEST, TEXT);

    private static final Act NOTHING = (_, _) -> {};
    private static final Map<String, Way> DIALLED = dialled();
    private static final Map<String, Way> PUSHED = pushed();
    private static final Map<String, Way> BEGUN = begun();
    private static final Map<String, Way> OPENED = opened();

    @TempDir Path folder;

    /** What the far side does, and the engine's operator. */
    private interface Act {
        void on(LiveDesk live, Handset handset) throws Exception;
    }

    /**
     * How a dialog goes.
     *
     * @param before the events of the records before the row's
     * @param after those after the row's
     */
    private record Way(List<String> before, String lua, Act act, List<String> after) {}

    /** A record as a row has it: its event, and some of its fields as {@code NAME=VALUE}. */
    private record Told(String event, List<String> fields) {}

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void a_dialog_that_a_handset_dialled_goes_as_its_row_says(String row) throws Exception {
        goes(row, DIALLED, LiveDesk::dial);
    }

    static Stream<String> a_dialog_that_a_handset_dialled_goes_as_its_row_says() {
        return DIALLED.keySet().stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void a_dialog_that_was_pushed_goes_as_its_row_says(String row) throws Exception {
        goes(row, PUSHED, LiveDesk::push);
    }

    static Stream<String> a_dialog_that_was_pushed_goes_as_its_row_says() {
        return PUSHED.keySet().stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void a_dialog_that_the_engine_begins_goes_as_its_row_says(String row) throws Exception {
        List<Told> told = rows("A dialog that the engine begins").getOrDefault(row, List.of());
        goes(
                row,
                Objects.requireNonNull(BEGUN.get(row)),
                told,
                (live, text) -> {
                    if (row.contains("text is not acknowledged")) {
                        live.notifyTimeout = SHORT;
                    }
                    return live.reach();
                });
    }

    static Stream<String> a_dialog_that_the_engine_begins_goes_as_its_row_says() {
        return BEGUN.keySet().stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void a_dialog_that_a_script_opens_with_another_node_goes_as_its_row_says(String row)
            throws Exception {
        Way way = Objects.requireNonNull(OPENED.get(row));
        List<Told> told = rows("A dialog with another node").getOrDefault(row, List.of());
        try (LiveDesk live = LiveDesk.besideNodes(folder, way.lua())) {
            goes(live, row, way, told, LiveDesk::dial);
            String ltid = " LTID=" + ltid(live.records.get(1));
            assertThat(live.records)
                    .filteredOn(it -> LiveDesk.brief(it).contains(ltid))
                    .as("the request and the end of the node's dialog")
                    .containsExactly(live.records.get(1), live.records.get(2));
        }
    }

    private static String ltid(Edr edr) {
        return edr.fields().stream()
                .filter(it -> it.name().equals("LTID"))
                .map(it -> it.text())
                .findFirst()
                .orElseThrow();
    }

    static Stream<String> a_dialog_that_a_script_opens_with_another_node_goes_as_its_row_says() {
        return OPENED.keySet().stream();
    }

    @Test
    void a_script_that_shows_nothing_has_no_records() throws Exception {
        try (LiveDesk live = LiveDesk.running(folder, "return nil")) {
            assertThat(live.push(new PushedDialog.OfScript("main", null))).isEmpty();
            live.settle();
            assertThat(live.records).isEmpty();
        }
    }

    @Test
    void a_script_that_fails_before_it_has_shown_anything_has_one_record() throws Exception {
        try (LiveDesk live = LiveDesk.running(folder, "error('no')")) {
            assertThat(live.push(new PushedDialog.OfScript("main", null))).isEmpty();
            live.settle();
            assertThat(rows("A dialog that the engine begins").get(FAILS_AT_ONCE))
                    .isEqualTo(List.of(new Told("USSD-SHUTDOWN", List.of())));
            assertThat(live.records)
                    .extracting(edr -> edr.event())
                    .containsExactly("USSD-SHUTDOWN");
        }
    }

    @Test
    void no_row_is_without_a_dialog_that_goes_so() throws IOException {
        assertThat(rows("A dialog that a handset dialled").keySet())
                .containsExactlyElementsOf(DIALLED.keySet());
        assertThat(rows("A dialog that a handset pushed").keySet())
                .containsExactlyElementsOf(PUSHED.keySet());
        assertThat(rows("A dialog that the engine begins").keySet())
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(BEGUN.keySet().stream(), Stream.of(FAILS_AT_ONCE)).toList());
        assertThat(rows("A dialog with another node").keySet())
                .containsExactlyElementsOf(OPENED.keySet());
    }

    private interface Opening {
        Handset with(LiveDesk live, String text);
    }

    private void goes(String row, Map<String, Way> ways, Opening opening) throws Exception {
        Way way = Objects.requireNonNull(ways.get(row));
        String heading = "A dialog that a handset " + (ways.equals(DIALLED) ? "dialled" : "pushed");
        goes(row, way, rows(heading).getOrDefault(row, List.of()), opening);
    }

    private void goes(String row, Way way, List<Told> told, Opening opening) throws Exception {
        try (LiveDesk live = LiveDesk.running(folder, way.lua())) {
            if (row.contains("on_error: message")) {
                live.serve(way.lua(), Trigger.Conditions.NONE, OnError.MESSAGE);
            }
            goes(live, row, way, told, opening);
        }
    }

    private static void goes(LiveDesk live, String row, Way way, List<Told> told, Opening opening)
            throws Exception {
        assertThat(told).as("the row \"%s\" of %s", row, PAGE).isNotEmpty();
        way.act().on(live, opening.with(live, "*100#"));
        live.settle();

        var expected = new ArrayList<>(way.before());
        told.forEach(record -> expected.add(record.event()));
        expected.addAll(way.after());
        assertThat(live.records).extracting(edr -> edr.event()).isEqualTo(expected);
        for (int i = 0; i < told.size(); i++) {
            var written = live.records.get(way.before().size() + i);
            assertThat(LiveDesk.brief(written).split(" ")).containsAll(told.get(i).fields());
        }
        assertThat(outcomeByRecords(live)).isEqualTo(outcome(live));
    }

    /** How the dialog ended, as {@code ussd edr --dialogs} derives it. */
    private static String outcomeByRecords(LiveDesk live) {
        var dialogs = new Dialogs(new Dialogs.RecordFilter(List.of(), null, null));
        live.records.forEach(
                edr -> dialogs.add(new RecordSink.PlacedRecord(Path.of("a.edr"), 2, edr)));
        return dialogs.summaries().findFirst().orElseThrow().outcome().word();
    }

    private static String outcome(LiveDesk live) {
        return live.facts.stream()
                .filter(DialogFact.Finished.class::isInstance)
                .map(fact -> ((DialogFact.Finished) fact).outcome().word())
                .findFirst()
                .orElseThrow();
    }

    // ---- the page

    /** The rows of the tables between this heading and the next, each with its records. */
    private static Map<String, List<Told>> rows(String heading) throws IOException {
        String page = Files.readString(PAGE);
        int start = page.indexOf("\n### " + heading);
        assertThat(start).as("the heading \"%s\" of %s", heading, PAGE).isPositive();
        String section = page.substring(start + 1, page.indexOf("\n#", start + 1));
        Map<String, List<Told>> rows = new LinkedHashMap<>();
        for (String line : section.lines().toList()) {
            var row = ROW.matcher(line);
            if (row.matches()) {
                assertThat(rows.put(row.group(1), records(row.group(2)))).as(line).isNull();
            }
        }
        return rows;
    }

    private static List<Told> records(String cell) {
        return RECORD.matcher(cell)
                .results()
                .map(
                        record ->
                                new Told(
                                        record.group(1),
                                        FIELD.matcher(record.group(2))
                                                .results()
                                                .map(field -> field.group())
                                                .toList()))
                .toList();
    }

    // ---- the ways

    private static Map<String, Way> dialled() {
        Map<String, Way> ways = new LinkedHashMap<>();
        ways.put("the script begins", way(List.of(), "return 'Bye'", NOTHING, BYE));
        ways.put("a menu is answered", way(ASK, (_, h) -> h.answer(menu(h), "1"), BYE));
        ways.put(
                "a menu gets a ReturnError",
                way(ASK, (_, h) -> h.reject(menu(h).invokeId(), 27), BYE));
        ways.put(
                "a menu is not answered in time",
                way("ussd.menu('Ask?', {timeout = '50ms'})\nreturn 'Bye'", NOTHING, BYE));
        ways.put("a menu's answer comes late", late((h, menu) -> h.answer(menu, "late")));
        ways.put(
                "a menu's ReturnError comes late",
                late((h, menu) -> h.reject(menu.invokeId(), 27)));
        ways.put(
                "a notification is acknowledged",
                way(TELL, (_, h) -> h.acknowledge(notification(h)), BYE));
        ways.put(
                "a notification gets a ReturnError",
                way(TELL, (_, h) -> h.reject(notification(h).invokeId(), 27), BYE));
        ways.put(
                "a notification is not acknowledged in time",
                way("ussd.notify('Told', {timeout = '50ms'})\nreturn 'Bye'", NOTHING, BYE));
        ways.put("a notification's acknowledgement comes late", lateNotify(Handset::acknowledge));
        ways.put(
                "a notification's ReturnError comes late",
                lateNotify((h, notify) -> h.reject(notify.invokeId(), 27)));
        ways.put(
                "the script writes a record of its own",
                way("edr.write('TOPUP', {AMOUNT = 50})\nreturn 'Bye'", NOTHING, BYE));
        ways.put("the script responds, or returns a text", way("ussd.respond('Bye')", NOTHING));
        ways.put("it returns nothing that can be sent", way("return nil", NOTHING));
        ways.put("it declines", way("ussd.decline(36)", NOTHING));
        ways.put("it closes", way("ussd.close()", NOTHING));
        ways.put("it aborts", way("ussd.abort()", NOTHING));
        ways.put("a Lua error, a broken limit, a fault", way("error('no')", NOTHING));
        ways.put(
                "a Lua error or a broken limit, with `on_error: message`",
                way("error('no')", NOTHING));
        ways.put(
                "an invalid message comes",
                way(List.of(PROCESS, MENU), ASK, (_, h) -> h.rejectComponent(menu(h).invokeId())));
        ways.put(
                "the engine stops",
                way(
                        List.of(PROCESS, MENU),
                        ASK,
                        (live, h) -> {
                            menu(h);
                            live.desk.stop(Duration.ZERO);
                        }));
        ways.put(
                "a Lua error after one of these ends",
                way(List.of(PROCESS, BYE), "ussd.respond('Bye')\nerror('no')", NOTHING));
        gone(ways);
        goneWithAComponent(ways);
        return ways;
    }

    private static void gone(Map<String, Way> ways) {
        ways.put(
                "the far side aborts while a menu waits",
                way(
                        List.of(PROCESS, MENU),
                        ASK,
                        (_, h) -> {
                            menu(h);
                            h.abandon();
                        }));
        ways.put(
                "the far side ends without a component while a menu waits",
                way(
                        List.of(PROCESS, MENU),
                        ASK,
                        (_, h) -> {
                            menu(h);
                            h.release();
                        }));
        ways.put(
                "the far side aborts while a notification waits",
                way(
                        List.of(PROCESS, "USSD-NOTIFY"),
                        TELL,
                        (_, h) -> {
                            notification(h);
                            h.abandon();
                        }));
        ways.put(
                "the far side ends without a component while a notification waits",
                way(
                        List.of(PROCESS, "USSD-NOTIFY"),
                        TELL,
                        (_, h) -> {
                            notification(h);
                            h.release();
                        }));
        ways.put("the far side aborts while nothing waits", busy((h, _) -> h.abandon()));
        ways.put(
                "the far side ends without a component while nothing waits",
                busy((h, _) -> h.release()));
    }

    private static void goneWithAComponent(Map<String, Way> ways) {
        ways.put(
                "a menu's answer comes in TC-END",
                way(List.of(PROCESS, MENU), ASK, (_, h) -> h.answerAndRelease(menu(h), "1")));
        ways.put(
                "a menu's ReturnError comes in TC-END",
                way(
                        List.of(PROCESS, MENU),
                        ASK,
                        (_, h) -> h.rejectAndRelease(menu(h).invokeId(), 27)));
        ways.put(
                "a notification's acknowledgement comes in TC-END",
                way(
                        List.of(PROCESS, "USSD-NOTIFY"),
                        TELL,
                        (_, h) -> h.acknowledgeAndRelease(notification(h))));
        ways.put(
                "a notification's ReturnError comes in TC-END",
                way(
                        List.of(PROCESS, "USSD-NOTIFY"),
                        TELL,
                        (_, h) -> h.rejectAndRelease(notification(h).invokeId(), 27)));
        ways.put(
                "a late answer comes in TC-END while a menu waits",
                lateEnd((h, menu) -> h.answerAndRelease(menu, "late")));
        ways.put(
                "a late ReturnError comes in TC-END while a menu waits",
                lateEnd((h, menu) -> h.rejectAndRelease(menu.invokeId(), 27)));
        ways.put(
                "a late answer comes in TC-END while nothing waits",
                busy((h, menu) -> h.answerAndRelease(menu, "late")));
        ways.put(
                "a late ReturnError comes in TC-END while nothing waits",
                busy((h, menu) -> h.rejectAndRelease(menu.invokeId(), 27)));
    }

    private static Map<String, Way> pushed() {
        Map<String, Way> ways = new LinkedHashMap<>();
        List<String> begun = List.of("USSD-NOTIFY");
        ways.put(
                "the script begins",
                new Way(List.of(), "return", NOTHING, List.of("USSD-NOTIFY-R")));
        ways.put("it returns", way(begun, "return", NOTHING));
        ways.put("it declines", way(begun, "ussd.decline(36)", NOTHING));
        ways.put("it closes", way(begun, "ussd.close()", NOTHING));
        ways.put("it aborts", way(begun, "ussd.abort()", NOTHING));
        ways.put(
                "a Lua error, a broken limit, a fault, a stop of the engine",
                way(begun, "error('no')", NOTHING));
        ways.put(
                "a Lua error after one of these ends",
                way(
                        List.of("USSD-NOTIFY", "USSD-NOTIFY-E"),
                        "ussd.decline(36)\nerror('no')",
                        NOTHING));
        return ways;
    }

    private static Map<String, Way> begun() {
        Map<String, Way> ways = new LinkedHashMap<>();
        ways.put(
                "a menu begins it, and is answered",
                way(List.of(), "ussd.menu('Ask?')", (_, h) -> h.answer(menu(h), "1"), END));
        ways.put(
                "a notification begins it, and is acknowledged",
                way(
                        List.of(),
                        "ussd.notify('Told')",
                        (_, h) -> h.acknowledge(notification(h)),
                        END));
        ways.put(
                "a later menu is not answered in time",
                later("ussd.menu('More?', {timeout = '50ms'})", NOTHING, END));
        ways.put(
                "a later notification is not acknowledged in time",
                later("ussd.notify('More', {timeout = '50ms'})", NOTHING, END));
        ways.put(
                "the script returns a text",
                later("return 'Bye'", (_, h) -> h.acknowledge(notification(h))));
        ways.put("a returned text is not acknowledged in time", later("return 'Bye'", NOTHING));
        ways.put(
                "a returned text gets a ReturnError",
                later("return 'Bye'", (_, h) -> h.reject(notification(h).invokeId(), 34)));
        ways.put(
                "the far side aborts while a returned text waits",
                later(
                        "return 'Bye'",
                        (_, h) -> {
                            notification(h);
                            h.abandon();
                        }));
        ways.put("the script returns nothing, or closes", later("ussd.close()", NOTHING));
        ways.put("it aborts", later("ussd.abort()", NOTHING));
        ways.put(
                "a Lua error, a broken limit, a fault, a stop of the engine",
                later("error('no')", NOTHING));
        ways.put(
                "a Lua error or a broken limit, with `on_error: message`",
                later("error('no')", (_, h) -> h.acknowledge(notification(h))));
        neverBegun(ways);
        ways.put(
                "a menu's answer comes in TC-END",
                way(List.of(), "ussd.menu('Ask?')", (_, h) -> h.answerAndRelease(menu(h), "1")));
        ways.put(
                "a notification's acknowledgement comes in TC-END",
                way(List.of(), "return 'Bye'", (_, h) -> h.acknowledgeAndRelease(notification(h))));
        return ways;
    }

    private static void neverBegun(Map<String, Way> ways) {
        ways.put(
                "nobody answers the menu that is to begin it",
                way(
                        List.of(),
                        "ussd.menu('Ask?', {timeout = '50ms'})",
                        (live, h) -> {
                            Screen.Menu menu = menu(h);
                            nobodyIsLeft(live);
                            h.answer(menu, "late"); // to nobody, which it learns
                        }));
        ways.put(
                "nobody acknowledges the notification that is to begin it",
                way(
                        List.of(),
                        "ussd.notify('Told', {timeout = '50ms'})",
                        (live, h) -> {
                            Screen.Notify notify = notification(h);
                            nobodyIsLeft(live);
                            h.acknowledge(notify);
                        }));
        ways.put(
                "the menu that is to begin it gets a ReturnError",
                way(
                        List.of(),
                        "ussd.menu('Ask?')",
                        (_, h) -> h.rejectAndRelease(menu(h).invokeId(), 72)));
        ways.put(
                "the notification that is to begin it gets a ReturnError",
                way(
                        List.of(),
                        "return 'Bye'",
                        (_, h) -> h.rejectAndRelease(notification(h).invokeId(), 72)));
        ways.put(
                "the far side aborts what is to begin it",
                way(
                        List.of(),
                        "ussd.menu('Ask?')",
                        (_, h) -> {
                            menu(h);
                            h.abandon();
                        }));
    }

    private static Map<String, Way> opened() {
        Map<String, Way> ways = new LinkedHashMap<>();
        ways.put(
                "the node ends it with a text",
                ofNode(
                        it ->
                                it.end(
                                        new Component.Result(
                                                it.begin().invokeId(),
                                                Operation.PROCESS_UNSTRUCTURED_SS_REQUEST,
                                                TEXT))));
        ways.put(
                "the node ends it with a ReturnError",
                ofNode(it -> it.end(new Component.ErrorReturned(it.begin().invokeId(), 36))));
        ways.put("the node ends it without a component", ofNode(it -> it.end()));
        ways.put(
                "the node breaks it off, or has forgotten it",
                ofNode(it -> it.link().send(new Message.Abort("no"))));
        ways.put(
                "the node says nothing in time",
                way(
                        OPEN.replace("30s", "50ms") + "return 'Bye'",
                        (live, _) -> {
                            LiveDesk.Opened node = live.opened();
                            live.awaitRecord("USSD-ABORT");
                            node.say(MENU_OF_NODE); // to nobody, which it learns
                        },
                        BYE));
        ways.put(
                "the node says what no node says there",
                ofNode(
                        it ->
                                it.say(
                                        MENU_OF_NODE,
                                        new Component.Invoke(
                                                2, Operation.UNSTRUCTURED_SS_REQUEST, TEXT))));
        ways.put(
                "its text cannot be read",
                ofNode(
                        it ->
                                it.say(
                                        new Component.Invoke(
                                                1,
                                                Operation.UNSTRUCTURED_SS_REQUEST,
                                                new UssdString(Dcs.UCS2, new byte[1])))));
        ways.put(
                "the script closes it",
                way(
                        OPEN + "far:close()\nreturn 'Bye'",
                        (live, _) -> live.opened().say(MENU_OF_NODE),
                        BYE));
        ways.put("the script ends while it is open", ofNode(it -> it.say(MENU_OF_NODE)));
        return ways;
    }

    /** What the node does to a dialog that a script has opened, and then ends by itself. */
    private static Way ofNode(NodeAct act) {
        return way(OPEN + "return 'Bye'", (live, _) -> act.on(live.opened()), BYE);
    }

    /** What the node does. */
    private interface NodeAct {
        void on(LiveDesk.Opened node) throws Exception;
    }

    private static void nobodyIsLeft(LiveDesk live) {
        Awaitility.await().atMost(LiveDesk.PATIENCE).until(() -> live.network.openDialogs() == 0);
    }

    /** What a pushed script does once its first menu was answered. */
    private static Way later(String lua, Act act, String... after) {
        return way(
                List.of(MENU, ANSWER),
                "ussd.menu('Ask?')\n" + lua,
                (live, h) -> {
                    h.answer(menu(h), "1");
                    act.on(live, h);
                },
                after);
    }

    private static Way way(String lua, Act act, String... after) {
        return way(List.of(PROCESS), lua, act, after);
    }

    private static Way way(List<String> before, String lua, Act act, String... after) {
        return new Way(before, lua, act, List.of(after));
    }

    /** What the handset does to a menu that was shown. */
    private interface MenuAct {
        void on(Handset handset, Screen.Menu menu) throws Exception;
    }

    private interface NotifyAct {
        void on(Handset handset, Screen.Notify notify) throws Exception;
    }

    private static Way late(MenuAct act) {
        return way(
                List.of(PROCESS, MENU, ANSWER, MENU),
                ASK_TWICE,
                (_, h) -> {
                    Screen.Menu first = menu(h);
                    Screen.Menu second = menu(h);
                    act.on(h, first);
                    h.answer(second, "2");
                },
                ANSWER,
                BYE);
    }

    private static Way lateNotify(NotifyAct act) {
        return way(
                List.of(PROCESS, "USSD-NOTIFY", MENU),
                TELL_AND_ASK,
                (_, h) -> {
                    Screen.Notify told = notification(h);
                    Screen.Menu second = menu(h);
                    act.on(h, told);
                    h.answer(second, "2");
                },
                ANSWER,
                BYE);
    }

    private static Way lateEnd(MenuAct act) {
        return way(
                List.of(PROCESS, MENU, ANSWER, MENU),
                ASK_TWICE,
                (_, h) -> {
                    Screen.Menu first = menu(h);
                    menu(h);
                    act.on(h, first);
                });
    }

    /** It comes while the script works on after two menus, of which one timed out. */
    private static Way busy(MenuAct act) {
        return way(
                List.of(PROCESS, MENU, ANSWER, MENU, ANSWER),
                ASK_AND_WORK,
                (live, h) -> {
                    Screen.Menu first = menu(h);
                    Screen.Menu second = menu(h);
                    live.time.shut();
                    h.answer(second, "2");
                    live.time.awaitSomebody();
                    act.on(h, first);
                    Awaitility.await()
                            .atMost(LiveDesk.PATIENCE)
                            .until(() -> live.network.openDialogs() == 0);
                    live.time.open();
                });
    }

    private static Screen.Notify notification(Handset handset) {
        return (Screen.Notify) next(handset);
    }
}
