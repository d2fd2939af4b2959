package io.moondial.cli.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.admin.AdminServer;
import io.moondial.admin.AdminSettings;
import io.moondial.admin.PushesResource;
import io.moondial.cli.ExitCode;
import io.moondial.cli.InProcess;
import io.moondial.config.WrittenSettings;
import io.moondial.dialog.DialogFact.Screen;
import io.moondial.metrics.Counters;
import io.moondial.push.MemoryPushes;
import io.moondial.push.PushOrder;
import io.moondial.push.PushOrder.Priority;
import io.moondial.push.PushReport.State;
import io.moondial.push.PushSettings;
import io.moondial.push.Pushes.Why;
import io.moondial.time.HandMovedTime;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** {@code ussd push}, against an interface with pushes that a test moves on. */
class PushCommandTest {
    private static final String NUMBER = "27761234567";

    @TempDir Path folder;
    private final HandMovedTime time = new HandMovedTime();
    private final MemoryPushes pushes = new MemoryPushes(time, 5_000);
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private AdminServer server;

    @BeforeEach
    void serve() throws Exception {
        PushSettings settings =
                WrittenSettings.settings(PushSettings.schema(), "route: hlr", "scripts: [survey]");
        server =
                new AdminServer(
                        folder.resolve("s"),
                        4,
                        WrittenSettings.settings(AdminSettings.class),
                        new Counters(),
                        time,
                        List.of(new PushesResource(pushes, () -> settings, new Counters(), time)));
    }

    @AfterEach
    void close() {
        server.close();
    }

    private String[] withSocket(String... arguments) {
        return Stream.concat(
                        Stream.of(arguments), Stream.of("--socket", folder.resolve("s").toString()))
                .toArray(String[]::new);
    }

    private int ussd(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return InProcess.ussd(out, err, withSocket(arguments));
    }

    private String list(String... lines) throws Exception {
        return Files.writeString(folder.resolve("list"), String.join("\n", lines) + "\n")
                .toString();
    }

    private List<String> numbers() {
        return pushes.orders().stream().map(PushOrder::msisdn).toList();
    }

    private static PushOrder.Text hello() {
        return new PushOrder.Text(Screen.NOTIFY, "Hello");
    }

    // ---- one

    @Test
    void a_text_is_ordered_and_its_push_is_named() {
        assertThat(ussd("push", "--msisdn", NUMBER, "Hello")).isZero();
        assertThat(out.toString())
                .isEqualTo("p1  27761234567     notify       queued%n".formatted());
        assertThat(pushes.orders()).containsExactly(PushOrder.of(NUMBER, hello(), "api local"));
    }

    @Test
    void every_option_reaches_the_order() {
        assertThat(
                        ussd(
                                "push",
                                "--msisdn",
                                NUMBER,
                                "--script",
                                "survey",
                                "--args",
                                "{\"n\": 1}",
                                "--expires",
                                "30m",
                                "--urgent",
                                "--idempotency-key",
                                "k1",
                                "--at-least-once",
                                "--callback",
                                "--alerting-pattern",
                                "7"))
                .as(err.toString())
                .isZero();
        assertThat(pushes.orders())
                .containsExactly(
                        new PushOrder(
                                NUMBER,
                                new PushOrder.Script("survey", "{\"n\":1}"),
                                Priority.URGENT,
                                "api local",
                                new PushOrder.After(Duration.ofMinutes(30)),
                                "k1",
                                true,
                                true,
                                7));
    }

    @Test
    void a_menu_of_low_priority_is_one_and_a_text_like_a_verb_comes_after_two_hyphens() {
        assertThat(ussd("push", "--menu", "--low", "--msisdn", NUMBER, "1. Yes")).isZero();
        PushOrder order = pushes.orders().getFirst();
        assertThat(order.content()).isEqualTo(new PushOrder.Text(Screen.MENU, "1. Yes"));
        assertThat(order.priority()).isEqualTo(Priority.LOW);
        assertThat(
                        InProcess.ussd(
                                out,
                                err,
                                "push",
                                "--socket",
                                folder.resolve("s").toString(),
                                "--msisdn",
                                NUMBER,
                                "--",
                                "status"))
                .isZero();
        assertThat(pushes.orders().getLast().content())
                .isEqualTo(new PushOrder.Text(Screen.NOTIFY, "status"));
    }

    @ParameterizedTest
    @CsvSource({"COMPLETED, 0", "FAILED, 1", "EXPIRED, 1", "CANCELLED, 1", "UNKNOWN, 1"})
    void with_wait_the_exit_code_says_how_it_ended(State state, int code) {
        pushes.each(it -> MemoryPushes.in(state, it));
        assertThat(ussd("push", "--msisdn", NUMBER, "--wait", "Hello")).isEqualTo(code);
        assertThat(out.toString()).contains("p1  27761234567     notify       " + state.word());
    }

    @Test
    void json_is_the_report() {
        assertThat(ussd("push", "--msisdn", NUMBER, "--json", "Hello")).isZero();
        assertThat(out.toString())
                .startsWith("{\"push_id\":\"p1\",\"msisdn\":\"27761234567\",\"what\":\"notify\"");
    }

    @Test
    void what_the_engine_refuses_is_told() {
        assertThat(ussd("push", "--msisdn", "+27761234567", "Hello")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString())
                .isEqualTo(
                        "ussd: the engine refuses: msisdn is '+27761234567'; allowed are 5 to 15 digits, country code first, without + or 00%n"
                                .formatted());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    push --msisdn 27761234567                             | what to push is missing: a TEXT, or --script KEY
                    push Hello                                            | one of --msisdn DIGITS and --file LIST is needed, and not both
                    push --msisdn 27761234567 --file x Hello              | one of --msisdn DIGITS and --file LIST is needed, and not both
                    push --msisdn 27761234567 Hello World                 | the text is one argument: put it in quotes
                    push --msisdn 27761234567 --script survey Hello       | a TEXT and --script exclude each other
                    push --msisdn 27761234567 --script survey --menu      | --menu is for a TEXT; a script has screens of its own
                    push --msisdn 27761234567 --args {} Hello             | --args is for --script
                    push --msisdn 27761234567 --script survey --args [1]  | --args is no JSON object; allowed is one such as {"amount": 50}
                    push --msisdn 27761234567 --script survey --args {    | --args is no JSON; allowed is an object, such as {"amount": 50}
                    push --msisdn 27761234567 --urgent --low Hello        | --urgent and --low exclude each other
                    """)
    void what_makes_no_sense_is_refused_before_anything_is_asked(String command, String message) {
        assertThat(ussd(command.split(" "))).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).startsWith("ussd: " + message + System.lineSeparator());
        assertThat(pushes.orders()).isEmpty();
    }

    @Test
    void a_text_is_written_on_one_line_or_on_several() throws Exception {
        String several = "1. Yes\n2. No \\o/";
        String one = "1. Yes\\n2. No \\\\o/";
        assertThat(ussd("push", "--msisdn", NUMBER, one)).as(err.toString()).isZero();
        assertThat(ussd("push", "--file", list("msisdn,text", NUMBER + ',' + one))).isZero();
        assertThat(ussd("push", "--msisdn", NUMBER, "1. Yes\n2. No \\\\o/")).isZero();
        assertThat(pushes.orders())
                .extracting(PushOrder::content)
                .hasSize(3)
                .containsOnly(new PushOrder.Text(Screen.NOTIFY, several));
    }

    @Test
    void a_backslash_that_means_nothing_is_refused() throws Exception {
        String why =
                "the text has a backslash before %s; allowed are \\n, a new line, and \\\\, a backslash";
        assertThat(ussd("push", "--msisdn", NUMBER, "1\\t2")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).contains(why.formatted("'t'"));
        assertThat(ussd("push", "--file", list("msisdn,text", NUMBER + ",a\\")))
                .isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).contains("list:2: " + why.formatted("its end"));
        assertThat(pushes.orders()).isEmpty();
    }

    // ---- a list

    @Test
    void each_number_of_a_list_is_a_push_and_a_second_run_orders_none_again() throws Exception {
        String file = list("# the first", "27761234561", "", "27761234562\r", "  27761234563 ");
        assertThat(ussd("push", "--file", file, "Hello")).as(err.toString()).isZero();
        assertThat(numbers()).containsExactly("27761234561", "27761234562", "27761234563");
        assertThat(err.toString()).isEqualTo("ussd: 3 accepted, 0 refused: queued 3%n".formatted());
        pushes.change("p2", it -> MemoryPushes.in(State.COMPLETED, it));
        assertThat(ussd("push", "--file", file, "Hello")).isZero();
        assertThat(numbers()).hasSize(3);
        assertThat(err.toString())
                .isEqualTo(
                        "ussd: 3 accepted (3 of them before), 0 refused: completed 1, queued 2%n"
                                .formatted());
    }

    @Test
    void another_text_another_option_or_another_key_is_another_order() throws Exception {
        String file = list("27761234561", "27761234561");
        assertThat(ussd("push", "--file", file, "Hello")).isZero();
        assertThat(numbers()).hasSize(2); // a line is an order, whatever its number
        assertThat(ussd("push", "--file", file, "Good bye")).isZero();
        assertThat(numbers()).hasSize(4);
        assertThat(ussd("push", "--file", file, "--menu", "Hello")).isZero();
        assertThat(numbers()).hasSize(6);
        assertThat(ussd("push", "--file", file, "--idempotency-key", "friday", "Hello")).isZero();
        assertThat(numbers()).hasSize(8);
        assertThat(ussd("push", "--file", list("27761234561"), "Hello")).isZero();
        assertThat(numbers()).as("a list that has lost a line").hasSize(8);
    }

    @Test
    void a_list_that_has_got_more_lines_orders_only_these() throws Exception {
        assertThat(ussd("push", "--file", list("27761234561", "27761234562"), "Hello")).isZero();
        String longer =
                list("# more", "27761234563", "27761234562", "27761234561", "27761234562", "");
        assertThat(ussd("push", "--file", longer, "Hello")).isZero();
        assertThat(numbers())
                .as("one is new, and one is there a second time")
                .containsExactly("27761234561", "27761234562", "27761234563", "27761234562");
        assertThat(err.toString())
                .isEqualTo(
                        "ussd: 4 accepted (2 of them before), 0 refused: queued 4%n".formatted());
    }

    @Test
    void a_line_is_known_by_its_order_and_not_by_how_it_is_written() throws Exception {
        String first = list("msisdn,name,amount", "27761234561,Ann,50", "27761234562,Ben,50");
        assertThat(ussd("push", "--script", "survey", "--file", first)).isZero();
        String second = list("amount;msisdn;name", "50;27761234562;\"Ben\"", "60;27761234561;Ann");
        assertThat(ussd("push", "--script", "survey", "--file", second)).isZero();
        assertThat(numbers()).containsExactly("27761234561", "27761234562", "27761234561");
        String third =
                list(
                        "{\"text\": \"a\", \"msisdn\": \"27761234561\"}",
                        "{\"msisdn\":\"27761234561\",\"text\":\"a\"}");
        assertThat(ussd("push", "--file", third)).isZero();
        assertThat(ussd("push", "--file", third)).isZero();
        assertThat(numbers()).as("two lines, of which each is an order").hasSize(5);
    }

    @Test
    void between_two_questions_for_the_end_there_is_a_pause() throws Exception {
        PushCommand command = new PushCommand();
        List<Duration> waits = new ArrayList<>();
        command.pausing(
                duration -> {
                    waits.add(duration);
                    pushes.change("p1", it -> MemoryPushes.in(State.COMPLETED, it));
                });
        pushes.answerAtOnce();
        CommandLine line = new CommandLine(command);
        line.setOut(new java.io.PrintWriter(out, true));
        line.setErr(new java.io.PrintWriter(err, true));
        assertThat(line.execute(withSocket("--msisdn", NUMBER, "--wait", "Hello")))
                .as(err.toString())
                .isZero();
        assertThat(waits).containsExactly(Duration.ofSeconds(1));
    }

    @Test
    void columns_are_the_args_of_a_script() throws Exception {
        String file =
                list(
                        "name;msisdn;amount",
                        "\"Ann; B\";27761234561;50",
                        "\"the \"\"X\"\"\";27761234562;");
        assertThat(
                        ussd(
                                "push",
                                "--file",
                                file,
                                "--script",
                                "survey",
                                "--args",
                                "{\"amount\": 1, \"round\": 2}"))
                .as(err.toString())
                .isZero();
        assertThat(pushes.orders().stream().map(PushOrder::content))
                .containsExactly(
                        new PushOrder.Script(
                                "survey", "{\"amount\":\"50\",\"name\":\"Ann; B\",\"round\":2}"),
                        new PushOrder.Script(
                                "survey",
                                "{\"amount\":\"\",\"name\":\"the \\\"X\\\"\",\"round\":2}"));
    }

    @Test
    void a_column_can_be_the_text() throws Exception {
        assertThat(ussd("push", "--menu", "--file", list("msisdn,text", "27761234561,\"1, 2?\"")))
                .as(err.toString())
                .isZero();
        assertThat(pushes.orders().getFirst().content())
                .isEqualTo(new PushOrder.Text(Screen.MENU, "1, 2?"));
    }

    @Test
    void blanks_around_a_value_of_a_column_are_left_out_but_for_those_in_its_quotes()
            throws Exception {
        String file =
                list("msisdn, \"text\"", "27761234561, \"1, 2?\"", "\"27761234562\" ,\t\" a \" ");
        assertThat(ussd("push", "--file", file)).as(err.toString()).isZero();
        assertThat(pushes.orders().stream().map(PushOrder::content))
                .containsExactly(
                        new PushOrder.Text(Screen.NOTIFY, "1, 2?"),
                        new PushOrder.Text(Screen.NOTIFY, " a "));
    }

    @Test
    void a_line_of_json_is_an_order_and_has_the_rest_from_the_command() throws Exception {
        String file =
                list(
                        "{\"msisdn\": \"27761234561\"}",
                        "{\"msisdn\": \"27761234562\", \"text\": \"Own\", \"priority\": \"urgent\"}",
                        "{\"msisdn\": \"27761234563\", \"script\": \"survey\", \"args\": {\"n\": 1}}");
        assertThat(ussd("push", "--low", "--file", file, "Hello")).as(err.toString()).isZero();
        assertThat(pushes.orders().stream().map(PushOrder::content))
                .containsExactly(
                        hello(),
                        new PushOrder.Text(Screen.NOTIFY, "Own"),
                        new PushOrder.Script("survey", "{\"n\":1}"));
        assertThat(pushes.orders().stream().map(PushOrder::priority))
                .containsExactly(Priority.LOW, Priority.URGENT, Priority.LOW);
    }

    @Test
    void a_wrong_line_keeps_all_from_being_ordered() throws Exception {
        String file = list("27761234561", "2776x", "+27761234561");
        assertThat(ussd("push", "--file", file, "Hello")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString())
                .contains(
                        file
                                + ":2: '2776x' is no number; allowed are 5 to 15 digits, country code first, without + or 00\n2776x\n",
                        file + ":3: '+27761234561' is no number");
        assertThat(pushes.orders()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "-",
            textBlock =
                    """
                    # nothing                                    | the list is empty: it has a number on each line
                    msisdn                                       | the list is empty: it has a number on each line
                    {"msisdn": 27761234561}                      | msisdn is missing; it is a string: 5 to 15 digits, country code first, without + or 00
                    {"msisdn": "27761234561"                     | it is no JSON; allowed is one object a line
                    msisdn,name~27761234561,Ann                  | the column 'name' is for the args of a script: name it with --script
                    msisdn,msisdn~27761234561,27761234561        | the column 'msisdn' is there twice
                    msisdn,~27761234561,1                        | a column has no name
                    msisdn,text~27761234561                      | it has 1 columns, and the first line names 2
                    msisdn,text~27761234561,"a                   | a quoted value does not end on its line
                    msisdn,text~27761234561,"a"b                 | after a quoted value comes ','
                    """)
    void what_is_wrong_with_a_list_is_said(String lines, String message) throws Exception {
        String file = list(lines.split("~"));
        assertThat(ussd("push", "--file", file, "Hello")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).contains(message);
        assertThat(pushes.orders()).isEmpty();
    }

    @Test
    void a_list_without_a_text_or_a_script_needs_them_on_its_lines() throws Exception {
        assertThat(ussd("push", "--file", list("27761234561"))).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).contains("neither it nor the command says a text or a script");
    }

    @Test
    void a_refused_line_is_told_and_the_others_are_ordered() throws Exception {
        String file =
                list(
                        "{\"msisdn\": \"27761234561\", \"text\": \"a\", \"kind\": \"x\"}",
                        "{\"msisdn\": \"27761234562\", \"text\": \"b\"}");
        assertThat(ussd("push", "--file", file)).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString())
                .isEqualTo(
                        "ussd: line 1 is refused: kind is 'x'; allowed are notify, menu%nussd: 1 accepted, 1 refused: queued 1%n"
                                .formatted());
        assertThat(numbers()).containsExactly("27761234562");
    }

    @Test
    void a_run_waits_while_the_queue_is_full_and_then_goes_on() throws Exception {
        PushCommand command = new PushCommand();
        List<Duration> waits = new ArrayList<>();
        command.pausing(
                duration -> {
                    waits.add(duration);
                    if (waits.size() == 2) {
                        pushes.refuse(null, "");
                    }
                });
        pushes.refuse(Why.FULL, "all places are taken");
        CommandLine line = new CommandLine(command);
        line.setOut(new java.io.PrintWriter(out, true));
        line.setErr(new java.io.PrintWriter(err, true));
        int code = line.execute(withSocket("--file", list("27761234561", "27761234562"), "Hello"));
        assertThat(code).as(err.toString()).isZero();
        assertThat(waits).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(1));
        assertThat(err.toString())
                .isEqualTo(
                        "ussd: 0 of 2 are ordered; waiting: all places are taken%nussd: 2 accepted, 0 refused: queued 2%n"
                                .formatted());
        assertThat(numbers()).hasSize(2);
    }

    @Test
    void without_an_engine_it_says_where_it_stopped() throws Exception {
        server.close();
        assertThat(ussd("push", "--file", list("27761234561"), "Hello"))
                .isEqualTo(ExitCode.NOT_STARTED);
        assertThat(err.toString())
                .startsWith(
                        "ussd: 0 of 1 were ordered; the same command goes on with the rest%nussd: no engine answers"
                                .formatted());
    }

    @Test
    void a_long_list_tells_how_far_it_is() throws Exception {
        String file =
                list(
                        IntStream.range(0, 2_000)
                                .mapToObj(it -> Long.toString(27_760_000_000L + it))
                                .toArray(String[]::new));
        assertThat(ussd("push", "--file", file, "Hello")).isZero();
        assertThat(err.toString())
                .isEqualTo(
                        "ussd: 1000 of 2000 are ordered%nussd: 2000 accepted, 0 refused: queued 2000%n"
                                .formatted());
    }

    @Test
    void with_wait_the_sum_says_how_all_have_ended() throws Exception {
        int[] count = {0};
        pushes.each(it -> MemoryPushes.in(count[0]++ == 0 ? State.EXPIRED : State.COMPLETED, it));
        assertThat(ussd("push", "--wait", "--file", list("27761234561", "27761234562"), "Hello"))
                .isEqualTo(ExitCode.FAILED);
        assertThat(err.toString())
                .endsWith("ussd: 2 accepted, 0 refused: completed 1, expired 1%n".formatted());
        assertThat(out.toString()).contains("p1", "expired", "p2", "completed");
    }

    // ---- the verbs

    @Test
    void a_push_is_shown_listed_and_withdrawn() {
        ussd("push", "--msisdn", NUMBER, "Hello");
        ussd("push", "--msisdn", NUMBER, "Hello again");
        assertThat(ussd("push", "status", "p1")).isZero();
        assertThat(out.toString())
                .contains("push       p1", "state      queued", "by api local", "attempts   0");
        pushes.hold("quiet_hours");
        ussd("push", "status", "p1");
        assertThat(out.toString()).contains("state      queued none begins now: quiet_hours");
        pushes.hold(null);
        assertThat(ussd("push", "cancel", "p1")).isZero();
        assertThat(out.toString()).contains("p1  27761234567     notify       cancelled");
        assertThat(ussd("push", "list", "--only", "queued")).isZero();
        assertThat(out.toString()).startsWith("p2  ").doesNotContain("p1");
        assertThat(ussd("push", "list", "--limit", "1")).isZero();
        assertThat(out.toString()).contains("there are older ones that match");
        pushes.change("p2", it -> MemoryPushes.in(State.SENT, it));
        assertThat(ussd("push", "cancel", "p2")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains("push p2 is sent: it is too late to withdraw it");
        assertThat(ussd("push", "status", "p3")).isEqualTo(ExitCode.FAILED);
    }
}
