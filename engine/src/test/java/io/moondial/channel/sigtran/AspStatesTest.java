package io.moondial.channel.sigtran;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.channel.sigtran.SigtranSettings.Links;
import io.moondial.channel.sigtran.SigtranSettings.Mode;
import io.moondial.channel.sigtran.StpStub.Connection;
import io.moondial.config.WrittenSettings;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every state of an ASP against every message of RFC 4666, as the tables in {@code docs/wire.md}
 * say: each cell is played by a far end that speaks M3UA by hand.
 */
class AspStatesTest {
    /** Nothing happens by itself. */
    private static final Links PATIENT =
            WrittenSettings.settings(
                    Links.class,
                    "reconnect_interval: 50ms",
                    "heartbeat: 0s",
                    "ack_timeout: 1m",
                    "activation_timeout: 5m");

    private static final String CONTEXT = "0006000800000065";

    /** What is sent for a row: the kind of message and its parameters. */
    private static final Map<String, String> MESSAGES =
            Map.ofEntries(
                    Map.entry("ERROR 0x06", "0000" + "000c000800000006" + CONTEXT),
                    Map.entry("ERROR 0x0d", "0000" + "000c00080000000d" + CONTEXT),
                    Map.entry("ERROR, any other", "0000" + "000c000800000019"),
                    Map.entry("NTFY AS-INACTIVE", "0001" + "000d000800010002" + CONTEXT),
                    Map.entry("NTFY AS-ACTIVE", "0001" + "000d000800010003" + CONTEXT),
                    Map.entry("NTFY AS-PENDING", "0001" + "000d000800010004" + CONTEXT),
                    Map.entry("NTFY insufficient ASPs", "0001" + "000d000800020001" + CONTEXT),
                    Map.entry("NTFY alternate ASP active", "0001" + "000d000800020002" + CONTEXT),
                    Map.entry("NTFY ASP failure", "0001" + "000d000800020003" + CONTEXT),
                    Map.entry("DUNA", "0201" + CONTEXT + "0012000800000001"),
                    Map.entry("DAVA", "0202" + CONTEXT + "0012000800000001"),
                    Map.entry("DAUD", "0203" + CONTEXT + "0012000800000001"),
                    Map.entry("SCON", "0204" + CONTEXT + "0012000800000001"),
                    Map.entry("DUPU", "0205" + CONTEXT + "0012000800000001" + "0204000800020003"),
                    Map.entry("DRST", "0206" + CONTEXT + "0012000800000001"),
                    Map.entry("ASPUP", "0301"),
                    Map.entry("ASPDN", "0302"),
                    Map.entry("BEAT", "0303" + "0009000800000001"),
                    Map.entry("ASPUP ACK", "0304"),
                    Map.entry("ASPDN ACK", "0305"),
                    Map.entry("BEAT ACK", "0306" + "0009000800000001"),
                    Map.entry("ASPAC", "0401" + "000b000800000002" + CONTEXT),
                    Map.entry("ASPIA", "0402" + CONTEXT),
                    Map.entry("ASPAC ACK", "0403" + CONTEXT),
                    Map.entry("ASPIA ACK", "0404" + CONTEXT),
                    Map.entry("REG REQ", "0901" + "0207000800000001"));

    private static final Map<Integer, String> KINDS =
            Map.of(
                    0x0000, "ERROR",
                    0x0001, "NTFY",
                    0x0101, "DATA",
                    0x0301, "ASPUP",
                    0x0304, "ASPUP ACK",
                    0x0305, "ASPDN ACK",
                    0x0306, "BEAT ACK",
                    0x0401, "ASPAC",
                    0x0403, "ASPAC ACK",
                    0x0404, "ASPIA ACK");

    /** A cell of a table. */
    record Cell(String message, String state, String then) {
        @Override
        public String toString() {
            return "%s while %s: %s".formatted(message, state, then);
        }
    }

    private static List<Cell> cells(String title) throws Exception {
        List<String> rows =
                Files.readAllLines(Path.of("docs/wire.md")).stream()
                        .dropWhile(line -> !line.equals(title))
                        .dropWhile(line -> !line.startsWith("|"))
                        .takeWhile(line -> line.startsWith("|"))
                        .toList();
        List<String> states = columns(rows.getFirst());
        return rows.stream()
                .skip(2)
                .map(AspStatesTest::columns)
                .flatMap(
                        row ->
                                IntStream.range(1, states.size())
                                        .mapToObj(
                                                i ->
                                                        new Cell(
                                                                row.getFirst(),
                                                                states.get(i),
                                                                row.get(i))))
                .toList();
    }

    private static List<String> columns(String row) {
        return Stream.of(row.substring(1, row.length() - 1).split("\\|"))
                .map(String::strip)
                .toList();
    }

    static List<Cell> whereWeAsk() throws Exception {
        return cells("### Where we ask: `asp`, `ipsp_client`");
    }

    static List<Cell> whereWeAreAsked() throws Exception {
        return cells("### Where we are asked: `sgw`, `ipsp_server`");
    }

    @Test
    void the_tables_have_every_message() throws Exception {
        for (List<Cell> table : List.of(whereWeAsk(), whereWeAreAsked())) {
            assertThat(
                            table.stream()
                                    .map(Cell::message)
                                    .distinct()
                                    .filter(it -> !it.equals("DATA")))
                    .containsExactlyInAnyOrderElementsOf(MESSAGES.keySet());
        }
    }

    @ParameterizedTest
    @MethodSource("whereWeAsk")
    void where_we_ask_each_message_does_what_its_cell_says(Cell cell) throws Exception {
        try (StpStub stp = new StpStub();
                Lab lab =
                        new Lab(
                                Lab.settings(
                                        PATIENT,
                                        Lab.server(Mode.ASP, Lab.connecting("a1", stp.port()))));
                Connection connection = stp.accept()) {
            connection.next(StpStub.ASPUP);
            reachAsking(cell.state(), connection);
            answers(connection);

            send(cell.message(), connection);
            List<String> sent = answers(connection, cell);
            sent.addFirst(stateWhereWeAsk(lab, connection));

            assertThat(String.join(", ", sent)).isEqualTo(cell.then());
        }
    }

    private static void reachAsking(String state, Connection connection) throws Exception {
        if (state.equals("down")) {
            return;
        }
        send("ASPUP ACK", connection);
        connection.next(StpStub.ASPAC);
        if (state.equals("activating")) {
            return;
        }
        send("ASPAC ACK", connection);
        send("NTFY AS-ACTIVE", connection);
        if (state.equals("standby")) {
            send("NTFY alternate ASP active", connection);
        }
    }

    /** One that stands by asks for traffic where nobody has it; one that asks already does not. */
    private static String stateWhereWeAsk(Lab lab, Connection connection) throws Exception {
        String state = lab.link("a1").aspState();
        if (!state.equals("inactive")) {
            return state;
        }
        send("NTFY AS-PENDING", connection);
        return answers(connection).contains("ASPAC") ? "standby" : "activating";
    }

    @ParameterizedTest
    @MethodSource("whereWeAreAsked")
    void where_we_are_asked_each_message_does_what_its_cell_says(Cell cell) throws Exception {
        try (Lab lab = new Lab(Lab.settings(PATIENT, Lab.server(Mode.SGW, Lab.listening("a1"))));
                Connection connection =
                        new Connection(
                                new Socket(InetAddress.getLoopbackAddress(), lab.port("a1")))) {
            if (!cell.state().equals("down")) {
                send("ASPUP", connection);
            }
            if (cell.state().equals("active")) {
                send("ASPAC", connection);
            }
            answers(connection);

            send(cell.message(), connection);
            List<String> sent = answers(connection, cell);
            sent.addFirst(lab.link("a1").aspState());

            assertThat(String.join(", ", sent)).isEqualTo(cell.then());
        }
    }

    private static void send(String message, Connection connection) {
        if (message.equals("DATA")) {
            connection.send(StpStub.data(101, StpStub.begin()));
            return;
        }
        String content = Objects.requireNonNull(MESSAGES.get(message), message);
        connection.send(
                StpStub.message(
                        Integer.parseInt(content.substring(0, 4), 16),
                        StpStub.hex(content.substring(4))));
    }

    /** A DATA is answered by another thread than a BEAT, before it or after. */
    private static List<String> answers(Connection connection, Cell cell) throws Exception {
        List<String> answers = answers(connection);
        if (cell.then().endsWith(", DATA") && !answers.contains("DATA")) {
            connection.next(StpStub.DATA);
            answers.add("DATA");
        }
        return answers;
    }

    /** What comes back for all that was sent: a BEAT goes last, and is acknowledged last. */
    private static List<String> answers(Connection connection) throws Exception {
        connection.send(StpStub.message(StpStub.BEAT, StpStub.parameter(0x0009, "eeeeeeee")));
        List<String> answers = new ArrayList<>();
        while (true) {
            byte[] message = connection.next();
            assertThat(message).isNotEmpty();
            if (StpStub.HEX.formatHex(message).endsWith("eeeeeeee")
                    && StpStub.kind(message) == StpStub.BEAT_ACK) {
                return answers;
            }
            answers.add(KINDS.get(StpStub.kind(message)));
        }
    }
}
