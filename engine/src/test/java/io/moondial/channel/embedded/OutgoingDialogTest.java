package io.moondial.channel.embedded;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.moondial.channel.Address;
import io.moondial.channel.Channel.NotBegunException;
import io.moondial.channel.DialogLink;
import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.channel.Opening.Party;
import io.moondial.channel.OutgoingDialog;
import io.moondial.channel.SignallingTap.SignallingMessage;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.channel.ss7.MessageDesk.Begin;
import io.moondial.dialog.Incoming;
import io.moondial.dialog.Incoming.Aborted;
import io.moondial.dialog.Incoming.Aborted.Cause;
import io.moondial.dialog.Incoming.Continued;
import io.moondial.dialog.Incoming.Ended;
import io.moondial.dialog.Incoming.Part;
import io.moondial.dialog.Outgoing;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UnsendableText;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Dialogs that the engine begins towards handsets, both sides complete stacks. */
class OutgoingDialogTest extends BegunByTheEngine {
    private static final Address IMSI = new Address("655010000000001", 1, Address.LAND_MOBILE);
    private static final Address US = Address.international("27829000000");

    private final BlockingQueue<Incoming> heard = new LinkedBlockingQueue<>();
    private final BlockingQueue<Begin> rung = new LinkedBlockingQueue<>();
    private final BlockingQueue<Handset> handsets = new LinkedBlockingQueue<>();
    private final BlockingQueue<Screen> seen = new LinkedBlockingQueue<>();

    private void somebodyIsAtHome() {
        network.receive(
                (begin, link) -> {
                    rung.add(begin);
                    Handset handset =
                            Handset.begun(begin, link, (screen, received) -> seen.add(screen));
                    handsets.add(handset);
                    return handset.receiver();
                });
    }

    private static OutgoingDialog dialog(Outgoing.Screen first, Party called, Duration patience) {
        return new OutgoingDialog(first, null, called, 147, IMSI, US, patience);
    }

    private static Outgoing.Ask menu(int screen, String text) throws UnsendableText {
        return new Outgoing.Ask(screen, text(text), false, false);
    }

    private DialogLink push(Outgoing.Screen first) throws NotBegunException {
        return network.begin(dialog(first, FAR_SIDE, LONG), heard::add);
    }

    @Test
    void a_conversation_that_the_engine_begins() throws Exception {
        somebodyIsAtHome();
        DialogLink link = push(menu(1, "Do you want it?"));

        Begin begin = next(rung);
        assertThat(begin.operation()).isEqualTo(Operation.UNSTRUCTURED_SS_REQUEST);
        assertThat(begin.opening().destination()).isEqualTo(IMSI);
        assertThat(begin.opening().origination()).isEqualTo(US);
        assertThat(begin.opening().remoteTid()).isEqualTo(link.localTid());
        assertThat(begin.opening().remote().ssn()).isEqualTo(147);
        assertThat(begin.opening().local().ssn()).isEqualTo(8);
        Handset handset = next(handsets);
        Screen.Menu first = (Screen.Menu) next(seen);
        assertThat(first.text()).isEqualTo("Do you want it?");
        handset.answer(first, "yes");
        assertThat(next(heard))
                .isEqualTo(new Continued(List.of(new Part.Answered(1, text("yes")))));

        link.send(menu(2, "How many?"));
        Screen.Menu second = (Screen.Menu) next(seen);
        assertThat(second.text()).isEqualTo("How many?");
        handset.answer(second, "2");
        assertThat(next(heard)).isEqualTo(new Continued(List.of(new Part.Answered(2, text("2")))));

        link.send(new Outgoing.Show(3, text("Done"), false));
        Screen.Notify last = (Screen.Notify) next(seen);
        assertThat(last.text()).isEqualTo("Done");
        handset.acknowledge(last);
        assertThat(next(heard)).isEqualTo(new Continued(List.of(new Part.Acknowledged(3))));

        link.send(new Outgoing.End());
        assertThat(next(seen)).isEqualTo(new Screen.Close());
        nothingIsLeft();
    }

    @Test
    void a_notify_is_acknowledged_in_the_end_of_the_dialog() throws Exception {
        somebodyIsAtHome();
        push(new Outgoing.Show(1, text("Good morning"), false));
        assertThat(next(rung).operation()).isEqualTo(Operation.UNSTRUCTURED_SS_NOTIFY);
        next(handsets).acknowledgeAndRelease((Screen.Notify) next(seen));
        assertThat(next(heard)).isEqualTo(new Ended(List.of(new Part.Acknowledged(1))));
        nothingIsLeft();
    }

    @Test
    void a_node_that_is_called_by_its_title() throws Exception {
        somebodyIsAtHome();
        Party called = new Party(null, 8, EmbeddedNetwork.HANDSET_GLOBAL_TITLE, Party.ROUTE_ON_GT);
        network.begin(dialog(menu(1, "?"), called, LONG), heard::add);
        Begin begin = next(rung);
        assertThat(begin.opening().remote().routingIndicator()).isEqualTo(Party.ROUTE_ON_GT);
        assertThat(begin.opening().remote().globalTitle())
                .isEqualTo(EmbeddedNetwork.ENGINE_GLOBAL_TITLE);
        next(handsets).answerAndRelease((Screen.Menu) next(seen), "1");
        assertThat(next(heard)).isEqualTo(new Ended(List.of(new Part.Answered(1, text("1")))));
    }

    @Test
    void errors_come_as_the_errors_that_they_are() throws Exception {
        push(menu(1, "anybody?"));
        assertThat(next(heard)).isEqualTo(new Ended(List.of(new Part.Errored(1, 27))));

        somebodyIsAtHome();
        push(menu(1, "anybody?"));
        next(handsets).rejectAndRelease(((Screen.Menu) next(seen)).invokeId(), 72);
        assertThat(next(heard)).isEqualTo(new Ended(List.of(new Part.Errored(1, 72))));
        nothingIsLeft();
    }

    @Test
    void an_abort_says_whose_it_is() throws Exception {
        somebodyIsAtHome();
        push(menu(1, "?"));
        next(handsets).abandon();
        assertThat(((Aborted) next(heard)).cause()).isEqualTo(Cause.USER);

        DialogLink link = push(menu(1, "?"));
        next(seen);
        next(seen);
        Handset handset = next(handsets);
        handset.answer(new Screen.Menu(1, "?"), "1");
        next(heard);
        handset.vanish();
        link.send(menu(2, "still there?"));
        assertThat(((Aborted) next(heard)).cause()).isEqualTo(Cause.PROVIDER);
        nothingIsLeft();
    }

    @Test
    void nobody_answers_in_time() throws Exception {
        somebodyIsAtHome();
        DialogLink link =
                network.begin(dialog(menu(1, "?"), FAR_SIDE, Duration.ofMillis(50)), heard::add);
        Screen.Menu menu = (Screen.Menu) next(seen);
        assertThat(next(heard))
                .isEqualTo(new Aborted(Cause.UNANSWERED, "no answer within PT0.05S"));
        await().atMost(LONG).until(() -> network.openDialogs() == 0);
        assertThatThrownBy(() -> link.send(menu(2, "?"))).isInstanceOf(DialogGoneException.class);

        next(handsets).answer(menu, "late");
        assertThat(((Screen.Abort) next(seen)).reason()).contains("unrecognized transaction id");
        assertThat(heard).isEmpty();
        nothingIsLeft();
    }

    @Test
    void once_answered_a_dialog_has_the_stacks_own_time() throws Exception {
        somebodyIsAtHome();
        Duration patience = Duration.ofMillis(250);
        DialogLink link;
        Handset handset;
        do { // on a busy machine the answer may take longer than that
            patience = patience.multipliedBy(2);
            link = network.begin(dialog(menu(1, "?"), FAR_SIDE, patience), heard::add);
            handset = next(handsets);
            handset.answer(new Screen.Menu(1, "?"), "1");
        } while (!(next(heard) instanceof Continued));
        assertThat(heard.poll(2 * patience.toMillis(), TimeUnit.MILLISECONDS)).isNull();
        link.send(menu(2, "and now?"));
        handset.answer(new Screen.Menu(2, "and now?"), "2");
        assertThat(next(heard)).isInstanceOf(Continued.class);
        link.send(new Outgoing.Abort("enough"));
        nothingIsLeft();
    }

    @Test
    void what_ends_a_dialog_before_its_answer_is_not_sent() throws Exception {
        somebodyIsAtHome();
        for (Outgoing end : List.of(new Outgoing.End(), new Outgoing.Abort("enough"))) {
            DialogLink link = push(menu(1, "?"));
            Handset handset = next(handsets);
            Screen.Menu menu = (Screen.Menu) next(seen);
            link.send(end);
            assertThat(network.openDialogs()).isZero();
            handset.answer(menu, "too late");
            assertThat(next(seen)).isInstanceOf(Screen.Abort.class);
        }
        assertThat(heard).isEmpty();
    }

    @Test
    void no_more_are_begun_than_the_stack_may_hold() throws Exception {
        somebodyIsAtHome();
        DialogLink one = push(menu(1, "?"));
        DialogLink other = push(menu(1, "?"));
        assertThat(one.localTid()).isNotEqualTo(other.localTid());
        assertThatThrownBy(() -> push(menu(1, "?")))
                .isInstanceOf(NotBegunException.class)
                .hasMessageContaining("max_dialogs");
        assertThat(counters.value("tcap.not_begun")).isOne();
        one.forget();
        push(menu(1, "?"));
    }

    @Test
    void a_node_that_no_way_leads_to() throws Exception {
        network.begin(
                dialog(menu(1, "?"), new Party(9, 8, null, Party.ROUTE_ON_SSN), LONG), heard::add);
        Aborted told = (Aborted) requireNonNull(heard.poll(), "told before begin returns");
        assertThat(told.cause()).isEqualTo(Cause.UNDELIVERED);
        assertThat(told.how()).contains("point code 9 is not among point_codes");
        assertThat(network.openDialogs()).isZero();
    }

    @Test
    void what_cannot_be_meant() throws Exception {
        Outgoing.Screen screen = menu(1, "?");
        assertThatThrownBy(
                        () ->
                                network.begin(
                                        new OutgoingDialog(
                                                screen, null, FAR_SIDE, 8, null, null, LONG),
                                        heard::add))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("subsystem 8 is none of [6, 147]");
        for (Party nobody :
                List.of(
                        new Party(1, null, null, Party.ROUTE_ON_SSN),
                        new Party(null, 8, "1", Party.ROUTE_ON_SSN),
                        new Party(1, 8, null, Party.ROUTE_ON_GT))) {
            assertThatThrownBy(() -> dialog(screen, nobody, LONG))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> new OutgoingDialog(screen, 256, FAR_SIDE, 6, null, null, LONG))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> dialog(screen, FAR_SIDE, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whoever_looks_on_sees_no_secret() throws Exception {
        BlockingQueue<String> looked = new LinkedBlockingQueue<>();
        network.attach(message -> looked.add(octets(message)));
        somebodyIsAtHome();
        DialogLink link = push(new Outgoing.Ask(1, text("Your code is 4711: PIN??"), true, true));
        String begin = next(looked);
        assertThat(begin)
                .contains(hex(text("*".repeat(24))))
                .doesNotContain(hex(text("Your code is 4711: PIN??")));
        Screen.Menu menu = (Screen.Menu) next(seen);
        assertThat(menu.text()).isEqualTo("Your code is 4711: PIN??");
        Handset handset = next(handsets);
        handset.answer(menu, "8256");
        assertThat(next(looked)).contains(hex(text("****"))).doesNotContain(hex(text("8256")));
        assertThat(next(heard))
                .isEqualTo(new Continued(List.of(new Part.Answered(1, text("8256")))));

        link.send(menu(2, "And the colour?"));
        assertThat(next(looked)).contains(hex(text("And the colour?")));
        handset.answer((Screen.Menu) next(seen), "green");
        assertThat(next(looked)).contains(hex(text("green")));
    }

    @Test
    void the_alerting_pattern_goes_behind_the_text() throws Exception {
        BlockingQueue<String> looked = new LinkedBlockingQueue<>();
        network.attach(message -> looked.add(octets(message)));
        network.begin(
                new OutgoingDialog(menu(1, "Ring"), 0x85, FAR_SIDE, 6, null, null, LONG),
                heard::add);
        // USSD-Arg: its scheme, its string, its alerting pattern (3GPP TS 29.002 17.7.4)
        String string = hex(text("Ring"));
        assertThat(next(looked))
                .contains("04010f" + "04%02x".formatted(string.length() / 2) + string + "040185");
        assertThat(next(heard)).isInstanceOf(Ended.class);
    }

    private static String octets(SignallingMessage message) {
        return hex(message.parts().getFirst());
    }

    private static String hex(UssdString text) {
        return hex(text.octets());
    }

    private static String hex(byte[] octets) {
        return HexFormat.of().formatHex(octets);
    }
}
