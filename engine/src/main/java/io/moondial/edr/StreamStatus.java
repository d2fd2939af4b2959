package io.moondial.edr;

import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The status of a stream at a moment.
 *
 * <p>{@code handedOver} is {@code written + backlog + dropped} while nothing moves. In motion it is
 * never more: a record that moves on while the status is made is counted twice.
 *
 * @param stream its name
 * @param handedOver records that callers handed over since the start
 * @param backlog records that wait in memory: handed over, and not yet written out
 * @param limit how many can wait before dialogs are refused or records dropped, as the settings say
 * @param written records written out since the start
 * @param dropped records that were never written: refused by a full backlog, or left at the stop
 * @param lost records that were written, and went with a file in progress that somebody cut, or
 *     deleted so that it could not be written again
 * @param failures attempts to write that failed since the start
 * @param file the file in progress; null if there is none
 * @param failure null while the disk takes the records
 */
public record StreamStatus(
        String stream,
        long handedOver,
        int backlog,
        int limit,
        long written,
        long dropped,
        long lost,
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
