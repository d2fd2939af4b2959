package io.moondial.logic;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.logic.HeapWatch.HeapGuard;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HeapGuardTest {
    private final AtomicLong used = new AtomicLong();
    private final AtomicLong open = new AtomicLong();
    private final HeapGuard guard = new HeapGuard(1_000, 85, used::get, open::get);

    private HeapGuard.Verdict collected(long live, boolean whole) {
        return guard.collected(live, open.get(), whole);
    }

    @Test
    void before_any_collection_there_is_room() {
        used.set(1_000);
        assertThat(guard.hasRoom()).isTrue();
    }

    @Test
    void what_a_whole_collection_leaves_alive_decides() {
        assertThat(collected(849, true)).isEqualTo(HeapGuard.Verdict.ROOM);
        assertThat(guard.hasRoom()).isTrue();
        assertThat(collected(850, true)).isEqualTo(HeapGuard.Verdict.FULL);
        assertThat(guard.hasRoom()).isFalse();
    }

    @Test
    void a_partial_collection_may_have_left_garbage_so_a_whole_one_is_wanted() {
        assertThat(collected(900, false)).isEqualTo(HeapGuard.Verdict.UNSURE);
        assertThat(guard.hasRoom()).isTrue();
        assertThat(collected(300, true)).isEqualTo(HeapGuard.Verdict.ROOM);
        assertThat(guard.hasRoom()).isTrue();
    }

    @Test
    void dialogs_are_taken_again_only_well_below_the_bound_be_the_collection_partial_or_not() {
        collected(900, true);
        assertThat(collected(820, true)).isEqualTo(HeapGuard.Verdict.FULL);
        assertThat(guard.hasRoom()).isFalse();
        assertThat(collected(799, false)).isEqualTo(HeapGuard.Verdict.ROOM);
        assertThat(guard.hasRoom()).isTrue();
    }

    @Test
    void mere_use_counts_at_the_brim_only_and_where_much_was_alive() {
        used.set(1_000);
        collected(849, true);
        assertThat(guard.hasRoom()).as("mostly garbage").isTrue();
        collected(850, false);
        used.set(979);
        assertThat(guard.hasRoom()).isTrue();
        used.set(980);
        assertThat(guard.hasRoom()).isFalse();
        used.set(100);
        assertThat(guard.hasRoom()).isTrue();
    }

    @Test
    void at_the_brim_what_was_alive_counts_with_the_dialogs_opened_since() {
        HeapGuard large = new HeapGuard(1_000_000, 85, used::get, open::get);
        open.set(20_000);
        large.collected(400_000, open.get(), true); // 20 each
        used.set(1_000_000);
        open.set(42_499);
        assertThat(large.hasRoom()).isTrue();
        open.set(42_500);
        assertThat(large.hasRoom()).isFalse();
        open.set(10_000); // as many as that have ended
        assertThat(large.hasRoom()).isTrue();
    }

    @Test
    void what_is_alive_with_few_dialogs_is_not_taken_for_theirs() {
        long dialog = 16 * 1024;
        HeapGuard large = new HeapGuard(1_000 * dialog, 85, used::get, open::get);
        open.set(1);
        large.collected(350 * dialog, open.get(), true);
        used.set(1_000 * dialog);
        open.set(500);
        assertThat(large.hasRoom()).isTrue();
        open.set(501);
        assertThat(large.hasRoom()).isFalse();
    }

    @Test
    void a_collector_that_lags_behind_the_program_refuses_nobody() {
        HeapWatch.Cycles cycles = new HeapWatch.Cycles();
        used.set(1_000);
        for (int i = 0; i < 10; i++) {
            long start = 100L * i;
            long allocated = 10_000L * i;
            assertThat(
                            cycles.reported(
                                    "ZGC Major Pauses",
                                    "end of GC pause",
                                    start,
                                    start,
                                    0,
                                    new HeapWatch.Moment(start, allocated)))
                    .isNull();
            assertThat(
                            cycles.reported(
                                    "ZGC Major Pauses",
                                    "end of GC pause",
                                    start + 50,
                                    start + 50,
                                    0,
                                    new HeapWatch.Moment(start + 50, allocated + 400)))
                    .as("a later pause is no beginning")
                    .isNull();
            // 450 are alive; 540 were allocated meanwhile, and all of them are in use still
            HeapWatch.Cycles.Ended ended =
                    Objects.requireNonNull(
                            cycles.reported(
                                    "ZGC Major Cycles",
                                    "end of GC cycle",
                                    start,
                                    start + 90,
                                    990,
                                    new HeapWatch.Moment(start + 90, allocated + 540)));
            assertThat(ended).isEqualTo(new HeapWatch.Cycles.Ended(450, start, true));
            assertThat(guard.collected(ended.live(), ended.open(), ended.whole()))
                    .isEqualTo(HeapGuard.Verdict.ROOM);
            open.set(start);
            assertThat(guard.hasRoom()).isTrue();
            // a pause of this cycle that is reported late begins no new one
            cycles.reported(
                    "ZGC Major Pauses",
                    "end of GC pause",
                    start + 89,
                    start + 89,
                    0,
                    new HeapWatch.Moment(start + 91, allocated + 550));
        }
    }

    @Test
    void a_collection_that_stops_the_program_leaves_what_is_alive() {
        HeapWatch.Cycles cycles = new HeapWatch.Cycles();
        assertThat(
                        cycles.reported(
                                "G1 Old Generation",
                                "end of major GC",
                                10,
                                20,
                                700,
                                new HeapWatch.Moment(7, 5_000)))
                .isEqualTo(new HeapWatch.Cycles.Ended(700, 7, true));
        assertThat(
                        cycles.reported(
                                "G1 Young Generation",
                                "end of minor GC",
                                30,
                                40,
                                800,
                                new HeapWatch.Moment(8, 9_000)))
                .isEqualTo(new HeapWatch.Cycles.Ended(800, 8, false));
    }
}
