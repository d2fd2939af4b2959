package io.moondial.push;

import static io.moondial.push.PushReport.State.ANSWERED;
import static io.moondial.push.PushReport.State.QUEUED;
import static io.moondial.push.PushReport.State.SENT;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.dialog.DialogFact.Screen;
import io.moondial.dialog.Incoming;
import io.moondial.dialog.Incoming.Aborted.Cause;
import io.moondial.dialog.Incoming.Part;
import io.moondial.push.PushBench.Sent;
import io.moondial.push.PushOrder.Priority;
import io.moondial.push.PushReport.State;
import io.moondial.push.Pushes.Submission;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Orders, answers, errors, silence, cancellations, a store that fails, stops and kills, in any
 * order; what must hold whatever happens.
 */
class PushModelTest {
    private static final int STEPS = 300;
    private static final List<Cause> CAUSES = List.of(Cause.values());
    private static final List<Priority> PRIORITIES = List.of(Priority.values());
    private static final int[] ERRORS = {72, 34, 27, 1, 71};

    private final PushBench bench =
            new PushBench("{route: hlr, rate: 20, max_queued: 20, expires: 2m}");
    private final Map<String, PushOrder> accepted = new HashMap<>();
    private final Map<String, State> states = new HashMap<>();

    /** Those that a kill found under way, and how often each had been sent. */
    private final Map<String, Integer> mayHaveBeenSent = new HashMap<>();

    /** How many changes have been looked at. */
    private int seen;

    /** More of them by hand: {@code -Dmoondial.seeds=1000}. */
    static IntStream seeds() {
        return IntStream.rangeClosed(1, Integer.getInteger("moondial.seeds", 20));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void no_push_is_lost_and_none_is_sent_twice_unknowingly(int seed) {
        Random random = new Random(seed);
        for (int step = 0; step < STEPS; step++) {
            step(random);
            bench.time.rest();
            check(step, seed);
        }
        bench.storeFails = false;
        bench.hasRoom = true;
        for (int i = 0; i < 400 && !isDone(); i++) {
            bench.time.pass(Duration.ofSeconds(2));
            bench.time.rest();
            for (Sent it : List.copyOf(bench.sent)) {
                bench.sent.remove(it);
                acknowledge(it);
            }
            check(STEPS, seed);
        }
        accepted.forEach(
                (id, order) ->
                        assertThat(bench.state(id).isLast())
                                .as("%s of seed %s", id, seed)
                                .isTrue());
        assertThat(bench.queue.standing().running()).isZero();
        assertThat(bench.queue.standing().waiting()).isZero();
    }

    private boolean isDone() {
        return accepted.keySet().stream().allMatch(it -> bench.state(it).isLast());
    }

    private void step(Random random) {
        switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4 -> order(random);
            case 5, 6, 7 -> bench.time.pass(Duration.ofMillis(random.nextInt(4000)));
            case 8, 9, 10 -> one(random).ifPresent(PushModelTest::acknowledge);
            case 11, 12 ->
                    one(random)
                            .ifPresent(
                                    it ->
                                            it.receiver()
                                                    .arrived(
                                                            new Incoming.Ended(
                                                                    List.of(
                                                                            new Part.Errored(
                                                                                    it.screen(),
                                                                                    ERRORS[
                                                                                            random
                                                                                                    .nextInt(
                                                                                                            ERRORS.length)])))));
            case 13 ->
                    one(random)
                            .ifPresent(
                                    it ->
                                            it.receiver()
                                                    .arrived(
                                                            new Incoming.Aborted(
                                                                    CAUSES.get(
                                                                            random.nextInt(
                                                                                    CAUSES.size())),
                                                                    "so")));
            case 14 -> bench.storeFails = !bench.storeFails;
            case 15 -> bench.hasRoom = !bench.hasRoom;
            case 16, 17 -> {
                List<String> ids = List.copyOf(accepted.keySet());
                if (!ids.isEmpty()) {
                    var _ = bench.queue.cancel(ids.get(random.nextInt(ids.size())));
                }
            }
            case 18 -> {
                bench.storeFails = false;
                bench.queue.stop();
                kill();
            }
            default -> {
                if (!bench.storeFails) {
                    kill();
                }
            }
        }
    }

    /**
     * Nobody learns what becomes of messages under way, and what the store was not told is lost.
     */
    private void kill() {
        check(0, 0);
        accepted.forEach(
                (id, order) -> {
                    State state = bench.storedOf(id).state();
                    states.put(id, state);
                    if ((state == SENT || state == ANSWERED) && !order.atLeastOnce()) {
                        mayHaveBeenSent.put(id, bench.begins.getOrDefault(id, 0));
                    }
                });
        bench.kill();
    }

    private void order(Random random) {
        PushOrder order =
                new PushOrder(
                        "2776148572" + random.nextInt(5),
                        new PushOrder.Text(Screen.NOTIFY, "Hello"),
                        PRIORITIES.get(random.nextInt(3)),
                        "test",
                        null,
                        random.nextBoolean() ? null : "k" + random.nextInt(1000),
                        random.nextInt(4) == 0,
                        false,
                        null);
        if (bench.order(order) instanceof Submission.Accepted(PushReport report, boolean again)
                && !again) {
            accepted.put(report.id(), order);
        }
    }

    private Optional<Sent> one(Random random) {
        bench.time.rest();
        if (bench.sent.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(bench.sent.remove(random.nextInt(bench.sent.size())));
    }

    private static void acknowledge(Sent it) {
        it.receiver().arrived(new Incoming.Ended(List.of(new Part.Acknowledged(it.screen()))));
    }

    private void check(int step, int seed) {
        bench.time.rest();
        List<PushReport> changes = List.copyOf(bench.changes);
        for (PushReport change : changes.subList(seen, changes.size())) {
            State before = states.put(change.id(), change.state());
            assertThat(before == null ? Set.of(QUEUED) : before.next())
                    .as("seed %s, step %s: %s after %s", seed, step, change, before)
                    .contains(change.state());
        }
        seen = changes.size();
        Set<String> busy = new HashSet<>();
        for (Sent it : bench.sent) {
            assertThat(busy.add(it.dialog().msisdn()))
                    .as("seed %s, step %s: one at a time for a subscriber", seed, step)
                    .isTrue();
        }
        mayHaveBeenSent.forEach(
                (id, times) ->
                        assertThat(bench.begins.getOrDefault(id, 0))
                                .as("seed %s, step %s: sent again after a kill", seed, step)
                                .isEqualTo(times));
        accepted.forEach(
                (id, order) -> {
                    int attempts = bench.begins.getOrDefault(id, 0);
                    State state = states.get(id);
                    if (state == SENT || state == ANSWERED) {
                        assertThat(bench.stored.get("push/" + id))
                                .as("seed %s, step %s: sent, and not noted", seed, step)
                                .containsAnyOf("\"SENT\"", "\"ANSWERED\"");
                    }
                    assertThat(attempts)
                            .as("seed %s, step %s: not more often than the rules say", seed, step)
                            .isLessThanOrEqualTo(order.atLeastOnce() ? 100 : 4);
                });
    }
}
