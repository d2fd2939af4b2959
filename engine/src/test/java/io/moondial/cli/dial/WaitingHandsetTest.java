package io.moondial.cli.dial;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.channel.Address;
import io.moondial.channel.DialogDesk;
import io.moondial.channel.DialogLink;
import io.moondial.channel.Opening;
import io.moondial.channel.Opening.Party;
import io.moondial.channel.OutgoingDialog;
import io.moondial.channel.embedded.EmbeddedNetwork;
import io.moondial.cli.ExitCode;
import io.moondial.dialog.Incoming;
import io.moondial.dialog.Incoming.Aborted;
import io.moondial.dialog.Incoming.Continued;
import io.moondial.dialog.Incoming.Ended;
import io.moondial.dialog.Incoming.Part;
import io.moondial.dialog.Outgoing;
import io.moondial.handset.Screen;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UnsendableText;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A handset of {@code dial --wait}, on a network whose engine pushes. */
class WaitingHandsetTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Address ANNE = Address.international("27761485722");

    private final EmbeddedNetwork network = new EmbeddedNetwork(List.of(6), 100);
    private final BlockingQueue<Incoming> heard = new LinkedBlockingQueue<>();
    private final StringWriter out = new StringWriter();

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
                        throw new AssertionError(refusal.text());
                    }
                });
    }

    @AfterEach
    void stop() {
        network.close();
    }

    /** Nothing is secret for it. */
    private static final class Nobody implements Conversation.Listener {
        @Override
        public void came(Screen screen) {}

        @Override
        public void answered(String answer) {}

        @Override
        public void gaveUp() {}

        @Override
        public boolean isSecret(String answer) {
            return false;
        }
    }

    private WaitingHandset on(@Nullable Address msisdn, String... answers) {
        PrintWriter printer = new PrintWriter(out, true);
        Conversation.Answers given =
                new Conversation.Answers(
                        List.of(answers), new ByteArrayInputStream(new byte[0]), false);
        return WaitingHandset.on(
                network,
                msisdn,
                handset ->
                        new Conversation(
                                handset,
                                given,
                                Conversation.ScreenPrinter.to(printer, false),
                                new Nobody(),
                                printer));
    }

    private static UssdString text(String text) throws UnsendableText {
        return UssdString.encode(text, Dcs.UNSPECIFIED);
    }

    private DialogLink push(Address to, Outgoing.Screen first) throws Exception {
        Party handsets =
                new Party(
                        EmbeddedNetwork.HANDSET_POINT_CODE,
                        EmbeddedNetwork.HANDSET_SSN,
                        null,
                        Party.ROUTE_ON_SSN);
        return network.begin(
                new OutgoingDialog(first, null, handsets, 6, to, null, PATIENCE), heard::add);
    }

    private DialogLink pushMenu(Address to) throws Exception {
        return push(to, new Outgoing.Ask(1, text("Do you agree?\n1. Yes"), false, false));
    }

    private Incoming next() throws InterruptedException {
        return requireNonNull(heard.poll(60, TimeUnit.SECONDS), "nothing came");
    }

    private static Incoming error(int code) {
        return new Ended(List.of(new Part.Errored(1, code)));
    }

    /** What the engine does while the conversation is held. */
    private void inTheEngine(DialogLink link, Outgoing... messages) {
        Thread.ofVirtual()
                .start(
                        () -> {
                            try {
                                for (Outgoing message : messages) {
                                    next();
                                    link.send(message);
                                }
                            } catch (Exception e) {
                                throw new AssertionError(e);
                            }
                        });
    }

    private static void hold(Conversation conversation) {
        try {
            conversation.hold();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void it_takes_one_push_after_the_other_and_the_answers_go_on() throws Exception {
        WaitingHandset handset = on(ANNE, "1", "me");
        DialogLink menu = pushMenu(ANNE);
        Conversation first = handset.next(PATIENCE).orElseThrow();
        pushMenu(ANNE);
        assertThat(next()).as("it is in a dialog").isEqualTo(error(72));
        inTheEngine(
                menu,
                new Outgoing.Ask(2, text("Who are you?"), false, false),
                new Outgoing.Show(3, text("Thank you"), false),
                new Outgoing.End());
        assertThat(first.hold()).isEqualTo(ExitCode.GOOD);

        DialogLink notify = push(ANNE, new Outgoing.Show(1, text("Good night"), false));
        Conversation second = handset.next(PATIENCE).orElseThrow();
        inTheEngine(notify, new Outgoing.End());
        assertThat(second.hold()).isEqualTo(ExitCode.GOOD);
        assertThat(out.toString())
                .isEqualToNormalizingNewlines(
                        """
                        menu Do you agree?
                             1. Yes
                        answer 1
                        menu Who are you?
                        answer me
                        notify Thank you
                        close
                        notify Good night
                        close
                        """);
    }

    @Test
    void it_gives_up_if_there_are_no_more_answers_and_can_be_reached_again() throws Exception {
        WaitingHandset handset = on(null);
        pushMenu(ANNE);
        assertThat(handset.next(PATIENCE).orElseThrow().hold()).isEqualTo(ExitCode.FAILED);
        assertThat(next()).isInstanceOf(Aborted.class);
        pushMenu(Address.international("27000000000"));
        assertThat(handset.next(PATIENCE)).as("it takes what is for anybody").isPresent();
    }

    @Test
    void it_takes_only_its_own_and_none_while_it_dials() throws Exception {
        WaitingHandset handset = on(ANNE);
        pushMenu(Address.international("27000000000"));
        assertThat(next()).isEqualTo(error(27));
        handset.dialling(true);
        pushMenu(ANNE);
        assertThat(next()).isEqualTo(error(72));
        assertThat(handset.next(Duration.ofNanos(1))).isEmpty();
        handset.dialling(false);
        push(ANNE, new Outgoing.Show(1, text("Good night"), false));
        Conversation notify = handset.next(PATIENCE).orElseThrow();
        Thread.ofVirtual().start(() -> hold(notify));
        assertThat(next()).isEqualTo(new Continued(List.of(new Part.Acknowledged(1))));
        await().atMost(PATIENCE).until(() -> out.toString().contains("notify Good night"));
    }
}
