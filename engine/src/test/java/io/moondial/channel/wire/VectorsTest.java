package io.moondial.channel.wire;

import static io.moondial.channel.wire.Ber.DIALOGUE;
import static io.moondial.channel.wire.Ber.begin;
import static io.moondial.channel.wire.Ber.find;
import static io.moondial.channel.wire.Ber.hex;
import static io.moondial.channel.wire.Ber.invoke;
import static io.moondial.channel.wire.Ber.proceed;
import static io.moondial.channel.wire.Ber.tlv;
import static io.moondial.channel.wire.RawPeer.OTID;
import static io.moondial.channel.wire.RawPeer.STAR_100;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.channel.Address;
import io.moondial.channel.ss7.Message;
import io.moondial.channel.ss7.Message.Component;
import io.moondial.text.Vectors;
import io.moondial.text.Vectors.Row;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Messages that others have seen or written, sent as they stand; what vectors/README.md lists. */
class VectorsTest extends OverTheWire {
    private static final int BEGIN = 0x62;
    private static final int END = 0x64;
    private static final int CONTINUE = 0x65;
    private static final int ABORT = 0x67;

    private static Stream<Row> rows(String source) {
        return Vectors.of(source).stream();
    }

    private static Row row(String source, String name) {
        return rows(source).filter(it -> it.name().equals(name)).findFirst().orElseThrow();
    }

    // ---- whole messages of USSD

    @ParameterizedTest
    @CsvSource({
        "wireshark_gsm_map_with_ussd_string, tcap.begin,   *140*0761241377#,      27761485722",
        "pycrate_tcap,                 pkts_tcap_map[0],   *140*0761241377#,      27761485722",
        "jss7_tcap, TcBeginTest.testBasicTCBegin1:224,     *213#,                 ''",
        "jss7_tcap, TcBeginTest.testBasicTCBegin1:235,     *213#,                 ''",
        "misc_github_ussd_messages,    goTcap.short,       test,                  1111111111111",
    })
    void a_begin_of_ussd_is_served(String source, String name, String text, String msisdn)
            throws Exception {
        peer.send(row(source, name).octets());
        RecordingDesk.Begun dialog = peer.dialog();
        assertThat(dialog.opening().text()).isEqualTo(text);
        Address from = dialog.opening().msisdn();
        assertThat(from == null ? "" : from.digits()).startsWith(msisdn);
        peer.end(dialog);
    }

    @Test
    void the_imsi_of_the_wireshark_samples_begin_is_its_destination() throws Exception {
        peer.send(row("wireshark_gsm_map_with_ussd_string", "tcap.begin").octets());
        RecordingDesk.Begun dialog = peer.dialog();
        assertThat(dialog.opening().imsi()).isEqualTo("655011420096316");
        assertThat(dialog.opening().remoteTid()).isEqualTo("2f3b4602");
        peer.end(dialog);
    }

    @Test
    void the_frame_of_the_capture_holds_that_begin() throws Exception {
        byte[] capture = resource("/vectors/wireshark_ussd_reconstructed.pcap");
        byte[] begin = row("wireshark_gsm_map_with_ussd_string", "tcap.begin").octets();
        int at = hex(capture).indexOf(hex(begin)) / 2;
        assertThat(at).isPositive();
        peer.send(Arrays.copyOfRange(capture, at, at + begin.length));
        peer.end(peer.dialog());
    }

    private static byte[] resource(String path) throws Exception {
        try (InputStream in = VectorsTest.class.getResourceAsStream(path)) {
            return Objects.requireNonNull(in, path).readAllBytes();
        }
    }

    @Test
    void a_begin_in_the_long_form_with_160_characters_is_served() throws Exception {
        peer.send(row("misc_github_ussd_messages", "goTcap.long.gsm7").octets());
        RecordingDesk.Begun dialog = peer.dialog();
        assertThat(dialog.opening().text()).hasSize(160);
        peer.end(dialog);
    }

    @Test
    void a_begin_whose_references_have_odd_natures_is_served() throws Exception {
        peer.send(row("misc_github_ussd_messages", "testerman.begin.59").octets());
        RecordingDesk.Begun dialog = peer.dialog();
        assertThat(dialog.opening().remoteTid()).isEqualTo("00022784");
        peer.end(dialog);
    }

    @Test
    void an_sccp_message_without_map_open_for_a_subsystem_of_ours_is_served() throws Exception {
        byte[] udt = row("misc_github_ussd_messages", "globitel.sccp.udt.noOpenInfo").octets();
        peer.send(Sccp.data(udt));
        RecordingDesk.Begun dialog = peer.dialog();
        assertThat(dialog.opening().text()).isEqualTo("*125*+31628839999#");
        peer.end(dialog);
    }

    @Test
    void an_unstructured_request_begun_by_a_network_is_rejected() throws Exception {
        byte[] m3ua = row("misc_github_ussd_messages", "ecorau.m3ua.nokia.60.ascii").octets();
        String hex = hex(m3ua);
        byte[] begin = hex(hex.substring(hex.indexOf("6265"), hex.length() - 2));
        peer.send(Arrays.copyOf(begin, 2 + (begin[1] & 0xff)));
        byte[] end = find(peer.answer(), END);
        assertThat(hex(find(end, 0x6c))).isEqualTo("a406020100810101");
    }

    // ---- USSD arguments, results, components

    @ParameterizedTest
    @MethodSource
    void an_argument_of_ussd_is_read(Row row) throws Exception {
        peer.send(begin(OTID, DIALOGUE, invoke(1, 59, row.octets())));
        RecordingDesk.Begun dialog = peer.dialog();
        assertThat(dialog.opening().text()).isEqualTo(row.requiredText());
        peer.end(dialog);
    }

    static Stream<Row> an_argument_of_ussd_is_read() {
        return Stream.of("gomaja_gsmmap_golden", "jss7_map_ussd", "libosmocore_ussd")
                .flatMap(VectorsTest::rows)
                .filter(it -> it.hex().startsWith("30") && it.text() != null);
    }

    @ParameterizedTest
    @MethodSource
    void an_argument_that_is_broken_is_refused(Row row) throws Exception {
        peer.send(begin(OTID, DIALOGUE, tlv(0xa1, hex("02010102013b"), row.octets())));
        byte[] end = find(peer.answer(), END);
        assertThat(hex(find(end, 0x6c))).matches("a306020101020124|a4050500800102");
    }

    static Stream<Row> an_argument_that_is_broken_is_refused() {
        return rows("gomaja_gsmmap_golden").filter(it -> it.name().startsWith("NEG"));
    }

    @ParameterizedTest
    @MethodSource
    void an_invoke_of_ussd_is_read(Row row) throws Exception {
        peer.send(begin(OTID, DIALOGUE, row.octets()));
        RecordingDesk.Begun dialog = peer.dialog();
        assertThat(dialog.opening().text()).isEqualTo(row.requiredText());
        peer.end(dialog);
    }

    static Stream<Row> an_invoke_of_ussd_is_read() {
        return Stream.of("jss7_map_ussd", "libosmocore_ussd", "libosmocore_gsup_ussd")
                .flatMap(VectorsTest::rows)
                .filter(it -> it.hex().startsWith("a1") && it.text() != null);
    }

    @Test
    void a_string_longer_than_its_argument_is_refused() throws Exception {
        String l3 = row("libosmocore_ussd", "NEGATIVE.stringLengthOverflow").hex();
        byte[] component = hex(l3.substring(l3.indexOf("a113"), l3.length() - 6));
        peer.send(begin(OTID, DIALOGUE, component));
        assertThat(hex(find(find(peer.answer(), END), 0x6c))).isEqualTo("a306020103020124");
    }

    @Test
    void an_operation_that_is_not_ussd_is_rejected() throws Exception {
        String l3 = row("libosmocore_ussd", "component.interrogateSS").hex();
        byte[] component = hex(l3.substring(l3.indexOf("a10b"), l3.length() - 6));
        peer.send(begin(OTID, DIALOGUE, component));
        assertThat(hex(find(find(peer.answer(), END), 0x6c))).isEqualTo("a406020103810101");
    }

    @ParameterizedTest
    @CsvSource({
        "libosmocore_ussd,      component.returnError,       36",
        "libosmocore_gsup_ussd, gsup.send_ussd_res.component, 71",
    })
    void an_error_of_ussd_is_read(String source, String name, int code) throws Exception {
        RecordingDesk.Begun dialog = peer.beginWithMenu();
        byte[] error = row(source, name).octets();
        error[4] = 9;
        peer.send(proceed(OTID, dialog.opening().localTid(), error));
        assertThat(dialog.next())
                .isEqualTo(new Message.Continue(List.of(new Component.ErrorReturned(9, code))));
        peer.end(dialog);
    }

    @ParameterizedTest
    @MethodSource
    void an_error_is_read_whatever_its_parameter_holds(Row row) throws Exception {
        int code = Integer.parseInt(row.name().substring(4, row.name().indexOf(' ')));
        RecordingDesk.Begun dialog = peer.beginWithMenu();
        byte[] id = hex("020109");
        byte[] number = tlv(0x02, Ber.octet(code));
        peer.send(
                proceed(
                        OTID,
                        dialog.opening().localTid(),
                        tlv(0xa3, id, number, tlv(0x30, row.octets()))));
        assertThat(dialog.next())
                .isEqualTo(new Message.Continue(List.of(new Component.ErrorReturned(9, code))));
        peer.end(dialog);
    }

    static Stream<Row> an_error_is_read_whatever_its_parameter_holds() {
        return rows("jss7_map_errors");
    }

    // ---- MAP's dialogue PDUs

    @ParameterizedTest
    @MethodSource
    void a_map_open_of_any_kind_is_served(Row row) throws Exception {
        peer.send(begin(OTID, request(row.octets()), invoke(3, 59, STAR_100)));
        RecordingDesk.Begun dialog = peer.dialog();
        assertThat(dialog.opening().imsi()).isEqualTo("204208300008002");
        assertThat(dialog.opening().origination()).isEqualTo(Address.international("31628968300"));
        peer.end(dialog);
    }

    static Stream<Row> a_map_open_of_any_kind_is_served() {
        return rows("jss7_map_ussd").filter(it -> it.name().startsWith("mapOpen"));
    }

    private static byte[] request(byte[] mapOpen) {
        byte[] information = tlv(0xbe, tlv(0x28, hex("060704000001010101"), tlv(0xa0, mapOpen)));
        byte[] request = tlv(0x60, hex("80020780"), hex("a109060704000001001302"), information);
        return tlv(0x6b, tlv(0x28, hex("060700118605010101"), tlv(0xa0, request)));
    }

    @ParameterizedTest
    @MethodSource
    void an_abort_of_map_ends_its_dialog(Row row) throws Exception {
        RecordingDesk.Begun dialog = peer.beginWithMenu();
        byte[] information =
                tlv(0xbe, tlv(0x28, hex("060704000001010101"), tlv(0xa0, row.octets())));
        byte[] abort = tlv(0x64, hex("800100"), information);
        peer.send(
                tlv(
                        ABORT,
                        tlv(0x49, hex(dialog.opening().localTid())),
                        tlv(0x6b, tlv(0x28, hex("060700118605010101"), tlv(0xa0, abort)))));
        assertThat(dialog.next()).isInstanceOf(Message.Abort.class);
    }

    static Stream<Row> an_abort_of_map_ends_its_dialog() {
        return rows("jss7_map_ussd")
                .filter(it -> it.name().matches("map(Refuse|UserAbort|ProviderAbort).*"));
    }

    // ---- TCAP without any USSD: each is refused or dropped as its kind wants

    @ParameterizedTest
    @MethodSource
    void a_tcap_message_of_others_is_refused_as_its_kind_wants(Row row) throws Exception {
        byte[] message = row.octets();
        peer.send(message);
        switch (message[0] & 0xff) {
            case BEGIN -> assertThat(hex(peer.answer())).startsWith("67");
            case CONTINUE -> {
                byte[] otid = find(find(peer.answer(), ABORT), 0x49);
                assertThat(hex(message)).contains(hex(tlv(0x48, otid)));
            }
            default -> {
                // TC-END, TC-ABORT and TC-UNI that belong to nobody, and fragments
            }
        }
        peer.expectSilence();
    }

    static Stream<Row> a_tcap_message_of_others_is_refused_as_its_kind_wants() {
        return Stream.of("jss7_tcap", "pycrate_tcap", "pycrate_pcapr_tcap")
                .flatMap(VectorsTest::rows)
                .filter(VectorsTest::isMessage)
                .filter(it -> !it.name().matches(".*(TCBegin1.*|tcap_map.0.)"));
    }

    private static boolean isMessage(Row row) {
        return row.name().startsWith("pcapr")
                || row.name().startsWith("pkts")
                || row.name().matches("T[Cc](Begin|Continue|End|Abort|Unidirectional)Test.*")
                || row.name().startsWith("TCAbortTest");
    }

    @ParameterizedTest
    @MethodSource
    void a_component_of_others_in_a_begin_is_answered(Row row) throws Exception {
        peer.send(begin(OTID, DIALOGUE, row.octets()));
        assertThat(hex(peer.answer())).matches("(64|67).*");
        peer.expectSilence();
    }

    static Stream<Row> a_component_of_others_in_a_begin_is_answered() {
        return rows("jss7_tcap").filter(it -> it.hex().matches("a[1-7].*"));
    }

    @ParameterizedTest
    @MethodSource
    void a_dialogue_pdu_of_others_in_a_begin_is_answered_with_an_abort(Row row) throws Exception {
        byte[] portion =
                row.hex().startsWith("6b")
                        ? row.octets()
                        : tlv(0x6b, tlv(0x28, hex("060700118605010101"), tlv(0xa0, row.octets())));
        peer.send(begin(OTID, portion, invoke(3, 59, STAR_100)));
        if (row.name().contains("UserInformation")) {
            peer.end(peer.dialog()); // USSD's own context
        } else {
            assertThat(hex(peer.answer())).startsWith("67");
        }
        peer.expectSilence();
    }

    static Stream<Row> a_dialogue_pdu_of_others_in_a_begin_is_answered_with_an_abort() {
        return rows("jss7_tcap").filter(it -> it.name().startsWith("Dialog"));
    }

    // ---- SCCP

    @ParameterizedTest
    @MethodSource
    void an_sccp_message_of_others_does_no_harm(Row row) throws Exception {
        peer.line().send(row.octets());
        peer.send(begin(OTID, DIALOGUE, invoke(3, 59, STAR_100)));
        RecordingDesk.Begun dialog = peer.dialog();
        dialog.link().send(new Message.End(List.of()));
        byte[] end = tlv(END, tlv(0x49, hex(OTID)), Ber.ACCEPTED);
        while (!Arrays.equals(Sccp.data(peer.sccp()), end)) {
            // What that message was answered with: it is for a subsystem that is not ours.
        }
    }

    static Stream<Row> an_sccp_message_of_others_does_no_harm() {
        return rows("jss7_sccp").filter(it -> it.name().matches("Sccp(Data|Notice).*"));
    }

    /** A title's octets by themselves, as an address: indicator, point code, subsystem, title. */
    private static final Map<String, String> TITLES =
            Map.of("GT0001", "47", "GT0010", "4b", "GT0011", "4f", "GT0100", "53");

    @ParameterizedTest
    @MethodSource
    void a_calling_title_of_others_is_read(Row row) throws Exception {
        byte[] calling = hex(TITLES.get(row.name().substring(0, 6)) + "010008" + row.hex());
        peer.line()
                .send(
                        Sccp.udt(
                                Sccp.ENGINE,
                                calling,
                                begin(OTID, DIALOGUE, invoke(3, 59, STAR_100))));
        RecordingDesk.Begun dialog = peer.dialog();
        assertThat(dialog.opening().remote().pointCode()).isEqualTo(1);
        assertThat(dialog.opening().remote().globalTitle()).startsWith("902").hasSizeBetween(9, 10);
        peer.end(dialog);
    }

    static Stream<Row> a_calling_title_of_others_is_read() {
        return rows("jss7_sccp").filter(it -> it.name().startsWith("GT0"));
    }

    @ParameterizedTest
    @MethodSource
    void an_address_of_others_as_the_calling_party_does_no_harm(Row row) throws Exception {
        byte[] message = begin(OTID, DIALOGUE, invoke(3, 59, STAR_100));
        peer.line().send(Sccp.udt(Sccp.ENGINE, row.octets(), message));
        peer.line().send(Sccp.udt(row.octets(), Sccp.PEER, message));
        RecordingDesk.Begun dialog = peer.dialog();
        dialog.link().forget();
    }

    static Stream<Row> an_address_of_others_as_the_calling_party_does_no_harm() {
        return rows("jss7_sccp").filter(it -> it.name().startsWith("SccpAddressTest"));
    }
}
