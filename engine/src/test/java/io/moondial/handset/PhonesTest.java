package io.moondial.handset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.channel.DialogDesk;
import io.moondial.channel.DialogLink;
import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.channel.Opening;
import io.moondial.channel.embedded.EmbeddedNetwork;
import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.Message;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.channel.ss7.MessageLink;
import io.moondial.dialog.Incoming;
import io.moondial.dialog.Outgoing;
import io.moondial.handset.Phones.Phone;
import io.moondial.handset.Phones.PhoneSettings;
import io.moondial.logic.DialogIdentity;
import io.moondial.logic.DialogListener;
import io.moondial.metrics.Counters;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UnsendableText;
import io.moondial.time.HandMovedTime;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Phones that nobody looks at, on a network whose engine never answers. */
class PhonesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HandMovedTime time = new HandMovedTime();
    private final Counters counters = new Counters();
    private final List<Incoming> arrived = new CopyOnWriteArrayList<>();
    private final EmbeddedNetwork network = new EmbeddedNetwork(List.of(6), 100);
    private final AtomicReference<Opening> opening = new AtomicReference<>();

    /** Whether the dialogs of phones have ended, and no screen says so. */
    private volatile boolean gone;

    private final Phones phones =
            new Phones(
                    Losing::new,
                    time,
                    counters,
                    new PhoneSettings(20, Duration.ofMinutes(2), null));

    /** The network, where a dialog can have ended without a word. */
    private final class Losing implements FarSide {
        @Override
        public MessageLink begin(Call call, MessageLink.Receiver receiver) {
            MessageLink link = network.begin(call, receiver);
            return new MessageLink() {
                @Override
                public String localTid() {
                    return link.localTid();
                }

                @Override
                public Optional<String> send(Message message) throws DialogGoneException {
                    if (gone) {
                        throw new DialogGoneException("the dialog has ended");
                    }
                    return link.send(message);
                }

                @Override
                public void keepSecret(int invokeId) {
                    link.keepSecret(invokeId);
                }

                @Override
                public void forget() {
                    link.forget();
                }
            };
        }

        @Override
        public void locate(@Nullable Locator locator) {}

        @Override
        public void receive(@Nullable Taker taker) {
            network.receive(taker);
        }

        @Override
        public int openHandsetDialogs() {
            return network.openHandsetDialogs();
        }
    }

    @BeforeEach
    void start() {
        network.start(
                new DialogDesk() {
                    @Override
                    public DialogLink.Receiver begun(Opening begins, DialogLink link) {
                        opening.set(begins);
                        try {
                            link.send(
                                    new Outgoing.Ask(
                                            1,
                                            UssdString.encode("1. Pay", Dcs.UNSPECIFIED),
                                            false,
                                            false));
                        } catch (DialogGoneException | UnsendableText e) {
                            throw new AssertionError(e);
                        }
                        return arrived::add;
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

    /** It has a menu on its screen: before that the engine would not hear that it gives up. */
    private Phone dial() throws Exception {
        Phone phone =
                phones.dial(
                                new FarSide.Call(
                                        Operation.PROCESS_UNSTRUCTURED_SS_REQUEST,
                                        UssdString.encode("*1#", Dcs.UNSPECIFIED),
                                        null,
                                        null,
                                        null,
                                        6))
                        .orElseThrow();
        assertThat(phone.await(0, PATIENCE).state()).isEqualTo(Phones.State.MENU);
        return phone;
    }

    @Test
    void a_phone_that_nobody_asks_about_gives_up_after_its_time() throws Exception {
        Phone phone = dial();
        time.pass(Duration.ofSeconds(119));
        assertThat(phones.phone(phone.id())).contains(phone);
        time.pass(Duration.ofSeconds(2));
        assertThat(phones.phone(phone.id())).isEmpty();
        assertThat(counters.value("phones.given_up")).isEqualTo(1);
        await().atMost(PATIENCE).until(() -> arrived.size() == 1);
        assertThat(arrived.getFirst()).isInstanceOf(Incoming.Aborted.class);
        assertThat(time.pending()).as("no alarm stays").isZero();
    }

    @Test
    void each_look_at_a_phone_gives_it_its_time_again() throws Exception {
        Phone phone = dial();
        for (int i = 0; i < 5; i++) {
            time.pass(Duration.ofSeconds(90));
            phone.await(1, Duration.ZERO);
        }
        assertThat(phones.phone(phone.id())).contains(phone);
        time.pass(Duration.ofSeconds(121));
        assertThat(phones.phone(phone.id())).isEmpty();
    }

    @Test
    void one_that_was_hung_up_is_not_counted_as_given_up() throws Exception {
        Phone phone = dial();
        phones.hangUp(phone);
        time.pass(Duration.ofMinutes(5));
        assertThat(counters.value("phones.given_up")).isZero();
        await().atMost(PATIENCE).until(() -> arrived.size() == 1);
    }

    @Test
    void the_dialog_of_one_that_was_hung_up_is_not_waited_for_any_more() throws Exception {
        for (boolean endedBefore : new boolean[] {false, true}) {
            Phone phone = dial();
            gone = endedBefore;
            phones.hangUp(phone);
            assertThat(
                            phones.begun(
                                    new DialogIdentity(
                                            "Logic-1632976990-05f220e1",
                                            Objects.requireNonNull(opening.get()),
                                            "main",
                                            "1",
                                            "ussd")))
                    .as("ended before: %s", endedBefore)
                    .isSameAs(DialogListener.NOBODY);
            assertThat(phone.await(1, PATIENCE).state()).isEqualTo(Phones.State.ENDED);
        }
    }

    @Test
    void the_end_of_the_engine_ends_every_wait() throws Exception {
        Phone phone = dial();
        Thread waiting = Thread.currentThread();
        Thread.ofVirtual()
                .start(
                        () -> {
                            await().atMost(PATIENCE)
                                    .until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
                            phones.close();
                        });
        assertThat(phone.await(1, PATIENCE).state()).isEqualTo(Phones.State.ENDED);
    }
}
