package io.moondial.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command as a person or a script meets it: what it prints where, and its exit code. */
class UssdTest {
    @TempDir Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int ussd(String... arguments) {
        return InProcess.ussd(out, err, arguments);
    }

    /** Rules under which every code runs this script. */
    private String rules(String lua) throws IOException {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(folder.resolve("scripts/main.lua"), lua);
        Path file = folder.resolve("rules.yaml");
        Files.writeString(
                file,
                """
                process: {triggers: [{script_key: main}]}
                notify: {triggers: [{script_key: main}]}
                log: {level: error}
                """);
        return file.toString();
    }

    private List<Path> edrFiles() throws IOException {
        Path edr = folder.resolve("edr");
        if (!Files.exists(edr)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(edr)) {
            return files.toList();
        }
    }

    @Test
    void the_manual_page_has_each_verb_and_option_and_nothing_that_roff_takes_for_a_request() {
        assertThat(ussd("man")).isZero();
        String page = out.toString();
        List<String> names = new ArrayList<>();
        for (CommandLine verb : Ussd.commandLine().getSubcommands().values()) {
            CommandLine.Model.CommandSpec spec = verb.getCommandSpec();
            if (!spec.usageMessage().hidden()) {
                names.add(".SS ussd " + spec.name());
                spec.options().stream()
                        .filter(it -> !it.hidden() && !it.usageHelp() && !it.versionHelp())
                        .forEach(it -> names.add("\\fB" + it.longestName().replace("-", "\\-")));
            }
        }
        assertThat(names).hasSizeGreaterThan(50);
        assertThat(page).contains(names).doesNotContain("${", "%n", "null");
        assertThat(page.lines())
                .allMatch(
                        it -> it.matches("\\.(TH|SH|SS|TP|PP|B|I)( .*)?") || it.matches("[^.'].*"));
    }

    @Test
    void an_interface_open_to_others_is_an_error_for_check_and_no_start_for_serve()
            throws Exception {
        String rules = rules("return 'x'");
        Files.writeString(
                Path.of(rules), "\nadmin: {listen: \"0.0.0.0:0\"}\n", StandardOpenOption.APPEND);
        assertThat(ussd("check", "--rules", rules)).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString())
                .startsWith(
                        rules
                                + ":5:17: listen: other machines can reach 0.0.0.0:0, and passwords would go in clear: ");
        err.getBuffer().setLength(0);
        assertThat(ussd("serve", "--rules", rules)).isEqualTo(ExitCode.NOT_STARTED);
        assertThat(err.toString())
                .startsWith("ussd: could not start: " + rules + ":5:17: listen: other machines")
                .hasLineCount(1);
        err.getBuffer().setLength(0);
        Files.writeString(Path.of(rules), "nonsense: 1\n", StandardOpenOption.APPEND);
        assertThat(ussd("serve", "--rules", rules)).isEqualTo(ExitCode.BAD_INPUT);
    }

    @Test
    void serve_prints_all_that_keeps_an_interface_from_being_open_to_others() throws Exception {
        String rules = rules("return 'x'");
        Files.writeString(
                Path.of(rules),
                "\nadmin: {listen: \"0.0.0.0:0\", users: none}\n",
                StandardOpenOption.APPEND);
        assertThat(ussd("serve", "--rules", rules)).isEqualTo(ExitCode.NOT_STARTED);
        assertThat(err.toString())
                .startsWith(rules + ":5:17: listen: other machines can reach 0.0.0.0:0, ")
                .contains(":5:37: users: nobody can log in over TCP: there is no file ");
        assertThat(err.toString().lines())
                .last()
                .asString()
                .startsWith("ussd: could not start: " + rules + ":5:17: listen: ");
    }

    @Test
    void without_a_verb_it_says_what_there_is() {
        assertThat(ussd()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).contains("a verb is missing", "serve", "dial", "check");
    }

    @Test
    void pushes_are_not_measured_over_sigtran_and_it_is_said_why() {
        assertThat(ussd("bench", "--push", "--network", "sigtran")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString())
                .startsWith(
                        "ussd: --push cannot be combined with --network sigtran: pushes are ordered in the process of the engine, and that is another one there; leave --network out");
    }

    @Test
    void a_command_line_that_makes_no_sense_gets_the_reason_and_one_hint() {
        assertThat(ussd("dial", "--mssidn", "27761485722", "*1#")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(ussd("dial", "--ssn", "six", "*1#")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(ussd("dail", "*1#")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(ussd("serve", "--pcap-files", "0")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(ussd("check", "more")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(ussd("test", "--filter")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(ussd("edr", "--msisdn", "+27")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(ussd("bench", "--rate", "fast")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(ussd("bench", "--stand-ins", "x.dialog", "--script", "x"))
                .isEqualTo(ExitCode.BAD_INPUT);
        assertThat(ussd("bench", "--msisdn", "27761485722")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString().lines())
                .containsExactly(
                        "ussd: Unknown option: '--mssidn'; did you mean --msisdn?",
                        "ussd: ussd dial --help lists the options",
                        "ussd: Invalid value for option '--ssn': 'six' is not a whole number",
                        "ussd: ussd dial --help lists the options",
                        "ussd: 'dail' is not a verb; did you mean dial?",
                        "ussd: verbs are serve, dial, demo, new, editor, test, handset, status, trace, reload, dialogs, push, check, import, edr, bench, user, man; ussd --help explains them",
                        "ussd: --pcap-files is 0; at least 1 is allowed",
                        "ussd: ussd serve --help lists the options",
                        "ussd: 'more' is one argument too many",
                        "ussd: ussd check --help lists the options",
                        "ussd: Missing required parameter for option '--filter' (WORDS)",
                        "ussd: ussd test --help lists the options",
                        "ussd: Invalid value for option '--msisdn': '+27' is not a number: 1 to 38 digits are allowed, as of 27761485722, without + and without :NOA:NPI",
                        "ussd: ussd edr --help lists the options",
                        "ussd: Invalid value for option '--rate': 'fast' is not a number",
                        "ussd: ussd bench --help lists the options",
                        "ussd: --stand-ins FILE says who dials, what is dialled and what is answered, and cannot be combined with --script, --msisdn or --answers",
                        "ussd: ussd bench --help lists the options",
                        "ussd: --msisdn and --answers need a --script",
                        "ussd: ussd bench --help lists the options");
    }

    @Test
    void a_number_with_a_plus_is_to_be_written_without_it() {
        for (String option : List.of("--msisdn", "--destination", "--origination")) {
            err.getBuffer().setLength(0);
            assertThat(ussd("dial", option, "+255712500078", "*1#")).isEqualTo(ExitCode.BAD_INPUT);
            assertThat(err.toString())
                    .contains(
                            "'+255712500078' begins with +: write the digits alone, country code first, without +");
        }
    }

    @Test
    void the_help_has_a_whole_sentence_on_one_line_for_every_verb() {
        assertThat(ussd("--help")).isZero();
        List<String> lines =
                out.toString()
                        .lines()
                        .dropWhile(line -> !line.equals("Verbs:"))
                        .skip(1)
                        .takeWhile(line -> !line.isEmpty())
                        .toList();
        assertThat(lines)
                .hasSize(18)
                .allSatisfy(line -> assertThat(line).matches("  [a-z]+ +[A-Z].*[.]"));
    }

    /** A line that is broken by hand is broken once more where it does not fit. */
    @Test
    void no_sentence_of_a_help_is_broken_by_hand() {
        List<String> broken = new ArrayList<>();
        everyCommand(Ussd.commandLine())
                .map(it -> it.getCommandSpec())
                .forEach(
                        spec ->
                                Stream.concat(
                                                Stream.of(
                                                        spec.usageMessage().description(),
                                                        spec.usageMessage().footer()),
                                                spec.args().stream().map(it -> it.description()))
                                        .forEach(it -> broken.addAll(brokenLines(it))));
        assertThat(broken).isEmpty();
    }

    private static Stream<CommandLine> everyCommand(CommandLine line) {
        return Stream.concat(
                Stream.of(line),
                line.getSubcommands().values().stream().flatMap(UssdTest::everyCommand));
    }

    /** Those that go on in the next line; an example begins with a blank. */
    private static List<String> brokenLines(String... lines) {
        return IntStream.range(1, lines.length)
                .filter(
                        i ->
                                lines[i - 1].matches("[^ ].*[^.:]")
                                        && !lines[i].isEmpty()
                                        && !lines[i].startsWith(" "))
                .mapToObj(i -> lines[i - 1] + " | " + lines[i])
                .toList();
    }

    @Test
    void every_verb_explains_itself() {
        for (String verb : new String[] {"serve", "dial", "handset", "check"}) {
            assertThat(ussd(verb, "--help")).isZero();
            assertThat(out.toString()).contains("Usage: ussd " + verb, "--rules=FILE");
        }
    }

    @Test
    void the_version_is_the_builds() {
        assertThat(ussd("--version")).isZero();
        assertThat(out.toString()).startsWith("moondial 0.").doesNotContain("${");
    }

    @Test
    void a_dial_prints_the_conversation_and_leaves_one_complete_edr_file() throws IOException {
        String rules = rules("return 'You said ' .. ussd.menu('Well?\\nSay.')");
        assertThat(ussd("dial", "--rules", rules, "*1#", "hello")).isZero();
        assertThat(out.toString().lines())
                .containsExactly(
                        "menu Well?", "     Say.", "answer hello", "respond You said hello");
        assertThat(edrFiles()).singleElement().asString().endsWith(".edr");
        assertThat(Files.readAllLines(edrFiles().getFirst()))
                .hasSize(6)
                .last()
                .asString()
                .contains("NUM_EDRS=4");
    }

    @Test
    void a_dial_as_json_prints_an_object_a_screen() throws IOException {
        String rules = rules("ussd.notify('Wait')\nussd.menu('Well?')\nreturn ussd.decline(34)");
        assertThat(ussd("dial", "--json", "--rules", rules, "*1#", "x")).isZero();
        assertThat(out.toString().lines())
                .containsExactly(
                        "{\"kind\":\"notify\",\"text\":\"Wait\"}",
                        "{\"kind\":\"menu\",\"text\":\"Well?\"}",
                        "{\"kind\":\"decline\",\"code\":34}");
    }

    @Test
    void a_dialog_that_is_aborted_ends_with_1() throws IOException {
        assertThat(ussd("dial", "--rules", rules("error('boom')"), "*1#"))
                .isEqualTo(ExitCode.FAILED);
        assertThat(out.toString()).startsWith("abort");
    }

    @Test
    void a_dialog_that_is_closed_ends_with_0() throws IOException {
        assertThat(ussd("dial", "--rules", rules("ussd.close()"), "*1#")).isZero();
        assertThat(out.toString().strip()).isEqualTo("close");
    }

    @Test
    void a_subsystem_that_is_not_there_ends_with_1() throws IOException {
        assertThat(ussd("dial", "--ssn", "99", "--rules", rules("return 'x'"), "*1#"))
                .isEqualTo(ExitCode.FAILED);
        assertThat(edrFiles()).isEmpty();
    }

    @Test
    void answers_that_nobody_asked_for_are_mentioned() throws IOException {
        assertThat(ussd("dial", "--rules", rules("return 'x'"), "*1#", "1", "2")).isZero();
        assertThat(err.toString()).contains("answers not used: 1 2");
    }

    @Test
    void a_pushed_text_is_acknowledged() throws IOException {
        assertThat(ussd("dial", "--notify", "Hi", "--rules", rules("log.debug((...).text)")))
                .isZero();
        assertThat(out.toString().strip()).isEqualTo("acknowledge");
        assertThat(
                        ussd(
                                "dial",
                                "--notify",
                                "H\\ni",
                                "--rules",
                                rules("assert((...).text == 'H\\ni')")))
                .as("a text of two lines: %s", err)
                .isZero();
    }

    @Test
    void what_is_dialled_from_where_reaches_the_script() throws IOException {
        String rules =
                rules(
                        """
                        local r = ...
                        return table.concat({r.msisdn, r.msisdn_noa, r.imsi, r.destination_npi, r.origination,
                          r.dcs, r.local_ssn}, " ")
                        """);
        assertThat(
                        ussd(
                                "dial",
                                "--rules",
                                rules,
                                "--msisdn",
                                "0761485722:2:8",
                                "--imsi",
                                "655011420096316",
                                "--origination",
                                "64221420001",
                                "--dcs",
                                "72",
                                "--ssn",
                                "147",
                                "*1#"))
                .isZero();
        assertThat(out.toString().strip())
                .isEqualTo("respond 0761485722 2 655011420096316 6 64221420001 72 147");
    }

    @Test
    void a_final_text_that_comes_while_nobody_types_is_shown_and_ends_the_dial() throws Exception {
        String rules = rules("ussd.menu('Well?', {timeout = '50ms'})\nreturn 'Goodbye'");
        InputStream before = System.in;
        try (PipedOutputStream nobodyTypes = new PipedOutputStream()) {
            System.setIn(new PipedInputStream(nobodyTypes));
            assertThat(ussd("dial", "--rules", rules, "*1#")).isZero();
        } finally {
            System.setIn(before);
        }
        assertThat(out.toString().lines()).containsExactly("menu Well?", "respond Goodbye");
    }

    @Test
    void the_end_of_the_input_is_the_handset_giving_up() throws Exception {
        String rules = rules("ussd.menu('Well?')\nreturn 'never'");
        InputStream before = System.in;
        try {
            System.setIn(InputStream.nullInputStream());
            assertThat(ussd("dial", "--rules", rules, "*1#")).isEqualTo(ExitCode.FAILED);
        } finally {
            System.setIn(before);
        }
        assertThat(err.toString()).contains("the handset gives up");
        assertThat(Files.readString(edrFiles().getFirst())).contains("USSD-ABORT|DIRECTION=in");
    }

    @Test
    void an_engine_whose_records_have_nowhere_to_go_does_not_start() throws IOException {
        String rules = rules("return 'x'");
        Files.writeString(folder.resolve("edr"), "a file where the folder should be");
        assertThat(ussd("dial", "--rules", rules, "*1#")).isEqualTo(ExitCode.NOT_STARTED);
        assertThat(ussd("serve", "--rules", rules)).isEqualTo(ExitCode.NOT_STARTED);
        assertThat(err.toString()).contains("ussd: could not start: the EDR folder");
    }

    @Test
    void where_the_kernel_has_no_sctp_an_engine_that_needs_it_does_not_start_and_says_so()
            throws IOException {
        assumeTrue(!kernelHasSctp(), "skipped: this kernel has SCTP");
        Path file = Path.of(rules("return 'x'"));
        Files.writeString(
                file,
                """
                network:
                  sigtran:
                    point_code: 2
                    global_title: "27829000000"
                    application_servers:
                      - name: stp
                        mode: asp
                        point_codes: [1]
                        associations: [{name: a1, transport: sctp, connect: "127.0.0.1:2905"}]
                """,
                StandardOpenOption.APPEND);
        assertThat(ussd("serve", "--rules", file.toString())).isEqualTo(ExitCode.NOT_STARTED);
        assertThat(err.toString())
                .contains("ussd: could not start: this host has no SCTP")
                .contains("load the kernel module sctp and install libsctp1 (lksctp-tools)")
                .contains("transport: tcp");
        assertThat(out.toString()).doesNotContain("ready");
    }

    private static boolean kernelHasSctp() {
        try {
            com.sun.nio.sctp.SctpChannel.open().close();
            return true;
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    @Test
    void bad_usage_ends_with_2_and_says_what_is_allowed() throws IOException {
        String rules = rules("return 'x'");
        assertThat(ussd("dial", "--rules", rules)).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(ussd("dial", "--rules", rules, "--dcs", "300", "*1#"))
                .isEqualTo(ExitCode.BAD_INPUT);
        assertThat(ussd("dial", "--rules", rules, "--msisdn", "12x", "*1#"))
                .isEqualTo(ExitCode.BAD_INPUT);
        assertThat(ussd("dial", "--rules", rules, "--msisdn", "12:9:1", "*1#"))
                .isEqualTo(ExitCode.BAD_INPUT);
        assertThat(ussd("dial", "--rules", rules, "--imsi", "655x", "*1#"))
                .isEqualTo(ExitCode.BAD_INPUT);
        assertThat(ussd("dial", "--rules", rules, "*1#", "y".repeat(183)))
                .isEqualTo(ExitCode.BAD_INPUT);
        assertThat(ussd("dial", "--rules", rules, "x".repeat(183))).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString())
                .contains("nothing to dial")
                .contains("--dcs is 300; 0 to 255 is allowed")
                .contains("'12x' is not a number", "'655x' is not a number")
                .contains("'9' is not a number from 0 to 7")
                .contains("183");
    }

    @Test
    void rules_with_problems_and_scripts_that_do_not_compile_end_with_2_and_name_every_place()
            throws IOException {
        String rules = rules("local x = = 1");
        assertThat(ussd("check", "--rules", rules)).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).contains("scripts/main.lua:1:").contains("\nlocal x = = 1\n");
        Files.writeString(Path.of(rules), "process: {menu_timout: 30s}\ndialogs: {max: none}\n");
        for (String verb : new String[] {"check", "serve"}) {
            assertThat(ussd(verb, "--rules", rules)).isEqualTo(ExitCode.BAD_INPUT);
        }
        assertThat(err.toString())
                .contains(
                        "rules.yaml:1:11: ",
                        "did you mean menu_timeout?",
                        "rules.yaml:2:16: max: found none");
    }

    @Test
    void check_prints_the_effective_configuration() throws IOException {
        assertThat(ussd("check", "--rules", rules("return 'x'"))).isZero();
        assertThat(out.toString())
                .startsWith("process:\n")
                .contains("menu_timeout: 30s", "script_key: \"main\"");
    }

    @Test
    void check_shows_what_fails_once_it_is_reached() throws IOException {
        String rules = rules("if ... then\n  ussd.respnd('x')\nend");
        assertThat(ussd("check", "--rules", rules)).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString())
                .contains("scripts/main.lua:2:8: 'ussd' has no 'respnd'; did you mean 'respond'?")
                .contains("\n  ussd.respnd('x')\n       ^\n");
    }

    @Test
    void a_warning_is_shown_and_stops_nothing() throws IOException {
        String rules = rules("local ok, extra = pcall(require, 'extra')\nreturn 'x'");
        assertThat(ussd("check", "--rules", rules)).isZero();
        assertThat(err.toString())
                .contains("scripts/main.lua:1:34: warning: module 'extra' not found");
        assertThat(out.toString()).startsWith("process:\n");
    }

    @Test
    void check_warns_of_what_may_not_be_meant_and_is_content() throws IOException {
        String rules = rules("return 'x'");
        Files.writeString(
                Path.of(rules),
                Files.readString(Path.of(rules))
                        + """
                        network:
                          sigtran:
                            point_code: 2
                            global_title: "1"
                            application_servers:
                              - name: stp
                                mode: asp
                                point_codes: [1]
                                associations:
                                  - {name: a1, listen: "0.0.0.0:2905"}
                        """);

        assertThat(ussd("check", "--rules", rules)).isZero();
        assertThat(err.toString()).contains(": warning: listen: ", "  ^");
        assertThat(out.toString()).startsWith("process:\n");
    }
}
