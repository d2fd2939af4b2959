package io.moondial.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.moondial.admin.RunningEngine;
import io.moondial.admin.RunningEngine.Call;
import io.moondial.channel.Address;
import io.moondial.channel.DialogDesk;
import io.moondial.channel.DialogLink;
import io.moondial.channel.Opening;
import io.moondial.channel.Opening.Party;
import io.moondial.channel.OutgoingDialog;
import io.moondial.channel.RoutingInfo;
import io.moondial.channel.RoutingQuery;
import io.moondial.channel.embedded.EmbeddedNetwork;
import io.moondial.channel.sigtran.SigtranHandsets;
import io.moondial.channel.sigtran.SigtranSettings;
import io.moondial.channel.ss7.Message;
import io.moondial.channel.ss7.Message.Component;
import io.moondial.channel.ss7.MessageDesk;
import io.moondial.channel.ss7.MessageLink;
import io.moondial.channel.ss7.SignallingLimits;
import io.moondial.config.HostPort;
import io.moondial.dialog.Incoming;
import io.moondial.dialog.Outgoing;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.metrics.Counters;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.time.SystemTime;
import io.moondial.trace.PcapFormat.PcapFiles;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
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
    private static final String NOTIFY = "61";
    private static final String USSD_BUSY = "72";
    private static final List<String> TYPES = List.of("begin", "continue", "end", "abort");

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
        return read(
                pcap,
                "tcap.otid",
                "tcap.dtid",
                "gsm_old.localValue",
                "gsm_map.ussd_string",
                "_ws.malformed");
    }

    private List<String> read(Path pcap, String... fields) throws Exception {
        Path out = folder.resolve("tshark.out");
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "tshark",
                                "-r",
                                pcap.toString(),
                                "-T",
                                "fields",
                                "-E",
                                "separator=|"));
        for (String field : fields) {
            command.addAll(List.of("-e", field));
        }
        Process tshark =
                new ProcessBuilder(command)
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

    /** What the engine begins: the question to the HLR, and the dialog with the MSC it names. */
    @Test
    void wireshark_reads_dialogs_that_the_engine_begins_and_a_trace_by_number_has_them_all()
            throws Exception {
        assumeTrue(isInstalled(), "skipped: tshark is not on the PATH");
        Path pcap = folder.resolve("t.pcap");
        BegunDialogs dialogs;
        try (EmbeddedNetwork network = new EmbeddedNetwork(List.of(6), 10)) {
            dialogs = new BegunDialogs(network);
            Trace trace =
                    new Trace(
                            new PcapFiles(pcap, 1 << 20, 1),
                            SystemTime.ofProcess(),
                            new Counters(),
                            "27761485722");
            network.attach(trace);
            trace.begin();
            dialogs.hold("27760000000");
            dialogs.hold("27761485722");
            network.detach(trace);
            trace.close();
        }
        String ours = dialogs.tids.getLast();
        List<String> lines = read(pcap);
        String asking = lines.getFirst().substring(0, 8);
        String far = lines.get(3).substring(0, 8);
        assertThat(lines)
                .containsExactly(
                        line(asking, "", "45", ""),
                        line("", asking, "45", ""),
                        line(ours, "", REQUEST, "Yes or no?"),
                        line(far, ours, REQUEST, "*"),
                        line(ours, far, NOTIFY, "Thank you"),
                        line(far, ours, "", ""),
                        line("", far, "", ""));
        assertThat(read(pcap, "e212.imsi", "e164.msisdn"))
                .first()
                .asString()
                .contains("27761485722");
        assertThat(read(pcap, "e212.imsi").get(1)).isEqualTo("655017761485722");
    }

    /** What the engine says to another node, and the node to it, until each kind of end. */
    @Test
    void wireshark_reads_each_kind_of_message_of_dialogs_that_a_script_opens_with_another_node()
            throws Exception {
        assumeTrue(isInstalled(), "skipped: tshark is not on the PATH");
        String lua =
                """
                local far = ussd.open{to = "old", text = (...).text}
                if far and far.kind == "menu" then far:answer("7391", {timeout = "1m"}) end
                if far and far.kind == "notify" then far:answer() end
                if far and far.kind == "menu" then far:refuse(72) end
                if far and far.open then far:close() end
                return "Bye"
                """;
        Path pcap = folder.resolve("t.pcap");
        List<String> ends = List.of("result", "error", "end", "abort", "two screens");
        List<String> nodes = new ArrayList<>();
        List<String> ours = new ArrayList<>();
        try (RunningEngine it =
                new RunningEngine(folder, lua, "ussd: {nodes: {old: {point_code: 1, ssn: 8}}}")) {
            BlockingQueue<MessageDesk.Begin> asked = new LinkedBlockingQueue<>();
            BlockingQueue<MessageLink> links = new LinkedBlockingQueue<>();
            BlockingQueue<Message> said = new LinkedBlockingQueue<>();
            it.engine
                    .handsets()
                    .receiveAsNode(
                            (begin, link) -> {
                                asked.add(begin);
                                links.add(link);
                                return said::add;
                            });
            Trace trace = it.engine.beginTrace(new PcapFiles(pcap, 1 << 20, 1), "27761485722");
            for (String how : ends) {
                Call call = it.dial("27761485722", "*200#");
                MessageDesk.Begin begin = BegunDialogs.next(asked);
                ours.add(begin.opening().remoteTid());
                MessageLink node = BegunDialogs.next(links);
                nodes.add(node.localTid());
                node.send(shows(Message.Operation.UNSTRUCTURED_SS_REQUEST, 5, "1. Balance"));
                BegunDialogs.next(said);
                node.send(shows(Message.Operation.UNSTRUCTURED_SS_NOTIFY, 6, "Wait"));
                BegunDialogs.next(said);
                node.send(shows(Message.Operation.UNSTRUCTURED_SS_REQUEST, 7, "More?"));
                BegunDialogs.next(said);
                switch (how) {
                    case "result" ->
                            node.send(
                                    new Message.End(
                                            List.of(
                                                    new Component.Result(
                                                            begin.invokeId(),
                                                            Message.Operation
                                                                    .PROCESS_UNSTRUCTURED_SS_REQUEST,
                                                            text("You have 5")))));
                    case "error" ->
                            node.send(
                                    new Message.End(
                                            List.of(
                                                    new Component.ErrorReturned(
                                                            begin.invokeId(), 36))));
                    case "end" -> node.send(new Message.End(List.of()));
                    case "abort" -> node.send(new Message.Abort("no"));
                    default ->
                            node.send(
                                    shows(Message.Operation.UNSTRUCTURED_SS_NOTIFY, 8, "And more"));
                }
                assertThat(call.next(Screen.Respond.class).text()).isEqualTo("Bye");
            }
            await().atMost(PATIENCE).until(() -> it.engine.openDialogs() == 0);
            await().atMost(PATIENCE).until(() -> it.engine.stackDialogs() == 0);
            it.engine.endTrace(trace);
        }
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < ends.size(); i++) {
            String us = ours.get(i);
            String node = nodes.get(i);
            expected.addAll(
                    List.of(
                            "begin|" + line(us, "", PROCESS, "*200#"),
                            "continue|" + line(node, us, REQUEST, "1. Balance"),
                            "continue|" + line(us, node, REQUEST, "7391"),
                            "continue|" + line(node, us, NOTIFY, "Wait"),
                            "continue|" + line(us, node, "", ""),
                            "continue|" + line(node, us, REQUEST, "More?"),
                            "continue|" + line(us, node, USSD_BUSY, "")));
            expected.addAll(
                    switch (ends.get(i)) {
                        case "result" -> List.of("end|" + line("", us, PROCESS, "You have 5"));
                        case "error" -> List.of("end|" + line("", us, "36", ""));
                        case "end" -> List.of("end|" + line("", us, "", ""));
                        case "abort" -> List.of("abort|" + line("", us, "", ""));
                        default ->
                                List.of(
                                        "continue|" + line(node, us, NOTIFY, "And more"),
                                        "abort|" + line("", node, "", ""));
                    });
        }
        assertThat(readWithTypes(pcap))
                .filteredOn(
                        it -> Stream.concat(ours.stream(), nodes.stream()).anyMatch(it::contains))
                .isEqualTo(expected);
        assertThat(read(pcap, "e212.imsi", "e164.msisdn", "gsm_old.localValue"))
                .as("the subscriber's number in both beginnings of each")
                .filteredOn(it -> it.contains("27761485722") && it.contains(PROCESS))
                .hasSize(2 * ends.size());
    }

    /** The same lines as {@link #read(Path)}, each with the type of its message before it. */
    private List<String> readWithTypes(Path pcap) throws Exception {
        List<String> types =
                read(
                        pcap,
                        "tcap.begin_element",
                        "tcap.continue_element",
                        "tcap.end_element",
                        "tcap.abort_element");
        List<String> lines = read(pcap);
        List<String> typed = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            List<String> present = List.of(types.get(i).split("\\|", -1));
            for (int type = 0; type < TYPES.size(); type++) {
                if (!present.get(type).isEmpty()) {
                    typed.add(TYPES.get(type) + "|" + lines.get(i));
                }
            }
        }
        return typed;
    }

    private static Message shows(int operation, int invokeId, String text) throws Exception {
        return new Message.Continue(List.of(new Component.Invoke(invokeId, operation, text(text))));
    }

    private static UssdString text(String text) throws Exception {
        return UssdString.encode(text, Dcs.UNSPECIFIED);
    }

    /** Holds dialogs with the subscribers of a network, one after the other. */
    private static final class BegunDialogs {
        private final EmbeddedNetwork network;
        private final BlockingQueue<Incoming> heard = new LinkedBlockingQueue<>();
        private final List<String> tids = new ArrayList<>();

        BegunDialogs(EmbeddedNetwork network) {
            this.network = network;
            network.start(
                    new DialogDesk() {
                        @Override
                        public DialogLink.Receiver begun(Opening opening, DialogLink link) {
                            throw new AssertionError(opening);
                        }

                        @Override
                        public void refused(Refusal refusal) {
                            throw new AssertionError(refusal);
                        }
                    });
            network.receive(
                    (begin, link) -> {
                        BlockingQueue<Screen> screens = new LinkedBlockingQueue<>();
                        Handset handset =
                                Handset.begun(
                                        begin, link, (screen, received) -> screens.add(screen));
                        Thread.ofVirtual().start(() -> answer(handset, screens));
                        return handset.receiver();
                    });
        }

        private static void answer(Handset handset, BlockingQueue<Screen> screens) {
            try {
                handset.answer((Screen.Menu) next(screens), "2");
                handset.acknowledge((Screen.Notify) next(screens));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
            return Objects.requireNonNull(
                    queue.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS), "nothing came");
        }

        void hold(String msisdn) throws Exception {
            BlockingQueue<RoutingInfo> found = new LinkedBlockingQueue<>();
            network.locate(
                    new RoutingQuery(
                            msisdn, new Party(null, 6, msisdn, Party.ROUTE_ON_GT), 6, PATIENCE),
                    found::add);
            RoutingInfo.Found where = (RoutingInfo.Found) next(found);
            DialogLink link =
                    network.begin(
                            new OutgoingDialog(
                                    new Outgoing.Ask(1, text("Yes or no?"), false, true),
                                    null,
                                    new Party(null, 8, where.networkNode(), Party.ROUTE_ON_GT),
                                    6,
                                    new Address(where.imsi(), 1, Address.LAND_MOBILE),
                                    null,
                                    PATIENCE,
                                    msisdn),
                            heard::add);
            tids.add(link.localTid());
            next(heard);
            link.send(new Outgoing.Show(2, text("Thank you"), false));
            next(heard);
            link.send(new Outgoing.End());
            await().atMost(PATIENCE).until(() -> network.openHandsetDialogs() == 0);
        }
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
