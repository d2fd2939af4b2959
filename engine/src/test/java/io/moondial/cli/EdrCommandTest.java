package io.moondial.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.cli.EdrCommand.EdrPrinter;
import io.moondial.edr.report.Dialogs.RecordFilter;
import io.moondial.edr.report.EdrInput;
import io.moondial.edr.report.Follower;
import io.moondial.edr.report.Written;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class EdrCommandTest {
    private static final String DIALLED =
            "USSD-PROCESS|DIRECTION=in|LRI=1|LTID=00000001|MSISDN=%s:1:1|RRI=1|RTID=02|TEXT=%%2A100%%23";
    private static final String BYE = "USSD-PROCESS-R|TEXT=Bye";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir Path folder;

    @Test
    void a_record_is_one_json_object_with_its_place_its_time_and_its_decoded_fields() {
        Path file =
                Written.file(
                        folder,
                        "a.edr",
                        Written.line(4, "TOPUP|LIST=a%2Cb,c|TEXT=%C3%A9%0A%22"),
                        Written.line(5, "USSD-NOTIFY-R"));

        assertThat(run(file)).isZero();
        assertThat(lines())
                .containsExactly(
                        "{\"file\":\"FOLDER/a.edr\",\"line\":2,\"at\":\"2021-09-30T05:00:54.079Z\","
                                + "\"instance_id\":\"Logic-1-00000001\",\"event\":\"TOPUP\","
                                + "\"fields\":{\"LIST\":[\"a,b\",\"c\"],\"TEXT\":\"é\\n\\\"\"}}",
                        "{\"file\":\"FOLDER/a.edr\",\"line\":3,\"at\":\"2021-09-30T05:00:55.079Z\","
                                + "\"instance_id\":\"Logic-1-00000001\",\"event\":\"USSD-NOTIFY-R\","
                                + "\"fields\":{}}");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void a_folder_stands_for_the_files_in_it_complete_and_in_progress_by_name() {
        Written.with(folder, 2, "ussd", Written.edrs("A", "B", "C"));
        Written.text(folder, "z.edr.part", Written.HEADER + Written.line(0, "D") + "2021-09-");
        Written.text(folder, "note.txt", "rubbish");

        assertThat(run(folder)).isZero();
        assertThat(lines())
                .extracting(line -> line.replaceAll(".*\"event\":\"([A-Z])\".*", "$1"))
                .containsExactly("A", "B", "C", "D");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void what_cannot_be_read_is_told_with_its_place_and_the_rest_is_printed() {
        Path file = Written.file(folder, "a.edr", "rubbish\n", Written.line(0, BYE));
        Path torn = Written.text(folder, "b.edr", Written.HEADER + Written.line(0, BYE) + "2021");

        assertThat(run(file, torn)).isEqualTo(ExitCode.FAILED);
        assertThat(lines()).hasSize(2);
        assertThat(err.toString().replace(folder.toString(), "FOLDER").lines())
                .containsExactly(
                        "FOLDER/a.edr:2:1: a record begins with its time, YYYY-MM-DD HH:MM:SS.sss",
                        "FOLDER/b.edr:3: the last line does not end in a line feed; it was torn off");
    }

    @Test
    void a_file_that_is_no_edr_file_is_told_once() {
        String why = "a record begins with its time, YYYY-MM-DD HH:MM:SS.sss";
        Path few = Written.text(folder, "few.yaml", "process:\n  a: b\nnotify:");
        Path many = Written.text(folder, "many.yaml", "process:\n".repeat(300));

        assertThat(run(few, many)).isEqualTo(ExitCode.FAILED);
        assertThat(lines()).isEmpty();
        assertThat(err.toString().replace(folder.toString(), "FOLDER").lines())
                .containsExactly(
                        "FOLDER/few.yaml:1:1: this is no EDR file: none of its 2 lines is a header, a record or a footer; of this one: "
                                + why,
                        "FOLDER/many.yaml:1:1: this is no EDR file: none of its first 10 lines is a header, a record or a footer; of this one: "
                                + why);
    }

    @Test
    void a_file_whose_beginning_is_damaged_is_read_from_where_it_can_be() {
        String few = "rubbish\n".repeat(10);
        Path whole = Written.text(folder, "a.edr", few + Written.line(0, BYE));
        Path part = Written.text(folder, "b.edr", few + few + Written.line(0, BYE));

        assertThat(run(whole)).isEqualTo(ExitCode.FAILED);
        assertThat(lines()).hasSize(1);
        assertThat(err.toString().lines()).hasSize(10);

        assertThat(run(part)).isEqualTo(ExitCode.FAILED);
        assertThat(lines()).hasSize(1);
        assertThat(err.toString().replace(folder.toString(), "FOLDER").lines())
                .satisfiesExactly(
                        line ->
                                assertThat(line)
                                        .startsWith("FOLDER/b.edr:1:1: this is no EDR file"),
                        line ->
                                assertThat(line)
                                        .isEqualTo(
                                                "FOLDER/b.edr:21: the first line that can be read; all before it are left out"));
    }

    @Test
    void records_are_picked_by_event_and_instance() {
        Path file = twoDialogs();

        assertThat(run("--event", "TOPUP", "--event", "USSD-PROCESS-R", file)).isZero();
        assertThat(lines()).hasSize(3);
        assertThat(run("--event", "TOPUP", "--instance", Written.instance(2), file)).isZero();
        assertThat(lines())
                .singleElement()
                .asString()
                .contains(Written.instance(2), "\"event\":\"TOPUP\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--instance=none", "--dialogs"})
    void an_event_that_nobody_knows_is_noted_and_one_that_did_not_happen_is_not(String more) {
        Path file = twoDialogs();

        assertThat(run("--event", "TOP-UP", "--event", "USSD-ABORT", more, file)).isZero();
        assertThat(err.toString())
                .isEqualTo(
                        "ussd: no record of event TOP-UP; "
                                + "there are records of TOPUP, USSD-PROCESS, USSD-PROCESS-R\n");
        assertThat(run("--event", "TOPUP", more, file)).isZero();
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void all_records_of_a_numbers_dialogs_are_picked_whatever_stream_they_are_in() {
        twoDialogs();
        Written.file(folder, "0.edr", Written.line(3, 1, "OWN"), Written.line(3, 2, "OWN"));

        assertThat(run("--msisdn", "271", folder)).isZero();
        assertThat(lines()).hasSize(3).allMatch(line -> line.contains(Written.instance(1)));
        assertThat(run("--msisdn", "27", folder)).isZero();
        assertThat(lines()).isEmpty();
    }

    @Test
    void all_records_of_a_subscribers_pushes_are_picked_those_of_the_script_too() {
        Written.file(
                folder,
                "a.edr",
                Written.line(0, 1, "PUSH|ATTEMPT=1|MSISDN=271:1:1|PUSH_ID=P1"),
                Written.line(1, 2, "USSD-REQUEST|DIRECTION=out|PUSH_ID=P1|TEXT=1. Yes"),
                Written.line(2, 2, "SURVEY|MARK=good"),
                Written.line(3, 3, "PUSH|ATTEMPT=1|MSISDN=272:1:1|PUSH_ID=P2"),
                Written.line(3, 3, "SURVEY|MARK=bad"),
                Written.line(4, 4, "PUSH-E|ATTEMPT=0|MSISDN=271:1:1|PUSH_ID=P3|STATE=expired"),
                Written.line(5, 2, "PUSH-R|ATTEMPT=1|MSISDN=271:1:1|PUSH_ID=P1"));

        assertThat(run("--msisdn", "271", folder)).isZero();
        assertThat(lines())
                .extracting(line -> line.replaceAll(".*\"event\":\"([^\"]*)\".*", "$1"))
                .containsExactly("PUSH", "USSD-REQUEST", "SURVEY", "PUSH-E", "PUSH-R");
    }

    @Test
    void a_dialog_is_one_json_object() {
        Path file =
                Written.file(
                        folder,
                        "a.edr",
                        Written.line(0, DIALLED.formatted("271")),
                        Written.line(1, "USSD-REQUEST|DIRECTION=out|TEXT=1. Yes"),
                        Written.line(2, "USSD-REQUEST-R|CONTROLLED=1|REASON=Input|TEXT=1"),
                        Written.line(3, BYE));

        assertThat(run("--dialogs", file)).isZero();
        assertThat(lines())
                .containsExactly(
                        "{\"instance_id\":\"Logic-1-00000001\",\"msisdn\":\"271\",\"code\":\"*100#\","
                                + "\"began\":\"2021-09-30T05:00:50.079Z\",\"took_ms\":3000,"
                                + "\"outcome\":\"responded\",\"final_text\":\"Bye\","
                                + "\"choices\":[{\"menu\":\"1. Yes\",\"answer\":\"1\"}],"
                                + "\"counts\":{\"menus\":1,\"timeouts\":0,\"late\":0,\"notifies\":0,"
                                + "\"errors\":0}}");
    }

    @Test
    void dialogs_are_picked_by_their_number() {
        Path file = twoDialogs();

        assertThat(run("--dialogs", "--msisdn", "272", file)).isZero();
        assertThat(lines()).singleElement().asString().contains("\"outcome\":\"unfinished\"");
    }

    @Test
    void a_validation_that_finds_nothing_says_how_much_it_saw_and_prints_nothing() {
        Written.with(folder, 2, "ussd", Written.edrs(DIALLED.formatted("271"), "TOPUP", BYE));

        assertThat(run("--validate", folder)).isZero();
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString())
                .isEqualTo(
                        "3 records in 2 files: 2 as specified; 1 of events without a specification: TOPUP\n");
    }

    @Test
    void a_validation_tells_every_problem_and_then_how_many() {
        Path file = Written.file(folder, "a.edr", Written.line(0, "USSD-END|DIRECTION=up"));

        assertThat(run("--validate", file)).isEqualTo(ExitCode.FAILED);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString().replace(folder.toString(), "FOLDER").lines())
                .containsExactly(
                        "FOLDER/a.edr:2: DIRECTION is \"up\"; it can be in or out",
                        "1 record in 1 file: 1 problem");
    }

    @Test
    void a_validation_that_had_nothing_to_check_is_a_failure() {
        assertThat(run("--validate", folder)).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString().replace(folder.toString(), "FOLDER").lines())
                .containsExactly(
                        "FOLDER: no EDR file (*.edr, *.edr.part) in it; "
                                + "name the files, or the folder that has them",
                        "0 records in 0 files: 1 problem");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--dialogs"})
    void a_folder_without_edr_files_is_noted(String mode) {
        assertThat(mode.isEmpty() ? run(folder) : run(mode, folder)).isZero();
        assertThat(err.toString()).contains(": no EDR file (*.edr, *.edr.part) in it; ");
    }

    @Test
    void a_file_that_is_named_twice_counts_once() {
        Path file = Written.file(folder, "a.edr", Written.line(0, "USSD-NOTIFY|DIRECTION=out"));

        assertThat(run("--dialogs", folder, file)).isZero();
        assertThat(lines()).singleElement().asString().contains("\"notifies\":1,");
    }

    @Test
    void a_file_that_has_just_got_its_other_name_is_read() {
        Written.file(folder, "a.edr", Written.line(0, BYE));
        Written.text(folder, "b.edr.part", Written.HEADER + Written.line(0, BYE) + "2021-");

        assertThat(run(folder.resolve("a.edr.part"), folder.resolve("b.edr"))).isZero();
        assertThat(lines()).hasSize(2);
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void an_operators_own_events_are_checked_against_the_folder_given() throws Exception {
        Path own = Files.createDirectory(folder.resolve("spec"));
        Files.writeString(
                own.resolve("TOPUP.yaml"),
                """
                event: TOPUP
                meaning: An account was topped up.
                source: ours
                example: "2021-09-30 05:00:54.079<Logic-1-00000001>TOPUP|AMOUNT=10"
                fields:
                  AMOUNT: {type: integer, min: 1, required: always, meaning: How much.}
                """);
        Path file = Written.file(folder, "a.edr", Written.line(0, "TOPUP|AMOUNT=0"));

        assertThat(run("--validate", "--spec", own, file)).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains("a.edr:2: AMOUNT is \"0\"");
        Files.writeString(own.resolve("TOPUP.yaml"), "event: TOPUP\n");
        assertThat(run("--validate", "--spec", own, file)).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).contains("TOPUP.yaml:1:1: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--follow --dialogs FOLDER",
                "--follow",
                "--follow FOLDER -",
                "--validate --dialogs FOLDER",
                "--validate --event TOPUP FOLDER",
                "--spec FOLDER FOLDER",
                "--msisdn +27761485722 FOLDER",
                "--msisdn 27761485722:1:1 FOLDER",
                "--msisdn abc FOLDER",
                "--msisdn 123456789012345678901234567890123456789 FOLDER",
                "FOLDER/none.edr"
            })
    void what_makes_no_sense_is_bad_usage(String words) {
        Object[] arguments = words.replace("FOLDER", folder.toString()).split(" ");

        assertThat(run(arguments)).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).isNotBlank();
    }

    @Test
    void what_nobody_reads_any_more_is_not_printed_on_and_on() {
        String[] many = new String[5_000];
        Arrays.fill(many, Written.line(0, BYE));
        var closed = new FailingWriter("Broken pipe");

        assertThat(runInto(closed, Written.file(folder, "a.edr", many))).isZero();
        assertThat(closed.writes).isEqualTo(1);
        assertThat(err.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--dialogs"})
    void output_that_a_full_disk_does_not_take_is_told_and_is_a_failure(String mode) {
        twoDialogs();
        var full = new BufferedWriter(new FailingWriter("No space left on device"));

        int code = mode.isEmpty() ? runInto(full, folder) : runInto(full, mode, folder);

        assertThat(code).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString())
                .startsWith("ussd: the output cannot be written: the disk is full; ");
    }

    @Test
    void following_into_a_full_disk_ends_with_a_failure() throws Exception {
        twoDialogs();
        var full = new EdrPrinter.EdrOutput(new FailingWriter("No space left on device"));
        var printer =
                new EdrPrinter(
                        new RecordFilter(List.of(), null, null), full, new PrintWriter(err, true));

        try (var follower =
                new Follower(
                        new EdrInput(List.of(folder), InputStream.nullInputStream()), printer)) {
            assertThatThrownBy(follower::look).isInstanceOf(EdrPrinter.EdrOutput.Unwritable.class);
        }
        assertThat(printer.exitCode()).isEqualTo(ExitCode.FAILED);
    }

    @Test
    void the_help_names_every_option() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString())
                .contains("--event=NAME", "--msisdn=DIGITS", "--instance=ID", "--dialogs")
                .contains("--follow", "--validate", "--spec=FOLDER", "FILE");
    }

    private Path twoDialogs() {
        return Written.file(
                folder,
                "a.edr",
                Written.line(0, 1, DIALLED.formatted("271")),
                Written.line(1, 2, DIALLED.formatted("272")),
                Written.line(2, 2, "TOPUP"),
                Written.line(3, 3, "TOPUP"),
                Written.line(4, 1, BYE));
    }

    private List<String> lines() {
        return out.toString().replace(folder.toString(), "FOLDER").lines().toList();
    }

    private int run(Object... arguments) {
        return runInto(out, arguments);
    }

    private int runInto(Writer records, Object... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        CommandLine line = Ussd.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        CommandLine edr = Objects.requireNonNull(line.getSubcommands().get("edr"));
        edr.<EdrCommand>getCommand().printTo(records);
        return line.execute(
                Stream.concat(Stream.of("edr"), Arrays.stream(arguments).map(Object::toString))
                        .toArray(String[]::new));
    }

    private static final class FailingWriter extends Writer {
        private final String why;
        private int writes;

        private FailingWriter(String why) {
            this.why = why;
        }

        @Override
        public void write(char[] text, int from, int length) throws IOException {
            writes++;
            throw new IOException(why);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
