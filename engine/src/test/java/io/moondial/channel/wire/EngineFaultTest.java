package io.moondial.channel.wire;

import static io.moondial.channel.wire.Ber.begin;
import static io.moondial.channel.wire.Ber.hex;
import static io.moondial.channel.wire.Ber.invoke;
import static io.moondial.channel.wire.Ber.pAbort;
import static io.moondial.channel.wire.Ber.proceed;
import static io.moondial.channel.wire.Ber.tlv;
import static io.moondial.channel.wire.RawPeer.OTID;
import static io.moondial.channel.wire.RawPeer.STAR_100;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.channel.DialogDesk;
import io.moondial.channel.DialogDesk.Refusal;
import io.moondial.channel.Opening;
import io.moondial.channel.embedded.MemoryLine;
import io.moondial.channel.ss7.Message;
import io.moondial.channel.ss7.MessageDesk;
import io.moondial.channel.ss7.MessageLink;
import io.moondial.channel.ss7.SignallingLimits;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the engine throws while it takes a message in: the dialog is let go of and answered. */
class EngineFaultTest {
    private final FaultyDesk desk = new FaultyDesk();
    private final MemoryLine line = new MemoryLine(desk, SignallingLimits.of(100));

    /** A desk that fails when it is told to. */
    private static final class FaultyDesk implements MessageDesk {
        final BlockingQueue<Refusal> refused = new LinkedBlockingQueue<>();
        final BlockingQueue<MessageLink> links = new LinkedBlockingQueue<>();
        final BlockingQueue<Opening> begun = new LinkedBlockingQueue<>();
        final BlockingQueue<Message> arrived = new LinkedBlockingQueue<>();
        volatile @Nullable Supplier<Throwable> onBegin;
        volatile @Nullable Supplier<Throwable> onMessage;

        @Override
        public MessageLink.Receiver begun(Begin begin, MessageLink link) {
            fail(onBegin);
            begun.add(begin.opening());
            links.add(link);
            return message -> {
                arrived.add(message);
                if (arrived.size() == 1) {
                    fail(onMessage);
                }
            };
        }

        private static void fail(@Nullable Supplier<Throwable> fault) {
            if (fault != null) {
                EngineFaultTest.<RuntimeException>sneak(fault.get());
            }
        }

        @Override
        public void refused(Refusal refusal) {
            refused.add(refusal);
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // that is what it is for
    private static <T extends Throwable> void sneak(Throwable fault) throws T {
        throw (T) fault;
    }

    static Stream<Named<Supplier<Throwable>>> faults() {
        return Stream.of(
                Named.of("an exception", () -> new IllegalStateException("on purpose")),
                Named.of("no memory", () -> new OutOfMemoryError("on purpose")),
                Named.of("no stack", () -> new StackOverflowError("on purpose")),
                Named.of("a missing class", () -> new NoClassDefFoundError("on purpose")));
    }

    @AfterEach
    void close() {
        line.close();
    }

    @ParameterizedTest
    @MethodSource("faults")
    void a_begin_that_throws_is_answered_and_leaves_nothing(Supplier<Throwable> fault)
            throws Exception {
        desk.onBegin = fault;
        send(begin(OTID, Ber.DIALOGUE, invoke(3, 59, STAR_100)));
        assertThat(hex(answer())).isEqualTo(hex(pAbort(OTID, 4)));
        expectRefusal("TC-BEGIN");
        desk.onBegin = null;
        send(begin(OTID, Ber.DIALOGUE, invoke(3, 59, STAR_100)));
        assertThat(RecordingDesk.take(desk.begun, "a dialog").text()).isEqualTo("*100#");
    }

    @ParameterizedTest
    @MethodSource("faults")
    void a_continue_that_throws_is_answered_and_its_dialog_ends(Supplier<Throwable> fault)
            throws Exception {
        desk.onMessage = fault;
        String ours = begun();
        RecordingDesk.take(desk.links, "a link").send(new Message.Continue(List.of()));
        assertThat(hex(answer())).startsWith("65");
        send(proceed(OTID, ours, hex("a20302014d")));
        byte[] reject = answer(); // of the result that nobody asked for, which is sent before
        assertThat(hex(reject)).startsWith("65");
        assertThat(hex(answer())).isEqualTo(hex(pAbort(OTID, 4)));
        expectRefusal("TC-CONTINUE");
        RecordingDesk.take(desk.arrived, "the message");
        assertThat(RecordingDesk.take(desk.arrived, "the end")).isInstanceOf(Message.Abort.class);
    }

    @ParameterizedTest
    @MethodSource("faults")
    void an_end_that_throws_leaves_nothing(Supplier<Throwable> fault) throws Exception {
        desk.onMessage = fault;
        send(tlv(0x64, tlv(0x49, hex(begun()))));
        expectRefusal("TC-END");
    }

    @ParameterizedTest
    @MethodSource("faults")
    void an_abort_that_throws_leaves_nothing(Supplier<Throwable> fault) throws Exception {
        desk.onMessage = fault;
        send(tlv(0x67, tlv(0x49, hex(begun())), hex("4a0101")));
        expectRefusal("TC-ABORT");
    }

    private String begun() throws InterruptedException {
        send(begin(OTID, Ber.DIALOGUE, invoke(3, 59, STAR_100)));
        return RecordingDesk.take(desk.begun, "a dialog").localTid();
    }

    private void expectRefusal(String message) throws InterruptedException {
        DialogDesk.Refusal refusal = RecordingDesk.take(desk.refused, "the fault");
        assertThat(refusal.cause()).isEqualTo(DialogDesk.Cause.FAULT);
        assertThat(refusal.localTid()).hasSize(8);
        assertThat(refusal.text()).contains(message).contains("on purpose");
        assertThat(refusal.fault()).isNotNull();
        await().atMost(Duration.ofSeconds(RecordingDesk.PATIENCE_SECONDS))
                .pollInterval(Duration.ofMillis(5))
                .untilAsserted(() -> assertThat(line.openDialogs()).isZero());
    }

    private void send(byte[] tcap) {
        line.send(Sccp.udt(Sccp.ENGINE, Sccp.PEER, tcap));
    }

    private byte[] answer() throws InterruptedException {
        return Sccp.data(RecordingDesk.take(line.received(), "an answer"));
    }
}
