package io.moondial.channel.sigtran;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.channel.Channel.Connections;
import io.moondial.channel.sigtran.Link.LinkSite;
import io.moondial.channel.sigtran.ListeningSocket.ListeningLink;
import io.moondial.channel.sigtran.SigtranSettings.Association;
import io.moondial.channel.sigtran.SigtranSettings.Mode;
import io.moondial.channel.sigtran.StpStub.Connection;
import io.moondial.config.HostPort;
import io.moondial.config.WrittenSettings;
import io.moondial.metrics.Counters;
import io.moondial.time.SystemTime;
import io.netty.channel.Channel;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
    void many_strangers_are_counted_and_cost_few_lines_and_one_search_for_the_peer()
            throws Exception {
        AtomicInteger searches = new AtomicInteger();
        CountDownLatch slow = new CountDownLatch(1);
        HostNames names =
                new HostNames(
                        host -> {
                            searches.incrementAndGet();
                            try {
                                slow.await();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                            throw new UnknownHostException("no such host");
                        });
        Association ofPeer =
                WrittenSettings.with(
                        Association.listening("a1", new HostPort("127.0.0.1", 0)),
                        "peer",
                        "stp.example");
        Channel connection = new EmbeddedChannel();
        Counters counters = new Counters();
        LinkBoard board =
                new LinkBoard(
                        List.of(Lab.server(Mode.ASP, ofPeer)), counters, SystemTime.ofProcess());
        EventLoop loop = new DefaultEventLoop();
        LinkSite site = Lab.site(loop, board, KernelSctp.HOST);
        ListeningLink link =
                new ListeningLink(ofPeer, List.of(Lab.server(Mode.ASP, ofPeer)), site, names);
        ListeningSocket socket = new ListeningSocket(List.of(link), new Sockets(site), site);
        try (LogLine log = LogLine.of(ListeningSocket.class);
                LogLine failures = LogLine.of(ListeningLink.class)) {
            loop.submit(link::start).get();
            for (int i = 0; i < 1_000; i++) {
                assertThat(loop.submit(() -> socket.linkFor(connection)).get()).isNull();
            }
            assertThat(counters.value("sigtran.connections.refused")).isEqualTo(1_000);
            assertThat(log.lines).hasSizeLessThan(1_000);

            slow.countDown();
            await().atMost(Lab.PATIENCE).until(() -> !failures.lines.isEmpty());
            assertThat(searches).hasValue(1);
            assertThat(loop.submit(() -> socket.linkFor(connection)).get()).isNull();
            await().atMost(Lab.PATIENCE).until(() -> searches.get() == 2);
        } finally {
            loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
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
