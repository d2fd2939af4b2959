package io.moondial.edr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.edr.EdrFormat.EdrLineParser;
import io.moondial.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class EdrFileReaderTest {
    @TempDir Path folder;
    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("a.edr");
    }

    @Test
    void the_guides_example_of_a_file_is_read_and_adds_up() throws IOException {
        Files.writeString(
                file,
                """
                #HEADER|FILENAME=/var/edr/n2svcd_candyfloss_20210322005441924721_131977.edr|TIME_START=1616374481|HOSTNAME=candyfloss
                2021-03-22 00:54:41.919<Logic-1616374481-00000001>X
                #FOOTER|TIME_FINISH=1616374541|NUM_EDRS=1|NUM_BYTES=170
                """);
        try (var reader = EdrFileReader.open(file)) {
            var header = Objects.requireNonNull(reader.next());
            var event = Objects.requireNonNull(reader.next());
            var footer = Objects.requireNonNull(reader.next());

            assertThat(header.line())
                    .isEqualTo(
                            new EdrLine.Header(
                                    "/var/edr/n2svcd_candyfloss_20210322005441924721_131977.edr",
                                    1616374481,
                                    "candyfloss",
                                    List.of()));
            assertThat(header.length()).isEqualTo(118);
            assertThat(event.number()).isEqualTo(2);
            assertThat(event.line()).isInstanceOf(EdrLine.Event.class);
            assertThat(footer.line())
                    .isEqualTo(
                            new EdrLine.Footer(
                                    1616374541, 1, header.length() + event.length(), List.of()));
            assertThat(reader.next()).isNull();
            assertThat(reader.atEnd()).isNull();
        }
    }

    @Test
    void a_problem_names_file_line_and_column() throws IOException {
        Files.writeString(file, "\n2021-09-30 05:00:54.079<x>E|A=%4\n");

        assertThat(problems())
                .extracting(Problem::toString)
                .containsExactly(
                        file + ":1:1: a record begins with its time, YYYY-MM-DD HH:MM:SS.sss",
                        file
                                + ":2:31: A has \"%4\"; a % is followed by two hex digits, and one of the text is written %25");
    }

    @Test
    void a_growing_file_is_followed_and_half_a_line_waits_for_its_rest() throws IOException {
        Files.writeString(file, "2021-09-30 05:00:54.079<x>");
        try (var reader = EdrFileReader.open(file)) {
            assertThat(reader.next()).isNull();
            assertThat(reader.atEnd())
                    .hasToString(
                            file
                                    + ":1: the last line does not end in a line feed; it was torn"
                                    + " off");

            Files.writeString(file, "E\n2021", StandardOpenOption.APPEND);

            assertThat(Objects.requireNonNull(reader.next()).line())
                    .isInstanceOf(EdrLine.Event.class);
            assertThat(reader.next()).isNull();
        }
    }

    @Test
    void a_line_that_is_too_long_is_passed_over() throws IOException {
        Files.writeString(
                file,
                "x".repeat(EdrFileReader.MAX_LINE + 100_000) + "\n2021-09-30 05:00:54.079<x>E\n");

        assertThat(problems())
                .singleElement()
                .asString()
                .contains("is longer than 16777216 octets");
        assertThat(EdrFiles.lines(file).getLast()).isInstanceOf(EdrLine.Event.class);
    }

    @Test
    void a_line_of_a_million_fields_is_told_and_passed_over() throws IOException {
        String million = "|A=".repeat(1_000_000);
        Files.writeString(
                file,
                LINE + million + "\n" + LINE + "|L=" + ",".repeat(1_000_000) + "\n" + LINE + "\n");

        assertThat(problems())
                .extracting(Problem::message)
                .containsExactly(
                        "the line has more than 65536 fields or values; none of it is read",
                        "the line has more than 65536 fields or values; none of it is read");
        assertThat(EdrFiles.lines(file).getLast()).isInstanceOf(EdrLine.Event.class);
    }

    @Test
    void of_a_line_with_more_flaws_than_anybody_reads_the_first_ones_are_told() throws IOException {
        Files.writeString(file, LINE + "|A=" + "\u0001".repeat(1_000_000) + "\n");

        assertThat(problems())
                .hasSize(EdrLineParser.Flaws.MOST + 1)
                .last()
                .asString()
                .endsWith("the line has more than 100 flaws");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void a_device_or_a_pipe_is_no_file_of_records() {
        assertThatThrownBy(() -> EdrFileReader.open(Path.of("/dev/zero")))
                .hasMessageContaining("it is not a plain file; what a pipe or a device gives is");
    }

    @Test
    void whatever_octets_a_file_has_it_is_read_to_its_end() throws IOException {
        var random = new Random(11);
        for (int i = 0; i < 50; i++) {
            var octets = new byte[random.nextInt(200_000)];
            random.nextBytes(octets);
            Files.write(file, octets);

            long feeds = 0;
            for (byte octet : octets) {
                feeds += octet == '\n' ? 1 : 0;
            }
            assertThat(EdrFiles.lines(file)).hasSize((int) feeds);
        }
    }

    private static final String LINE = "2021-09-30 05:00:54.079<x>E";

    private List<Problem> problems() throws IOException {
        var problems = new ArrayList<Problem>();
        try (var reader = EdrFileReader.open(file)) {
            for (EdrFileReader.Entry entry; (entry = reader.next()) != null; ) {
                problems.addAll(entry.problems());
            }
        }
        return problems;
    }
}
