package io.moondial.bench;

import io.moondial.Configuration;
import io.moondial.Engine;
import io.moondial.channel.FarSide;
import java.time.Duration;

/** The engine in this process, on the network in memory. */
final class EmbeddedEngine implements Target {
    private final Engine engine;

    EmbeddedEngine(Configuration configuration) {
        engine = new Engine(configuration.inMemory());
        engine.start();
    }

    @Override
    public FarSide handsets() {
        return engine.handsets();
    }

    @Override
    public Duration ownCpu() {
        return Duration.ZERO;
    }

    @Override
    public long liveHeap() {
        return ThisProcess.liveHeap();
    }

    @Override
    public void close() {
        engine.close();
    }
}
