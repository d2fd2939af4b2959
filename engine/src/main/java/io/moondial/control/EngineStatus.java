package io.moondial.control;

import io.moondial.channel.LinkStatus;
import io.moondial.edr.StreamStatus;
import io.moondial.logic.ScriptStatus;
import io.moondial.metrics.Reconciliation;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;

/**
 * How an engine stands at a moment.
 *
 * @param version of the engine
 * @param pid of its process
 * @param rules the file that it runs under
 * @param network the kind, as the rules name it
 * @param reload what became of changes of the rules and scripts
 * @param reconciliation how counts stand that should agree
 * @param counters everything counted since the start, by name
 */
public record EngineStatus(
        String version,
        long pid,
        Path rules,
        Instant started,
        Duration uptime,
        String network,
        List<LinkStatus> links,
        Dialogs dialogs,
        List<ScriptStatus> scripts,
        List<StreamStatus> edr,
        Heap heap,
        ReloadStatus reload,
        List<Reconciliation.Standing> reconciliation,
        SortedMap<String, Long> counters) {

    /** What somebody should look at; empty where all is well. */
    public List<Attention> attention() {
        return Attention.in(this);
    }

    /**
     * The dialogs that run.
     *
     * @param open those with a script
     * @param max how many there may be
     * @param stack those that the protocol stack holds
     */
    public record Dialogs(int open, int max, int stack) {}

    /**
     * Octets of memory: in use, garbage included, and the most there can be.
     *
     * @param full whether new dialogs are refused because of it
     */
    public record Heap(long used, long max, boolean full) {}
}
