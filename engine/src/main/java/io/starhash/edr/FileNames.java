package io.starhash.edr;

import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/**
 * The names of one stream's files: {@code STREAM_HOST_YYYYMMDDhhmmssuuuuuu_N.edr}, the time in UTC
 * and to the microsecond, N the process id.
 *
 * <p>A later file has a greater name whatever the clock does: where it stands still or goes back,
 * the stamp is the last one and a microsecond.
 */
final class FileNames {
    /** The end of a complete file's name. */
    static final String COMPLETE = ".edr";

    /** The end of the name of a file in progress. */
    static final String IN_PROGRESS = ".edr.part";

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("uuuuMMddHHmmssSSSSSS", Locale.ROOT);

    private final String before;
    private final String after;
    private Instant last = Instant.MIN;

    FileNames(String stream, String hostname, long pid) {
        before = stream + "_" + hostname.replaceAll("[^A-Za-z0-9.-]", "-") + "_";
        after = "_" + pid;
    }

    /**
     * A name not given before, without its end.
     *
     * @param opened when the file is opened; also the stamp, unless that would not be a new one
     */
    record Name(String base, Instant opened) {
        Path complete(Path directory) {
            return directory.resolve(base + COMPLETE);
        }

        Path inProgress(Path directory) {
            return directory.resolve(base + IN_PROGRESS);
        }
    }

    Name next(Instant now) {
        var stamp = now.truncatedTo(ChronoUnit.MICROS);
        if (!stamp.isAfter(last)) {
            stamp = last.plus(1, ChronoUnit.MICROS);
        }
        last = stamp;
        String text = STAMP.format(LocalDateTime.ofInstant(stamp, ZoneOffset.UTC));
        return new Name(before + text + after, stamp);
    }

    /** The name that a file in progress has once it is complete. */
    static Path complete(Path inProgress) {
        String name = inProgress.getFileName().toString();
        String base = name.substring(0, name.length() - IN_PROGRESS.length());
        return inProgress.resolveSibling(base + COMPLETE);
    }
}
