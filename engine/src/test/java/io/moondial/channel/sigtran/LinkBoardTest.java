package io.moondial.channel.sigtran;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import io.moondial.channel.LinkStatus;
import io.moondial.channel.sigtran.SigtranSettings.Association;
import io.moondial.channel.sigtran.SigtranSettings.Mode;
import io.moondial.metrics.Counters;
import io.moondial.time.HandMovedTime;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the log says of links. */
class LinkBoardTest {
    private static final Association A1 = Lab.connecting("a1", 1);
    private static final Association A2 = Lab.connecting("a2", 2);

    private final HandMovedTime time = new HandMovedTime();
    private final LinkBoard board =
            new LinkBoard(List.of(Lab.server(Mode.ASP, A1, A2)), new Counters(), time);

    private void comesAndGoes(Association association) {
        board.connected(association, "tcp 127.0.0.1:1");
        board.asp("stp", association.name(), "inactive");
        board.asp("stp", association.name(), "active");
        board.applicationServer("stp", "active");
        board.applicationServer("stp", "pending");
        board.asp("stp", association.name(), "down");
        board.disconnected(association, "closed by the far end");
    }

    @Test
    void a_link_that_comes_and_goes_all_the_time_has_few_lines_and_then_their_number() {
        try (LogLine log = LogLine.of(LinkBoard.class)) {
            for (int i = 0; i < 1_000; i++) {
                comesAndGoes(A1);
            }
            assertThat(log.lines).hasSize(20 + 20);
            board.connected(A2, "tcp 127.0.0.1:2");
            assertThat(log.lines).last().isEqualTo("association a2: connected to tcp 127.0.0.1:2");
            log.lines.clear();

            board.connected(A1, "tcp 127.0.0.1:1");
            time.pass(Duration.ofMinutes(1));
            assertThat(log.lines)
                    .containsExactlyInAnyOrder(
                            "4981 more within about 60000 ms: changes of association a1, which is now: connected, ASP down in application server stp",
                            "1980 more within about 60000 ms: changes of application server stp, which is now: pending");
            log.lines.clear();

            board.disconnected(A1, "closed by the far end");
            assertThat(log.lines)
                    .containsExactly("association a1: disconnected: closed by the far end");
            assertThat(time.pending()).isZero();
        }
    }

    @Test
    void that_no_link_is_active_is_said_while_the_log_is_slow() throws Exception {
        assertThat(isCutOffWhileALineIsWritten()).isTrue();
        board.connected(A1, "tcp 127.0.0.1:1");
        board.applicationServer("stp", "inactive");
        assertThat(isCutOffWhileALineIsWritten()).isTrue();
        board.applicationServer("stp", "active");
        assertThat(isCutOffWhileALineIsWritten()).isFalse();
        board.applicationServer("stp", "pending");
        assertThat(isCutOffWhileALineIsWritten()).isTrue();
        assertThat(new LinkBoard(List.of(), new Counters(), time).isCutOff())
                .as("without links")
                .isFalse();
    }

    /** As another thread learns it while this one has the board to itself. */
    private boolean isCutOffWhileALineIsWritten() throws Exception {
        synchronized (board) {
            return CompletableFuture.supplyAsync(board::isCutOff).get(1, TimeUnit.MINUTES);
        }
    }

    @Test
    void what_has_changed_has_done_so_at_the_engines_time() {
        Instant begun = time.now();
        time.pass(Duration.ofHours(1));
        board.connected(A1, "tcp 127.0.0.1:1");
        board.applicationServer("stp", "active");
        assertThat(board.links())
                .extracting(LinkStatus::since)
                .containsExactly(begun.plus(Duration.ofHours(1)), begun);
        assertThat(board.links())
                .extracting(LinkStatus::applicationServerSince)
                .containsOnly(begun.plus(Duration.ofHours(1)));
        time.pass(Duration.ofHours(1));
        board.asp("stp", "a1", "active");
        assertThat(board.links().getFirst().since()).isEqualTo(begun.plus(Duration.ofHours(2)));
        time.pass(Duration.ofHours(1));
        board.disconnected(A1, "closed by the far end");
        assertThat(board.links().getFirst().since()).isEqualTo(begun.plus(Duration.ofHours(3)));
    }

    @Test
    void where_warnings_alone_are_written_other_lines_take_no_place_of_theirs() {
        try (LogLine log = LogLine.of(LinkBoard.class, Level.WARN)) {
            for (int i = 0; i < 15; i++) {
                comesAndGoes(A1);
            }
            assertThat(log.lines).hasSize(15 + 15);
        }
    }

    @Test
    void the_number_of_the_rest_is_told_at_the_level_of_the_most_severe() {
        List<ILoggingEvent> events = new ArrayList<>();
        try (LogLine log = LogLine.of(LinkBoard.class)) {
            log.addFilter(
                    new Filter<>() {
                        @Override
                        public FilterReply decide(ILoggingEvent event) {
                            events.add(event);
                            return FilterReply.NEUTRAL;
                        }
                    });
            for (int i = 0; i < 10; i++) {
                board.connected(A1, "tcp 127.0.0.1:1");
                board.disconnected(A1, "closed by the far end");
            }
            board.connected(A1, "tcp 127.0.0.1:1");
            board.disconnected(A1, "closed by the far end");
            time.pass(Duration.ofMinutes(1));
        }
        assertThat(events)
                .hasSize(21)
                .last()
                .satisfies(it -> assertThat(it.getFormattedMessage()).startsWith("2 more"))
                .extracting(ILoggingEvent::getLevel)
                .isEqualTo(Level.WARN);
    }

    @Test
    void a_failure_that_is_another_one_each_time_has_few_lines() {
        try (LogLine log = LogLine.of(LinkBoard.class)) {
            for (int i = 0; i < 1_000; i++) {
                board.cannotConnect(A1, new IllegalStateException("reason " + i));
            }
            assertThat(log.lines).hasSize(20);
        }
    }

    @Test
    void a_failure_without_a_message_is_named_all_the_same() {
        try (LogLine log = LogLine.of(LinkBoard.class)) {
            board.cannotConnect(A1, new ClosedChannelException());
            assertThat(log.lines)
                    .containsExactly(
                            "association a1: cannot connect: java.nio.channels.ClosedChannelException; the engine tries again until it can");
        }
    }

    @Test
    void points_that_are_lost_and_found_all_the_time_have_few_lines() {
        try (LogLine log = LogLine.of(LinkBoard.class)) {
            for (int i = 0; i < 1_000; i++) {
                board.destination(A1, 1, false);
                board.destination(A1, 1, true);
            }
            assertThat(log.lines).hasSize(20);
        }
    }

    @Test
    void an_association_of_two_application_servers_has_the_lines_of_both() {
        var both = List.of(Lab.server(Mode.ASP, A1), Lab.server("other", 102L, List.of(5), A1));
        LinkBoard ofBoth = new LinkBoard(both, new Counters(), time);
        try (LogLine log = LogLine.of(LinkBoard.class)) {
            for (int i = 0; i < 1_000; i++) {
                ofBoth.connected(A1, "tcp 127.0.0.1:1");
                ofBoth.disconnected(A1, "closed by the far end");
            }
            assertThat(log.lines).hasSize(40);
            time.pass(Duration.ofMinutes(1));
            assertThat(log.lines)
                    .last()
                    .isEqualTo(
                            "1960 more within about 60000 ms: changes of association a1, which is now: disconnected, ASP down in application server stp; disconnected, ASP down in application server other");
        }
    }
}
