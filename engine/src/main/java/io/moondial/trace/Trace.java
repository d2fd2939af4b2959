package io.moondial.trace;

import io.moondial.channel.SignallingTap;
import io.moondial.channel.SignallingTap.SignallingMessage;
import io.moondial.metrics.Counters;
import io.moondial.time.Time;
import io.moondial.trace.PcapFormat.PcapSink;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
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
     * Messages that wait to be written: at most four megabytes. That is more than a second of the
     * fastest traffic that was ever measured here, and much longer than a working disk delays a
     * write. If this many wait, further messages are left out and counted.
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

    /**
     * A trace that is not written yet: it takes what it sees, and the caller attaches it to the
     * network before it begins.
     *
     * @param sink closed with the trace
     * @param counters that also count what all traces leave out
     * @param msisdn the digits of the subscriber whose dialogs it follows; null: everything
     */
    public Trace(PcapSink sink, Time time, Counters counters, @Nullable String msisdn) {
        this.sink = sink;
        this.time = time;
        this.counters = counters;
        this.follow = new Follow(msisdn);
        this.writer = Thread.ofPlatform().daemon().name("trace").unstarted(this::write);
    }

    /** Begins to write. Who finds the header at the sink's other end misses no message after. */
    public void begin() {
        writer.start();
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

    /** Waits until the trace has ended. If its sink fails, it ends without being told to. */
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
                        "the rest of a trace could not be written within {} s",
                        PATIENCE.toSeconds());
                writer.interrupt();
            }
        } catch (InterruptedException e) {
            writer.interrupt();
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Which messages a trace takes: all, or those of one subscriber's dialogs from their begin on.
     */
    private static final class Follow {
        /** Dialogs followed at once; beyond it the oldest is let go. */
        private static final int MAX_DIALOGS = 10_000;

        private final @Nullable String msisdn;
        private final Map<String, Boolean> engineTids = new LinkedHashMap<>();
        private final Map<String, Boolean> farTids = new LinkedHashMap<>();

        /** Follows a number's digits; null: everything. */
        Follow(@Nullable String msisdn) {
            this.msisdn = msisdn;
        }

        /** Whether the trace takes this message. */
        synchronized boolean takes(SignallingMessage message) {
            if (msisdn == null) {
                return true;
            }
            SignallingMessage.Transaction transaction = message.transaction();
            if (transaction == null || !follows(transaction)) {
                return false;
            }
            if (transaction.ends()) {
                forget(engineTids, transaction.engineTid());
                forget(farTids, transaction.farTid());
            } else {
                remember(engineTids, transaction.engineTid());
                remember(farTids, transaction.farTid());
            }
            return true;
        }

        private boolean follows(SignallingMessage.Transaction transaction) {
            return (transaction.msisdn() != null && transaction.msisdn().equals(msisdn))
                    || known(engineTids, transaction.engineTid())
                    || known(farTids, transaction.farTid());
        }

        private static boolean known(Map<String, Boolean> tids, @Nullable String tid) {
            return tid != null && tids.containsKey(tid);
        }

        private static void remember(Map<String, Boolean> tids, @Nullable String tid) {
            if (tid != null && tids.put(tid, true) == null && tids.size() > MAX_DIALOGS) {
                tids.remove(tids.keySet().iterator().next());
            }
        }

        private static void forget(Map<String, Boolean> tids, @Nullable String tid) {
            if (tid != null) {
                tids.remove(tid);
            }
        }
    }
}
