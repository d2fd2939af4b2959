package io.moondial.logic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.edr.Edr;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.rules.Trigger;
import io.moondial.text.UssdString.UnsendableText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A thousand dialogs of every kind at once: each has one outcome, and nothing of any stays behind.
 */
class NothingIsLeftBehindTest {
    private static final int DIALOGS = 1_000;
    private static final int AT_ONCE = 60;

    /** The stack's own periodic tasks, one of which may be running and so not waiting. */
    private static final int OWN_TIMERS = 3;

    private static final long SEED = 20_261_123;

    private static final String EVERY_KIND =
            """
            local request = ...
            local kind = request.text
            if kind == "error" then error("boom") end
            if kind == "decline" then return ussd.decline(36) end
            if kind == "close" then return ussd.close() end
            if kind == "abort" then return ussd.abort() end
            if kind == "loop" then while true do end end
            if kind == "notify" then ussd.notify("note", {timeout = 1}) end
            if kind == "late" then ussd.menu("first", {timeout = "1ms"}) end
            for i = 1, 3 do
              local answer, why = ussd.menu("menu " .. i, {timeout = kind == "timeout" and "20ms" or "30s"})
              if not answer then return "ended by " .. why end
            end
            return "done"
            """;

    @TempDir Path folder;

    @Test
    void after_a_thousand_mixed_dialogs() throws Exception {
        try (LiveDesk live = LiveDesk.running(folder, EVERY_KIND)) {
            Random random = new Random(SEED);
            Semaphore places = new Semaphore(AT_ONCE);
            List<Future<?>> lives = new ArrayList<>();
            try (ExecutorService handsets = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < DIALOGS; i++) {
                    places.acquire();
                    long seed = random.nextLong();
                    lives.add(
                            handsets.submit(
                                    () -> {
                                        try {
                                            live(live, new Random(seed));
                                        } finally {
                                            places.release();
                                        }
                                    }));
                }
            }
            for (Future<?> life : lives) {
                life.get(); // what failed in it fails here
            }
            live.settle();
            // the number of an error that repeats is told after a minute, or at a reload
            live.serve(EVERY_KIND, Trigger.Conditions.NONE);
            await("alarms").until(() -> live.time.pending() == 0);
            assertThat(live.network.pendingTimers())
                    .as("timers of the stack")
                    .isLessThanOrEqualTo(OWN_TIMERS);
            eachHasOneOutcome(live);
        }
    }

    private static void live(LiveDesk live, Random random) {
        String[] kinds = {
            "error", "decline", "close", "abort", "notify", "late", "timeout", "menu", "menu",
            "menu", "menu", "loop"
        };
        String kind = kinds[random.nextInt(kinds.length)];
        if (kind.equals("loop") && random.nextInt(20) > 0) {
            kind = "menu"; // a loop takes its whole limit: a few are enough
        }
        Handset handset = random.nextInt(10) == 0 ? live.push(kind) : live.dial(kind);
        try {
            for (Screen screen = LiveDesk.next(handset);
                    !screen.isLast();
                    screen = LiveDesk.next(handset)) {
                if (!act(handset, screen, random)) {
                    return;
                }
            }
        } catch (DialogGoneException e) {
            // The engine ended the dialog while this handset made up its mind.
            return;
        }
    }

    /** Does something; false where the handset has ended the dialog by it. */
    private static boolean act(Handset handset, Screen screen, Random random)
            throws DialogGoneException {
        return switch (screen) {
            case Screen.Menu menu -> answer(handset, menu, random.nextInt(14));
            case Screen.Notify notify -> {
                handset.acknowledge(notify);
                yield true;
            }
            default -> true;
        };
    }

    private static boolean answer(Handset handset, Screen.Menu menu, int choice)
            throws DialogGoneException {
        try {
            switch (choice) {
                case 0 -> handset.abandon();
                case 1 -> handset.release();
                case 2 -> handset.answerAndRelease(menu, "1");
                case 3 -> handset.rejectAndRelease(menu.invokeId(), 34);
                case 4 -> handset.reject(menu.invokeId(), 72);
                case 5 -> handset.rejectComponent(menu.invokeId());
                case 6 -> handset.answerAs(menu, 61, "1");
                case 7 -> {
                    handset.answer(new Screen.Menu(99, ""), "stray");
                    handset.answer(menu, "1");
                }
                default -> handset.answer(menu, "1");
            }
            return choice > 3;
        } catch (UnsendableText e) {
            throw new AssertionError(e);
        }
    }

    private static void eachHasOneOutcome(LiveDesk live) {
        Map<String, Long> counted = live.counters.snapshot();
        long finished =
                counted.entrySet().stream()
                        .filter(e -> e.getKey().startsWith("dialogs.finished."))
                        .mapToLong(Map.Entry::getValue)
                        .sum();
        assertThat(finished)
                .as("%s", counted)
                .isEqualTo(counted.get("dialogs.begun"))
                .isEqualTo(DIALOGS);
        assertThat(counted).doesNotContainKey("dialogs.broken");
        Map<String, List<Edr>> dialogs =
                live.records.stream().collect(Collectors.groupingBy(Edr::instanceId));
        assertThat(dialogs).hasSize(DIALOGS);
        dialogs.values().forEach(NothingIsLeftBehindTest::endsOnce);
    }

    /** One record of how it ended: what we sent last, or what the far side did. */
    private static void endsOnce(List<Edr> records) {
        List<String> events = records.stream().map(Edr::event).toList();
        long ours = records.stream().filter(NothingIsLeftBehindTest::isEnd).count();
        boolean theirs =
                records.stream().anyMatch(edr -> "0".equals(edr.text("CONTROLLED"))); // in TC-END
        assertThat(ours + (theirs ? 1 : 0)).as("%s", events).isEqualTo(1);
    }

    /**
     * An empty end or an abort either way, or our final component: that one came in nothing, so it
     * has no CONTROLLED.
     */
    private static boolean isEnd(Edr edr) {
        return switch (edr.event()) {
            case "USSD-PROCESS-R", "USSD-PROCESS-E", "USSD-END", "USSD-ABORT" -> true;
            case "USSD-NOTIFY-R", "USSD-NOTIFY-E" -> edr.text("CONTROLLED") == null;
            default -> false;
        };
    }
}
