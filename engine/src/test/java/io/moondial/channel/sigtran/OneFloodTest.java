package io.moondial.channel.sigtran;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.channel.DialogDesk.Refusal;
import io.moondial.channel.sigtran.SigtranSettings.Mode;
import io.moondial.channel.sigtran.StpStub.Connection;
import io.moondial.channel.ss7.SignallingLimits;
import io.moondial.channel.ss7.SignallingLimits.Guards;
import io.moondial.config.WrittenSettings;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What one association takes of a limit of all, and what it leaves to another one. */
class OneFloodTest {
    private static final Guards TEN =
            WrittenSettings.settings(
                    Guards.class,
                    "max_unknown_id_answers: 10",
                    "max_unknown_id_answers_per_far_end: 10",
                    "first_invoke_timeout: 1m",
                    "max_without_invoke: 10");

    private StpStub one;
    private StpStub other;

    @BeforeEach
    void open() throws Exception {
        one = new StpStub();
        other = new StpStub();
    }

    @AfterEach
    void close() throws Exception {
        one.close();
        other.close();
    }

    private Lab lab() {
        return new Lab(
                Lab.settings(
                        Lab.STEADY,
                        Lab.server(
                                Mode.ASP,
                                Lab.connecting("a1", one.port()),
                                Lab.connecting("a2", other.port()))),
                SignallingLimits.of(
                        1_000,
                        TEN,
                        WrittenSettings.settings(
                                SignallingLimits.Sccp.class,
                                "max_reassemblies: 10",
                                "max_reassemblies_per_far_end: 4")));
    }

    @Test
    void of_first_segments_from_ever_new_titles_leaves_the_segments_of_another_link_alone()
            throws Exception {
        try (Lab lab = lab();
                Connection flood = one.accept().activate();
                Connection good = other.accept().activate()) {
            lab.awaitAsp("a1", "active");
            lab.awaitAsp("a2", "active");
            for (int i = 0; i < 500; i++) {
                flood.send(StpStub.data(101, StpStub.segment(true, "2783%07d".formatted(i))));
            }
            await().atMost(Lab.PATIENCE)
                    .until(
                            () ->
                                    lab.counters.value("sccp.dropped.reassemblies_of_association")
                                            == 495);

            good.send(StpStub.data(101, StpStub.segment(true, "27839999999")));
            good.send(StpStub.data(101, StpStub.segment(false, "27839999999")));
            await().atMost(Lab.PATIENCE).until(() -> lab.answered.size() == 1);
            assertThat(lab.counters.value("sccp.dropped.reassemblies")).isZero();
        }
    }

    @Test
    void of_begins_without_an_invoke_leaves_those_of_another_link_alone() throws Exception {
        Queue<Refusal> refusals = new ConcurrentLinkedQueue<>();
        try (Lab lab = lab();
                Connection flood = one.accept().activate();
                Connection good = other.accept().activate()) {
            lab.awaitAsp("a1", "active");
            lab.awaitAsp("a2", "active");
            lab.refusing = refusals::add;
            for (int i = 0; i < 50; i++) {
                flood.send(StpStub.data(101, StpStub.emptyBegin()));
            }
            await().atMost(Lab.PATIENCE).until(() -> refusals.size() == 45);
            assertThat(refusals.peek().text())
                    .isEqualTo(
                            "begun without an Invoke, and its association has its share of the 10 that may wait for theirs (max_without_invoke): aborted");

            good.send(StpStub.data(101, StpStub.emptyBegin()));
            await().atMost(Lab.PATIENCE).until(() -> lab.network.openDialogs() == 5 + 1);
            assertThat(refusals).hasSize(45);
        }
    }
}
