package io.moondial.control;

import io.moondial.channel.LinkStatus;
import io.moondial.edr.StreamStatus;
import io.moondial.logic.LuaService.ScriptStatus;
import io.moondial.metrics.Reconciliation;
import io.moondial.problem.Problem;
import io.moondial.text.LogText;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;

/**
 * The status of an engine at a moment.
 *
 * @param version of the engine
 * @param pid of its process
 * @param rules the file that it runs under
 * @param network the kind, as the rules name it
 * @param reload what happened to changes of the rules and scripts
 * @param reconciliation the counts that should agree
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

    /** What somebody should look at; empty if all is well. */
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

    /**
     * What happened to changes of the rules and scripts.
     *
     * @param lastDone when one came into service last; null: none has since the start
     * @param refusal null: what is on the disk is in service
     * @param keptAt when what is in service first came into service, if the engine started on a
     *     kept set; null: it was read from the files
     * @param waiting what has changed and waits for a restart, each in words
     */
    public record ReloadStatus(
            @Nullable Instant lastDone,
            @Nullable Refusal refusal,
            @Nullable Instant keptAt,
            List<String> waiting) {
        /** Nothing has changed, or nobody looks. */
        public static final ReloadStatus NONE = new ReloadStatus(null, null, null, List.of());

        public ReloadStatus {
            waiting = List.copyOf(waiting);
        }

        /**
         * What is on the disk, and is not taken.
         *
         * @param since from when on the disk has had something else than what is in service: the
         *     start, or the first refusal after that which was taken last
         * @param problems how many there are
         * @param first the first few of them, each with its place
         */
        public record Refusal(Instant since, int problems, List<String> first) {
            private static final int FEW = 3;

            public Refusal {
                first = List.copyOf(first);
            }

            /** Because of these problems; warnings among them keep nothing from being taken. */
            public static Refusal of(Instant since, List<Problem> problems) {
                List<Problem> errors = problems.stream().filter(it -> !it.isWarning()).toList();
                // a file may be called anything
                return new Refusal(
                        since,
                        errors.size(),
                        errors.stream().limit(FEW).map(it -> LogText.of(it.toString())).toList());
            }

            /** The first few, and how many more there are. */
            public String words() {
                int more = problems - first.size();
                return String.join("; ", first)
                        + (more == 0 ? "" : "; and %d more: ussd check".formatted(more));
            }
        }
    }
}
