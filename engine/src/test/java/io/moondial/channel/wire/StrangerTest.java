package io.moondial.channel.wire;

import static io.moondial.channel.wire.Ber.hex;
import static io.moondial.channel.wire.Ber.invoke;
import static io.moondial.channel.wire.Ber.pAbort;
import static io.moondial.channel.wire.Ber.proceed;
import static io.moondial.channel.wire.Ber.tlv;
import static io.moondial.channel.wire.Ber.ussdArgument;
import static io.moondial.channel.wire.RawPeer.OTID;
import static io.moondial.channel.wire.RawPeer.STAR_100;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.channel.ss7.Message;
import io.moondial.channel.ss7.Message.Component;
import io.moondial.channel.ss7.SignallingLimits;
import io.moondial.channel.ss7.SignallingLimits.Guards;
import io.moondial.channel.ss7.SignallingLimits.OriginCheck;
import io.moondial.config.WrittenSettings;
import io.moondial.metrics.Counters;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What somebody can do who knows the transaction id of a dialog that is not his. */
class StrangerTest extends OverTheWire {
    private static final int ENGINE = 2;
    private static final int PEER = 1;

    /** Shares the load with the peer. */
    private static final int MATE = 3;

    /** No point_codes names it. */
    private static final int UNNAMED = 9;

    private static final byte[] ENGINE_BY_TITLE = Sccp.title(6, "27829000000");
    private static final byte[] PEER_BY_TITLE = Sccp.title(8, "27829000001");
    private static final byte[] STRANGER_BY_TITLE = Sccp.title(8, "4915112345678");

    /** An answer to the menu of invoke id 9. */
    private static final byte[] ANSWER =
            tlv(0xa2, hex("020109"), tlv(0x30, hex("02013c"), ussdArgument(15, "31")));

    private static final byte[] REJECT = hex("a406020109810102");

    private static byte[] ended(String id, byte[]... components) {
        return tlv(0x64, tlv(0x49, hex(id)), tlv(0x6c, components));
    }

    private static byte[] userAbort(String id) {
        return tlv(0x67, tlv(0x49, hex(id)));
    }

    /** Everything that means something to a dialog, with the transaction id of this far side. */
    private static Map<String, byte[]> messages(String otid, String id) {
        Map<String, byte[]> messages = new LinkedHashMap<>();
        messages.put("an answer", proceed(otid, id, ANSWER));
        messages.put("a Reject", proceed(otid, id, REJECT));
        messages.put("an Invoke", proceed(otid, id, invoke(4, 59, STAR_100)));
        messages.put(
                "a CONTINUE of ids alone", tlv(0x65, tlv(0x48, hex(otid)), tlv(0x49, hex(id))));
        messages.put("a broken CONTINUE", hex("6512" + "4802" + otid + "4904" + id + "6c84ffff"));
        messages.put("no message of TCAP", tlv(0x66, tlv(0x48, hex(otid)), tlv(0x49, hex(id))));
        messages.put(
                "a broken dialogue portion",
                tlv(0x65, tlv(0x48, hex(otid)), tlv(0x49, hex(id)), tlv(0x6b, hex("0500"))));
        return messages;
    }

    /** The same without a transaction id of the far side. */
    private static Map<String, byte[]> endings(String id) {
        Map<String, byte[]> messages = new LinkedHashMap<>();
        messages.put("an END with an answer", ended(id, ANSWER));
        messages.put("an END", ended(id));
        messages.put("a U-ABORT", userAbort(id));
        for (int cause = 0; cause <= 4; cause++) {
            messages.put("a P-ABORT " + cause, pAbort(id, cause));
        }
        messages.put("a broken END", tlv(0x64, tlv(0x49, hex(id)), hex("0500")));
        messages.put("a broken ABORT", tlv(0x67, tlv(0x49, hex(id)), hex("0500")));
        return messages;
    }

    private static Map<String, byte[]> all(String otid, String id) {
        Map<String, byte[]> messages = messages(otid, id);
        messages.putAll(endings(id));
        return messages;
    }

    /** Sends them all, and holds that they did nothing: no answer, and none reached the dialog. */
    private static void assertNothingHappens(
            RecordingDesk.Begun dialog,
            Map<String, byte[]> messages,
            int from,
            byte[] called,
            byte[] calling,
            String counter)
            throws Exception {
        for (Map.Entry<String, byte[]> message : messages.entrySet()) {
            long before = peer.line().counters().value(counter);
            peer.line().send(from, ENGINE, Sccp.udt(called, calling, message.getValue()));
            peer.expectSilence();
            assertThat(peer.line().counters().value(counter))
                    .as(message.getKey())
                    .isEqualTo(before + 1);
            assertThat(dialog.messages()).as(message.getKey()).isEmpty();
        }
    }

    /** The rightful far side answers, and is answered. */
    private static void assertEndsWell(
            RecordingDesk.Begun dialog, int from, byte[] called, byte[] calling) throws Exception {
        String id = dialog.opening().localTid();
        peer.line().send(from, ENGINE, Sccp.udt(called, calling, proceed(OTID, id, ANSWER)));
        assertThat(dialog.next().toString()).contains("Result");
        dialog.link().send(new Message.End(List.of()));
        assertThat(hex(peer.answer())).isEqualTo(hex(tlv(0x64, tlv(0x49, hex(OTID)))));
    }

    private static RecordingDesk.Begun menuByTitle() throws Exception {
        byte[] begin = Ber.begin(OTID, Ber.DIALOGUE, invoke(3, 59, STAR_100));
        peer.line().send(Sccp.udt(ENGINE_BY_TITLE, PEER_BY_TITLE, begin));
        RecordingDesk.Begun dialog = peer.dialog();
        UssdString menu = UssdString.encode("?", Dcs.UNSPECIFIED);
        dialog.link().send(new Message.Continue(List.of(new Component.Invoke(9, 60, menu))));
        peer.answer();
        return dialog;
    }

    @Test
    void at_a_point_that_nobody_names_can_do_nothing() throws Exception {
        RecordingDesk.Begun dialog = peer.beginWithMenu();
        assertNothingHappens(
                dialog,
                all(OTID, dialog.opening().localTid()),
                UNNAMED,
                Sccp.ENGINE,
                Sccp.PEER,
                "sccp.dropped.unknown_origin");
        assertEndsWell(dialog, PEER, Sccp.ENGINE, Sccp.PEER);
    }

    @Test
    void with_another_title_can_do_nothing_though_it_comes_through_the_same_point()
            throws Exception {
        RecordingDesk.Begun dialog = menuByTitle();
        assertNothingHappens(
                dialog,
                all(OTID, dialog.opening().localTid()),
                PEER,
                ENGINE_BY_TITLE,
                STRANGER_BY_TITLE,
                "tcap.origin_mismatch");
        assertEndsWell(dialog, PEER, ENGINE_BY_TITLE, PEER_BY_TITLE);
    }

    @Test
    void without_a_title_or_with_another_subsystem_can_do_nothing() throws Exception {
        RecordingDesk.Begun dialog = menuByTitle();
        for (byte[] calling : List.of(Sccp.PEER, Sccp.title(7, "27829000001"))) {
            assertNothingHappens(
                    dialog,
                    all(OTID, dialog.opening().localTid()),
                    PEER,
                    ENGINE_BY_TITLE,
                    calling,
                    "tcap.origin_mismatch");
        }
        assertEndsWell(dialog, PEER, ENGINE_BY_TITLE, PEER_BY_TITLE);
    }

    @Test
    void with_everything_right_but_the_far_sides_transaction_id_can_do_nothing() throws Exception {
        RecordingDesk.Begun dialog = peer.beginWithMenu();
        assertNothingHappens(
                dialog,
                messages("0a0c", dialog.opening().localTid()),
                PEER,
                Sccp.ENGINE,
                Sccp.PEER,
                "tcap.origin_mismatch");
        assertEndsWell(dialog, PEER, Sccp.ENGINE, Sccp.PEER);
    }

    @Test
    void that_returns_what_was_never_sent_can_do_nothing_even_before_the_first_answer()
            throws Exception {
        RecordingDesk.Begun dialog = peer.begin();
        String id = dialog.opening().localTid();
        for (byte[] returned :
                List.of(
                        Ber.begin(id, Ber.DIALOGUE, invoke(1, 59, STAR_100)),
                        proceed(id, "0a0c"),
                        tlv(0x65, tlv(0x48, hex(id))),
                        proceed(id, "0a"))) {
            long before = peer.line().counters().value("tcap.origin_mismatch");
            peer.line().send(Sccp.udts(1, Sccp.ENGINE, Sccp.PEER, returned));
            peer.line().send(Sccp.xudts(1, Sccp.ENGINE, Sccp.PEER, returned));
            peer.expectSilence();
            assertThat(peer.line().counters().value("tcap.origin_mismatch")).isEqualTo(before + 2);
        }
        byte[] menu = proceed(id, OTID, invoke(9, 60, STAR_100));
        long before = peer.line().counters().value("tcap.origin_mismatch");
        peer.line().send(Sccp.udts(1, ENGINE_BY_TITLE, Sccp.PEER, menu));
        peer.line().send(Sccp.udts(1, Sccp.ENGINE, STRANGER_BY_TITLE, menu));
        peer.expectSilence();
        assertThat(peer.line().counters().value("tcap.origin_mismatch")).isEqualTo(before + 2);
        assertThat(dialog.messages()).isEmpty();

        UssdString text = UssdString.encode("?", Dcs.UNSPECIFIED);
        dialog.link().send(new Message.Continue(List.of(new Component.Invoke(9, 60, text))));
        peer.answer();
        assertEndsWell(dialog, PEER, Sccp.ENGINE, Sccp.PEER);
    }

    @Test
    void a_far_side_may_change_between_points_that_share_the_load() throws Exception {
        assertEndsWell(menuByTitle(), MATE, ENGINE_BY_TITLE, PEER_BY_TITLE);
        assertEndsWell(menuByTitle(), PEER, ENGINE_BY_TITLE, PEER_BY_TITLE);
    }

    @Test
    void a_far_side_may_be_written_in_another_way_as_long_as_title_and_subsystem_stay()
            throws Exception {
        // Routed on the subsystem, with a point code and a translation type beside the title.
        byte[] rewritten = hex("5301000805" + hex(PEER_BY_TITLE).substring(6));
        assertEndsWell(menuByTitle(), PEER, ENGINE_BY_TITLE, rewritten);
    }

    @Test
    void is_believed_by_point_code_where_the_rules_say_so_and_always_where_they_say_off()
            throws Exception {
        for (OriginCheck level : List.of(OriginCheck.POINT_CODE, OriginCheck.OFF)) {
            Guards guards = WrittenSettings.with(Guards.DEFAULT, "originCheck", level);
            try (RawPeer other = new RawPeer(medium, SignallingLimits.of(100, guards))) {
                RecordingDesk.Begun dialog = other.beginWithMenu();
                String id = dialog.opening().localTid();
                other.line().send(UNNAMED, ENGINE, Sccp.udt(Sccp.ENGINE, Sccp.PEER, userAbort(id)));
                if (level == OriginCheck.POINT_CODE) {
                    other.line()
                            .send(Sccp.udt(Sccp.ENGINE, STRANGER_BY_TITLE, proceed("0a0c", id)));
                    other.expectSilence();
                    assertThat(dialog.messages()).isEmpty();
                    other.line().send(Sccp.udt(Sccp.ENGINE, STRANGER_BY_TITLE, userAbort(id)));
                }
                assertThat(dialog.next()).isInstanceOf(Message.Abort.class);
            }
        }
    }

    @Test
    void that_asks_about_ids_of_no_dialog_is_answered_up_to_a_rate_and_counted() throws Exception {
        Guards none =
                WrittenSettings.settings(
                        Guards.class,
                        "max_unknown_id_answers: 0",
                        "max_unknown_id_answers_per_far_end: 0");
        try (RawPeer other = new RawPeer(Medium.MEMORY, SignallingLimits.of(100, none))) {
            Counters counters = other.line().counters();
            for (int i = 0; i < 1_000; i++) {
                other.send(proceed(OTID, "7fff%04x".formatted(i), ANSWER));
                other.send(ended("7fff%04x".formatted(i), ANSWER));
                other.send(userAbort("7fff%04x".formatted(i)));
                other.send(userAbort("%02x".formatted(i & 0xff)));
            }
            other.send(hex("6512" + "4802" + OTID + "490401020304"));
            other.send(tlv(0x65, tlv(0x48, hex(OTID)), tlv(0x49, hex("0102030405"))));
            other.send(tlv(0x66, tlv(0x48, hex(OTID))));
            RecordingDesk.Begun dialog = other.begin();
            dialog.link().send(new Message.End(List.of()));
            assertThat(hex(other.answer())).as("the first answer").startsWith("64");
            assertThat(counters.value("tcap.unknown_id.continue")).isEqualTo(1_000);
            assertThat(counters.value("tcap.unknown_id.end")).isEqualTo(1_000);
            assertThat(counters.value("tcap.unknown_id.abort")).isEqualTo(2_000);
            assertThat(counters.value("tcap.unknown_id.unanswered")).isEqualTo(1_003);
        }
    }
}
