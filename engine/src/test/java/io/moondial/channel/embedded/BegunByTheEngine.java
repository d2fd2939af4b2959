package io.moondial.channel.embedded;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.channel.DialogDesk;
import io.moondial.channel.DialogLink;
import io.moondial.channel.Opening;
import io.moondial.channel.Opening.Party;
import io.moondial.channel.ss7.SignallingLimits;
import io.moondial.metrics.Counters;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UnsendableText;
import io.moondial.time.Time.Activity;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** An engine that nobody calls, with room for two dialogs: it begins them. */
abstract class BegunByTheEngine {
    static final Duration LONG = Duration.ofMinutes(1);
    static final Party FAR_SIDE =
            new Party(
                    EmbeddedNetwork.HANDSET_POINT_CODE,
                    EmbeddedNetwork.HANDSET_SSN,
                    null,
                    Party.ROUTE_ON_SSN);

    final Counters counters = new Counters();
    final EmbeddedNetwork network =
            new EmbeddedNetwork(
                    List.of(6, 147), SignallingLimits.of(2), Activity.UNCOUNTED, counters);

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
    }

    @AfterEach
    void stop() {
        network.close();
    }

    static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
        return requireNonNull(queue.poll(LONG.toSeconds(), TimeUnit.SECONDS), "nothing came");
    }

    static UssdString text(String text) throws UnsendableText {
        return UssdString.encode(text, Dcs.UNSPECIFIED);
    }

    void nothingIsLeft() {
        await().atMost(LONG)
                .untilAsserted(
                        () -> {
                            assertThat(network.openDialogs()).isZero();
                            assertThat(network.openHandsetDialogs()).isZero();
                        });
    }
}
