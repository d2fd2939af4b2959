package io.moondial.channel.wire;

import static io.moondial.channel.wire.Ber.begin;
import static io.moondial.channel.wire.Ber.hex;
import static io.moondial.channel.wire.Ber.invoke;
import static io.moondial.channel.wire.Ber.octet;
import static io.moondial.channel.wire.Ber.tlv;
import static io.moondial.channel.wire.Ber.ussdArgument;
import static io.moondial.channel.wire.RawPeer.OTID;
import static io.moondial.channel.wire.RawPeer.STAR_100;
import static io.moondial.channel.wire.RawPeer.accepted;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.channel.Address;
import io.moondial.channel.DialogDesk.Cause;
import io.moondial.channel.Opening.Party;
import io.moondial.channel.ss7.Message;
import io.moondial.channel.ss7.Message.Component;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a TC-BEGIN is served or refused, octet by octet. */
class WireTest extends OverTheWire {
    @Test
    void a_begin_becomes_a_dialog_that_is_answered_in_tc_end() throws Exception {
        peer.send(begin(OTID, Ber.DIALOGUE, invoke(3, 59, STAR_100)));
        RecordingDesk.Begun dialog = peer.dialog();
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
                                accepted(
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
        RecordingDesk.Begun dialog = peer.dialog();
        assertThat(dialog.opening().text()).isEqualTo("*140*0761241377#");
        assertThat(dialog.opening().msisdn()).isEqualTo(Address.international("27761485722"));
        dialog.link().send(new Message.Abort("enough"));
        peer.answer();
    }

    @Test
    void an_argument_that_is_no_sequence_is_answered_with_unexpected_data_value() throws Exception {
        peer.send(begin(OTID, Ber.DIALOGUE, invoke(1, 59, tlv(0x04, octet(1)))));
        assertThat(hex(peer.answer())).isEqualTo(hex(accepted(hex("a306020101020124"))));
        assertThat(peer.refusal().cause()).isEqualTo(Cause.MALFORMED_ARGUMENT);
    }

    @Test
    void a_string_longer_than_the_message_is_answered_with_unexpected_data_value()
            throws Exception {
        peer.send(begin(OTID, Ber.DIALOGUE, invoke(1, 59, tlv(0x30, hex("04010f04062a")))));
        assertThat(hex(peer.answer())).isEqualTo(hex(accepted(hex("a306020101020124"))));
        assertThat(peer.refusal().text()).contains("no valid BER").contains("36");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "04010f" + "04847fffffff2a", // of the USSD string: 2 GiB
                "04010f" + "0484ffffffff2a", // negative where it is taken for an int
                "04010f" + "048501000000012a", // beyond an int
                "04010f" + "0488ffffffffffffffff2a", // beyond a long
                "04010f" + "0483ffffff2a", // 16 MiB
                "04010f" + "04ff2a", // a reserved length
                "04010f" + "048200002a", // empty, and then something that is no element
                "04010f" + "24802a0000", // indefinite, and nothing that is an element in it
                "04847fffffff0f", // of the data coding scheme
                "04010f" + "0401aa" + "80847fffffff91", // of the MSISDN
                "04010f" + "0401aa" + "8083ffffff91",
                "04010f" + "0401aa" + "8015" + "91" + "2143658709", // more than is there
                "04010f" + "0401aa" + "04847fffffff00", // of the alerting pattern
                "04010f" + "0401aa" + "bf8fffff7f847fffffff00", // of an extension with a long tag
                "04010f" + "0401aa" + "3f8f8f8f", // a tag that does not end
            })
    void a_length_that_is_not_there_is_answered_before_anything_is_made_of_it(String argument)
            throws Exception {
        peer.send(begin(OTID, Ber.DIALOGUE, invoke(1, 59, tlv(0x30, hex(argument)))));
        assertThat(hex(peer.answer())).isEqualTo(hex(accepted(hex("a306020101020124"))));
        assertThat(peer.refusal().cause()).isEqualTo(Cause.MALFORMED_ARGUMENT);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 21, 40})
    void an_msisdn_of_a_length_that_no_address_has_is_answered_with_unexpected_data_value(
            int octets) throws Exception {
        byte[] msisdn = tlv(0x80, new byte[octets]);
        peer.send(
                begin(
                        OTID,
                        Ber.DIALOGUE,
                        invoke(1, 59, tlv(0x30, hex("04010f" + "0401aa"), msisdn))));
        assertThat(hex(peer.answer())).isEqualTo(hex(accepted(hex("a306020101020124"))));
        assertThat(peer.refusal().text()).contains("octets; 1 to 20 are allowed");
    }

    @Test
    void what_follows_the_string_and_is_not_known_is_passed_over() throws Exception {
        byte[] argument =
                tlv(
                        0x30,
                        hex("04010f" + "0405aa180c3602"),
                        hex("040101"), // the alerting pattern
                        hex("800791" + "2143658709f1"),
                        hex("a18030800201010000" + "0000"), // indefinite lengths, nested
                        hex("bf8f7f0100")); // a long tag
        peer.send(begin(OTID, Ber.DIALOGUE, invoke(3, 59, argument)));
        RecordingDesk.Begun dialog = peer.dialog();
        assertThat(dialog.opening().text()).isEqualTo("*100#");
        assertThat(dialog.opening().msisdn()).isEqualTo(Address.international("12345678901"));
        peer.end(dialog);
    }

    @Test
    void nesting_without_end_is_passed_over() throws Exception {
        byte[] nested = hex("3080".repeat(60) + "0000".repeat(60));
        byte[] argument = tlv(0x30, hex("04010f" + "0405aa180c3602"), tlv(0xa1, nested));
        peer.send(begin(OTID, Ber.DIALOGUE, invoke(3, 59, argument)));
        peer.end(peer.dialog());
    }

    @Test
    void an_argument_without_a_string_is_answered_with_data_missing() throws Exception {
        peer.send(begin(OTID, Ber.DIALOGUE, invoke(1, 59, tlv(0x30, hex("04010f")))));
        assertThat(hex(peer.answer())).isEqualTo(hex(accepted(hex("a306020101020123"))));
        assertThat(peer.refusal().text()).contains("the USSD string is missing");
    }

    @Test
    void no_argument_at_all_is_answered_with_data_missing() throws Exception {
        peer.send(begin(OTID, Ber.DIALOGUE, invoke(1, 59, new byte[0])));
        assertThat(hex(peer.answer())).isEqualTo(hex(accepted(hex("a306020101020123"))));
        peer.refusal();
    }

    @Test
    void a_scheme_that_means_no_text_is_answered_with_unknown_alphabet() throws Exception {
        peer.send(begin(OTID, Ber.DIALOGUE, invoke(1, 59, ussdArgument(0x60, "aa180c3602"))));
        assertThat(hex(peer.answer())).isEqualTo(hex(accepted(hex("a306020101020147"))));
        assertThat(peer.refusal().cause()).isEqualTo(Cause.UNKNOWN_ALPHABET);
    }

    @Test
    void an_operation_with_a_global_code_is_rejected_and_logged_in_words() throws Exception {
        byte[] global = tlv(0xa1, tlv(0x02, hex("01")), tlv(0x06, hex("2a0304")));
        peer.send(begin(OTID, Ber.DIALOGUE, global));
        assertThat(hex(peer.answer())).isEqualTo(hex(accepted(hex("a406020101810101"))));
        assertThat(peer.refusal().text())
                .isEqualTo(
                        "the first Invoke is of an operation without a local code, which is not served: rejected");
    }

    @Test
    void an_operation_that_is_not_served_is_rejected_as_unrecognized() throws Exception {
        peer.send(begin(OTID, Ber.DIALOGUE, invoke(1, 14, hex("3003040121"))));
        assertThat(hex(peer.answer())).isEqualTo(hex(accepted(hex("a406020101810101"))));
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
        // AARE with the context that was asked for: reject-permanent, not supported
        assertThat(hex(Ber.find(abort, 0x6b)))
                .isEqualTo(
                        "2828060700118605010101a01d611b80020780"
                                + "a109060704000001001503a203020101a305a103020102");
        assertThat(peer.refusal().cause()).isEqualTo(Cause.OTHER_CONTEXT);
    }

    @Test
    void a_code_written_one_character_an_octet_is_read_as_it_is_meant() throws Exception {
        peer.send(begin(OTID, Ber.DIALOGUE, invoke(1, 59, ussdArgument(0x0f, "2a3130302a3223"))));
        RecordingDesk.Begun dialog = peer.dialog();
        assertThat(dialog.opening().text()).isEqualTo("*100*2#");
        peer.end(dialog);
    }

    @ParameterizedTest
    @CsvSource({
        "aa182ca6a28d00, *101*4#", // seven septets, seven zero bits behind
        "aa182ca6a28d46, *101*4##", // eight septets
        "aa182ca6a28d1a, *101*4#", // filled as the standard says
        "aa182ca60a8b01, *101*ab@", // no code: what ends it is left as it is
    })
    void seven_zero_bits_behind_a_code_are_no_at_sign(String octets, String code) throws Exception {
        peer.send(begin(OTID, Ber.DIALOGUE, invoke(3, 59, ussdArgument(0x0f, octets))));
        RecordingDesk.Begun dialog = peer.dialog();
        assertThat(dialog.opening().text()).isEqualTo(code);
        peer.end(dialog);
    }

    @Test
    void septets_with_dirty_spare_bits_are_read() throws Exception {
        peer.send(begin(OTID, Ber.DIALOGUE, invoke(1, 59, ussdArgument(0x0f, "2a1c6ed4"))));
        RecordingDesk.Begun dialog = peer.dialog();
        assertThat(dialog.opening().text()).isEqualTo("*88#");
        peer.end(dialog);
    }
}
