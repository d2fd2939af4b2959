package io.moondial.channel.wire;

import static io.moondial.channel.wire.Ber.hex;
import static io.moondial.channel.wire.Ber.octet;
import static io.moondial.channel.wire.Ber.tlv;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.channel.DialogDesk;
import io.moondial.channel.Opening.Party;
import io.moondial.channel.RoutingInfo;
import io.moondial.channel.RoutingInfo.Failed;
import io.moondial.channel.RoutingInfo.Found;
import io.moondial.channel.RoutingInfo.Refused;
import io.moondial.channel.RoutingQuery;
import io.moondial.dialog.Incoming.Aborted.Cause;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine asks an HLR that is spoken by hand (3GPP TS 29.002 12.1, 17.6.6). */
class SendRoutingInfoTest extends OverTheWire {
    private static final String HLR_TID = "0c0d";
    private static final String IMSI = "0408" + "56050100000010f0";
    private static final String NODE = "a009" + "8107" + "917228090000" + "f2";
    private static final Found FOUND = new Found("655010000000010", "27829000002");

    /**
     * Each test asks for a subscriber of his own: what an HLR speaks is remembered by its title.
     */
    private static int subscribers;

    private final BlockingQueue<RoutingInfo> heard = new LinkedBlockingQueue<>();
    private String msisdn = "";
    private String tid = "";

    @AfterEach
    void it_is_told_once() {
        assertThat(heard).isEmpty();
    }

    private void ask(Duration patience) throws Exception {
        msisdn = "2776%07d".formatted(++subscribers);
        askAgain(patience);
    }

    private void askAgain(Duration patience) throws Exception {
        peer.line()
                .locate(
                        new RoutingQuery(
                                msisdn, new Party(null, 6, msisdn, Party.ROUTE_ON_GT), 6, patience),
                        heard::add);
    }

    /** Takes the question of this version. */
    private void expectQuestion(int version) throws Exception {
        byte[] sccp = peer.sccp();
        assertThat(hex(Sccp.called(sccp))).isEqualTo(hex(Sccp.title(6, msisdn)));
        assertThat(hex(Sccp.calling(sccp))).isEqualTo(hex(Sccp.title(6, "27829000000")));
        byte[] begin = Ber.find(Sccp.data(sccp), 0x62);
        tid = hex(Ber.find(begin, 0x48));
        assertThat(hex(Sccp.data(sccp)))
                .isEqualTo(
                        hex(
                                Ber.begin(
                                        tid,
                                        hex(
                                                "6b1e281c060700118605010101a011600f80020780a1090607040000010014%02x"
                                                        .formatted(version)),
                                        Ber.invoke(
                                                1,
                                                45,
                                                tlv(
                                                        0x30,
                                                        tlv(0x80, hex("91" + swapped(msisdn))),
                                                        hex("8101ff"),
                                                        tlv(0x82, hex("91" + "7228090000f0")))))));
    }

    private static String swapped(String digits) {
        String even = digits.length() % 2 == 0 ? digits : digits + "f";
        StringBuilder swapped = new StringBuilder();
        for (int i = 0; i < even.length(); i += 2) {
            swapped.append(even.charAt(i + 1)).append(even.charAt(i));
        }
        return swapped.toString();
    }

    private static byte[] accepted(int version) {
        return hex(
                "6b2a2828060700118605010101a01d611b80020780a1090607040000010014%02xa203020100a305a103020100"
                        .formatted(version));
    }

    private static byte[] refused(int version) {
        return hex(
                "6b2a2828060700118605010101a01d611b80020780a1090607040000010014%02xa203020101a305a103020102"
                        .formatted(version));
    }

    private static byte[] result(String... elements) {
        return resultOf(45, elements);
    }

    private static byte[] resultOf(int operation, String... elements) {
        return tlv(
                0xa2,
                hex("020101"),
                tlv(0x30, tlv(0x02, octet(operation)), tlv(0x30, hex(String.join("", elements)))));
    }

    private static byte[] error(int code) {
        return tlv(0xa3, hex("020101"), tlv(0x02, octet(code)));
    }

    private byte[] end(byte[]... components) {
        return tlv(
                0x64,
                tlv(0x49, hex(tid)),
                accepted(3),
                components.length == 0 ? new byte[0] : tlv(0x6c, Ber.join(components)));
    }

    private byte[] proceed(byte[]... components) {
        return tlv(
                0x65,
                tlv(0x48, hex(HLR_TID)),
                tlv(0x49, hex(tid)),
                accepted(3),
                components.length == 0 ? new byte[0] : tlv(0x6c, Ber.join(components)));
    }

    private RoutingInfo next() throws InterruptedException {
        return RecordingDesk.take(heard, "an answer");
    }

    private String failure(Cause cause) throws InterruptedException {
        RoutingInfo info = next();
        assertThat(info).isInstanceOf(Failed.class);
        Failed failed = (Failed) info;
        assertThat(failed.cause()).as(failed.how()).isEqualTo(cause);
        return failed.how();
    }

    private void askInVersion3() throws Exception {
        ask(LONG);
        expectQuestion(3);
    }

    private static final Duration LONG = Duration.ofMinutes(1);

    @Test
    void a_result_says_who_the_subscriber_is_and_where() throws Exception {
        long found = count("map.sri_sm.found");
        askInVersion3();
        peer.send(end(result(IMSI, NODE)));
        assertThat(next()).isEqualTo(FOUND);
        assertThat(count("map.sri_sm.found")).isEqualTo(found + 1);
        peer.expectSilence();
    }

    @Test
    void a_result_in_a_continue_is_answered_with_an_end() throws Exception {
        askInVersion3();
        peer.send(proceed(result(IMSI, NODE)));
        peer.expect(tlv(0x64, tlv(0x49, hex(HLR_TID))));
        assertThat(next()).isEqualTo(FOUND);
        peer.send(Ber.proceed(HLR_TID, tid, result(IMSI, NODE)));
        peer.expect(Ber.pAbort(HLR_TID, 1));
    }

    @Test
    void what_else_is_in_a_result_is_passed_over() throws Exception {
        askInVersion3();
        peer.send(
                end(
                        result(
                                IMSI,
                                "a00f" + "8107" + "917228090000f2" + "0404" + "01020304",
                                "8501ff",
                                "bf8f7f0100")));
        assertThat(next()).isEqualTo(FOUND);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 6, 11, 13, 21, 27, 34, 35, 36})
    void an_error_is_told_by_its_code(int code) throws Exception {
        long errors = count("map.errors.sri_sm." + code);
        askInVersion3();
        peer.send(tlv(0x64, tlv(0x49, hex(tid)), tlv(0x6c, error(code))));
        assertThat(next()).isEqualTo(new Refused(code));
        assertThat(count("map.errors.sri_sm." + code)).isEqualTo(errors + 1);
    }

    @Test
    void an_error_in_a_continue_is_answered_with_an_end() throws Exception {
        askInVersion3();
        peer.send(proceed(error(27)));
        peer.expect(tlv(0x64, tlv(0x49, hex(HLR_TID))));
        assertThat(next()).isEqualTo(new Refused(27));
    }

    @Test
    void an_hlr_with_messages_that_wait_tells_so_in_the_same_message() throws Exception {
        askInVersion3();
        byte[] inform = Ber.invoke(2, 63, tlv(0x30, hex("040791" + "721600000010"), hex("0a0101")));
        peer.send(end(inform, result(IMSI, NODE)));
        assertThat(next()).isEqualTo(FOUND);

        askInVersion3();
        peer.send(end(error(6), inform));
        assertThat(next()).isEqualTo(new Refused(6));
    }

    @Test
    void the_first_of_two_results_holds() throws Exception {
        askInVersion3();
        peer.send(end(result(IMSI, NODE), result(IMSI, "a009" + "8107" + "917228090000" + "f9")));
        assertThat(next()).isEqualTo(FOUND);
    }

    @ParameterizedTest
    @CsvSource({
        "'', the IMSI is missing",
        NODE + ", the IMSI is missing",
        IMSI + ", the networkNode-Number is missing",
        IMSI + "a000, the networkNode-Number is missing",
        IMSI + "a0038101" + "91, is not 1 to 15 digits",
        IMSI + "a0098107" + "a1" + "7228090000f2, is no international number",
        IMSI + "a0098107" + "81" + "7228090000f2, is no international number",
        IMSI + "a0098107" + "96" + "7228090000f2, is no international number",
        IMSI + "a0098107" + "91" + "72280900a0f2, is not 1 to 15 digits",
        IMSI + "a00b8109" + "91" + "7228090000214365, is not 1 to 15 digits",
        IMSI + "a0178115" + "91" + "7228090000214365172280900002143651728090" + ", 1 to 20 are",
        IMSI + "a00981087228090000f2, no valid BER",
        "0402" + "5605" + NODE + ", the IMSI has 4 digits",
        "0408" + "5605010000000000" + NODE + ", the IMSI has 16 digits",
        "0409" + "560501000000000010" + NODE + ", the IMSI has 18 digits",
        "0400" + NODE + ", the IMSI has 0 digits",
        "0408" + "56050100f0000010" + NODE + ", something else than digits",
        "0408" + "5605010000a00010" + NODE + ", something else than digits",
        "04847fffffff" + "5605, no valid BER",
        "0408" + "5605, no valid BER",
    })
    void a_result_that_is_rubbish_is_none(String elements, String why) throws Exception {
        askInVersion3();
        peer.send(end(result(elements)));
        assertThat(failure(Cause.PROVIDER)).contains(why);
    }

    @Test
    void a_result_of_another_shape_is_none() throws Exception {
        askInVersion3();
        peer.send(end(resultOf(44, IMSI, NODE)));
        assertThat(failure(Cause.PROVIDER)).contains("another operation");

        askInVersion3();
        peer.send(end(tlv(0xa2, hex("020101"))));
        assertThat(failure(Cause.PROVIDER)).contains("there is no parameter");

        askInVersion3();
        peer.send(end(tlv(0xa2, hex("020101"), tlv(0x30, hex("02012d"), hex("0402" + "5605")))));
        assertThat(failure(Cause.PROVIDER)).contains("not a SEQUENCE");

        askInVersion3();
        peer.send(end(tlv(0xa2, hex("020107"), tlv(0x30, hex("02012d"), tlv(0x30, hex(IMSI))))));
        assertThat(failure(Cause.PROVIDER)).contains("TC-END without a result");
    }

    @Test
    void an_end_without_anything_is_no_result() throws Exception {
        askInVersion3();
        peer.send(end());
        assertThat(failure(Cause.PROVIDER)).contains("TC-END without a result");
    }

    @Test
    void an_error_code_that_is_none_of_map_is_no_answer() throws Exception {
        askInVersion3();
        peer.send(
                tlv(
                        0x64,
                        tlv(0x49, hex(tid)),
                        tlv(0x6c, tlv(0xa3, hex("020101"), hex("02020100")))));
        assertThat(failure(Cause.PROVIDER)).contains("its error code is none of MAP's");
    }

    @Test
    void a_reject_is_no_answer() throws Exception {
        askInVersion3();
        peer.send(tlv(0x64, tlv(0x49, hex(tid)), tlv(0x6c, hex("a406020101810101"))));
        assertThat(failure(Cause.PROVIDER)).contains("unrecognized operation");
    }

    @Test
    void an_invoke_back_is_aborted() throws Exception {
        askInVersion3();
        peer.send(proceed(Ber.invoke(1, 59, RawPeer.STAR_100)));
        byte[] abort = Ber.find(peer.answer(), 0x67);
        assertThat(hex(Ber.find(abort, 0x49))).isEqualTo(HLR_TID);
        assertThat(failure(Cause.PROVIDER)).contains("TC-CONTINUE without a result");
        peer.expectSilence();
    }

    @Test
    void one_message_without_anything_may_come_first() throws Exception {
        askInVersion3();
        peer.send(proceed());
        peer.expectSilence();
        peer.send(tlv(0x64, tlv(0x49, hex(tid)), tlv(0x6c, result(IMSI, NODE))));
        assertThat(next()).isEqualTo(FOUND);

        askInVersion3();
        peer.send(proceed());
        peer.send(Ber.proceed(HLR_TID, tid));
        assertThat(hex(Ber.find(Ber.find(peer.answer(), 0x67), 0x49))).isEqualTo(HLR_TID);
        assertThat(failure(Cause.PROVIDER)).contains("TC-CONTINUE without a result");
    }

    @Test
    void an_abort_says_whose_it_is() throws Exception {
        askInVersion3();
        peer.send(Ber.pAbort(tid, 4));
        assertThat(failure(Cause.PROVIDER)).contains("resource limitation");

        askInVersion3();
        peer.send(tlv(0x67, tlv(0x49, hex(tid))));
        failure(Cause.USER);
    }

    @Test
    void a_message_that_cannot_be_read_ends_it() throws Exception {
        askInVersion3();
        peer.send(tlv(0x64, tlv(0x49, hex(tid)), hex("6b0428020600"), tlv(0x6c, error(1))));
        failure(Cause.PROVIDER);
        assertThat(peer.refusal().cause()).isEqualTo(DialogDesk.Cause.UNREADABLE);

        askInVersion3();
        peer.send(end(hex("a2030201")));
        failure(Cause.PROVIDER);
    }

    @Test
    void a_question_that_comes_back_was_not_delivered() throws Exception {
        ask(LONG);
        byte[] question = peer.sccp();
        byte[] asker = Sccp.calling(question);
        byte[] hlr = Sccp.called(question);
        peer.line().send(Sccp.udts(1, asker, hlr, Sccp.data(question)));
        assertThat(failure(Cause.UNDELIVERED)).contains("no translation for this address");
    }

    @Test
    void nobody_answers_in_time_and_a_late_result_is_nobodys() throws Exception {
        ask(Duration.ofMillis(50));
        expectQuestion(3);
        assertThat(failure(Cause.UNANSWERED)).contains("PT0.05S");
        peer.settle();
        peer.send(proceed(result(IMSI, NODE)));
        peer.expect(Ber.pAbort(HLR_TID, 1));
    }

    @Test
    void nobody_answers_in_time_after_a_message_without_anything() throws Exception {
        Duration patience = Duration.ofMillis(250);
        String how;
        do { // on a busy machine the message may come too late
            patience = patience.multipliedBy(2);
            ask(patience);
            expectQuestion(3);
            peer.send(proceed());
            how = failure(Cause.UNANSWERED);
        } while (!hex(peer.answer()).contains("800101")); // ABRT: the far side's id is known
        assertThat(how).contains("no answer within");
    }

    @Test
    void an_hlr_that_speaks_version_2_only_is_asked_again_and_remembered() throws Exception {
        long second = count("map.sri_sm.version_2");
        askInVersion3();
        peer.send(tlv(0x67, tlv(0x49, hex(tid)), refused(2)));
        expectQuestion(2);
        peer.send(tlv(0x64, tlv(0x49, hex(tid)), accepted(2), tlv(0x6c, result(IMSI, NODE))));
        assertThat(next()).isEqualTo(FOUND);
        assertThat(count("map.sri_sm.version_2")).isEqualTo(second + 1);

        askAgain(LONG);
        expectQuestion(2);
        peer.send(tlv(0x64, tlv(0x49, hex(tid)), tlv(0x6c, error(27))));
        assertThat(next()).isEqualTo(new Refused(27));
        peer.expectSilence();
    }

    @Test
    void an_hlr_that_refuses_both_versions() throws Exception {
        askInVersion3();
        peer.send(tlv(0x67, tlv(0x49, hex(tid)), refused(3)));
        expectQuestion(2);
        peer.send(tlv(0x67, tlv(0x49, hex(tid)), refused(2)));
        assertThat(failure(Cause.REFUSED)).contains("context");

        askAgain(LONG); // nothing was learnt of what it speaks
        expectQuestion(3);
        peer.send(end(result(IMSI, NODE)));
        assertThat(next()).isEqualTo(FOUND);
    }

    @Test
    void nobody_may_ask_us() throws Exception {
        peer.send(
                Ber.begin(
                        RawPeer.OTID,
                        hex("6b1e281c060700118605010101a011600f80020780a109060704000001001403"),
                        Ber.invoke(
                                1,
                                45,
                                tlv(0x30, hex("800791726700000010"), hex("8101ff820291" + "27")))));
        assertThat(hex(Ber.find(Ber.find(peer.answer(), 0x67), 0x6b)))
                .isEqualTo(
                        "2828060700118605010101a01d611b80020780"
                                + "a109060704000001001403a203020101a305a103020102");
        assertThat(peer.refusal().cause()).isEqualTo(DialogDesk.Cause.OTHER_CONTEXT);
    }

    private static long count(String counter) {
        return peer.line().counters().value(counter);
    }
}
