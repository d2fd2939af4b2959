package io.moondial.channel.sigtran;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.channel.sigtran.SigtranSettings.Admission;
import io.moondial.channel.sigtran.SigtranSettings.Links;
import io.moondial.channel.sigtran.SigtranSettings.Mode;
import io.moondial.channel.sigtran.StpStub.Connection;
import io.moondial.config.WrittenSettings;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a far end can get wrong, each caused by one that speaks M3UA by hand. */
class FaultTest {
    /** The end of a TC-END with the result of an Invoke. */
    private static final String RESULT = "a214020101";

    private StpStub stp;

    @BeforeEach
    void open() throws Exception {
        stp = new StpStub();
    }

    @AfterEach
    void close() throws Exception {
        stp.close();
    }

    private Lab lab(Links links) {
        return new Lab(Lab.settings(links, Lab.server(Mode.ASP, Lab.connecting("a1", stp.port()))));
    }

    private Lab lab() {
        return lab(Lab.QUICK);
    }

    private static void assertServed(Connection connection) throws InterruptedException {
        assertThat(connection.dial()).startsWith("64").contains(RESULT);
    }

    @Test
    void a_begin_of_raw_octets_is_answered() throws Exception {
        try (Lab lab = lab();
                Connection connection = stp.accept().activate()) {
            lab.awaitServer("active");
            assertServed(connection);
        }
    }

    @Test
    void a_peer_that_never_acknowledges_aspup_is_asked_again_and_again() throws Exception {
        try (Lab lab = lab();
                Connection connection = stp.accept()) {
            for (int i = 0; i < 3; i++) {
                connection.next(StpStub.ASPUP);
            }
            assertThat(lab.link("a1").associationState()).isEqualTo("up");
            assertThat(lab.link("a1").aspState()).isEqualTo("down");
            connection.activate();
            lab.awaitServer("active");
            assertServed(connection);
        }
    }

    @Test
    void a_peer_that_never_acknowledges_aspac_is_connected_to_anew() throws Exception {
        try (Lab lab = lab();
                Connection first = stp.accept()) {
            first.next(StpStub.ASPUP);
            first.send(StpStub.message(StpStub.ASPUP_ACK));
            first.next(StpStub.ASPAC);
            first.awaitClosed();
            try (Connection second = stp.accept().activate()) {
                lab.awaitServer("active");
                assertServed(second);
            }
        }
    }

    @Test
    void half_a_message_and_a_cut_do_no_harm_to_the_next_connection() throws Exception {
        try (Lab lab = lab()) {
            try (Connection first = stp.accept().activate()) {
                lab.awaitServer("active");
                byte[] data = StpStub.data(101, StpStub.begin());
                first.send(Arrays.copyOf(data, data.length / 2));
            }
            try (Connection second = stp.accept().activate()) {
                lab.awaitServer("active");
                assertServed(second);
            }
            assertThat(lab.openings).hasSize(1);
        }
    }

    @Test
    void messages_cut_at_any_octet_are_put_together() throws Exception {
        try (Lab lab = lab();
                Connection connection = stp.accept().activate()) {
            lab.awaitServer("active");
            connection.socket.setTcpNoDelay(true);
            for (byte octet : StpStub.data(101, StpStub.begin())) {
                connection.send(new byte[] {octet});
            }
            assertThat(connection.answer()).contains(RESULT);
        }
    }

    @Test
    void garbage_ends_the_connection_and_nothing_else() throws Exception {
        Random random = new Random(1);
        try (Lab lab = lab()) {
            for (int i = 0; i < 20; i++) {
                try (Connection connection = stp.accept().activate()) {
                    byte[] garbage = new byte[1 + random.nextInt(2_000)];
                    random.nextBytes(garbage);
                    garbage[0] = (byte) (2 + random.nextInt(200)); // no version of M3UA
                    connection.send(garbage);
                    connection.socket.shutdownOutput();
                    connection.awaitClosed();
                }
            }
            try (Connection connection = stp.accept().activate()) {
                lab.awaitServer("active");
                assertServed(connection);
            }
        }
    }

    /** Each is answered with an ERROR of this code, and the connection goes on or ends. */
    @ParameterizedTest
    @CsvSource({
        "02000301 00000008, 01, ends", // version 2
        "01000301 00000004, 07, ends", // shorter than its header
        "01000301 7fffffff, 07, ends", // longer than anything
        "01000801 00000008, 03, goes on", // a class that nobody knows
        "01000909 00000008, 03, goes on", // routing key management
        "01000407 00000008, 04, goes on", // a type that nobody knows
        "01000101 0000000c 02100002, 12, goes on", // a parameter shorter than its header
        "01000101 0000000c 02100040, 12, goes on", // a parameter longer than its message
        "01000101 00000010 02100008 00000001, 12, goes on", // half a routing label
        "01000403 00000010 000b0006 00020000, 12, goes on", // half a traffic mode
        "01000303 00000010 00110007 00000100, 12, goes on", // three octets of an ASP identifier
        "01000101 0000000c 02000004, 12, goes on", // a network appearance without octets
        "01000303 00000010 02070008 020b0065, 13, goes on", // a routing key, in BEAT
        "01000101 00000010 00060008 00000065, 16, goes on", // DATA without data
        "01000001 00000010 00060008 00000065, 16, goes on", // NTFY without status
        "01000201 00000010 00060008 00000065, 16, goes on", // DUNA without point code
        "01000403 00000010 00060008 00000066, 19, goes on", // ASPAC_ACK for a stranger
    })
    void a_malformed_message_is_answered_with_error(String octets, String code, String then)
            throws Exception {
        try (Lab lab = lab();
                Connection connection = stp.accept().activate()) {
            lab.awaitServer("active");
            connection.send(StpStub.hex(octets.replace(" ", "")));
            String error = HexFormat.of().formatHex(connection.next(StpStub.ERROR));
            assertThat(error.substring(16, 32)).isEqualTo("000c0008000000" + code);
            assertThat(error).contains(octets.replace(" ", ""));
            assertThat(lab.counters.value("sigtran.messages.malformed")).isEqualTo(1);
            if (then.equals("ends")) {
                connection.awaitClosed();
            } else {
                assertServed(connection);
            }
        }
    }

    @Test
    void a_wrong_routing_context_is_answered_with_its_error_and_the_dialog_is_not_begun()
            throws Exception {
        try (Lab lab = lab();
                Connection connection = stp.accept().activate()) {
            lab.awaitServer("active");
            connection.send(StpStub.data(102, StpStub.begin()));
            String error = HexFormat.of().formatHex(connection.next(StpStub.ERROR));
            assertThat(error).contains("000c000800000019");
            assertThat(lab.openings).isEmpty();
            assertServed(connection);
        }
    }

    @Test
    void an_error_is_not_answered_with_one() throws Exception {
        try (Lab lab = lab();
                Connection connection = stp.accept().activate()) {
            lab.awaitServer("active");
            connection.send(StpStub.hex("0100000000000008"));
            connection.send(StpStub.message(StpStub.ERROR, StpStub.parameter(0x000c, "00000019")));
            connection.send(StpStub.data(101, StpStub.begin()));
            assertThat(StpStub.kind(connection.next())).isEqualTo(StpStub.DATA);
        }
    }

    @Test
    void a_flood_that_is_not_kept_up_with_makes_its_sender_wait() throws Exception {
        CountDownLatch hold = new CountDownLatch(1);
        try (Lab lab =
                        lab(
                                Lab.admitting(
                                        WrittenSettings.settings(
                                                Admission.class,
                                                "begins_per_second: " + Admission.MAX_BEGINS,
                                                "dialogs: 100%",
                                                "refusals_answered: 0")));
                SlowReader flood = new SlowReader(stp)) {
            lab.awaitServer("active");
            lab.hold = hold;
            byte[] begin = StpStub.data(101, StpStub.begin());
            Thread sender = Thread.ofVirtual().start(() -> flood.send(begin, 200_000));
            await().atMost(Lab.PATIENCE)
                    .until(
                            () ->
                                    sender.getState() == Thread.State.WAITING
                                            && lab.network.waitingMessages() >= 2_000);
            assertThat(lab.network.waitingMessages()).isLessThan(20_000);
            assertThat(sender.isAlive()).isTrue();
            flood.cut();
            sender.join();
        } finally {
            hold.countDown();
        }
    }

    @Test
    void what_a_peer_that_does_not_read_is_sent_stays_bounded_and_ends_the_connection()
            throws Exception {
        int maxUnsent = 64 << 10;
        Links links =
                WrittenSettings.settings(
                        Links.class,
                        "reconnect_interval: 50ms",
                        "heartbeat: 0s",
                        "max_unsent: " + maxUnsent + "B",
                        "stall_timeout: 500ms");
        try (Lab lab = lab(links);
                SlowReader slow = new SlowReader(stp)) {
            lab.awaitServer("active");
            // Each is answered, and no answer is read: what no buffer holds is dropped.
            byte[] begin = StpStub.data(101, StpStub.begin());
            await().atMost(Lab.PATIENCE)
                    .pollInterval(Duration.ofMillis(1))
                    .until(
                            () ->
                                    !slow.send(begin, 1_000)
                                            || lab.counters.value("sigtran.messages.dropped")
                                                    > 1_000);
            assertThat(lab.counters.value("sigtran.messages.dropped")).isPositive();
            try (Connection next = stp.accept().activate()) {
                lab.awaitAsp("a1", "active");
                assertServed(next);
            }
        }
    }
}
