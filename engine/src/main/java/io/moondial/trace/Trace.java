package io.moondial.trace;

import io.moondial.channel.SignallingMessage;
import io.moondial.channel.SignallingTap;
import io.moondial.metrics.Counters;
import io.moondial.time.Time;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A trace at work. The threads that carry the messages only put them down; one thread writes them.
 * What it cannot write in time is left out and counted: a slow disk must not slow the network.
 */
public final class Trace implements SignallingTap, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Trace.class);

    /**
     * Messages that wait to be written: four megabytes at the most, and more than a second of the
     * fastest traffic that was ever measured here, which is far longer than a disk that works holds
     * a write up. What comes while so many wait is left out and counted.
     */
    private static final int MAX_WAITING = 16_384;

    static final String LEFT_OUT = "trace.messages.left_out";

    /** How long an end waits for what is still to be written. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final PcapSink sink;
    private final Time time;
    private final Follow follow;
    private final Counters counters;
    private final BlockingQueue<Item> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    private final LongAdder taken = new LongAdder();
    private final LongAdder leftOut = new LongAdder();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread writer;
    private volatile @Nullable IOException failure;

    /** What is written: a record, or the end. */
    private sealed interface Item {
        @SuppressWarnings("ArrayRecordComponent") // made for the queue, and compared by nobody
        record Seen(Instant at, byte[] message) implements Item {}

        record End() implements Item {}
    }

    private Trace(PcapSink sink, Time time, Counters counters, @Nullable String msisdn) {
        this.sink = sink;
        this.time = time;
        this.counters = counters;
        this.follow = new Follow(msisdn);
        this.writer = Thread.ofPlatform().daemon().name("trace").unstarted(this::write);
    }

    /**
     * Begins a trace; it is the caller's to attach to the network.
     *
     * @param sink closed with the trace
     * @param counters where what every trace leaves out is counted too
     * @param msisdn the digits of the subscriber whose dialogs it follows; null: everything
     */
    public static Trace begin(
            PcapSink sink, Time time, Counters counters, @Nullable String msisdn) {
        Trace trace = new Trace(sink, time, counters, msisdn);
        trace.writer.start();
        return trace;
    }

    @Override
    public void seen(SignallingMessage message) {
        if (failure != null || !follow.takes(message)) {
            return;
        }
        Instant now = time.now();
        for (byte[] part : message.parts()) {
            if (waiting.offer(new Item.Seen(now, part))) {
                taken.increment();
            } else {
                leftOut.increment();
                counters.increment(LEFT_OUT);
            }
        }
    }

    private void write() {
        try (sink) {
            while (true) {
                Item next = waiting.poll();
                if (next == null) {
                    sink.flush();
                    next = waiting.take();
                }
                switch (next) {
                    case Item.Seen(Instant at, byte[] message) ->
                            sink.write(PcapFormat.record(at, message));
                    case Item.End end -> {
                        return;
                    }
                }
            }
        } catch (IOException e) {
            failure = e;
        } catch (InterruptedException e) {
            log.warn("a trace was interrupted; what waited is left out");
        } finally {
            ended.countDown();
        }
    }

    /** Waits until the trace has ended: where its sink fails, by itself. */
    public void awaitEnd() throws InterruptedException {
        ended.await();
    }

    /** How many messages it has taken. */
    public long taken() {
        return taken.sum();
    }

    /** How many it had to leave out. */
    public long leftOut() {
        return leftOut.sum();
    }

    /** What its sink failed with; null: nothing. */
    public @Nullable IOException failure() {
        return failure;
    }

    /** Writes what waits, and ends; to be detached before. A sink that hangs is not waited for. */
    @Override
    public void close() {
        try {
            boolean told =
                    failure != null
                            || waiting.offer(
                                    new Item.End(), PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (!told || !writer.join(PATIENCE)) {
                log.warn(
                        "a trace could not be written to its end within {} s",
                        PATIENCE.toSeconds());
                writer.interrupt();
            }
        } catch (InterruptedException e) {
            writer.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}
