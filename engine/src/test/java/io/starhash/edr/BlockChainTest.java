package io.starhash.edr;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BlockChainTest {
    private static final int THREADS = 4;
    private static final int LINES = 20_000;
    private static final int LARGER_THAN_A_BLOCK = 100_000;

    /** To copy so many takes milliseconds. */
    private static final int LONG_IN_COPYING = 16 << 20;

    private final BlockChain chain = new BlockChain();
    private final BlockReader reader = new BlockReader(chain);

    @Test
    void lines_come_out_as_they_were_put_in() {
        assertThat(put("a\n")).isEqualTo(1);
        assertThat(put("bc\n")).isEqualTo(2);

        assertThat(reader.ready()).isEqualTo(2);
        assertThat(take(1)).isEqualTo("a\n");
        assertThat(reader.ready()).isEqualTo(1);
        assertThat(put("def\n")).isEqualTo(3);
        assertThat(reader.ready()).isEqualTo(2);
        assertThat(take(2)).isEqualTo("bc\ndef\n");
        assertThat(reader.ready()).isZero();
        assertThat(chain.handedOver()).isEqualTo(3);
    }

    @Test
    void a_line_larger_than_a_block_has_one_of_its_own_and_its_place() {
        String large = "x".repeat(LARGER_THAN_A_BLOCK) + "\n";
        put("a\n");
        put(large);
        put("b\n");

        assertThat(takeAll()).isEqualTo("a\n" + large + "b\n");
    }

    @Test
    void the_limit_is_of_all_that_was_put_in_and_leaves_no_trace() {
        put("a\n");
        put("b\n");

        assertThat(chain.put(line("c\n"), 2)).isEqualTo(Block.BEYOND_LIMIT);
        assertThat(chain.handedOver()).isEqualTo(2);
        assertThat(chain.put(line("d\n"), 3)).isEqualTo(3);
        assertThat(takeAll()).isEqualTo("a\nb\nd\n");
    }

    @Test
    void after_the_end_nothing_gets_in_and_what_is_in_comes_out() {
        put("a\n");
        chain.end();
        chain.end();

        assertThat(put("b\n")).isEqualTo(BlockChain.ENDED);
        assertThat(chain.handedOver()).isEqualTo(1);
        assertThat(takeAll()).isEqualTo("a\n");
    }

    @Test
    void lines_of_many_threads_are_whole_each_threads_in_order_and_none_is_missing()
            throws Exception {
        var over = new AtomicBoolean();
        try (var threads = Executors.newCachedThreadPool()) {
            Future<String> taken = threads.submit(() -> takeUntil(over));
            List<Callable<Void>> producers = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                int thread = t;
                producers.add(() -> produce(thread));
            }
            for (var producer : threads.invokeAll(producers)) {
                producer.get();
            }
            over.set(true);

            var lines = taken.get().lines().toList();
            assertThat(lines).hasSize(THREADS * LINES);
            for (int t = 0; t < THREADS; t++) {
                String mine = t + ":";
                assertThat(
                                lines.stream()
                                        .filter(line -> line.startsWith(mine))
                                        .map(line -> line.substring(0, line.indexOf('.'))))
                        .isEqualTo(IntStream.range(0, LINES).mapToObj(i -> mine + i).toList());
            }
        }
    }

    @Test
    void a_line_is_not_ready_before_its_last_octet_is_there() throws Exception {
        LineBuffer line = line("x".repeat(LONG_IN_COPYING) + "\n");
        try (var threads = Executors.newSingleThreadExecutor()) {
            for (int round = 0; round < 20; round++) {
                var looking = new CountDownLatch(1);
                Future<Byte> last =
                        threads.submit(
                                () -> {
                                    looking.countDown();
                                    return lastOctetOnceReady();
                                });
                looking.await();
                chain.put(line, Long.MAX_VALUE);

                assertThat(last.get()).isEqualTo((byte) '\n');
            }
        }
    }

    private byte lastOctetOnceReady() {
        while (reader.ready() == 0) {
            Thread.onSpinWait();
        }
        var content = reader.content(1);
        byte last = content.get(content.limit() - 1);
        reader.pass(1);
        return last;
    }

    @Test
    void what_many_threads_put_in_before_the_end_is_what_comes_out() throws Exception {
        for (int round = 0; round < 50; round++) {
            var ended = new BlockChain();
            var its = new BlockReader(ended);
            try (var threads = Executors.newCachedThreadPool()) {
                List<Future<Integer>> counts = new ArrayList<>();
                for (int t = 0; t < THREADS; t++) {
                    counts.add(threads.submit(() -> putUntilEnded(ended)));
                }
                ended.end();
                int put = 0;
                for (var count : counts) {
                    put += count.get();
                }

                assertThat(ended.handedOver()).isEqualTo(put);
                int taken = 0;
                for (int ready; (ready = its.ready()) > 0; ) {
                    its.pass(ready);
                    taken += ready;
                }
                assertThat(taken).isEqualTo(put);
            }
        }
    }

    private static int putUntilEnded(BlockChain chain) {
        int put = 0;
        while (chain.put(line("x".repeat(100) + "\n"), Long.MAX_VALUE) != BlockChain.ENDED) {
            put++;
        }
        return put;
    }

    private Void produce(int thread) {
        var random = new SplittableRandom(thread);
        for (int i = 0; i < LINES; i++) {
            int length = random.nextInt(2_000) == 0 ? LARGER_THAN_A_BLOCK : random.nextInt(200);
            put(thread + ":" + i + "." + "x".repeat(length) + "\n");
        }
        return null;
    }

    private String takeUntil(AtomicBoolean over) {
        var all = new StringBuilder();
        boolean last;
        do {
            last = over.get();
            all.append(takeAll());
        } while (!last);
        return all.toString();
    }

    private String takeAll() {
        var all = new StringBuilder();
        for (int ready; (ready = reader.ready()) > 0; ) {
            all.append(take(ready));
        }
        return all.toString();
    }

    private String take(int lines) {
        String content = StandardCharsets.US_ASCII.decode(reader.content(lines)).toString();
        reader.pass(lines);
        return content;
    }

    private long put(String line) {
        return chain.put(line(line), Long.MAX_VALUE);
    }

    private static LineBuffer line(String text) {
        var line = new LineBuffer();
        line.putAscii(text);
        return line;
    }
}
