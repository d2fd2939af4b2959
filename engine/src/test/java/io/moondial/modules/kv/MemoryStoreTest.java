package io.moondial.modules.kv;

import static io.moondial.modules.kv.KvStore.Answer.Done.YES;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.modules.kv.KvStore.Answer;
import io.moondial.modules.kv.KvStore.Answer.Counted;
import io.moondial.modules.kv.KvStore.Why;
import io.moondial.modules.kv.MemoryStore.Limits;
import io.moondial.time.HandMovedTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The store in memory: it conforms, and it stays within its limits. */
class MemoryStoreTest extends StoreConformance {
    private final HandMovedTime time = new HandMovedTime();

    @SuppressWarnings("NullAway.Init") // before each test
    private MemoryStore memory;

    @Override
    KvStore open() {
        memory = new MemoryStore(new Limits(10_000, 8 << 20), time);
        return memory;
    }

    @Override
    void outlive(long millis) {
        time.pass(Duration.ofMillis(millis));
    }

    private static void assertFull(Answer answer, String words) {
        assertThat(answer).isInstanceOf(Answer.Failed.class);
        assertThat(((Answer.Failed) answer).why()).isEqualTo(Why.UNAVAILABLE);
        assertThat(((Answer.Failed) answer).detail()).contains(words);
    }

    @Test
    void a_full_one_takes_no_further_key_and_changes_those_it_has() {
        memory.limit(new Limits(2, 8 << 20));
        set(key("1"), "x", 0);
        incr(key("2"), 1);
        assertFull(set(key("3"), "x", 0), "it keeps 2 keys of 2 (max_keys)");
        assertFull(incr(key("3"), 1), "max_keys");
        assertThat(get(key("3"))).isEqualTo(found(null));
        assertThat(incr(key("2"), 1)).isEqualTo(new Counted(2));
        assertThat(set(key("1"), "y", 0)).isEqualTo(YES);
        ask(new KvStore.Request.Delete(key("1")));
        assertThat(set(key("3"), "x", 0)).isEqualTo(YES);
    }

    @Test
    void a_full_one_takes_no_more_octets_and_lets_values_shrink() {
        memory.limit(new Limits(1000, 10_000));
        set(key("1"), "x".repeat(9_000), 0);
        assertFull(set(key("2"), "x".repeat(1_000), 0), "octets of 10000 (max_size)");
        assertFull(set(key("1"), "x".repeat(11_000), 0), "max_size");
        assertThat(get(key("1"))).isEqualTo(found("x".repeat(9_000)));
        memory.limit(new Limits(1000, 5_000));
        assertThat(set(key("1"), "x".repeat(8_000), 0)).isEqualTo(YES);
    }

    @Test
    void what_has_expired_makes_room() {
        memory.limit(new Limits(100, 8 << 20));
        for (int i = 0; i < 100; i++) {
            set(key("" + i), "x", HOUR);
        }
        assertFull(set(key("more"), "x", 0), "max_keys");
        time.pass(Duration.ofHours(1));
        for (int i = 0; i < 100; i++) {
            assertThat(set(key("later " + i), "x", 0)).isEqualTo(YES);
        }
        assertThat(memory.condition().amount()).isEqualTo(100);
        assertThat(memory.contents()).hasSize(100);
    }

    @Test
    void a_key_that_is_renewed_for_ever_takes_no_more_room_for_that() {
        for (int i = 0; i < 5000; i++) {
            set(key, "x", HOUR + i);
        }
        time.pass(Duration.ofHours(1).plusMillis(4998));
        assertThat(get(key)).isEqualTo(found("x"));
        time.pass(Duration.ofMillis(1));
        assertThat(get(key)).isEqualTo(found(null));
        assertThat(memory.condition().amount()).isZero();
    }
}
