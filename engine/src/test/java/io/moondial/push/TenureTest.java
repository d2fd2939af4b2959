package io.moondial.push;

import static io.moondial.push.PushReport.State.CANCELLED;
import static io.moondial.push.PushReport.State.COMPLETED;
import static io.moondial.push.PushReport.State.QUEUED;
import static io.moondial.push.PushReport.State.SENT;
import static io.moondial.push.PushReport.State.UNKNOWN;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.config.WrittenSettings;
import io.moondial.logic.LogWatch;
import io.moondial.push.PushReport.State;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Several engines that have the same owner on one store, and one that loses it. */
class TenureTest {
    private static final String RULES = "{route: hlr, owner: crm, expires: 1h}";
    private static final String LEASE = "owner/crm";

    /** Beyond all ids of processes (proc(5), {@code pid_max}). */
    private static final long NOBODY = 1L << 40;

    private final PushBench first = PushBench.sharing(RULES, null);

    private PushBench second() {
        return PushBench.sharing(RULES, first);
    }

    private void pass(Duration time) {
        first.time.pass(time);
    }

    private static String waiting(PushBench bench, String msisdn) {
        bench.hasRoom = false;
        return bench.accepted(msisdn);
    }

    /** What waited for room has it from now on. */
    private void room(PushBench bench) {
        bench.hasRoom = true;
        pass(Duration.ofSeconds(1));
    }

    private static List<String> sentBy(PushBench bench) {
        bench.time.rest();
        return bench.sent.stream().map(PushBench.Sent::id).toList();
    }

    // ---- who begins

    @Test
    void only_the_engine_that_came_first_begins_what_waits() {
        String before = waiting(first, "27761485701");
        PushBench second = second();
        String after = second.accepted("27761485702");
        pass(Duration.ofMinutes(5));
        room(first);

        assertThat(sentBy(first)).containsExactly(before);
        assertThat(sentBy(second)).isEmpty();
        assertThat(second.state(after)).isEqualTo(QUEUED);
        assertThat(second.takenUp).hasValue(0);
    }

    @Test
    void an_engine_that_waits_goes_on_when_the_lease_of_one_that_was_killed_is_over() {
        String left = waiting(first, "27761485701");
        PushBench second = second();
        String own = second.accepted("27761485702");
        first.die();
        pass(Duration.ofSeconds(9));
        assertThat(sentBy(second)).isEmpty();

        pass(Duration.ofSeconds(7));

        assertThat(sentBy(second)).containsExactlyInAnyOrder(left, own);
        assertThat(second.takenUp).hasValue(1);
        assertThat(second.queue.standing().held()).isNull();
    }

    @Test
    void an_orderly_stop_gives_the_pushes_to_the_next_one_at_once() {
        String left = waiting(first, "27761485701");
        PushBench second = second();
        first.queue.close();
        pass(Duration.ofSeconds(1));

        assertThat(sentBy(second)).containsExactly(left);
        assertThat(first.queue.standing().running()).isZero();
    }

    @Test
    void an_engine_that_stops_keeps_them_until_it_has_told_the_store_all() {
        String runs = first.accepted("27761485701");
        PushBench second = second();
        first.queue.stop();
        pass(Duration.ofMinutes(1));
        assertThat(second.takenUp).hasValue(0);

        first.acknowledge();
        first.queue.close();
        pass(Duration.ofSeconds(1));

        assertThat(second.takenUp).hasValue(1);
        assertThat(second.state(runs)).isEqualTo(COMPLETED);
    }

    @Test
    void what_an_engine_left_that_was_killed_is_not_sent_again() {
        String sent = first.accepted("27761485701");
        String left = waiting(first, "27761485702");
        first.die();
        PushBench second = second();
        pass(Duration.ofSeconds(16));

        assertThat(sentBy(second)).containsExactly(left);
        assertThat(second.state(sent)).isEqualTo(UNKNOWN);
        assertThat(second.begins).containsOnlyKeys(sent, left).containsEntry(sent, 1);
    }

    @Test
    void engines_of_different_owners_do_not_wait_for_each_other() {
        PushBench other = PushBench.sharing("{route: hlr, owner: shop}", first);

        String one = first.accepted("27761485701");
        String another = other.accepted("27761485702");

        assertThat(sentBy(first)).containsExactly(one);
        assertThat(sentBy(other)).containsExactly(another);
    }

    @Test
    void an_engine_without_pushes_has_no_lease() {
        PushBench off = PushBench.sharing("{owner: shop}", first);
        pass(Duration.ofMinutes(1));

        assertThat(first.stored.keySet()).noneMatch(it -> it.contains("shop"));
        off.reload("{route: hlr, owner: shop}");
        assertThat(sentBy(off)).isEmpty();
        assertThat(off.state(off.accepted("27761485701"))).isEqualTo(SENT);
    }

    @Test
    void no_lease_is_sought_in_a_store_that_no_other_engine_finds() {
        PushBench alone = new PushBench(RULES);

        assertThat(alone.stored).isEmpty();
        assertThat(alone.time.pending()).isZero();
    }

    // ---- one that waits

    @Test
    void one_that_waits_says_which_engine_has_its_owner() {
        PushBench second = second();
        String own = second.accepted("27761485702");

        Pushes.Standing standing = second.queue.standing();
        assertThat(standing.waiting()).isEqualTo(1);
        assertThat(standing.held()).isEqualTo("owner");
        assertThat(standing.holder())
                .startsWith("process %d on ".formatted(ProcessHandle.current().pid()));
        assertThat(second.queue.latest(10)).extracting(PushReport::id).containsExactly(own);
        assertThat(first.queue.standing().held()).isNull();
        assertThat(first.queue.standing().holder()).isNull();
    }

    @Test
    void the_log_says_so_at_once_and_then_once_a_minute() {
        try (LogWatch log = new LogWatch(Tenure.class.getName())) {
            String rules = "{route: hlr, owner: once_a_minute}";
            PushBench one = PushBench.sharing(rules, null);
            var _ = PushBench.sharing(rules, one);
            List<String> atOnce = ofOwner(log, "once_a_minute");
            one.time.pass(Duration.ofSeconds(55));
            List<String> before = ofOwner(log, "once_a_minute");
            one.time.pass(Duration.ofSeconds(10));

            assertThat(atOnce)
                    .singleElement()
                    .asString()
                    .contains("another engine", "process " + ProcessHandle.current().pid());
            assertThat(before).hasSize(1);
            assertThat(ofOwner(log, "once_a_minute")).hasSize(2);
        }
    }

    private static List<String> ofOwner(LogWatch log, String owner) {
        return log.lines().stream().filter(it -> it.contains(owner)).toList();
    }

    @Test
    void one_that_waits_withdraws_nothing() {
        String ofFirst = waiting(first, "27761485701");
        PushBench second = second();
        String own = second.accepted("27761485702");

        for (String id : List.of(ofFirst, own)) {
            assertThatThrownBy(() -> second.queue.cancel(id).join())
                    .hasCauseInstanceOf(Pushes.OwnerException.class)
                    .hasMessageContaining("push " + id)
                    .hasMessageContaining("push: owner crm: process ");
            assertThat(second.state(id)).isEqualTo(QUEUED);
        }
        assertThat(first.queue.cancel(own).join())
                .as("the other one can")
                .map(PushReport::state)
                .hasValue(CANCELLED);
        first.die();
        pass(Duration.ofSeconds(16));
        assertThat(sentBy(second)).containsExactly(ofFirst);
    }

    @Test
    void one_that_waits_accepts_no_more_than_may_wait_and_knows_an_order_again() {
        PushBench second = PushBench.sharing("{route: hlr, owner: crm, max_queued: 2}", first);
        PushOrder order =
                new PushOrder(
                        "27761485701",
                        text().content(),
                        PushOrder.Priority.NORMAL,
                        "test",
                        null,
                        "key",
                        false,
                        false,
                        null);
        String id = second.accepted(order);
        var _ = second.accepted("27761485702");

        assertThat(second.order(text()))
                .isInstanceOfSatisfying(
                        Pushes.Submission.Refused.class,
                        it -> assertThat(it.why()).isEqualTo(Pushes.Why.FULL));
        assertThat(second.accepted(order)).isEqualTo(id);
        assertThat(sentBy(second)).isEmpty();
    }

    private static PushOrder text() {
        return PushBench.text("27761485703");
    }

    @Test
    void whoever_waits_for_the_end_of_a_push_learns_it_from_the_engine_that_has_it() {
        PushBench second = second();
        String id = waiting(first, "27761485701");
        CompletableFuture<Optional<PushReport>> end = first.queue.ended(id);
        silent(first, Duration.ofSeconds(16));
        second.acknowledge();
        first.storeFails = false;
        pass(Duration.ofSeconds(2));

        assertThat(end).isCompletedWithValueMatching(it -> is(it, COMPLETED));
    }

    private static boolean is(Optional<PushReport> report, State state) {
        return report.orElseThrow().state() == state;
    }

    // ---- a store that does not answer, and a lease that is lost

    /** The store does not answer this engine for so long. */
    private void silent(PushBench bench, Duration time) {
        bench.time.rest();
        bench.storeFails = true;
        pass(time);
    }

    @Test
    void what_another_engine_has_sent_meanwhile_is_not_sent_again() {
        PushBench second = second();
        String sent = waiting(first, "27761485701");
        String waits = waiting(first, "27761485702");
        silent(first, Duration.ofSeconds(16));
        second.acknowledge();
        second.hasRoom = false;
        String third = second.accepted("27761485703");
        String inFlight = second.next().id();
        first.storeFails = false;
        room(first);
        pass(Duration.ofMinutes(1));

        assertThat(List.of(sent, waits)).contains(inFlight);
        assertThat(sentBy(first)).isEmpty();
        assertThat(first.queue.standing().held()).isEqualTo("owner");
        second.die();
        pass(Duration.ofSeconds(16));

        assertThat(sentBy(first)).containsExactly(third);
        assertThat(first.begins.values()).containsOnly(1);
        assertThat(Stream.of(sent, waits).map(first::state))
                .containsExactlyInAnyOrder(COMPLETED, UNKNOWN);
    }

    @Test
    void a_lease_that_another_engine_had_and_gave_back_was_lost_all_the_same() {
        PushBench second = second();
        String waits = waiting(first, "27761485701");
        silent(first, Duration.ofSeconds(16));
        second.acknowledge();
        second.queue.close();
        first.storeFails = false;
        room(first);
        pass(Duration.ofSeconds(1));

        assertThat(first.takenUp).hasValue(2);
        assertThat(first.begins).containsEntry(waits, 1);
        assertThat(first.state(waits)).isEqualTo(COMPLETED);
        assertThat(first.queue.standing().held()).isNull();
    }

    @Test
    void nothing_begins_while_it_is_not_known_who_has_the_lease() {
        String waits = waiting(first, "27761485701");
        silent(first, Duration.ofSeconds(13));
        first.hasRoom = true;
        first.storeFails = false; // but nobody has asked it yet
        first.queue.reload(settings(RULES));

        assertThat(sentBy(first)).isEmpty();
        assertThat(first.queue.standing().held()).isEqualTo("store");
        assertThatThrownBy(() -> first.queue.cancel(waits).join())
                .hasCauseInstanceOf(Pushes.StoreException.class)
                .hasMessageContaining("push %s is as it was".formatted(waits));
        pass(Duration.ofSeconds(1));
        assertThat(sentBy(first)).containsExactly(waits);
    }

    private static PushSettings settings(String yaml) {
        return WrittenSettings.settings(PushSettings.class, yaml);
    }

    /** What a single engine knows is not lost because its store was away for a while. */
    @Test
    void a_store_that_was_silent_for_long_changes_nothing_if_nobody_else_had_the_lease() {
        first.accepted("27761485701");
        first.error(72);
        String again = first.queue.latest(1).getFirst().id();
        String waits = waiting(first, "27761485702");
        silent(first, Duration.ofMinutes(2));
        assertThat(first.stored).doesNotContainKey(LEASE);
        first.storeFails = false;
        room(first);
        pass(Duration.ofSeconds(3));

        assertThat(sentBy(first)).containsExactlyInAnyOrder(again, waits);
        assertThat(first.report(again).attempts()).isEqualTo(2);
        assertThat(first.takenUp).hasValue(1);
    }

    @Test
    void a_renewal_that_is_answered_late_counts_from_when_it_was_asked_for() {
        String waits = waiting(first, "27761485701");
        first.replacesLater = true;
        pass(Duration.ofSeconds(14));
        first.hasRoom = true;
        first.queue.reload(settings(RULES));
        assertThat(sentBy(first)).as("12 s after the lease was got").isEmpty();

        pass(Duration.ofSeconds(5));
        first.say(); // 14 s after it was asked for
        first.queue.reload(settings(RULES));
        assertThat(sentBy(first)).as("it says what was so then").isEmpty();

        first.replacesLater = false;
        pass(Duration.ofSeconds(6));
        assertThat(sentBy(first)).containsExactly(waits);
    }

    @Test
    void a_lease_is_never_renewed_over_that_of_another_engine() {
        PushBench second = second();
        silent(first, Duration.ofSeconds(16));
        String ofSecond = first.stored.get(LEASE);
        first.storeFails = false;
        pass(Duration.ofSeconds(1));

        assertThat(first.stored).containsEntry(LEASE, ofSecond);
        assertThat(second.takenUp).hasValue(1);
        assertThat(first.queue.standing().held()).isEqualTo("owner");
    }

    @Test
    void a_push_that_waits_for_another_attempt_is_tried_again_by_one_engine_only() {
        PushBench second = second();
        first.reload("{route: hlr, owner: crm, expires: 1h, retry: {after: [20s]}}");
        String id = first.accepted("27761485701");
        first.error(72);
        pass(Duration.ofMillis(1));
        silent(first, Duration.ofSeconds(16));
        assertThat(sentBy(second)).containsExactly(id);
        first.storeFails = false;
        pass(Duration.ofMinutes(1));

        assertThat(sentBy(first)).isEmpty();
        assertThat(second.begins).containsEntry(id, 2);
        assertThat(first.queue.standing().running()).isZero();
        assertThat(first.state(id)).isEqualTo(SENT);
    }

    @Test
    void a_message_that_is_noted_too_late_does_not_leave() {
        PushBench second = second();
        first.setsLater = true;
        String id = first.accepted("27761485701");
        first.time.rest();
        assertThat(first.storedOf(id).state()).isEqualTo(SENT);
        silent(first, Duration.ofSeconds(16));
        first.say();
        pass(Duration.ofSeconds(5));

        assertThat(sentBy(first)).isEmpty();
        assertThat(second.state(id)).isEqualTo(UNKNOWN);
        assertThat(first.begins).isEmpty();
    }

    @Test
    void one_that_has_left_before_the_lease_was_lost_goes_on_to_its_end() {
        PushBench second = second();
        String id = first.accepted("27761485701");
        assertThat(sentBy(first)).containsExactly(id);
        silent(first, Duration.ofSeconds(16));
        assertThat(second.state(id)).isEqualTo(UNKNOWN);
        first.storeFails = false;
        pass(Duration.ofSeconds(1));

        first.acknowledge();

        assertThat(first.storedOf(id).state()).isEqualTo(COMPLETED);
        assertThat(first.queue.standing().running()).isZero();
        assertThat(first.begins).containsEntry(id, 1);
    }

    @Test
    void one_that_has_left_is_not_tried_again_once_the_lease_is_lost() {
        second();
        String id = first.accepted("27761485701");
        silent(first, Duration.ofSeconds(16));
        first.storeFails = false;
        pass(Duration.ofSeconds(1));
        String before = requireNonNull(first.stored.get("push/" + id));

        first.error(72);
        pass(Duration.ofMinutes(1));

        assertThat(first.begins).containsEntry(id, 1);
        assertThat(first.stored).as("it is not ours to say").containsEntry("push/" + id, before);
        assertThat(first.queue.standing().running()).isZero();
    }

    @Test
    void one_that_expires_while_it_is_not_known_whose_it_is_has_not_ended_here() {
        PushBench second = second();
        first.reload("{route: hlr, owner: crm, expires: 20s, retry: {after: [15s]}}");
        String id = first.accepted("27761485701");
        first.error(72);
        pass(Duration.ofMillis(1));
        silent(first, Duration.ofSeconds(16));
        second.acknowledge();
        pass(Duration.ofSeconds(10));
        first.storeFails = false;
        pass(Duration.ofMinutes(1));

        assertThat(first.storedOf(id).state()).isEqualTo(COMPLETED);
        assertThat(first.changes)
                .extracting(PushReport::state)
                .doesNotContain(State.EXPIRED, State.FAILED);
        assertThat(first.queue.standing().running()).isZero();
    }

    @Test
    void a_stop_while_it_is_not_known_whose_they_are_leaves_what_another_engine_has_said() {
        PushBench second = second();
        String id = first.accepted("27761485701");
        silent(first, Duration.ofSeconds(16));
        assertThat(second.state(id)).isEqualTo(UNKNOWN);
        first.storeFails = false; // but nobody has asked it yet
        first.error(72);
        assertThat(first.storedOf(id).state()).isEqualTo(UNKNOWN);
        first.queue.stop();
        pass(Duration.ofMinutes(1));

        assertThat(first.storedOf(id).state()).isEqualTo(UNKNOWN);
        assertThat(first.begins).containsEntry(id, 1);
    }

    /** The order is in the store, but the one who took it does not know so yet. */
    @Test
    void an_order_that_is_noted_late_is_looked_at_again_if_another_engine_had_the_lease() {
        PushBench second = second();
        first.addsLater = true;
        CompletableFuture<Pushes.Submission> submitted =
                first.queue.submit(PushBench.text("27761485701"));
        first.time.rest();
        first.addsLater = false;
        silent(first, Duration.ofSeconds(16));
        String id = sentBy(second).getFirst();
        second.acknowledge();
        second.die();
        first.storeFails = false;
        pass(Duration.ofSeconds(16));
        assertThat(first.takenUp).hasValue(2);
        first.say();

        assertThat(submitted)
                .isCompletedWithValueMatching(
                        it ->
                                it instanceof Pushes.Submission.Accepted(var report, boolean again)
                                        && report.state() == COMPLETED
                                        && !again);
        assertThat(first.begins).containsOnlyKeys(id).containsEntry(id, 1);
    }

    // ---- another owner

    @Test
    void a_reload_with_another_owner_gives_the_pushes_back_and_leaves_them_in_the_store() {
        String waits = waiting(first, "27761485701");
        PushBench second = second();
        first.hasRoom = true;
        first.reload("{route: hlr, owner: shop, expires: 1h}");
        String new1 = first.accepted("27761485702");
        pass(Duration.ofSeconds(1));

        assertThat(sentBy(first)).containsExactly(new1);
        assertThat(sentBy(second)).containsExactly(waits);
        second.acknowledge();
        assertThat(first.state(waits)).isEqualTo(COMPLETED);
    }

    @Test
    void what_waited_under_an_owner_goes_on_when_the_engine_has_it_again() {
        String waits = waiting(first, "27761485701");
        first.reload("{route: hlr, owner: shop, expires: 1h}");
        room(first);
        assertThat(sentBy(first)).isEmpty();
        assertThat(first.queue.standing().waiting()).isZero();

        first.reload(RULES);
        pass(Duration.ofSeconds(1));

        assertThat(sentBy(first)).containsExactly(waits);
    }

    // ---- a process that is no more

    static Stream<EngineRun> runs_that_may_go_on() {
        EngineRun here = EngineRun.begin();
        return Stream.of(
                here.another(),
                new EngineRun("r", "h", NOBODY, "another", here.namespace(), here.started()),
                new EngineRun("r", "h", NOBODY, here.boot(), "pid:[1]", here.started()),
                new EngineRun("r", "h", NOBODY, null, null, null));
    }

    @ParameterizedTest
    @MethodSource("runs_that_may_go_on")
    void an_engine_that_may_run_keeps_its_lease_until_it_is_over(EngineRun run) {
        PushBench next = started(run);
        pass(Duration.ofSeconds(14));
        assertThat(next.takenUp).hasValue(0);

        pass(Duration.ofSeconds(2));
        assertThat(next.takenUp).hasValue(1);
    }

    @Test
    void the_lease_of_a_process_of_this_machine_that_is_no_more_is_free_at_once() throws Exception {
        EngineRun here = EngineRun.begin();
        Process process = new ProcessBuilder("true").start();
        process.waitFor();
        EngineRun over =
                new EngineRun(
                        "run",
                        here.host(),
                        process.pid(),
                        here.boot(),
                        here.namespace(),
                        here.started());

        assertThat(started(over).takenUp).hasValue(1);
    }

    @Test
    void the_lease_of_a_process_whose_id_another_one_has_now_is_free_at_once() {
        EngineRun here = EngineRun.begin();

        assertThat(
                        started(
                                        new EngineRun(
                                                "r",
                                                "h",
                                                here.pid(),
                                                here.boot(),
                                                here.namespace(),
                                                "1"))
                                .takenUp)
                .hasValue(1);
    }

    /** An engine that finds this lease in the store, which was just renewed. */
    private PushBench started(EngineRun holder) {
        first.keep("owner/shop", holder.text(), Tenure.TTL);
        return PushBench.sharing("{route: hlr, owner: shop}", first);
    }
}
