package io.moondial.channel.sigtran;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private static final int THREADS = 4;
    private static final int EACH = 5_000;

    private final EventLoop loop = new DefaultEventLoop();
    private final Outbox outbox = new Outbox(loop);
    private final Connection one = new Connection();
    private final Connection other = new Connection();

    @AfterEach
    void stopLoop() throws Exception {
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
    }

    @Test
    void all_that_threads_put_in_is_written_and_that_of_each_in_its_order() throws Exception {
        try (var threads = Executors.newCachedThreadPool()) {
            List<Callable<Void>> producers = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                int thread = t;
                producers.add(() -> putMany(thread));
            }
            for (var done : threads.invokeAll(producers)) {
                done.get();
            }
        }
        afterTheLoop();

        var numbers = one.written();
        assertThat(numbers).hasSize(THREADS * EACH);
        for (int t = 0; t < THREADS; t++) {
            int first = t * EACH;
            assertThat(numbers.stream().filter(n -> n >= first && n < first + EACH))
                    .isEqualTo(IntStream.range(first, first + EACH).boxed().toList());
        }
    }

    private Void putMany(int thread) {
        for (int i = 0; i < EACH; i++) {
            outbox.put(one.channel, message(thread * EACH + i));
        }
        return null;
    }

    @Test
    void messages_that_come_together_share_a_flush_up_to_thirty_two() throws Exception {
        var busy = hold();
        for (int i = 0; i < 100; i++) {
            outbox.put(one.channel, message(i));
        }
        busy.countDown();
        afterTheLoop();

        assertThat(one.written()).hasSize(100);
        assertThat(one.flushes).isEqualTo(4);
    }

    @Test
    void each_connection_gets_its_own_and_is_flushed() throws Exception {
        var busy = hold();
        outbox.put(one.channel, message(1));
        outbox.put(one.channel, message(2));
        outbox.put(other.channel, message(3));
        outbox.put(one.channel, message(4));
        busy.countDown();
        afterTheLoop();

        assertThat(one.written()).containsExactly(1, 2, 4);
        assertThat(other.written()).containsExactly(3);
    }

    @Test
    void what_the_loop_itself_puts_in_is_written_at_once_and_after_what_waits() throws Exception {
        var busy = new CountDownLatch(1);
        var before = new CountDownLatch(1);
        Callable<List<Integer>> task =
                () -> {
                    before.countDown();
                    busy.await();
                    outbox.put(one.channel, message(2));
                    return one.written();
                };
        Future<List<Integer>> written = loop.submit(task);
        before.await();
        outbox.put(one.channel, message(1));
        busy.countDown();

        assertThat(written.get()).containsExactly(1, 2);
    }

    @Test
    void a_message_for_a_connection_that_is_gone_is_released() throws Exception {
        one.channel.close().sync();
        ByteBuf message = message(1);
        outbox.put(one.channel, message);
        afterTheLoop();

        assertThat(message.refCnt()).isZero();
    }

    @Test
    void after_the_loop_has_stopped_every_message_is_released() throws Exception {
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
        for (int i = 0; i < 3; i++) {
            ByteBuf message = message(i);
            outbox.put(one.channel, message);
            assertThat(message.refCnt()).isZero();
        }
    }

    /** Keeps the loop from its work until the latch is counted down. */
    private CountDownLatch hold() throws InterruptedException {
        var begun = new CountDownLatch(1);
        var over = new CountDownLatch(1);
        loop.execute(
                () -> {
                    begun.countDown();
                    try {
                        over.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
        begun.await();
        return over;
    }

    private void afterTheLoop() throws Exception {
        loop.submit(() -> {}).get();
    }

    private static ByteBuf message(int number) {
        return Unpooled.buffer(Integer.BYTES).writeInt(number);
    }

    /** A connection that remembers. Whatever thread uses it counts as its loop's. */
    private static final class Connection extends ChannelOutboundHandlerAdapter {
        private final EmbeddedChannel channel = new EmbeddedChannel(this);
        private int flushes;

        @Override
        public void flush(ChannelHandlerContext context) throws Exception {
            flushes++;
            super.flush(context);
        }

        private List<Integer> written() {
            return channel.outboundMessages().stream()
                    .map(message -> ((ByteBuf) message).getInt(0))
                    .toList();
        }
    }
}
