package io.starhash.control;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of changes of the rules and scripts.
 *
 * @param lastDone when one came into service last; null: none has since the start
 * @param refusal null: what is on the disk is in service
 * @param keptAt when what is in service came into service first, where the engine started on the
 *     set that was kept then; null: it was read from the files
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
     * @param since when it was refused; with several refusals on end, the latest
     * @param problems how many there are
     * @param first the first of them, with its place
     */
    public record Refusal(Instant since, int problems, String first) {}
}
