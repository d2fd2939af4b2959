package io.moondial.channel.sigtran;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.channel.sigtran.SigtranSettings.ApplicationServer;
import io.moondial.channel.sigtran.SigtranSettings.Association;
import io.moondial.channel.sigtran.SigtranSettings.GlobalTitleRule;
import io.moondial.channel.sigtran.SigtranSettings.Links;
import io.moondial.channel.sigtran.SigtranSettings.Mode;
import io.moondial.channel.sigtran.StpStub.Connection;
import io.moondial.config.HostPort;
import io.moondial.config.WrittenSettings;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What single keys of the rules do on the wire, seen by a far end that speaks M3UA by hand. */
class KnobTest {
    private static final Links BEATING =
            WrittenSettings.settings(
                    Links.class,
                    "reconnect_interval: 50ms",
                    "heartbeat: 200ms",
                    "activation_timeout: 30s");

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

    private Lab lab(Links links) {
        return new Lab(Lab.settings(links, Lab.server(Mode.ASP, Lab.connecting("a1", one.port()))));
    }

    private static String hex(byte[] message) {
        return StpStub.HEX.formatHex(message);
    }

    // ---- heartbeat

    @Test
    void a_far_end_that_answers_each_beat_keeps_its_connection() throws Exception {
        try (Lab lab = lab(BEATING);
                Connection connection = one.accept().activate()) {
            lab.awaitServer("active");
            for (int i = 0; i < 4; i++) { // without answers three are too many
                byte[] beat = connection.next(StpStub.BEAT);
                connection.send(
                        StpStub.hex("01000306" + hex(beat).substring(8))); // its data come back
            }
            assertThat(connection.dial()).startsWith("64");
        }
    }

    @Test
    void three_beats_without_an_answer_end_the_connection_and_the_next_one_serves()
            throws Exception {
        try (Lab lab = lab(BEATING);
                LogLine log = new LogLine(LinkBoard.class, "nothing does", () -> {})) {
            try (Connection silent = one.accept().activate()) {
                for (int i = 0; i < 3; i++) {
                    silent.next(StpStub.BEAT);
                }
                silent.awaitClosed();
            }
            try (Connection next = one.accept().activate()) {
                lab.awaitServer("active");
                assertThat(next.dial()).startsWith("64");
            }
            assertThat(log.lines)
                    .contains("association a1: disconnected: three BEATs were not answered");
        }
    }

    @Test
    void without_a_heartbeat_nothing_is_asked_of_a_silent_far_end() throws Exception {
        try (Lab lab = lab(Lab.QUICK);
                Connection connection = one.accept().activate()) {
            lab.awaitServer("active");
            connection.send(StpStub.data(101, StpStub.begin()));
            assertThat(StpStub.kind(connection.next())).isEqualTo(StpStub.DATA);
        }
    }

    // ---- peer

    @Test
    void where_a_peer_is_named_no_other_host_gets_in() throws Exception {
        Association door =
                WrittenSettings.with(
                        Association.listening("a1", new HostPort("127.0.0.1", 0)),
                        "peer",
                        "127.0.0.2");
        try (Lab lab = new Lab(Lab.settings(Lab.QUICK, Lab.server(Mode.ASP, door)));
                LogLine log = new LogLine(ListeningSocket.class, "nothing does", () -> {})) {
            try (Connection stranger = new Connection(from("127.0.0.1", lab.port("a1")))) {
                stranger.awaitClosed();
            }
            assertThat(log.lines)
                    .anyMatch(it -> it.contains("where no association waits for it: refused"));
            try (Connection peer = new Connection(from("127.0.0.2", lab.port("a1"))).activate()) {
                lab.awaitServer("active");
                assertThat(peer.dial()).startsWith("64");
            }
        }
    }

    private static Socket from(String host, int port) throws Exception {
        return new Socket(InetAddress.getLoopbackAddress(), port, InetAddress.getByName(host), 0);
    }

    // ---- global_titles

    /** The longest prefix names the point; what none names goes to the first that is up. */
    @ParameterizedTest
    @CsvSource({
        "27831234567, 00000009", // 2783
        "27821234567, 00000001", // 278
        "44771234567, 00000001", // none: the first of point_codes
    })
    void an_answer_to_a_title_goes_to_the_point_that_its_prefix_names(
            String title, String destination) throws Exception {
        ApplicationServer north = Lab.server(Mode.ASP, Lab.connecting("a1", one.port()));
        ApplicationServer south = south(null, Lab.connecting("a2", two.port()));
        SigtranSettings plain = Lab.settings(Lab.QUICK, north, south);
        SigtranSettings settings =
                WrittenSettings.with(
                        plain,
                        "globalTitles",
                        List.of(new GlobalTitleRule("278", 1), new GlobalTitleRule("2783", 9)));
        try (Lab lab = new Lab(settings);
                Connection first = one.accept().activate();
                Connection second = two.accept().activate(202)) {
            lab.awaitAsp("a1", "active");
            lab.awaitAsp("a2", "active");
            await(lab);
            first.send(StpStub.data(101, StpStub.begin(title)));
            Connection way = destination.equals("00000009") ? second : first;
            String answer = hex(way.next(StpStub.DATA));
            assertThat(answer).contains("00000002" + destination + "0302"); // OPC, DPC, SI, NI
            assertThat(answer).contains("0b" + StpStub.title(8, title)); // called: who asked
            assertThat(answer).contains("0b" + StpStub.title(6, Lab.TITLE)); // calling: our title
        }
    }

    private static void await(Lab lab) {
        org.awaitility.Awaitility.await()
                .atMost(Lab.PATIENCE)
                .until(
                        () ->
                                lab.network.links().stream()
                                        .allMatch(
                                                it ->
                                                        it.applicationServerState()
                                                                .equals("active")));
    }

    private static ApplicationServer south(
            @Nullable Long networkAppearance, Association association) {
        return WrittenSettings.with(
                Lab.server("south", 202L, List.of(9), association),
                "networkAppearance",
                networkAppearance);
    }

    // ---- network_appearance, routing_context

    @Test
    void the_network_appearance_and_the_routing_context_stand_before_the_data() throws Exception {
        ApplicationServer stp =
                WrittenSettings.with(
                        Lab.server("stp", 101L, List.of(1), Lab.connecting("a1", one.port())),
                        "networkAppearance",
                        102L);
        try (Lab lab = new Lab(Lab.settings(Lab.QUICK, stp));
                Connection connection = one.accept().activate()) {
            lab.awaitServer("active");
            connection.send(StpStub.data(101, StpStub.begin()));
            assertThat(hex(connection.next(StpStub.DATA)).substring(16))
                    .startsWith("02000008" + "00000066" + "00060008" + "00000065" + "0210");
        }
    }

    @Test
    void without_either_only_the_data_are_sent() throws Exception {
        ApplicationServer stp =
                Lab.server("stp", null, List.of(1), Lab.connecting("a1", one.port()));
        try (Lab lab = new Lab(Lab.settings(Lab.QUICK, stp));
                Connection connection = one.accept()) {
            connection.next(StpStub.ASPUP);
            connection.send(StpStub.message(StpStub.ASPUP_ACK));
            assertThat(hex(connection.next(StpStub.ASPAC))).doesNotContain("00060008");
            connection.send(StpStub.message(StpStub.ASPAC_ACK));
            connection.send(StpStub.message(StpStub.NOTIFY, StpStub.parameter(0x000d, "00010003")));
            lab.awaitServer("active");
            byte[] data = StpStub.data(101, StpStub.begin());
            byte[] bare =
                    StpStub.message(
                            StpStub.DATA, java.util.Arrays.copyOfRange(data, 16, data.length));
            connection.send(bare);
            assertThat(hex(connection.next(StpStub.DATA)).substring(16)).startsWith("0210");
        }
    }

    // ---- max_sccp_message

    /** The TC-END has 237 octets, 253 in a UDT. */
    @ParameterizedTest
    @CsvSource({"268, 1, 253", "253, 1, 253", "252, 2, 252", "150, 2, 150", "128, 3, 128"})
    void what_does_not_fit_is_cut_into_xudts_of_that_length(int max, int messages, int longest)
            throws Exception {
        Links links =
                WrittenSettings.settings(
                        Links.class,
                        "reconnect_interval: 50ms",
                        "heartbeat: 0s",
                        "max_sccp_message: " + max + "B");
        try (Lab lab = lab(links);
                Connection connection = one.accept().activate()) {
            lab.awaitServer("active");
            lab.says = UssdString.encode("m".repeat(182), Dcs.UNSPECIFIED);
            connection.send(StpStub.data(101, StpStub.begin()));
            StringBuilder whole = new StringBuilder();
            int most = 0;
            for (int left = messages - 1; left >= 0; left--) {
                String sccp = sccp(connection.next(StpStub.DATA));
                most = Math.max(most, sccp.length() / 2);
                whole.append(messages == 1 ? udtData(sccp) : xudtData(sccp, left, messages));
            }
            assertThat(whole.toString()).startsWith("6481ea").hasSize(2 * 237);
            assertThat(most).isEqualTo(longest);
        }
    }

    /** What stands behind the routing label in a DATA of this routing context. */
    private static String sccp(byte[] message) {
        String data = hex(message);
        int at = data.indexOf("0210", 16);
        int length = Integer.parseInt(data.substring(at + 4, at + 8), 16);
        return data.substring(at + 32, at + 2 * length);
    }

    private static String udtData(String udt) {
        assertThat(udt).startsWith("09");
        int at = 2 * (4 + Integer.parseInt(udt.substring(8, 10), 16));
        assertThat(udt.length()).isEqualTo(at + 2 + 2 * octet(udt, at));
        return udt.substring(at + 2);
    }

    private static String xudtData(String xudt, int left, int of) {
        assertThat(xudt).startsWith("11");
        int at = 2 * (5 + octet(xudt, 10));
        int optional = 2 * (6 + octet(xudt, 12));
        assertThat(optional).isEqualTo(at + 2 + 2 * octet(xudt, at));
        assertThat(xudt.substring(optional, optional + 6))
                .isEqualTo("1004%x%x".formatted(left == of - 1 ? 0xc : 0x4, left));
        assertThat(xudt.length()).isEqualTo(optional + 14);
        return xudt.substring(at + 2, optional);
    }

    private static int octet(String hex, int at) {
        return Integer.parseInt(hex.substring(at, at + 2), 16);
    }

    // ---- mode

    @ParameterizedTest
    @CsvSource({"SGW, true", "IPSP_SERVER, false"})
    void a_far_end_that_asks_is_acknowledged(Mode mode, boolean notifies) throws Exception {
        try (Lab lab = new Lab(Lab.settings(Lab.QUICK, Lab.server(mode, Lab.listening("a1"))));
                Connection asking = new Connection(from("127.0.0.1", lab.port("a1")))) {
            asking.send(StpStub.message(StpStub.ASPUP));
            asking.next(StpStub.ASPUP_ACK);
            asking.send(
                    StpStub.message(
                            StpStub.ASPAC,
                            StpStub.parameter(0x000b, "00000002"),
                            StpStub.parameter(0x0006, "00000065")));
            assertThat(hex(asking.next(StpStub.ASPAC_ACK))).contains("00060008" + "00000065");
            if (notifies) {
                assertThat(hex(asking.next(StpStub.NOTIFY))).contains("000d0008" + "00010003");
            }
            lab.awaitServer("active");
            assertThat(asking.dial()).startsWith("64");
        }
    }

    @Test
    void an_ipsp_that_asks_needs_no_notification() throws Exception {
        try (Lab lab =
                        new Lab(
                                Lab.settings(
                                        Lab.QUICK,
                                        Lab.server(
                                                Mode.IPSP_CLIENT,
                                                Lab.connecting("a1", one.port()))));
                Connection connection = one.accept()) {
            connection.next(StpStub.ASPUP);
            connection.send(StpStub.message(StpStub.ASPUP_ACK));
            connection.next(StpStub.ASPAC);
            connection.send(
                    StpStub.message(
                            StpStub.ASPAC_ACK,
                            StpStub.parameter(0x000b, "00000002"),
                            StpStub.parameter(0x0006, "00000065")));
            lab.awaitServer("active");
            assertThat(connection.dial()).startsWith("64");
        }
    }

    // ---- asp_identifier

    @ParameterizedTest
    @CsvSource({"none, ''", "7, 0011000800000007", "4294967295, 00110008ffffffff"})
    void aspup_says_the_identifier_that_is_given_and_else_none(String given, String parameters)
            throws Exception {
        Association plain = Lab.connecting("a1", one.port());
        Association identified =
                WrittenSettings.with(
                        plain, "aspIdentifier", given.equals("none") ? null : Long.valueOf(given));
        try (Lab lab = new Lab(Lab.settings(Lab.QUICK, Lab.server(Mode.ASP, identified)));
                Connection connection = one.accept()) {
            assertThat(hex(connection.next(StpStub.ASPUP)).substring(16)).isEqualTo(parameters);
            assertThat(hex(connection.next(StpStub.ASPUP)).substring(16)).isEqualTo(parameters);
            assertThat(lab.link("a1").aspState()).isEqualTo("down");
        }
    }

    // ---- ack_timeout, activation_timeout

    @Test
    void aspac_is_sent_again_and_the_time_for_it_counts_from_the_acknowledgement_of_aspup()
            throws Exception {
        Links late =
                WrittenSettings.settings(
                        Links.class,
                        "reconnect_interval: 50ms",
                        "heartbeat: 0s",
                        "ack_timeout: 100ms",
                        "activation_timeout: 5s");
        try (Lab lab = lab(late);
                Connection connection = one.accept()) {
            for (int i = 0; i < 35; i++) {
                connection.next(StpStub.ASPUP);
            }
            connection.send(StpStub.message(StpStub.ASPUP_ACK));
            for (int i = 0; i < 20; i++) {
                assertThat(hex(connection.next(StpStub.ASPAC)))
                        .endsWith("000b000800000002" + "0006000800000065");
            }
            byte[] context = StpStub.parameter(0x0006, "00000065");
            connection.send(StpStub.message(StpStub.ASPAC_ACK, context));
            connection.send(
                    StpStub.message(
                            StpStub.NOTIFY, StpStub.parameter(0x000d, "00010003"), context));
            lab.awaitServer("active");
            assertThat(connection.dial()).startsWith("64");
        }
    }

    @Test
    void one_that_another_process_stands_in_for_is_no_fault_and_stays_connected() throws Exception {
        try (Lab lab = lab(Lab.QUICK);
                LogLine log = LogLine.of(LinkBoard.class);
                Connection connection = one.accept()) {
            connection.next(StpStub.ASPUP);
            connection.send(StpStub.message(StpStub.ASPUP_ACK));
            connection.next(StpStub.ASPAC);
            connection.send(StpStub.message(StpStub.NOTIFY, StpStub.parameter(0x000d, "00020002")));
            org.awaitility.Awaitility.await()
                    .atMost(Lab.PATIENCE)
                    .until(() -> log.lines.stream().anyMatch(it -> it.contains("stands by")));
            assertThat(lab.link("a1").aspState()).isEqualTo("inactive");
            for (int i = 0; i < 10; i++) { // longer than activation_timeout by the beats of T(ack)
                connection.send(StpStub.message(StpStub.BEAT, StpStub.parameter(0x0009, "01")));
                connection.next(StpStub.BEAT_ACK);
            }
            connection.send(StpStub.message(StpStub.BEAT, StpStub.parameter(0x0009, "01")));
            connection.next(StpStub.BEAT_ACK);
            assertThat(log.lines).noneMatch(it -> it.contains("no traffic flows"));
        }
    }

    // ---- DUNA, DAVA

    @Test
    void a_point_that_the_network_cannot_reach_is_told_of_once_and_its_dialogs_are_undelivered()
            throws Exception {
        try (Lab lab = lab(Lab.QUICK);
                LogLine log = LogLine.of(LinkBoard.class);
                Connection connection = one.accept().activate()) {
            lab.awaitServer("active");
            connection.dial();
            byte[] point = StpStub.parameter(0x0012, "02000000"); // 0 to 3
            connection.send(StpStub.message(0x0201, point));
            connection.send(StpStub.message(0x0201, point));
            connection.send(StpStub.data(101, StpStub.begin()));
            org.awaitility.Awaitility.await()
                    .atMost(Lab.PATIENCE)
                    .until(() -> lab.answered.size() == 2);
            assertThat(lab.network.reaches(1)).isFalse();
            assertThat(lab.answered)
                    .last()
                    .asString()
                    .contains("point code 1 cannot be reached (DUNA since ");

            connection.send(StpStub.message(0x0202, point));
            connection.send(StpStub.message(StpStub.BEAT, StpStub.parameter(0x0009, "01")));
            connection.next(StpStub.BEAT_ACK);
            assertThat(lab.network.reaches(1)).isTrue();
            assertThat(log.lines.stream().filter(it -> it.contains("point code")))
                    .containsExactly(
                            "association a1: point code 1 cannot be reached (DUNA)",
                            "association a1: point code 1 can be reached again");
        }
    }
}
