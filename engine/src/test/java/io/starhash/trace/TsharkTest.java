package io.starhash.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.starhash.control.RunningEngine;
import io.starhash.control.RunningEngine.Call;
import io.starhash.handset.Screen;
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
        try (Stream<Path> files = Files.list(folder.resolve("edr"))) {
            Matcher tid =
                    Pattern.compile("LTID=([0-9a-f]+)")
                            .matcher(content(files.findFirst().orElseThrow()));
            assertThat(tid.find()).isTrue();
            return tid.group(1);
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

    private static String line(String otid, String dtid, String operation, String text) {
        return String.join("|", otid, dtid, operation, text, "");
    }
}
