package io.moondial.channel.wire;

import static io.moondial.channel.wire.Ber.abnormalDialogue;
import static io.moondial.channel.wire.Ber.begin;
import static io.moondial.channel.wire.Ber.hex;
import static io.moondial.channel.wire.Ber.invoke;
import static io.moondial.channel.wire.Ber.join;
import static io.moondial.channel.wire.Ber.proceed;
import static io.moondial.channel.wire.Ber.tlv;
import static io.moondial.channel.wire.RawPeer.OTID;
import static io.moondial.channel.wire.RawPeer.STAR_100;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.channel.Address;
import io.moondial.channel.DialogDesk.Cause;
import io.moondial.channel.ss7.Message;
import io.moondial.channel.ss7.Message.Component;
import io.moondial.channel.ss7.SignallingLimits;
import io.moondial.channel.ss7.SignallingLimits.Guards;
import io.moondial.config.WrittenSettings;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dialogue portions and what MAP has in them (ITU-T Q.773 4.2; 3GPP TS 29.002 7.3 and 17.4). */
class DialogueTest extends OverTheWire {
    private static final byte[] INVOKE = invoke(3, 59, STAR_100);
    private static final byte[] USSD = hex("a109060704000001001302");
    private static final byte[] VERSION = hex("80020780");

    private static byte[] dialogue(byte[] pdu) {
        return tlv(0x6b, tlv(0x28, hex("060700118605010101"), tlv(0xa0, pdu)));
    }

    private static byte[] request(byte[]... fields) {
        return dialogue(tlv(0x60, fields));
    }

    private static byte[] mapOpen(String open) {
        return tlv(0xbe, tlv(0x28, hex("060704000001010101"), tlv(0xa0, hex(open))));
    }

    @Test
    void an_aarq_without_protocol_version_is_served() throws Exception {
        peer.send(begin(OTID, request(USSD), INVOKE));
        peer.end(peer.dialog());
    }

    @Test
    void a_protocol_version_with_dirty_spare_bits_is_served() throws Exception {
        peer.send(begin(OTID, request(hex("800207ff"), USSD), INVOKE));
        peer.end(peer.dialog());
    }

    @Test
    void another_protocol_version_is_refused_by_the_provider() throws Exception {
        peer.send(begin(OTID, request(hex("80020640"), USSD), INVOKE));
        // AARE: reject-permanent, no common dialogue portion, from the provider
        peer.expect(
                tlv(
                        0x67,
                        tlv(0x49, hex(OTID)),
                        dialogue(tlv(0x61, VERSION, USSD, hex("a203020101a305a203020102")))));
    }

    @Test
    void a_begin_without_map_open_is_served() throws Exception {
        peer.send(begin(OTID, Ber.DIALOGUE, INVOKE));
        RecordingDesk.Begun dialog = peer.dialog();
        assertThat(dialog.opening().destination()).isNull();
        peer.end(dialog);
    }

    @Test
    void a_begin_without_dialogue_portion_is_aborted_by_the_user() throws Exception {
        peer.send(tlv(0x62, tlv(0x48, hex(OTID)), tlv(0x6c, INVOKE)));
        peer.expect(tlv(0x67, tlv(0x49, hex(OTID))));
        assertThat(peer.refusal().cause()).isEqualTo(Cause.OTHER_CONTEXT);
    }

    @Test
    void a_begin_without_anything_is_aborted_by_the_user() throws Exception {
        peer.send(tlv(0x62, tlv(0x48, hex(OTID))));
        peer.expect(tlv(0x67, tlv(0x49, hex(OTID))));
    }

    private static final byte[] EMPTY_BEGIN = tlv(0x62, tlv(0x48, hex(OTID)), Ber.DIALOGUE);

    /** Begins without an Invoke; the engine's id in the TC-CONTINUE that accepts. */
    private static String accepted(RawPeer peer) throws InterruptedException {
        peer.send(EMPTY_BEGIN);
        byte[] accept = Ber.find(peer.answer(), 0x65);
        String ours = hex(Ber.find(accept, 0x48));
        assertThat(hex(accept))
                .isEqualTo(hex(join(tlv(0x48, hex(ours)), tlv(0x49, hex(OTID)), Ber.ACCEPTED)));
        return ours;
    }

    @Test
    void a_begin_without_components_is_accepted_and_its_invoke_comes_next() throws Exception {
        String ours = accepted(peer);
        peer.send(proceed(OTID, ours, INVOKE));
        RecordingDesk.Begun dialog = peer.dialog();
        assertThat(dialog.opening().text()).isEqualTo("*100#");
        assertThat(dialog.opening().localTid()).isEqualTo(ours);
        assertThat(dialog.opening().remoteTid()).isEqualTo(OTID);
        UssdString text = UssdString.encode("Hi", Dcs.UNSPECIFIED);
        dialog.link().send(new Message.End(List.of(new Component.Result(3, 59, text))));
        byte[] result =
                tlv(0xa2, hex("020103"), tlv(0x30, hex("02013b"), Ber.ussdArgument(15, "c834")));
        peer.expect(tlv(0x64, tlv(0x49, hex(OTID)), tlv(0x6c, result)));
    }

    @Test
    void the_references_of_a_begin_without_components_are_kept_for_its_invoke() throws Exception {
        String open = "a01480099602248003008000f28107911326988603f0";
        peer.send(tlv(0x62, tlv(0x48, hex(OTID)), request(VERSION, USSD, mapOpen(open))));
        String ours = hex(Ber.find(Ber.find(peer.answer(), 0x65), 0x48));
        peer.send(proceed(OTID, ours, INVOKE));
        RecordingDesk.Begun dialog = peer.dialog();
        assertThat(dialog.opening().imsi()).isEqualTo("204208300008002");
        peer.end(dialog);
    }

    @Test
    void an_invoke_that_comes_after_its_begin_is_refused_as_any_other() throws Exception {
        String ours = accepted(peer);
        peer.send(proceed(OTID, ours, invoke(3, 59, tlv(0x30, hex("04010f")))));
        peer.expect(tlv(0x64, tlv(0x49, hex(OTID)), tlv(0x6c, hex("a306020103020123"))));
        assertThat(peer.refusal().cause()).isEqualTo(Cause.MALFORMED_ARGUMENT);
    }

    @Test
    void a_continue_without_the_invoke_that_is_due_is_aborted() throws Exception {
        String ours = accepted(peer);
        peer.send(tlv(0x65, tlv(0x48, hex(OTID)), tlv(0x49, hex(ours))));
        byte[] abort = Ber.find(peer.answer(), 0x67);
        assertThat(hex(Ber.find(abort, 0x6b))).endsWith("a4028000");
        assertThat(peer.refusal().cause()).isEqualTo(Cause.NOT_ONE_INVOKE);
    }

    @Test
    void a_dialog_that_ends_before_its_invoke_is_counted() throws Exception {
        peer.send(tlv(0x64, tlv(0x49, hex(accepted(peer)))));
        assertThat(peer.refusal().cause()).isEqualTo(Cause.NO_INVOKE);
    }

    @Test
    void an_invoke_that_does_not_come_is_not_waited_for_longer_than_its_time() throws Exception {
        try (RawPeer hurried = new RawPeer(medium, waiting(Duration.ofMillis(200), 10))) {
            accepted(hurried);
            hurried.expect(abnormalDialogue(OTID));
            assertThat(hurried.refusal().cause()).isEqualTo(Cause.NO_INVOKE);
            hurried.settle();
        }
    }

    @Test
    void a_dialog_whose_invoke_came_outlives_the_time_to_wait_for_it() throws Exception {
        try (RawPeer hurried = new RawPeer(medium, waiting(Duration.ofSeconds(2), 10))) {
            String ours = accepted(hurried);
            hurried.send(proceed(OTID, ours, INVOKE));
            RecordingDesk.Begun dialog = hurried.dialog();
            accepted(hurried); // this one's time is over after the other's
            hurried.expect(abnormalDialogue(OTID));
            assertThat(dialog.messages()).isEmpty();
            hurried.end(dialog);
        }
    }

    @Test
    void more_than_may_wait_for_their_invoke_are_aborted() throws Exception {
        try (RawPeer narrow = new RawPeer(medium, waiting(Duration.ofMinutes(1), 1))) {
            String ours = accepted(narrow);
            narrow.send(EMPTY_BEGIN);
            Ber.find(narrow.answer(), 0x67);
            assertThat(narrow.refusal().cause()).isEqualTo(Cause.NO_INVOKE);
            narrow.send(proceed(OTID, ours, INVOKE));
            narrow.end(narrow.dialog());
            narrow.send(proceed(OTID, accepted(narrow), INVOKE));
            narrow.end(narrow.dialog());
        }
    }

    private static SignallingLimits waiting(Duration patience, int atMost) {
        return SignallingLimits.of(
                100,
                WrittenSettings.with(
                        WrittenSettings.settings(
                                Guards.class,
                                "max_unknown_id_answers_per_far_end: 1000",
                                "max_without_invoke: " + atMost),
                        "firstInvokeTimeout",
                        patience));
    }

    @ParameterizedTest
    @ValueSource(strings = {"04000001001301", "04000001001303", "040000010013ff7f"})
    void another_version_of_our_context_is_refused_with_ours_in_its_place(String version)
            throws Exception {
        peer.send(begin(OTID, request(VERSION, tlv(0xa1, tlv(6, hex(version)))), INVOKE));
        peer.expect(
                tlv(
                        0x67,
                        tlv(0x49, hex(OTID)),
                        dialogue(tlv(0x61, VERSION, USSD, hex("a203020101a305a103020102")))));
        assertThat(peer.refusal().cause()).isEqualTo(Cause.OTHER_CONTEXT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2a", "04", "040000", "04000001001302" + "01", "0400000100"})
    void a_context_that_is_no_context_of_map_is_refused(String name) throws Exception {
        byte[] field = tlv(0xa1, tlv(6, hex(name)));
        peer.send(begin(OTID, request(VERSION, field), INVOKE));
        byte[] abort = Ber.find(peer.answer(), 0x67);
        assertThat(hex(Ber.find(abort, 0x6b))).endsWith("a203020101a305a103020102");
        assertThat(peer.refusal().cause()).isEqualTo(Cause.OTHER_CONTEXT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "6b00", // empty
                "6b022800", // an empty EXTERNAL
                "6b1e300c060700118605010101a011600f80020780a109060704000001001302", // no EXTERNAL
                "6b1e281c060700118605010201a011600f80020780a109060704000001001302", // of a TC-UNI
                "6b1e281c060700118605010101a011650f80020780a109060704000001001302", // no such PDU
                "6b122810060700118605010101a0056003800207", // no context in the AARQ
                "6b122810060700118605010101a0056403800100", // an ABRT in a BEGIN
            })
    void a_broken_dialogue_portion_is_aborted_by_the_provider(String portion) throws Exception {
        byte[] octets = hex(portion);
        peer.send(begin(OTID, octets, INVOKE));
        peer.expect(abnormalDialogue(OTID));
    }

    @Test
    void a_response_in_a_begin_is_aborted_by_the_provider() throws Exception {
        peer.send(begin(OTID, Ber.ACCEPTED, INVOKE));
        peer.expect(abnormalDialogue(OTID));
    }

    @Test
    void user_information_that_is_no_external_is_aborted_by_the_provider() throws Exception {
        peer.send(begin(OTID, request(VERSION, USSD, hex("be03040101")), INVOKE));
        peer.expect(abnormalDialogue(OTID));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a5030a0101", "a0028001", "a10080", "a00480ff0102"})
    void what_is_no_map_open_is_aborted_as_an_invalid_pdu(String open) throws Exception {
        peer.send(begin(OTID, request(VERSION, USSD, mapOpen(open)), INVOKE));
        byte[] abort = Ber.find(peer.answer(), 0x67);
        // ABRT from the user with MAP-ProviderAbort, invalidPDU
        assertThat(hex(Ber.find(abort, 0x6b))).contains("6417800100").endsWith("a5030a0101");
        assertThat(peer.refusal().cause()).isEqualTo(Cause.UNREADABLE);
    }

    @Test
    void a_map_open_gives_the_references() throws Exception {
        String open = "a01480099602248003008000f28107911326988603f0";
        peer.send(begin(OTID, request(VERSION, USSD, mapOpen(open)), INVOKE));
        RecordingDesk.Begun dialog = peer.dialog();
        assertThat(dialog.opening().imsi()).isEqualTo("204208300008002");
        assertThat(dialog.opening().origination()).isEqualTo(Address.international("31628968300"));
        peer.end(dialog);
    }

    @Test
    void an_ericsson_map_open_gives_the_references() throws Exception {
        String open =
                "a02480099602248003008000f28107911326988603f0" + "820791112122112122830591803721f4";
        peer.send(begin(OTID, request(VERSION, USSD, mapOpen(open)), INVOKE));
        RecordingDesk.Begun dialog = peer.dialog();
        assertThat(dialog.opening().imsi()).isEqualTo("204208300008002");
        peer.end(dialog);
    }

    @Test
    void a_broken_dialogue_portion_in_a_continue_ends_the_dialog_on_both_sides() throws Exception {
        RecordingDesk.Begun dialog = peer.beginWithMenu();
        String ours = dialog.opening().localTid();
        peer.send(tlv(0x65, tlv(0x48, hex(OTID)), tlv(0x49, hex(ours)), hex("6b022800")));
        peer.expect(abnormalDialogue(OTID));
        assertThat(dialog.next()).isInstanceOf(Message.Abort.class);
    }

    @Test
    void a_dialogue_portion_in_an_established_dialog_is_passed_over() throws Exception {
        RecordingDesk.Begun dialog = peer.beginWithMenu();
        String ours = dialog.opening().localTid();
        peer.send(tlv(0x65, tlv(0x48, hex(OTID)), tlv(0x49, hex(ours)), Ber.ACCEPTED));
        assertThat(dialog.next()).isInstanceOf(Message.Continue.class);
        peer.end(dialog);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a4028000", "a403820100", "a403830104", "a5030a0100", "a40180", "05"})
    void an_abort_of_the_user_ends_the_dialog_whatever_it_says(String why) throws Exception {
        RecordingDesk.Begun dialog = peer.beginWithMenu();
        byte[] abort = dialogue(tlv(0x64, hex("800100"), mapOpen(why)));
        peer.send(tlv(0x67, tlv(0x49, hex(dialog.opening().localTid())), abort));
        assertThat(dialog.next()).isInstanceOf(Message.Abort.class);
        peer.expectSilence();
    }

    @Test
    void the_response_goes_into_the_first_message_backward_and_no_other() throws Exception {
        RecordingDesk.Begun dialog = peer.beginWithMenu();
        peer.send(proceed(OTID, dialog.opening().localTid(), hex("a20302014d")));
        byte[] second = Ber.find(peer.answer(), 0x65);
        assertThat(hex(second)).doesNotContain(hex(Ber.ACCEPTED));
        peer.end(dialog);
    }
}
