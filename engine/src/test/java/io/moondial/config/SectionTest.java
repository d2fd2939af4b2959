package io.moondial.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.problem.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SectionTest {
    private static final ValueType<Duration> UP_TO_AN_HOUR =
            ValueType.duration(Duration.ofMillis(1), Duration.ofHours(1));

    @TempDir Path temp;

    @Test
    void durations_have_a_unit() throws Exception {
        assertThat(found("500ms", UP_TO_AN_HOUR)).isEqualTo(Duration.ofMillis(500));
        assertThat(found("30s", UP_TO_AN_HOUR)).isEqualTo(Duration.ofSeconds(30));
        assertThat(found("\"10m\"", UP_TO_AN_HOUR)).isEqualTo(Duration.ofMinutes(10));
        assertThat(found("1h", UP_TO_AN_HOUR)).isEqualTo(Duration.ofHours(1));
        assertThat(found("7d", ValueType.duration(Duration.ZERO, Duration.ofDays(7))))
                .isEqualTo(Duration.ofDays(7));
    }

    @Test
    void what_is_no_duration_in_the_range_is_told_with_what_is_allowed() throws Exception {
        String allowed =
                "; allowed is a duration with its unit, such as 30s (units: ms, s, m, h, d), from 1ms to 1h";
        for (String text :
                List.of(
                        "30",
                        "30sec",
                        "-1s",
                        "1.5s",
                        "0s",
                        "61m",
                        "2h",
                        "s",
                        "1 s",
                        "1S",
                        "999999999999999999d",
                        "9999999999999999999999s")) {
            assertThat(problem(text, UP_TO_AN_HOUR)).isEqualTo("key: found " + text + allowed);
        }
    }

    @Test
    void sizes_have_a_unit() throws Exception {
        ValueType<Long> size = ValueType.size(1, 1L << 40);

        assertThat(found("100B", size)).isEqualTo(100);
        assertThat(found("64KiB", size)).isEqualTo(65_536);
        assertThat(found("16MiB", size)).isEqualTo(16_777_216);
        assertThat(found("1GiB", size)).isEqualTo(1_073_741_824);
        assertThat(problem("16MB", size))
                .isEqualTo(
                        "key: found 16MB; allowed is a size with its unit, such as 16MiB (units: B, KiB, MiB, GiB), from 1B to 1024GiB");
    }

    @Test
    void whole_numbers_are_in_a_range_and_without_quotes() throws Exception {
        ValueType<Integer> type = ValueType.wholeNumber(-1, 5);

        assertThat(found("-1", type)).isEqualTo(-1);
        assertThat(found("+5", type)).isEqualTo(5);
        for (String text : List.of("-2", "6", "1.0", "1e0", "0x1", "\"one\"", "one", "[1]", "~")) {
            assertThat(problem(text, type)).endsWith("; allowed is a whole number from -1 to 5");
        }
    }

    @Test
    void flags_are_true_or_false_without_quotes() throws Exception {
        assertThat(found("true", ValueType.flag())).isTrue();
        assertThat(found("False", ValueType.flag())).isFalse();
        assertThat(problem("\"true\"", ValueType.flag()))
                .isEqualTo("key: found \"true\"; allowed is true or false; remove the quotes");
        assertThat(problem("yes", ValueType.flag())).startsWith("key: found yes;");
    }

    @Test
    void a_choice_that_is_nearly_right_is_suggested() throws Exception {
        ValueType<String> type = ValueType.choice(List.of("info", "debug"));

        assertThat(found("debug", type)).isEqualTo("debug");
        assertThat(problem("debgu", type))
                .isEqualTo("key: found debgu; allowed is one of info, debug; did you mean debug?");
        assertThat(problem("loud", type))
                .isEqualTo("key: found loud; allowed is one of info, debug");
    }

    @Test
    void texts_keep_what_was_written() throws Exception {
        assertThat(found("0123", ValueType.text())).isEqualTo("0123");
        assertThat(found("true", ValueType.text())).isEqualTo("true");
        assertThat(found("1.50", ValueType.text())).isEqualTo("1.50");
    }

    @Test
    void long_and_strange_values_are_cut_and_cleaned_in_messages() throws Exception {
        assertThat(problem("\"" + "x".repeat(41) + "\"", ValueType.flag()))
                .startsWith("key: found \"" + "x".repeat(40) + "...\";");
        assertThat(problem("\"a\\e[2J\"", ValueType.flag()))
                .startsWith("key: found \"a\uFFFD[2J\";");
    }

    @Test
    void unknown_keys_are_told_with_the_nearest_known_one_or_all() throws Exception {
        Problems problems = problems("colour: 1\nb:\n  shape: 1\n  xyz: 2\n");
        Section root = root(problems);
        root.find("color", ValueType.text());
        root.section("b").find("shape", ValueType.text());

        root.refuseUnknownKeys();

        assertThat(problems.inFileOrder())
                .containsExactly(
                        new Problem(
                                problems.file(), 1, 1, "unknown key colour; did you mean color?"),
                        new Problem(problems.file(), 4, 3, "unknown key xyz; allowed are shape"));
    }

    @Test
    void a_key_of_another_section_is_told_with_that_section() throws Exception {
        Problems problems = problems("b:\n  shape: 1\n  b: 3\nc:\nshape: 2\nlevel: info\n");
        Section root = root(problems);
        root.section("b").find("shape", ValueType.text());
        root.section("c").find("level", ValueType.text());

        root.refuseUnknownKeys();

        assertThat(problems.inFileOrder())
                .extracting(Problem::message)
                .containsExactly(
                        "unknown key b; it is one of the file itself, and begins in column 1 there",
                        "unknown key shape; it is one of the section b: begin it below \"b:\", further right",
                        "unknown key level; it is one of the section c: begin it below \"c:\", further right");
    }

    @Test
    void a_required_key_that_is_missing_is_told_where_its_section_begins() throws Exception {
        Problems problems = problems("a:\n  b: 1\n");

        assertThat(root(problems).section("a").require("c", ValueType.flag())).isEmpty();

        assertThat(problems.inFileOrder())
                .containsExactly(
                        new Problem(
                                problems.file(), 2, 3, "c is missing; allowed is true or false"));
    }

    @Test
    void paths_are_relative_to_the_file() throws Exception {
        Section root = root(problems("a: x/y\nb: /z\n"));

        assertThat(root.path("a", "default")).isEqualTo(temp.resolve("x/y"));
        assertThat(root.path("b", "default")).isEqualTo(Path.of("/z"));
        assertThat(root.path("c", "default")).isEqualTo(temp.resolve("default"));
    }

    @Test
    void a_key_with_nothing_below_it_is_a_section_and_one_left_out_is_not() throws Exception {
        Section root = root(problems("a:\n"));

        assertThat(root.sectionIfGiven("a")).isPresent();
        assertThat(root.sectionIfGiven("b")).isEmpty();
    }

    @Test
    void free_values_are_typed_by_the_core_schema() throws Exception {
        assertThat(free("[a, 'b', 12, -0, +7, 0x1F, 0o17, 1.5, .5, 1e3, true, FALSE, yes]"))
                .isEqualTo(
                        List.of(
                                "a", "b", 12L, 0L, 7L, 31L, 15L, 1.5, 0.5, 1000.0, true, false,
                                "yes"));
        assertThat(free("['12', \"true\", 2026-01-01, 1_000, 0b1, 12:30]"))
                .isEqualTo(List.of("12", "true", "2026-01-01", "1_000", "0b1", "12:30"));
        assertThat(free("[.inf, -.INF, .nan]"))
                .isEqualTo(List.of(Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN));
        assertThat(free("{a: {b: [1]}}")).isEqualTo(Map.of("a", Map.of("b", List.of(1L))));
    }

    @Test
    void digits_behind_a_leading_zero_stay_a_text() throws Exception {
        assertThat(free("[0123, 00, -01, 0, 0.5, 00.5]"))
                .isEqualTo(List.of("0123", "00", "-01", 0L, 0.5, "00.5"));
    }

    @Test
    void whole_numbers_of_64_bits_are_read_and_larger_ones_are_a_problem() throws Exception {
        assertThat(free("[9223372036854775807, -9223372036854775808]"))
                .isEqualTo(List.of(Long.MAX_VALUE, Long.MIN_VALUE));

        Problems problems = problems("values: {a: 9223372036854775808}");
        assertThat(root(problems).values("values", ValueType.text(), Objection.NONE)).isEmpty();
        assertThat(problems.inFileOrder())
                .extracting(Problem::message)
                .containsExactly(
                        "the number 9223372036854775808 does not fit 64 bits: put it in quotes if it is a text");
    }

    private <T> T found(String value, ValueType<T> type) throws Exception {
        Problems problems = problems("key: " + value);
        T found = root(problems).find("key", type).orElseThrow();
        assertThat(problems.isEmpty()).isTrue();
        return found;
    }

    private String problem(String value, ValueType<?> type) throws Exception {
        Problems problems = problems("key: " + value);
        assertThat(root(problems).find("key", type)).isEmpty();
        assertThat(problems.inFileOrder()).hasSize(1);
        return problems.inFileOrder().getFirst().message();
    }

    private Object free(String value) throws Exception {
        Problems problems = problems("values: {value: " + value + "}");
        Map<String, Object> values =
                root(problems).values("values", ValueType.text(), Objection.NONE);
        assertThat(problems.isEmpty()).isTrue();
        return values.values().iterator().next();
    }

    private Problems problems(String text) throws Exception {
        return new Problems(Files.writeString(temp.resolve("file"), text));
    }

    private static Section root(Problems problems) {
        return new Section(LocatedYaml.read(problems.file(), problems).orElseThrow(), problems);
    }
}
