package io.moondial.channel.wire;

import static io.moondial.channel.wire.Ber.hex;
import static io.moondial.channel.wire.Ber.octet;
import static io.moondial.channel.wire.Ber.tlv;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.channel.Address;
import io.moondial.channel.DialogDesk;
import io.moondial.channel.DialogLink;
import io.moondial.channel.Opening.Party;
import io.moondial.channel.OutgoingDialog;
import io.moondial.channel.SignallingTap;
import io.moondial.dialog.Incoming;
import io.moondial.dialog.Incoming.Aborted;
import io.moondial.dialog.Incoming.Aborted.Cause;
import io.moondial.dialog.Incoming.Continued;
import io.moondial.dialog.Incoming.Ended;
import io.moondial.dialog.Incoming.Part;
import io.moondial.dialog.Outgoing;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Dialogs that the engine begins, octet by octet; the far side is spoken by hand. */
class BegunDialogTest extends OverTheWire {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final String MSISDN = "27761485722";
    private static final String US = "27829000000";
    private static final String MSC = "27829000002";
    private static final String FAR = "0c0d";
    private static final String OUR_REFERENCE = "8107" + "91" + "7228090000f0";
    private static final int REQUEST = 60;
    private static final int NOTIFY = 61;

    private final BlockingQueue<Incoming> heard = new LinkedBlockingQueue<>();

    /** How the subscriber is reached, and what is on the wire of it. */
    enum Route {
        TO_HLR,
        TO_MSC_WITH_IMSI,
        TO_POINT_CODE;

        private Party called() {
            return switch (this) {
                case TO_HLR -> new Party(null, 6, MSISDN, Party.ROUTE_ON_GT);
                case TO_MSC_WITH_IMSI -> new Party(null, 8, MSC, Party.ROUTE_ON_GT);
                case TO_POINT_CODE -> new Party(1, 8, null, Party.ROUTE_ON_SSN);
            };
        }

        private Address destination() {
            return this == TO_MSC_WITH_IMSI
                    ? new Address("655010000000001", Address.INTERNATIONAL, Address.LAND_MOBILE)
                    : Address.international(MSISDN);
        }

        private byte[] calledOctets() {
            return switch (this) {
                case TO_HLR -> Sccp.title(6, MSISDN);
                case TO_MSC_WITH_IMSI -> Sccp.title(8, MSC);
                case TO_POINT_CODE -> hex("43010008");
            };
        }

        /** With a point code goes our title: the far side may answer by either. */
        private byte[] callingOctets() {
            return this == TO_POINT_CODE
                    ? hex("53020006" + "001104" + "722809000000")
                    : Sccp.title(6, US);
        }

        private String reference() {
            return this == TO_MSC_WITH_IMSI
                    ? "8009" + "96" + "56050100000000f1"
                    : "8007" + "91" + "7267415827f2";
        }
    }

    /** A dialog that was begun. */
    private record Begun(DialogLink link, String tid) {}

    @AfterEach
    void nothing_else_is_heard() {
        assertThat(heard).isEmpty();
    }

    private static UssdString text(String text) throws Exception {
        return UssdString.encode(text, Dcs.UNSPECIFIED);
    }

    private static Outgoing.Ask menu(int screen, String text) throws Exception {
        return new Outgoing.Ask(screen, text(text), false, false);
    }

    private static byte[] argument(String text) throws Exception {
        return tlv(0x30, hex("04010f"), tlv(0x04, text(text).octets()));
    }

    private static byte[] open(String reference) {
        byte[] references = tlv(0xa0, hex(reference), hex(OUR_REFERENCE));
        byte[] information = tlv(0xbe, tlv(0x28, hex("060704000001010101"), tlv(0xa0, references)));
        byte[] request = tlv(0x60, hex("80020780"), hex("a109060704000001001302"), information);
        return tlv(0x6b, tlv(0x28, hex("060700118605010101"), tlv(0xa0, request)));
    }

    private Begun begin(Route route, Outgoing.Screen first) throws Exception {
        return begin(route, first, LONG);
    }

    private Begun begin(Route route, Outgoing.Screen first, Duration patience) throws Exception {
        DialogLink link =
                peer.begin(
                        new OutgoingDialog(
                                first,
                                null,
                                route.called(),
                                6,
                                route.destination(),
                                Address.international(US),
                                patience),
                        heard::add);
        return new Begun(link, link.localTid());
    }

    /** What begins the dialog: its addresses, its MAP-open and its Invoke. */
    private void expectBegin(Route route, Begun begun, int operation, String text)
            throws Exception {
        byte[] sccp = peer.sccp();
        assertThat(hex(Sccp.called(sccp))).isEqualTo(hex(route.calledOctets()));
        assertThat(hex(Sccp.calling(sccp))).isEqualTo(hex(route.callingOctets()));
        assertThat(hex(Sccp.data(sccp)))
                .isEqualTo(
                        hex(
                                Ber.begin(
                                        begun.tid(),
                                        open(route.reference()),
                                        Ber.invoke(1, operation, argument(text)))));
    }

    private Begun beginMenu() throws Exception {
        Begun begun = begin(Route.TO_HLR, menu(1, "1 or 2?"));
        expectBegin(Route.TO_HLR, begun, REQUEST, "1 or 2?");
        return begun;
    }

    private static byte[] result(int invokeId, int operation, byte[] parameter) {
        return tlv(
                0xa2,
                tlv(0x02, octet(invokeId)),
                tlv(0x30, tlv(0x02, octet(operation)), parameter));
    }

    private static byte[] answer(int invokeId, String text) throws Exception {
        return result(invokeId, REQUEST, argument(text));
    }

    private static byte[] acknowledgement(int invokeId) {
        return tlv(0xa2, tlv(0x02, octet(invokeId)));
    }

    private static byte[] error(int code) {
        return tlv(0xa3, hex("020101"), tlv(0x02, octet(code)));
    }

    private static byte[] firstContinue(Begun begun, byte[]... components) {
        return tlv(
                0x65,
                tlv(0x48, hex(FAR)),
                tlv(0x49, hex(begun.tid())),
                Ber.ACCEPTED,
                components.length == 0 ? new byte[0] : tlv(0x6c, components));
    }

    private static byte[] firstEnd(Begun begun, byte[]... components) {
        return tlv(
                0x64,
                tlv(0x49, hex(begun.tid())),
                Ber.ACCEPTED,
                components.length == 0 ? new byte[0] : tlv(0x6c, components));
    }

    private static byte[] end(String tid) {
        return tlv(0x64, tlv(0x49, hex(tid)));
    }

    /** From the address that was called, as the far side of a dialog answers. */
    private static void send(Route route, byte[] tcap) {
        peer.line().send(Sccp.udt(route.callingOctets(), route.calledOctets(), tcap));
    }

    private Incoming next() throws InterruptedException {
        return RecordingDesk.take(heard, "a message");
    }

    @ParameterizedTest
    @EnumSource(Route.class)
    void a_conversation_of_menus_that_ends_with_an_empty_end(Route route) throws Exception {
        Begun begun = begin(route, menu(1, "1 or 2?"));
        expectBegin(route, begun, REQUEST, "1 or 2?");
        send(route, firstContinue(begun, answer(1, "2")));
        assertThat(next()).isEqualTo(new Continued(List.of(new Part.Answered(1, text("2")))));

        begun.link().send(menu(2, "How many?"));
        expectNext(
                route,
                Ber.proceed(begun.tid(), FAR, Ber.invoke(2, REQUEST, argument("How many?"))));
        send(route, Ber.proceed(FAR, begun.tid(), answer(2, "3")));
        assertThat(next()).isEqualTo(new Continued(List.of(new Part.Answered(2, text("3")))));

        begun.link().send(new Outgoing.Show(3, text("Thank you"), false));
        expectNext(
                route, Ber.proceed(begun.tid(), FAR, Ber.invoke(3, NOTIFY, argument("Thank you"))));
        send(route, Ber.proceed(FAR, begun.tid(), acknowledgement(3)));
        assertThat(next()).isEqualTo(new Continued(List.of(new Part.Acknowledged(3))));

        begun.link().send(new Outgoing.End());
        expectNext(route, end(FAR));
    }

    private void expectNext(Route route, byte[] tcap) throws Exception {
        byte[] sccp = peer.sccp();
        assertThat(hex(Sccp.called(sccp))).isEqualTo(hex(route.calledOctets()));
        assertThat(hex(Sccp.data(sccp))).isEqualTo(hex(tcap));
    }

    @ParameterizedTest
    @EnumSource(Route.class)
    void a_notify_that_is_acknowledged(Route route) throws Exception {
        Begun ended = begin(route, new Outgoing.Show(1, text("Hello"), false));
        expectBegin(route, ended, NOTIFY, "Hello");
        send(route, firstEnd(ended, acknowledgement(1)));
        assertThat(next()).isEqualTo(new Ended(List.of(new Part.Acknowledged(1))));

        Begun goesOn = begin(route, new Outgoing.Show(1, text("Hello"), false));
        expectBegin(route, goesOn, NOTIFY, "Hello");
        send(route, firstContinue(goesOn, acknowledgement(1)));
        assertThat(next()).isEqualTo(new Continued(List.of(new Part.Acknowledged(1))));
        goesOn.link().send(new Outgoing.End());
        expectNext(route, end(FAR));
    }

    @Test
    void an_answer_in_the_end_of_the_dialog() throws Exception {
        Begun begun = beginMenu();
        peer.send(firstEnd(begun, answer(1, "2")));
        assertThat(next()).isEqualTo(new Ended(List.of(new Part.Answered(1, text("2")))));
        peer.expectSilence();
    }

    @Test
    void a_menu_without_references_or_with_an_alerting_pattern() throws Exception {
        DialogLink link =
                peer.begin(
                        new OutgoingDialog(
                                menu(1, "?"),
                                0x02,
                                new Party(1, 8, null, Party.ROUTE_ON_SSN),
                                147,
                                null,
                                null,
                                LONG),
                        heard::add);
        byte[] argument = tlv(0x30, hex("04010f"), tlv(0x04, text("?").octets()), hex("040102"));
        byte[] begin = peer.answer();
        assertThat(hex(begin)).endsWith(hex(tlv(0x6c, Ber.invoke(1, REQUEST, argument))));
        link.forget();
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 13, 21, 27, 34, 36, 71, 72})
    void an_error_is_told_by_its_code(int code) throws Exception {
        long errors = peer.line().counters().value("map.errors.request." + code);
        Begun ended = beginMenu();
        peer.send(tlv(0x64, tlv(0x49, hex(ended.tid())), tlv(0x6c, error(code))));
        assertThat(next()).isEqualTo(new Ended(List.of(new Part.Errored(1, code))));

        Begun goesOn = beginMenu();
        peer.send(firstContinue(goesOn, error(code)));
        assertThat(next()).isEqualTo(new Continued(List.of(new Part.Errored(1, code))));
        goesOn.link().send(new Outgoing.End());
        peer.expect(end(FAR));
        assertThat(peer.line().counters().value("map.errors.request." + code))
                .isEqualTo(errors + 2);
    }

    @Test
    void a_reject() throws Exception {
        Begun begun = beginMenu();
        peer.send(firstEnd(begun, hex("a406020101810102")));
        assertThat(next())
                .isEqualTo(
                        new Ended(
                                List.of(
                                        new Part.Unusable(
                                                "Received Reject of invoke 1 on USSD transaction: mistyped parameter of an invoke."))));
    }

    @Test
    void an_abort_of_the_user_of_the_provider_and_of_who_does_not_take_such_dialogs()
            throws Exception {
        Begun byUser = beginMenu();
        peer.send(tlv(0x67, tlv(0x49, hex(byUser.tid()))));
        assertThat(next()).isEqualTo(new Aborted(Cause.USER, "TC-U-ABORT"));

        Begun byProvider = beginMenu();
        peer.send(Ber.pAbort(byProvider.tid(), 4));
        assertThat(next())
                .isEqualTo(new Aborted(Cause.PROVIDER, "TC-P-ABORT: resource limitation"));

        Begun refused = beginMenu();
        peer.send(
                tlv(
                        0x67,
                        tlv(0x49, hex(refused.tid())),
                        hex(
                                "6b2a2828060700118605010101a01d611b80020780a109060704000001001301a203020101a305a103020102")));
        assertThat(next())
                .isEqualTo(
                        new Aborted(
                                Cause.REFUSED,
                                "refused: the application context is not supported"));
        peer.expectSilence();
    }

    @Test
    void an_abort_in_the_middle() throws Exception {
        Begun begun = beginMenu();
        peer.send(firstContinue(begun, answer(1, "2")));
        next();
        begun.link().send(menu(2, "And?"));
        peer.answer();
        // ABRT of the user: MAP-userAbort, resource unavailable (a busy handset, say)
        peer.send(
                tlv(
                        0x67,
                        tlv(0x49, hex(begun.tid())),
                        hex(
                                "6b262824060700118605010101a01964178001"
                                        + "00be122810060704000001010101a005a403820100")));
        assertThat(next()).isEqualTo(new Aborted(Cause.USER, "TC-U-ABORT: resource unavailable"));
        peer.expectSilence();
    }

    @Test
    void nobody_answers_in_time_and_what_comes_later_is_nobodys() throws Exception {
        Begun begun = begin(Route.TO_HLR, menu(1, "?"), Duration.ofMillis(50));
        expectBegin(Route.TO_HLR, begun, REQUEST, "?");
        assertThat(next()).isEqualTo(new Aborted(Cause.UNANSWERED, "no answer within PT0.05S"));
        peer.settle();
        peer.send(firstContinue(begun, answer(1, "late")));
        peer.expect(Ber.pAbort(FAR, 1));
    }

    @Test
    void what_begins_it_comes_back_undelivered() throws Exception {
        Begun begun = begin(Route.TO_HLR, menu(1, "?"));
        byte[] sccp = peer.sccp();
        byte[] sender = Sccp.calling(sccp);
        byte[] hlr = Sccp.called(sccp);
        peer.line().send(Sccp.udts(4, sender, hlr, Sccp.data(sccp)));
        assertThat(next())
                .isEqualTo(
                        new Aborted(
                                Cause.UNDELIVERED,
                                "TC-BEGIN was returned undelivered: unequipped user"));
        assertThat(begun.tid()).isNotEmpty();
    }

    @Test
    void two_components_in_one_message() throws Exception {
        Begun twice = beginMenu();
        peer.send(firstContinue(twice, answer(1, "2"), answer(1, "3")));
        assertThat(((Continued) next()).parts())
                .satisfies(
                        parts -> {
                            assertThat(parts).hasSize(2);
                            assertThat(parts.getFirst()).isEqualTo(new Part.Answered(1, text("2")));
                            assertThat(parts.getLast()).isInstanceOf(Part.Stray.class);
                        });
        // the second result is rejected: nothing waits for it (ITU-T Q.774 3.2.2.2)
        peer.expect(Ber.proceed(twice.tid(), FAR, hex("a406020101820100")));
        twice.link().send(new Outgoing.End());
        peer.expect(end(FAR));

        Begun both = beginMenu();
        peer.send(firstContinue(both, answer(1, "2"), Ber.invoke(5, 59, RawPeer.STAR_100)));
        assertThat(((Continued) next()).parts())
                .containsExactly(
                        new Part.Answered(1, text("2")),
                        new Part.Unusable(
                                "Received unsupported Invoke operation code 59 on USSD transaction."));
        both.link().send(new Outgoing.Abort("an Invoke of its own"));
        assertThat(hex(Ber.find(Ber.find(peer.answer(), 0x67), 0x49))).isEqualTo(FAR);
    }

    @Test
    void an_invoke_of_the_far_side_instead_of_an_answer() throws Exception {
        Begun begun = beginMenu();
        peer.send(firstContinue(begun, Ber.invoke(1, 59, RawPeer.STAR_100)));
        assertThat(next())
                .isEqualTo(
                        new Continued(
                                List.of(
                                        new Part.Unusable(
                                                "Received unsupported Invoke operation code 59 on USSD transaction."))));
        begun.link().send(new Outgoing.Abort("an Invoke of its own"));
        assertThat(hex(Ber.find(Ber.find(peer.answer(), 0x67), 0x49))).isEqualTo(FAR);
        peer.expectSilence();
    }

    @Test
    void a_result_of_another_operation_or_of_no_invoke() throws Exception {
        Begun other = beginMenu();
        peer.send(firstEnd(other, result(1, NOTIFY, argument("2"))));
        assertThat(((Ended) next()).parts().getFirst()).isInstanceOf(Part.Unusable.class);

        Begun nobodys = beginMenu();
        peer.send(firstContinue(nobodys, answer(9, "2")));
        assertThat(((Continued) next()).parts().getFirst()).isInstanceOf(Part.Stray.class);
        peer.expect(Ber.proceed(nobodys.tid(), FAR, hex("a406020109820100")));
        nobodys.link().send(new Outgoing.End());
        peer.expect(end(FAR));
    }

    @Test
    void an_accepting_message_without_the_dialogue_portion_is_abnormal() throws Exception {
        Begun begun = beginMenu();
        peer.send(Ber.proceed(FAR, begun.tid(), answer(1, "2")));
        peer.expect(Ber.abnormalDialogue(FAR));
        assertThat(((Aborted) next()).cause()).isIn(Cause.PROVIDER, Cause.ENGINE);
    }

    @Test
    void a_message_of_a_stranger_is_nobodys() throws Exception {
        Begun begun = begin(Route.TO_POINT_CODE, menu(1, "1 or 2?"));
        expectBegin(Route.TO_POINT_CODE, begun, REQUEST, "1 or 2?");
        send(Route.TO_POINT_CODE, firstContinue(begun, answer(1, "2")));
        next();
        peer.line()
                .send(
                        Sccp.udt(
                                Sccp.ENGINE,
                                hex("43010006"),
                                Ber.proceed(FAR, begun.tid(), answer(1, "forged"))));
        peer.line()
                .send(
                        Sccp.udt(
                                Sccp.ENGINE,
                                Route.TO_POINT_CODE.calledOctets(),
                                Ber.proceed("0e0e", begun.tid(), answer(1, "forged"))));
        peer.expectSilence();
        begun.link().send(new Outgoing.End());
        peer.expect(end(FAR));
        peer.expectSilence();
    }

    @Test
    void nobody_sees_the_secrets_of_a_dialog_that_we_begin() throws Exception {
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        SignallingTap tap = message -> seen.add(hex(message.parts().getFirst()));
        peer.line().attach(tap);
        try {
            Begun begun =
                    begin(
                            Route.TO_MSC_WITH_IMSI,
                            new Outgoing.Ask(1, text("Your code is 4711: PIN??"), true, true));
            expectBegin(Route.TO_MSC_WITH_IMSI, begun, REQUEST, "Your code is 4711: PIN??");
            assertThat(RecordingDesk.take(seen, "the begin"))
                    .contains(hex(text("*".repeat(24)).octets()))
                    .doesNotContain(hex(text("Your code is 4711: PIN??").octets()));
            send(Route.TO_MSC_WITH_IMSI, firstContinue(begun, answer(1, "8256")));
            assertThat(next())
                    .isEqualTo(new Continued(List.of(new Part.Answered(1, text("8256")))));
            assertThat(RecordingDesk.take(seen, "the answer"))
                    .contains(hex(text("****").octets()))
                    .doesNotContain(hex(text("8256").octets()));
            begun.link().send(new Outgoing.End());
            expectNext(Route.TO_MSC_WITH_IMSI, end(FAR));
        } finally {
            peer.line().detach(tap);
        }
    }

    @Test
    void who_looks_on_knows_whose_dialog_it_is() throws Exception {
        BlockingQueue<String> whose = new LinkedBlockingQueue<>();
        SignallingTap tap =
                message ->
                        whose.add(
                                message.transaction() == null
                                        ? "none"
                                        : String.valueOf(message.transaction().msisdn()));
        peer.line().attach(tap);
        try {
            Begun byNumber = begin(Route.TO_HLR, menu(1, "?"));
            peer.answer();
            assertThat(RecordingDesk.take(whose, "the begin")).isEqualTo(MSISDN);
            byNumber.link().forget();

            Route route = Route.TO_MSC_WITH_IMSI;
            DialogLink byImsi =
                    peer.begin(
                            new OutgoingDialog(
                                    menu(1, "?"),
                                    null,
                                    route.called(),
                                    6,
                                    route.destination(),
                                    null,
                                    LONG,
                                    MSISDN),
                            heard::add);
            peer.answer();
            assertThat(RecordingDesk.take(whose, "the begin")).isEqualTo(MSISDN);
            send(route, firstContinue(new Begun(byImsi, byImsi.localTid()), answer(1, "2")));
            next();
            assertThat(RecordingDesk.take(whose, "the answer")).isEqualTo(MSISDN);
            byImsi.send(new Outgoing.End()); // which has the far side's transaction id alone
            peer.answer();
            assertThat(RecordingDesk.take(whose, "the end")).isEqualTo("null");
        } finally {
            peer.line().detach(tap);
        }
    }

    @Test
    void a_message_without_anything_may_come_before_the_answer() throws Exception {
        Begun begun = beginMenu();
        peer.send(firstContinue(begun));
        peer.expectSilence();
        assertThat(heard).isEmpty();
        peer.send(Ber.proceed(FAR, begun.tid(), answer(1, "2")));
        assertThat(next()).isEqualTo(new Continued(List.of(new Part.Answered(1, text("2")))));
        begun.link().send(new Outgoing.End());
        peer.expect(end(FAR));
    }

    @Test
    void a_message_that_cannot_be_read_ends_it() throws Exception {
        Begun begun = beginMenu();
        peer.send(tlv(0x64, tlv(0x49, hex(begun.tid())), hex("6b0428020600")));
        assertThat(((Aborted) next()).cause()).isEqualTo(Cause.PROVIDER);
        assertThat(peer.refusal().cause()).isEqualTo(DialogDesk.Cause.UNREADABLE);
    }
}
