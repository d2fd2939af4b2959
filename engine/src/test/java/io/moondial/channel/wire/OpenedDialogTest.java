package io.moondial.channel.wire;

import static io.moondial.channel.wire.Ber.hex;
import static io.moondial.channel.wire.Ber.octet;
import static io.moondial.channel.wire.Ber.tlv;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.channel.Address;
import io.moondial.channel.NodeLink;
import io.moondial.channel.Opening.Party;
import io.moondial.channel.OutgoingRequest;
import io.moondial.dialog.FarIncoming;
import io.moondial.dialog.FarIncoming.Said;
import io.moondial.dialog.FarIncoming.Word;
import io.moondial.dialog.FarOutgoing;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each octet of the dialogs that the engine begins with another USSD node. */
class OpenedDialogTest extends OverTheWire {
    private static final int PROCESS = 59;
    private static final int REQUEST = 60;
    private static final int NOTIFY = 61;
    private static final String FAR = "0c0d";
    private static final String NODE = "27829000003";
    private static final Party CALLED = new Party(null, 6, NODE, Party.ROUTE_ON_GT);
    private static final Address IMSI = new Address("655010000000001", 1, Address.LAND_MOBILE);
    private static final Address VLR = Address.international("27829000001");

    private final BlockingQueue<FarIncoming> heard = new LinkedBlockingQueue<>();

    @AfterEach
    void nothing_else_is_heard() {
        assertThat(heard).isEmpty();
    }

    private static UssdString text(String text) throws Exception {
        return UssdString.encode(text, Dcs.UNSPECIFIED);
    }

    private static byte[] argument(String text) throws Exception {
        return tlv(0x30, hex("04010f"), tlv(0x04, text(text).octets()));
    }

    /** MAP-open with the subscriber's IMSI, and the node that his request comes from. */
    private static byte[] references() {
        byte[] references =
                tlv(
                        0xa0,
                        hex("8009" + "96" + "56050100000000f1"),
                        hex("8107" + "91" + "7228090000f1"));
        byte[] information = tlv(0xbe, tlv(0x28, hex("060704000001010101"), tlv(0xa0, references)));
        byte[] request = tlv(0x60, hex("80020780"), hex("a109060704000001001302"), information);
        return tlv(0x6b, tlv(0x28, hex("060700118605010101"), tlv(0xa0, request)));
    }

    private NodeLink open() throws Exception {
        return peer.open(
                new OutgoingRequest(
                        text("*200#"),
                        false,
                        Address.international("27761485722"),
                        CALLED,
                        6,
                        IMSI,
                        VLR),
                heard::add);
    }

    private static byte[] argumentWithNumber() throws Exception {
        return tlv(
                0x30,
                hex("04010f"),
                tlv(0x04, text("*200#").octets()),
                hex("8007" + "91" + "7267415827f2"));
    }

    private NodeLink opened() throws Exception {
        NodeLink link = open();
        byte[] sccp = peer.sccp();
        assertThat(hex(Sccp.called(sccp))).isEqualTo(hex(Sccp.title(6, NODE)));
        assertThat(hex(Sccp.calling(sccp))).isEqualTo(hex(Sccp.title(6, "27829000000")));
        assertThat(hex(Sccp.data(sccp)))
                .isEqualTo(
                        hex(
                                Ber.begin(
                                        link.localTid(),
                                        references(),
                                        Ber.invoke(1, PROCESS, argumentWithNumber()))));
        return link;
    }

    /** From the address that was called. */
    private static void send(byte[] tcap) {
        peer.line().send(Sccp.udt(Sccp.title(6, "27829000000"), Sccp.title(6, NODE), tcap));
    }

    private static byte[] firstContinue(NodeLink link, byte[]... components) {
        return tlv(
                0x65,
                tlv(0x48, hex(FAR)),
                tlv(0x49, hex(link.localTid())),
                Ber.ACCEPTED,
                tlv(0x6c, components));
    }

    private static byte[] result(int invokeId, int operation, byte[] parameter) {
        return tlv(
                0xa2,
                tlv(0x02, octet(invokeId)),
                tlv(0x30, tlv(0x02, octet(operation)), parameter));
    }

    private FarIncoming next() throws InterruptedException {
        return RecordingDesk.take(heard, "a message");
    }

    @Test
    void a_conversation() throws Exception {
        NodeLink link = opened();
        send(firstContinue(link, Ber.invoke(7, REQUEST, argument("1. Balance"))));
        assertThat(next())
                .isEqualTo(new Said(List.of(new Word.Shows(7, true, text("1. Balance"))), false));
        link.send(new FarOutgoing.Answer(7, text("1"), false));
        peer.expect(Ber.proceed(link.localTid(), FAR, result(7, REQUEST, argument("1"))));

        send(Ber.proceed(FAR, link.localTid(), Ber.invoke(8, NOTIFY, argument("Wait"))));
        assertThat(next())
                .isEqualTo(new Said(List.of(new Word.Shows(8, false, text("Wait"))), false));
        link.send(new FarOutgoing.Acknowledge(8));
        peer.expect(Ber.proceed(link.localTid(), FAR, tlv(0xa2, hex("020108"))));

        send(
                tlv(
                        0x64,
                        tlv(0x49, hex(link.localTid())),
                        tlv(0x6c, result(1, PROCESS, argument("Bye")))));
        assertThat(next()).isEqualTo(new Said(List.of(new Word.Finishes(text("Bye"))), true));
        peer.expectSilence();
    }

    @Test
    void an_error_for_a_screen_and_the_error_that_ends_it() throws Exception {
        NodeLink link = opened();
        send(firstContinue(link, Ber.invoke(7, REQUEST, argument("PIN?"))));
        next();
        link.send(new FarOutgoing.Fail(7, true, 72));
        peer.expect(
                Ber.proceed(link.localTid(), FAR, tlv(0xa3, hex("020107"), tlv(0x02, octet(72)))));
        send(
                tlv(
                        0x64,
                        tlv(0x49, hex(link.localTid())),
                        tlv(0x6c, tlv(0xa3, hex("020101"), tlv(0x02, octet(34))))));
        assertThat(next()).isEqualTo(new Said(List.of(new Word.Fails(34)), true));
        peer.expectSilence();
    }

    @Test
    void a_screen_after_the_end_belongs_to_nobody() throws Exception {
        NodeLink link = opened();
        send(
                tlv(
                        0x64,
                        tlv(0x49, hex(link.localTid())),
                        Ber.ACCEPTED,
                        tlv(0x6c, result(1, PROCESS, argument("Bye")))));
        assertThat(next()).isEqualTo(new Said(List.of(new Word.Finishes(text("Bye"))), true));
        send(Ber.proceed(FAR, link.localTid(), Ber.invoke(7, REQUEST, argument("late"))));
        peer.expect(Ber.pAbort(FAR, 1));
    }
}
