package io.moondial.edr;

import io.moondial.edr.EdrApp.EdrClock;
import io.moondial.file.FileTrouble;
import io.moondial.metrics.Counters;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The closer of files that a killed process left in progress: cuts a torn last line off, writes the
 * footer and gives the file its final name.
 *
 * <p>Only a file that nobody holds locked is an orphan.
 */
final class Orphans {
    private static final Logger LOG = LoggerFactory.getLogger(Orphans.class);

    private final EdrClock clock;
    private final Path spillFolder;
    private final Counters counters;

    /**
     * @param spillFolder where the originals are of copies that were not finished: none of them is
     *     an orphan
     */
    Orphans(EdrClock clock, Path spillFolder, Counters counters) {
        this.spillFolder = spillFolder;
        this.clock = clock;
        this.counters = counters;
    }

    /** Closes all orphans in a folder; what fails is logged, and left for the next start. */
    void close(Path directory) {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try {
            for (var path : inProgress(directory)) {
                closeLogged(path);
            }
        } catch (IOException e) {
            LOG.error("Cannot look for orphaned EDR files: {}", FileTrouble.tell(e));
        }
    }

    private static List<Path> inProgress(Path directory) throws IOException {
        try (var paths = Files.list(directory)) {
            return paths.filter(path -> path.toString().endsWith(FileNames.IN_PROGRESS))
                    .sorted()
                    .toList();
        }
    }

    private void closeLogged(Path path) {
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            LOG.error("Left {} alone: it is not a plain file", path);
            return;
        }
        // Another process may have completed it between the opening and the lock.
        try (var channel =
                FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            if (OpenFile.lock(channel) != null && OpenFile.exists(path) && !isCopy(path)) {
                closeLocked(path, channel);
            }
        } catch (NoSuchFileException closedByAnother) {
            LOG.debug("{} is no longer an orphan", path);
        } catch (IOException e) {
            LOG.error(
                    "Cannot close the orphaned EDR file {}: {}; the next start tries again",
                    path,
                    FileTrouble.words(e));
        } catch (RuntimeException e) {
            LOG.error("Cannot close the orphaned EDR file {}", path, e);
        }
    }

    private boolean isCopy(Path inProgress) throws IOException {
        var complete = FileNames.complete(inProgress);
        return !spillFolder.equals(complete.getParent())
                && OpenFile.exists(spillFolder.resolve(complete.getFileName().toString()));
    }

    private void closeLocked(Path path, FileChannel channel) throws IOException {
        var content = Content.read(channel);
        if (content.lines() > 0 && !content.hasHeader()) {
            LOG.error("Left {} alone: it does not begin with the header of an EDR file", path);
            return;
        }
        if (content.records() == 0) {
            Files.delete(path);
            LOG.warn("Deleted the orphaned EDR file {}: it has no whole record", path);
            return;
        }
        var complete = FileNames.complete(path);
        if (OpenFile.exists(complete)) {
            LOG.error(
                    "Left the orphaned EDR file {}: there is already a complete file with its name",
                    path);
            return;
        }
        long torn = channel.size() - content.end();
        channel.truncate(content.end());
        if (!content.hasFooter()) {
            writeFooter(channel, content);
        }
        channel.force(true);
        Files.move(path, complete, StandardCopyOption.ATOMIC_MOVE);
        counters.increment("edr.orphans");
        LOG.warn(
                "Closed the orphaned EDR file {}: {} records kept, {} octets of a torn one cut off",
                complete,
                content.records(),
                torn);
    }

    /** Never before the start, even if the clock was set back. */
    private Instant finished(Content content) {
        var now = clock.now();
        return now.isBefore(content.started()) ? content.started() : now;
    }

    private void writeFooter(FileChannel channel, Content content) throws IOException {
        var footer = EdrFormat.footer(finished(content), content.records(), content.end());
        OpenFile.writeAt(channel, content.end(), ByteBuffer.wrap(footer));
    }

    /**
     * What a file left in progress holds.
     *
     * @param lines how many whole lines
     * @param end where the last whole line ends, in octets; what comes after it is torn
     * @param hasHeader whether the first line is a header
     * @param started the header's TIME_START; {@link Instant#EPOCH} if it has none
     * @param hasFooter whether the last whole line is a footer: it was killed just before its
     *     renaming
     */
    record Content(long lines, long end, boolean hasHeader, Instant started, boolean hasFooter) {
        private static final String HEADER = "#HEADER|";
        private static final String FOOTER = "#FOOTER|";
        private static final Pattern STARTED = Pattern.compile("\\|TIME_START=(\\d{1,11})[|\n]");
        private static final int LONGEST_HEADER = 16 * 1024;
        private static final int CHUNK = 64 * 1024;

        static Content read(FileChannel channel) throws IOException {
            long lines = 0;
            long end = 0;
            long lastLine = 0;
            var chunk = ByteBuffer.allocate(CHUNK);
            for (long position = 0; channel.read(chunk.clear(), position) > 0; ) {
                for (int i = 0; i < chunk.position(); i++) {
                    if (chunk.get(i) == '\n') {
                        lines++;
                        lastLine = end;
                        end = position + i + 1;
                    }
                }
                position += chunk.position();
            }
            return new Content(
                    lines,
                    end,
                    lines > 0 && startsWith(channel, 0, HEADER),
                    started(channel),
                    lines > 1 && startsWith(channel, lastLine, FOOTER));
        }

        long records() {
            return lines - (hasHeader ? 1 : 0) - (hasFooter ? 1 : 0);
        }

        private static boolean startsWith(FileChannel channel, long position, String word)
                throws IOException {
            return word.equals(text(channel, position, word.length()));
        }

        private static Instant started(FileChannel channel) throws IOException {
            var found = STARTED.matcher(text(channel, 0, LONGEST_HEADER));
            return found.find()
                    ? Instant.ofEpochSecond(Long.parseLong(found.group(1)))
                    : Instant.EPOCH;
        }

        /** So many octets from a position on, or as many as there are. */
        private static String text(FileChannel channel, long position, int octets)
                throws IOException {
            var found = ByteBuffer.allocate(octets);
            while (found.hasRemaining() && channel.read(found, position + found.position()) > 0) {}
            return new String(found.array(), 0, found.position(), StandardCharsets.US_ASCII);
        }
    }
}
