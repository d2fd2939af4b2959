package io.moondial.channel.sigtran;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.channel.sigtran.Link.LinkSite;
import io.moondial.channel.sigtran.SigtranSettings.Transport;
import io.moondial.channel.sigtran.Sockets.Accepting;
import io.moondial.file.FileTrouble;
import io.moondial.metrics.Counters;
import io.moondial.time.SystemTime;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A listening socket that cannot take connections for a while. */
class AcceptingTest {
    private final IOException exhausted = new IOException("Too many open files");

    private final Counters counters = new Counters();
    private final LinkBoard board = new LinkBoard(List.of(), counters, SystemTime.ofProcess());

    private static void pause(EmbeddedChannel channel) {
        channel.advanceTimeBy(Accepting.PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }

    @Test
    void that_is_logged_once_and_once_more_when_it_is_over() {
        EmbeddedChannel channel = new EmbeddedChannel(new Accepting(board));
        try (LogLine log = LogLine.of(Accepting.class)) {
            for (int i = 0; i < 3; i++) {
                channel.pipeline().fireExceptionCaught(exhausted);
                assertThat(channel.config().isAutoRead()).isFalse();
                pause(channel);
                assertThat(channel.config().isAutoRead()).isTrue();
            }
            channel.writeInbound("connection 1", "connection 2");
            assertThat(log.lines)
                    .containsExactly(
                            "listening at an unknown address: connections cannot be accepted now: this process has as many files open as it may: raise its limit (ulimit -n, or LimitNOFILE= of its systemd unit); links that are up stay up, and the engine tries again every 1000 ms",
                            "listening at an unknown address: connections are accepted again");
            assertThat(channel.inboundMessages()).containsExactly("connection 1", "connection 2");
            assertThat(counters.value("sigtran.accepts.failed")).isEqualTo(3);
            channel.checkException(); // none has come to the end of the pipeline
        } finally {
            channel.finishAndReleaseAll();
        }
    }

    @Test
    void a_real_one_takes_who_has_waited_meanwhile() throws Exception {
        CountDownLatch taken = new CountDownLatch(1);
        var group = new NioEventLoopGroup(1);
        try (LogLine log = LogLine.of(Accepting.class)) {
            LinkSite site = Lab.site(group.next(), board, KernelSctp.HOST);
            var counting =
                    new ChannelInboundHandlerAdapter() {
                        @Override
                        public void handlerAdded(ChannelHandlerContext connection) {
                            taken.countDown();
                        }
                    };
            Channel listening =
                    new Sockets(site)
                            .server(Transport.TCP, counting)
                            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                            .sync()
                            .channel();
            // on its own thread: a connection is taken before what waits there, or after
            listening
                    .eventLoop()
                    .submit(() -> listening.pipeline().fireExceptionCaught(exhausted))
                    .sync();
            int port = ((InetSocketAddress) listening.localAddress()).getPort();
            try (Socket waiting = new Socket(InetAddress.getLoopbackAddress(), port)) {
                assertThat(taken.await(Lab.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
                assertThat(waiting.isConnected()).isTrue();
            }
            assertThat(log.lines)
                    .containsExactly(
                            "listening at 127.0.0.1:%d: connections cannot be accepted now: %s; links that are up stay up, and the engine tries again every 1000 ms"
                                    .formatted(port, FileTrouble.words(exhausted)),
                            "listening at 127.0.0.1:%d: connections are accepted again"
                                    .formatted(port));
        } finally {
            group.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
        }
    }
}
