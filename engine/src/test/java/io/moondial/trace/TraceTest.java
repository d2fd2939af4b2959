package io.moondial.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.admin.RunningEngine;
import io.moondial.admin.RunningEngine.Call;
import io.moondial.handset.Screen;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.trace.PcapFormat.PcapFiles;
import io.moondial.trace.PcapFormat.PcapSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Traces of a whole engine, read octet by octet. */
class TraceTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String NUMBER = "27761485722";
    private static final String ASKS =
            """
            ussd.menu("PIN?", {secret = true})
            return "Thank you, " .. ussd.menu("Name?")
            """;

    @TempDir Path folder;

    private static byte[] packed(String text) throws Exception {
        return UssdString.encode(text, Dcs.UNSPECIFIED).octets();
    }

    private PcapFiles files(long size, int count) throws IOException {
        return new PcapFiles(folder.resolve("t.pcap"), size, count);
    }

    private static void settle(RunningEngine it) {
        await().atMost(PATIENCE)
                .until(() -> it.engine.openDialogs() == 0 && it.engine.stackDialogs() == 0);
    }

    private static void converse(RunningEngine it, @Nullable String msisdn, String name)
            throws Exception {
        Call call = it.dial(msisdn, "*1#");
        call.handset.answer(call.next(Screen.Menu.class), "73915");
        call.handset.answer(call.next(Screen.Menu.class), name);
        assertThat(call.next(Screen.Respond.class).text()).isEqualTo("Thank you, " + name);
    }

    @Test
    void every_message_is_in_the_file_as_mtp3_carries_it_with_secrets_masked() throws Exception {
        try (RunningEngine it = new RunningEngine(folder, ASKS)) {
            Trace trace = it.engine.beginTrace(files(1 << 20, 2), null);
            converse(it, NUMBER, "Thandi");
            settle(it);
            it.engine.endTrace(trace);
            assertThat(trace.taken()).isEqualTo(6);
            assertThat(trace.leftOut()).isZero();
        }
        PcapFile pcap = PcapFile.read(folder.resolve("t.pcap"));
        assertThat(pcap.messages()).hasSize(6);
        for (int i = 0; i < 6; i++) {
            byte[] message = pcap.messages().get(i);
            assertThat(message[0] & 0xff).as("national network, SCCP").isEqualTo(0x83);
            // Point codes of 14 bits, the destination's first (ITU-T Q.704 2.2): 1 and 2.
            String label = i % 2 == 0 ? "024000" : "018000";
            assertThat(HexFormat.of().formatHex(message, 1, 4)).isEqualTo(label);
            assertThat(message[5]).as("UDT").isEqualTo((byte) 0x09);
        }
        assertThat(pcap.holding(packed("PIN?"))).isEqualTo(1);
        assertThat(pcap.holding(packed("*****"))).isEqualTo(1);
        assertThat(pcap.holding(packed("73915"))).isZero();
        assertThat(pcap.holding(packed("Thandi"))).isEqualTo(1);
        assertThat(pcap.holding(packed("Thank you, Thandi"))).isEqualTo(1);
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(folder.resolve("t.pcap"))))
                .isEqualTo("rw-------");
    }

    @Test
    void a_secret_answer_that_comes_late_is_masked_too() throws Exception {
        String lua =
                """
                local pin, why = ussd.menu("PIN?", {secret = true, timeout = 0.05})
                return why .. ussd.menu("Next?")
                """;
        try (RunningEngine it = new RunningEngine(folder, lua)) {
            Trace trace = it.engine.beginTrace(files(1 << 20, 2), null);
            Call call = it.dial(NUMBER, "*1#");
            Screen.Menu pin = call.next(Screen.Menu.class);
            Screen.Menu next = call.next(Screen.Menu.class);
            call.handset.answer(pin, "73915");
            call.handset.answer(next, "on");
            assertThat(call.next(Screen.Respond.class).text()).isEqualTo("timeouton");
            settle(it);
            it.engine.endTrace(trace);
        }
        PcapFile pcap = PcapFile.read(folder.resolve("t.pcap"));
        assertThat(pcap.messages()).hasSize(6);
        assertThat(pcap.holding(packed("*****"))).isEqualTo(1);
        assertThat(pcap.holding(packed("73915"))).isZero();
    }

    @Test
    void a_screen_that_is_the_secret_itself_is_masked_and_no_other() throws Exception {
        String lua =
                """
                local pin = ussd.menu("PIN?", {secret = true})
                ussd.notify(pin)
                ussd.menu("You typed " .. pin)
                return pin
                """;
        try (RunningEngine it = new RunningEngine(folder, lua)) {
            Trace trace = it.engine.beginTrace(files(1 << 20, 2), null);
            Call call = it.dial(NUMBER, "*1#");
            call.handset.answer(call.next(Screen.Menu.class), "73915");
            Screen.Notify told = call.next(Screen.Notify.class);
            assertThat(told.text()).isEqualTo("73915");
            call.handset.acknowledge(told);
            call.handset.answer(call.next(Screen.Menu.class), "73915");
            assertThat(call.next(Screen.Respond.class).text()).isEqualTo("73915");
            settle(it);
            it.engine.endTrace(trace);
        }
        PcapFile pcap = PcapFile.read(folder.resolve("t.pcap"));
        assertThat(pcap.holding(packed("*****"))).as("answer, notify, respond").isEqualTo(3);
        assertThat(pcap.holding(packed("73915"))).as("an answer that is not secret").isEqualTo(1);
        assertThat(pcap.holding(packed("You typed 73915"))).isEqualTo(1);
        assertThat(pcap.holding(packed("PIN?"))).isEqualTo(1);
    }

    @Test
    void a_subscribers_trace_holds_his_dialogs_from_begin_to_end_and_no_others() throws Exception {
        String lua = "return 'Hi ' .. ussd.menu('Name?')";
        try (RunningEngine it = new RunningEngine(folder, lua)) {
            Call before = it.dial(NUMBER, "*1#");
            Screen.Menu open = before.next(Screen.Menu.class);
            Trace trace = it.engine.beginTrace(files(1 << 20, 2), NUMBER);
            Call his = it.dial(NUMBER, "*1#");
            Call other = it.dial("27760000000", "*1#");
            Call nameless = it.dial(null, "*1#");
            his.handset.answer(his.next(Screen.Menu.class), "him");
            other.handset.answer(other.next(Screen.Menu.class), "her");
            nameless.handset.answer(nameless.next(Screen.Menu.class), "them");
            before.handset.answer(open, "then");
            for (Call call : List.of(his, other, nameless, before)) {
                call.next(Screen.Respond.class);
            }
            settle(it);
            it.engine.endTrace(trace);
            assertThat(trace.taken()).isEqualTo(4);
        }
        PcapFile pcap = PcapFile.read(folder.resolve("t.pcap"));
        assertThat(pcap.messages()).hasSize(4);
        assertThat(pcap.holding(packed("him"))).isEqualTo(1);
        assertThat(pcap.holding(packed("Hi him"))).isEqualTo(1);
    }

    @Test
    void a_full_file_is_moved_aside_and_the_oldest_goes() throws Exception {
        Files.writeString(folder.resolve("t.pcap"), "of an earlier run");
        try (PcapFiles files = files(160, 3)) {
            for (int i = 0; i < 10; i++) {
                files.write(PcapFormat.record(Instant.now(), new byte[] {(byte) i, 1}));
                files.write(PcapFormat.record(Instant.now(), new byte[100]));
            }
        }
        try (Stream<Path> there = Files.list(folder)) {
            assertThat(there.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("t.pcap", "t.pcap.1", "t.pcap.2");
        }
        for (int i = 0; i < 3; i++) {
            Path file = folder.resolve(i == 0 ? "t.pcap" : "t.pcap." + i);
            assertThat(Files.size(file)).isLessThanOrEqualTo(160);
            assertThat(PcapFile.read(file).messages().getFirst()).containsExactly(9 - i, 1);
        }
    }

    @Test
    void a_sink_that_cannot_keep_up_costs_messages_which_are_counted_and_nobodys_time()
            throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        PcapSink slow =
                new PcapSink() {
                    @Override
                    public void write(byte[] record) {
                        try {
                            stuck.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    }

                    @Override
                    public void flush() {}

                    @Override
                    public void close() {}
                };
        try (RunningEngine it = new RunningEngine(folder, "return 'x'")) {
            Trace trace = it.engine.beginTrace(slow, null);
            try {
                int dialogs = 0;
                while (trace.leftOut() == 0) {
                    dialMany(it, 500);
                    dialogs += 500;
                }
                settle(it);
                assertThat(trace.taken() + trace.leftOut()).isEqualTo(2L * dialogs);
                assertThat(it.engine.counters().value("trace.messages.left_out"))
                        .isEqualTo(trace.leftOut());
            } finally {
                stuck.countDown();
            }
        }
    }

    private static void dialMany(RunningEngine it, int count) throws Exception {
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            calls.add(it.dial(null, "*1#"));
        }
        for (Call call : calls) {
            call.next(Screen.Respond.class);
        }
    }

    @Test
    void a_sink_that_fails_ends_its_trace_and_nothing_else() throws Exception {
        PcapSink full =
                new PcapSink() {
                    @Override
                    public void write(byte[] record) throws IOException {
                        throw new IOException("No space left on device");
                    }

                    @Override
                    public void flush() {}

                    @Override
                    public void close() {}
                };
        try (RunningEngine it = new RunningEngine(folder, "return 'x'")) {
            Trace trace = it.engine.beginTrace(full, null);
            it.dial(null, "*1#").next(Screen.Respond.class);
            trace.awaitEnd();
            assertThat(trace.failure()).hasMessage("No space left on device");
            it.dial(null, "*1#").next(Screen.Respond.class);
            it.engine.endTrace(trace);
        }
    }
}
