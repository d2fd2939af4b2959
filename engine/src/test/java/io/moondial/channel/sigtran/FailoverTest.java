package io.moondial.channel.sigtran;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.channel.sigtran.M3uaUserPart.WaitingRoom;
import io.moondial.channel.sigtran.SigtranSettings.ApplicationServer;
import io.moondial.channel.sigtran.SigtranSettings.Mode;
import io.moondial.channel.sigtran.SigtranSettings.TrafficMode;
import io.moondial.channel.sigtran.StpStub.Connection;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two associations, of which one is lost. */
class FailoverTest {
    private StpStub one;
    private StpStub two;

    @BeforeEach
    void open() throws Exception {
        one = new StpStub();
        two = new StpStub();
    }

    @AfterEach
    void close() throws Exception {
        one.close();
        two.close();
    }

    private Lab lab(TrafficMode traffic) {
        return new Lab(
                Lab.settings(
                        Lab.STEADY,
                        Lab.server(
                                Mode.ASP,
                                traffic,
                                Lab.connecting("a1", one.port()),
                                Lab.connecting("a2", two.port()))));
    }

    @Test
    void under_loadshare_both_carry_traffic_and_the_other_goes_on_alone() throws Exception {
        try (Lab lab = lab(TrafficMode.LOADSHARE);
                Connection second = two.accept().activate()) {
            try (Connection first = one.accept().activate()) {
                lab.awaitAsp("a1", "active");
                lab.awaitAsp("a2", "active");
                first.send(StpStub.data(101, StpStub.begin()));
                second.send(StpStub.data(101, StpStub.begin()));
                await().atMost(Lab.PATIENCE).until(() -> lab.openings.size() == 2);
            }
            lab.awaitAsp("a1", "down");
            assertThat(lab.link("a2").applicationServerState()).isEqualTo("active");
            second.send(StpStub.data(101, StpStub.begin()));
            assertThat(second.answer()).startsWith("64");
        }
    }

    @Test
    void under_override_one_stands_by_until_it_is_needed() throws Exception {
        try (Lab lab = lab(TrafficMode.OVERRIDE);
                Connection first = one.accept().activate();
                Connection second = two.accept()) {
            lab.awaitAsp("a1", "active");
            second.next(StpStub.ASPUP);
            second.send(StpStub.message(StpStub.ASPUP_ACK));
            lab.awaitAsp("a2", "inactive");
            assertThat(first.dial()).startsWith("64");
            first.cut();
            takeOver(second);
            lab.awaitAsp("a2", "active");
            assertThat(second.dial()).startsWith("64");
        }
    }

    @Test
    void an_answer_goes_back_over_the_link_that_has_taken_over() throws Exception {
        CountDownLatch hold = new CountDownLatch(1);
        try (Lab lab = lab(TrafficMode.OVERRIDE);
                Connection first = one.accept().activate();
                Connection second = two.accept()) {
            lab.awaitAsp("a1", "active");
            second.next(StpStub.ASPUP);
            second.send(StpStub.message(StpStub.ASPUP_ACK));
            lab.awaitAsp("a2", "inactive");
            lab.hold = hold;
            first.send(StpStub.data(101, StpStub.begin()));
            await().atMost(Lab.PATIENCE).until(() -> lab.network.waitingMessages() == 1);
            first.cut();
            second.next(StpStub.ASPAC);
            lab.awaitServer("pending"); // the answer comes now, and waits
            hold.countDown();
            await().atMost(Lab.PATIENCE).until(() -> lab.openings.size() == 1);
            acknowledge(second);
            assertThat(second.answer()).startsWith("64");
        } finally {
            hold.countDown();
        }
    }

    @Test
    void an_answer_of_the_very_moment_in_which_its_link_ends_goes_back_over_the_other()
            throws Exception {
        Queue<Runnable> answers = new ConcurrentLinkedQueue<>();
        try (Lab lab = lab(TrafficMode.OVERRIDE);
                Connection first = one.accept().activate();
                Connection second = two.accept();
                // Its connection is gone then, and M3UA has not been told yet.
                LogLine line =
                        new LogLine(
                                LinkBoard.class,
                                "association a1: disconnected",
                                () -> answers.remove().run())) {
            lab.awaitAsp("a1", "active");
            second.next(StpStub.ASPUP);
            second.send(StpStub.message(StpStub.ASPUP_ACK));
            lab.awaitAsp("a2", "inactive");
            lab.answering = answers::add;
            first.send(StpStub.data(101, StpStub.begin()));
            await().atMost(Lab.PATIENCE).until(() -> !answers.isEmpty());
            first.cut();
            takeOver(second);
            assertThat(second.answer()).startsWith("64");
            assertThat(lab.answered).containsExactly(Optional.empty());
            assertThat(line.lines).anyMatch(it -> it.startsWith("association a1: disconnected"));
            assertThat(lab.counters.value("sigtran.messages.dropped")).isZero();
        }
    }

    @Test
    void an_answer_while_all_links_are_down_is_told_to_be_undelivered() throws Exception {
        Queue<Runnable> answers = new ConcurrentLinkedQueue<>();
        try (Lab lab = lab(TrafficMode.LOADSHARE)) {
            try (Connection first = one.accept().activate();
                    Connection second = two.accept()) {
                second.next(StpStub.ASPUP);
                lab.awaitServer("active");
                lab.answering = answers::add;
                first.send(StpStub.data(101, StpStub.begin()));
                await().atMost(Lab.PATIENCE).until(() -> !answers.isEmpty());
            }
            lab.awaitServer("down");
            answers.remove().run();
            assertThat(lab.answered).hasSize(1);
            assertThat(lab.answered.remove().orElseThrow())
                    .startsWith(
                            "SCCP has no route to point code 1, subsystem 8: point code 1 cannot be reached (no link leads to it since 2");
            assertThat(lab.network.openDialogs()).isZero();
        }
    }

    @Test
    void what_waits_for_another_link_in_vain_is_told_of_once() throws Exception {
        Queue<Runnable> answers = new ConcurrentLinkedQueue<>();
        try (Lab lab = lab(TrafficMode.OVERRIDE);
                LogLine log = new LogLine(WaitingRoom.class, "nothing does", () -> {})) {
            try (Connection first = one.accept().activate();
                    Connection second = two.accept()) {
                second.next(StpStub.ASPUP);
                lab.awaitServer("active");
                lab.answering = answers::add;
                first.send(StpStub.data(101, StpStub.begin()));
                await().atMost(Lab.PATIENCE).until(() -> !answers.isEmpty());
                try (LogLine line =
                        new LogLine(
                                LinkBoard.class,
                                "application server stp: pending",
                                () -> answers.remove().run())) {
                    first.cut();
                    await().atMost(Lab.PATIENCE).until(() -> !lab.answered.isEmpty());
                    assertThat(line.lines).isNotEmpty();
                }
            }
            assertThat(lab.answered).containsExactly(Optional.empty()); // nobody knew better then
            await().atMost(Lab.PATIENCE)
                    .untilAsserted(
                            () ->
                                    assertThat(log.lines)
                                            .containsExactly(
                                                    "1 messages waited for another link, none came, and they are lost"));
            assertThat(lab.counters.value("sigtran.messages.dropped")).isEqualTo(1);
        }
    }

    private static void takeOver(Connection connection) throws InterruptedException {
        connection.next(StpStub.ASPAC);
        acknowledge(connection);
    }

    /** Without a traffic mode, which is allowed and must not turn override into loadshare. */
    private static void acknowledge(Connection connection) {
        connection.send(StpStub.message(StpStub.ASPAC_ACK, StpStub.parameter(0x0006, "00000065")));
        connection.send(
                StpStub.message(
                        StpStub.NOTIFY,
                        StpStub.parameter(0x000d, "00010003"),
                        StpStub.parameter(0x0006, "00000065")));
    }

    @Test
    void several_application_servers_lead_to_points_of_their_own() throws Exception {
        ApplicationServer north = Lab.server(Mode.ASP, Lab.connecting("a1", one.port()));
        ApplicationServer south =
                Lab.server("south", 202L, List.of(9), Lab.connecting("a2", two.port()));
        try (Lab lab = new Lab(Lab.settings(Lab.STEADY, north, south));
                Connection first = one.accept().activate();
                Connection second = two.accept()) {
            second.next(StpStub.ASPUP);
            second.send(StpStub.message(StpStub.ASPUP_ACK));
            assertThat(StpStub.HEX.formatHex(second.next(StpStub.ASPAC)))
                    .contains("00060008000000ca");
            lab.awaitServer("active");
            assertThat(first.dial()).startsWith("64");
            assertThat(lab.link("a2").applicationServerState()).isNotEqualTo("active");
        }
    }
}
