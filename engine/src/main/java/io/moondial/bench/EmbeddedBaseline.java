package io.moondial.bench;

import io.moondial.channel.FarSide;
import io.moondial.channel.embedded.EmbeddedEcho;
import io.moondial.text.UssdString;
import java.time.Duration;
import java.util.List;

/** The ceiling in this process: an echo on the network in memory. */
final class EmbeddedBaseline implements Target {
    private final EmbeddedEcho network;

    EmbeddedBaseline(int maxDialogs, List<UssdString> menus, UssdString last) {
        network = new EmbeddedEcho(List.of(BenchRules.SSN), maxDialogs, menus, last);
        network.start();
    }

    @Override
    public FarSide handsets() {
        return network;
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
        network.close();
    }
}
