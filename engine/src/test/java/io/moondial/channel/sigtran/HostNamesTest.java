package io.moondial.channel.sigtran;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.channel.sigtran.Associations.ConnectingLink;
import io.moondial.channel.sigtran.Link.LinkSite;
import io.moondial.channel.sigtran.SigtranSettings.Association;
import io.moondial.channel.sigtran.SigtranSettings.Mode;
import io.moondial.config.HostPort;
import io.moondial.metrics.Counters;
import io.moondial.time.SystemTime;
import io.netty.channel.EventLoop;
import io.netty.channel.nio.NioEventLoopGroup;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mobicents.protocols.api.AssociationListener;

/** Links whose far ends have names, with a name server that takes its time or knows nothing. */
class HostNamesTest {
    private final CountDownLatch serverAnswers = new CountDownLatch(1);
    private final NioEventLoopGroup group = new NioEventLoopGroup(1);
    private final EventLoop loop = group.next();

    @AfterEach
    void close() {
        serverAnswers.countDown();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private InetAddress answer(String host) throws UnknownHostException {
        if (host.equals("slow.example")) {
            try {
                serverAnswers.await();
            } catch (InterruptedException e) {
                throw new UnknownHostException("interrupted");
            }
        }
        if (host.equals("nobody.example")) {
            throw new UnknownHostException("nobody.example: Name or service not known");
        }
        return InetAddress.getLoopbackAddress();
    }

    private ConnectingLink started(Association association, LinkBoard board) {
        LinkSite site = Lab.site(loop, board, KernelSctp.HOST);
        ConnectingLink link =
                new ConnectingLink(
                        association,
                        List.of(Lab.server(Mode.ASP, association)),
                        site,
                        new HostNames(this::answer),
                        new Sockets(site));
        link.setAssociationListener(NOBODY);
        loop.execute(link::start);
        return link;
    }

    private static Association to(String name, String host, int port) {
        return Association.connecting(name, new HostPort(host, port));
    }

    @Test
    void a_name_server_that_is_slow_holds_up_its_own_link_alone() throws Exception {
        try (StpStub one = new StpStub();
                StpStub two = new StpStub()) {
            Association slow = to("a1", "slow.example", one.port());
            Association quick = to("a2", "quick.example", two.port());
            LinkBoard board = board(slow, quick);
            ConnectingLink waits = started(slow, board);
            ConnectingLink goesOn = started(quick, board);
            try (Socket second = two.acceptSocket()) {
                await().atMost(Lab.PATIENCE).until(goesOn::isConnected);
                CompletableFuture<Boolean> free = new CompletableFuture<>();
                loop.execute(() -> free.complete(true)); // as the ticks of M3UA are
                assertThat(free.get(Lab.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
                assertThat(waits.isConnected()).isFalse();
                serverAnswers.countDown();
                try (Socket first = one.acceptSocket()) {
                    await().atMost(Lab.PATIENCE).until(waits::isConnected);
                    assertThat(first.isConnected()).isTrue();
                }
                assertThat(second.isConnected()).isTrue();
            }
        }
    }

    @Test
    void a_name_that_nobody_knows_is_told_of_once_and_asked_for_again() {
        Association lost = to("a1", "nobody.example", 2905);
        Counters counters = new Counters();
        LinkBoard board =
                new LinkBoard(
                        List.of(Lab.server(Mode.ASP, lost)), counters, SystemTime.ofProcess());
        try (LogLine log = new LogLine(LinkBoard.class, "nothing does", () -> {})) {
            ConnectingLink link = started(lost, board);
            await().atMost(Lab.PATIENCE)
                    .until(() -> counters.value("sigtran.connects.failed") >= 3);
            assertThat(link.isConnected()).isFalse();
            assertThat(log.lines)
                    .containsExactly(
                            "association a1: cannot connect: nobody.example: Name or service not known; the engine tries again until it can");
            loop.submit(link::stop).awaitUninterruptibly();
        }
    }

    private static LinkBoard board(Association... associations) {
        return new LinkBoard(
                List.of(Lab.server(Mode.ASP, associations)),
                new Counters(),
                SystemTime.ofProcess());
    }

    /** M3UA, which these tests have no need of. */
    private static final AssociationListener NOBODY =
            (AssociationListener)
                    java.lang.reflect.Proxy.newProxyInstance(
                            AssociationListener.class.getClassLoader(),
                            new Class<?>[] {AssociationListener.class},
                            (proxy, method, arguments) ->
                                    Map.of("hashCode", 1, "equals", false).get(method.getName()));
}
