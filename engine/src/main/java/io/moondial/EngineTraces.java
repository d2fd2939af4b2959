package io.moondial;

import io.moondial.channel.Network;
import io.moondial.metrics.Counters;
import io.moondial.time.Time;
import io.moondial.trace.PcapFormat.PcapSink;
import io.moondial.trace.Trace;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The traces that are at work on a network. */
final class EngineTraces implements AutoCloseable {
    private final Network network;
    private final Time time;
    private final Counters counters;
    private final Set<Trace> running = ConcurrentHashMap.newKeySet();

    EngineTraces(Network network, Time time, Counters counters) {
        this.network = network;
        this.time = time;
        this.counters = counters;
    }

    Trace begin(PcapSink sink, @Nullable String msisdn) {
        Trace trace = new Trace(sink, time, counters, msisdn);
        running.add(trace);
        network.attach(trace);
        trace.begin();
        return trace;
    }

    void end(Trace trace) {
        if (running.remove(trace)) {
            network.detach(trace);
            trace.close();
        }
    }

    @Override
    public void close() {
        running.forEach(this::end);
    }
}
