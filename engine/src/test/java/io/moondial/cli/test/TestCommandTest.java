package io.moondial.cli.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.cli.ExitCode;
import io.moondial.cli.InProcess;
import io.moondial.cli.UssdProcess;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code ussd test} as a person or a script meets it. */
class TestCommandTest {
    private static final String GOOD =
            """
            test "good"
            tags smoke
            dial *1#
            menu Well?
            answer 1
            respond You said 1
            """;
    private static final String BAD =
            """
            test "bad"
            dial *1#
            menu Badly?
            answer 1
            respond You said 1
            """;

    @TempDir Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private String rules = "";

    @BeforeEach
    void writeRules() throws IOException {
        script("return 'You said ' .. require('ussd').menu('Well?')");
        Path file = folder.resolve("rules.yaml");
        Files.writeString(file, "process: {triggers: [{script_key: main}]}\nlog: {level: error}\n");
        rules = file.toString();
    }

    private void script(String lua) throws IOException {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(folder.resolve("scripts/main.lua"), lua);
    }

    private Path dialog(String name, String content) throws IOException {
        return Files.writeString(folder.resolve("scripts").resolve(name), content);
    }

    private int test(String... arguments) {
        String[] all = new String[arguments.length + 3];
        all[0] = "test";
        all[1] = "--rules";
        all[2] = rules;
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        return InProcess.ussd(out, err, all);
    }

    @Test
    void good_tests_beside_the_scripts_end_in_0_and_write_no_edr_file() throws IOException {
        dialog("a.dialog", GOOD);

        assertThat(test()).isZero();

        assertThat(out.toString()).endsWith("a.dialog: 1 test, 1 passed\n1 test, 1 passed\n");
        assertThat(folder.resolve("edr")).doesNotExist();
    }

    @Test
    void a_folder_with_rules_of_its_own_has_its_own_tests() throws IOException {
        dialog("a.dialog", GOOD);
        Path own = Files.createDirectories(folder.resolve("scripts/deep/own"));
        Files.writeString(own.resolve("rules.yaml"), "process: {script_dir: ., triggers: []}\n");
        Files.createDirectories(own.resolve("more"));
        Files.writeString(own.resolve("more/b.dialog"), BAD);
        Files.writeString(folder.resolve("scripts/deep/c.dialog"), GOOD);

        assertThat(test()).isZero();
        assertThat(out.toString()).endsWith("\n2 tests, 2 passed\n").doesNotContain("b.dialog");

        Files.writeString(own.resolve("main.lua"), "return 'own'");
        Files.writeString(
                own.resolve("rules.yaml"),
                "process: {script_dir: ., triggers: [{script_key: main}]}\n");
        String[] ofItsOwn = {"test", "--rules", own.resolve("rules.yaml").toString()};
        assertThat(InProcess.ussd(out, err, ofItsOwn)).isEqualTo(ExitCode.FAILED);
        assertThat(out.toString()).contains("FAIL " + own.resolve("more/b.dialog"));
        StringWriter rulesAgain = new StringWriter();
        String[] check = {"check", "--rules", own.resolve("rules.yaml").toString()};
        assertThat(InProcess.ussd(rulesAgain, err, check)).isZero();
        assertThat(rulesAgain.toString()).contains("script_dir: \".\"");

        assertThat(test(own.toString())).isEqualTo(ExitCode.FAILED);
        assertThat(out.toString()).contains("b.dialog");
    }

    @Test
    void a_test_that_forgets_its_dialog_says_so_and_the_network_says_nothing() throws IOException {
        Files.writeString(
                Path.of(rules), "process: {triggers: [{script_key: main}]}\nlog: {level: info}\n");
        dialog("a.dialog", "test \"forgotten\"\ndial *1#\nmenu Well?\n");

        assertThat(test()).isEqualTo(ExitCode.FAILED);

        assertThat(out.toString()).contains("the dialog is still open at the end of the test");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void a_failing_test_ends_in_1() throws IOException {
        dialog("a.dialog", GOOD + BAD);

        assertThat(test()).isEqualTo(ExitCode.FAILED);

        assertThat(out.toString()).contains("- Badly?", "+ Well?", "2 tests, 1 passed, 1 failed");
    }

    @Test
    void no_test_found_ends_in_2() throws IOException {
        Path scripts = folder.resolve("scripts");
        assertThat(test()).isEqualTo(ExitCode.BAD_INPUT);
        Path file = dialog("a.dialog", "# only a comment\n");
        assertThat(test()).isEqualTo(ExitCode.BAD_INPUT);
        dialog("a.dialog", GOOD);
        assertThat(test("--filter", "nothing")).isEqualTo(ExitCode.BAD_INPUT);
        dialog("b.dialog", BAD);
        assertThat(test("--filter", "nothing")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString().lines())
                .containsExactly(
                        "ussd: no test found: there is no file *.dialog in " + scripts,
                        "ussd: no test found: there is no test in " + file,
                        "ussd: no test found: one test is in %s, and --filter 'nothing' leaves none of them"
                                .formatted(scripts),
                        "ussd: no test found: 2 tests are in %s, and --filter 'nothing' leaves none of them"
                                .formatted(scripts));
        Files.writeString(
                Path.of(rules),
                "process: {triggers: [{script_key: main}]}\nnotify: {triggers: [{script_key: main}]}\n");
        assertThat(test("--filter", "nothing")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString())
                .endsWith(
                        "2 tests are in "
                                + scripts
                                + ", and --filter 'nothing' leaves none of them\n");
        assertThat(test(folder.resolve("none").toString())).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).contains("none: there is no such file or folder");
    }

    @ParameterizedTest
    @CsvSource({
        "'', 08:00 2026-01-05, 22:30 2026-07-05",
        "time_zone: Africa/Nairobi, 11:00 2026-01-05, 00:30 2026-07-06",
        "time_zone: Europe/Paris, 09:00 2026-01-05, 23:30 2026-07-05",
    })
    void times_are_in_the_zone_of_the_rules_on_any_host(String zone, String always, String moment)
            throws Exception {
        script("return os.date('%H:%M %Y-%m-%d')");
        dialog(
                "a.dialog",
                """
                test "the time as always"
                dial *1#
                respond %s

                test "a local time"
                given time 2026-07-05T22:30:00
                dial *1#
                respond 22:30 2026-07-05

                test "a moment"
                given time 2026-07-05T22:30:00+01:00
                dial *1#
                respond %s
                """
                        .formatted(always, moment));
        Files.writeString(Path.of(rules), zone + "\nprocess: {triggers: [{script_key: main}]}\n");
        Process process =
                UssdProcess.start(List.of("-Duser.timezone=Asia/Tokyo"), "test", "--rules", rules);
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(said).contains("3 tests, 3 passed");
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void what_a_test_says_of_itself_may_follow_a_before_that_dials() throws IOException {
        script(
                """
                local choice = ussd.menu("Well?")
                return choice .. " at " .. os.date("%Y")
                """);
        dialog(
                "a.dialog",
                """
                before
                dial *1#
                menu Well?

                test "the answer is ${n}"
                tags slow
                given time 2031-01-01T00:00:00Z
                each n
                     7
                     8
                answer ${n}
                respond ${n} at 2031
                """);

        assertThat(test()).isZero();
        assertThat(out.toString()).contains("2 tests, 2 passed");
        assertThat(test("--filter", "tag:slow")).isZero();
    }

    @Test
    void what_fails_in_one_before_is_told_once_with_all_tests_that_it_broke() throws IOException {
        StringBuilder tests = new StringBuilder("before\ndial *1#\nmenu Badly?\n");
        for (int i = 1; i <= 23; i++) {
            tests.append("\ntest \"number %d\"\nanswer 1\nrespond You said 1\n".formatted(i));
        }
        Path file = dialog("a.dialog", tests + "\nbefore\n" + BAD);

        assertThat(test()).isEqualTo(ExitCode.FAILED);

        assertThat(out.toString())
                .containsOnlyOnce(file + ":3: ")
                .contains("FAIL " + file + ":5: number 1\n")
                .contains("  the same in the 'before' of 22 more tests:\n")
                .contains("    FAIL " + file + ":9: number 2\n")
                .contains("    FAIL " + file + ":93: number 23\n")
                .contains("bad")
                .contains("24 tests, 0 passed, 24 failed");
        assertThat(out.toString().lines()).hasSizeLessThan(90);
    }

    @Test
    void a_file_that_cannot_be_read_ends_in_2_with_a_caret() throws IOException {
        dialog("a.dialog", "test \"x\"\ndial *1#\nmeno Well?\n");

        assertThat(test()).isEqualTo(ExitCode.BAD_INPUT);

        assertThat(err.toString())
                .contains("a.dialog:3:1: unknown word 'meno'; did you mean menu?\nmeno Well?\n^");
    }

    @Test
    void a_script_that_does_not_compile_ends_in_2() throws IOException {
        dialog("a.dialog", GOOD);
        script("return 'You said");

        assertThat(test()).isEqualTo(ExitCode.BAD_INPUT);

        assertThat(err.toString()).contains("main.lua:1:");
    }

    @Test
    void a_global_that_the_rules_do_not_have_ends_in_2() throws IOException {
        dialog("a.dialog", "test \"x\"\ngiven global CURENCY EUR\ndial *1#\nabandon\n");

        assertThat(test()).isEqualTo(ExitCode.BAD_INPUT);

        assertThat(err.toString()).contains("a.dialog:2:1: the rules have no global CURENCY");
    }

    @Test
    void a_filter_chooses_and_fail_fast_stops() throws IOException {
        dialog("a.dialog", BAD);
        dialog("b.dialog", GOOD);

        assertThat(test("--filter", "tag:smoke")).isZero();
        assertThat(test("--fail-fast")).isEqualTo(ExitCode.FAILED);

        assertThat(out.toString()).endsWith("1 test, 0 passed, 1 failed\n");
    }

    @Test
    void json_has_an_object_a_line() throws IOException {
        dialog("a.dialog", GOOD + BAD);

        assertThat(test("--json")).isEqualTo(ExitCode.FAILED);

        String[] lines = out.toString().split("\n", -1);
        assertThat(lines).hasSize(3);
        assertThat(lines[0]).contains("\"name\":\"good\",\"status\":\"passed\"");
        assertThat(lines[1])
                .contains("\"status\":\"failed\"", "\"expected\":\"Badly?\",\"actual\":\"Well?\"");
    }

    @Test
    void random_numbers_follow_the_seed_that_is_given() throws IOException {
        script("return 'You drew ' .. math.random(1000000)");
        String drawing = "\ndial *1#\nrespond ?\n\n";
        Path file =
                dialog(
                        "a.dialog",
                        ("test \"one\"\ngiven seed 42" + drawing)
                                + ("test \"the same\"\ngiven seed 42" + drawing)
                                + ("test \"another\"\ngiven seed 43" + drawing));

        assertThat(test("--update")).isZero();

        List<String> drawn =
                Files.readAllLines(file).stream().filter(line -> line.startsWith("resp")).toList();
        assertThat(drawn).hasSize(3).first().asString().matches("respond You drew \\d+");
        assertThat(drawn.get(1)).isEqualTo(drawn.getFirst());
        assertThat(drawn.getLast()).isNotEqualTo(drawn.getFirst());
    }

    @Test
    void an_update_goes_on_until_all_screens_are_as_they_come() throws IOException {
        Path file = dialog("a.dialog", "test \"x\"\ndial *1#\nnotify a\nanswer 1\nrespond b\n");

        assertThat(test("--update")).isZero();

        assertThat(file)
                .hasContent("test \"x\"\ndial *1#\nmenu Well?\nanswer 1\nrespond You said 1\n");
        assertThat(err.toString()).contains("2 screens updated");
    }

    @Test
    void a_junit_report_is_written_beside() throws IOException {
        dialog("a.dialog", GOOD);
        Path report = folder.resolve("report.xml");

        assertThat(test("--junit", report.toString())).isZero();

        assertThat(report).content().contains("<testsuites tests=\"1\" failures=\"0\"");
    }

    @Test
    void a_junit_report_into_a_folder_that_is_not_there_is_refused_before_a_test_is_run()
            throws IOException {
        dialog("a.dialog", GOOD);
        Path missing = folder.resolve("missing");

        assertThat(test("--junit", missing.resolve("report.xml").toString()))
                .isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).contains("there is no folder " + missing + "; make it first");
        assertThat(out.toString()).isEmpty();
        assertThat(missing).doesNotExist();

        assertThat(test("--junit", folder.toString())).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).contains("is a folder: name a file");
    }

    @Test
    void a_conversation_is_recorded_as_a_test_that_passes() throws IOException {
        Path file = folder.resolve("scripts/new.dialog");
        InputStream before = System.in;
        System.setIn(
                new ByteArrayInputStream(
                        "from 2776\ndial *1#\nanswer 7\n".getBytes(StandardCharsets.UTF_8)));
        try {
            assertThat(test("--record", file.toString())).isZero();
        } finally {
            System.setIn(before);
        }

        assertThat(out.toString()).isEqualTo("menu Well?\nrespond You said 7\n");
        assertThat(file)
                .hasContent(
                        """
                        test "dial *1#"
                        from 2776
                        dial *1#
                        menu Well?
                        answer 7
                        respond You said 7
                        """);
        assertThat(test()).isZero();
    }

    @Test
    void a_dialog_that_is_left_open_is_recorded_as_such() throws IOException {
        Path file = folder.resolve("scripts/new.dialog");
        InputStream before = System.in;
        System.setIn(
                new ByteArrayInputStream(
                        "dial *1#\nleave open\n".getBytes(StandardCharsets.UTF_8)));
        try {
            assertThat(test("--record", file.toString())).as(err.toString()).isZero();
        } finally {
            System.setIn(before);
        }

        assertThat(file)
                .hasContent(
                        """
                        test "dial *1#"
                        dial *1#
                        menu Well?
                        leave open
                        """);
        assertThat(test()).isZero();
    }

    @Test
    void a_dialled_conversation_is_recorded_as_a_test_that_passes() throws IOException {
        Path file = folder.resolve("scripts/new.dialog");
        for (int i = 0; i < 2; i++) {
            int code =
                    InProcess.ussd(
                            out,
                            err,
                            "dial",
                            "--rules",
                            rules,
                            "--record",
                            file.toString(),
                            "--ssn",
                            "147",
                            "*1#",
                            "7");
            assertThat(code).isZero();
        }

        assertThat(file).content().contains("test \"dial *1#\"\nssn 147\ndial *1#\nmenu Well?\n");
        assertThat(file).content().contains("test \"dial *1# (2)\"\n");
        assertThat(test()).isZero();
    }

    @Test
    void a_watch_runs_again_what_a_save_touches_until_it_is_interrupted() throws Exception {
        dialog("a.dialog", GOOD);
        dialog("b.dialog", GOOD.replace("good", "untouched"));
        Thread watch = Thread.ofPlatform().start(() -> test("--watch"));
        Duration patience = Duration.ofSeconds(60);
        try {
            Awaitility.await()
                    .atMost(patience)
                    .until(() -> out.toString().endsWith("2 tests, 2 passed\n"));
            dialog("a.dialog", GOOD + BAD);
            Awaitility.await()
                    .atMost(patience)
                    .until(() -> out.toString().endsWith("2 tests, 1 passed, 1 failed\n"));
            assertThat(out.toString().split("b.dialog", -1)).hasSize(2);
            script("return 'You said ' .. require('ussd').menu('Badly?')");
            Awaitility.await()
                    .atMost(patience)
                    .until(() -> out.toString().endsWith("3 tests, 1 passed, 2 failed\n"));
        } finally {
            watch.interrupt();
            watch.join(patience);
        }
        assertThat(watch.isAlive()).isFalse();
    }
}
