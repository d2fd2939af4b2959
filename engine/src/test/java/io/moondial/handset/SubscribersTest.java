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
import io.moondial.dialog.Incoming;
import io.moondial.dialog.Incoming.Aborted;
import io.moondial.dialog.Incoming.Aborted.Cause;
import io.moondial.dialog.Incoming.Ended;
import io.moondial.dialog.Incoming.Part;
import io.moondial.dialog.Outgoing;
import io.moondial.handset.Handset.Holder;
import io.moondial.handset.Subscribers.Reaction;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UnsendableText;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who takes the dialogs that the engine begins, both sides complete stacks. */
class SubscribersTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final String ANNE = "27761485722";
    private static final String BOB = "27829991111";
    private static final Party HANDSETS =
            new Party(
                    EmbeddedNetwork.HANDSET_POINT_CODE,
                    EmbeddedNetwork.HANDSET_SSN,
                    null,
                    Party.ROUTE_ON_SSN);

    private final EmbeddedNetwork network = new EmbeddedNetwork(List.of(6), 10);
    private final Subscribers subscribers = new Subscribers();
    private final BlockingQueue<Incoming> heard = new LinkedBlockingQueue<>();

    @BeforeEach
    void start() {
        network.start(
                new DialogDesk() {
                    @Override
                    public DialogLink.Receiver begun(Opening opening, DialogLink link) {
                        throw new AssertionError(opening);
                    }

                    @Override
                    public void refused(Refusal refusal) {
                        throw new AssertionError(refusal);
                    }
                });
        network.receive(subscribers);
    }

    @AfterEach
    void stop() {
        network.close();
    }

    /** Somebody who is in one dialog at a time, and sees what comes in it. */
    private static final class Person implements Holder {
        final BlockingQueue<Screen> seen = new LinkedBlockingQueue<>();
        volatile @Nullable Handset handset;

        @Override
        public Handset.@Nullable Eyes takes(Handset offered) {
            if (handset != null) {
                return null;
            }
            handset = offered;
            return (screen, received) -> {
                if (screen.isLast()) {
                    handset = null;
                }
                seen.add(screen);
            };
        }

        Handset handset() {
            return requireNonNull(handset);
        }
    }

    private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
        return requireNonNull(queue.poll(60, TimeUnit.SECONDS), "nothing came");
    }

    private DialogLink push(@Nullable Address to, Duration answerWithin)
            throws UnsendableText, NotBegunException {
        Outgoing.Screen menu =
                new Outgoing.Ask(1, UssdString.encode("?", Dcs.UNSPECIFIED), false, false);
        return network.begin(
                new OutgoingDialog(menu, null, HANDSETS, 6, to, null, answerWithin), heard::add);
    }

    private DialogLink push(String msisdn) throws UnsendableText, NotBegunException {
        return push(Address.international(msisdn), LONG);
    }

    private Incoming outcome(String msisdn) throws Exception {
        push(msisdn);
        return next(heard);
    }

    private static Incoming error(int code) {
        return new Ended(List.of(new Part.Errored(1, code)));
    }

    private void nothingIsLeft() {
        await().atMost(LONG)
                .untilAsserted(
                        () -> {
                            assertThat(network.openDialogs()).isZero();
                            assertThat(network.openHandsetDialogs()).isZero();
                        });
    }

    @Test
    void a_dialog_is_for_whom_its_destination_names() throws Exception {
        Person anne = new Person();
        Person bob = new Person();
        subscribers.on(ANNE, anne);
        subscribers.on(BOB, bob);
        push(BOB);
        Screen.Menu menu = (Screen.Menu) next(bob.seen);
        assertThat(anne.seen).isEmpty();
        bob.handset().answerAndRelease(menu, "1");
        assertThat(next(heard)).isInstanceOf(Ended.class);
        assertThat(outcome("27000000000")).isEqualTo(error(27));
        nothingIsLeft();
    }

    @Test
    void whoever_is_in_a_dialog_is_busy_for_another() throws Exception {
        Person anne = new Person();
        subscribers.on(ANNE, anne);
        DialogLink first = push(ANNE);
        next(anne.seen);
        assertThat(outcome(ANNE)).isEqualTo(error(72));
        anne.handset().answer(new Screen.Menu(1, "?"), "1");
        next(heard);
        first.send(new Outgoing.End());
        assertThat(next(anne.seen)).isEqualTo(new Screen.Close());
        push(ANNE);
        assertThat(next(anne.seen)).isInstanceOf(Screen.Menu.class);
    }

    @Test
    void a_handset_that_is_off_is_absent_and_the_one_after_it_is_not() throws Exception {
        Person before = new Person();
        Person after = new Person();
        subscribers.on(ANNE, before);
        subscribers.off(ANNE, before);
        assertThat(outcome(ANNE)).isEqualTo(error(27));
        subscribers.on(ANNE, after);
        subscribers.off(ANNE, before);
        push(ANNE);
        assertThat(next(after.seen)).isInstanceOf(Screen.Menu.class);
    }

    @Test
    void reactions_come_in_turn_and_the_last_stays() throws Exception {
        Person anne = new Person();
        subscribers.on(ANNE, anne);
        subscribers.react(ANNE, List.of(new Reaction.Refuses(72), new Reaction.Aborts()));
        subscribers.react(ANNE, List.of(new Reaction.Takes(), new Reaction.Refuses(34)));
        assertThat(outcome(ANNE)).isEqualTo(error(72));
        assertThat(((Aborted) outcome(ANNE)).cause()).isEqualTo(Cause.USER);
        push(ANNE);
        Screen.Menu menu = (Screen.Menu) next(anne.seen);
        anne.handset().answerAndRelease(menu, "1");
        next(heard);
        anne.handset = null;
        assertThat(outcome(ANNE)).isEqualTo(error(34));
        assertThat(outcome(ANNE)).isEqualTo(error(34));
        nothingIsLeft();
    }

    @Test
    void nothing_comes_back_from_one_that_is_silent_and_nothing_of_it_stays() throws Exception {
        subscribers.react(ANNE, List.of(new Reaction.Silent()));
        push(Address.international(ANNE), Duration.ofMillis(50));
        assertThat(((Aborted) next(heard)).cause()).isEqualTo(Cause.UNANSWERED);
        nothingIsLeft();
    }

    @Test
    void what_is_for_nobody_known_is_for_the_others() throws Exception {
        Person anybody = new Person();
        subscribers.others(anybody);
        push(null, LONG);
        next(anybody.seen);
        anybody.handset().abandon();
        assertThat(((Aborted) next(heard)).cause()).isEqualTo(Cause.USER);
        anybody.handset = null;
        push(BOB);
        assertThat(next(anybody.seen)).isInstanceOf(Screen.Menu.class);
        subscribers.others(null);
        assertThat(outcome(ANNE)).isEqualTo(error(27));
    }
}
