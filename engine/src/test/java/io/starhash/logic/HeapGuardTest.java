package io.starhash.logic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HeapGuardTest {
    private final AtomicLong used = new AtomicLong();
    private final HeapGuard guard = new HeapGuard(1_000, 85, used::get);

    @Test
    void before_any_collection_there_is_room() {
        used.set(900);
        assertThat(guard.hasRoom()).isTrue();
    }

    @Test
    void what_a_whole_collection_leaves_decides() {
        assertThat(guard.collected(849, true)).isEqualTo(HeapGuard.Verdict.ROOM);
        assertThat(guard.hasRoom()).isTrue();
        assertThat(guard.collected(850, true)).isEqualTo(HeapGuard.Verdict.FULL);
        assertThat(guard.hasRoom()).isFalse();
    }

    @Test
    void a_partial_collection_may_have_left_garbage_so_a_whole_one_is_wanted() {
        assertThat(guard.collected(900, false)).isEqualTo(HeapGuard.Verdict.UNSURE);
        assertThat(guard.hasRoom()).isTrue();
        assertThat(guard.collected(300, true)).isEqualTo(HeapGuard.Verdict.ROOM);
        assertThat(guard.hasRoom()).isTrue();
    }

    @Test
    void dialogs_are_taken_again_only_well_below_the_bound_be_the_collection_partial_or_not() {
        guard.collected(900, true);
        assertThat(guard.collected(820, true)).isEqualTo(HeapGuard.Verdict.FULL);
        assertThat(guard.hasRoom()).isFalse();
        assertThat(guard.collected(799, false)).isEqualTo(HeapGuard.Verdict.ROOM);
        assertThat(guard.hasRoom()).isTrue();
    }

    @Test
    void mere_use_counts_at_the_brim_only_and_where_the_last_collection_left_much() {
        used.set(1_000);
        assertThat(guard.hasRoom()).as("no collection yet").isTrue();
        guard.collected(849, true);
        assertThat(guard.hasRoom()).as("mostly garbage").isTrue();
        guard.collected(850, false);
        used.set(979);
        assertThat(guard.hasRoom()).isTrue();
        used.set(980);
        assertThat(guard.hasRoom()).isFalse();
        used.set(100);
        assertThat(guard.hasRoom()).isTrue();
    }
}
