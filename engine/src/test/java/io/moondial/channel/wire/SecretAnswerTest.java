package io.moondial.channel.wire;

import static io.moondial.channel.wire.Ber.begin;
import static io.moondial.channel.wire.Ber.hex;
import static io.moondial.channel.wire.Ber.invoke;
import static io.moondial.channel.wire.Ber.join;
import static io.moondial.channel.wire.Ber.octet;
import static io.moondial.channel.wire.Ber.proceed;
import static io.moondial.channel.wire.Ber.tlv;
import static io.moondial.channel.wire.Ber.ussdArgument;
import static io.moondial.channel.wire.RawPeer.OTID;
import static io.moondial.channel.wire.RawPeer.STAR_100;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.channel.SignallingTap.SignallingMessage;
import io.moondial.channel.embedded.MemoryLine;
import io.moondial.channel.ss7.Message;
import io.moondial.channel.ss7.Message.Component;
import io.moondial.channel.ss7.SignallingLimits;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a trace shows of whatever a far side sends when it is asked for a secret. */
class SecretAnswerTest {
    /** The answer, an octet a character so that it is found wherever it stands. */
    private static final String PIN = "37333931353733";

    private static final int SECRET = 9;
    private static final int OPEN = 10;

    private final RecordingDesk desk = new RecordingDesk();
    private final MemoryLine line = new MemoryLine(desk, SignallingLimits.of(100));
    private final Queue<SignallingMessage> seen = new ConcurrentLinkedQueue<>();

    @AfterEach
    void close() {
        line.close();
    }

    /** A dialog that waits for a secret answer to invoke 9 and an open one to invoke 10. */
    private RecordingDesk.Begun asked() throws Exception {
        line.send(
                Sccp.udt(
                        Sccp.ENGINE,
                        Sccp.PEER,
                        begin(OTID, Ber.DIALOGUE, invoke(3, 59, STAR_100))));
        RecordingDesk.Begun dialog = desk.dialog();
        UssdString menu = UssdString.encode("?", Dcs.UNSPECIFIED);
        dialog.link().keepSecret(SECRET);
        dialog.link()
                .send(
                        new Message.Continue(
                                List.of(
                                        new Component.Invoke(SECRET, 60, menu),
                                        new Component.Invoke(OPEN, 60, menu))));
        RecordingDesk.take(line.received(), "the menus");
        line.attach(seen::add);
        return dialog;
    }

    private void send(byte[] tcap) {
        line.send(Sccp.udt(Sccp.ENGINE, Sccp.PEER, tcap));
    }

    /** Everything before it has been seen once this is answered. */
    private String trace() throws InterruptedException {
        line.received().clear();
        send(proceed("0e0f", "7fffffff"));
        RecordingDesk.take(line.received(), "an answer");
        return seen.stream()
                .flatMap(message -> message.parts().stream())
                .map(Ber::hex)
                .collect(Collectors.joining("\n"));
    }

    private static byte[] result(int id, byte[]... parameter) {
        return tlv(0xa2, tlv(2, octet(id)), tlv(0x30, hex("02013c"), join(parameter)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a212020109300d02013c300804010f0403373931", // only to see that this is well formed
                "a214020109300f02013c300a" + "0408" + PIN + "aa", // no data coding scheme
                "a215020109301002013c300b" + "04010f" + "2409" + PIN, // cut short
                "a217020109301202013c300d"
                        + "04010f"
                        + "2408"
                        + "0406"
                        + "373339313537", // no primitive
                "a20e020109" + "3009" + "0407" + PIN, // neither a code nor a scheme
                "a20c020109" + "0407" + PIN, // no SEQUENCE at all
                "a218020109301302013c300e" + "04020f0f" + "0408" + PIN + "aa", // a scheme of two
                "a717020109301202013c300d" + "04010f" + "0408" + PIN + "aa", // not the last
                "a217020109301202013c300d" + "04010f" + "0408" + PIN + "aa",
                "a20d0202" + "0009" + "0407" + PIN, // an id of two octets
                "a2170201" + "4d301202013c300d" + "04010f" + "0408" + PIN + "aa", // never sent
                "a1150201" + "0102013c300d" + "04010f" + "0408" + PIN + "aa", // an Invoke
                "a118020101" + "800109" + "02013c300d" + "04010f" + "0408" + PIN + "aa", // linked
                "a30f020109" + "020122" + "0407" + PIN, // an error
                "a511020109" + "020122" + "0409" + PIN + "aaaa", // no component
                "a21e020109301902013c3014"
                        + "04010f"
                        + "040131"
                        + "890a"
                        + PIN
                        + "303030", // behind
            })
    void is_masked_in_whatever_component_it_comes(String component) throws Exception {
        RecordingDesk.Begun dialog = asked();
        send(proceed(OTID, dialog.opening().localTid(), hex(component)));
        assertThat(trace()).doesNotContain("373931", "373339").containsPattern("2a2a|2a95");
    }

    @Test
    void is_masked_in_a_message_that_cannot_be_read() throws Exception {
        RecordingDesk.Begun dialog = asked();
        byte[] ids = join(tlv(0x48, hex(OTID)), tlv(0x49, hex(dialog.opening().localTid())));
        byte[] answer = result(SECRET, tlv(0x30, hex("04010f"), tlv(4, hex(PIN))));
        send(join(hex("65847fffffff"), ids, tlv(0x6c, answer)));
        assertThat(trace()).doesNotContain("373339");
    }

    @Test
    void is_masked_behind_a_message_and_behind_a_broken_component() throws Exception {
        RecordingDesk.Begun dialog = asked();
        String ours = dialog.opening().localTid();
        send(join(proceed(OTID, ours, hex("a20302014d")), hex(PIN)));
        send(proceed(OTID, ours, hex("a20302014d"), hex("a27f" + PIN)));
        assertThat(trace()).doesNotContain("373339");
    }

    @Test
    void is_masked_in_segments() throws Exception {
        RecordingDesk.Begun dialog = asked();
        byte[] answer = result(SECRET, tlv(0x30, hex("04010f"), tlv(4, hex(PIN.repeat(20)))));
        byte[] whole = proceed(OTID, dialog.opening().localTid(), answer);
        line.send(Sccp.segment(true, 2, 5, Arrays.copyOf(whole, 50)));
        line.send(Sccp.segment(false, 1, 5, Arrays.copyOfRange(whole, 50, 90)));
        line.send(Sccp.segment(false, 0, 5, Arrays.copyOfRange(whole, 90, whole.length)));
        assertThat(trace()).doesNotContain("373339");
        assertThat(seen).hasSizeGreaterThan(1);
    }

    @Test
    void is_masked_in_segments_of_which_one_never_comes() throws Exception {
        RecordingDesk.Begun dialog = asked();
        byte[] answer = result(SECRET, tlv(0x30, hex("04010f"), tlv(4, hex(PIN.repeat(20)))));
        byte[] whole = proceed(OTID, dialog.opening().localTid(), answer);
        line.send(Sccp.segment(true, 2, 5, Arrays.copyOf(whole, 80)));
        line.send(Sccp.segment(false, 0, 5, Arrays.copyOfRange(whole, 80, whole.length)));
        assertThat(trace()).doesNotContain("373339");
    }

    @Test
    void is_masked_when_its_dialog_is_gone() throws Exception {
        RecordingDesk.Begun dialog = asked();
        dialog.link().send(new Message.Abort("enough"));
        String ours = dialog.opening().localTid();
        send(proceed(OTID, ours, hex("a215020109301002013c300b" + "0409" + PIN + "aaaa")));
        send(proceed(OTID, ours, invoke(1, 60, ussdArgument(0x44, PIN))));
        assertThat(trace()).doesNotContain("373339");
    }

    @Test
    void an_open_answer_in_the_same_dialog_is_not_masked() throws Exception {
        RecordingDesk.Begun dialog = asked();
        byte[] answer = result(OPEN, ussdArgument(0x44, PIN));
        send(proceed(OTID, dialog.opening().localTid(), answer));
        assertThat(trace()).contains(PIN);
    }

    @Test
    void what_is_no_text_stays_where_only_the_text_is_masked() throws Exception {
        RecordingDesk.Begun dialog = asked();
        String ours = dialog.opening().localTid();
        byte[] answer = result(SECRET, ussdArgument(0x44, PIN));
        send(proceed(OTID, ours, answer));
        byte[] masked = result(SECRET, ussdArgument(0x44, "2a".repeat(7)));
        assertThat(trace()).contains(hex(proceed(OTID, ours, masked)));
    }
}
