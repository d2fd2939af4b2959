package io.moondial.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.moondial.Configuration;
import io.moondial.Engine;
import io.moondial.channel.Address;
import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.cli.InProcess;
import io.moondial.config.WrittenSettings;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.history.DialogHistory;
import io.moondial.history.HistorySettings;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Dialogs of a real engine, as callers see them. */
class DialogsResourceTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Caller OPERATOR = new Caller("ops", Role.OPERATOR);
    private static final Caller VIEWER = new Caller("desk", Role.VIEWER);
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String NUMBER = "27761485722";
    private static final String IMSI = "655101234567890";

    private static final String PAYS =
            """
            local request = ...
            log.info("asked by " .. request.msisdn)
            local pin = ussd.menu("PIN of " .. request.msisdn .. "?", {secret = true})
            log.warn(pin)
            edr.write("PAID", {NUMBER = request.msisdn, PIN = pin, AMOUNT = "50"})
            if ussd.menu("1. Pay 50\\n2. Fail") == "2" then
              error("no account of " .. request.msisdn)
            end
            return pin
            """;

    @TempDir Path folder;

    private final DialogHistory history =
            new DialogHistory(WrittenSettings.settings(HistorySettings.class));
    private final Routes routes = new Routes();
    private Engine engine;

    @SuppressWarnings("NullAway.Init") // set before each test
    DialogsResourceTest() {}

    @BeforeEach
    void start() throws Exception {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(folder.resolve("scripts/pay.lua"), PAYS);
        Path rules = folder.resolve("rules.yaml");
        Files.writeString(
                rules,
                """
                process:
                  triggers:
                    - {ussd_string_prefix: "*150*", script_key: pay, mask: {after: 2}}
                    - {script_key: pay}
                log: {level: error}
                edr: {directory: "%s"}
                """
                        .formatted(folder.resolve("edr")));
        engine = new Engine(Configuration.read(rules), history);
        engine.start();
        new DialogsResource(history).declare(routes);
    }

    @AfterEach
    void stop() {
        engine.close();
    }

    private final class Phone {
        private final BlockingQueue<Screen> screens = new LinkedBlockingQueue<>();
        private final Handset handset;

        Phone(String code) throws Exception {
            handset =
                    Handset.begin(
                            engine.handsets(),
                            new FarSide.Call(
                                    Operation.PROCESS_UNSTRUCTURED_SS_REQUEST,
                                    UssdString.encode(code, Dcs.UNSPECIFIED),
                                    Address.international(NUMBER),
                                    new Address(IMSI, 1, Address.LAND_MOBILE),
                                    null,
                                    6),
                            screens::add);
        }

        Screen next() throws InterruptedException {
            Screen screen = screens.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(screen).isNotNull();
            return screen;
        }

        Phone answer(String text) throws Exception {
            handset.answer((Screen.Menu) next(), text);
            return this;
        }
    }

    /** Holds a dialog to its end. */
    private void hold(String code, String... answers) throws Exception {
        Phone phone = new Phone(code);
        for (String answer : answers) {
            phone.answer(answer);
        }
        phone.next();
        await().atMost(PATIENCE).until(() -> engine.openDialogs() == 0);
    }

    private Answer ask(Caller caller, String path, String... query) throws Exception {
        Map<String, List<String>> given = new HashMap<>();
        for (int i = 0; i < query.length; i += 2) {
            given.put(query[i], List.of(query[i + 1]));
        }
        Routes.Found found =
                routes.find("GET", List.of(path.substring(1).split("/", -1))).orElseThrow();
        return found.route()
                .action()
                .answer(new Call(JSON, caller, found.path(), given, new byte[0]));
    }

    private JsonNode json(Caller caller, String path, String... query) throws Exception {
        return ((Answer.Json) ask(caller, path, query)).value();
    }

    private List<JsonNode> dialogs(Caller caller, String... query) throws Exception {
        List<JsonNode> all = new ArrayList<>();
        json(caller, "/v1/dialogs", query).get("dialogs").forEach(all::add);
        return all;
    }

    private String newest() throws Exception {
        return dialogs(OPERATOR).getFirst().get("instance_id").asString();
    }

    private String test(String instanceId) throws Exception {
        return new String(
                ((Answer.Octets) ask(OPERATOR, "/v1/dialogs/" + instanceId + "/test")).octets(),
                StandardCharsets.UTF_8);
    }

    private static int status(@Nullable Throwable thrown) {
        if (thrown instanceof Refusal refusal) {
            return refusal.status();
        }
        throw new AssertionError("not refused", thrown);
    }

    @Test
    void a_dialog_is_its_summary_and_what_happened_in_it_in_order() throws Exception {
        hold("*1#", "4711", "1");
        JsonNode whole = json(OPERATOR, "/v1/dialogs/" + newest());
        JsonNode dialog = whole.get("dialog");
        assertThat(dialog.get("outcome").asString()).isEqualTo("responded");
        assertThat(dialog.get("code").asString()).isEqualTo("*1#");
        assertThat(dialog.get("msisdn").asString()).isEqualTo(NUMBER);
        assertThat(dialog.get("imsi").asString()).isEqualTo(IMSI);
        assertThat(dialog.get("kind").asString()).isEqualTo("dialled");
        assertThat(dialog.get("service").asString()).isEqualTo("process");
        assertThat(dialog.get("turns").asInt()).isEqualTo(2);
        List<String> lines = new ArrayList<>();
        whole.get("entries")
                .forEach(
                        it ->
                                lines.add(
                                        "%s %s"
                                                .formatted(
                                                        it.get("kind").asString(),
                                                        it.has("event")
                                                                ? it.get("event").asString()
                                                                : it.has("text")
                                                                        ? it.get("text").asString()
                                                                        : it.get("outcome")
                                                                                .asString())));
        assertThat(lines)
                .containsExactly(
                        "dialled *1#",
                        "record USSD-PROCESS",
                        "log asked by 27761485722",
                        "screen PIN of 27761485722?",
                        "record USSD-REQUEST",
                        "answer ****",
                        "record USSD-REQUEST-R",
                        "log ****",
                        "record PAID",
                        "screen 1. Pay 50\n2. Fail",
                        "record USSD-REQUEST",
                        "answer 1",
                        "record USSD-REQUEST-R",
                        "screen ****",
                        "record USSD-PROCESS-R",
                        "end responded");
        assertThat(whole.get("left_out").asInt()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "2"})
    void a_secret_is_nowhere_whoever_asks(String last) throws Exception {
        hold("*150*9352#", "8264", last);
        for (Caller caller : List.of(OPERATOR, VIEWER, Caller.LOCAL)) {
            String all =
                    json(caller, "/v1/dialogs").toString()
                            + json(caller, "/v1/dialogs/" + newest());
            assertThat(all)
                    // as words: a number that is made by chance may have these digits
                    .doesNotContainPattern("\\b(9352|8264)\\b")
                    .contains("*150*****#");
        }
        assertThat(test(newest())).doesNotContainPattern("\\b(9352|8264)\\b");
    }

    @Test
    void a_viewer_sees_no_number_wherever_it_stands() throws Exception {
        hold("*77*" + NUMBER + "#", "4711", "2");
        String all =
                json(VIEWER, "/v1/dialogs").toString() + json(VIEWER, "/v1/dialogs/" + newest());
        assertThat(all)
                .doesNotContain(NUMBER, IMSI)
                .contains("2776148****", "65510123456****", "no account of 2776148****");
        assertThat(json(OPERATOR, "/v1/dialogs").toString()).contains(NUMBER, IMSI);
    }

    @Test
    void a_viewer_cannot_find_a_number_out_by_asking_for_it() throws Exception {
        hold("*77*" + NUMBER + "#", "4711", "1");
        assertThatThrownBy(() -> ask(VIEWER, "/v1/dialogs", "msisdn", "2"))
                .satisfies(it -> assertThat(status(it)).isEqualTo(403));
        assertThat(dialogs(VIEWER, "code", "*77*2776148")).hasSize(1);
        assertThat(dialogs(VIEWER, "code", "*77*27761485")).isEmpty();
        assertThat(dialogs(OPERATOR, "code", "*77*27761485")).hasSize(1);
        String instanceId = newest();
        assertThat(
                        routes.find("GET", List.of("v1", "dialogs", instanceId, "test"))
                                .orElseThrow()
                                .route()
                                .role())
                .isEqualTo(Role.OPERATOR);
    }

    @Test
    void dialogs_are_found_by_number_code_script_and_outcome_and_come_in_pages() throws Exception {
        hold("*1#", "4711", "1");
        hold("*2#", "4711", "2");
        Phone open = new Phone("*3#");
        open.next();
        assertThat(codes(dialogs(OPERATOR))).containsExactly("*3#", "*2#", "*1#");
        assertThat(codes(dialogs(OPERATOR, "outcome", "open"))).containsExactly("*3#");
        assertThat(codes(dialogs(OPERATOR, "outcome", "failed"))).containsExactly("*2#");
        assertThat(dialogs(OPERATOR, "outcome", "failed").getFirst().get("error").asString())
                .startsWith("pay.lua:7: no account of " + NUMBER);
        assertThat(codes(dialogs(OPERATOR, "code", "*1"))).containsExactly("*1#");
        assertThat(codes(dialogs(OPERATOR, "msisdn", "2776"))).hasSize(3);
        assertThat(codes(dialogs(OPERATOR, "msisdn", "776"))).isEmpty();
        assertThat(codes(dialogs(OPERATOR, "script", "pay"))).hasSize(3);
        assertThat(codes(dialogs(OPERATOR, "script", "pa"))).isEmpty();
        JsonNode first = json(OPERATOR, "/v1/dialogs", "limit", "2");
        assertThat(first.get("more").asBoolean()).isTrue();
        String last = first.get("dialogs").get(1).get("instance_id").asString();
        JsonNode second = json(OPERATOR, "/v1/dialogs", "limit", "2", "before", last);
        assertThat(second.get("more").asBoolean()).isFalse();
        assertThat(second.get("dialogs").get(0).get("code").asString()).isEqualTo("*1#");
        assertThatThrownBy(() -> ask(OPERATOR, "/v1/dialogs/" + newest() + "/test"))
                .satisfies(it -> assertThat(status(it)).isEqualTo(409));
        open.handset.abandon();
        await().atMost(PATIENCE).until(() -> engine.openDialogs() == 0);
        assertThat(codes(dialogs(OPERATOR, "outcome", "abandoned"))).containsExactly("*3#");
    }

    private static List<String> codes(List<JsonNode> dialogs) {
        return dialogs.stream().map(it -> it.get("code").asString()).toList();
    }

    @Test
    void what_makes_no_sense_is_refused_with_what_is_allowed() {
        assertThatThrownBy(() -> ask(OPERATOR, "/v1/dialogs", "outcome", "lost"))
                .hasMessageContaining("allowed are open, responded")
                .satisfies(it -> assertThat(status(it)).isEqualTo(400));
        assertThatThrownBy(() -> ask(OPERATOR, "/v1/dialogs", "before", "yesterday"))
                .hasMessageContaining("an instance id")
                .satisfies(it -> assertThat(status(it)).isEqualTo(400));
        assertThatThrownBy(() -> ask(OPERATOR, "/v1/dialogs", "limit", "501"))
                .satisfies(it -> assertThat(status(it)).isEqualTo(400));
        assertThatThrownBy(() -> ask(OPERATOR, "/v1/dialogs", "number", "1"))
                .satisfies(it -> assertThat(status(it)).isEqualTo(400));
        assertThatThrownBy(() -> ask(OPERATOR, "/v1/dialogs/Logic-1-00000000"))
                .satisfies(it -> assertThat(status(it)).isEqualTo(404));
    }

    @Test
    void the_test_of_a_dialog_passes_with_its_script() throws Exception {
        hold("*150*9352#", "8264", "1");
        String good = test(newest());
        hold("*1#", "8264", "2");
        String bad = test(newest());
        Phone left = new Phone("*1#").answer("8264");
        left.next();
        left.handset.abandon();
        await().atMost(PATIENCE).until(() -> engine.openDialogs() == 0);
        Files.writeString(
                folder.resolve("scripts/pay.dialog"),
                String.join("\n", good, bad.replace("dial *1#\"", "bad\""), test(newest())));
        StringWriter out = new StringWriter();
        assertThat(
                        InProcess.ussd(
                                out,
                                out,
                                "test",
                                "--rules",
                                folder.resolve("rules.yaml").toString()))
                .as(out.toString())
                .isZero();
        assertThat(out.toString()).contains("3 tests, 3 passed");
    }

    @Test
    void dialogs_records_and_entries_are_told_as_they_come_masked_for_viewers() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        List<JsonNode> values = new CopyOnWriteArrayList<>();
        EventSource.Listener listener =
                (event, data) ->
                        data.get()
                                .forEach(
                                        value -> {
                                            values.add(value);
                                            told.add(
                                                    event
                                                            + " "
                                                            + Stream.of("outcome", "event", "kind")
                                                                    .filter(
                                                                            it ->
                                                                                    !event.equals(
                                                                                                    "entry")
                                                                                            || it
                                                                                                    .equals(
                                                                                                            "kind"))
                                                                    .filter(value::has)
                                                                    .findFirst()
                                                                    .map(
                                                                            it ->
                                                                                    value.get(it)
                                                                                            .asString())
                                                                    .orElseThrow());
                                        });
        DialogsResource news = new DialogsResource(history);
        Phone phone = new Phone("*77*" + NUMBER + "#");
        phone.answer("4711");
        Screen.Menu menu = (Screen.Menu) phone.next();
        List<EventSource.Following> followed = new ArrayList<>();
        for (String topic : List.of("dialogs", "records", "entries")) {
            followed.add(
                    news.follow(
                            new EventSource.Wish(VIEWER, topic, Set.of(newest()), "ussd"),
                            listener));
        }
        followed.add(
                news.follow(new EventSource.Wish(VIEWER, "records", Set.of(), "other"), listener));
        phone.handset.answer(menu, "1");
        phone.next();
        await().atMost(PATIENCE).until(() -> engine.openDialogs() == 0);
        assertThat(told)
                .containsExactlyInAnyOrder(
                        "dialog open",
                        "record USSD-REQUEST-R",
                        "entry answer",
                        "entry record",
                        "record USSD-PROCESS-R",
                        "entry screen",
                        "entry record",
                        "dialog responded",
                        "entry end");
        assertThat(values.toString()).doesNotContain(NUMBER).contains("2776148****");
        for (EventSource.Following it : followed) {
            it.close();
        }
        hold("*1#", "4711", "1");
        assertThat(told).hasSize(9);
        assertThatThrownBy(
                        () ->
                                news.follow(
                                        new EventSource.Wish(
                                                VIEWER,
                                                "entries",
                                                Set.of(newest(), "nobody"),
                                                null),
                                        listener))
                .satisfies(it -> assertThat(status(it)).isEqualTo(404));
    }

    @Test
    void entries_of_several_dialogs_say_whose_they_are() throws Exception {
        Phone first = new Phone("*1#");
        Screen.Menu menu = (Screen.Menu) first.next();
        String one = newest();
        Phone second = new Phone("*2#");
        second.next();
        String two = newest();
        Phone third = new Phone("*3#");
        third.next();
        Set<String> told = ConcurrentHashMap.newKeySet();
        EventSource.Following following =
                new DialogsResource(history)
                        .follow(
                                new EventSource.Wish(OPERATOR, "entries", Set.of(one, two), null),
                                (event, data) ->
                                        data.get()
                                                .forEach(
                                                        entry ->
                                                                told.add(
                                                                        entry.get("instance_id")
                                                                                        .asString()
                                                                                + " "
                                                                                + entry.get("kind")
                                                                                        .asString())));
        third.handset.abandon();
        second.handset.abandon();
        first.handset.answer(menu, "4711");
        first.next();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(told).contains(one + " screen", two + " end"));
        assertThat(told).allMatch(it -> it.startsWith(one + " ") || it.startsWith(two + " "));
        following.close();
        first.handset.abandon();
        await().atMost(PATIENCE).until(() -> engine.openDialogs() == 0);
    }

    @Test
    void numbers_in_texts_are_masked_and_amounts_are_not() {
        assertThat(VIEWER.text("from 27761485722 to 0761485722"))
                .isEqualTo("from 2776148**** to 076148****");
        assertThat(VIEWER.text("call 076 148-5722, pay 12.50 of 999999"))
                .isEqualTo("call *** ***-****, pay 12.50 of 999999");
        assertThat(VIEWER.text("\u0660\u0667\u0667\u0661\u0662\u0663\u0664\u0665"))
                .isEqualTo("\u0660\u0667\u0667\u0661****");
        assertThat(VIEWER.text("x" + "\ud835\udfce".repeat(7)))
                .isEqualTo("x" + "\ud835\udfce".repeat(3) + "********");
        assertThat(OPERATOR.text("from 27761485722")).isEqualTo("from 27761485722");
    }
}
