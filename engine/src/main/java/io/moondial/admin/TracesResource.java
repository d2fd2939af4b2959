package io.moondial.admin;

import io.moondial.metrics.Counters;
import io.moondial.time.Time;
import io.moondial.trace.PcapFormat.PcapSink;
import io.moondial.trace.PcapFormat.PcapStream;
import io.moondial.trace.Trace;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /v1/traces}: the messages of the links as a pcap file, as they come. A trace ends with its
 * time, with its caller, by a call of somebody else, or with the engine; then what it has taken is
 * sent, and how much that was follows the file.
 */
public final class TracesResource implements Resource, AutoCloseable {
    /** The header with the name of a trace, by which it is stopped. */
    public static final String TRACE_ID = "Trace-Id";

    /** Follows the file: how many messages are in it ... */
    public static final String MESSAGES = "Trace-Messages";

    /** ... and how many are not, because the caller was too slow for them. */
    public static final String LEFT_OUT = "Trace-Left-Out";

    private static final Logger log = LoggerFactory.getLogger("admin");
    private static final String PCAP = "application/vnd.tcpdump.pcap";

    /** How often it is looked whether the caller may go on. */
    private static final Duration LOOK = Duration.ofMillis(500);

    /** How long a stop of the engine waits for the rest of a trace. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final int max;
    private final Taps taps;
    private final Time time;
    private final Counters counters;
    private final Semaphore room;
    private final AtomicLong ids = new AtomicLong();
    private final Map<String, Running> running = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** Where messages are seen. */
    public interface Taps {
        /**
         * Begins a trace.
         *
         * @param msisdn the digits of the subscriber whose dialogs are traced from their begin on;
         *     null: everything
         */
        Trace beginTrace(PcapSink sink, @Nullable String msisdn);

        /** Ends a trace: what it has taken is written, and its sink closed. */
        void endTrace(Trace trace);
    }

    /**
     * Without a trace yet.
     *
     * @param max how many may run at once
     */
    public TracesResource(int max, Taps taps, Time time, Counters counters) {
        this.max = max;
        this.taps = taps;
        this.time = time;
        this.counters = counters;
        this.room = new Semaphore(max);
    }

    @Override
    public void declare(Routes routes) {
        routes.post("/v1/traces", Role.OPERATOR, this::begin);
        routes.delete("/v1/traces", Role.OPERATOR, this::stopThose);
        routes.delete("/v1/traces/{trace_id}", Role.OPERATOR, this::stopOne);
    }

    private Answer begin(Call call) throws Refusal {
        call.allow("msisdn", "for_ms");
        String msisdn = call.number("msisdn");
        int millis = call.query("for_ms", 0, 1, Integer.MAX_VALUE);
        if (closed || !room.tryAcquire()) {
            counters.increment("traces.refused");
            throw closed
                    ? Refusal.conflict("the engine stops")
                    : Refusal.tooMany(
                            "%d traces run already, as many as the rules allow (admin: max_traces)"
                                    .formatted(max));
        }
        Running one = new Running(Long.toString(ids.incrementAndGet()), msisdn);
        running.put(one.id, one);
        return new Answer.Stream(
                PCAP,
                Map.of(
                        TRACE_ID,
                        one.id,
                        "Content-Disposition",
                        "attachment; filename=\"moondial-%s.pcap\"".formatted(one.id)),
                body -> {
                    try {
                        write(one, millis, call, body);
                    } finally {
                        running.remove(one.id);
                        room.release();
                        one.gone.countDown();
                    }
                });
    }

    private void write(Running one, int millis, Call call, Answer.Body body)
            throws IOException, InterruptedException {
        Trace trace = taps.beginTrace(new PcapStream(body.octets()), one.msisdn);
        try {
            counters.increment("traces.begun");
            log.info(
                    "trace {} has begun for {}: {}",
                    one.id,
                    call.caller().name(),
                    one.msisdn == null ? "everything" : "one number");
            Time.Alarm over =
                    millis == 0
                            ? () -> {}
                            : time.after(Duration.ofMillis(millis), one.end::countDown);
            body.whenGone(one.end::countDown);
            Thread.ofVirtual().start(() -> stopWith(trace, one));
            while (!one.end.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)
                    && call.mayGoOn()
                    && !closed) {
                log.trace("trace {} goes on", one.id);
            }
            over.cancel();
        } finally {
            taps.endTrace(trace);
            log.info(
                    "trace {} has ended: {} messages, {} left out",
                    one.id,
                    trace.taken(),
                    trace.leftOut());
        }
        if (trace.failure() == null) {
            body.trailer(MESSAGES, Long.toString(trace.taken()));
            body.trailer(LEFT_OUT, Long.toString(trace.leftOut()));
            body.end(); // the stop of the engine waits for it
        }
    }

    private static void stopWith(Trace trace, Running one) {
        try {
            trace.awaitEnd();
            one.end.countDown();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Answer stopThose(Call call) throws Refusal {
        call.allow("msisdn");
        String msisdn = call.number("msisdn");
        int stopped = 0;
        for (Running one : running.values()) {
            if (msisdn == null || msisdn.equals(one.msisdn)) {
                one.end.countDown();
                stopped++;
            }
        }
        return Answer.json(call.json().createObjectNode().put("stopped", stopped));
    }

    private Answer stopOne(Call call) throws Refusal {
        call.allow();
        Running one = running.get(call.path("trace_id"));
        if (one == null) {
            throw Refusal.notFound("no such trace runs: it has ended, or never began");
        }
        one.end.countDown();
        return new Answer.Empty();
    }

    /** Ends all that run, and waits until their callers have the rest, but not for long. */
    @Override
    public void close() {
        closed = true;
        running.values().forEach(it -> it.end.countDown());
        try {
            for (Running one : running.values()) {
                if (!one.gone.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One that runs; without a number it takes everything. */
    private static final class Running {
        final String id;
        final @Nullable String msisdn;
        final CountDownLatch end = new CountDownLatch(1);
        final CountDownLatch gone = new CountDownLatch(1);

        Running(String id, @Nullable String msisdn) {
            this.id = id;
            this.msisdn = msisdn;
        }
    }
}
