package io.starhash.network.embedded;

import static io.starhash.network.embedded.Ber.begin;
import static io.starhash.network.embedded.Ber.hex;
import static io.starhash.network.embedded.Ber.invoke;
import static io.starhash.network.embedded.Ber.octet;
import static io.starhash.network.embedded.Ber.tlv;
import static io.starhash.network.embedded.Ber.ussdArgument;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.starhash.dialog.Address;
import io.starhash.dialog.Component;
import io.starhash.dialog.Message;
import io.starhash.dialog.Party;
import io.starhash.network.DialogDesk.Cause;
import io.starhash.text.Dcs;
import io.starhash.text.UssdString;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What goes over the wire, octet by octet: the peer of these tests has no stack. */
class WireTest {
    private static final String OTID = "0a0b";
    private static final byte[] STAR_100 = ussdArgument(0x0f, "aa180c3602");
    private static RawPeer peer;

    @BeforeAll
    static void start() {
        peer = new RawPeer();
    }

    @AfterAll
    static void stop() {
        peer.close();
    }

    @AfterEach
    void nothing_is_left() {
        // The answer leaves before the stack lets go of its dialog.
        await().untilAsserted(() -> assertThat(peer.openDialogs()).isZero());
        peer.forget();
    }

    private static byte[] end(byte[]... components) {
        byte[] accepted =
                hex(
                        "6b2a2828060700118605010101a01d611b80020780a109060704000001001302a203020100a305a103020100");
        return tlv(0x64, tlv(0x49, hex(OTID)), accepted, tlv(0x6c, components));
    }

    @Test
    void a_begin_becomes_a_dialog_that_is_answered_in_tc_end() throws Exception {
        peer.send(begin(OTID, Ber.DIALOGUE, invoke(3, 59, STAR_100)));
        RawPeer.Begun dialog = peer.dialog();
        assertThat(dialog.opening().text()).isEqualTo("*100#");
        assertThat(dialog.opening().remoteTid()).isEqualTo(OTID);
        assertThat(dialog.opening().remote()).isEqualTo(new Party(1, 8, null, Party.ROUTE_ON_SSN));
        dialog.link()
                .send(
                        new Message.End(
                                List.of(
                                        new Component.Result(
                                                3, 59, UssdString.encode("Hi", Dcs.UNSPECIFIED)))));
        assertThat(hex(peer.answer()))
                .isEqualTo(
                        hex(
                                end(
                                        tlv(
                                                0xa2,
                                                hex("020103"),
                                                tlv(
                                                        0x30,
                                                        hex("02013b"),
                                                        ussdArgument(0x0f, "c834"))))));
    }

    @Test
    void the_wireshark_samples_begin_is_read_with_its_msisdn() throws Exception {
        // USSD-Arg of the Wireshark wiki's gsm_map_with_ussd_string.pcap
        byte[] argument = hex("301c04010f040eaa180da682dd6c31192d36bbdd468007917267415827f2");
        peer.send(begin(OTID, Ber.DIALOGUE, invoke(1, 59, argument)));
        RawPeer.Begun dialog = peer.dialog();
        assertThat(dialog.opening().text()).isEqualTo("*140*0761241377#");
        assertThat(dialog.opening().msisdn()).isEqualTo(Address.international("27761485722"));
        dialog.link().send(new Message.Abort("enough"));
        peer.answer();
    }

    @Test
    void an_argument_that_is_no_sequence_is_answered_with_unexpected_data_value() throws Exception {
        peer.send(begin(OTID, Ber.DIALOGUE, invoke(1, 59, tlv(0x04, octet(1)))));
        assertThat(hex(peer.answer())).isEqualTo(hex(end(hex("a306020101020124"))));
        assertThat(peer.refusal().cause()).isEqualTo(Cause.MALFORMED_ARGUMENT);
    }

    @Test
    void a_string_longer_than_the_message_is_answered_with_unexpected_data_value()
            throws Exception {
        peer.send(begin(OTID, Ber.DIALOGUE, invoke(1, 59, tlv(0x30, hex("04010f04062a")))));
        assertThat(hex(peer.answer())).isEqualTo(hex(end(hex("a306020101020124"))));
        assertThat(peer.refusal().text()).contains("no valid BER").contains("36");
    }

    @Test
    void an_argument_without_a_string_is_answered_with_data_missing() throws Exception {
        peer.send(begin(OTID, Ber.DIALOGUE, invoke(1, 59, tlv(0x30, hex("04010f")))));
        assertThat(hex(peer.answer())).isEqualTo(hex(end(hex("a306020101020123"))));
        assertThat(peer.refusal().text()).contains("the USSD string is missing");
    }

    @Test
    void no_argument_at_all_is_answered_with_data_missing() throws Exception {
        peer.send(begin(OTID, Ber.DIALOGUE, invoke(1, 59, new byte[0])));
        assertThat(hex(peer.answer())).isEqualTo(hex(end(hex("a306020101020123"))));
        peer.refusal();
    }

    @Test
    void a_scheme_that_means_no_text_is_answered_with_unknown_alphabet() throws Exception {
        peer.send(begin(OTID, Ber.DIALOGUE, invoke(1, 59, ussdArgument(0x60, "aa180c3602"))));
        assertThat(hex(peer.answer())).isEqualTo(hex(end(hex("a306020101020147"))));
        assertThat(peer.refusal().cause()).isEqualTo(Cause.UNKNOWN_ALPHABET);
    }

    @Test
    void an_operation_that_is_not_served_is_rejected_as_unrecognized() throws Exception {
        peer.send(begin(OTID, Ber.DIALOGUE, invoke(1, 14, hex("3003040121"))));
        assertThat(hex(peer.answer())).isEqualTo(hex(end(hex("a406020101810101"))));
        assertThat(peer.refusal().cause()).isEqualTo(Cause.UNKNOWN_OPERATION);
    }

    @Test
    void two_invokes_in_one_begin_are_aborted_by_the_user() throws Exception {
        peer.send(begin(OTID, Ber.DIALOGUE, invoke(1, 59, STAR_100), invoke(2, 59, STAR_100)));
        byte[] abort = Ber.find(peer.answer(), 0x67);
        assertThat(hex(Ber.find(abort, 0x49))).isEqualTo(OTID);
        // ABRT from the dialogue service user, MAP-UserAbort with userSpecificReason inside
        assertThat(hex(Ber.find(abort, 0x6b))).contains("800100").endsWith("a4028000");
        assertThat(peer.refusal().cause()).isEqualTo(Cause.NOT_ONE_INVOKE);
    }

    @Test
    void an_application_context_that_is_not_ours_is_refused() throws Exception {
        byte[] shortMessages =
                hex("6b1e281c060700118605010101a011600f80020780a109060704000001001503");
        peer.send(begin(OTID, shortMessages, invoke(1, 59, STAR_100)));
        byte[] abort = Ber.find(peer.answer(), 0x67);
        // AARE: result reject-permanent, diagnostic application-context-name-not-supported
        assertThat(hex(Ber.find(abort, 0x6b))).contains("a203020101a305a103020102");
    }

    @Test
    void a_continue_for_a_transaction_we_do_not_know_is_answered_with_p_abort() throws Exception {
        peer.send(tlv(0x65, tlv(0x48, hex(OTID)), tlv(0x49, hex("01020304"))));
        assertThat(hex(peer.answer()))
                .isEqualTo(hex(tlv(0x67, tlv(0x49, hex(OTID)), hex("4a0101"))));
    }

    @Test
    void a_p_abort_of_the_far_side_reaches_the_dialog() throws Exception {
        peer.send(begin(OTID, Ber.DIALOGUE, invoke(1, 59, STAR_100)));
        RawPeer.Begun dialog = peer.dialog();
        peer.send(tlv(0x67, tlv(0x49, hex(dialog.opening().localTid())), hex("4a0104")));
        assertThat(RawPeer.next(dialog)).isInstanceOf(Message.Abort.class);
    }

    @Test
    void an_answer_that_is_broken_reaches_the_dialog_as_such() throws Exception {
        peer.send(begin(OTID, Ber.DIALOGUE, invoke(1, 59, STAR_100)));
        RawPeer.Begun dialog = peer.dialog();
        UssdString menu = UssdString.encode("?", Dcs.UNSPECIFIED);
        dialog.link().send(new Message.Continue(List.of(new Component.Invoke(9, 60, menu))));
        peer.answer();
        byte[] broken = tlv(0xa2, hex("020109"), tlv(0x30, hex("02013c"), tlv(0x30, hex("0400"))));
        peer.send(
                tlv(
                        0x65,
                        tlv(0x48, hex(OTID)),
                        tlv(0x49, hex(dialog.opening().localTid())),
                        tlv(0x6c, broken)));
        assertThat(RawPeer.next(dialog))
                .isInstanceOfSatisfying(
                        Message.Continue.class,
                        m ->
                                assertThat(m.components())
                                        .singleElement()
                                        .isInstanceOf(Component.Undecodable.class));
        dialog.link().send(new Message.Abort("enough"));
        peer.answer();
    }

    @Test
    void an_answer_to_an_invoke_never_sent_is_rejected_at_once() throws Exception {
        peer.send(begin(OTID, Ber.DIALOGUE, invoke(1, 59, STAR_100)));
        RawPeer.Begun dialog = peer.dialog();
        UssdString menu = UssdString.encode("?", Dcs.UNSPECIFIED);
        dialog.link().send(new Message.Continue(List.of(new Component.Invoke(9, 60, menu))));
        peer.answer();
        byte[] stray = tlv(0xa2, hex("02014d"), tlv(0x30, hex("02013c"), ussdArgument(0x0f, "31")));
        peer.send(
                tlv(
                        0x65,
                        tlv(0x48, hex(OTID)),
                        tlv(0x49, hex(dialog.opening().localTid())),
                        tlv(0x6c, stray)));
        byte[] rejecting = Ber.find(peer.answer(), 0x65);
        assertThat(hex(Ber.find(rejecting, 0x6c))).isEqualTo("a40602014d820100");
        assertThat(RawPeer.next(dialog))
                .isInstanceOfSatisfying(
                        Message.Continue.class,
                        m ->
                                assertThat(m.components())
                                        .singleElement()
                                        .isInstanceOf(Component.UnknownInvoke.class));
        dialog.link().send(new Message.Abort("enough"));
        peer.answer();
    }
}
