package io.moondial.handset.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.Configuration;
import io.moondial.Engine;
import io.moondial.handset.Handset.Subscriber;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The example programs of QuecPython's page, against the shipped scripts over the real protocols.
 */
class PageExamplesTest {
    private static final Path EXAMPLES = Path.of("docs/examples/handset");
    private static final Path SHIPPED_RULES = Path.of("../rules.yaml");
    private static final int USSD = 6;

    /** A subsystem where nobody is. */
    private static final int NOBODY = 99;

    @TempDir Path folder;

    private List<String> output(String example, int ssn) throws Exception {
        ProgramBench bench = new ProgramBench();
        try (Engine engine = new Engine(Configuration.read(rules()))) {
            engine.start();
            RestingNetwork network = new RestingNetwork(engine.handsets());
            boolean sound =
                    HandsetProgram.compile(Files.readAllBytes(EXAMPLES.resolve(example)), example)
                            .run(
                                    network,
                                    new Subscriber(null, null, null, ssn),
                                    new SleeplessTime(network::awaitRest),
                                    ProgramBench.LIMITS,
                                    bench);
            assertThat(sound).as(bench.programFaults + " " + bench.callbackFaults).isTrue();
        }
        return bench.printed;
    }

    /** The shipped rules, with records and scripts where they are here. */
    private Path rules() throws Exception {
        Path scripts = Path.of("../scripts").toRealPath();
        String shipped =
                Files.readString(SHIPPED_RULES)
                        .replace("#script_dir: \"scripts\"", "script_dir: " + scripts);
        return Files.writeString(folder.resolve("rules.yaml"), shipped);
    }

    @Test
    void the_first_example_prints_the_pages_reply_where_no_network_answers() throws Exception {
        assertThat(output("example.lua", NOBODY)).containsExactly("0", "(4, '', 0, 4)", "false");
    }

    @Test
    void the_example_of_set_callback_tells_what_each_reply_means() throws Exception {
        assertThat(output("set-callback.lua", USSD))
                .containsExactly(
                        "### USSD Network successful return:\t1. Balance\n2. Airtime",
                        "### USSD Network successful return:\tYour balance is 12.50",
                        "### USSD Network successful return:\t1. Balance\n2. Airtime",
                        "### USSD end of session.",
                        "### USSD Network return error,err_code:\t36");
    }

    @Test
    void the_example_of_send_prints_0() throws Exception {
        assertThat(output("send.lua", USSD)).containsExactly("0");
    }

    @Test
    void the_example_of_get_session_state_prints_false() throws Exception {
        assertThat(output("get-session-state.lua", USSD)).containsExactly("false");
    }

    @Test
    void the_example_of_stop_session_prints_true_and_0() throws Exception {
        assertThat(output("stop-session.lua", USSD)).containsExactly("true", "0");
    }

    @Test
    void the_example_of_get_dcs_prints_15() throws Exception {
        assertThat(output("get-dcs.lua", USSD)).containsExactly("15");
    }

    @Test
    void the_example_of_set_dcs_prints_15_0_and_1() throws Exception {
        assertThat(output("set-dcs.lua", USSD)).containsExactly("15", "0", "1");
    }

    @Test
    void every_example_is_tested_here() throws Exception {
        String tests =
                Files.readString(
                        Path.of("src/test/java/io/moondial/handset/program/PageExamplesTest.java"));
        try (Stream<Path> examples = Files.list(EXAMPLES)) {
            assertThat(examples)
                    .hasSize(7)
                    .allSatisfy(
                            example ->
                                    assertThat(tests)
                                            .contains("output(\"" + example.getFileName() + "\""));
        }
    }
}
