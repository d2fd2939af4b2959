package io.moondial.bench;

import io.moondial.channel.FarSide;
import java.time.Duration;

/** What a load is put on: the engine, or the ceiling beside it; with the handsets that reach it. */
interface Target extends AutoCloseable {
    /** Where the handsets are. */
    FarSide handsets();

    /**
     * CPU time that it has taken so far in a process of its own; nought where it shares this one.
     */
    Duration ownCpu();

    /**
     * The heap that is live in its process, in octets, once what is dead has been collected.
     *
     * @throws BenchException where its process tells none: it has ended, say
     */
    long liveHeap() throws BenchException;

    /** Ends it; its EDR files are complete afterwards. */
    @Override
    void close();
}
