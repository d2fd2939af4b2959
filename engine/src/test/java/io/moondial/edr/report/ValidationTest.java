package io.moondial.edr.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.edr.Edr;
import io.moondial.edr.spec.EdrSpec;
import io.moondial.problem.Problem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValidationTest {
    private static final String END = "USSD-END|DIRECTION=in";

    private final List<String> problems = new ArrayList<>();
    private final Validation validation = new Validation(EdrSpec.builtIn(), this::note);

    @TempDir Path folder;

    @Test
    void files_that_were_written_under_load_are_as_specified() throws Exception {
        int threads = 4;
        int records = 2_000;
        try (var app = Written.app(folder, 700)) {
            var producers =
                    IntStream.range(0, threads)
                            .mapToObj(
                                    t ->
                                            Thread.ofPlatform()
                                                    .start(
                                                            () -> {
                                                                for (int i = 0; i < records; i++) {
                                                                    app.write("ussd", menu(t, i));
                                                                }
                                                            }))
                            .toList();
            for (var producer : producers) {
                producer.join();
            }
        }

        check(folder);

        assertThat(problems).isEmpty();
        assertThat(validation.isGood()).isTrue();
        assertThat(validation.summary()).isEqualTo("8000 records in 12 files: all as specified");
    }

    @Test
    void a_bad_escape_is_told_with_its_column() throws IOException {
        check(Written.file(folder, "a.edr", Written.line(0, "USSD-PROCESS-R|TEXT=100%2")));

        assertThat(problems)
                .containsExactly(
                        "a.edr:2:65: TEXT has \"%2\"; a % is followed by two hex digits, and one of the text is written %25");
    }

    @Test
    void a_wrong_type_is_told_with_its_field() throws IOException {
        check(
                Written.file(
                        folder,
                        "a.edr",
                        Written.line(0, END),
                        Written.line(1, "USSD-PROCESS-E|ERROR_CODE=busy")));

        assertThat(problems)
                .containsExactly(
                        "a.edr:3: ERROR_CODE is \"busy\"; it can be a whole number from 0");
    }

    @Test
    void an_unknown_field_of_an_event_of_ours_is_told_and_of_a_scripts_own_is_not()
            throws IOException {
        check(
                Written.file(
                        folder,
                        "a.edr",
                        Written.line(0, "USSD-END|COLOUR=red|DIRECTION=in"),
                        Written.line(1, "TOPUP|COLOUR=red")));

        assertThat(problems)
                .containsExactly(
                        "a.edr:2: USSD-END has no field COLOUR; it has DIRECTION, LTID, PUSH_ID");
    }

    @Test
    void fields_out_of_order_are_told() throws IOException {
        check(
                Written.file(
                        folder,
                        "a.edr",
                        Written.line(0, "USSD-PROCESS-R|TEXT=x"),
                        Written.line(0, "USSD-NOTIFY|TEXT=x|DIRECTION=out")));

        assertThat(problems)
                .containsExactly(
                        "a.edr:3:61: DIRECTION comes after TEXT; fields stand in alphabetical order");
    }

    @Test
    void counts_of_records_and_octets_that_do_not_add_up_are_told() throws IOException {
        String content = Written.HEADER + Written.line(0, END);
        check(Written.text(folder, "a.edr", content + Written.footer(2, content.length() - 1)));

        assertThat(problems)
                .containsExactly(
                        "a.edr:3: NUM_EDRS is 2; the file has 1 records",
                        "a.edr:3: NUM_BYTES is %d; header and records have %d octets"
                                .formatted(content.length() - 1, content.length()));
    }

    @Test
    void a_missing_footer_is_told_unless_the_file_is_in_progress() throws IOException {
        String content = Written.HEADER + Written.line(0, END);
        Written.text(folder, "a.edr", content);
        Written.text(folder, "b.edr.part", content);
        check(folder);

        assertThat(problems)
                .containsExactly("a.edr: there is no #FOOTER; a complete file ends with one");
        assertThat(validation.summary()).isEqualTo("2 records in 2 files: 1 problem");
    }

    @Test
    void a_folder_whose_folders_have_the_files_is_told_with_the_name_of_one() throws IOException {
        Files.createDirectory(folder.resolve("empty"));
        Written.file(Files.createDirectory(folder.resolve("ussd")), "a.edr");
        check(folder);

        assertThat(problems)
                .containsExactly(
                        folder
                                + ": no EDR file (*.edr, *.edr.part) in it; the folders in it are not "
                                + "looked into: name them, such as ussd");
        assertThat(validation.isGood()).isFalse();
    }

    @Test
    void a_folder_that_has_compressed_files_alone_is_told_to_be_unpacked() throws IOException {
        Written.text(folder, "a.edr.gz", "");
        check(folder);

        assertThat(problems).singleElement().asString().contains("unpack them first");
    }

    @Test
    void a_file_under_two_names_is_checked_once() throws IOException {
        Path file = Written.file(folder, "a.edr", Written.line(0, END));
        Files.createSymbolicLink(folder.resolve("b.edr"), file);
        validation.check(
                new EdrInput(
                        List.of(folder, file, folder.resolve("..").resolve(file)),
                        InputStream.nullInputStream()));

        assertThat(validation.summary()).isEqualTo("1 record in 1 file: all as specified");
    }

    @Test
    void events_without_a_specification_are_counted_and_the_first_of_them_named()
            throws IOException {
        check(
                Written.file(
                        folder,
                        "a.edr",
                        Written.line(0, "TOPUP|A=1"),
                        Written.line(1, "BALANCE"),
                        Written.line(2, "TOPUP"),
                        Written.line(3, END)));
        assertThat(problems).isEmpty();
        assertThat(validation.summary())
                .isEqualTo(
                        "4 records in 1 file: 1 as specified; 3 of events without a specification: BALANCE, TOPUP");

        check(
                Written.file(
                        folder,
                        "b.edr",
                        IntStream.range(0, 20)
                                .mapToObj(i -> Written.line(0, "X" + i))
                                .toArray(String[]::new)));
        check(Written.file(folder, "c.edr", Written.line(0, "USSD-PROCESS-R|TEXT=100%2")));
        assertThat(validation.summary())
                .startsWith("25 records in 3 files: 1 problem; 23 of events without")
                .endsWith(", X9 and others");
    }

    @Test
    void the_standard_input_is_checked_as_one_complete_file() throws IOException {
        String content = Written.HEADER + Written.line(0, END);
        var input = new ByteArrayInputStream(content.getBytes(StandardCharsets.US_ASCII));
        validation.check(new EdrInput(List.of(EdrInput.STANDARD_INPUT), input));

        assertThat(problems)
                .containsExactly("-: there is no #FOOTER; a complete file ends with one");
    }

    private static Edr menu(int thread, int number) {
        return Written.edr(
                Written.line(
                        number % 10,
                        thread * 10_000 + number,
                        "USSD-REQUEST|DIRECTION=out|TEXT=1. Add-ons%0A2. " + number));
    }

    private void check(Path path) throws IOException {
        validation.check(new EdrInput(List.of(path), InputStream.nullInputStream()));
    }

    private void note(Problem problem) {
        problems.add(problem.toString().replace(folder + "/", ""));
    }
}
