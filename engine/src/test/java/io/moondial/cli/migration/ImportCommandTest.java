package io.moondial.cli.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.ConfigurationException;
import io.moondial.Rules;
import io.moondial.cli.InProcess;
import io.moondial.cli.migration.N2svcdConfiguration.Imported;
import io.moondial.problem.Problem;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The configuration of another system as it becomes rules. */
class ImportCommandTest {
    private static final Path RESOURCES =
            Path.of(
                    Objects.requireNonNull(System.getProperty("moondial.root")),
                    "engine/src/test/resources/io/moondial/cli/migration");
    private static final String SERVICE =
            "<service module=\"SigtranApp::ProcessUssdLuaService\" script_dir=\"/x\">%s</service>";

    @TempDir Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int ussd(String... arguments) {
        return InProcess.ussd(out, err, arguments);
    }

    /** A configuration with these services. */
    private static String logic(String services) {
        return "<n2svcd><applications><application name=\"Logic\" module=\"LogicApp\"><config><services>"
                + services
                + "</services></config></application></applications></n2svcd>";
    }

    private static String triggers(String triggers) {
        return logic(SERVICE.formatted("<triggers>" + triggers + "</triggers>"));
    }

    private Path file(String content) throws IOException {
        return Files.writeString(folder.resolve("n2svcd.xml"), content);
    }

    private Path made() {
        return folder.resolve("made");
    }

    private String rules() throws IOException {
        return Files.readString(made().resolve("rules.yaml"));
    }

    private int imports(String content) throws IOException {
        return ussd("import", file(content).toString(), made().toString());
    }

    private static void assertGolden(String name, String actual) throws IOException {
        Path file = RESOURCES.resolve(name);
        if (Boolean.getBoolean("moondial.update")) {
            Files.writeString(file, actual);
        }
        assertThat(actual).isEqualTo(Files.readString(file));
    }

    @Test
    void a_configuration_becomes_rules_and_what_is_left_out_is_told_by_its_place()
            throws IOException {
        Path operator = RESOURCES.resolve("operator.xml");

        assertThat(ussd("import", operator.toString(), made().toString())).isZero();

        assertGolden("operator.yaml", rules());
        assertGolden("operator.err", err.toString().replace(operator.toString(), "operator.xml"));
        assertGolden("operator.out", out.toString().replace(made().toString(), "DIR"));
        assertThat(rules() + err + out).doesNotContain("geheim");
        err.getBuffer().setLength(0);
        assertThat(ussd("check", "--rules", made().resolve("rules.yaml").toString()))
                .as(err.toString())
                .isZero();
    }

    @Test
    void the_links_pass_the_check_once_their_comments_are_taken_away() throws IOException {
        ussd("import", RESOURCES.resolve("operator.xml").toString(), made().toString());
        String rules = rules();
        String others = rules.substring(0, rules.indexOf("\nnetwork:"));
        String links =
                rules.substring(rules.indexOf("#network:"))
                        .lines()
                        .map(it -> it.substring(1))
                        .collect(Collectors.joining("\n", "\n", "\n"));
        Files.writeString(made().resolve("rules.yaml"), others + links);
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);

        assertThat(ussd("check", "--rules", made().resolve("rules.yaml").toString()))
                .as(err.toString())
                .isZero();
        assertThat(out.toString())
                .contains(
                        "point_code: 4114",
                        "10.42.2.155:14001",
                        "{prefix: \"2547\", point_code: 400}");
    }

    @Test
    void a_script_that_is_there_is_kept_and_can_be_dialled() throws IOException {
        Files.createDirectories(made().resolve("scripts"));
        Files.writeString(
                made().resolve("scripts/greeting.lua"),
                """
                local n2svcd = require "n2.n2svcd"
                return n2svcd.handler (function (request)
                  return "Hello, " .. request.msisdn .. " in " .. COUNTRY .. " of " .. APPLICATION_NAME
                end)
                """);
        assertThat(
                        imports(
                                logic(
                                        SERVICE.formatted(
                                                """
                                                <globals><global name="COUNTRY" value="Kenya"/></globals>
                                                <triggers>
                                                  <trigger ussd_string_prefix="*5#" script_key="greeting"/>
                                                  <trigger ussd_string_prefix="*6#" script_key="later"/>
                                                </triggers>
                                                """))))
                .isZero();
        assertThat(out.toString())
                .contains("made " + made().resolve("scripts/later.lua"))
                .doesNotContain("greeting.lua");
        String file = made().resolve("rules.yaml").toString();
        out.getBuffer().setLength(0);

        assertThat(ussd("dial", "--rules", file, "--msisdn", "254711000001", "*5#")).isZero();
        assertThat(ussd("dial", "--rules", file, "*6#")).isZero();

        assertThat(out.toString())
                .isEqualToNormalizingNewlines(
                        "respond Hello, 254711000001 in Kenya of Logic\ndecline 34\n");
    }

    @Test
    void rules_that_are_there_are_not_overwritten() throws IOException {
        Files.createDirectories(made());
        Files.writeString(made().resolve("rules.yaml"), "mine");

        assertThat(imports(triggers("<trigger script_key=\"a\"/>"))).isEqualTo(2);

        assertThat(rules()).isEqualTo("mine");
        assertThat(made().resolve("scripts")).doesNotExist();
        assertThat(err.toString()).contains("is there already, and nothing was made");
    }

    @Test
    void a_file_in_the_place_of_a_folder_stays_and_nothing_is_made() throws IOException {
        Path scripts = Files.createDirectories(made()).resolve("scripts");
        Files.writeString(scripts, "mine");

        assertThat(imports(triggers("<trigger script_key=\"a\"/>"))).isEqualTo(2);

        assertThat(scripts).hasContent("mine");
        assertThat(made().resolve("rules.yaml")).doesNotExist();
        assertThat(err.toString())
                .startsWith("ussd: " + scripts + " is no folder, and nothing was made: ");
        err.getBuffer().setLength(0);

        assertThat(
                        ussd(
                                "import",
                                folder.resolve("n2svcd.xml").toString(),
                                scripts.resolve("below").toString()))
                .isEqualTo(1);
        assertThat(err.toString()).startsWith("ussd: " + scripts + ": ");
    }

    @Test
    void what_cannot_be_made_as_a_whole_is_not_made_at_all() throws IOException {
        // a path of at most 4095 octets (Linux): the first script fits, the longer one does not
        Path deep = folder;
        while (deep.toString().length() < 3800) {
            deep = deep.resolve("d".repeat(200));
        }
        deep = deep.resolve("d".repeat(4060 - deep.toString().length() - 1));
        Path file =
                file(
                        triggers(
                                "<trigger ussd_string_prefix=\"*1#\" script_key=\"a\"/><trigger ussd_string_prefix=\"*2#\" script_key=\"b%s\"/>"
                                        .formatted("b".repeat(60))));
        Files.createDirectories(deep.getParent());

        assertThat(ussd("import", file.toString(), deep.toString())).isEqualTo(1);

        assertThat(err.toString()).contains("scripts/bbb");
        assertThat(deep).doesNotExist();
        assertThat(deep.getParent()).isEmptyDirectory();
    }

    @Test
    void a_link_that_leads_nowhere_is_not_written_through() throws IOException {
        Files.createDirectories(made());
        Path elsewhere = folder.resolve("elsewhere");
        Files.createSymbolicLink(made().resolve("rules.yaml"), elsewhere);

        assertThat(imports(triggers("<trigger script_key=\"a\"/>"))).isEqualTo(2);

        assertThat(elsewhere).doesNotExist();
        assertThat(made().resolve("scripts")).doesNotExist();
    }

    static Stream<Arguments> refusedFiles() {
        String good = triggers("<trigger script_key=\"a\"/>");
        return Stream.of(
                Arguments.of("", "n2svcd.xml: ", "the file is empty"),
                Arguments.of(" \n", "n2svcd.xml: ", "the file is empty"),
                Arguments.of("<n2svcd a='1' a='2'/>", "n2svcd.xml:1:", "well-formed"),
                Arguments.of(
                        "<n2svcd>" + "&amp;".repeat(200_000) + "</n2svcd>",
                        "n2svcd.xml:1:",
                        "beyond what is read"),
                Arguments.of(
                        "<n2svcd><" + "a".repeat(2000) + "/></n2svcd>",
                        "n2svcd.xml:1:",
                        "beyond what is read"),
                Arguments.of("process: {}\n", "n2svcd.xml:1:1: ", "well-formed"),
                Arguments.of("<n2svcd>\n<a>\n</b>\n</n2svcd>", "n2svcd.xml:3:", "well-formed"),
                Arguments.of("\n <rules/>", "n2svcd.xml:2:2: ", "its first element is <rules>"),
                Arguments.of("<n2svcd/>", "n2svcd.xml: ", "there is no USSD service in it"),
                Arguments.of(
                        logic("<service module=\"RestServerApp::RestLuaService\"/>"),
                        "n2svcd.xml: ",
                        "there is no USSD service in it"),
                Arguments.of(
                        "<!DOCTYPE n2svcd [<!ENTITY a \"b\">]>\n" + good,
                        "n2svcd.xml:1: ",
                        "a document type (<!DOCTYPE ...>) is not read"),
                Arguments.of(
                        "<!DOCTYPE n2svcd SYSTEM \"file:///etc/passwd\">\n" + good,
                        "n2svcd.xml:1: ",
                        "a document type (<!DOCTYPE ...>) is not read"),
                Arguments.of(good.replace("script_key=\"a\"", "script_key=\"&a;\""), "", "XML"),
                Arguments.of(
                        "<n2svcd>" + "<a>".repeat(40) + "</a>".repeat(40) + "</n2svcd>",
                        "n2svcd.xml:1:102: ",
                        "more than 32 elements in each other"),
                Arguments.of(
                        "<n2svcd>" + "<a/>".repeat(10_001) + "</n2svcd>",
                        "n2svcd.xml:1:40005: ",
                        "more than 10000 elements"),
                Arguments.of(
                        "<n2svcd>" + " ".repeat(1 << 20) + "</n2svcd>",
                        "n2svcd.xml: ",
                        "the file is too long"));
    }

    @ParameterizedTest
    @MethodSource("refusedFiles")
    void what_is_no_such_file_is_refused_as_a_whole(String content, String place, String why)
            throws IOException {
        assertThat(imports(content)).isEqualTo(2);

        assertThat(err.toString()).contains(place).contains(why);
        assertThat(made()).doesNotExist();
    }

    @Test
    void too_many_attributes_other_alphabets_and_no_file_are_refused() throws IOException {
        StringBuilder many = new StringBuilder("<n2svcd");
        for (int i = 0; i <= 100; i++) {
            many.append(" a").append(i).append("=\"\"");
        }
        assertThat(imports(many + "/>")).isEqualTo(2);
        Path latin = folder.resolve("latin.xml");
        Files.write(
                latin,
                "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><n2svcd>é</n2svcd>"
                        .getBytes(StandardCharsets.ISO_8859_1));
        assertThat(ussd("import", latin.toString(), made().toString())).isEqualTo(2);
        assertThat(ussd("import", folder.resolve("no.xml").toString(), made().toString()))
                .isEqualTo(2);

        assertThat(err.toString())
                .contains(
                        "an element with more than 100 attributes",
                        "latin.xml: the file is not in UTF-8",
                        "no.xml: there is no such file");
        assertThat(made()).doesNotExist();
    }

    @Test
    void attributes_beyond_the_limit_of_the_parser_are_no_error_of_the_form() throws IOException {
        String attributes =
                IntStream.range(0, 300)
                        .mapToObj(it -> " a" + it + "=''")
                        .collect(Collectors.joining());
        assertThat(imports("<n2svcd" + attributes + "/>")).isEqualTo(2);

        assertThat(err.toString()).contains("beyond what is read").doesNotContain("well-formed");
    }

    @Test
    void a_line_that_is_refused_is_not_shown_as_it_may_hold_a_password() throws IOException {
        assertThat(imports("<n2svcd>\n<parameter value=\"geheim\"></n2svcd>")).isEqualTo(2);
        assertThat(err.toString()).doesNotContain("geheim");
    }

    @Test
    void no_value_gets_out_of_its_place_in_the_rules() throws IOException {
        assertThat(
                        imports(
                                """
                                <n2svcd>
                                  <x name="a&#10;evil: 1"/>
                                  <applications>
                                    <application name="Logic&#10;evil: 2" module="LogicApp">
                                      <config><services>
                                        <service module="SigtranApp::ProcessUssdLuaService" script_dir="/x&#10;evil: 3">
                                          <error_message>a
                                evil: 4</error_message>
                                          <globals><global name="G" value="&#34;&#10;evil: 5 # &#0x22;"/></globals>
                                          <triggers><trigger ussd_string_prefix="*1#&quot;}&#10;evil: 6" script_key="a"/></triggers>
                                        </service>
                                      </services></config>
                                    </application>
                                  </applications>
                                </n2svcd>
                                """
                                        .replace("&#0x22;", "&#x22;")))
                .as(err.toString())
                .isZero();
        assertThat(rules().lines()).noneMatch(it -> it.startsWith("evil"));
        assertThat(err.toString().lines()).noneMatch(it -> it.startsWith("evil"));
        assertThat(ussd("check", "--rules", made().resolve("rules.yaml").toString()))
                .as(err.toString())
                .isZero();
    }

    @Test
    void an_element_is_found_behind_comments_and_what_looks_like_one() throws Exception {
        Path file =
                file(
                        """
                        <?xml version="1.0"?><!-- <a> -->
                        <n2svcd><![CDATA[<b>]]><?c <d> ?>\t<a1 x="1 > 0"
                           y='<!-- "'/><!--
                        --> <é/>\uD83D\uDE00<a2/>
                        <!-- > --></n2svcd>
                        """
                                .replace("'<!-- \"'", "'&lt;!-- \"'"));
        assertThat(XmlElement.read(file).children())
                .extracting(it -> it.name() + " " + it.line() + ":" + it.column())
                .containsExactly("a1 2:35", "é 4:5", "a2 4:10");
    }

    @Test
    void what_the_rules_refuse_is_left_out_and_the_rest_is_kept() throws Exception {
        Imported imported =
                N2svcdConfiguration.read(
                        file(
                                logic(
                                        SERVICE.formatted(
                                                """
                                                <menu_timeout>soon</menu_timeout>
                                                <dcs_language>99</dcs_language>
                                                <error_message>%s</error_message>
                                                <triggers><trigger script_key="a"/><trigger script_key="b"/></triggers>
                                                """
                                                        .formatted("x".repeat(200))))));

        assertThat(imported.notes()).extracting(Problem::line).containsExactly(1, 2, 3, 4);
        assertThat(imported.scripts()).containsExactly("a");
        assertThat(imported.rules())
                .contains("  - {script_key: \"a\"}")
                .doesNotContain("\n  menu_timeout:", "\n  dcs_language:", "\n  error_message:");
    }

    @Test
    void of_an_element_with_more_only_the_attribute_is_left_out() throws Exception {
        String twice =
                "<parameters><parameter name=\"lua_script_check_secs\" value=\"3\"/><parameter name=\"lua_script_check_secs\" value=\"4\"/></parameters><config>";
        Imported imported =
                N2svcdConfiguration.read(
                        file(
                                triggers("<trigger script_key=\"a\"/>")
                                        .replace("name=\"Logic\"", "name=\"1 Logic\"")
                                        .replace("<config>", twice)));

        assertThat(imported.notes())
                .extracting(Problem::message)
                .satisfiesExactly(
                        it ->
                                assertThat(it)
                                        .startsWith(
                                                "app_name of <application> is left out: the rules refuse it: app_name: found \"1 Logic\""),
                        it ->
                                assertThat(it)
                                        .isEqualTo(
                                                "<parameter name=\"lua_script_check_secs\"> is left out: another one of this name follows"));
        assertThat(imported.rules()).contains("reload_interval: 4s").doesNotContain("\n  app_name");
    }

    @Test
    void links_answer_where_triggers_are_dialled_and_what_is_not_told_is_said() throws Exception {
        String links =
                """
                <application name="A" module="SigtranApp"><config>
                  <connections><connection name="1" type="m3ua" mode="listen"><local_host>10.0.0.1</local_host></connection></connections>
                </config></application>
                <application name="B" module="SigtranApp"/>
                """;
        Imported imported =
                N2svcdConfiguration.read(
                        file(
                                triggers("<trigger dest_ssn=\"8\" script_key=\"a\"/>")
                                        .replace("<applications>", "<applications>" + links)));

        assertThat(imported.rules())
                .contains(
                        "#    ssns: [8]\n",
                        "#    point_code: 1  # not there: write your own\n",
                        "#        point_codes: [1]  # not there: write your own\n",
                        "#          - {name: \"link_1\", transport: \"sctp\", listen: \"10.0.0.1:2905\"}  # the port is not there: 2905 is the usual one\n");
        assertThat(imported.notes())
                .extracting(Problem::message)
                .containsExactly(
                        "<application name=\"B\" module=\"SigtranApp\"> is left out: an engine has one network: a second one needs an engine and rules of its own");
    }

    /**
     * Of a configuration with these connections and routes: its links, its routes by global title,
     * and what is left out.
     */
    private List<String> linksAndNotes(String connections, String routes) throws Exception {
        String sigtran =
                """
                <application name="A" module="SigtranApp"><config>
                <connections>%s</connections>
                <routes>%s</routes>
                </config></application>
                """
                        .formatted(connections, routes);
        Imported imported =
                N2svcdConfiguration.read(
                        file(
                                triggers("<trigger script_key=\"a\"/>")
                                        .replace("<applications>", "<applications>" + sigtran)));
        return Stream.concat(
                        imported.rules()
                                .lines()
                                .filter(it -> it.matches("# +- \\{.*"))
                                .map(it -> it.substring(it.indexOf('{'))),
                        imported.notes().stream().map(it -> it.line() + ": " + it.message()))
                .toList();
    }

    static Stream<Arguments> connections() {
        return Stream.of(
                Arguments.of(
                        "<connection name=\"a\" type=\"m3ua\" mode=\"connect\" remote_host=\"10.0.0.9, 10.0.1.9\" remote_port=\"14001\" local_host=\"10.0.0.1\" local_port=\"15000\"/>",
                        List.of(
                                "{name: \"a\", transport: \"sctp\", connect: \"10.0.0.9:14001\", local: \"10.0.0.1:15000\"}",
                                "2: remote_host of <connection> is left out: the first address is taken; SCTP learns the others from the far end")),
                Arguments.of(
                        "<connection><name>a</name><type>m3ua</type><mode>listen</mode><remote_host>10.0.0.9</remote_host><local_host>10.0.0.1,10.0.1.1</local_host><local_port>15000</local_port></connection>",
                        List.of(
                                "{name: \"a\", transport: \"sctp\", listen: \"10.0.0.1:15000\", peer: \"10.0.0.9\", extra_local: [\"10.0.1.1\"]}")),
                Arguments.of(
                        "<connection name=\"a\" type=\"m3ua\" mode=\"both\" role=\"sgp\" remote_host=\"stp one\"><remote_port>x</remote_port></connection>",
                        List.of(
                                "{name: \"a\", transport: \"sctp\", connect: \"127.0.0.1:2905\"}  # the address is not there: write your own; the port is not there: 2905 is the usual one",
                                "2: mode of <connection> is left out: it is neither connect nor listen: the link connects",
                                "2: role of <connection> is left out: the link is that of an ASP",
                                "2: remote_host of <connection> is left out: it is no address",
                                "2: <remote_port> is left out: it is no port")),
                Arguments.of(
                        "<connection name=\"a\" type=\"m3ua\" remote_host=\"10.0.0.9\" remote_port=\"0\" local_host=\"10.0.0.1\" local_port=\"65536\"/>",
                        List.of(
                                "{name: \"a\", transport: \"sctp\", connect: \"10.0.0.9:2905\", local: \"10.0.0.1:2905\"}  # the port is not there: 2905 is the usual one",
                                "2: remote_port of <connection> is left out: it is no port",
                                "2: local_port of <connection> is left out: it is no port")),
                Arguments.of(
                        "<connection name=\"a\" type=\"m3ua\" remote_host=\"10.0.0.9\" remote_port=\"65535\" local_host=\"10.0.0.1\" local_port=\"1\"/>",
                        List.of(
                                "{name: \"a\", transport: \"sctp\", connect: \"10.0.0.9:65535\", local: \"10.0.0.1:1\"}")),
                Arguments.of(
                        "<connection name=\"a\" type=\"m3ua\" mode=\"listen\" local_port=\"1\"><mode>connect</mode></connection>",
                        List.of(
                                "{name: \"a\", transport: \"sctp\", listen: \"127.0.0.1:1\"}  # the address is not there: write your own",
                                "2: <mode> is left out: there is another one before it")),
                Arguments.of(
                        "<connection name=\"a\" type=\"m3ua\" remote_host=\"10.0.0.9\" remote_port=\"1\" local_host=\"10.0.0.1\" heartbeat=\"5\"><streams n=\"2\"/></connection>",
                        List.of(
                                "{name: \"a\", transport: \"sctp\", connect: \"10.0.0.9:1\", local: \"10.0.0.1:2905\"}  # the port is not there: 2905 is the usual one",
                                "2: heartbeat of <connection> is left out: " + Notes.UNKNOWN,
                                "2: <streams> is left out: " + Notes.UNKNOWN)));
    }

    @ParameterizedTest
    @MethodSource("connections")
    void a_setting_of_a_connection_is_an_attribute_or_an_element(
            String connection, List<String> expected) throws Exception {
        assertThat(linksAndNotes(connection, "")).containsExactlyElementsOf(expected);
    }

    @Test
    void each_route_that_no_link_takes_is_named() throws Exception {
        assertThat(
                        linksAndNotes(
                                "<connection name=\"a\" type=\"m3ua\" remote_host=\"10.0.0.9\" remote_port=\"1\"/>",
                                """
                                <route pc="7" connection="a" priority="1"/>
                                <route pc="8" connection="b"/>
                                <route pc="x" connection="a"/>
                                <route pc="9" connection="a" mingt="1"><more/></route>
                                <way/>"""))
                .containsExactly(
                        "{name: \"a\", transport: \"sctp\", connect: \"10.0.0.9:1\"}",
                        "3: priority of <route> is left out: " + Notes.UNKNOWN,
                        "4: <route> is left out: it is of no M3UA link",
                        "5: <route> is left out: its point code is no number",
                        "6: mingt of <route> is left out: the point code alone leads there",
                        "6: <more> is left out: " + Notes.UNKNOWN,
                        "7: <way> is left out: " + Notes.UNKNOWN);
    }

    @Test
    void a_range_of_global_titles_leads_to_a_point_only_if_it_is_told_which() throws Exception {
        String link =
                "<connection name=\"%s\" type=\"m3ua\" remote_host=\"10.0.0.9\" remote_port=\"1\"%s/>";
        String range = "<route mingt=\"%s00\" maxgt=\"%s99\" connection=\"%s\"/>\n";
        String hop = " next_hop_pc=\"%s\"";
        String notTold =
                "%d: <route> is left out: it does not tell which point code of its connection it leads to: write network: ";

        assertThat(
                        linksAndNotes(
                                        link.formatted("one", "")
                                                + link.formatted("hop", hop.formatted("4"))
                                                + link.formatted("more", "")
                                                + link.formatted("none", "")
                                                + link.formatted("twin", hop.formatted("5"))
                                                + link.formatted("twin", hop.formatted("6")),
                                        range.formatted("41", "41", "one")
                                                + range.formatted("42", "42", "hop")
                                                + range.formatted("43", "43", "more")
                                                + range.formatted("44", "44", "none")
                                                + range.formatted("45", "45", "twin")
                                                + """
                                                <route pc="7" connection="one"/>
                                                <route pc="8" connection="hop"/>
                                                <route pc="9" connection="more"/>
                                                <route pc="10" connection="more"/>""")
                                .stream()
                                .filter(it -> !it.startsWith("{name")))
                .satisfiesExactly(
                        it -> assertThat(it).isEqualTo("{prefix: \"41\", point_code: 7}"),
                        it -> assertThat(it).isEqualTo("{prefix: \"42\", point_code: 4}"),
                        it -> assertThat(it).startsWith(notTold.formatted(5)),
                        it -> assertThat(it).startsWith(notTold.formatted(6)),
                        it -> assertThat(it).startsWith(notTold.formatted(7)));
    }

    @Test
    void what_a_list_or_a_parameter_says_beside_its_elements_is_named() throws Exception {
        Imported imported =
                N2svcdConfiguration.read(
                        file(
                                """
                                <n2svcd>
                                <applications a="1">
                                <application name="E" module="EdrApp">
                                <parameters b="1"><parameter name="edr_retry_interval" value="2" c="1"/></parameters>
                                <config d="1"><streams e="1"/></config></application>
                                <application name="S" module="SigtranApp">
                                <config f="1"><connections g="1"/><routes h="1"/><x/></config></application>
                                <application name="Logic" module="LogicApp"><config>
                                <services i="1"><service module="SigtranApp::ProcessUssdLuaService">
                                <globals j="1">
                                <global name="A" value="some" type="integer"/>
                                <global name="B" value="1" type="float"/>
                                <global name="C" value="1" k="1"/></globals>
                                <triggers l="1"><trigger script_key="a"/></triggers></service></services>
                                <agents m="1"/></config></application>
                                </applications>
                                </n2svcd>"""));

        assertThat(imported.notes())
                .extracting(it -> it.line() + ": " + it.message())
                .allMatch(
                        it ->
                                it.contains("<global name=")
                                        || it.endsWith("is left out: " + Notes.UNKNOWN))
                .extracting(it -> it.substring(0, it.indexOf(" is left out")))
                .containsExactly(
                        "2: a of <applications>",
                        "4: b of <parameters>",
                        "4: c of <parameter>",
                        "5: d of <config>",
                        "5: e of <streams>",
                        "7: f of <config>",
                        "7: g of <connections>",
                        "7: h of <routes>",
                        "7: <x>",
                        "9: i of <services>",
                        "10: j of <globals>",
                        "11: <global name=\"A\">",
                        "12: <global name=\"B\">",
                        "13: k of <global>",
                        "14: l of <triggers>",
                        "15: m of <agents>");
        assertThat(imported.rules()).contains("  globals:\n    C: \"1\"\n", "retry_interval: 2s");
    }

    @Test
    void no_record_goes_into_the_folders_of_the_other_system() throws Exception {
        String records =
                """
                <application name="E" module="EdrApp">
                <parameters><parameter name="default_edr_directory" value="/var/n2/edr"/></parameters>
                <config><streams>
                <stream key="a" edr_directory="/var/n2/edr/a" edr_max_file_edrs="5"/>
                <stream key="b" edr_directory="b"/>
                <stream key="c" edr_directory="../n2svcd/edr"/>
                <stream key="d" edr_directory="b/../../edr"/>
                <stream key="e" edr_directory="b..c"/>
                </streams></config></application>
                """;
        Imported imported =
                N2svcdConfiguration.read(
                        file(
                                triggers("<trigger script_key=\"a\"/>")
                                        .replace("<applications>", "<applications>" + records)));

        assertThat(imported.notes())
                .extracting(it -> it.line() + ": " + it.message())
                .containsExactly(
                        "2: <parameter name=\"default_edr_directory\"> is left out: N2SVCD may still write into this folder; write it into the rules once it does not",
                        "4: edr_directory of <stream> is left out: N2SVCD may still write into this folder; write it into the rules once it does not",
                        "6: edr_directory of <stream> is left out: N2SVCD may still write into this folder; write it into the rules once it does not",
                        "7: edr_directory of <stream> is left out: N2SVCD may still write into this folder; write it into the rules once it does not");
        assertThat(imported.rules())
                .contains(
                        "    a: {max_file_edrs: 5}\n    b: {directory: \"b\"}\n    e: {directory: \"b..c\"}\n")
                .doesNotContain("\n  directory:");
    }

    @Test
    void a_service_without_a_good_trigger_is_no_reason_to_make_no_rules() throws Exception {
        Imported imported =
                N2svcdConfiguration.read(
                        file(triggers("<trigger dest_ssn=\"0\" script_key=\"a\"/>")));

        assertThat(imported.scripts()).isEmpty();
        assertThat(imported.notes()).hasSize(1);
    }

    @Test
    void the_n_squared_page_shows_what_import_makes_of_its_example() throws Exception {
        String page = Files.readString(RESOURCES.resolve("../../../../../../../docs/n-squared.md"));
        Matcher example =
                Pattern.compile("```xml\n(.*?)```.*?```yaml\n(.*?)```", Pattern.DOTALL)
                        .matcher(page);
        assertThat(example.find()).isTrue();

        assertThat(N2svcdConfiguration.read(file(example.group(1))).rules())
                .isEqualTo(example.group(2));
    }

    /**
     * Parts of the file are moved, doubled and cut out: seeds are fixed, so each run is the same.
     */
    @Test
    void a_damaged_configuration_is_refused_or_makes_rules_that_are_good() throws Exception {
        String whole = Files.readString(RESOURCES.resolve("operator.xml"));
        String[] tags = whole.split("(?=<)", -1);
        int good = 0;
        for (int seed = 0; seed < 300; seed++) {
            Path file = file(damaged(tags, new Random(seed)));
            try {
                Imported imported = N2svcdConfiguration.read(file);
                assertGood(imported, "seed " + seed);
                good++;
            } catch (ConfigurationException e) {
                assertThat(e.problems()).as("seed " + seed).allMatch(it -> it.file().equals(file));
            }
        }
        assertThat(good).isBetween(20, 299);
    }

    private static String damaged(String[] tags, Random random) {
        List<String> parts = new ArrayList<>(List.of(tags));
        for (int i = 0; i < 1 + random.nextInt(3); i++) {
            int at = random.nextInt(parts.size());
            switch (random.nextInt(4)) {
                case 0 -> parts.remove(at);
                case 1 -> parts.add(at, parts.get(random.nextInt(parts.size())));
                case 2 -> parts.set(at, parts.get(at).replaceFirst("\"[^\"]*\"", "\"-1\""));
                default -> parts.set(at, parts.get(at).replaceFirst("(?<= )[a-z_]+=", "name="));
            }
        }
        return String.join("", parts);
    }

    private void assertGood(Imported imported, String seed) throws Exception {
        Path place = Files.createDirectories(folder.resolve("damaged"));
        Path scripts = Files.createDirectories(place.resolve("scripts"));
        for (String key : imported.scripts()) {
            Files.writeString(scripts.resolve(key + ".lua"), "");
        }
        Path file = Files.writeString(place.resolve("rules.yaml"), imported.rules());
        assertThat(Rules.read(file)).as(seed).isNotNull();
    }
}
