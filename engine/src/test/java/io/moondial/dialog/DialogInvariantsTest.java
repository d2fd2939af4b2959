package io.moondial.dialog;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.dialog.DialogEvent.Failed;
import io.moondial.dialog.DialogEvent.Returned;
import io.moondial.dialog.DialogEvent.ScreenOptions;
import io.moondial.dialog.DialogSetup.OnError;
import io.moondial.dialog.Incoming.Part;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever happens, in whatever order: these hold. */
class DialogInvariantsTest {
    private static final int DIALOGS = 20_000;

    @Test
    void every_dialog_ends_once_and_tells_at_least_one_thing_after_its_opening() {
        for (int seed = 0; seed < DIALOGS; seed++) {
            Random random = new Random(seed);
            DialogBench bench =
                    random.nextInt(5) == 0
                            ? DialogBench.notified("hi")
                            : DialogBench.dialled(
                                    "*1#", random.nextBoolean() ? OnError.ABORT : OnError.MESSAGE);
            live(bench, random);
            assertThat(bench.outcomes).as("seed %d: %s", seed, bench.records).hasSize(1);
            assertThat(bench.later()).as("seed %d", seed).isNotEmpty();
            assertThat(bench.dialog.isOpen()).as("seed %d", seed).isFalse();
            long endsSent = bench.sent.stream().filter(m -> m.isLast()).count();
            assertThat(endsSent).as("seed %d: %s", seed, bench.sent).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void every_pushed_dialog_ends_once_and_is_begun_before_anything_else_is_sent() {
        for (int seed = 0; seed < DIALOGS; seed++) {
            Random random = new Random(seed);
            DialogBench bench =
                    DialogBench.pushed(random.nextBoolean() ? OnError.ABORT : OnError.MESSAGE);
            live(bench, random);
            while (bench.dialog.isLeaving()) {
                bench.on(happening(random));
            }
            assertThat(bench.outcomes).as("seed %d: %s", seed, bench.records).hasSize(1);
            assertThat(bench.dialog.isOpen()).as("seed %d", seed).isFalse();
            assertThat(bench.sent.stream().filter(m -> m.isLast()).count())
                    .as("seed %d: %s", seed, bench.sent)
                    .isLessThanOrEqualTo(1);
            assertThat(bench.sent.stream().skip(1))
                    .as("seed %d: %s", seed, bench.sent)
                    .noneMatch(Outgoing.Begin.class::isInstance);
            if (!bench.sent.isEmpty()) {
                assertThat(bench.sent.getFirst()).isInstanceOf(Outgoing.Begin.class);
            }
            if (bench.outcomes.getFirst() instanceof DialogFact.Outcome.Completed) {
                assertThat(bench.facts)
                        .as("seed %d: %s", seed, bench.records)
                        .anyMatch(
                                it ->
                                        it instanceof DialogFact.Answered
                                                || it instanceof DialogFact.Acknowledged);
            }
            if (bench.outcomes.getFirst() instanceof DialogFact.Outcome.Unreached) {
                assertThat(bench.facts)
                        .as("seed %d: %s", seed, bench.records)
                        .noneMatch(
                                it ->
                                        it instanceof DialogFact.Answered
                                                || it instanceof DialogFact.Acknowledged);
            }
        }
    }

    /** A script's calls, with anything else between them, and then its end. */
    private static void live(DialogBench bench, Random random) {
        for (int step = random.nextInt(12); step > 0; step--) {
            bench.on(call(random));
            DialogAction settled = bench.settled;
            while (settled == null) {
                bench.on(happening(random));
                settled = bench.settled;
            }
            if (settled instanceof DialogAction.Kill(String reason)) {
                bench.on(new Failed(reason, false));
                return;
            }
            if (random.nextInt(4) == 0) {
                bench.on(happening(random));
            }
        }
        bench.on(
                random.nextBoolean()
                        ? new Returned(random.nextInt(3) == 0 ? null : "bye")
                        : new Failed("boom", random.nextBoolean()));
    }

    private static DialogEvent.ScriptCall call(Random random) {
        return switch (random.nextInt(12)) {
            case 0 -> new DialogEvent.Respond("done");
            case 1 -> new DialogEvent.Decline(random.nextInt(300));
            case 2 -> new DialogEvent.Close();
            case 3 -> new DialogEvent.Abort();
            case 4, 5, 6 -> new DialogEvent.Notify("note", ScreenOptions.NONE);
            default -> new DialogEvent.Menu("menu", ScreenOptions.NONE);
        };
    }

    private static DialogEvent happening(Random random) {
        int id = 1 + random.nextInt(4);
        return switch (random.nextInt(13)) {
            case 0 -> new Incoming.Aborted(cause(random), "gone");
            case 1 -> new DialogEvent.Stopped("stop", random.nextBoolean());
            case 2, 3 -> new DialogEvent.TimerFired(id);
            case 5 -> new Incoming.Begun(1 + random.nextInt(3), "0000000a");
            case 4 ->
                    new Incoming.Ended(
                            random.nextBoolean() ? List.of() : List.of(part(id, random)));
            default -> new Incoming.Continued(List.of(part(id, random)));
        };
    }

    private static Incoming.Aborted.Cause cause(Random random) {
        Incoming.Aborted.Cause[] causes = Incoming.Aborted.Cause.values();
        return causes[random.nextInt(causes.length)];
    }

    private static Part part(int screen, Random random) {
        return switch (random.nextInt(9)) {
            case 0 -> new Part.Errored(screen, 34);
            case 1, 2 -> new Part.Unusable("bad");
            case 3 -> new Part.Stray("who?");
            case 4, 5 -> DialogBench.acknowledgement(screen);
            default -> DialogBench.answer(screen, "1");
        };
    }
}
