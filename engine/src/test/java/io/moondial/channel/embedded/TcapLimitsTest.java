package io.moondial.channel.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.moondial.channel.DialogDesk;
import io.moondial.channel.DialogLink;
import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.channel.Opening;
import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.Message;
import io.moondial.channel.ss7.Message.Component;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.channel.ss7.MessageLink;
import io.moondial.channel.ss7.SignallingLimits;
import io.moondial.config.WrittenSettings;
import io.moondial.dialog.Incoming;
import io.moondial.dialog.Outgoing;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the TCAP layer is told of times and sizes reaches it. */
class TcapLimitsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration WEEK = Duration.ofDays(7);

    /** Sends every dialog a menu. */
    private static final class MenuDesk implements DialogDesk {
        final BlockingQueue<Incoming> answers = new LinkedBlockingQueue<>();

        @Override
        public DialogLink.Receiver begun(Opening opening, DialogLink link) {
            try {
                link.send(new Outgoing.Ask(1, opening.ussd(), false, false));
            } catch (DialogGoneException e) {
                throw new AssertionError(e);
            }
            return answers::add;
        }

        @Override
        public void refused(Refusal refusal) {
            throw new AssertionError(refusal);
        }
    }

    private static FarSide.Call call() throws Exception {
        return new FarSide.Call(
                Operation.PROCESS_UNSTRUCTURED_SS_REQUEST,
                UssdString.encode("*100#", Dcs.UNSPECIFIED),
                null,
                null,
                null,
                6);
    }

    private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
        return Objects.requireNonNull(queue.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    }

    /** The transaction ids of some dialogs, in the order in which they were given. */
    private record Ids(List<Long> engine, List<Long> handsets) {}

    private static SignallingLimits limits(
            int maxDialogs, Duration idle, Duration invoke, long firstTid, long lastTid) {
        SignallingLimits usual = SignallingLimits.of(maxDialogs);
        SignallingLimits.Tcap tcap = usual.tcap();
        tcap = WrittenSettings.with(tcap, "dialogIdleTimeout", idle);
        tcap = WrittenSettings.with(tcap, "invokeTimeout", invoke);
        tcap = WrittenSettings.with(tcap, "firstTid", firstTid);
        return WrittenSettings.with(usual, "tcap", WrittenSettings.with(tcap, "lastTid", lastTid));
    }

    /** The transaction ids that both sides give to so many dialogs, which stay open. */
    private static Ids ids(SignallingLimits limits, int dialogs) throws Exception {
        List<Long> ids = new ArrayList<>();
        List<Long> handsets = new ArrayList<>();
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        try (EmbeddedNetwork network = new EmbeddedNetwork(List.of(6), limits)) {
            network.start(
                    new DialogDesk() {
                        @Override
                        public DialogLink.Receiver begun(Opening opening, DialogLink link) {
                            seen.add(link.localTid());
                            return message -> {};
                        }

                        @Override
                        public void refused(Refusal refusal) {
                            throw new AssertionError(refusal);
                        }
                    });
            for (int i = 0; i < dialogs; i++) {
                MessageLink handset = network.begin(call(), message -> {});
                handsets.add(Long.parseLong(handset.localTid(), 16));
                ids.add(Long.parseLong(next(seen), 16));
            }
        }
        return new Ids(ids, handsets);
    }

    @Test
    void transaction_ids_lie_in_the_range_and_no_order_leads_from_one_to_the_next()
            throws Exception {
        SignallingLimits limits = limits(100, WEEK, Duration.ZERO, 1_000_000, 1_999_999_999);

        Ids given = ids(limits, 100);

        assertThat(given.engine())
                .doesNotHaveDuplicates()
                .allMatch(id -> id >= 1_000_000 && id <= 1_999_999_999);
        assertNoOrder(given.engine());
        assertNoOrder(given.handsets());
        assertThat(ids(limits, 100).engine())
                .as("after a restart")
                .doesNotContainAnyElementsOf(given.engine());
    }

    /** Of a hundred ids that are drawn over the whole range, few lie near the one before. */
    private static void assertNoOrder(List<Long> ids) {
        long near = 0;
        for (int i = 1; i < ids.size(); i++) {
            near += Math.abs(ids.get(i) - ids.get(i - 1)) < 1_000_000 ? 1 : 0;
        }
        assertThat(near).isLessThan(10);
    }

    @Test
    void ids_of_a_small_range_are_drawn_too() throws Exception {
        int span = (int) SignallingLimits.minSpan(100);
        SignallingLimits limits = limits(100, WEEK, Duration.ZERO, 7, 7 + span);

        List<Long> ids = ids(limits, 100).engine();

        assertThat(ids).doesNotHaveDuplicates().allMatch(id -> id >= 7 && id <= 7 + span);
        assertThat(ids).isNotEqualTo(ids.stream().sorted().toList());
    }

    @Test
    void once_the_invoke_timeout_is_over_the_stack_takes_no_result() throws Exception {
        MenuDesk desk = new MenuDesk();
        BlockingQueue<Message> screens = new LinkedBlockingQueue<>();
        SignallingLimits limits =
                limits(100, WEEK, Duration.ofMillis(200), 1, SignallingLimits.MAX_TID);
        try (EmbeddedNetwork network = new EmbeddedNetwork(List.of(6), limits)) {
            network.start(desk);
            int own = network.pendingTimers();
            MessageLink handset = network.begin(call(), screens::add);
            next(screens);
            // The dialog's own idle timer stays; the invoke's runs out.
            await().atMost(PATIENCE).until(() -> network.pendingTimers() == own + 1);
            handset.send(
                    new Message.Continue(
                            List.of(
                                    new Component.Result(
                                            1,
                                            Operation.UNSTRUCTURED_SS_REQUEST,
                                            UssdString.encode("1", Dcs.UNSPECIFIED)))));
            assertThat(next(screens).toString()).contains("Rejected");
            assertThat(next(desk.answers).toString()).contains("Stray");
        }
    }

    @Test
    void without_one_a_result_is_taken_as_long_as_the_dialog_is_open() throws Exception {
        MenuDesk desk = new MenuDesk();
        BlockingQueue<Message> screens = new LinkedBlockingQueue<>();
        try (EmbeddedNetwork network = new EmbeddedNetwork(List.of(6), SignallingLimits.of(100))) {
            network.start(desk);
            int own = network.pendingTimers();
            network.begin(call(), screens::add);
            next(screens);
            assertThat(network.pendingTimers()).isEqualTo(own + 1);
        }
    }

    @Test
    void a_dialog_in_which_nothing_happens_for_the_idle_timeout_is_given_up() throws Exception {
        MenuDesk desk = new MenuDesk();
        SignallingLimits limits =
                limits(100, Duration.ofMillis(300), Duration.ZERO, 1, SignallingLimits.MAX_TID);
        try (EmbeddedNetwork network = new EmbeddedNetwork(List.of(6), limits)) {
            network.start(desk);
            network.begin(call(), message -> {});
            assertThat(next(desk.answers)).isInstanceOf(Incoming.Aborted.class);
            await().atMost(PATIENCE).until(() -> network.openDialogs() == 0);
        }
    }

    @Test
    void limits_that_do_not_go_together_are_refused() {
        for (SignallingLimits wrong :
                List.of(
                        limits(100, Duration.ofSeconds(1), WEEK, 1, 100_000),
                        limits(100, WEEK, Duration.ZERO, 1, 10_000))) {
            assertThatThrownBy(() -> new EmbeddedNetwork(List.of(6), wrong))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void a_network_that_closes_with_a_dialog_open_leaves_no_timer_that_keeps_the_process_alive()
            throws Exception {
        MenuDesk desk = new MenuDesk();
        BlockingQueue<Message> screens = new LinkedBlockingQueue<>();
        EmbeddedNetwork network = new EmbeddedNetwork(List.of(6), SignallingLimits.of(10));
        try (network) {
            network.start(desk);
            network.begin(call(), screens::add);
            next(screens);
            assertThat(network.pendingTimers()).isPositive();
        }
        assertThat(network.pendingTimers()).isZero();
    }
}
