package io.moondial.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.config.Node.Entry;
import io.moondial.config.Node.Mapping;
import io.moondial.config.Node.Scalar;
import io.moondial.config.Node.Sequence;
import io.moondial.problem.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LocatedYamlTest {
    @TempDir Path temp;

    @Test
    void every_node_knows_its_place_and_its_text_as_written() throws Exception {
        assertThat(read("a: 0123\n'b':\n  - \"x\"\n  - {c: 1_0}\n"))
                .isEqualTo(
                        new Mapping(
                                new Place(1, 1),
                                List.of(
                                        new Entry(plain(1, 1, "a"), plain(1, 4, "0123")),
                                        new Entry(
                                                quoted(2, 1, "b"),
                                                new Sequence(
                                                        new Place(3, 3),
                                                        List.of(
                                                                quoted(3, 5, "x"),
                                                                new Mapping(
                                                                        new Place(4, 5),
                                                                        List.of(
                                                                                new Entry(
                                                                                        plain(
                                                                                                4,
                                                                                                6,
                                                                                                "c"),
                                                                                        plain(
                                                                                                4,
                                                                                                9,
                                                                                                "1_0"))))))))));
    }

    @Test
    void all_ways_to_quote_are_told_from_plain_text() throws Exception {
        assertThat(values("[a, 'b', \"c\", '', ~, \"null\", true, 'true', 1, '1']"))
                .extracting(Scalar::quoted)
                .containsExactly(false, true, true, true, false, true, false, true, false, true);
    }

    @Test
    void block_texts_are_quoted() throws Exception {
        assertThat(read("a: |\n  1\nb: >-\n  2\n").entries())
                .extracting(Entry::value)
                .containsExactly(quoted(1, 4, "1\n"), quoted(3, 4, "2"));
    }

    @Test
    void places_hold_far_into_a_long_file() throws Exception {
        Mapping root = read("# \uD83D\uDE00 \u00E9\n".repeat(5000) + "a: 'x'\nb: x\n");

        assertThat(root.entries())
                .containsExactly(
                        new Entry(plain(5001, 1, "a"), quoted(5001, 4, "x")),
                        new Entry(plain(5002, 1, "b"), plain(5002, 4, "x")));
    }

    @Test
    void characters_outside_the_basic_plane_are_read_wherever_they_stand() throws Exception {
        for (int before = 1000; before < 1050; before++) {
            assertThat(read("a: " + "x".repeat(before) + "\uD83D\uDE00\n").entries()).hasSize(1);
        }
    }

    @Test
    void line_ends_of_all_systems_and_a_byte_order_mark_are_read() throws Exception {
        Mapping expected = read("a: 1\nb: 2\n");

        assertThat(read("\uFEFFa: 1\r\nb: 2\r\n")).isEqualTo(expected);
        assertThat(read("a: 1\rb: 2\r")).isEqualTo(expected);
    }

    @Test
    void a_file_that_says_nothing_is_a_section_without_entries() throws Exception {
        for (String text : List.of("", "\n\n", "# comment\n", "---\n", "~\n", "\uFEFF")) {
            assertThat(read(text).entries()).isEmpty();
        }
    }

    @Test
    void columns_count_characters_outside_the_basic_plane_as_one() throws Exception {
        assertThat(read("{\uD83D\uDE00: x}").entries())
                .containsExactly(new Entry(plain(1, 2, "\uD83D\uDE00"), plain(1, 5, "x")));
    }

    @Test
    void a_key_that_stands_twice_is_a_problem_and_the_first_counts() throws Exception {
        var problems = new Problems(file("a: 1\nb: {c: 1, c: 2}\na: 3\n"));

        Mapping root = LocatedYaml.read(problems.file(), problems).orElseThrow();

        assertThat(root.entries()).hasSize(2);
        assertThat(root.entries().getFirst().value()).isEqualTo(plain(1, 4, "1"));
        assertThat(problems.inFileOrder())
                .containsExactly(
                        new Problem(
                                problems.file(),
                                2,
                                11,
                                "c appears twice: it is already on line 2; remove one"),
                        new Problem(
                                problems.file(),
                                3,
                                1,
                                "a appears twice: it is already on line 1; remove one"));
    }

    @Test
    void anchors_aliases_and_tags_are_refused() throws Exception {
        String references =
                "put this text in quotes: \"%s\"; otherwise YAML reads * as an alias and & as an anchor, which are not allowed";
        String tags = "tags (!) are not allowed: put a text in quotes";

        assertRefused("a: &x 1\n", 1, 4, references.formatted("&x"));
        assertRefused("b: 1\na: *x\n", 2, 4, references.formatted("*x"));
        assertRefused("&x a: 1\n", 1, 1, references.formatted("&x"));
        assertRefused("a: {b: *5#, c: d}\n", 1, 8, references.formatted("*5#"));
        assertRefused("a: !!str 1\n", 1, 4, tags);
        assertRefused("a: !x {b: 1}\n", 1, 4, tags);
        assertRefused("!!int a: 1\n", 1, 1, tags);
        assertRefused("a: !!binary aGk=\n", 1, 4, tags);
    }

    @Test
    void a_document_that_is_not_keys_with_values_is_refused() throws Exception {
        assertRefused("- 1\n", 1, 1, "found a list; allowed are keys with their values");
        assertRefused("\n  text\n", 2, 3, "found text; allowed are keys with their values");
    }

    @Test
    void a_second_document_is_refused() throws Exception {
        assertRefused(
                "a: 1\n---\nb: 1\n", 3, 1, "a second document begins here: only one is allowed");
    }

    @Test
    void too_deep_nesting_is_refused() throws Exception {
        String deepest = "a: " + "[".repeat(31) + "]".repeat(31);
        assertThat(read(deepest).entries()).hasSize(1);

        assertRefused(
                "a: " + "[".repeat(32) + "]".repeat(32),
                1,
                35,
                "nested too deeply: at most 32 levels");
    }

    @Test
    void too_many_nodes_are_refused() throws Exception {
        int most = 1_000; // the top section, the key, the list and what is in it
        var problems = new Problems(file("a: [" + "1,".repeat(most - 3) + "]"));
        assertThat(LocatedYaml.read(problems.file(), problems, most)).isPresent();

        var oneMore = new Problems(file("a: [" + "1,".repeat(most - 2) + "]"));
        assertThat(LocatedYaml.read(oneMore.file(), oneMore, most)).isEmpty();
        assertThat(oneMore.inFileOrder())
                .extracting(Problem::message)
                .containsExactly("too much is in this file: at most 1000 nodes");
    }

    @Test
    void too_long_files_are_refused() throws Exception {
        String longest = "#".repeat(SourceText.MAX_OCTETS);
        assertThat(read(longest).entries()).isEmpty();

        assertRefused(longest + "#", 0, 0, "the file is too long: at most 32MiB");
    }

    @Test
    void octets_that_are_not_utf_8_are_refused_at_their_place() throws Exception {
        String message = "the octet 0x%s is not UTF-8: save the file in that encoding";

        assertRefused(octets("a: 1\r\n\u00E9: ", 0xE9, ' '), 2, 4, message.formatted("E9"));
        assertRefused(octets("", 0xFF, 0xFE), 1, 1, message.formatted("FF"));
        assertRefused(octets("a: ", 0xC3), 1, 4, message.formatted("C3"));
        assertRefused(octets("a: ", 0xED, 0xA0, 0x80), 1, 4, message.formatted("ED"));
    }

    @Test
    void control_characters_are_refused_at_their_place() throws Exception {
        String message =
                "the character U+%s is not allowed: write it as an escape in double quotes";

        assertRefused("a: 1\nb: \"\uD83D\uDE00\u0000\"\n", 2, 6, message.formatted("0000"));
        assertRefused("a: \u001B[2J", 1, 4, message.formatted("001B"));
        assertRefused("a: \uFFFF", 1, 4, message.formatted("FFFF"));
    }

    @Test
    void text_that_is_not_yaml_is_one_problem_where_it_goes_wrong() throws Exception {
        assertRefused(
                "a: 1\n b: 2\n",
                2,
                2,
                "this is not YAML: this key begins in column 2, which fits no line above it: begin it in column 1 (as line 1)");
        assertThat(refusal("a: \"x\n")).matches(it -> it.line() == 1 && it.column() == 4);
        assertThat(refusal("a: [1\nb: 2\n")).matches(it -> it.line() == 1 && it.column() == 4);
        assertThat(refusal("? [a]\n: 1\n")).matches(it -> it.line() == 1);
    }

    private Mapping read(String text) throws Exception {
        var problems = new Problems(file(text));
        Mapping root = LocatedYaml.read(problems.file(), problems).orElseThrow();
        assertThat(problems.inFileOrder()).isEmpty();
        return root;
    }

    private List<Scalar> values(String flowSequence) throws Exception {
        Node list = read("list: " + flowSequence).entries().getFirst().value();
        return ((Sequence) list).items().stream().map(Scalar.class::cast).toList();
    }

    private Problem refusal(String text) throws Exception {
        return refusal(text.getBytes(UTF_8));
    }

    private Problem refusal(byte[] octets) throws Exception {
        var problems = new Problems(Files.write(temp.resolve("file"), octets));
        assertThat(LocatedYaml.read(problems.file(), problems)).isEmpty();
        assertThat(problems.inFileOrder()).hasSize(1);
        return problems.inFileOrder().getFirst();
    }

    private void assertRefused(String text, int line, int column, String message) throws Exception {
        assertRefused(text.getBytes(UTF_8), line, column, message);
    }

    private void assertRefused(byte[] octets, int line, int column, String message)
            throws Exception {
        assertThat(refusal(octets))
                .isEqualTo(new Problem(temp.resolve("file"), line, column, message));
    }

    private Path file(String text) throws Exception {
        return Files.writeString(temp.resolve("file"), text);
    }

    private static byte[] octets(String before, int... octets) {
        byte[] start = before.getBytes(UTF_8);
        byte[] all = Arrays.copyOf(start, start.length + octets.length);
        for (int i = 0; i < octets.length; i++) {
            all[start.length + i] = (byte) octets[i];
        }
        return all;
    }

    private static Scalar plain(int line, int column, String text) {
        return new Scalar(new Place(line, column), text, false);
    }

    private static Scalar quoted(int line, int column, String text) {
        return new Scalar(new Place(line, column), text, true);
    }
}
