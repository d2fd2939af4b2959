package io.starhash.edr;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class BacklogTest {
    private final Backlog backlog = new Backlog();

    @Test
    void lines_come_out_as_they_were_added() {
        assertThat(add("a\n")).isEqualTo(1);
        assertThat(add("bc\n", "def\n")).isEqualTo(3);

        var chunk = Objects.requireNonNull(backlog.poll());
        assertThat(chunk.lines()).isEqualTo(3);
        assertThat(take(chunk, 1)).isEqualTo("a\n");
        assertThat(chunk.lines()).isEqualTo(2);
        assertThat(take(chunk, 2)).isEqualTo("bc\ndef\n");
        assertThat(chunk.lines()).isZero();
        assertThat(backlog.poll()).isNull();
        assertThat(backlog.added()).isEqualTo(3);
    }

    @Test
    void a_chunk_that_was_taken_is_filled_no_further() {
        add("a\n");
        var taken = Objects.requireNonNull(backlog.poll());
        add("b\n");

        assertThat(text(taken, 1)).isEqualTo("a\n");
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
        String line = "x".repeat(Scribe.BATCH_OCTETS / 4 - 1) + "\n";
        int fit = Chunk.OCTETS / line.length();
        for (int i = 0; i < fit + 1; i++) {
            add(line);
        }

        assertThat(Objects.requireNonNull(backlog.poll()).lines()).isEqualTo(fit);
        assertThat(Objects.requireNonNull(backlog.poll()).lines()).isEqualTo(1);
    }

    @Test
    void many_lines_come_in_the_buffer_that_they_were_written_into_and_it_goes_round() {
        var scribe = scribe("x".repeat(Scribe.BATCH_OCTETS) + "\n");
        var buffer = scribe.lines();
        add("a\n");
        assertThat(backlog.add(scribe, Long.MAX_VALUE)).isEqualTo(2);
        add("b\n");

        assertThat(scribe.lines()).isNotSameAs(buffer);
        assertThat(scribe.lines().length()).isZero();
        assertThat(take(Objects.requireNonNull(backlog.poll()), 1)).isEqualTo("a\n");
        var whole = Objects.requireNonNull(backlog.poll());
        assertThat(whole.buffer()).isSameAs(buffer);
        assertThat(takeAll()).isEqualTo("b\n");
        backlog.giveBack(whole);
        assertThat(buffer.length()).isZero();
    }

    @Test
    void the_limit_is_of_all_that_was_added_and_leaves_no_trace() {
        add("a\n");
        add("b\n");

        assertThat(backlog.add(scribe("c\n"), 2)).isEqualTo(Backlog.BEYOND_LIMIT);
        assertThat(backlog.added()).isEqualTo(2);
        assertThat(backlog.add(scribe("d\n"), 3)).isEqualTo(3);
        assertThat(takeAll()).isEqualTo("a\nb\nd\n");
    }

    @Test
    void a_chunk_given_back_is_used_again_and_is_empty_then() {
        add("a\n", "b\n");
        var first = Objects.requireNonNull(backlog.poll());
        first.pass(1);
        backlog.giveBack(first);
        add("c\n");

        var again = Objects.requireNonNull(backlog.poll());
        assertThat(again.buffer()).isSameAs(first.buffer());
        assertThat(again.lines()).isEqualTo(1);
        assertThat(take(again, 1)).isEqualTo("c\n");
    }

    private long add(String... lines) {
        return backlog.add(scribe(lines), Long.MAX_VALUE);
    }

    private String takeAll() {
        var all = new StringBuilder();
        for (Chunk chunk; (chunk = backlog.poll()) != null; ) {
            all.append(take(chunk, chunk.lines()));
            backlog.giveBack(chunk);
        }
        return all.toString();
    }

    private static String take(Chunk chunk, int lines) {
        String text = text(chunk, lines);
        chunk.pass(lines);
        return text;
    }

    private static String text(Chunk chunk, int lines) {
        return StandardCharsets.US_ASCII.decode(chunk.content(lines)).toString();
    }

    private static Scribe scribe(String... texts) {
        var scribe = new Scribe();
        scribe.goOnWith(lines(texts));
        return scribe;
    }

    private static LineBuffer lines(String... texts) {
        var lines = new LineBuffer();
        for (String text : texts) {
            lines.putAscii(text.substring(0, text.length() - 1));
            lines.endLine();
        }
        return lines;
    }
}
