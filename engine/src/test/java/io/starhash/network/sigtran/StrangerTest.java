package io.starhash.network.sigtran;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.starhash.network.Connections;
import io.starhash.network.sigtran.SigtranSettings.Mode;
import io.starhash.network.sigtran.StpStub.Connection;
import java.net.InetAddress;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who connects where we listen without naming a peer. */
class StrangerTest {
    private static Lab lab(Mode mode) {
        return new Lab(Lab.settings(Lab.QUICK, Lab.server(mode, Lab.listening("a1"))));
    }

    private static Connection connect(String host, Lab lab) throws Exception {
        return new Connection(
                new Socket(
                        InetAddress.getLoopbackAddress(),
                        lab.port("a1"),
                        InetAddress.getByName(host),
                        0));
    }

    /** Whichever side asks: it says nothing of M3UA. */
    @ParameterizedTest
    @EnumSource(Mode.class)
    void a_stranger_that_is_silent_is_cut_off_and_the_rightful_far_end_gets_in(Mode mode)
            throws Exception {
        try (Lab lab = lab(mode);
                LogLine log = LogLine.of(LinkBoard.class)) {
            try (Connection stranger = connect("127.0.0.2", lab)) {
                stranger.awaitClosed();
            }
            await().atMost(Lab.PATIENCE)
                    .until(() -> lab.network.connections().equals(new Connections(0, 0)));
            try (Connection rightful = connect("127.0.0.1", lab)) {
                if (mode == Mode.ASP || mode == Mode.IPSP_CLIENT) {
                    rightful.next(StpStub.ASPUP);
                    rightful.send(StpStub.message(StpStub.ASPUP_ACK));
                    rightful.next(StpStub.ASPAC);
                } else {
                    rightful.send(StpStub.message(StpStub.ASPUP));
                    rightful.next(StpStub.ASPUP_ACK);
                }
                assertThat(lab.network.connections()).isEqualTo(new Connections(1, 1));
            }
            assertThat(log.lines)
                    .anyMatch(
                            it ->
                                    it.matches(
                                            "association a1: disconnected: it (sent no|did not acknowledge) ASPUP within 300 ms"));
        }
    }

    @Test
    void a_far_end_that_connects_again_takes_the_place_of_its_former_connection() throws Exception {
        try (Lab lab = lab(Mode.ASP);
                Connection former = connect("127.0.0.1", lab).activate()) {
            lab.awaitServer("active");
            try (Connection again = connect("127.0.0.1", lab).activate()) {
                former.awaitClosed();
                lab.awaitAsp("a1", "active");
                assertThat(again.dial()).startsWith("64");
                assertThat(lab.network.connections()).isEqualTo(new Connections(1, 1));
            }
        }
    }

    @Test
    void another_host_does_not() throws Exception {
        try (Lab lab = lab(Mode.ASP);
                Connection rightful = connect("127.0.0.1", lab).activate()) {
            lab.awaitServer("active");
            try (Connection other = connect("127.0.0.2", lab)) {
                other.awaitClosed();
            }
            assertThat(rightful.dial()).startsWith("64");
        }
    }
}
