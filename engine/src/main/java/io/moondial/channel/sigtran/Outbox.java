package io.moondial.channel.sigtran;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.ReferenceCountUtil;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Messages on their way to a link's connection. Any thread puts them in; the loop writes those that
 * are there, so that many that come together cost one wake-up, and few system calls.
 */
final class Outbox {
    /** So few that a connection whose far end reads is never full of what was not flushed yet. */
    private static final int FLUSH = 32;

    private final EventLoop loop;
    private final Queue<Letter> letters = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean called = new AtomicBoolean();

    private record Letter(Channel connection, Object message) {}

    Outbox(EventLoop loop) {
        this.loop = loop;
    }

    /** Puts a message in. One for a connection that is gone by then is released by it. */
    void put(Channel connection, Object message) {
        letters.add(new Letter(connection, message));
        if (loop.inEventLoop()) {
            writeAll();
        } else if (called.compareAndSet(false, true)) {
            call();
        }
    }

    private void call() {
        try {
            loop.execute(this::answerCall);
        } catch (RejectedExecutionException stopped) {
            // The connections went before the loop.
            called.set(false);
            releaseAll();
        }
    }

    private void releaseAll() {
        for (Letter letter; (letter = letters.poll()) != null; ) {
            ReferenceCountUtil.release(letter.message());
        }
    }

    private void answerCall() {
        // In this order: who puts one in from now on calls again.
        called.set(false);
        writeAll();
    }

    private void writeAll() {
        for (Letter letter = letters.poll(); letter != null; ) {
            Channel connection = letter.connection();
            int written = 0;
            do {
                write(letter);
                letter = letters.poll();
            } while (letter != null && letter.connection().equals(connection) && ++written < FLUSH);
            connection.flush();
        }
    }

    /** If it cannot be written, the connection's handler learns of it. */
    @SuppressWarnings("FutureReturnValueIgnored")
    private static void write(Letter letter) {
        letter.connection().write(letter.message(), letter.connection().voidPromise());
    }
}
