package io.moondial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.push.PushReport;
import io.moondial.push.PushReport.State;
import java.io.BufferedReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An engine that is killed in the middle of its pushes, several times, and what becomes of them.
 */
class PushKillTest {
    private static final long SEED = 19;
    private static final int KILLS = 3;
    private static final long FIRST_NUMBER = 27_761_000_000L;
    private static final long NUMBERS_OF_A_ROUND = 100_000;
    private static final Pattern ACCEPTED = Pattern.compile("accepted (\\S+) (\\d+) \\.");
    private static final Pattern BEGUN = Pattern.compile("begun (\\d+) \\.");

    @TempDir Path folder;

    /** Numbers by the ids of the pushes that were accepted; each has a number of its own. */
    private final Map<String, String> accepted = new HashMap<>();

    private final Map<String, Integer> begun = Collections.synchronizedMap(new HashMap<>());
    private final List<String> refused = new ArrayList<>();

    @Test
    void no_push_is_lost_and_none_is_sent_twice_that_does_not_ask_for_it() throws Exception {
        Random random = new Random(SEED);
        for (int round = 0; round < KILLS; round++) {
            killAfter(100 + random.nextInt(400), FIRST_NUMBER + round * NUMBERS_OF_A_ROUND);
        }
        Map<State, Integer> states = new EnumMap<>(State.class);
        try (Engine engine = PushingProcess.engine(folder, listening())) {
            for (Map.Entry<String, String> push : accepted.entrySet()) {
                PushReport report =
                        await().atMost(60, TimeUnit.SECONDS)
                                .until(
                                        () ->
                                                find(engine, push.getKey())
                                                        .orElseThrow(
                                                                () ->
                                                                        new AssertionError(
                                                                                "lost: " + push)),
                                        it -> it.state().isLast());
                states.merge(report.state(), 1, Integer::sum);
                check(report, begun.getOrDefault(push.getValue(), 0));
            }
        }
        System.out.printf(
                "%d kills: %d pushes accepted, %s; %d begun more than once, all at_least_once%n",
                KILLS,
                accepted.size(),
                states,
                begun.values().stream().filter(it -> it > 1).count());
        assertThat(refused).isEmpty();
        assertThat(states.keySet()).isSubsetOf(State.COMPLETED, State.UNKNOWN);
        assertThat(states.getOrDefault(State.UNKNOWN, 0))
                .as("only what was under way at a kill")
                .isLessThanOrEqualTo(KILLS * PushingProcess.OUTSTANDING);
    }

    private static Optional<PushReport> find(Engine engine, String id) {
        return engine.pushes().find(id).orTimeout(60, TimeUnit.SECONDS).join();
    }

    private static void check(PushReport report, int begins) {
        if (PushingProcess.isAtLeastOnce(Long.parseLong(report.msisdn()))) {
            assertThat(report.state()).as("" + report).isEqualTo(State.COMPLETED);
            assertThat(begins).as("" + report).isBetween(1, KILLS + 1);
        } else if (report.state() == State.COMPLETED) {
            assertThat(begins).as("" + report).isEqualTo(1);
        } else {
            assertThat(begins).as("" + report).isLessThanOrEqualTo(1);
        }
    }

    /** Runs one until so many pushes were accepted in it, and kills it there. */
    private void killAfter(int pushes, long firstNumber) throws Exception {
        Process process = PushingProcess.start(folder, firstNumber);
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            int before = accepted.size();
            for (String line; (line = output.readLine()) != null; ) {
                take(line);
                if (accepted.size() - before == pushes) {
                    process.toHandle().destroyForcibly(); // its output stays open
                }
            }
            assertThat(accepted.size() - before)
                    .as("the process ran")
                    .isGreaterThanOrEqualTo(pushes);
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    /** A line that the kill has cut has no dot. */
    private void take(String line) {
        Matcher push = ACCEPTED.matcher(line);
        Matcher dialog = BEGUN.matcher(line);
        if (push.matches()) {
            accepted.put(push.group(1), push.group(2));
        } else if (dialog.matches()) {
            begun.merge(dialog.group(1), 1, Integer::sum);
        } else if (line.startsWith("refused")) {
            refused.add(line);
        }
    }

    /** What the engine in this process says. */
    private PrintStream listening() {
        return new PrintStream(System.out, true) {
            @Override
            public void println(String line) {
                take(line);
            }
        };
    }
}
