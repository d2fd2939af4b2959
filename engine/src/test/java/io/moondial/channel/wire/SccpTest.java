package io.moondial.channel.wire;

import static io.moondial.channel.wire.Ber.DIALOGUE;
import static io.moondial.channel.wire.Ber.hex;
import static io.moondial.channel.wire.Ber.invoke;
import static io.moondial.channel.wire.Ber.join;
import static io.moondial.channel.wire.Ber.tlv;
import static io.moondial.channel.wire.RawPeer.OTID;
import static io.moondial.channel.wire.RawPeer.STAR_100;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.channel.ss7.Message;
import io.moondial.channel.ss7.Message.Component;
import io.moondial.channel.ss7.SignallingLimits;
import io.moondial.channel.ss7.SignallingLimits.Guards;
import io.moondial.config.WrittenSettings;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SCCP's own messages: long ones in segments, those returned, and broken ones (ITU-T Q.713). */
class SccpTest extends OverTheWire {
    private static final byte[] BEGIN = Ber.begin(OTID, DIALOGUE, invoke(3, 59, STAR_100));
    private static final int SUBSYSTEM_FAILURE = 3;
    private static final int UNEQUIPPED_USER = 4;
    private static final int CANNOT_REASSEMBLE = 10;

    /** Addresses with global titles of twenty digits, routed on the subsystem. */
    private static final byte[] ENGINE_WITH_TITLE = hex("5302000600120407192800000000001101");

    private static final byte[] PEER_WITH_TITLE = hex("5301000800120407192800000000002202");

    @Test
    void an_answer_to_an_xudt_is_a_udt_where_it_fits_one() throws Exception {
        peer.line().send(Sccp.xudt(Sccp.ENGINE, Sccp.PEER, BEGIN));
        RecordingDesk.Begun dialog = peer.dialog();
        dialog.link().send(new Message.End(List.of()));
        byte[] udt = peer.sccp();
        assertThat(Sccp.type(udt)).isEqualTo(Sccp.UDT);
        assertThat(hex(udt[1])).isEqualTo("81"); // class 1, to be returned on error
        assertThat(Sccp.called(udt)).isEqualTo(Sccp.PEER);
        assertThat(Sccp.calling(udt)).isEqualTo(Sccp.ENGINE);
        assertThat(Sccp.data(udt)).isEqualTo(tlv(0x64, tlv(0x49, hex(OTID)), Ber.ACCEPTED));
    }

    private static String hex(byte octet) {
        return Ber.hex(new byte[] {octet});
    }

    private static String hex(byte[] octets) {
        return Ber.hex(octets);
    }

    private static byte[] hex(String digits) {
        return Ber.hex(digits);
    }

    @Test
    void a_begin_of_160_octets_in_two_segments_is_reassembled() throws Exception {
        String text = "1".repeat(182);
        byte[] argument =
                Ber.ussdArgument(15, hex(UssdString.encode(text, Dcs.UNSPECIFIED).octets()));
        byte[] begin = Ber.begin(OTID, DIALOGUE, invoke(3, 59, argument));
        peer.line().send(Sccp.segment(true, 1, 77, Arrays.copyOf(begin, 130)));
        peer.line().send(Sccp.segment(false, 0, 77, Arrays.copyOfRange(begin, 130, begin.length)));
        RecordingDesk.Begun dialog = peer.dialog();
        assertThat(dialog.opening().text()).isEqualTo(text);
        peer.end(dialog);
    }

    @Test
    void two_messages_in_segments_that_come_mixed_are_both_reassembled() throws Exception {
        byte[] head = Arrays.copyOf(BEGIN, 20);
        byte[] tail = Arrays.copyOfRange(BEGIN, 20, BEGIN.length);
        peer.line().send(Sccp.segment(true, 1, 1, head));
        peer.line().send(Sccp.segment(true, 1, 2, head));
        peer.line().send(Sccp.segment(false, 0, 1, tail));
        peer.end(peer.dialog());
        peer.line().send(Sccp.segment(false, 0, 2, tail));
        peer.end(peer.dialog());
    }

    @Test
    void a_message_with_a_segment_missing_is_returned() throws Exception {
        byte[] head = Arrays.copyOf(BEGIN, 20);
        peer.line().send(Sccp.segment(true, 2, 78, head));
        peer.line().send(Sccp.segment(false, 0, 78, Arrays.copyOfRange(BEGIN, 20, 30)));
        byte[] returned = peer.sccp();
        assertThat((int) returned[1]).isEqualTo(CANNOT_REASSEMBLE);
        assertThat(Sccp.type(returned)).isIn(Sccp.UDTS, Sccp.XUDTS);
        assertThat(Sccp.called(returned)).isEqualTo(Sccp.PEER);
        assertThat(hex(Sccp.data(returned))).isEqualTo(hex(head));
    }

    @Test
    void a_flood_of_first_segments_leaves_room_for_other_far_ends() throws Exception {
        SignallingLimits few =
                SignallingLimits.of(
                        100,
                        Guards.DEFAULT,
                        WrittenSettings.settings(
                                SignallingLimits.Sccp.class,
                                "max_reassemblies: 6",
                                "max_reassemblies_per_far_end: 4"));
        try (RawPeer other = new RawPeer(medium, few)) {
            byte[] head = Arrays.copyOf(BEGIN, 20);
            byte[] tail = Arrays.copyOfRange(BEGIN, 20, BEGIN.length);
            for (int i = 0; i < 1_000; i++) {
                other.line().send(Sccp.segment(true, 1, i, head));
            }
            other.line().send(Sccp.segment(PEER_WITH_TITLE, true, 1, 1, head));
            other.line().send(Sccp.segment(PEER_WITH_TITLE, false, 0, 1, tail));
            other.end(other.dialog());
            assertThat(other.line().counters().value("sccp.dropped.reassemblies_of_far_end"))
                    .isEqualTo(996);
            other.line().send(Sccp.segment(false, 0, 3, tail));
            other.end(other.dialog());
            other.line().send(Sccp.segment(true, 1, 5_000, head));
            other.line().send(Sccp.segment(false, 0, 5_000, tail));
            other.end(other.dialog());
        }
    }

    @Test
    void a_segment_whose_first_never_came_is_dropped() throws Exception {
        peer.line().send(Sccp.segment(false, 0, 79, BEGIN));
        peer.expectSilence();
    }

    @Test
    void a_first_menu_of_160_octets_goes_in_one_udt_where_the_addresses_are_short()
            throws Exception {
        peer.send(BEGIN);
        RecordingDesk.Begun dialog = peer.dialog();
        dialog.link().send(fullMenu());
        byte[] udt = peer.sccp();
        assertThat(Sccp.type(udt)).isEqualTo(Sccp.UDT);
        assertThat(Sccp.data(udt)).hasSize(238);
        peer.end(dialog);
    }

    @Test
    void a_first_menu_of_160_octets_goes_in_two_xudts_where_the_addresses_are_long()
            throws Exception {
        peer.line().send(Sccp.udt(ENGINE_WITH_TITLE, PEER_WITH_TITLE, BEGIN));
        RecordingDesk.Begun dialog = peer.dialog();
        dialog.link().send(fullMenu());
        byte[] first = peer.sccp();
        byte[] last = peer.sccp();
        assertThat(Sccp.type(first)).isEqualTo(Sccp.XUDT);
        assertThat(Sccp.type(last)).isEqualTo(Sccp.XUDT);
        byte[] reference = Arrays.copyOfRange(Sccp.segmentation(first), 1, 4);
        assertThat(hex(Sccp.segmentation(first))).isEqualTo("c1" + hex(reference));
        assertThat(hex(Sccp.segmentation(last))).isEqualTo("40" + hex(reference));
        assertThat(Sccp.called(last)).isEqualTo(PEER_WITH_TITLE);
        byte[] whole = join(Sccp.data(first), Sccp.data(last));
        assertThat(whole).hasSize(238);
        byte[] ids = tlv(0x48, hex(dialog.opening().localTid()));
        assertThat(hex(whole))
                .startsWith("6581eb" + hex(ids) + hex(tlv(0x49, hex(OTID))) + hex(Ber.ACCEPTED));
        peer.end(dialog);
    }

    private static Message fullMenu() throws Exception {
        UssdString menu = UssdString.encode("m".repeat(182), Dcs.UNSPECIFIED);
        return new Message.Continue(List.of(new Component.Invoke(9, 60, menu)));
    }

    @Test
    void a_menu_returned_in_a_udts_leaves_its_dialog_open() throws Exception {
        RecordingDesk.Begun dialog = peer.begin();
        dialog.link().send(fullMenu());
        byte[] menu = peer.answer();
        peer.line().send(Sccp.udts(SUBSYSTEM_FAILURE, Sccp.ENGINE, Sccp.PEER, menu));
        peer.expectSilence();
        peer.end(dialog);
    }

    @Test
    void a_menu_of_which_the_first_segment_returns_in_an_xudts_leaves_its_dialog_open()
            throws Exception {
        RecordingDesk.Begun dialog = peer.begin();
        dialog.link().send(fullMenu());
        byte[] head = Arrays.copyOf(peer.answer(), 100);
        peer.line().send(Sccp.xudts(SUBSYSTEM_FAILURE, Sccp.ENGINE, Sccp.PEER, head));
        peer.expectSilence();
        peer.end(dialog);
    }

    @Test
    void what_is_returned_and_belongs_to_no_dialog_is_dropped() throws Exception {
        for (String returned : List.of("64064904000000ff", "ff", "6500", "620648047fffffff")) {
            peer.line().send(Sccp.udts(1, Sccp.ENGINE, Sccp.PEER, hex(returned)));
        }
        peer.expectSilence();
    }

    @Test
    void data_of_a_class_with_connections_is_dropped() throws Exception {
        for (int protocolClass = 2; protocolClass < 16; protocolClass++) {
            byte[] message = Sccp.udt(Sccp.ENGINE, Sccp.PEER, BEGIN);
            message[1] = (byte) protocolClass;
            peer.line().send(message);
        }
        peer.expectSilence();
    }

    @Test
    void a_message_to_a_subsystem_that_is_not_ours_returns_in_a_udts_where_that_was_asked()
            throws Exception {
        byte[] elsewhere = hex("43020063");
        peer.line().send(Sccp.udtReturnedOnError(elsewhere, Sccp.PEER, BEGIN));
        byte[] prohibited = peer.sccp();
        // SCMG: SSP for subsystem 0x63 of point code 2
        assertThat(hex(Sccp.data(prohibited))).isEqualTo("0263020000");
        byte[] returned = peer.sccp();
        assertThat(hex(returned))
                .isEqualTo(hex(Sccp.udts(UNEQUIPPED_USER, Sccp.PEER, elsewhere, BEGIN)));
        peer.line().send(Sccp.udt(elsewhere, Sccp.PEER, BEGIN));
        peer.expectSilence();
    }

    @Test
    void a_message_for_another_point_is_not_passed_on_though_we_know_that_point() throws Exception {
        for (int elsewhere : List.of(3, 4)) {
            peer.line().send(1, elsewhere, Sccp.udt(Sccp.ENGINE, Sccp.PEER, BEGIN));
        }
        peer.expectSilence();
        assertThat(peer.line().counters().value("sccp.dropped.other_point_code")).isEqualTo(2);
    }

    @Test
    void a_test_of_our_subsystem_is_answered_with_its_being_allowed() throws Exception {
        byte[] management = hex("43020001");
        peer.line().send(Sccp.udt(management, hex("43010001"), hex("0306020000")));
        assertThat(hex(Sccp.data(peer.sccp()))).isEqualTo("0106020000");
        peer.line().send(Sccp.udt(management, hex("43010001"), hex("03")));
        peer.expectSilence();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "09", // a type alone
                "0901030709", // pointers to nowhere
                "090103070b0443020006044301000880", // data longer than the message
                "090103070b00044301000801aa", // an empty called party
                "090103070b0143044301000801aa", // a called party of its indicator alone
                "1181", // an XUDT's type alone
                "11810f04080c0d044302000604430100080162100401", // an optional part cut off
                "010102030200", // a connection request
                "06010203", // data of a connection
                "13", // a LUDT's type alone
                "ff"
            })
    void a_message_that_is_broken_is_dropped(String message) throws Exception {
        peer.line().send(hex(message));
        peer.expectSilence();
    }
}
