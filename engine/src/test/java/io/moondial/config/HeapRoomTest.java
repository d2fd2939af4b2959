package io.moondial.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How large a file may be beside what a heap holds. */
class HeapRoomTest {
    private static final long MIB = 1 << 20;

    private final AtomicLong alive = new AtomicLong(100 * MIB);
    private final AtomicInteger collections = new AtomicInteger();
    private long afterCollection = 100 * MIB;

    private HeapRoom heap(long max) {
        return new HeapRoom(
                max,
                alive::get,
                () -> {
                    collections.incrementAndGet();
                    alive.set(afterCollection);
                });
    }

    @Test
    void a_file_of_20_mib_is_too_much_for_512_mib_and_that_is_said_with_all_figures() {
        assertThat(heap(512 * MIB).tooLittleFor(20 * MIB, 0))
                .contains(
                        "to read a file of 20.0 MiB takes some 1440.0 MiB of memory, and of the heap of 512.0 MiB 100.0 MiB are in use: make the file smaller, or give Java more (USSD_JAVA_OPTIONS=-Xmx4g)");
        assertThat(heap(4096 * MIB).tooLittleFor(20 * MIB, 0)).isEmpty();
    }

    @Test
    void what_is_alive_counts() {
        assertThat(heap(1024 * MIB).tooLittleFor(5 * MIB, 0)).isEmpty();
        afterCollection = 600 * MIB;
        alive.set(afterCollection);
        assertThat(heap(1024 * MIB).tooLittleFor(5 * MIB, 0)).isPresent();
    }

    @Test
    void what_was_alive_once_does_not() {
        alive.set(1000 * MIB);
        assertThat(heap(1024 * MIB).tooLittleFor(5 * MIB, 0)).isEmpty();
        assertThat(collections).hasValue(1);
    }

    @Test
    void a_small_file_is_read_whatever_the_heap_holds() {
        alive.set(512 * MIB);
        assertThat(heap(512 * MIB).tooLittleFor(300 << 10, 0)).isEmpty();
        assertThat(collections).hasValue(0);
    }

    @Test
    void comments_take_little() {
        byte[] line = "#".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
        byte[] keys = "a".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
        assertThat(heap(120 * MIB).tooLittleFor(keys)).isPresent();
        alive.set(10 * MIB);
        afterCollection = 10 * MIB;
        assertThat(heap(120 * MIB).tooLittleFor(line)).isEmpty();
        assertThat(heap(80 * MIB).tooLittleFor(keys)).isPresent();
    }
}
