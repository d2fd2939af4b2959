package io.moondial.push;

import static io.moondial.push.PushBench.SOMEBODY;
import static io.moondial.push.PushBench.text;
import static io.moondial.push.PushReport.State.ANSWERED;
import static io.moondial.push.PushReport.State.CANCELLED;
import static io.moondial.push.PushReport.State.COMPLETED;
import static io.moondial.push.PushReport.State.EXPIRED;
import static io.moondial.push.PushReport.State.FAILED;
import static io.moondial.push.PushReport.State.QUEUED;
import static io.moondial.push.PushReport.State.ROUTING;
import static io.moondial.push.PushReport.State.SENT;
import static io.moondial.push.PushReport.State.UNKNOWN;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.moondial.dialog.DialogFact;
import io.moondial.dialog.DialogFact.Outcome;
import io.moondial.dialog.DialogFact.Screen;
import io.moondial.dialog.DialogKind;
import io.moondial.dialog.Incoming;
import io.moondial.dialog.Incoming.Part;
import io.moondial.logic.DialogIdentity;
import io.moondial.logic.DialogListener;
import io.moondial.push.PushOrder.Priority;
import io.moondial.push.PushReport.State;
import io.moondial.push.PushSettings.RouteKind;
import io.moondial.push.Pushes.Submission;
import io.moondial.push.Pushes.Why;
import io.moondial.text.Sha256;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is accepted, whose turn it is, and what a stop and a kill leave. */
class PushQueueTest {
    private final PushBench bench = new PushBench("{route: hlr, scripts: [survey]}");

    private static PushOrder order(
            String msisdn, Priority priority, @Nullable Instant expires, @Nullable String key) {
        return new PushOrder(
                msisdn,
                new PushOrder.Text(Screen.NOTIFY, "Hello"),
                priority,
                "test",
                expires == null ? null : new PushOrder.At(expires),
                key,
                false,
                false,
                null);
    }

    private static PushOrder withKey(String msisdn, String key) {
        return order(msisdn, Priority.NORMAL, null, key);
    }

    private Why refusal(PushOrder order) {
        return ((Submission.Refused) bench.order(order)).why();
    }

    private List<State> states(String id) {
        bench.time.rest();
        return bench.changes.stream()
                .filter(it -> it.id().equals(id))
                .map(PushReport::state)
                .distinct()
                .toList();
    }

    // ---- orders

    @Test
    void a_push_goes_from_state_to_state_and_each_change_is_told() {
        String id = bench.accepted(SOMEBODY);
        bench.acknowledge();

        assertThat(states(id)).containsExactly(QUEUED, ROUTING, SENT, ANSWERED, COMPLETED);
        assertThat(bench.report(id).instanceId()).isEqualTo("Test-1");
        assertThat(bench.counters.value("push.accepted")).isEqualTo(1);
        assertThat(bench.counters.value("push.ended.completed")).isEqualTo(1);
    }

    static Stream<Arguments> orders_that_are_refused() {
        Instant now = Instant.parse("2026-01-05T08:00:00Z");
        return Stream.of(
                Arguments.of(Why.NUMBER, text("")),
                Arguments.of(Why.NUMBER, text("+27761485722")),
                Arguments.of(Why.NUMBER, text("0761485722")),
                Arguments.of(Why.NUMBER, text("2776148572212345")),
                Arguments.of(Why.NUMBER, text("2776a")),
                Arguments.of(Why.EXPIRES, order(SOMEBODY, Priority.NORMAL, now, null)),
                Arguments.of(
                        Why.EXPIRES,
                        order(SOMEBODY, Priority.NORMAL, now.plus(Duration.ofDays(8)), null)),
                Arguments.of(Why.ORDER, withKey(SOMEBODY, "")),
                Arguments.of(Why.ORDER, withKey(SOMEBODY, "a b")),
                Arguments.of(Why.ORDER, withKey(SOMEBODY, "k".repeat(129))),
                Arguments.of(
                        Why.TEXT,
                        PushOrder.of(SOMEBODY, new PushOrder.Text(Screen.MENU, ""), "test")),
                Arguments.of(
                        Why.TEXT,
                        PushOrder.of(
                                SOMEBODY,
                                new PushOrder.Text(Screen.NOTIFY, "x".repeat(183)),
                                "test")),
                Arguments.of(
                        Why.SCRIPT,
                        PushOrder.of(SOMEBODY, new PushOrder.Script("money", null), "test")),
                Arguments.of(
                        Why.ORDER,
                        PushOrder.of(
                                SOMEBODY,
                                new PushOrder.Script("survey", "\"" + "x".repeat(4095) + "\""),
                                "test")));
    }

    @ParameterizedTest
    @MethodSource("orders_that_are_refused")
    void an_order_that_cannot_be_carried_out_is_refused_and_nothing_stays(
            Why why, PushOrder order) {
        assertThat(refusal(order)).isEqualTo(why);
        assertThat(bench.stored).isEmpty();
        assertThat(bench.queue.latest(10)).isEmpty();
        assertThat(bench.counters.value("push.refused." + why.name().toLowerCase(Locale.ROOT)))
                .isEqualTo(1);
    }

    @Test
    void without_a_route_in_the_rules_there_are_no_pushes() {
        bench.reload("{}");

        assertThat(refusal(text(SOMEBODY))).isEqualTo(Why.OFF);
    }

    @Test
    void an_idempotency_key_names_one_push_whatever_has_become_of_it() {
        String id = bench.accepted(withKey(SOMEBODY, "k1"));
        Submission meanwhile = bench.order(withKey(SOMEBODY, "k1"));
        bench.acknowledge();
        bench.kill();
        Submission afterwards = bench.order(withKey(SOMEBODY, "k1"));

        assertThat(meanwhile)
                .isInstanceOfSatisfying(
                        Submission.Accepted.class,
                        it -> {
                            assertThat(it.again()).isTrue();
                            assertThat(it.report().id()).isEqualTo(id);
                        });
        assertThat(afterwards)
                .isInstanceOfSatisfying(
                        Submission.Accepted.class,
                        it -> assertThat(it.report().state()).isEqualTo(COMPLETED));
        assertThat(bench.begins.get(id)).isEqualTo(1);
    }

    @Test
    void the_key_of_another_order_is_a_conflict_and_that_of_somebody_else_is_not() {
        bench.accepted(withKey(SOMEBODY, "k1"));

        assertThat(refusal(withKey("27761485723", "k1"))).isEqualTo(Why.CONFLICT);
        PushOrder sameKey = withKey("27761485723", "k1");
        PushOrder ofOther =
                new PushOrder(
                        sameKey.msisdn(),
                        sameKey.content(),
                        sameKey.priority(),
                        "other",
                        null,
                        "k1",
                        false,
                        false,
                        null);
        assertThat(bench.order(ofOther)).isInstanceOf(Submission.Accepted.class);
    }

    /** The order k1, but for one thing. */
    static Stream<PushOrder> orders_that_say_something_else() {
        Instant later = Instant.parse("2026-01-05T08:10:00Z");
        PushOrder.Content hello = new PushOrder.Text(Screen.NOTIFY, "Hello");
        PushOrder.Content menu = new PushOrder.Text(Screen.MENU, "Hello");
        PushOrder.Content script = new PushOrder.Script("survey", null);
        PushOrder.Expiry in10Minutes = new PushOrder.After(Duration.ofMinutes(10));
        return Stream.of(
                k1("27761485723", hello, Priority.NORMAL, in10Minutes, false, false, null),
                k1(SOMEBODY, menu, Priority.NORMAL, in10Minutes, false, false, null),
                k1(SOMEBODY, script, Priority.NORMAL, in10Minutes, false, false, null),
                k1(SOMEBODY, hello, Priority.URGENT, in10Minutes, false, false, null),
                k1(SOMEBODY, hello, Priority.NORMAL, null, false, false, null),
                k1(
                        SOMEBODY,
                        hello,
                        Priority.NORMAL,
                        new PushOrder.After(Duration.ofMinutes(11)),
                        false,
                        false,
                        null),
                k1(SOMEBODY, hello, Priority.NORMAL, new PushOrder.At(later), false, false, null),
                k1(SOMEBODY, hello, Priority.NORMAL, in10Minutes, true, false, null),
                k1(SOMEBODY, hello, Priority.NORMAL, in10Minutes, false, true, null),
                k1(SOMEBODY, hello, Priority.NORMAL, in10Minutes, false, false, 0));
    }

    private static PushOrder k1(
            String msisdn,
            PushOrder.Content content,
            Priority priority,
            PushOrder.@Nullable Expiry expires,
            boolean atLeastOnce,
            boolean callback,
            @Nullable Integer alertingPattern) {
        return new PushOrder(
                msisdn,
                content,
                priority,
                "test",
                expires,
                "k1",
                atLeastOnce,
                callback,
                alertingPattern);
    }

    @ParameterizedTest
    @MethodSource("orders_that_say_something_else")
    void all_that_an_order_says_is_compared_under_its_key(PushOrder other) {
        bench.reload(
                "{route: hlr, scripts: [survey], callback: {upstream: crm, path: /p, secret: {env: HOME}}}");
        PushOrder first =
                k1(
                        SOMEBODY,
                        new PushOrder.Text(Screen.NOTIFY, "Hello"),
                        Priority.NORMAL,
                        new PushOrder.After(Duration.ofMinutes(10)),
                        false,
                        false,
                        null);
        String id = bench.accepted(first);
        assertThat(refusal(other)).isEqualTo(Why.CONFLICT);
        bench.time.pass(Duration.ofMinutes(5));
        assertThat(bench.accepted(first)).as("the same, later").isEqualTo(id);
        assertThat(refusal(other)).isEqualTo(Why.CONFLICT);
    }

    @Test
    void an_order_is_known_that_a_build_before_has_kept_with_the_digest_of_its_content() {
        PushOrder order = order(SOMEBODY, Priority.URGENT, null, "k1");
        String id = bench.accepted(order);
        String before = new Sha256().addPart(SOMEBODY).addPart("NOTIFY").addPart("Hello").hex(12);
        bench.stored.computeIfPresent(
                "push/" + id, (_, text) -> text.replace(Orders.digest(order), before));
        assertThat(bench.storedOf(id).digest()).isEqualTo(before);

        assertThat(bench.accepted(order)).isEqualTo(id);
        assertThat(refusal(withKey("27761485723", "k1"))).isEqualTo(Why.CONFLICT);
    }

    @Test
    void what_the_store_does_not_take_is_not_accepted() {
        bench.storeFails = true;
        assertThat(refusal(text(SOMEBODY))).isEqualTo(Why.UNAVAILABLE);

        bench.storeFails = false;
        bench.accepted(SOMEBODY);
        assertThat(bench.queue.latest(10)).hasSize(1);
    }

    @Test
    void an_order_that_the_store_took_without_saying_so_is_found_by_its_key() {
        bench.hasRoom = false;
        String id = bench.accepted(withKey(SOMEBODY, "k1"));
        String asTaken = bench.stored.get("push/" + id);
        PushBench other = new PushBench("{route: hlr}");
        other.stored.put("push/" + id, asTaken); // and its queue does not know of it

        String found = other.accepted(withKey(SOMEBODY, "k1"));
        other.acknowledge();

        assertThat(found).isEqualTo(id);
        assertThat(other.state(id)).isEqualTo(COMPLETED);
    }

    @Test
    void a_repeated_order_is_known_though_a_new_one_would_be_refused() {
        Instant soon = bench.time.now().plusSeconds(60);
        bench.reload("{route: hlr, max_queued: 1, scripts: [survey]}");
        bench.hasRoom = false;
        PushOrder order = order(SOMEBODY, Priority.NORMAL, soon, "k1");
        String id = bench.accepted(order);

        assertThat(bench.accepted(order)).as("full").isEqualTo(id);
        bench.time.pass(Duration.ofMinutes(2));
        assertThat(bench.accepted(order)).as("expired").isEqualTo(id);
        assertThat(refusal(order(SOMEBODY, Priority.NORMAL, soon, "k2"))).isEqualTo(Why.EXPIRES);
    }

    @Test
    void a_repeated_order_is_known_though_the_rules_allow_it_no_more() {
        bench.reload(
                "{route: hlr, scripts: [survey], callback: {upstream: crm, secret: {env: PATH}}}");
        bench.hasRoom = false;
        String id = bench.accepted(pushedWithCallback("k1"));

        bench.reload("{route: hlr, scripts: [survey]}");
        assertThat(bench.accepted(pushedWithCallback("k1"))).as("no callback").isEqualTo(id);
        assertThat(refusal(pushedWithCallback("k2"))).isEqualTo(Why.ORDER);

        bench.reload("{route: hlr}");
        assertThat(bench.accepted(pushedWithCallback("k1"))).as("no script").isEqualTo(id);
        assertThat(refusal(pushedWithCallback("k2"))).isEqualTo(Why.SCRIPT);
    }

    private static PushOrder pushedWithCallback(String key) {
        return new PushOrder(
                SOMEBODY,
                new PushOrder.Script("survey", null),
                Priority.NORMAL,
                "test",
                null,
                key,
                false,
                true,
                null);
    }

    @Test
    void no_more_wait_than_may() {
        bench.reload("{route: hlr, max_queued: 2}");
        bench.hasRoom = false;
        bench.accepted("27761485701");
        bench.accepted("27761485702");

        assertThat(refusal(text("27761485703"))).isEqualTo(Why.FULL);
        assertThat(bench.queue.standing().waiting()).isEqualTo(2);
    }

    // ---- turns

    @Test
    void a_subscriber_gets_one_push_at_a_time_in_the_order_of_the_orders() {
        String first = bench.accepted(SOMEBODY);
        String second = bench.accepted(SOMEBODY);
        String third = bench.accepted(SOMEBODY);
        bench.time.pass(Duration.ofSeconds(5));

        assertThat(bench.sent).extracting(PushBench.Sent::id).containsExactly(first);
        bench.acknowledge();
        bench.time.pass(Duration.ofSeconds(1));
        assertThat(bench.sent).extracting(PushBench.Sent::id).containsExactly(second);
        assertThat(bench.state(third)).isEqualTo(QUEUED);
        bench.queue.cancel(third).join();
        bench.acknowledge();
        bench.time.pass(Duration.ofSeconds(1));
        assertThat(bench.sent).isEmpty();
        assertThat(bench.queue.standing().running()).isZero();
    }

    @Test
    void one_in_a_dialog_gets_no_push_until_it_is_over() {
        DialogIdentity dialled =
                new DialogIdentity(
                        "Test-d",
                        PushBench.opening(DialogKind.DIALLED, SOMEBODY),
                        "money",
                        "1",
                        "ussd");
        DialogListener dialog = bench.queue.begun(dialled);
        dialog.told(dialled, bench.time.now(), new DialogFact.Begun());
        String id = bench.accepted(SOMEBODY);
        String other = bench.accepted("27761485723");
        bench.time.pass(Duration.ofSeconds(5));
        assertThat(bench.sent).extracting(PushBench.Sent::id).containsExactly(other);

        dialog.told(
                dialled, bench.time.now(), new DialogFact.Finished(new Outcome.Responded(), false));
        bench.time.rest();

        assertThat(bench.sent).extracting(PushBench.Sent::id).containsExactly(other, id);
        assertThat(bench.queue.standing().running()).isEqualTo(2);
    }

    /**
     * What ends a dialog that somebody has begun.
     *
     * @param instanceId of this dialog
     */
    private Runnable dialled(String instanceId) {
        DialogIdentity dialled =
                new DialogIdentity(
                        instanceId,
                        PushBench.opening(DialogKind.DIALLED, SOMEBODY),
                        "money",
                        "1",
                        "ussd");
        DialogListener dialog = bench.queue.begun(dialled);
        dialog.told(dialled, bench.time.now(), new DialogFact.Begun());
        return () -> {
            dialog.told(
                    dialled,
                    bench.time.now(),
                    new DialogFact.Finished(new Outcome.Responded(), false));
            bench.time.rest();
        };
    }

    @Test
    void an_urgent_one_that_waited_for_a_dialog_does_not_wait_for_one_that_did_so_before() {
        bench.reload("{route: hlr, quiet_hours: \"08:10-08:40\", expires: 1h}");
        Runnable first = dialled("Test-d1");
        String normal = bench.accepted(SOMEBODY);
        bench.time.pass(Duration.ofMinutes(15));
        first.run();
        Runnable second = dialled("Test-d2");
        String urgent = bench.accepted(order(SOMEBODY, Priority.URGENT, null, null));
        assertThat(bench.sent).isEmpty();

        second.run();

        assertThat(bench.sent).extracting(PushBench.Sent::id).containsExactly(urgent);
        bench.acknowledge();
        bench.time.pass(Duration.ofMinutes(25));
        assertThat(bench.sent).extracting(PushBench.Sent::id).containsExactly(normal);
    }

    @Test
    void an_urgent_one_does_not_wait_for_one_whose_script_is_switched_off() {
        bench.reload("{route: hlr, rate: 10, scripts: [survey]}");
        Runnable first = dialled("Test-d1");
        bench.accepted(survey(SOMEBODY));
        bench.hasRoom = false;
        first.run();
        Runnable second = dialled("Test-d2");
        String urgent = bench.accepted(order(SOMEBODY, Priority.URGENT, null, null));
        String other = bench.accepted(order("27761485723", Priority.URGENT, null, null));
        bench.off.add("survey");
        bench.hasRoom = true;
        bench.time.pass(Duration.ofSeconds(1)); // when it looks again whether there is room
        assertThat(bench.sent).extracting(PushBench.Sent::id).containsExactly(other);
        second.run();

        bench.time.pass(Duration.ofMillis(100));

        assertThat(bench.sent).extracting(PushBench.Sent::id).containsExactly(other, urgent);
    }

    @Test
    void a_dialog_that_was_refused_before_it_began_keeps_no_push_away() {
        bench.queue.begun(
                new DialogIdentity(
                        "Test-d",
                        PushBench.opening(DialogKind.DIALLED, SOMEBODY),
                        "money",
                        "1",
                        "ussd"));

        String id = bench.accepted(SOMEBODY);

        assertThat(bench.state(id)).isEqualTo(SENT);
    }

    @Test
    void one_that_is_tried_again_waits_for_the_end_of_a_dialog_and_of_the_quiet_hours() {
        bench.reload("{route: hlr, quiet_hours: \"08:10-08:20\", expires: 1h}");
        String id = bench.accepted(SOMEBODY);
        bench.error(72);
        DialogIdentity dialled =
                new DialogIdentity(
                        "Test-d",
                        PushBench.opening(DialogKind.DIALLED, SOMEBODY),
                        "money",
                        "1",
                        "ussd");
        DialogListener dialog = bench.queue.begun(dialled);
        dialog.told(dialled, bench.time.now(), new DialogFact.Begun());

        bench.time.pass(Duration.ofMinutes(11));
        dialog.told(
                dialled, bench.time.now(), new DialogFact.Finished(new Outcome.Responded(), false));
        bench.time.pass(Duration.ofMinutes(8));
        assertThat(bench.begins.get(id)).isEqualTo(1);
        bench.time.pass(Duration.ofMinutes(1).plusSeconds(1));
        bench.acknowledge();

        assertThat(bench.state(id)).isEqualTo(COMPLETED);
    }

    @Test
    void one_that_is_ordered_in_quiet_hours_expires_so_long_after_their_end() {
        bench.reload("{route: hlr, quiet_hours: \"08:00-09:00\", expires: 10m}");
        String id = bench.accepted(SOMEBODY);

        bench.time.pass(Duration.ofHours(1));

        assertThat(bench.state(id)).isEqualTo(SENT);
    }

    @Test
    void many_pushes_of_one_subscriber_go_out_one_after_the_other() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            ids.add(bench.accepted(SOMEBODY));
        }
        bench.queue.cancel(ids.get(3)).join();
        for (int i = 0; i < 49; i++) {
            bench.time.pass(Duration.ofMillis(100));
            bench.acknowledge();
        }

        assertThat(ids.stream().filter(it -> bench.state(it) == COMPLETED)).hasSize(49);
        assertThat(bench.sent).isEmpty();
    }

    @Test
    void urgent_ones_are_first_and_low_ones_last() {
        bench.hasRoom = false;
        String low = bench.accepted(order("27761485701", Priority.LOW, null, null));
        String normal = bench.accepted("27761485702");
        String urgent = bench.accepted(order("27761485703", Priority.URGENT, null, null));
        bench.hasRoom = true;

        bench.time.pass(Duration.ofSeconds(2));

        assertThat(bench.changes.stream().filter(it -> it.state() == ROUTING && it.attempts() == 0))
                .extracting(PushReport::id)
                .containsExactly(urgent, normal, low);
    }

    @Test
    void so_many_begin_in_a_second() {
        bench.reload("{route: hlr, rate: 10}");
        bench.hasRoom = false;
        for (int i = 0; i < 60; i++) {
            bench.accepted("277614857" + (10 + i));
        }
        bench.hasRoom = true;
        bench.time.pass(Duration.ofSeconds(1)); // when it looks again whether there is room
        int first = bench.sent.size();

        bench.time.pass(Duration.ofSeconds(3));

        assertThat(first).isBetween(1, 2);
        assertThat(bench.sent.size() - first).isBetween(29, 31);
    }

    @Test
    void in_quiet_hours_only_urgent_ones_begin() {
        bench.reload("{route: hlr, quiet_hours: \"08:00-08:30\", expires: 1h}");
        String normal = bench.accepted("27761485702");
        String urgent = bench.accepted(order("27761485703", Priority.URGENT, null, null));

        bench.time.pass(Duration.ofMinutes(29));
        assertThat(bench.sent).extracting(PushBench.Sent::id).containsExactly(urgent);
        assertThat(bench.queue.standing().held()).isEqualTo("quiet_hours");
        bench.time.pass(Duration.ofMinutes(1));

        assertThat(bench.sent).extracting(PushBench.Sent::id).containsExactly(urgent, normal);
        assertThat(bench.queue.standing().held()).isNull();
    }

    @Test
    void under_overload_they_wait_and_begin_when_there_is_room() {
        bench.hasRoom = false;
        String id = bench.accepted(SOMEBODY);
        bench.time.pass(Duration.ofSeconds(10));
        assertThat(bench.state(id)).isEqualTo(QUEUED);
        assertThat(bench.queue.standing().held()).isEqualTo("overload");

        bench.hasRoom = true;
        bench.time.pass(Duration.ofSeconds(1));

        assertThat(bench.state(id)).isEqualTo(SENT);
    }

    private static PushOrder survey(String msisdn) {
        return PushOrder.of(msisdn, new PushOrder.Script("survey", null), "test");
    }

    @Test
    void those_of_a_script_that_is_switched_off_wait_and_the_others_begin() {
        bench.off.add("survey");
        String first = bench.accepted(survey("27761485701"));
        String second = bench.accepted(survey("27761485702"));
        assertThat(bench.queue.standing().held()).isEqualTo("script_switched_off");
        String other = bench.accepted("27761485701");
        bench.time.pass(Duration.ofSeconds(10));

        assertThat(bench.sent).extracting(PushBench.Sent::id).containsExactly(other);
        assertThat(bench.state(first)).isEqualTo(QUEUED);
        assertThat(bench.queue.standing().waiting()).isEqualTo(2);
        bench.acknowledge();

        bench.off.clear();
        bench.time.pass(Duration.ofSeconds(1));

        assertThat(bench.sent).extracting(PushBench.Sent::id).containsExactly(first, second);
        assertThat(bench.queue.standing())
                .isEqualTo(new Pushes.Standing(0, 2, 100_000, null, null));
    }

    @Test
    void that_a_script_is_switched_off_is_not_said_while_something_else_holds_the_pushes() {
        bench.off.add("survey");
        bench.accepted(survey(SOMEBODY));
        assertThat(bench.queue.standing().held()).isEqualTo("script_switched_off");

        bench.hasRoom = false;
        bench.off.clear();
        bench.time.pass(Duration.ofSeconds(5));

        assertThat(bench.queue.standing().held()).isEqualTo("overload");
    }

    @Test
    void those_of_a_script_that_stays_switched_off_expire_or_can_be_cancelled() {
        bench.off.add("survey");
        String expires = bench.accepted(survey("27761485701"));
        String cancelled = bench.accepted(survey("27761485702"));
        bench.time.pass(Duration.ofSeconds(5));

        assertThat(bench.queue.cancel(cancelled).join()).map(PushReport::state).hasValue(CANCELLED);
        bench.time.pass(Duration.ofMinutes(10));
        bench.off.clear();
        bench.time.pass(Duration.ofMinutes(1));

        assertThat(bench.state(expires)).isEqualTo(EXPIRED);
        assertThat(bench.begins).isEmpty();
        assertThat(bench.queue.standing().waiting()).isZero();
        assertThat(bench.time.pending()).isZero();
    }

    @Test
    void none_begins_while_the_store_does_not_answer() {
        String first = bench.accepted("27761485701");
        assertThat(bench.state(first)).isEqualTo(SENT);
        bench.hasRoom = false;
        String second = bench.accepted("27761485702");
        bench.storeFails = true;
        bench.acknowledge();
        bench.hasRoom = true;
        bench.time.pass(Duration.ofSeconds(10));

        assertThat(bench.state(first)).isEqualTo(COMPLETED);
        assertThat(bench.state(second)).isEqualTo(QUEUED);
        assertThat(bench.queue.standing().held()).isEqualTo("store");

        bench.storeFails = false;
        bench.time.pass(Duration.ofSeconds(2));

        assertThat(bench.state(second)).isEqualTo(SENT);
        assertThat(bench.queue.standing().held()).isNull();
    }

    @Test
    void an_attempt_has_the_route_of_the_rules_that_its_dialog_began_with() {
        bench.reload("{route: hlr, retry: {on: [ussd_busy], after: [3s]}}");
        String first = bench.accepted("27761485701");
        bench.reload("{route: sri_sm}");
        bench.error(72);
        bench.time.pass(Duration.ofSeconds(3));
        assertThat(bench.report(first).attempts()).isEqualTo(2);
        assertThat(bench.sent).as("the HLR gets the message itself").hasSize(1);
        assertThat(bench.report(first).route()).isEqualTo(RouteKind.HLR);

        String second = bench.accepted("27761485702");
        bench.time.pass(Duration.ofMillis(100));
        assertThat(bench.asked).as("the HLR is asked first").hasSize(1);
        assertThat(bench.report(second).route()).isEqualTo(RouteKind.SRI_SM);
    }

    @Test
    void a_dialog_that_is_refused_puts_the_push_back_to_its_place() {
        bench.noDialogs = "heap_full";
        String first = bench.accepted("27761485701");
        String second = bench.accepted("27761485702");
        bench.time.pass(Duration.ofMillis(2500));
        assertThat(bench.state(first)).isEqualTo(QUEUED);
        assertThat(bench.counters.value("push.held.heap_full")).isPositive();

        bench.noDialogs = null;
        bench.time.pass(Duration.ofSeconds(2));

        assertThat(bench.sent)
                .extracting(PushBench.Sent::id)
                .containsExactlyInAnyOrder(first, second);
        assertThat(bench.changes.stream().filter(it -> it.state() == ROUTING && it.attempts() == 0))
                .extracting(PushReport::id)
                .endsWith(first, second);
    }

    @Test
    void one_whose_beginning_has_a_fault_fails_and_holds_nobody() {
        bench.hasRoom = false;
        String first = bench.accepted("27761485701");
        String second = bench.accepted("27761485702");
        bench.beforeDialog =
                () -> {
                    throw new IllegalStateException("as the test wants");
                };
        bench.hasRoom = true;
        bench.reload("{route: hlr}");
        bench.time.pass(Duration.ofMillis(100)); // far less than a push waits that is put back

        assertThat(bench.state(first)).isEqualTo(FAILED);
        assertThat(bench.report(first).reason()).isEqualTo(PushReport.Reason.SCRIPT);
        assertThat(bench.sent).extracting(PushBench.Sent::id).containsExactly(second);
        assertThat(bench.queue.standing().held()).isNull();

        String third = bench.accepted("27761485701");
        assertThat(bench.state(third)).as("of the same subscriber").isEqualTo(SENT);
    }

    @Test
    void one_that_cannot_begin_for_want_of_memory_waits() {
        bench.beforeDialog =
                () -> {
                    throw new OutOfMemoryError("as the test wants");
                };
        String id = bench.accepted(SOMEBODY);
        bench.time.rest();
        assertThat(bench.state(id)).isEqualTo(QUEUED);
        bench.time.pass(Duration.ofSeconds(2));
        assertThat(bench.state(id)).isEqualTo(SENT);
    }

    @Test
    void one_that_waits_for_too_long_expires() {
        bench.hasRoom = false;
        String id = bench.accepted(SOMEBODY);

        bench.time.pass(Duration.ofMinutes(10).minusMillis(1));
        assertThat(bench.state(id)).isEqualTo(QUEUED);
        bench.time.pass(Duration.ofMillis(1));

        assertThat(bench.state(id)).isEqualTo(EXPIRED);
        assertThat(bench.begins).isEmpty();
        assertThat(bench.time.pending()).isZero();
    }

    // ---- cancelling, waiting

    @Test
    void an_attempt_that_begins_while_its_push_is_withdrawn_does_not_bring_it_back() {
        String id = bench.accepted(SOMEBODY);
        bench.error(72);
        PushLink.Progress progress = requireNonNull(bench.progress);
        bench.queue.cancel(id).join();

        progress.begins(2);
        assertThat(progress.sending()).isCompletedExceptionally();
        progress.retrying(
                new PushLink.Failure(PushReport.Reason.USSD_BUSY, 72, "", false), Instant.MAX);

        assertThat(bench.state(id)).isEqualTo(CANCELLED);
        assertThat(bench.report(id).attempts()).isOne();
        assertThat(bench.counters.value("push.attempts")).isOne();
        assertThat(bench.counters.sum("push.ended.")).isOne();
    }

    @Test
    void one_that_waits_or_is_tried_again_can_be_cancelled_and_one_that_is_sent_cannot() {
        String sent = bench.accepted("27761485701");
        String retried = bench.accepted("27761485702");
        String queued = bench.accepted("27761485701");
        bench.time.pass(Duration.ofSeconds(1));
        PushBench.Sent ofSent = bench.next();
        bench.error(72);

        assertThat(bench.queue.cancel(sent).join()).map(PushReport::state).hasValue(SENT);
        assertThat(bench.queue.cancel(retried).join()).map(PushReport::state).hasValue(CANCELLED);
        assertThat(bench.queue.cancel(queued).join()).map(PushReport::state).hasValue(CANCELLED);
        assertThat(bench.queue.cancel("nothing").join()).isEmpty();

        bench.time.pass(Duration.ofMinutes(1));
        ofSent.receiver()
                .arrived(new Incoming.Ended(List.of(new Part.Acknowledged(ofSent.screen()))));
        assertThat(bench.state(sent)).isEqualTo(COMPLETED);
        assertThat(bench.sent).isEmpty();
        assertThat(bench.queue.standing().running()).isZero();
    }

    @Test
    void who_waits_for_an_end_gets_it() {
        String id = bench.accepted(SOMEBODY);
        CompletableFuture<Optional<PushReport>> end = bench.queue.ended(id);
        assertThat(end).isNotDone();

        bench.acknowledge();

        assertThat(end.join()).map(PushReport::state).hasValue(COMPLETED);
        assertThat(bench.queue.ended(id).join()).map(PushReport::state).hasValue(COMPLETED);
        assertThat(bench.queue.ended("nothing").join()).isEmpty();
    }

    // ---- a stop, a kill

    @Test
    void a_stop_leaves_what_was_not_sent_for_the_next_start() {
        String retried = bench.accepted("27761485701");
        bench.error(72);
        bench.hasRoom = false;
        String queued = bench.accepted("27761485702");

        bench.queue.stop();
        String ordered = bench.accepted(SOMEBODY); // by a script that ends
        bench.queue.close();
        assertThat(refusal(text(SOMEBODY))).isEqualTo(Why.STOPPING);
        int before = bench.changes.size();
        bench.kill();
        bench.hasRoom = true;
        bench.time.pass(Duration.ofSeconds(2));

        // how they were when they were found is told first, so that no record is written twice
        assertThat(List.of(retried, queued, ordered))
                .allSatisfy(
                        id ->
                                assertThat(bench.changes.stream().skip(before))
                                        .filteredOn(it -> it.id().equals(id))
                                        .extracting(PushReport::state)
                                        .startsWith(QUEUED, ROUTING));
        assertThat(bench.sent)
                .extracting(PushBench.Sent::id)
                .containsExactlyInAnyOrder(retried, queued, ordered);
        bench.acknowledge();
        bench.acknowledge();
        bench.acknowledge();
        assertThat(bench.report(retried).attempts()).isEqualTo(2);
        assertThat(bench.state(queued)).isEqualTo(COMPLETED);
    }

    @Test
    void after_a_kill_what_may_have_been_sent_is_unknown_and_what_waited_begins() {
        String sent = bench.accepted("27761485701");
        String queued = bench.accepted("27761485701");
        bench.time.rest();

        bench.kill();
        bench.time.pass(Duration.ofSeconds(1));

        assertThat(bench.state(sent)).isEqualTo(UNKNOWN);
        assertThat(bench.sent).extracting(PushBench.Sent::id).containsExactly(queued);
        assertThat(bench.begins.get(sent)).isEqualTo(1);
    }

    @Test
    void those_that_ended_before_a_start_are_listed_behind_those_that_ended_since() {
        String first = ended("27761485701");
        String second = ended("27761485702");
        bench.kill();
        assertThat(ids()).containsExactly(second, first);
        String third = ended("27761485703");
        bench.reload("{rate: 50}");
        bench.reload("{route: hlr}"); // the store is asked once more

        assertThat(ids()).containsExactly(third, second, first);
        bench.reload("{owner: another}");
        bench.kill();
        bench.reload("{route: hlr, owner: another}");
        assertThat(ids()).as("those of another engine").isEmpty();
    }

    private String ended(String msisdn) {
        bench.time.pass(Duration.ofSeconds(1));
        String id = bench.accepted(msisdn);
        bench.acknowledge();
        assertThat(bench.state(id)).isEqualTo(COMPLETED);
        return id;
    }

    private List<String> ids() {
        bench.time.rest();
        return bench.queue.latest(10).stream().map(PushReport::id).toList();
    }

    @Test
    void one_that_is_to_arrive_at_least_once_is_sent_again_after_a_kill() {
        PushOrder order =
                new PushOrder(
                        SOMEBODY,
                        new PushOrder.Text(Screen.NOTIFY, "Hello"),
                        Priority.NORMAL,
                        "test",
                        null,
                        null,
                        true,
                        false,
                        null);
        String id = bench.accepted(order);
        bench.time.rest();

        bench.kill();
        bench.time.rest();
        bench.acknowledge();

        assertThat(bench.state(id)).isEqualTo(COMPLETED);
        assertThat(bench.begins.get(id)).isEqualTo(2);
        assertThat(bench.report(id).attempts()).isEqualTo(2);
    }

    @Test
    void a_store_that_is_down_at_the_start_is_asked_until_it_answers() {
        bench.hasRoom = false;
        String id = bench.accepted(SOMEBODY);
        bench.storeFails = true;
        bench.kill();
        bench.hasRoom = true;
        bench.time.pass(Duration.ofSeconds(3));
        assertThat(bench.sent).isEmpty();

        bench.storeFails = false;
        bench.time.pass(Duration.ofSeconds(1));

        assertThat(bench.sent).extracting(PushBench.Sent::id).containsExactly(id);
    }

    @Test
    void what_is_damaged_in_the_store_keeps_no_other_push_from_going_on() {
        bench.hasRoom = false;
        String id = bench.accepted(SOMEBODY);
        String whole = requireNonNull(bench.stored.get("push/" + id));
        Map<String, String> damaged =
                Map.of(
                        "push/0 without a screen", whole.replace("\"screen\":\"NOTIFY\",", ""),
                        "push/0 without an owner", whole.replace("\"owner\":\"ussd\",", ""),
                        "push/0 null", "null");
        assertThat(damaged.values()).doesNotContain(whole);
        bench.stored.putAll(damaged);
        bench.hasRoom = true;
        bench.kill();
        bench.time.rest();

        assertThat(bench.sent).extracting(PushBench.Sent::id).containsExactly(id);
        assertThat(bench.stored).containsAllEntriesOf(damaged);
        assertThat(bench.counters.value("push.store_failures")).isZero();
    }

    @Test
    void what_the_store_said_before_a_push_ended_is_not_gone_on_with() {
        bench.listsLater = true;
        bench.kill();
        String id = bench.accepted(withKey(SOMEBODY, "k1"));
        bench.kill(); // and the store is asked while it says that the push may have been sent
        String text = bench.stored.get("push/" + id);
        assertThat(text).contains("SENT");
        bench.accepted(withKey(SOMEBODY, "k1")); // so it is known to this engine: it has ended
        assertThat(bench.state(id)).isEqualTo(UNKNOWN);
        int changes = bench.changes.size();

        bench.list();

        assertThat(bench.changes).hasSize(changes);
        assertThat(bench.begins.get(id)).isEqualTo(1);
    }

    @Test
    void one_that_was_about_to_be_sent_when_the_engine_stopped_is_sent_after_the_next_start() {
        String id = bench.accepted(SOMEBODY);
        bench.error(72);
        bench.storeFails = true;
        bench.time.pass(Duration.ofSeconds(3)); // it waits for the store to note it
        bench.queue.stop();
        bench.time.rest();
        bench.storeFails = false;
        bench.time.pass(Duration.ofSeconds(2));

        bench.kill();
        bench.time.rest();
        bench.acknowledge();

        assertThat(bench.state(id)).isEqualTo(COMPLETED);
    }

    @Test
    void one_that_only_the_store_knows_yet_can_be_cancelled_and_waited_for() {
        bench.hasRoom = false;
        String cancelled = bench.accepted("27761485701");
        String awaited = bench.accepted("27761485702");
        bench.listsLater = true;
        bench.kill();

        assertThat(bench.queue.cancel(cancelled).join()).map(PushReport::state).hasValue(CANCELLED);
        CompletableFuture<Optional<PushReport>> end = bench.queue.ended(awaited);
        bench.hasRoom = true;
        bench.time.pass(Duration.ofSeconds(1));
        bench.acknowledge();

        assertThat(end.join()).map(PushReport::state).hasValue(COMPLETED);
    }

    @Test
    void the_end_of_a_queue_waits_until_the_store_knows_everything() {
        String id = bench.accepted(SOMEBODY);
        bench.acknowledge();

        bench.queue.close();

        assertThat(bench.storedOf(id).state()).isEqualTo(COMPLETED);
    }

    @Test
    void the_end_of_a_queue_waits_for_what_it_has_to_say_after_what_it_is_saying()
            throws Exception {
        bench.setsLater = true;
        String id = bench.accepted(SOMEBODY);
        bench.time.rest(); // the store is being told that it may leave
        bench.queue.cancel(id).join();
        Thread closing = Thread.ofPlatform().start(bench.queue::close);
        await().until(() -> closing.getState() == Thread.State.TIMED_WAITING);

        bench.say();
        assertThat(bench.unsaid).hasSize(1);
        assertThat(closing.isAlive()).isTrue();
        bench.say();
        closing.join();

        assertThat(bench.storedOf(id).state()).isEqualTo(CANCELLED);
    }

    @Test
    void one_that_is_cancelled_just_before_its_dialog_begins_is_not_sent() {
        bench.hasRoom = false;
        String first = bench.accepted("27761485701");
        String second = bench.accepted("27761485702");
        bench.beforeDialog = () -> bench.queue.cancel(second).join();
        bench.hasRoom = true;
        bench.time.pass(Duration.ofSeconds(2));

        assertThat(bench.begins).containsOnlyKeys(first);
        assertThat(bench.state(second)).isEqualTo(CANCELLED);
        assertThat(bench.changes.stream().filter(it -> it.id().equals(second)))
                .extracting(PushReport::state)
                .containsExactly(QUEUED, ROUTING, CANCELLED);
        assertThat(bench.queue.standing().running()).isEqualTo(1);
    }

    @Test
    void one_that_has_ended_before_its_order_was_answered_does_not_begin_again() {
        bench.addsLater = true;
        PushOrder order = withKey(SOMEBODY, "k");
        var first = bench.queue.submit(order);
        bench.addsLater = false;
        var repeated = bench.queue.submit(order);
        bench.error(1);
        bench.say();

        assertThat(((Submission.Accepted) first.join()).report().state()).isEqualTo(FAILED);
        assertThat(((Submission.Accepted) repeated.join()).again()).isTrue();
        assertThat(bench.begins.values()).containsExactly(1);
        assertThat(bench.storedOf(bench.begins.keySet().iterator().next()).state())
                .isEqualTo(FAILED);
    }

    @Test
    void orders_that_the_store_does_not_take_hold_nobody_up() {
        bench.hasRoom = false;
        String id = bench.accepted(SOMEBODY);
        bench.storeFails = true;
        assertThat(refusal(text("27761485701"))).isEqualTo(Why.UNAVAILABLE);
        bench.storeFails = false;

        assertThat(bench.queue.standing().held()).isEqualTo("overload");
        bench.hasRoom = true;
        bench.reload("{route: hlr}"); // it looks again

        assertThat(bench.state(id)).isEqualTo(SENT);
    }

    @Test
    void pushes_of_another_engine_in_the_same_store_are_left_alone() {
        bench.reload("{route: hlr, owner: other}");
        bench.hasRoom = false;
        String id = bench.accepted(SOMEBODY);
        bench.reload("{route: hlr}");
        bench.kill();
        bench.hasRoom = true;
        bench.time.pass(Duration.ofSeconds(1));

        assertThat(bench.sent).isEmpty();
        assertThat(bench.state(id)).as("it can be asked for").isEqualTo(QUEUED);
    }

    @Test
    void a_push_of_another_engine_is_not_withdrawn_and_its_end_is_waited_for() {
        bench.reload("{route: hlr, owner: other}");
        bench.hasRoom = false;
        String id = bench.accepted(SOMEBODY);
        bench.reload("{route: hlr}");
        bench.kill();
        bench.time.pass(Duration.ofSeconds(1));
        int alarms = bench.time.pending();

        assertThatThrownBy(() -> bench.queue.cancel(id).join())
                .hasCauseInstanceOf(Pushes.OwnerException.class)
                .hasMessageContaining(
                        "push %s is one of the engine with push: owner other, where it is queued; this engine has owner ussd"
                                .formatted(id));
        CompletableFuture<Optional<PushReport>> end = bench.queue.ended(id);
        CompletableFuture<Optional<PushReport>> givenUp = bench.queue.ended(id);
        bench.time.pass(Duration.ofMinutes(1));
        assertThat(end).isNotDone();
        assertThat(bench.state(id)).isEqualTo(QUEUED);
        bench.storeFails = true;
        CompletableFuture<Optional<PushReport>> unknown = bench.queue.ended(id);
        bench.time.pass(Duration.ofSeconds(5));
        assertThat(unknown).as("nothing is known of it").isCompletedExceptionally();
        assertThat(end).as("the store may answer again").isNotDone();
        bench.storeFails = false;
        givenUp.cancel(false);
        bench.stored.computeIfPresent(
                "push/" + id, (_, text) -> text.replace("QUEUED", "COMPLETED"));
        bench.time.pass(Duration.ofSeconds(1));

        assertThat(end).isDone();
        assertThat(end.join()).map(PushReport::state).hasValue(COMPLETED);
        assertThat(bench.time.pending()).as("nobody looks any more").isEqualTo(alarms);
        assertThat(bench.queue.cancel(id).join())
                .as("once it has ended it is as any other")
                .map(PushReport::state)
                .hasValue(COMPLETED);
    }

    @Test
    void what_the_store_has_of_one_that_has_ended_says_no_more_what_was_shown() {
        String id = bench.accepted(SOMEBODY);
        assertThat(bench.stored.get("push/" + id)).contains("Hello");

        bench.acknowledge();

        assertThat(bench.stored.get("push/" + id)).doesNotContain("Hello").contains("COMPLETED");
    }

    @Test
    void what_a_stop_breaks_off_is_unknown_unless_it_goes_on_after_the_next_start() {
        String once = bench.accepted("27761485701");
        bench.next();
        bench.queue.stop();
        bench.breakOff("27761485701");
        assertThat(bench.storedOf(once).state()).isEqualTo(UNKNOWN);
        bench.kill();

        String twice =
                bench.accepted(
                        new PushOrder(
                                "27761485702",
                                text("27761485702").content(),
                                Priority.NORMAL,
                                "test",
                                null,
                                null,
                                true,
                                false,
                                null));
        bench.next();
        bench.queue.stop();
        bench.breakOff("27761485702");
        assertThat(bench.storedOf(twice).state()).isEqualTo(QUEUED);
        bench.kill();
        bench.acknowledge();
        assertThat(bench.state(twice)).isEqualTo(COMPLETED);

        bench.time.pass(Duration.ofSeconds(1));
        String retried = bench.accepted("27761485703");
        bench.abort(Incoming.Aborted.Cause.UNANSWERED); // it may have been shown
        assertThat(bench.state(retried)).isEqualTo(SENT);
        bench.queue.stop();
        bench.time.rest();
        assertThat(bench.storedOf(retried).state()).isEqualTo(QUEUED);
        bench.kill();
        bench.acknowledge();
        assertThat(bench.state(retried)).isEqualTo(COMPLETED);
        assertThat(bench.report(retried).attempts()).isEqualTo(2);
    }

    @Test
    void nothing_is_kept_of_those_who_have_waited_for_a_push_that_still_waits() {
        bench.hasRoom = false;
        String id = bench.accepted(SOMEBODY);
        CompletableFuture<Optional<PushReport>> waits = bench.queue.ended(id);

        WeakReference<CompletableFuture<?>> gone = lookedFor(id);

        await().atMost(Duration.ofMinutes(1))
                .until(
                        () -> {
                            System.gc();
                            return gone.get() == null;
                        });
        bench.queue.cancel(id).join();
        assertThat(waits.join()).map(PushReport::state).hasValue(CANCELLED);
    }

    private WeakReference<CompletableFuture<?>> lookedFor(String id) {
        CompletableFuture<Optional<PushReport>> look = bench.queue.ended(id);
        look.cancel(false);
        return new WeakReference<>(look);
    }
}
