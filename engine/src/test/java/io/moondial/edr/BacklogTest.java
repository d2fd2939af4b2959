package io.moondial.edr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BacklogTest {
    private final Inbox.Backlog backlog = new Inbox.Backlog(this::newChunk);
    private final Chunk.Batch batch = new Chunk.Batch();
    private boolean shortOfMemory;

    private Chunk newChunk() {
        if (shortOfMemory) {
            throw new OutOfMemoryError("as the test wants it");
        }
        return new Chunk();
    }

    @Test
    void lines_come_out_as_they_were_added() {
        assertThat(add("a\n")).isEqualTo(1);
        assertThat(add("bc\n", "def\n")).isEqualTo(3);

        backlog.exchange(batch);
        assertThat(batch.lines()).isEqualTo(3);
        assertThat(take(1)).isEqualTo("a\n");
        assertThat(batch.lines()).isEqualTo(2);
        assertThat(take(2)).isEqualTo("bc\ndef\n");
        backlog.exchange(batch);
        assertThat(batch.lines()).isZero();
        assertThat(backlog.added()).isEqualTo(3);
    }

    @Test
    void a_chunk_that_was_taken_is_filled_no_further() {
        add("a\n");
        backlog.exchange(batch);
        add("b\n");

        assertThat(batch.lines()).isEqualTo(1);
        assertThat(take(1)).isEqualTo("a\n");
        assertThat(takeAll()).isEqualTo("b\n");
    }

    @Test
    void lines_that_need_more_than_a_chunk_has_get_one_of_their_own_and_their_place() {
        String large = "x".repeat(2 * Chunk.OCTETS) + "\n";
        add("a\n");
        add(large);
        add("b\n");

        assertThat(takeAll()).isEqualTo("a\n" + large + "b\n");
    }

    @Test
    void a_chunk_of_few_lines_grows_until_the_next_lines_do_not_fit() {
        String line = "x".repeat(Inbox.Scribe.BATCH_OCTETS / 4 - 1) + "\n";
        int fit = Chunk.OCTETS / line.length();
        for (int i = 0; i < fit + 1; i++) {
            add(line);
        }

        backlog.exchange(batch);
        assertThat(batch.content(fit)).hasSize(1);
        assertThat(batch.content(fit + 1)).hasSize(2);
    }

    @Test
    void a_batch_takes_as_many_chunks_as_it_has_room_for_and_the_next_those_after_them() {
        String line = "x".repeat(Inbox.Scribe.BATCH_OCTETS - 1) + "\n";
        int fit = Chunk.Batch.OCTETS / line.length();
        for (int i = 0; i < fit + 2; i++) {
            add(i + line.substring(2));
        }

        backlog.exchange(batch);
        assertThat(batch.lines()).isEqualTo(fit);
        assertThat(take(fit)).startsWith("0x");
        backlog.exchange(batch);
        assertThat(batch.lines()).isEqualTo(2);
        assertThat(text(1)).startsWith(fit + "x");
    }

    @Test
    void a_chunk_larger_than_a_batch_is_one_alone() {
        String large = "x".repeat(2 * Chunk.Batch.OCTETS) + "\n";
        add(large);
        add("b\n");

        backlog.exchange(batch);
        assertThat(take(1)).isEqualTo(large);
        assertThat(batch.lines()).isZero();
        assertThat(takeAll()).isEqualTo("b\n");
    }

    @Test
    void lines_are_passed_over_across_chunks() {
        String line = "x".repeat(Chunk.OCTETS / 2) + "\n";
        add("1" + line);
        add("2" + line);
        add("3\n", "4\n");

        backlog.exchange(batch);
        assertThat(batch.content(4)).hasSizeGreaterThan(1);
        assertThat(take(3)).isEqualTo("1" + line + "2" + line + "3\n");
        assertThat(batch.lines()).isEqualTo(1);
        assertThat(take(1)).isEqualTo("4\n");
    }

    @Test
    void many_lines_come_in_the_buffer_that_they_were_written_into_and_it_goes_round() {
        var scribe = scribe("x".repeat(Inbox.Scribe.BATCH_OCTETS) + "\n");
        var octets = octets(scribe.chunk());
        add("a\n");
        assertThat(backlog.add(scribe, Long.MAX_VALUE)).isEqualTo(2);
        add("b\n");

        assertThat(octets(scribe.chunk())).isNotSameAs(octets);
        assertThat(scribe.chunk().octets()).isZero();
        backlog.exchange(batch);
        assertThat(batch.content(3)[1].array()).isSameAs(octets);
        assertThat(take(1)).isEqualTo("a\n");
        batch.pass(1);
        assertThat(take(1)).isEqualTo("b\n");
    }

    @Test
    void the_limit_is_of_all_that_was_added_and_leaves_no_trace() {
        add("a\n");
        add("b\n");

        assertThat(backlog.add(scribe("c\n"), 2)).isEqualTo(Inbox.Backlog.BEYOND_LIMIT);
        assertThat(backlog.added()).isEqualTo(2);
        assertThat(backlog.add(scribe("d\n"), 3)).isEqualTo(3);
        assertThat(takeAll()).isEqualTo("a\nb\nd\n");
    }

    @Test
    void a_buffer_given_back_is_used_again_and_is_empty_then() {
        add("a\n", "b\n");
        backlog.exchange(batch);
        var octets = batch.content(2)[0].array();
        batch.pass(2);
        backlog.exchange(batch);
        add("c\n");

        backlog.exchange(batch);
        assertThat(batch.content(1)[0].array()).isSameAs(octets);
        assertThat(batch.lines()).isEqualTo(1);
        assertThat(take(1)).isEqualTo("c\n");
    }

    @Test
    void where_memory_is_short_lines_stay_with_their_scribe_and_come_once_and_in_order() {
        add("a\n");
        String line = "x".repeat(Inbox.Scribe.BATCH_OCTETS) + "\n";
        var scribe = scribe(line);
        shortOfMemory = true;
        assertThatThrownBy(() -> backlog.add(scribe, Long.MAX_VALUE))
                .isInstanceOf(OutOfMemoryError.class);
        assertThat(scribe.lines()).isEqualTo(1);
        assertThat(backlog.added()).isEqualTo(1);
        backlog.exchange(batch);
        assertThat(take(1)).isEqualTo("a\n");

        shortOfMemory = false;
        assertThat(backlog.add(scribe, Long.MAX_VALUE)).isEqualTo(2);
        add("b\n");
        assertThat(takeAll()).isEqualTo(line + "b\n");
    }

    @Test
    void what_a_burst_took_goes_by_and_by_all_but_a_few() {
        int chunks = 5 * Inbox.Backlog.FEW_SPARES;
        for (int i = 0; i < chunks; i++) {
            add("x".repeat(Inbox.Scribe.BATCH_OCTETS) + "\n");
        }
        assertThat(takeAll().lines()).hasSize(chunks);
        int times = 1;
        while (backlog.letGoOfSpares()) {
            times++;
        }
        assertThat(times).isGreaterThan(1).isLessThan(10);

        shortOfMemory = true;
        for (int i = 0; i < Inbox.Backlog.FEW_SPARES; i++) {
            add("x".repeat(Inbox.Scribe.BATCH_OCTETS) + "\n");
        }
        assertThatThrownBy(() -> add("x".repeat(Inbox.Scribe.BATCH_OCTETS) + "\n"))
                .isInstanceOf(OutOfMemoryError.class);
    }

    private long add(String... lines) {
        return backlog.add(scribe(lines), Long.MAX_VALUE);
    }

    private String takeAll() {
        var all = new StringBuilder();
        do {
            all.append(take(batch.lines()));
            backlog.exchange(batch);
        } while (batch.lines() > 0);
        return all.toString();
    }

    private String take(int lines) {
        String text = text(lines);
        batch.pass(lines);
        return text;
    }

    private String text(int lines) {
        return Stream.of(batch.content(lines))
                .map(part -> StandardCharsets.US_ASCII.decode(part).toString())
                .collect(Collectors.joining());
    }

    private static byte[] octets(Chunk chunk) {
        return chunk.buffer().content().array();
    }

    private static Inbox.Scribe scribe(String... texts) {
        var chunk = new Chunk();
        for (String text : texts) {
            chunk.buffer().putAscii(text.substring(0, text.length() - 1));
            chunk.buffer().endLine();
        }
        return new Inbox.Scribe(chunk);
    }
}
