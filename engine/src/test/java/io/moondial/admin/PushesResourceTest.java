package io.moondial.admin;

import static io.moondial.admin.Asking.ADMIN;
import static io.moondial.admin.Asking.OPERATOR;
import static io.moondial.admin.Asking.VIEWER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.admin.EventSource.Following;
import io.moondial.admin.EventSource.Wish;
import io.moondial.config.WrittenSettings;
import io.moondial.dialog.DialogFact.Screen;
import io.moondial.metrics.Counters;
import io.moondial.push.MemoryPushes;
import io.moondial.push.PushOrder;
import io.moondial.push.PushOrder.Priority;
import io.moondial.push.PushReport;
import io.moondial.push.PushReport.Reason;
import io.moondial.push.PushReport.State;
import io.moondial.push.PushSettings;
import io.moondial.push.Pushes.Why;
import io.moondial.time.HandMovedTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code /v1/pushes}, with pushes that a test moves on. */
class PushesResourceTest {
    private static final String NUMBER = "27761234567";
    private static final String HELLO = "{\"msisdn\": \"27761234567\", \"text\": \"Hello\"}";

    private final HandMovedTime time = new HandMovedTime();
    private final MemoryPushes pushes = new MemoryPushes(time, 100);
    private PushSettings settings =
            WrittenSettings.settings(PushSettings.schema(), "route: hlr", "scripts: [survey]");
    private final Counters counters = new Counters();
    private final PushesResource resource =
            new PushesResource(pushes, () -> settings, counters, time);
    private final Asking api = new Asking(resource);
    private final JsonMapper json = new JsonMapper();

    /** An answer as it goes over the wire. */
    private record Answered(int status, Map<String, String> headers, JsonNode body) {}

    private Answered ask(Caller caller, String method, String target, String body, String... keys)
            throws Exception {
        Answer answer =
                api.ask(
                        caller,
                        method,
                        target,
                        body,
                        keys.length == 0 ? Map.of() : Map.of("Idempotency-Key", List.of(keys)));
        Map<String, String> headers = Map.of();
        if (answer instanceof Answer.WithHeaders(Answer inner, Map<String, String> with)) {
            headers = with;
            answer = inner;
        }
        Answer.Json of = (Answer.Json) answer;
        return new Answered(
                of.status(), headers, json.readTree(json.writeValueAsBytes(of.value())));
    }

    private Answered order(String body, String... keys) throws Exception {
        return ask(OPERATOR, "POST", "/v1/pushes", body, keys);
    }

    private String ordered() throws Exception {
        return order(HELLO).body().get("push_id").asString();
    }

    // ---- ordering

    @Test
    void a_text_is_accepted_and_said_where_it_is() throws Exception {
        Answered answer = order(HELLO);
        assertThat(answer.status()).isEqualTo(202);
        String id = answer.body().get("push_id").asString();
        assertThat(answer.headers()).containsExactly(Map.entry("Location", "/v1/pushes/" + id));
        assertThat(answer.body().get("state").asString()).isEqualTo("queued");
        assertThat(answer.body().get("msisdn").asString()).isEqualTo(NUMBER);
        assertThat(pushes.orders())
                .containsExactly(
                        PushOrder.of(
                                NUMBER, new PushOrder.Text(Screen.NOTIFY, "Hello"), "api olga"));
    }

    @Test
    void everything_that_may_be_said_reaches_the_order() throws Exception {
        Answered answer =
                order(
                        """
                        {"msisdn": "27761234567", "script": "survey", "args": {"n": [1, "x"]},
                         "expires": "10m", "priority": "urgent", "at_least_once": true,
                         "callback": true, "alerting_pattern": 4}
                        """,
                        "order-17");
        assertThat(answer.status()).isEqualTo(202);
        assertThat(pushes.orders())
                .containsExactly(
                        new PushOrder(
                                NUMBER,
                                new PushOrder.Script("survey", "{\"n\":[1,\"x\"]}"),
                                Priority.URGENT,
                                "api olga",
                                new PushOrder.After(Duration.ofMinutes(10)),
                                "order-17",
                                true,
                                true,
                                4));
    }

    @Test
    void a_menu_and_a_time_are_read() throws Exception {
        order(
                """
                {"msisdn": "27761234567", "text": "Agree?\\n1. Yes", "kind": "menu",
                 "expires": "2026-01-31T18:00:00+02:00", "priority": "low", "args": null}
                """);
        PushOrder order = pushes.orders().getFirst();
        assertThat(order.content()).isEqualTo(new PushOrder.Text(Screen.MENU, "Agree?\n1. Yes"));
        assertThat(order.expires())
                .isEqualTo(new PushOrder.At(Instant.parse("2026-01-31T16:00:00Z")));
        assertThat(order.priority()).isEqualTo(Priority.LOW);
    }

    @Test
    void the_same_key_of_the_same_caller_is_the_same_push() throws Exception {
        Answered first = order(HELLO, "k");
        Answered second = order(HELLO, "k");
        assertThat(second.status()).isEqualTo(200);
        assertThat(second.body().get("push_id")).isEqualTo(first.body().get("push_id"));
        assertThat(ask(ADMIN, "POST", "/v1/pushes", HELLO, "k").status()).isEqualTo(202);
        assertThat(api.refusal(OPERATOR, "POST", "/v1/pushes", HELLO))
                .startsWith("answered"); // without a key it is another one
        assertThat(pushes.orders()).hasSize(3);
    }

    @Test
    void a_repeated_order_is_known_though_its_script_may_be_pushed_no_more() throws Exception {
        String survey = "{\"msisdn\": \"27761234567\", \"script\": \"survey\"}";
        Answered first = order(survey, "k");
        settings = WrittenSettings.settings(PushSettings.schema(), "route: hlr");
        Answered second = order(survey, "k");
        assertThat(second.status()).isEqualTo(200);
        assertThat(second.body().get("push_id")).isEqualTo(first.body().get("push_id"));
    }

    @Test
    void a_key_that_was_used_for_something_else_is_a_conflict() throws Exception {
        order(HELLO, "k");
        pushes.refuse(Why.CONFLICT, "the key was used for another push");
        assertThat(api.refusal(OPERATOR, "POST", "/v1/pushes", HELLO))
                .isEqualTo("409 the key was used for another push");
    }

    @Test
    void each_wrong_field_is_named_with_what_is_allowed() throws Exception {
        Answered answer =
                order(
                        """
                        {"msisdn": "+27761234567", "text": "x", "kind": "notifi", "args": {},
                         "expires": "tomorrow", "priority": "high", "at_least_once": "yes",
                         "callback": 1, "alerting_pattern": 256, "msisnd": "1"}
                        """,
                        "no blanks");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(
                        answer.body()
                                .get("problems")
                                .valueStream()
                                .map(it -> it.get("field").asString()))
                .containsExactly(
                        "msisnd",
                        "msisdn",
                        "kind",
                        "args",
                        "priority",
                        "expires",
                        "at_least_once",
                        "callback",
                        "alerting_pattern",
                        "Idempotency-Key");
        String error = answer.body().get("error").asString();
        assertThat(error)
                .contains("there is no 'msisnd'; did you mean msisdn?; there are msisdn, text,")
                .contains(
                        "msisdn is '+27761234567'; allowed are 5 to 15 digits, country code first")
                .contains("kind is 'notifi'; did you mean notify?; allowed are notify, menu")
                .contains("args is for a script")
                .contains("priority is 'high'; allowed are urgent, normal, low")
                .contains("expires is 'tomorrow'; allowed is a duration longer than 0s")
                .contains("at_least_once must be true or false")
                .contains("alerting_pattern must be a whole number from 0 to 255");
        answer.body()
                .get("problems")
                .forEach(it -> assertThat(error).contains(it.get("text").asString()));
        assertThat(pushes.orders()).isEmpty();
    }

    /** Be it found by who reads the order, or only by the queue. */
    @Test
    void what_the_rules_do_not_allow_is_named_with_the_rest() throws Exception {
        String args = "x".repeat(5000);
        Answered unreadable =
                order(
                        """
                        {"msisdn": "x", "script": "survey", "args": {"a": "%s"}, "expires": "9d", "callback": true}
                        """
                                .formatted(args));
        assertThat(fields(unreadable)).containsExactly("msisdn", "args", "expires", "callback");
        assertThat(unreadable.body().get("error").asString())
                .contains("args has 5008 characters of JSON; allowed are 4096")
                .contains("allowed is a later time, at most 7d after the order (push: max_expires)")
                .contains("it asks for a callback, and the rules name none");
        assertThat(counters.value("push.refused.number")).isEqualTo(1);

        pushes.refuse(Why.ORDER, "args has too many characters");
        Answered refused =
                order(
                        """
                        {"msisdn": "12345", "script": "survey", "args": {"a": "%s"}, "expires": "9d"}
                        """
                                .formatted(args));
        assertThat(fields(refused)).containsExactly("args", "expires");
        assertThat(counters.snapshot()).as("the queue has counted it").hasSize(1);
    }

    private static List<String> fields(Answered answer) {
        assertThat(answer.status()).isEqualTo(400);
        return answer.body()
                .get("problems")
                .valueStream()
                .map(it -> it.get("field").asString())
                .toList();
    }

    @Test
    void what_cannot_be_read_is_counted_as_the_queue_counts() throws Exception {
        order("{}");
        order("{\"msisdn\": \"12345\"}");
        order("{\"msisdn\": \"12345\", \"text\": \"a\", \"expires\": \"soon\"}");
        order("{\"msisdn\": \"12345\", \"text\": \"a\", \"priority\": \"high\"}");
        order(HELLO, "no blanks");
        order(HELLO);

        assertThat(counters.snapshot())
                .containsOnly(
                        Map.entry("push.refused.number", 1L),
                        Map.entry("push.refused.text", 1L),
                        Map.entry("push.refused.expires", 1L),
                        Map.entry("push.refused.order", 2L));
    }

    @Test
    void one_that_waits_says_what_holds_it() throws Exception {
        String normal = ordered();
        String urgent =
                order(
                                """
                                {"msisdn": "27761234567", "text": "Hello", "priority": "urgent"}
                                """)
                        .body()
                        .get("push_id")
                        .asString();
        assertThat(heldOf(normal)).isEmpty();
        pushes.hold("quiet_hours");
        assertThat(heldOf(normal)).isEqualTo("quiet_hours");
        assertThat(heldOf(urgent)).as("quiet hours do not hold it").isEmpty();
        pushes.hold("overload");
        assertThat(heldOf(urgent)).isEqualTo("overload");
    }

    private String heldOf(String id) throws Exception {
        return ask(OPERATOR, "GET", "/v1/pushes/" + id, "").body().path("held").asString("");
    }

    @Test
    void times_have_milliseconds_always() throws Exception {
        time.pass(Duration.ofNanos(120_000_123));
        JsonNode body = order(HELLO).body();
        assertThat(body.get("accepted").asString()).matches(".*T[0-9:]{8}\\.[0-9]{3}Z");
        assertThat(body.get("changed")).isEqualTo(body.get("accepted"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {}                                                | msisdn is missing; give text, what the subscriber reads, or script, the key of a script
                    {"msisdn": "12345", "text": "a", "script": "survey"}  | there are text and script; give one of them
                    {"msisdn": "12345", "text": "a", "script_key": "survey"} | there is no 'script_key'; did you mean script?; there are msisdn, text, kind, script, args, expires, priority, at_least_once, callback, alerting_pattern
                    {"msisdn": 1, "text": "a"}                        | msisdn must be a string
                    {"msisdn": "12345", "text": 7}                        | text must be a string
                    {"msisdn": "1", "script": "survei"}                   | msisdn is '1'; allowed are 5 to 15 digits, country code first, without + or 00; 'survei' is none of push: scripts; did you mean survey?
                    {"msisdn": "12345", "script": "survey", "kind": "menu"} | kind is for a text; a script has screens of its own
                    {"msisdn": "12345", "script": "survey", "args": [1]}  | args must be a JSON object, such as {"amount": 50}
                    {"msisdn": "1234567890123456", "text": "a"}       | msisdn is '1234567890123456'; allowed are 5 to 15 digits, country code first, without + or 00
                    """)
    void what_is_wrong_with_an_order_is_said(String body, String error) throws Exception {
        Answered answer = order(body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body().get("error").asString()).isEqualTo(error);
        assertThat(pushes.orders()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0s",
                "0ms",
                "-5s",
                "5",
                "1h30m",
                "10x",
                "99999999999999999d",
                "2026-01-31T18:00:00",
                "2026-02-31T18:00:00Z"
            })
    void an_expiry_that_cannot_be_read_is_named_with_all_that_is_allowed(String written)
            throws Exception {
        Answered answer =
                order(
                        "{'msisdn': '12345', 'text': 'a', 'expires': '%s'}"
                                .replace('\'', '"')
                                .formatted(written));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body().get("error").asString())
                .isEqualTo(
                        "expires is '%s'; allowed is a duration longer than 0s, such as 10m, or a time to come with its offset, such as 2026-01-31T18:00:00Z, at most 7d from now (push: max_expires)"
                                .formatted(written));
        assertThat(pushes.orders()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "2020-01-31T18:00:00+02:00, it expired at 2020-01-31T16:00:00Z",
        "2027-01-31T18:00:00Z, it would expire at 2027-01-31T18:00:00Z",
        "8d, it would expire at 2026-01-13T08:00:00Z"
    })
    void an_expiry_that_is_too_early_or_too_late_is_named_with_the_time_it_is_now(
            String written, String found) throws Exception {
        pushes.refuse(Why.EXPIRES, "the queue names what it finds first");
        Answered answer =
                order(
                        "{'msisdn': '12345', 'text': 'a', 'expires': '%s'}"
                                .replace('\'', '"')
                                .formatted(written));
        assertThat(answer.body().get("error").asString())
                .isEqualTo(
                        found
                                + ", and it is 2026-01-05T08:00:00Z now; allowed is a later time, at most 7d after the order (push: max_expires)");
    }

    @ParameterizedTest
    @CsvSource({
        "NUMBER,      400, msisdn,  ",
        "TEXT,        400, text,    ",
        "SCRIPT,      400, script,  ",
        "EXPIRES,     400, expires, ",
        "FULL,        429, ,        1",
        "UNAVAILABLE, 503, ,        5",
        "STOPPING,    503, ,        5"
    })
    void what_the_queue_refuses_has_its_status_and_says_when_to_try_again(
            Why why, int status, String field, String retryAfter) throws Exception {
        pushes.refuse(why, "because of the test");
        Answered answer = order(HELLO);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.body().get("error").asString()).isEqualTo("because of the test");
        assertThat(answer.body().at("/problems/0/field").asString(null)).isEqualTo(field);
        assertThat(answer.headers().get("Retry-After")).isEqualTo(retryAfter);
    }

    @Test
    void while_none_is_begun_a_full_queue_asks_for_more_patience() throws Exception {
        pushes.refuse(Why.FULL, "full");
        pushes.hold("quiet_hours");
        assertThat(order(HELLO).headers()).containsEntry("Retry-After", "60");
    }

    @Test
    void without_a_route_there_are_no_pushes() throws Exception {
        settings = WrittenSettings.settings(PushSettings.schema());
        for (String[] each :
                new String[][] {
                    {"POST", "/v1/pushes"},
                    {"GET", "/v1/pushes"},
                    {"GET", "/v1/pushes/p1"},
                    {"DELETE", "/v1/pushes/p1"}
                }) {
            assertThat(api.refusal(OPERATOR, each[0], each[1], HELLO))
                    .startsWith("404 there are no pushes: the rules have no push: route");
        }
        assertThat(pushes.orders()).isEmpty();
    }

    @Test
    void a_key_given_twice_could_be_either() throws Exception {
        Refusal refused = null;
        try {
            order(HELLO, "a", "b");
        } catch (Refusal e) {
            refused = e;
        }
        assertThat(refused).hasMessage("the header 'Idempotency-Key' is given twice");
        assertThat(pushes.orders()).isEmpty();
    }

    @Test
    void only_operators_order_and_withdraw() {
        assertThat(api.role("POST", "/v1/pushes")).isEqualTo(Role.OPERATOR);
        assertThat(api.role("DELETE", "/v1/pushes/p1")).isEqualTo(Role.OPERATOR);
        assertThat(api.role("GET", "/v1/pushes")).isEqualTo(Role.VIEWER);
        assertThat(api.role("GET", "/v1/pushes/p1")).isEqualTo(Role.VIEWER);
    }

    // ---- looking

    private static PushReport failed(PushReport it) {
        return new PushReport(
                it.id(),
                it.msisdn(),
                it.what(),
                it.priority(),
                it.by(),
                State.FAILED,
                it.accepted(),
                it.expires(),
                it.changed(),
                3,
                it.accepted().plusSeconds(8),
                34,
                Reason.SYSTEM_FAILURE,
                "my number is 27761234567",
                "i-1",
                it.callback(),
                it.route());
    }

    @Test
    void all_of_a_push_is_told_and_numbers_are_masked_for_viewers() throws Exception {
        String id = ordered();
        pushes.change(id, PushesResourceTest::failed);
        JsonNode seen = api.get(OPERATOR, "/v1/pushes/" + id);
        assertThat(seen)
                .isEqualTo(
                        json.readTree(
                                """
                                {"push_id": "p1", "msisdn": "27761234567", "what": "notify",
                                 "priority": "normal", "by": "api olga", "state": "failed",
                                 "accepted": "2026-01-05T08:00:00.000Z",
                                 "expires": "2026-01-05T08:10:00.000Z",
                                 "changed": "2026-01-05T08:00:00.000Z",
                                 "attempts": 3, "next_attempt": "2026-01-05T08:00:08.000Z",
                                 "error_code": 34,
                                 "reason": "system_failure", "answer": "my number is 27761234567",
                                 "instance_id": "i-1", "callback": false}
                                """));
        JsonNode masked = api.get(VIEWER, "/v1/pushes/" + id);
        assertThat(masked.get("msisdn").asString()).isEqualTo("2776123****");
        assertThat(masked.get("answer").asString()).isEqualTo("my number is 2776123****");
        assertThat(api.get(VIEWER, "/v1/pushes").at("/pushes/0")).isEqualTo(masked);
    }

    @Test
    void the_list_has_the_latest_first_and_says_if_there_are_more() throws Exception {
        for (int i = 1; i <= 3; i++) {
            ordered();
        }
        pushes.change("p2", it -> MemoryPushes.in(State.COMPLETED, it));
        assertThat(ids("/v1/pushes")).containsExactly("p3", "p2", "p1");
        assertThat(ids("/v1/pushes?limit=2")).containsExactly("p3", "p2");
        assertThat(api.get(OPERATOR, "/v1/pushes?limit=2").get("more").asBoolean()).isTrue();
        assertThat(api.get(OPERATOR, "/v1/pushes?limit=3").get("more").asBoolean()).isFalse();
        assertThat(ids("/v1/pushes?state=completed")).containsExactly("p2");
        assertThat(ids("/v1/pushes?state=queued&limit=1")).containsExactly("p3");
        assertThat(ids("/v1/pushes?msisdn=27761")).hasSize(3);
        assertThat(ids("/v1/pushes?msisdn=27762")).isEmpty();
        assertThat(api.get(VIEWER, "/v1/pushes").get("standing"))
                .isEqualTo(
                        json.readTree(
                                "{\"waiting\": 2, \"running\": 0, \"max\": 100, \"held\": null, \"holder\": null}"));
        assertThat(api.get(VIEWER, "/v1/pushes").get("scripts"))
                .isEqualTo(json.readTree("[\"survey\"]"));
        assertThat(api.refusal(OPERATOR, "GET", "/v1/pushes?state=complete", ""))
                .isEqualTo(
                        "400 state is 'complete'; did you mean completed?; allowed are queued, routing, sent, answered, completed, failed, expired, cancelled, unknown");
        assertThat(api.refusal(OPERATOR, "GET", "/v1/pushes?limit=501", "")).startsWith("400");
        assertThat(api.refusal(VIEWER, "GET", "/v1/pushes?msisdn=2", "")).startsWith("403");
    }

    private List<String> ids(String target) throws Exception {
        return api.get(OPERATOR, target)
                .get("pushes")
                .valueStream()
                .map(it -> it.get("push_id").asString())
                .toList();
    }

    @Test
    void who_waits_is_answered_when_it_has_ended() throws Exception {
        String id = ordered();
        CompletableFuture<JsonNode> looked =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return api.get(OPERATOR, "/v1/pushes/" + id + "?wait_ms=60000");
                            } catch (Refusal | InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        await().until(() -> pushes.waitingFor(id) == 1);
        pushes.change(id, it -> MemoryPushes.in(State.SENT, it));
        assertThat(looked).isNotDone();
        pushes.change(id, it -> MemoryPushes.in(State.COMPLETED, it));
        assertThat(looked.get(60, TimeUnit.SECONDS).get("state").asString()).isEqualTo("completed");
    }

    @Test
    void who_has_waited_long_enough_is_told_how_it_is_and_is_forgotten() throws Exception {
        String id = ordered();
        assertThat(api.get(OPERATOR, "/v1/pushes/" + id + "?wait_ms=1").get("state").asString())
                .isEqualTo("queued");
        assertThat(pushes.waitingFor(id)).isZero();
    }

    @Test
    void what_is_not_there_is_404() throws Exception {
        for (String target : List.of("/v1/pushes/p9", "/v1/pushes/p9?wait_ms=60000")) {
            assertThat(api.refusal(VIEWER, "GET", target, ""))
                    .isEqualTo(
                            "404 there is no push p9, or it ended longer ago than push: keep says");
        }
        assertThat(api.refusal(OPERATOR, "DELETE", "/v1/pushes/p9", "")).startsWith("404");
    }

    @Test
    void a_store_that_cannot_be_asked_is_503() throws Exception {
        String id = ordered();
        pushes.storeFails("the store does not answer");
        for (String method : List.of("GET", "DELETE")) {
            Answered answer = ask(OPERATOR, method, "/v1/pushes/" + id, "");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body().get("error").asString())
                    .isEqualTo("the store does not answer");
            assertThat(answer.headers()).containsEntry("Retry-After", "5");
        }
    }

    // ---- withdrawing

    @Test
    void what_waits_is_withdrawn_and_what_was_sent_is_not() throws Exception {
        String first = ordered();
        String second = ordered();
        pushes.change(second, it -> MemoryPushes.in(State.SENT, it));
        for (int twice = 0; twice < 2; twice++) {
            Answered answer = ask(OPERATOR, "DELETE", "/v1/pushes/" + first, "");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body().get("state").asString()).isEqualTo("cancelled");
        }
        assertThat(api.refusal(OPERATOR, "DELETE", "/v1/pushes/" + second, ""))
                .isEqualTo(
                        "409 push p2 is sent: it is too late to withdraw it; allowed is that while it waits for its turn or for another attempt");
    }

    @Test
    void one_of_another_engine_is_not_withdrawn_and_said_to_be_one() throws Exception {
        String id = ordered();
        pushes.belongToAnother("it is one of the engine b");
        assertThat(api.refusal(OPERATOR, "DELETE", "/v1/pushes/" + id, ""))
                .isEqualTo("409 it is one of the engine b");
        assertThat(api.get(OPERATOR, "/v1/pushes/" + id).get("state").asString())
                .isEqualTo("queued");
    }

    // ---- news

    @Test
    void who_follows_is_told_of_each_change_as_he_may_see_it_until_he_goes() throws Exception {
        List<JsonNode> told = new ArrayList<>();
        Following following =
                resource.follow(
                        new Wish(VIEWER, "pushes", Set.of(), null),
                        (event, data) -> {
                            assertThat(event).isEqualTo("push");
                            told.addAll(data.get());
                        });
        String id = ordered();
        pushes.change(id, it -> MemoryPushes.in(State.COMPLETED, it));
        following.close();
        pushes.change(id, it -> MemoryPushes.in(State.FAILED, it));
        assertThat(told.stream().map(it -> it.get("state").asString()))
                .containsExactly("queued", "completed");
        assertThat(told.getFirst().get("msisdn").asString()).isEqualTo("2776123****");
    }
}
