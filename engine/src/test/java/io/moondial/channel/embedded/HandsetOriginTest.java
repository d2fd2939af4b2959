package io.moondial.channel.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.channel.DialogDesk.Refusal;
import io.moondial.channel.Opening.Party;
import io.moondial.channel.OutgoingDialog;
import io.moondial.channel.embedded.EmbeddedPoint.LoopedMtp3;
import io.moondial.channel.ss7.FarSide.Call;
import io.moondial.channel.ss7.Message;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.channel.ss7.MessageDesk;
import io.moondial.channel.ss7.MessageLink;
import io.moondial.channel.ss7.SignallingLimits;
import io.moondial.channel.ss7.SignallingPlan;
import io.moondial.channel.ss7.SignallingPlan.Peer;
import io.moondial.channel.ss7.SignallingPoint;
import io.moondial.channel.ss7.SignallingPoint.Called;
import io.moondial.dialog.Incoming;
import io.moondial.dialog.Incoming.Aborted;
import io.moondial.dialog.Incoming.Aborted.Cause;
import io.moondial.dialog.Outgoing;
import io.moondial.metrics.Counters;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Who may answer a dialog that a point has begun with point 2, whose mate is point 3: as handsets
 * begin one, and as the engine does.
 */
class HandsetOriginTest {
    private static final String DIALOGUE =
            "6b2a2828060700118605010101a01d611b80020780a109060704000001001302a203020100a305a103020100";

    private final Counters counters = new Counters();
    private final LoopedMtp3 end = new LoopedMtp3();
    private final BlockingQueue<byte[]> sent = new LinkedBlockingQueue<>();
    private final BlockingQueue<Message> heard = new LinkedBlockingQueue<>();
    private final SignallingPoint handsets =
            new SignallingPoint(
                    new SignallingPlan(
                            "handsets",
                            1,
                            SignallingPlan.NATIONAL,
                            "27829000001",
                            List.of(8),
                            List.of(
                                    new Peer(2, List.of(6)),
                                    new Peer(3, List.of(6)),
                                    new Peer(4, List.of(6))),
                            List.of(Set.of(2, 3), Set.of(4)),
                            Map.of(),
                            true,
                            SignallingLimits.of(10),
                            SignallingPlan.MAX_SCCP_MESSAGE),
                    end,
                    counters);

    @BeforeEach
    void start() {
        end.connect(message -> sent.add(message.getData()));
        end.begin();
        handsets.start(
                new MessageDesk() {
                    @Override
                    public MessageLink.Receiver begun(Begin begin, MessageLink link) {
                        throw new AssertionError(begin);
                    }

                    @Override
                    public void refused(Refusal refusal) {}
                });
    }

    @AfterEach
    void stop() {
        handsets.close();
        end.close();
    }

    private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
        return Objects.requireNonNull(queue.poll(60, TimeUnit.SECONDS), "nothing came");
    }

    /** Dials, and gives the transaction id of the BEGIN. */
    private String dial() throws Exception {
        String id =
                handsets.begin(
                                new Call(
                                        Operation.PROCESS_UNSTRUCTURED_SS_REQUEST,
                                        UssdString.encode("*100#", Dcs.UNSPECIFIED),
                                        null,
                                        null,
                                        null,
                                        6),
                                new Called(2, "27829000000", false),
                                heard::add)
                        .localTid();
        assertThat(HexFormat.of().formatHex(next(sent))).contains("4804" + id);
        return id;
    }

    /** A UDT from subsystem 6 of a point, with TCAP of this tag. */
    private void send(int point, int subsystem, String tag, String contents) {
        byte[] tcap = HexFormat.of().parseHex(contents);
        String called = "0443010008";
        String calling = "0443%02x00%02x".formatted(point, subsystem);
        String data = tag + "%02x".formatted(tcap.length) + contents;
        String counted = "%02x".formatted(data.length() / 2) + data;
        end.receive(
                end.getMtp3TransferPrimitiveFactory()
                        .createMtp3TransferPrimitive(
                                3,
                                SignallingPlan.NATIONAL,
                                0,
                                point,
                                1,
                                0,
                                HexFormat.of()
                                        .parseHex("090103070b" + called + calling + counted)));
    }

    private void proceed(int point, int subsystem, String otid, String dtid, String rest) {
        send(point, subsystem, "65", "4804" + otid + "4904" + dtid + rest);
    }

    @Test
    void the_first_answer_tells_the_far_sides_address_and_id_and_no_other_is_believed_afterwards()
            throws Exception {
        String id = dial();
        proceed(3, 147, "0000000a", id, DIALOGUE);
        assertThat(next(heard)).isEqualTo(new Message.Continue(List.of()));

        proceed(3, 147, "0000000b", id, "");
        proceed(3, 6, "0000000a", id, "");
        proceed(4, 147, "0000000a", id, "");
        send(4, 147, "64", "4904" + id);
        send(4, 147, "67", "4904" + id + "4a0101");
        proceed(3, 147, "0000000a", id, "");
        assertThat(next(heard)).isEqualTo(new Message.Continue(List.of()));
        assertThat(counters.value("tcap.origin_mismatch")).isEqualTo(5);

        send(2, 147, "64", "4904" + id);
        assertThat(next(heard)).isEqualTo(new Message.End(List.of()));
        assertThat(heard).isEmpty();
    }

    @Test
    void a_first_answer_that_is_an_end_without_components_ends_the_dialog() throws Exception {
        for (String rest : List.of("", DIALOGUE)) {
            String id = dial();
            send(2, 6, "64", "4904" + id + rest);
            assertThat(next(heard)).isEqualTo(new Message.End(List.of()));
        }
        assertThat(heard).isEmpty();
        // The receiver hears of the end just before the stack lets go of the dialog.
        await().atMost(Duration.ofSeconds(60)).until(() -> handsets.openDialogs() == 0);
    }

    @Test
    void whoever_is_called_by_his_point_code_answers_from_there_or_from_its_mate()
            throws Exception {
        String id = dial();
        send(4, 6, "64", "4904" + id);
        send(4, 6, "67", "4904" + id);
        proceed(4, 6, "0000000b", id, DIALOGUE);
        send(9, 6, "64", "4904" + id);
        send(2, 6, "67", "4904" + id);
        assertThat(next(heard)).isInstanceOf(Message.Abort.class);
        assertThat(heard).isEmpty();
        assertThat(counters.value("tcap.origin_mismatch")).isEqualTo(3);
        assertThat(counters.value("sccp.dropped.unknown_origin")).isEqualTo(1);
    }

    /** Begins a dialog as the engine does, and gives the SCCP message. */
    private byte[] begin(Party called, BlockingQueue<Incoming> told) throws Exception {
        handsets.begin(
                new OutgoingDialog(
                        new Outgoing.Ask(
                                1, UssdString.encode("1 or 2?", Dcs.UNSPECIFIED), false, false),
                        null,
                        called,
                        8,
                        null,
                        null,
                        Duration.ofMinutes(1)),
                told::add);
        return next(sent);
    }

    private static String id(byte[] begun) {
        String octets = HexFormat.of().formatHex(begun);
        int at = octets.indexOf("4804", octets.indexOf("62")) + 4;
        return octets.substring(at, at + 8);
    }

    @Test
    void the_first_answer_to_the_engine_tells_the_far_sides_id_and_no_other_is_believed_afterwards()
            throws Exception {
        BlockingQueue<Incoming> told = new LinkedBlockingQueue<>();
        String id = id(begin(new Party(2, 6, null, Party.ROUTE_ON_SSN), told));
        proceed(4, 6, "0000000b", id, DIALOGUE);
        proceed(3, 6, "0000000a", id, DIALOGUE); // no answer yet, but his id

        proceed(3, 6, "0000000b", id, "");
        send(4, 6, "64", "4904" + id);
        send(2, 147, "64", "4904" + id);
        send(2, 6, "64", "4904" + id);
        assertThat(next(told)).isEqualTo(new Incoming.Ended(List.of()));
        assertThat(told).isEmpty();
        assertThat(counters.value("tcap.origin_mismatch")).isEqualTo(4);
    }

    @Test
    void a_context_that_the_far_side_does_not_take() throws Exception {
        BlockingQueue<Incoming> told = new LinkedBlockingQueue<>();
        String id = id(begin(new Party(2, 6, null, Party.ROUTE_ON_SSN), told));
        send(
                2,
                6,
                "67",
                "4904"
                        + id
                        + DIALOGUE.replace("a203020100", "a203020101")
                                .replace("a305a103020100", "a305a103020102"));
        assertThat(next(told))
                .isEqualTo(
                        new Aborted(
                                Cause.REFUSED,
                                "refused: the application context is not supported"));
        await().atMost(Duration.ofSeconds(60)).until(() -> handsets.openDialogs() == 0);
    }

    @Test
    void the_network_returns_what_began_a_dialog() throws Exception {
        BlockingQueue<Incoming> told = new LinkedBlockingQueue<>();
        byte[] begun = begin(new Party(2, 6, null, Party.ROUTE_ON_SSN), told);
        byte[] returned = begun.clone();
        int[] parties = {begun[2] + 2, begun[3] + 3}; // of a UDT; those of a UDTS change places
        assertThat(begun[0]).isEqualTo((byte) 0x09);
        int called = begun[parties[0]] + 1;
        int calling = begun[parties[1]] + 1;
        returned[0] = 0x0a;
        returned[1] = 1; // no translation for this address
        System.arraycopy(begun, parties[1], returned, parties[0], calling);
        System.arraycopy(begun, parties[0], returned, parties[0] + calling, called);
        returned[3] = (byte) (parties[0] + calling - 3);
        end.receive(
                end.getMtp3TransferPrimitiveFactory()
                        .createMtp3TransferPrimitive(
                                3, SignallingPlan.NATIONAL, 0, 2, 1, 0, returned));
        assertThat(next(told))
                .isEqualTo(
                        new Aborted(
                                Cause.UNDELIVERED,
                                "TC-BEGIN was returned undelivered: no translation for this address"));
        await().atMost(Duration.ofSeconds(60)).until(() -> handsets.openDialogs() == 0);
        assertThat(told).isEmpty();
    }
}
