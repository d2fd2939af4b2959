package io.moondial.channel.wire;

import static io.moondial.channel.wire.Ber.DIALOGUE;
import static io.moondial.channel.wire.Ber.hex;
import static io.moondial.channel.wire.Ber.invoke;
import static io.moondial.channel.wire.Ber.join;
import static io.moondial.channel.wire.Ber.pAbort;
import static io.moondial.channel.wire.Ber.proceed;
import static io.moondial.channel.wire.Ber.tlv;
import static io.moondial.channel.wire.RawPeer.OTID;
import static io.moondial.channel.wire.RawPeer.STAR_100;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.channel.DialogDesk.Cause;
import io.moondial.channel.ss7.Message;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Transaction portions that are broken, and ids that nobody has (ITU-T Q.774 3.3.3). */
class TransactionTest extends OverTheWire {
    private static final int UNRECOGNIZED_TYPE = 0;
    private static final int UNRECOGNIZED_ID = 1;
    private static final int BADLY_FORMATTED = 2;
    private static final int INCORRECT = 3;
    private static final int RESOURCE_LIMITATION = 4;

    @Test
    void a_continue_for_a_transaction_we_do_not_know_is_answered_with_p_abort() throws Exception {
        peer.send(tlv(0x65, tlv(0x48, hex(OTID)), tlv(0x49, hex("01020304"))));
        peer.expect(pAbort(OTID, UNRECOGNIZED_ID));
    }

    @Test
    void an_end_and_an_abort_for_a_transaction_we_do_not_know_are_discarded() throws Exception {
        peer.send(tlv(0x64, tlv(0x49, hex("01020304"))));
        peer.send(tlv(0x67, tlv(0x49, hex("01020304"))));
        peer.expectSilence();
    }

    @Test
    void a_p_abort_of_the_far_side_reaches_the_dialog() throws Exception {
        RecordingDesk.Begun dialog = peer.begin();
        peer.send(pAbort(dialog.opening().localTid(), 4));
        assertThat(dialog.next()).isInstanceOf(Message.Abort.class);
        peer.expectSilence();
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 0x7e, 0x7f, 0x80, 0xff})
    void a_p_abort_with_a_cause_that_is_none_reaches_the_dialog(int cause) throws Exception {
        RecordingDesk.Begun dialog = peer.begin();
        peer.send(pAbort(dialog.opening().localTid(), cause));
        assertThat(dialog.next()).isInstanceOf(Message.Abort.class);
        peer.expectSilence();
    }

    @Test
    void an_end_without_components_reaches_the_dialog() throws Exception {
        RecordingDesk.Begun dialog = peer.beginWithMenu();
        peer.send(tlv(0x64, tlv(0x49, hex(dialog.opening().localTid()))));
        assertThat(dialog.next()).isInstanceOf(Message.End.class);
    }

    @Test
    void a_message_type_that_is_none_is_answered_with_p_abort_where_its_origin_is_told()
            throws Exception {
        peer.send(tlv(0x63, tlv(0x48, hex(OTID))));
        peer.expect(pAbort(OTID, UNRECOGNIZED_TYPE));
        peer.send(tlv(0x30, tlv(0x48, hex(OTID))));
        peer.expect(pAbort(OTID, UNRECOGNIZED_TYPE));
        peer.send(tlv(0x63, tlv(0x04, hex(OTID))));
        peer.expectSilence();
    }

    @Test
    void a_message_type_that_is_none_ends_the_dialog_that_it_names() throws Exception {
        RecordingDesk.Begun dialog = peer.begin();
        byte[] ids = join(tlv(0x48, hex(OTID)), tlv(0x49, hex(dialog.opening().localTid())));
        peer.send(tlv(0x63, ids));
        peer.expect(pAbort(OTID, UNRECOGNIZED_TYPE));
        assertThat(dialog.next()).isInstanceOf(Message.Abort.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "6208" + "48040a0b0c0d" + "0500", // NULL where a portion is to be
                "6208" + "48040a0b0c0d" + "6c00" + "6b00", // the portions the wrong way round
                "620a" + "48040a0b0c0d" + "4c02a100", // a primitive component portion
                "620e" + "48040a0b0c0d" + "49040a0b0c0d" + "6c00", // a destination id in a BEGIN
            })
    void a_begin_whose_transaction_portion_is_incorrect_is_answered_with_p_abort(String begin)
            throws Exception {
        peer.send(withLength(begin));
        peer.expect(pAbort("0a0b0c0d", INCORRECT));
        assertThat(peer.refusal().cause()).isEqualTo(Cause.UNREADABLE);
    }

    private static byte[] withLength(String message) {
        byte[] octets = hex(message);
        octets[1] = (byte) (octets.length - 2);
        return octets;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "6220" + "48040a0b0c0d" + "6b1e281c0607", // cut off
                "6208" + "48040a0b0c0d" + "6c7f", // a component portion longer than the message
                "628500000000" + "0848040a0b0c0d6c00", // a length of five octets
                "6208" + "48040a0b0c0d" + "4c80", // primitive, of indefinite length
                "6280" + "48040a0b0c0d", // of indefinite length, its end missing
            })
    void a_begin_that_is_no_ber_is_answered_with_p_abort_where_its_origin_is_told(String begin)
            throws Exception {
        peer.send(hex(begin));
        peer.expect(pAbort("0a0b0c0d", BADLY_FORMATTED));
        assertThat(peer.refusal().cause()).isEqualTo(Cause.UNREADABLE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "62",
                "6200",
                "6280",
                "62ff",
                "62024800",
                "620748050102030405",
                "0000",
                "ff",
                "6203480201",
                "64",
                "6500",
                "6704490a0b",
                "6100"
            })
    void what_tells_no_origin_is_dropped(String message) throws Exception {
        peer.send(hex(message));
        peer.expectSilence();
    }

    @Test
    void an_origin_of_one_octet_and_of_four_is_taken_as_it_came() throws Exception {
        peer.send(Ber.begin("07", DIALOGUE, invoke(3, 59, STAR_100)));
        RecordingDesk.Begun dialog = peer.dialog();
        assertThat(dialog.opening().remoteTid()).isEqualTo("07");
        peer.end(dialog);
        peer.send(Ber.begin("00000007", DIALOGUE, invoke(3, 59, STAR_100)));
        dialog = peer.dialog();
        assertThat(dialog.opening().remoteTid()).isEqualTo("00000007");
        peer.end(dialog);
    }

    @Test
    void a_broken_continue_ends_its_dialog_on_both_sides() throws Exception {
        RecordingDesk.Begun dialog = peer.beginWithMenu();
        String ours = dialog.opening().localTid();
        peer.send(tlv(0x65, tlv(0x48, hex(OTID)), tlv(0x49, hex(ours)), hex("0500")));
        peer.expect(pAbort(OTID, INCORRECT));
        assertThat(dialog.next()).isInstanceOf(Message.Abort.class);
    }

    @Test
    void a_continue_cut_within_its_components_ends_its_dialog_on_both_sides() throws Exception {
        RecordingDesk.Begun dialog = peer.beginWithMenu();
        String ours = dialog.opening().localTid();
        peer.send(tlv(0x65, tlv(0x48, hex(OTID)), tlv(0x49, hex(ours)), hex("6c20a2")));
        peer.expect(pAbort(OTID, BADLY_FORMATTED));
        assertThat(dialog.next()).isInstanceOf(Message.Abort.class);
    }

    @Test
    void a_broken_end_ends_its_dialog_without_a_word() throws Exception {
        RecordingDesk.Begun dialog = peer.beginWithMenu();
        peer.send(tlv(0x64, tlv(0x49, hex(dialog.opening().localTid())), hex("6c20a2")));
        assertThat(dialog.next()).isInstanceOf(Message.Abort.class);
        peer.expectSilence();
    }

    @Test
    void a_broken_abort_ends_its_dialog_without_a_word() throws Exception {
        RecordingDesk.Begun dialog = peer.beginWithMenu();
        peer.send(tlv(0x67, tlv(0x49, hex(dialog.opening().localTid())), hex("0500")));
        assertThat(dialog.next()).isInstanceOf(Message.Abort.class);
        peer.expectSilence();
    }

    @Test
    void a_broken_continue_without_its_origin_changes_nothing() throws Exception {
        RecordingDesk.Begun dialog = peer.beginWithMenu();
        peer.send(tlv(0x65, tlv(0x49, hex(dialog.opening().localTid()))));
        peer.expectSilence();
        assertThat(dialog.messages()).isEmpty();
        peer.end(dialog);
    }

    @Test
    void a_unidirectional_message_is_dropped() throws Exception {
        peer.send(
                hex(
                        "612d6b1b2819060700118605010201a00e600c80020780a1060604280203046c0ea10c"
                                + "0201800202024f0403010203"));
        peer.expectSilence();
    }

    @Test
    void octets_behind_the_message_are_not_looked_at() throws Exception {
        peer.send(join(Ber.begin(OTID, DIALOGUE, invoke(3, 59, STAR_100)), hex("0000")));
        peer.end(peer.dialog());
    }

    @Test
    void indefinite_lengths_are_read_at_every_level() throws Exception {
        peer.send(
                hex(
                        "6280"
                                + "48020a0b"
                                + "6b80288006070011860501010"
                                + "1a0806080a18006070400000100130200000000000000000000"
                                + "6c80a18002010302013b308004010f0405aa180c3602000000000000"
                                + "0000"));
        RecordingDesk.Begun dialog = peer.dialog();
        assertThat(dialog.opening().text()).isEqualTo("*100#");
        peer.end(dialog);
    }

    @Test
    void a_continue_of_ids_alone_reaches_the_dialog() throws Exception {
        RecordingDesk.Begun dialog = peer.beginWithMenu();
        peer.send(tlv(0x65, tlv(0x48, hex(OTID)), tlv(0x49, hex(dialog.opening().localTid()))));
        assertThat(dialog.next()).isEqualTo(new Message.Continue(java.util.List.of()));
        peer.send(proceed(OTID, dialog.opening().localTid()));
        assertThat(dialog.next()).isEqualTo(new Message.Continue(java.util.List.of()));
        peer.end(dialog);
    }

    @Test
    void a_begin_beyond_what_the_stack_holds_is_answered_with_p_abort() throws Exception {
        try (RawPeer narrow = new RawPeer(medium, 1)) {
            RecordingDesk.Begun first = narrow.begin();
            narrow.send(Ber.begin("0c0d", DIALOGUE, invoke(3, 59, STAR_100)));
            narrow.expect(pAbort("0c0d", RESOURCE_LIMITATION));
            assertThat(narrow.line().counters().value("tcap.dialogs_full")).isEqualTo(1);
            narrow.end(first);
            narrow.end(narrow.begin());
        }
    }
}
