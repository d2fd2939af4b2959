package io.moondial.edr;

import io.moondial.config.Key;
import java.nio.file.Path;
import java.time.Duration;

/** How one stream of EDRs is buffered and cut into files. */
public record StreamSettings(
        @Key(value = "Where the files go.", unset = "edr") Path directory,
        @Key(
                        value = "A file is closed when it has this many records.",
                        unset = "1024",
                        from = "1",
                        to = "100000000")
                int maxFileEdrs,
        @Key(
                        value = "A file is closed when it has been open for this time.",
                        unset = "300s",
                        from = "1ms",
                        to = "366d")
                Duration maxFileTime,
        @Key(
                        value = "Records are written when there are this many.",
                        unset = "64",
                        from = "1",
                        to = "100000000")
                int maxFlushEdrs,
        @Key(
                        value = "Records are written when the oldest has waited for this time.",
                        unset = "10s",
                        from = "1ms",
                        to = "366d")
                Duration maxFlushTime,
        @Key(
                        value =
                                "Whether each of these writes is forced to the disk, so that records survive a loss of power. Slower.",
                        unset = "false")
                boolean durable,
        @Key(
                        value =
                                "Who may read and write the files, whatever the umask is. Whoever may read the files may also search the folders that the engine makes: 0640 gives folders with 0750. A folder that exists keeps its mode.",
                        unset = "0640",
                        as = FileMode.Octal.class)
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
