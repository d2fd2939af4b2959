package io.starhash.network.embedded;

import io.starhash.dialog.Message;
import io.starhash.dialog.Opening;
import io.starhash.network.DialogDesk;
import io.starhash.network.DialogLink;
import io.starhash.network.ss7.SignallingPoint;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.restcomm.protocols.ss7.mtp.Mtp3TransferPrimitive;

/**
 * The engine's signalling point with a peer that speaks SCCP and TCAP octet by octet, and a desk
 * that keeps what it gets.
 */
final class RawPeer implements AutoCloseable, DialogDesk {
    private static final int SCCP = 3;
    private static final int NATIONAL = 2;
    private static final int PATIENCE_SECONDS = 20;

    /** What the engine's side was told. */
    record Begun(Opening opening, DialogLink link, BlockingQueue<Message> messages) {}

    private final LoopedMtp3 engineEnd = new LoopedMtp3();
    private final SignallingPoint engine;
    private final BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
    private final BlockingQueue<Begun> begun = new LinkedBlockingQueue<>();
    private final BlockingQueue<Refusal> refused = new LinkedBlockingQueue<>();

    RawPeer() {
        engine =
                new SignallingPoint(EmbeddedNetwork.enginePlan(List.of(6, 147), 10_000), engineEnd);
        engineEnd.connect(message -> received.add(userData(message.getData())));
        engineEnd.begin();
        engine.start(this);
    }

    @Override
    public DialogLink.Receiver begun(Opening opening, DialogLink link) {
        Begun dialog = new Begun(opening, link, new LinkedBlockingQueue<>());
        begun.add(dialog);
        return dialog.messages::add;
    }

    @Override
    public void refused(Refusal refusal) {
        refused.add(refusal);
    }

    /** Sends these TCAP octets in a UDT. */
    void send(byte[] tcap) {
        byte[] called = Ber.hex("0443020006"); // PC 2, SSN 6, route on SSN
        byte[] calling = Ber.hex("0443010008"); // PC 1, SSN 8
        byte[] udt =
                Ber.join(
                        new byte[] {
                            0x09,
                            0x01,
                            3,
                            (byte) (2 + called.length),
                            (byte) (1 + called.length + calling.length)
                        },
                        called,
                        calling,
                        Ber.octet(tcap.length),
                        tcap);
        Mtp3TransferPrimitive message =
                engineEnd
                        .getMtp3TransferPrimitiveFactory()
                        .createMtp3TransferPrimitive(
                                SCCP,
                                NATIONAL,
                                0,
                                EmbeddedNetwork.HANDSET_POINT_CODE,
                                EmbeddedNetwork.ENGINE_POINT_CODE,
                                0,
                                udt);
        engineEnd.receive(message);
    }

    /** The user data of a UDT: the third of its variable parts. */
    private static byte[] userData(byte[] udt) {
        int at = 4 + udt[4];
        int length = udt[at] & 0xff;
        return java.util.Arrays.copyOfRange(udt, at + 1, at + 1 + length);
    }

    byte[] answer() throws InterruptedException {
        return take(received, "an answer");
    }

    Begun dialog() throws InterruptedException {
        return take(begun, "a dialog");
    }

    Refusal refusal() throws InterruptedException {
        return take(refused, "a refusal");
    }

    static Message next(Begun dialog) throws InterruptedException {
        return take(dialog.messages, "a message");
    }

    private static <T> T take(BlockingQueue<T> queue, String what) throws InterruptedException {
        T taken = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (taken == null) {
            throw new AssertionError(what + " did not come");
        }
        return taken;
    }

    /** Forgets what nobody took. */
    void forget() {
        received.clear();
        begun.clear();
        refused.clear();
    }

    int openDialogs() {
        return engine.openDialogs();
    }

    @Override
    public void close() {
        engine.close();
        engineEnd.close();
    }
}
