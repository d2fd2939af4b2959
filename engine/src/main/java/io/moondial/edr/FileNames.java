package io.moondial.edr;

import io.moondial.edr.Edr.Names;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The names of one stream's files: {@code STREAM_HOST_YYYYMMDDhhmmssuuuuuu_N.edr}, the time in UTC
 * and to the microsecond, N the process id.
 *
 * <p>A later file has a greater name whatever the clock does: if it stops or goes back, the time is
 * the last one plus a microsecond.
 */
final class FileNames {
    /** The end of a complete file's name. */
    static final String COMPLETE = ".edr";

    /** The end of the name of a file in progress. */
    static final String IN_PROGRESS = ".edr.part";

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("uuuuMMddHHmmssSSSSSS", Locale.ROOT);

    private static final Pattern COMPLETE_NAME =
            Pattern.compile("(\\w+)_[A-Za-z0-9.-]*_[0-9]{20}_[0-9]+\\.edr");

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

    /** The stream whose complete file this is; null if its name is not that of one. */
    static @Nullable String stream(Path complete) {
        var name = COMPLETE_NAME.matcher(complete.getFileName().toString());
        return name.matches() && Names.isField(name.group(1)) ? name.group(1) : null;
    }

    /** The name that a complete file had before. */
    static Path inProgress(Path complete) {
        String name = complete.getFileName().toString();
        String base = name.substring(0, name.length() - COMPLETE.length());
        return complete.resolveSibling(base + IN_PROGRESS);
    }

    /** The name that a file in progress has once it is complete. */
    static Path complete(Path inProgress) {
        String name = inProgress.getFileName().toString();
        String base = name.substring(0, name.length() - IN_PROGRESS.length());
        return inProgress.resolveSibling(base + COMPLETE);
    }
}
