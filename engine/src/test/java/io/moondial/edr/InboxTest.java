package io.moondial.edr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class InboxTest {
    private static final int THREADS = 5;
    private static final int RECORDS = 20_000;
    private static final int LIMIT = 1_000_000;
    private static final int FLUSH = 64;
    private static final long A_MINUTE = 60_000_000_000L;

    private final Inbox inbox = new Inbox(LIMIT, false);

    @Test
    void while_the_writer_rests_every_record_waits_for_it_at_once_until_enough_wake_it()
            throws Exception {
        var writer = Thread.ofPlatform().start(() -> inbox.await(3, A_MINUTE));
        await().until(() -> writer.getState() == Thread.State.TIMED_WAITING);
        inbox.add(edr("a", 1));
        assertThat(inbox.waiting()).isEqualTo(1);
        inbox.add(edr("a", 2));
        assertThat(inbox.waiting()).isEqualTo(2);
        inbox.add(edr("a", 3));
        writer.join();

        inbox.add(edr("a", 4));
        assertThat(inbox.waiting()).isEqualTo(3);
        assertThat(inbox.held()).isEqualTo(4);
    }

    @Test
    void while_the_writer_is_at_work_records_gather_and_it_fetches_them_before_it_rests() {
        inbox.add(edr("a", 1));
        inbox.add(edr("a", 2));
        assertThat(inbox.waiting()).isZero();
        assertThat(inbox.held()).isEqualTo(2);

        inbox.await(1, A_MINUTE);
        assertThat(inbox.waiting()).isEqualTo(2);
        assertThat(takeAll()).isEqualTo(List.of("a:1", "a:2"));
    }

    @Test
    void the_records_of_one_dialog_keep_their_order_whichever_threads_hand_them_over()
            throws Exception {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            int number = i;
            Thread.ofPlatform().start(() -> inbox.add(edr("a", number))).join();
            expected.add("a:" + number);
        }
        inbox.await(1, A_MINUTE);
        assertThat(takeAll()).isEqualTo(expected);
    }

    @Test
    void what_has_gathered_is_fetched_even_where_so_much_waits_that_the_writer_does_not_rest()
            throws Exception {
        Thread.ofPlatform().start(() -> inbox.add(edr("a", 1))).join();
        int others = 0;
        while (inbox.waiting() == 0) {
            inbox.add(edr("b", others++));
        }

        inbox.await(1, A_MINUTE);
        assertThat(inbox.waiting()).isEqualTo(others + 1);
    }

    @Test
    void what_has_gathered_goes_on_when_it_is_much() {
        int added = 0;
        while (inbox.waiting() == 0 && added < RECORDS) {
            inbox.add(edr("a", added++));
        }
        assertThat(inbox.waiting()).isEqualTo(added);
        assertThat(added).isGreaterThan(1).isLessThan(RECORDS);
    }

    @Test
    void a_record_beyond_the_limit_is_dropped_and_counted_where_that_is_wanted() {
        var small = new Inbox(2, true);
        for (int i = 0; i < 5; i++) {
            small.add(edr("a", i));
        }
        assertThat(small.waiting()).isEqualTo(2);
        assertThat(small.hasRoom()).isFalse();
        assertThat(small.dropped()).isEqualTo(3);
    }

    @Test
    void what_was_written_makes_room_under_the_limit() {
        var small = new Inbox(2, true);
        for (int round = 0; round < 3; round++) {
            small.add(edr("a", 1));
            small.add(edr("a", 2));
            small.done(small.ready().lines());
        }
        assertThat(small.dropped()).isZero();
    }

    @Test
    void with_a_limit_of_less_than_ten_times_what_can_gather_none_does() {
        int most = 10 * 16 * Inbox.Scribe.MOST_LINES;
        var exact = new Inbox(most - 1, false);
        exact.add(edr("a", 1));
        assertThat(exact.waiting()).isEqualTo(1);

        var late = new Inbox(most, true);
        late.add(edr("a", 1));
        assertThat(late.waiting()).isZero();
        assertThat(late.held()).isEqualTo(1);
    }

    @Test
    void of_what_gathered_all_records_beyond_the_limit_are_counted() {
        int limit = 10 * 16 * Inbox.Scribe.MOST_LINES;
        var full = new Inbox(limit, true);
        while (full.hasRoom()) {
            full.add(edr("a", 1));
            full.fetch();
        }
        for (int i = 0; i < 5; i++) {
            full.add(edr("a", 2));
        }
        full.fetch();
        assertThat(full.dropped()).isEqualTo(5);
        assertThat(full.held()).isEqualTo(limit);
    }

    @Test
    void what_is_abandoned_is_counted_and_with_it_what_has_gathered() {
        inbox.add(edr("a", 1));
        inbox.fetch();
        inbox.add(edr("a", 2));

        assertThat(inbox.abandon()).isEqualTo(2);
        assertThat(inbox.waiting()).isZero();
        assertThat(inbox.held()).isZero();
        assertThat(inbox.dropped()).isEqualTo(2);
    }

    @Test
    void the_writer_gets_all_records_and_those_of_a_thread_in_their_order() throws Exception {
        try (var threads = Executors.newCachedThreadPool()) {
            var written = threads.submit(this::writeUntilClosed);
            for (var producer : producers(threads, this::produce)) {
                producer.get();
            }
            inbox.close();

            var all = written.get();
            assertThat(all).hasSize(THREADS * RECORDS);
            for (int t = 0; t < THREADS; t++) {
                String mine = t + ":";
                assertThat(all.stream().filter(line -> line.startsWith(mine)))
                        .isEqualTo(IntStream.range(0, RECORDS).mapToObj(i -> mine + i).toList());
            }
        }
    }

    @Test
    void what_many_threads_hand_over_before_the_close_is_what_comes_out() throws Exception {
        for (int round = 0; round < 50; round++) {
            var closing = new Inbox(LIMIT, false);
            try (var threads = Executors.newCachedThreadPool()) {
                var counts = producers(threads, t -> addUntilClosed(closing, t));
                closing.close();
                closing.fetch();
                int fetched = closing.waiting();
                int added = 0;
                for (var count : counts) {
                    added += count.get();
                }

                assertThat(fetched).isEqualTo(added);
                assertThat(closing.waiting()).isEqualTo(added);
            }
        }
    }

    @Test
    void after_the_close_nothing_gets_in() {
        inbox.close();
        assertThat(inbox.add(edr("a", 1))).isFalse();
        inbox.fetch();
        assertThat(inbox.waiting()).isZero();
        assertThat(inbox.handedOver()).isZero();
    }

    @FunctionalInterface
    private interface Producer {
        int run(int thread);
    }

    private static List<Future<Integer>> producers(ExecutorService threads, Producer producer) {
        List<Future<Integer>> started = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            int thread = t;
            Callable<Integer> task = () -> producer.run(thread);
            started.add(threads.submit(task));
        }
        return started;
    }

    private int produce(int thread) {
        for (int i = 0; i < RECORDS; i++) {
            inbox.add(edr(String.valueOf(thread), i));
        }
        return RECORDS;
    }

    private static int addUntilClosed(Inbox inbox, int thread) {
        for (int added = 0; added < LIMIT; added++) {
            if (!inbox.add(edr(String.valueOf(thread), added))) {
                return added;
            }
        }
        throw new AssertionError("the inbox was never closed");
    }

    private List<String> writeUntilClosed() {
        List<String> all = new ArrayList<>();
        while (!inbox.isClosed()) {
            inbox.await(FLUSH, A_MINUTE);
            all.addAll(takeAll());
        }
        inbox.fetch();
        all.addAll(takeAll());
        return all;
    }

    /** By the value of each record's only field. */
    private List<String> takeAll() {
        List<String> all = new ArrayList<>();
        for (var batch = inbox.ready(); batch.lines() > 0; batch = inbox.ready()) {
            int count = batch.lines();
            Stream.of(batch.content(count))
                    .map(part -> StandardCharsets.US_ASCII.decode(part).toString())
                    .flatMap(String::lines)
                    .map(line -> line.substring(line.indexOf('=') + 1))
                    .forEach(all::add);
            inbox.done(count);
        }
        return all;
    }

    private static Edr edr(String thread, int number) {
        return Edr.builder(Instant.EPOCH, "L-1-00000001", "TEST")
                .text("N", thread + ":" + number)
                .build();
    }
}
