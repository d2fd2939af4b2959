package io.moondial.handset;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.channel.Address;
import io.moondial.channel.Channel.NotBegunException;
import io.moondial.channel.DialogDesk;
import io.moondial.channel.DialogLink;
import io.moondial.channel.Opening;
import io.moondial.channel.Opening.Party;
import io.moondial.channel.OutgoingDialog;
import io.moondial.channel.embedded.EmbeddedNetwork;
import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.FarSide.Locator;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.dialog.DialogFact;
import io.moondial.dialog.DialogFact.Outcome;
import io.moondial.dialog.Incoming;
import io.moondial.dialog.Incoming.Aborted;
import io.moondial.dialog.Incoming.Continued;
import io.moondial.dialog.Incoming.Ended;
import io.moondial.dialog.Incoming.Part;
import io.moondial.dialog.Outgoing;
import io.moondial.handset.Phones.Phone;
import io.moondial.handset.Phones.PhoneSettings;
import io.moondial.handset.Phones.Seen;
import io.moondial.handset.Phones.State;
import io.moondial.handset.Phones.View;
import io.moondial.logic.DialogIdentity;
import io.moondial.logic.DialogListener;
import io.moondial.metrics.Counters;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UnsendableText;
import io.moondial.time.HandMovedTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Phones that are on, and take what the engine begins with their number. */
class PhonesOnTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String ANNE = "27761485722";
    private static final Address ANNES = Address.international(ANNE);

    private final HandMovedTime time = new HandMovedTime();
    private final Counters counters = new Counters();
    private final EmbeddedNetwork network = new EmbeddedNetwork(List.of(6), 100);
    private final BlockingQueue<Incoming> heard = new LinkedBlockingQueue<>();
    private final Phones phones =
            new Phones(
                    () -> network,
                    time,
                    counters,
                    new PhoneSettings(4, Duration.ofMinutes(2), null));

    @BeforeEach
    void start() {
        network.start(
                new DialogDesk() {
                    @Override
                    public DialogLink.Receiver begun(Opening opening, DialogLink link) {
                        return message -> {};
                    }

                    @Override
                    public void refused(Refusal refusal) {
                        throw new AssertionError(refusal.text());
                    }
                });
    }

    @AfterEach
    void close() {
        phones.close();
        network.close();
    }

    private static UssdString text(String text) throws UnsendableText {
        return UssdString.encode(text, Dcs.UNSPECIFIED);
    }

    private DialogLink push(Outgoing.Screen first, Address to) throws NotBegunException {
        Party handsets =
                new Party(
                        EmbeddedNetwork.HANDSET_POINT_CODE,
                        EmbeddedNetwork.HANDSET_SSN,
                        null,
                        Party.ROUTE_ON_SSN);
        return network.begin(
                new OutgoingDialog(first, null, handsets, 6, to, null, PATIENCE), heard::add);
    }

    private DialogLink pushMenu() throws Exception {
        return push(new Outgoing.Ask(1, text("Do you agree?"), false, false), ANNES);
    }

    private Incoming next() throws InterruptedException {
        return requireNonNull(heard.poll(60, TimeUnit.SECONDS), "nothing came");
    }

    private Phone on() {
        return phones.turnOn(ANNE).orElseThrow();
    }

    private static List<String> words(View view) {
        return view.screens().stream().map(Seen::screen).map(Screen::word).toList();
    }

    @Test
    void it_takes_one_dialog_after_the_other() throws Exception {
        Phone phone = on();
        assertThat(phone.await(0, Duration.ZERO).state()).isEqualTo(State.ON);
        DialogLink link = pushMenu();
        assertThat(phone.await(0, PATIENCE).state()).isEqualTo(State.MENU);
        assertThat(phone.answer("yes").state()).isEqualTo(State.WAITING);
        assertThat(next()).isEqualTo(new Continued(List.of(new Part.Answered(1, text("yes")))));
        link.send(new Outgoing.End());
        assertThat(phone.await(1, PATIENCE).state()).isEqualTo(State.ON);

        Address imsi = new Address(Locator.imsi(ANNE), Address.INTERNATIONAL, Address.LAND_MOBILE);
        push(new Outgoing.Show(1, text("Thank you"), false), imsi);
        assertThat(phone.await(2, PATIENCE).state()).isEqualTo(State.NOTIFY);
        phone.answer(null);
        assertThat(next()).isEqualTo(new Continued(List.of(new Part.Acknowledged(1))));
        assertThat(words(phone.await(0, Duration.ZERO))).containsExactly("menu", "close", "notify");
        assertThat(counters.value("phones.rung")).isEqualTo(2);
    }

    @Test
    void its_number_is_busy_while_a_phone_with_it_is_in_a_dialog() throws Exception {
        Ended busy = new Ended(List.of(new Part.Errored(1, 72)));
        Phone phone = on();
        pushMenu();
        phone.await(0, PATIENCE);
        pushMenu();
        assertThat(next()).isEqualTo(busy);
        phone.refuse(34);
        next();

        Phone after = on();
        Phone dialled =
                phones.dial(
                                new FarSide.Call(
                                        Operation.PROCESS_UNSTRUCTURED_SS_REQUEST,
                                        text("*1#"),
                                        ANNES,
                                        null,
                                        null,
                                        6))
                        .orElseThrow();
        pushMenu();
        assertThat(next()).isEqualTo(busy);
        phones.hangUp(dialled);
        phones.hangUp(phone);
        pushMenu();
        assertThat(after.await(0, PATIENCE).state()).isEqualTo(State.MENU);
    }

    @Test
    void one_that_is_off_is_absent_and_has_given_up() throws Exception {
        Ended absent = new Ended(List.of(new Part.Errored(1, 27)));
        pushMenu();
        assertThat(next()).as("nobody has turned one on").isEqualTo(absent);
        Phone phone = on();
        pushMenu();
        phone.await(0, PATIENCE);
        phones.hangUp(phone);
        assertThat(next()).isInstanceOf(Aborted.class);
        assertThat(phone.await(5, PATIENCE).state()).isEqualTo(State.ENDED);
        pushMenu();
        assertThat(next()).isEqualTo(absent);
        await().atMost(PATIENCE).until(() -> network.openHandsetDialogs() == 0);
    }

    @Test
    void one_that_nobody_looks_at_is_off_after_its_time() throws Exception {
        Phone phone = on();
        time.pass(Duration.ofSeconds(119));
        assertThat(phones.phone(phone.id())).contains(phone);
        time.pass(Duration.ofSeconds(2));
        assertThat(phones.phone(phone.id())).isEmpty();
        pushMenu();
        assertThat(next()).isEqualTo(new Ended(List.of(new Part.Errored(1, 27))));
        assertThat(time.pending()).as("no alarm stays").isZero();
    }

    @Test
    void no_more_are_on_than_there_may_be_phones() {
        for (int i = 0; i < 4; i++) {
            on();
        }
        assertThat(phones.turnOn(ANNE)).isEmpty();
        assertThat(counters.value("phones.refused")).isOne();
    }

    private static DialogIdentity pushed(String instanceId) {
        return new DialogIdentity(
                instanceId,
                Opening.pushed("p1", ANNES, "", Dcs.UNSPECIFIED, 6),
                "survey",
                "1",
                "ussd");
    }

    private static void tell(DialogListener listener, DialogIdentity dialog, DialogFact... facts) {
        for (DialogFact fact : facts) {
            listener.told(dialog, Instant.EPOCH, fact);
        }
    }

    @Test
    void the_dialog_of_the_engine_is_known_whichever_side_says_so_first() throws Exception {
        DialogIdentity first = pushed("Logic-1");
        DialogIdentity second = pushed("Logic-2");
        assertThat(phones.begun(first)).as("no phone is on").isSameAs(DialogListener.NOBODY);
        Phone phone = on();

        DialogListener early = phones.begun(first);
        tell(early, first, new DialogFact.Sending("a:1", false, true));
        DialogLink link = pushMenu();
        phone.await(0, PATIENCE);
        assertThat(phone.await(0, Duration.ZERO).instanceId()).isNull();
        tell(early, first, new DialogFact.BegunTowards(1, link.localTid()));
        View view = phone.await(0, Duration.ZERO);
        assertThat(view.instanceId()).isEqualTo("Logic-1");
        assertThat(view.screens().getFirst().secretAnswer()).isTrue();
        phone.answer("1");
        link.send(new Outgoing.End());
        assertThat(phone.await(1, PATIENCE).state()).isEqualTo(State.ON);

        DialogListener late = phones.begun(second);
        tell(late, second, new DialogFact.Sending("a:1", false, false));
        phones.turnOn("1");
        DialogLink other = network.begin(nobodys(), heard::add);
        tell(late, second, new DialogFact.BegunTowards(1, other.localTid()));
        DialogLink again = pushMenu();
        tell(late, second, new DialogFact.BegunTowards(2, again.localTid()));
        view = phone.await(2, PATIENCE);
        assertThat(view.instanceId()).isEqualTo("Logic-2");
        assertThat(view.screens().stream().map(Seen::secretAnswer))
                .containsExactly(true, false, false);
    }

    @Test
    void a_dialog_that_has_ended_waits_for_no_phone() {
        PhoneDialogs dialogs = new PhoneDialogs();
        dialogs.follow();
        DialogIdentity dialog = pushed("Logic-1");
        DialogListener listener = dialogs.begun(dialog);
        tell(listener, dialog, new DialogFact.BegunTowards(1, "aa"));
        tell(listener, dialog, new DialogFact.BegunTowards(2, "bb"));
        assertThat(dialogs.expect("aa").instanceId()).isEqualTo("Logic-1");
        tell(listener, dialog, new DialogFact.Finished(new Outcome.Completed(), true));
        assertThat(dialogs.expect("bb").instanceId()).isNull();
    }

    private static OutgoingDialog nobodys() throws UnsendableText {
        return new OutgoingDialog(
                new Outgoing.Show(1, text("?"), false),
                null,
                new Party(
                        EmbeddedNetwork.HANDSET_POINT_CODE,
                        EmbeddedNetwork.HANDSET_SSN,
                        null,
                        Party.ROUTE_ON_SSN),
                6,
                Address.international("27000000000"),
                null,
                PATIENCE);
    }
}
