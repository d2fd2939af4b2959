package io.moondial.edr;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How one stream of EDRs is buffered and cut into files.
 *
 * @param directory where its files go; made when missing
 * @param maxFileEdrs a file is closed once it holds this many records
 * @param maxFileTime a file is closed once it has been open this long
 * @param maxFlushEdrs buffered records are written out once there are this many
 * @param maxFlushTime buffered records are written out once the oldest is this old
 * @param durable whether a flush also forces the file to the disk
 * @param mode who may read and write its files
 */
public record StreamSettings(
        Path directory,
        int maxFileEdrs,
        Duration maxFileTime,
        int maxFlushEdrs,
        Duration maxFlushTime,
        boolean durable,
        FileMode mode) {

    public StreamSettings {
        if (maxFileEdrs < 1
                || maxFlushEdrs < 1
                || !maxFileTime.isPositive()
                || !maxFlushTime.isPositive()) {
            throw new IllegalArgumentException(
                    "A limit of the EDR files in %s is not greater than 0.".formatted(directory));
        }
    }

    /** The same, with the files elsewhere. */
    StreamSettings in(Path elsewhere) {
        return new StreamSettings(
                elsewhere, maxFileEdrs, maxFileTime, maxFlushEdrs, maxFlushTime, durable, mode);
    }

    /** The same, with files elsewhere that are forced to the disk. */
    StreamSettings durableIn(Path elsewhere) {
        return new StreamSettings(
                elsewhere, maxFileEdrs, maxFileTime, maxFlushEdrs, maxFlushTime, true, mode);
    }
}
