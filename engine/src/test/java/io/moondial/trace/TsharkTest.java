package io.moondial.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.moondial.admin.RunningEngine;
import io.moondial.admin.RunningEngine.Call;
import io.moondial.channel.sigtran.SigtranHandsets;
import io.moondial.channel.sigtran.SigtranSettings;
import io.moondial.channel.ss7.SignallingLimits;
import io.moondial.config.HostPort;
import io.moondial.handset.Screen;
import io.moondial.trace.PcapFormat.PcapFiles;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our traces, read by Wireshark's own dissectors. */
class TsharkTest {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final String PROCESS = "59";
    private static final String REQUEST = "60";

    private static final String SIGTRAN =
            """
            network:
              sigtran:
                point_code: 2
                global_title: "27829000000"
                application_servers:
                  - name: stp
                    mode: asp
                    routing_context: 101
                    point_codes: [1]
                    associations: [{name: a1, transport: tcp, listen: "127.0.0.1:0"}]
            """;

    @TempDir Path folder;

    private static boolean isInstalled() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(it -> Files.isExecutable(Path.of(it).resolve("tshark")));
    }

    /** A line a message: its transaction ids, its operation, its text, and what is malformed. */
    private List<String> read(Path pcap) throws Exception {
        Path out = folder.resolve("tshark.out");
        Process tshark =
                new ProcessBuilder(
                                "tshark",
                                "-r",
                                pcap.toString(),
                                "-T",
                                "fields",
                                "-E",
                                "separator=|",
                                "-e",
                                "tcap.otid",
                                "-e",
                                "tcap.dtid",
                                "-e",
                                "gsm_old.localValue",
                                "-e",
                                "gsm_map.ussd_string",
                                "-e",
                                "_ws.malformed")
                        .redirectOutput(out.toFile())
                        .redirectError(folder.resolve("tshark.err").toFile())
                        .start();
        try {
            assertThat(tshark.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } finally {
            tshark.destroyForcibly();
        }
        assertThat(tshark.exitValue())
                .as(() -> "tshark: " + content(folder.resolve("tshark.err")))
                .isZero();
        return Files.readAllLines(out);
    }

    private static String content(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Our transaction id, as the dialog's first record has it. */
    private String localTid() throws IOException {
        Matcher tid = Pattern.compile("LTID=([0-9a-f]+)").matcher(content(edrs()));
        assertThat(tid.find()).isTrue();
        return tid.group(1);
    }

    private Path edrs() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("edr"))) {
            return files.findFirst().orElseThrow();
        }
    }

    @Test
    void wireshark_reads_the_operations_texts_and_transaction_ids_of_a_dialog() throws Exception {
        assumeTrue(isInstalled(), "skipped: tshark is not on the PATH");
        String lua =
                """
                local pin = ussd.menu("Your PIN?", {secret = true})
                return "Hello " .. ussd.menu("Your name?")
                """;
        Path pcap = folder.resolve("t.pcap");
        String far;
        try (RunningEngine it = new RunningEngine(folder, lua)) {
            Trace trace = it.engine.beginTrace(new PcapFiles(pcap, 1 << 20, 1), "27761485722");
            Call call = it.dial("27761485722", "*100#");
            far = call.handset.tid();
            call.handset.answer(call.next(Screen.Menu.class), "73915");
            call.handset.answer(call.next(Screen.Menu.class), "Zoë");
            assertThat(call.next(Screen.Respond.class).text()).isEqualTo("Hello Zoë");
            await().atMost(PATIENCE).until(() -> it.engine.openDialogs() == 0);
            it.engine.endTrace(trace);
        }
        String ours = localTid();
        assertThat(read(pcap))
                .containsExactly(
                        line(far, "", PROCESS, "*100#"),
                        line(ours, far, REQUEST, "Your PIN?"),
                        line(far, ours, REQUEST, "*****"),
                        line(ours, far, REQUEST, "Your name?"),
                        line(far, ours, REQUEST, "Zoë"),
                        line("", far, PROCESS, "Hello Zoë"));
    }

    /**
     * By its title the addresses are too long for a menu of full length: SCCP cuts it into two
     * XUDTs, of which the second is where it can be read.
     */
    @Test
    void wireshark_reads_a_dialog_over_m3ua_whose_menu_was_cut_in_two() throws Exception {
        assumeTrue(isInstalled(), "skipped: tshark is not on the PATH");
        String menu = "m".repeat(182);
        Path pcap = folder.resolve("t.pcap");
        String far;
        try (RunningEngine it =
                        new RunningEngine(
                                folder, "return 'Hi ' .. ussd.menu(('m'):rep(182))", SIGTRAN);
                SigtranHandsets handsets = handsets(it)) {
            Trace trace = it.engine.beginTrace(new PcapFiles(pcap, 1 << 20, 1), "27761485722");
            Call other = RunningEngine.dial(handsets, "27760000000", "*200#");
            other.handset.answer(other.next(Screen.Menu.class), "not followed");
            other.next(Screen.Respond.class);
            Call call = RunningEngine.dial(handsets, "27761485722", "*100#");
            far = call.handset.tid();
            Screen.Menu asked = call.next(Screen.Menu.class);
            assertThat(asked.text()).isEqualTo(menu);
            call.handset.answer(asked, "Zoë");
            assertThat(call.next(Screen.Respond.class).text()).isEqualTo("Hi Zoë");
            await().atMost(PATIENCE).until(() -> it.engine.openDialogs() == 0);
            it.engine.endTrace(trace);
        }
        List<String> lines = read(pcap);
        String ours = lines.get(2).substring(0, 8);
        assertThat(content(edrs())).contains("LTID=" + ours);
        assertThat(lines)
                .containsExactly(
                        line(far, "", PROCESS, "*100#"),
                        line("", "", "", ""),
                        line(ours, far, REQUEST, menu),
                        line(far, ours, REQUEST, "Zoë"),
                        line("", far, PROCESS, "Hi Zoë"));
    }

    private static SigtranHandsets handsets(RunningEngine it) throws Exception {
        String address = it.engine.links().getFirst().address();
        int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
        SigtranHandsets handsets =
                new SigtranHandsets(
                        1,
                        2,
                        new SigtranHandsets.Far(2, "27829000000", List.of(6)),
                        SigtranHandsets.link(
                                SigtranSettings.Mode.SGW,
                                101,
                                2,
                                SigtranSettings.Association.connecting(
                                        "h1", new HostPort("127.0.0.1", port))),
                        SignallingLimits.of(1_000));
        handsets.start();
        handsets.awaitReady(PATIENCE);
        return handsets;
    }

    private static String line(String otid, String dtid, String operation, String text) {
        return String.join("|", otid, dtid, operation, text, "");
    }
}
