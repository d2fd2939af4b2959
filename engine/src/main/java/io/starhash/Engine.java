package io.starhash;

import io.starhash.edr.EdrApp;
import io.starhash.edr.EdrClock;
import io.starhash.edr.InstanceIds;
import io.starhash.logic.ServiceDesk;
import io.starhash.metrics.Counters;
import io.starhash.network.FarSide;
import io.starhash.network.embedded.EmbeddedNetwork;
import io.starhash.rules.Rules;
import io.starhash.time.SystemTime;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The engine put together: a network brings dialogs to the desk, which runs a script for each and
 * has records written.
 */
public final class Engine implements AutoCloseable {
    /**
     * The stack may hold this many dialogs more than the desk lets run, so that it is the desk who
     * refuses.
     */
    private static final int STACK_HEADROOM = 10_000;

    private final Rules rules;
    private final Counters counters = new Counters();
    private final SystemTime time = new SystemTime();
    private final EdrApp edrs;
    private final ServiceDesk desk;
    private final EmbeddedNetwork network;
    private boolean stopped;

    /** An engine with this configuration; it takes dialogs once started. */
    public Engine(Configuration configuration) {
        rules = configuration.rules();
        edrs =
                new EdrApp(
                        rules.edr(),
                        EdrClock.system(),
                        HostName.get(),
                        ProcessHandle.current().pid());
        desk =
                new ServiceDesk(
                        edrs,
                        edrs::accepting,
                        new InstanceIds(
                                rules.edr().appName(), time.now(), ThreadLocalRandom.current()),
                        counters,
                        time,
                        rules.script().graceTime(),
                        rules.dialogs().max());
        desk.serve(configuration.services());
        network =
                switch (rules.network()) {
                    case Rules.Network.Embedded embedded ->
                            new EmbeddedNetwork(
                                    embedded.ssns(), rules.dialogs().max() + STACK_HEADROOM);
                };
    }

    /** Starts taking dialogs. */
    public void start() {
        network.start(desk);
    }

    /** Where the handsets of the embedded network are. */
    public FarSide handsets() {
        return network;
    }

    /** What has been counted so far. */
    public Counters counters() {
        return counters;
    }

    /** How many dialogs run now. */
    public int openDialogs() {
        return desk.openDialogs();
    }

    /** How many dialogs the protocol stack holds now. */
    public int stackDialogs() {
        return network.openDialogs();
    }

    /**
     * Refuses new dialogs, lets those that run finish within {@code stop_timeout}, aborts the rest,
     * takes the network down and completes the EDR files.
     *
     * @return how many dialogs had to be aborted
     */
    public int stop() throws InterruptedException {
        return stop(rules.dialogs().stopTimeout());
    }

    /** As {@link #stop()}, with another time for the dialogs that run. */
    public int stop(Duration timeout) throws InterruptedException {
        if (stopped) {
            return 0;
        }
        stopped = true;
        try {
            return desk.stop(timeout);
        } finally {
            network.close();
            edrs.close();
            time.close();
        }
    }

    /** Stops without waiting for dialogs that run. */
    @Override
    public void close() {
        try {
            stop(Duration.ZERO);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
