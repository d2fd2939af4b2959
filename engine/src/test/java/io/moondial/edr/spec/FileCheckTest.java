package io.moondial.edr.spec;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.problem.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileCheckTest {
    private static final EdrSpec SPEC = EdrSpec.builtIn();
    private static final String HEADER = "#HEADER|FILENAME=/edr/a.edr|TIME_START=100|HOSTNAME=h\n";
    private static final String AT = "2021-09-30 05:00:54.079<L-1-00000001>";
    private static final String ABORT = AT + "USSD-ABORT|DIRECTION=in\n";

    @TempDir Path folder;

    @Test
    void a_file_that_conforms_has_no_problem() throws IOException {
        assertThat(check(complete(HEADER + ABORT + ABORT, 2))).isEmpty();
    }

    @Test
    void each_problem_names_file_line_and_field() throws IOException {
        assertThat(
                        check(
                                complete(
                                        HEADER
                                                + AT
                                                + "USSD-ABORT|DIRECTION=%4\n"
                                                + AT
                                                + "USSD-PROCESS-R|COLOR=1|TEXT=x\nrubbish\n",
                                        3)))
                .containsExactly(
                        "a.edr:2:59: DIRECTION has \"%4\"; a % is followed by two hex digits, and one of the text is written %25",
                        "a.edr:2: DIRECTION is \"%4\"; it can be in or out",
                        "a.edr:3: USSD-PROCESS-R has no field COLOR; it has DIRECTION, LTID, PUSH_ID, RESUMES, TEXT",
                        "a.edr:4:1: a record begins with its time, YYYY-MM-DD HH:MM:SS.sss");
    }

    @Test
    void a_file_without_records_conforms_as_one_that_was_moved_early_has_none() throws IOException {
        assertThat(check(complete(HEADER, 0))).isEmpty();
    }

    @Test
    void a_file_name_that_is_not_a_full_path_is_told() throws IOException {
        String header = HEADER.replace("/edr/a.edr", "bla");
        assertThat(check(complete(header + ABORT, 1)))
                .containsExactly(
                        "a.edr:1: FILENAME is \"bla\"; it is the full path of the complete file,"
                                + " from / on");
    }

    @Test
    void fields_of_the_footer_that_are_swapped_or_more_are_told() throws IOException {
        String content = HEADER + ABORT;
        assertThat(
                        check(
                                content
                                        + "#FOOTER|TIME_FINISH=150|NUM_BYTES=%d|NUM_EDRS=1|FOO=1\n"
                                                .formatted(content.length())))
                .containsExactly(
                        "a.edr:3:39: NUM_EDRS comes after NUM_BYTES; a #FOOTER has TIME_FINISH,"
                                + " NUM_EDRS, NUM_BYTES, in this order",
                        "a.edr:3:50: FOO is no field of a #FOOTER; it has TIME_FINISH, NUM_EDRS,"
                                + " NUM_BYTES, in this order");
    }

    @Test
    void counts_that_do_not_add_up_are_told() throws IOException {
        assertThat(check(HEADER + ABORT + "#FOOTER|TIME_FINISH=99|NUM_EDRS=2|NUM_BYTES=5\n"))
                .containsExactly(
                        "a.edr:3: NUM_EDRS is 2; the file has 1 records",
                        "a.edr:3: NUM_BYTES is 5; header and records have %d octets"
                                .formatted((HEADER + ABORT).length()),
                        "a.edr:3: TIME_FINISH is 99; the header's TIME_START is later, 100");
    }

    @Test
    void a_file_that_lacks_header_or_footer_or_its_end_is_told() throws IOException {
        assertThat(check(""))
                .containsExactly("a.edr: there is no #FOOTER; a complete file ends with one");
        assertThat(check(HEADER + ABORT + AT))
                .containsExactly(
                        "a.edr:3: the last line does not end in a line feed; it was torn off",
                        "a.edr: there is no #FOOTER; a complete file ends with one");
        assertThat(check(complete(ABORT, 1)))
                .containsExactly("a.edr:1: the first line is not a #HEADER");
        assertThat(check(complete(HEADER + HEADER + ABORT, 1)))
                .containsExactly(
                        "a.edr:2: there is a #HEADER within the file; it is the first line");
        assertThat(check(complete(HEADER + ABORT, 1) + ABORT))
                .containsExactly(
                        "a.edr:4: there is a line after the footer; the footer is the last");
    }

    @Test
    void a_header_or_a_footer_that_cannot_be_read_is_told_once() throws IOException {
        assertThat(check(complete("#HEADER|TIME_START=100|HOSTNAME=h\n" + ABORT, 1)))
                .containsExactly(
                        "a.edr:1:1: FILENAME is missing; a #HEADER has FILENAME, TIME_START, HOSTNAME,"
                                + " in this order");
        assertThat(check(HEADER + ABORT + "#FOOTER|TIME_FINISH=150|NUM_EDRS=x|NUM_BYTES=1\n"))
                .containsExactly("a.edr:3:1: NUM_EDRS is \"x\"; it is a whole number");
    }

    @Test
    void a_compressed_file_is_told_to_be_one_and_nothing_else_of_it() throws IOException {
        var file = folder.resolve("a.edr");
        try (var out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(
                    complete(HEADER + ABORT.repeat(5_000), 5_000).getBytes(StandardCharsets.UTF_8));
        }

        assertThat(SPEC.check(file))
                .extracting(Problem::toString)
                .containsExactly(
                        file
                                + ":1:1: the file is compressed with gzip, and EDR files are read as"
                                + " text; decompress it first: gunzip -c FILE | ussd edr -");
    }

    @Test
    void a_file_in_progress_needs_no_footer() throws IOException {
        var part = folder.resolve("a.edr.part");
        Files.writeString(part, HEADER + ABORT + AT);

        assertThat(SPEC.check(part)).isEmpty();
    }

    @Test
    void any_octets_at_all_are_checked_without_an_exception() throws IOException {
        var random = new Random(3);
        String model = complete(HEADER + ABORT + AT + "USSD-REQUEST-R|REASON=Timeout\n", 2);
        for (int i = 0; i < 2_000; i++) {
            var octets = model.getBytes(StandardCharsets.UTF_8);
            for (int hits = random.nextInt(8); hits >= 0; hits--) {
                octets[random.nextInt(octets.length)] = (byte) random.nextInt(256);
            }
            var file = folder.resolve("random.edr");
            Files.write(file, octets);
            assertThat(SPEC.check(file)).allMatch(problem -> !problem.message().isEmpty());
        }
    }

    private static String complete(String content, int records) {
        return content
                + "#FOOTER|TIME_FINISH=150|NUM_EDRS=%d|NUM_BYTES=%d\n"
                        .formatted(records, content.length());
    }

    private List<String> check(String content) throws IOException {
        var file = folder.resolve("a.edr");
        Files.writeString(file, content);
        return SPEC.check(file).stream()
                .map(Problem::toString)
                .map(text -> text.replace(folder + "/", ""))
                .toList();
    }
}
