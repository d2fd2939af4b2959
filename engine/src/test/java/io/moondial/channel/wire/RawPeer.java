package io.moondial.channel.wire;

import static io.moondial.channel.wire.Ber.hex;
import static io.moondial.channel.wire.Ber.tlv;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.channel.Channel.NotBegunException;
import io.moondial.channel.DialogDesk.Refusal;
import io.moondial.channel.DialogLink;
import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.channel.NodeLink;
import io.moondial.channel.OutgoingDialog;
import io.moondial.channel.OutgoingRequest;
import io.moondial.channel.ss7.Message;
import io.moondial.channel.ss7.Message.Component;
import io.moondial.channel.ss7.SignallingLimits;
import io.moondial.channel.ss7.SignallingLimits.Guards;
import io.moondial.config.WrittenSettings;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** A peer of the engine's point that speaks SCCP and TCAP octet by octet. */
final class RawPeer implements AutoCloseable {
    static final String OTID = "0a0b";
    static final byte[] STAR_100 = Ber.ussdArgument(0x0f, "aa180c3602");
    private static final String NOBODYS = "7fffffff";
    private static final int MAX_UDT = 254;
    private static final int MAX_SEGMENT = 240;
    private static final int MAX_DIALOGS = 10_000;

    /** Tests ask about transactions that are nobody's, to hear that nothing else comes. */
    static final Guards TALKATIVE =
            WrittenSettings.settings(
                    Guards.class,
                    "max_unknown_id_answers: 1000000",
                    "max_unknown_id_answers_per_far_end: 1000000");

    private final RecordingDesk desk = new RecordingDesk();
    private final Line line;
    private int segmented;

    RawPeer(Medium medium) {
        this(medium, MAX_DIALOGS);
    }

    /** A peer of a point whose stack holds so many dialogs. */
    RawPeer(Medium medium, int maxDialogs) {
        this(medium, SignallingLimits.of(maxDialogs, TALKATIVE));
    }

    /** A peer of a point with these limits. */
    RawPeer(Medium medium, SignallingLimits limits) {
        line = medium.open(desk, limits);
    }

    /** Begins a dialog of the engine's. */
    DialogLink begin(OutgoingDialog dialog, DialogLink.Receiver receiver) throws NotBegunException {
        return line.begin(dialog, receiver);
    }

    /** Begins a dialog of the engine's with another node. */
    NodeLink open(OutgoingRequest request, NodeLink.Receiver receiver) throws NotBegunException {
        return line.open(request, receiver);
    }

    Line line() {
        return line;
    }

    /** Sends these TCAP octets in a UDT, or in as many XUDTs as they take. */
    void send(byte[] tcap) {
        if (tcap.length <= MAX_UDT) {
            line.send(Sccp.udt(Sccp.ENGINE, Sccp.PEER, tcap));
            return;
        }
        int reference = ++segmented;
        int segments = (tcap.length + MAX_SEGMENT - 1) / MAX_SEGMENT;
        for (int i = 0; i < segments; i++) {
            int from = i * MAX_SEGMENT;
            byte[] part = Arrays.copyOfRange(tcap, from, Math.min(tcap.length, from + MAX_SEGMENT));
            line.send(Sccp.segment(i == 0, segments - 1 - i, reference, part));
        }
    }

    /** Begins a well-formed dialog, which the engine takes. */
    RecordingDesk.Begun begin() throws InterruptedException {
        send(Ber.begin(OTID, Ber.DIALOGUE, Ber.invoke(3, 59, STAR_100)));
        return dialog();
    }

    /** Begins a dialog and has it answered with a menu of invoke id 9. */
    RecordingDesk.Begun beginWithMenu() throws Exception {
        RecordingDesk.Begun dialog = begin();
        UssdString menu = UssdString.encode("?", Dcs.UNSPECIFIED);
        dialog.link().send(new Message.Continue(List.of(new Component.Invoke(9, 60, menu))));
        answer();
        return dialog;
    }

    /** The next SCCP message of the engine. */
    byte[] sccp() throws InterruptedException {
        return RecordingDesk.take(line.received(), "an answer");
    }

    /** The next TCAP message of the engine, out of as many SCCP messages as it takes. */
    byte[] answer() throws InterruptedException {
        byte[] message = sccp();
        if (Sccp.type(message) == Sccp.UDT) {
            return Sccp.data(message);
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(Sccp.data(message));
        for (int left = Sccp.segmentation(message)[0] & 0xf; left > 0; left--) {
            whole.writeBytes(Sccp.data(sccp()));
        }
        return whole.toByteArray();
    }

    void expect(byte[] tcap) throws InterruptedException {
        assertThat(hex(answer())).isEqualTo(hex(tcap));
    }

    /**
     * The engine has nothing more to say: what it answers next is a message that is sent now,
     * behind all others.
     */
    void expectSilence() throws InterruptedException {
        send(Ber.proceed("0e0f", NOBODYS));
        expect(Ber.pAbort("0e0f", 1));
    }

    RecordingDesk.Begun dialog() throws InterruptedException {
        return desk.dialog();
    }

    Refusal refusal() throws InterruptedException {
        return desk.refusal();
    }

    /** A dialog ended by us, and its ABORT seen. */
    void end(RecordingDesk.Begun dialog) throws InterruptedException, DialogGoneException {
        dialog.link().send(new Message.Abort("enough"));
        byte[] abort = Ber.find(answer(), 0x67);
        assertThat(hex(Ber.find(abort, 0x49))).isEqualTo(dialog.opening().remoteTid());
    }

    /** Every dialog is gone; what nobody took is forgotten. */
    void settle() {
        try {
            // The answer leaves before the stack lets go of its dialog.
            await().atMost(Duration.ofSeconds(RecordingDesk.PATIENCE_SECONDS))
                    .pollInterval(Duration.ofMillis(5))
                    .untilAsserted(() -> assertThat(line.openDialogs()).isZero());
        } finally {
            line.received().clear();
            desk.forget();
        }
    }

    /** TC-END of the first backward message, with these components. */
    static byte[] accepted(byte[]... components) {
        return tlv(0x64, tlv(0x49, hex(OTID)), Ber.ACCEPTED, tlv(0x6c, Ber.join(components)));
    }

    @Override
    public void close() {
        line.close();
    }
}
