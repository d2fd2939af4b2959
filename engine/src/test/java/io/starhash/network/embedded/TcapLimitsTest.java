package io.starhash.network.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.starhash.dialog.Component;
import io.starhash.dialog.Message;
import io.starhash.dialog.Opening;
import io.starhash.dialog.Operation;
import io.starhash.network.DialogDesk;
import io.starhash.network.DialogGoneException;
import io.starhash.network.DialogLink;
import io.starhash.network.FarSide;
import io.starhash.network.ss7.TcapLimits;
import io.starhash.text.Dcs;
import io.starhash.text.UssdString;
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
        final BlockingQueue<Message> answers = new LinkedBlockingQueue<>();

        @Override
        public DialogLink.Receiver begun(Opening opening, DialogLink link) {
            try {
                link.send(
                        new Message.Continue(
                                List.of(
                                        new Component.Invoke(
                                                1,
                                                Operation.UNSTRUCTURED_SS_REQUEST,
                                                opening.ussd()))));
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

    /** The transaction ids that the engine gives to so many dialogs. */
    private static List<Long> ids(TcapLimits limits, int dialogs) throws Exception {
        List<Long> ids = new ArrayList<>();
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
                network.begin(call(), message -> {});
                ids.add(Long.parseLong(next(seen), 16));
            }
        }
        return ids;
    }

    @Test
    void transaction_ids_lie_in_the_range_and_begin_elsewhere_at_each_start() throws Exception {
        TcapLimits limits = new TcapLimits(100, WEEK, Duration.ZERO, 1_000_000, 1_999_999_999);

        List<Long> first = ids(limits, 20);
        List<Long> second = ids(limits, 20);

        assertThat(first)
                .doesNotHaveDuplicates()
                .allMatch(id -> id >= 1_000_000 && id <= 1_999_999_999);
        assertThat(second).doesNotContainAnyElementsOf(first);
    }

    @Test
    void once_the_invoke_timeout_is_over_the_stack_takes_no_result() throws Exception {
        MenuDesk desk = new MenuDesk();
        BlockingQueue<Message> screens = new LinkedBlockingQueue<>();
        TcapLimits limits =
                new TcapLimits(100, WEEK, Duration.ofMillis(200), 1, TcapLimits.MAX_TID);
        try (EmbeddedNetwork network = new EmbeddedNetwork(List.of(6), limits)) {
            network.start(desk);
            int own = network.pendingTimers();
            DialogLink handset = network.begin(call(), screens::add);
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
            assertThat(next(desk.answers).toString()).contains("UnknownInvoke");
        }
    }

    @Test
    void without_one_a_result_is_taken_as_long_as_the_dialog_is_open() throws Exception {
        MenuDesk desk = new MenuDesk();
        BlockingQueue<Message> screens = new LinkedBlockingQueue<>();
        try (EmbeddedNetwork network = new EmbeddedNetwork(List.of(6), TcapLimits.of(100))) {
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
        TcapLimits limits =
                new TcapLimits(100, Duration.ofMillis(300), Duration.ZERO, 1, TcapLimits.MAX_TID);
        try (EmbeddedNetwork network = new EmbeddedNetwork(List.of(6), limits)) {
            network.start(desk);
            network.begin(call(), message -> {});
            assertThat(next(desk.answers)).isInstanceOf(Message.Abort.class);
            await().atMost(PATIENCE).until(() -> network.openDialogs() == 0);
        }
    }

    @Test
    void limits_that_do_not_go_together_are_refused() {
        assertThatThrownBy(() -> new TcapLimits(100, Duration.ofSeconds(1), WEEK, 1, 100_000))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TcapLimits(100, WEEK, Duration.ZERO, 1, 10_000))
                .hasMessageContaining("not enough for 100 dialogs");
    }
}
