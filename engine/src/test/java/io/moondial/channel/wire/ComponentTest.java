package io.moondial.channel.wire;

import static io.moondial.channel.wire.Ber.begin;
import static io.moondial.channel.wire.Ber.hex;
import static io.moondial.channel.wire.Ber.invoke;
import static io.moondial.channel.wire.Ber.proceed;
import static io.moondial.channel.wire.Ber.tlv;
import static io.moondial.channel.wire.Ber.ussdArgument;
import static io.moondial.channel.wire.RawPeer.OTID;
import static io.moondial.channel.wire.RawPeer.STAR_100;
import static io.moondial.channel.wire.RawPeer.accepted;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.channel.ss7.Message;
import io.moondial.channel.ss7.Message.Component;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Components that are broken or come unasked, and the Rejects for them (ITU-T Q.774 3.2.2.2). */
class ComponentTest extends OverTheWire {
    @ParameterizedTest
    @CsvSource({
        // what comes in a BEGIN, the Reject that goes back in TC-END
        "a503020101,            a4050500800100", // a tag that no component has: unrecognized
        "810100,                a4050500800100", // a primitive one
        "a103040101,            a4050500800101", // an OCTET STRING for the invoke id: mistyped
        "a10402020001,          a4050500800101", // an invoke id of two octets: mistyped
        "a106020103040101,      a406020103800101", // an OCTET STRING for the operation: mistyped
        "a103020103,            a406020103800101", // no operation: mistyped
        "a105020103023b,        a4050500800102", // cut within: badly structured
        "a100,                  a4050500800101", // nothing in it
        "a10c02010302013b040100040100, a406020103800101", // two parameters
    })
    void a_broken_component_of_a_begin_is_rejected_in_tc_end(String component, String reject)
            throws Exception {
        peer.send(begin(OTID, Ber.DIALOGUE, hex(component)));
        peer.expect(accepted(hex(reject)));
    }

    @Test
    void a_linked_invoke_in_a_begin_is_rejected() throws Exception {
        byte[] linked = tlv(0xa1, hex("020103"), hex("800109"), hex("02013b"), STAR_100);
        peer.send(begin(OTID, Ber.DIALOGUE, linked));
        peer.expect(accepted(hex("a406020103810105")));
    }

    @Test
    void a_duplicate_invoke_in_a_continue_is_rejected() throws Exception {
        RecordingDesk.Begun dialog = peer.beginWithMenu();
        peer.send(proceed(OTID, dialog.opening().localTid(), invoke(3, 59, STAR_100)));
        expectReject("a406020103810100");
        assertThat(dialog.next()).satisfies(ComponentTest::isUnknown);
        peer.end(dialog);
    }

    @ParameterizedTest
    @CsvSource({
        "a20302014d,                 a40602014d820100", // a result: unrecognized invoke id
        "a70302014d,                 a40602014d820100", // one that is not the last
        "a30602014d020122,           a40602014d830100", // an error
        "a50302014d,                 a4050500800100",
        "a2080201090403020100,       a406020109800101", // an OCTET STRING for the SEQUENCE
    })
    void a_component_that_nobody_asked_for_is_rejected_at_once(String component, String reject)
            throws Exception {
        RecordingDesk.Begun dialog = peer.beginWithMenu();
        peer.send(proceed(OTID, dialog.opening().localTid(), hex(component)));
        expectReject(reject);
        assertThat(dialog.next()).satisfies(ComponentTest::isUnknown);
        peer.end(dialog);
    }

    private static void expectReject(String reject) throws InterruptedException {
        assertThat(hex(Ber.find(Ber.find(peer.answer(), 0x65), 0x6c))).isEqualTo(reject);
    }

    private static void isUnknown(Message message) {
        assertThat(message)
                .isInstanceOfSatisfying(
                        Message.Continue.class,
                        it ->
                                assertThat(it.components())
                                        .singleElement()
                                        .isInstanceOf(Component.UnknownInvoke.class));
    }

    @Test
    void what_follows_a_broken_component_is_read() throws Exception {
        RecordingDesk.Begun dialog = peer.beginWithMenu();
        byte[] result = tlv(0xa2, hex("020109"), tlv(0x30, hex("02013c"), ussdArgument(15, "31")));
        peer.send(proceed(OTID, dialog.opening().localTid(), hex("a503020101"), result));
        expectReject("a4050500800100");
        assertThat(((Message.Continue) dialog.next()).components())
                .hasSize(2)
                .last()
                .isInstanceOf(Component.Result.class);
        peer.end(dialog);
    }

    @Test
    void a_reject_that_is_broken_is_not_answered_with_one() throws Exception {
        RecordingDesk.Begun dialog = peer.beginWithMenu();
        peer.send(proceed(OTID, dialog.opening().localTid(), hex("a403020109")));
        assertThat(dialog.next()).isEqualTo(new Message.Continue(List.of()));
        peer.expectSilence();
        peer.end(dialog);
    }

    @ParameterizedTest
    @CsvSource({"a406020109810102", "a4050500800100", "a40602010981017f"})
    void a_reject_reaches_the_dialog(String reject) throws Exception {
        RecordingDesk.Begun dialog = peer.beginWithMenu();
        peer.send(proceed(OTID, dialog.opening().localTid(), hex(reject)));
        assertThat(((Message.Continue) dialog.next()).components())
                .singleElement()
                .isInstanceOf(Component.Rejected.class);
        peer.end(dialog);
    }

    @Test
    void an_answer_that_is_broken_reaches_the_dialog_as_such() throws Exception {
        RecordingDesk.Begun dialog = peer.beginWithMenu();
        byte[] broken = tlv(0xa2, hex("020109"), tlv(0x30, hex("02013c"), tlv(0x30, hex("0400"))));
        peer.send(proceed(OTID, dialog.opening().localTid(), broken));
        assertThat(((Message.Continue) dialog.next()).components())
                .singleElement()
                .isInstanceOf(Component.Undecodable.class);
        peer.end(dialog);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "04010f" + "04847fffffff31",
                "04010f" + "0484ffffffff31",
                "04010f" + "0488ffffffffffffffff31",
                "04847fffffff0f" + "040131",
                "04010f" + "040131" + "80847fffffff91",
            })
    void an_answer_with_a_length_that_is_not_there_reaches_the_dialog_as_broken(String result)
            throws Exception {
        RecordingDesk.Begun dialog = peer.beginWithMenu();
        byte[] parameter = tlv(0x30, hex("02013c"), tlv(0x30, hex(result)));
        peer.send(proceed(OTID, dialog.opening().localTid(), tlv(0xa2, hex("020109"), parameter)));
        assertThat(((Message.Continue) dialog.next()).components())
                .singleElement()
                .isInstanceOfSatisfying(
                        Component.Undecodable.class,
                        it -> assertThat(it.why()).contains("no valid BER"));
        peer.end(dialog);
    }

    @Test
    void more_components_than_a_message_has_are_rejected_with_one_word() throws Exception {
        peer.send(begin(OTID, Ber.DIALOGUE, hex("a500".repeat(110))));
        peer.expect(accepted(hex("a4050500800100".repeat(2) + "a4050500800102")));
    }

    @Test
    void a_result_of_an_operation_code_alone_is_one_without_a_parameter() throws Exception {
        RecordingDesk.Begun dialog = peer.beginWithMenu();
        peer.send(proceed(OTID, dialog.opening().localTid(), hex("a2080201093003" + "02013c")));
        assertThat(dialog.next())
                .isEqualTo(new Message.Continue(List.of(new Component.Result(9, 60, null))));
        peer.end(dialog);
    }

    @Test
    void an_error_whose_parameter_is_broken_is_still_that_error() throws Exception {
        RecordingDesk.Begun dialog = peer.beginWithMenu();
        byte[] error = tlv(0xa3, hex("020109"), hex("02011b"), tlv(0x30, hex("0a05")));
        peer.send(proceed(OTID, dialog.opening().localTid(), error));
        assertThat(dialog.next())
                .isEqualTo(new Message.Continue(List.of(new Component.ErrorReturned(9, 27))));
        peer.end(dialog);
    }

    @Test
    void an_error_that_map_does_not_know_is_rejected_and_reaches_the_dialog() throws Exception {
        RecordingDesk.Begun dialog = peer.beginWithMenu();
        peer.send(proceed(OTID, dialog.opening().localTid(), hex("a306020109020164")));
        expectReject("a406020109830102");
        assertThat(((Message.Continue) dialog.next()).components())
                .singleElement()
                .isInstanceOf(Component.Undecodable.class);
        peer.end(dialog);
    }
}
