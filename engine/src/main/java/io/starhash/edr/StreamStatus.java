package io.starhash.edr;

import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a stream stands at a moment.
 *
 * @param stream its name
 * @param backlog records that wait in memory: handed over, and not yet written out
 * @param limit how many can wait before dialogs are refused or records dropped, as the settings say
 * @param written records written out since the start
 * @param dropped records that were lost: refused by a full backlog, or unwritten at the stop
 * @param failures attempts to write that failed since the start
 * @param file the file in progress; null where there is none
 * @param failure null while the disk takes the records
 */
public record StreamStatus(
        String stream,
        int backlog,
        int limit,
        long written,
        long dropped,
        long failures,
        @Nullable Path file,
        @Nullable Failure failure) {

    /**
     * A disk that does not take the records.
     *
     * @param since the first failed attempt
     * @param why the latest error
     */
    public record Failure(Instant since, String why) {}
}
