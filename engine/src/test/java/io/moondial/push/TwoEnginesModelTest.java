package io.moondial.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.dialog.DialogFact.Screen;
import io.moondial.dialog.Incoming;
import io.moondial.dialog.Incoming.Part;
import io.moondial.push.PushBench.Sent;
import io.moondial.push.PushOrder.Priority;
import io.moondial.push.Pushes.Submission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two engines that have the same owner on one store, which fails now for the one and now for the
 * other; each of them stops, is killed and starts again at any time.
 */
class TwoEnginesModelTest {
    private static final int STEPS = 300;
    private static final String RULES = "{route: hlr, rate: 20, max_queued: 50, expires: 2m}";

    private final PushBench one = PushBench.sharing(RULES, null);
    private final PushBench two = PushBench.sharing(RULES, one);
    private final List<String> accepted = new ArrayList<>();

    /** Those that a message was sent of which may have been shown. */
    private final Set<String> maybeShown = ConcurrentHashMap.newKeySet();

    private final List<String> sentAgain = new CopyOnWriteArrayList<>();

    /** More of them by hand: {@code -Dmoondial.seeds=1000}. */
    static IntStream seeds() {
        return IntStream.rangeClosed(1, Integer.getInteger("moondial.seeds", 20));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void none_sends_what_the_other_may_have_sent_and_none_is_lost(int seed) {
        Random random = new Random(seed);
        for (PushBench engine : List.of(one, two)) {
            engine.begun =
                    id -> {
                        if (!maybeShown.add(id)) {
                            sentAgain.add(id);
                        }
                    };
        }
        for (int step = 0; step < STEPS; step++) {
            step(random, random.nextBoolean() ? one : two);
            one.time.rest();
            assertThat(sentAgain).as("seed %s, step %s", seed, step).isEmpty();
        }
        one.die(); // the other one takes up what was left, orders to this one too
        two.storeFails = false;
        two.hasRoom = true;
        for (int i = 0; i < 200; i++) {
            one.time.pass(Duration.ofSeconds(2));
            one(random, two).ifPresent(TwoEnginesModelTest::acknowledge);
        }
        two.kill();
        one.time.pass(Duration.ofSeconds(30));

        assertThat(sentAgain).as("seed %s", seed).isEmpty();
        for (String id : accepted) {
            assertThat(two.storedOf(id).state().isLast()).as("%s of seed %s", id, seed).isTrue();
        }
        assertThat(two.begins).as("of seed %s", seed).isNotEmpty();
    }

    private void step(Random random, PushBench engine) {
        switch (random.nextInt(24)) {
            case 0, 1, 2, 3, 4, 5 -> order(random, engine);
            case 6, 7, 8, 9 -> one.time.pass(Duration.ofMillis(random.nextInt(4000)));
            case 10 -> one.time.pass(Duration.ofSeconds(random.nextInt(20)));
            case 11, 12, 13 -> one(random, engine).ifPresent(TwoEnginesModelTest::acknowledge);
            case 14, 15 -> one(random, engine).ifPresent(this::busy);
            case 16, 17 -> engine.storeFails = !engine.storeFails;
            case 18 -> engine.hasRoom = !engine.hasRoom;
            case 19, 20 -> {
                if (!accepted.isEmpty()) {
                    var _ = engine.queue.cancel(accepted.get(random.nextInt(accepted.size())));
                }
            }
            case 21 -> {
                engine.storeFails = false;
                engine.queue.stop();
                one.time.pass(Duration.ofSeconds(1)); // the store is told all
                engine.queue.close();
                engine.kill();
            }
            default -> {
                engine.storeFails = false;
                engine.kill();
            }
        }
    }

    private void order(Random random, PushBench engine) {
        PushOrder order =
                new PushOrder(
                        "2776148572" + random.nextInt(5),
                        new PushOrder.Text(Screen.NOTIFY, "Hello"),
                        Priority.NORMAL,
                        "test",
                        null,
                        random.nextBoolean() ? null : "k" + random.nextInt(100),
                        false,
                        false,
                        null);
        if (engine.order(order) instanceof Submission.Accepted(PushReport report, boolean again)
                && !again) {
            accepted.add(report.id());
        }
    }

    private static Optional<Sent> one(Random random, PushBench engine) {
        engine.time.rest();
        return engine.sent.isEmpty()
                ? Optional.empty()
                : Optional.of(engine.sent.remove(random.nextInt(engine.sent.size())));
    }

    private static void acknowledge(Sent it) {
        it.receiver().arrived(new Incoming.Ended(List.of(new Part.Acknowledged(it.screen()))));
    }

    /** Then it was not shown, and may be tried again. */
    private void busy(Sent it) {
        maybeShown.remove(it.id());
        it.receiver().arrived(new Incoming.Ended(List.of(new Part.Errored(it.screen(), 72))));
    }
}
