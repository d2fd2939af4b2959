package io.moondial.channel.ss7;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.channel.ss7.LeanTcap.TransactionIdSource;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Which transaction ids dialogs are given. */
class TransactionIdSourceTest {
    private static final long FIRST = 5_000;

    private static List<Long> ids(TransactionIdSource source, int count) {
        return LongStream.generate(source::next).limit(count).boxed().toList();
    }

    @Test
    void ids_lie_in_the_range_and_fill_it() {
        List<Long> ids = ids(new TransactionIdSource(FIRST, FIRST + 99, 10), 5_000);

        assertThat(ids).allMatch(id -> id >= FIRST && id < FIRST + 100);
        assertThat(Set.copyOf(ids)).hasSize(100);
    }

    @Test
    void ids_of_the_whole_range_use_all_of_it() {
        List<Long> ids = ids(new TransactionIdSource(1, SignallingLimits.MAX_TID, 10), 10_000);

        assertThat(ids).allMatch(id -> id >= 1 && id <= SignallingLimits.MAX_TID);
        for (long part = 0; part < 16; part++) {
            long from = part << 27;
            assertThat(ids)
                    .filteredOn(id -> id >= from && id < from + (1 << 27))
                    .hasSizeGreaterThan(400);
        }
    }

    @Test
    void the_ids_before_say_nothing_of_the_next() {
        List<Long> ids = ids(new TransactionIdSource(1, SignallingLimits.MAX_TID, 10), 10_000);

        Set<Long> steps = new HashSet<>();
        for (int i = 1; i < ids.size(); i++) {
            steps.add(ids.get(i) - ids.get(i - 1));
        }
        assertThat(steps).as("differences between neighbours").hasSizeGreaterThan(9_900);
        assertThat(ids(new TransactionIdSource(1, SignallingLimits.MAX_TID, 10), 10_000))
                .as("another source's")
                .filteredOn(Set.copyOf(ids)::contains)
                .hasSizeLessThan(20);
    }

    @Test
    void an_id_given_back_rests_while_many_others_are_given_back() {
        TransactionIdSource source = new TransactionIdSource(FIRST, FIRST + 20_202, 100);
        Queue<Long> resting = new ArrayDeque<>();
        for (int i = 0; i < 100_000; i++) {
            long id = source.next();
            assertThat(resting).doesNotContain(id);
            source.giveBack(id);
            resting.add(id);
            if (resting.size() > 2_000) {
                resting.remove();
            }
        }
    }

    @Test
    void an_id_of_the_whole_range_rests_while_a_hundred_thousand_are_given_back() {
        TransactionIdSource source = new TransactionIdSource(1, SignallingLimits.MAX_TID, 260_000);
        Queue<Long> resting = new ArrayDeque<>();
        Set<Long> rests = new HashSet<>();
        for (int i = 0; i < 500_000; i++) {
            long id = source.next();
            assertThat(rests.add(id)).isTrue();
            source.giveBack(id);
            resting.add(id);
            if (resting.size() > 100_000) {
                rests.remove(resting.remove());
            }
        }
    }
}
