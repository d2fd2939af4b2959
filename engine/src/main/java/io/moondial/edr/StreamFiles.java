package io.moondial.edr;

import io.moondial.edr.EdrApp.EdrClock;
import io.moondial.file.FileTrouble;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of one stream: at most one in progress, which is opened when records are there for it.
 *
 * <p>Every operation can be tried again after it failed.
 */
final class StreamFiles {
    private static final Logger LOG = LoggerFactory.getLogger(StreamFiles.class);
    private static final int NAME_ATTEMPTS = 100;

    private final String stream;
    private final EdrSettings.StreamSettings settings;
    private final Path directory;

    /** The folder where the files belong. */
    private final Path home;

    private final long maxFileNanos;
    private final String hostname;
    private final EdrClock clock;
    private final FileNames names;
    private final AtomicLong lost = new AtomicLong();

    private volatile @Nullable OpenFile file;

    /** Complete under its final name, which is not known to be on the disk yet; null: none. */
    private @Nullable OpenFile renamed;

    private boolean toldOfMode;

    private long openedNanos;

    StreamFiles(
            String stream,
            EdrSettings.StreamSettings settings,
            EdrClock clock,
            String hostname,
            long pid) {
        this(
                stream,
                settings,
                settings.directory(),
                clock,
                hostname,
                new FileNames(stream, hostname, pid));
    }

    private StreamFiles(
            String stream,
            EdrSettings.StreamSettings settings,
            Path home,
            EdrClock clock,
            String hostname,
            FileNames names) {
        this.stream = stream;
        this.home = home.toAbsolutePath().normalize();
        this.settings = settings;
        this.directory = settings.directory().toAbsolutePath().normalize();
        this.maxFileNanos = TimeUnit.NANOSECONDS.convert(settings.maxFileTime());
        this.hostname = hostname;
        this.clock = clock;
        this.names = names;
    }

    /**
     * Files for the same stream in another folder, to be moved here later: their headers name this
     * folder.
     */
    StreamFiles spilledTo(Path folder) {
        return new StreamFiles(
                stream, settings.durableIn(folder), directory, clock, hostname, names);
    }

    Path directory() {
        return directory;
    }

    /** The file in progress; null if there is none. Any thread may ask. */
    @Nullable Path current() {
        var open = file;
        return open == null ? null : open.path();
    }

    /**
     * How many records were lost out of files in progress that somebody cut. Any thread may ask.
     */
    long lost() {
        return lost.get();
    }

    /** How many more records the file in progress, or the next one, takes. */
    int room() {
        var open = file;
        return settings.maxFileEdrs() - (open == null ? 0 : open.records());
    }

    /** How many nanoseconds the file in progress may stay open; for ever if there is none. */
    long remaining(long now) {
        return file == null ? Long.MAX_VALUE : Math.max(0, maxFileNanos - (now - openedNanos));
    }

    /** Makes sure that there is a file in progress. */
    OpenFile open() throws IOException {
        var open = file;
        if (open == null) {
            open = newFile();
            openedNanos = clock.nanoTime();
            file = open;
        }
        return open;
    }

    /** Writes whole lines, all or (with an exception) none. */
    void append(ByteBuffer[] lines, int records) throws IOException {
        letGoOfChanged();
        open().append(lines, records);
    }

    /** Completes the file in progress, if there is one. */
    void complete() throws IOException {
        settle();
        letGoOfChanged();
        var open = file;
        if (open != null) {
            open.complete(clock.now());
            completed(open);
        }
    }

    private void completed(OpenFile done) throws IOException {
        file = null;
        renamed = done;
        settle();
    }

    /**
     * Does what a completion that failed has left to do: the file has its final name, and its
     * folder is to be forced. Until then nothing else is.
     */
    void settle() throws IOException {
        var unsettled = renamed;
        if (unsettled != null) {
            forceFolderOf(unsettled);
            renamed = null;
            unsettled.close();
        }
    }

    private void forceFolderOf(OpenFile completed) throws IOException {
        try {
            completed.forceFolder();
        } catch (NoSuchFileException gone) {
            LOG.warn("EDR stream {}: {} is gone, with its complete files", stream, directory);
        }
    }

    /**
     * Releases the files as they are: one in progress is an orphan for the next start.
     *
     * @return which of the records that wait are in it
     */
    OpenFile.Tail abandon() {
        var open = file;
        var unsettled = renamed;
        file = null;
        renamed = null;
        if (unsettled != null) {
            close(unsettled);
        }
        if (open == null) {
            return OpenFile.Tail.NONE;
        }
        var tail = open.tail();
        countWhatIsGone(open);
        close(open);
        return tail;
    }

    /** Of a file without a name nothing is left once it is closed. */
    private void countWhatIsGone(OpenFile open) {
        try {
            if (open.isDeleted()) {
                lose(open, open.records(), "was deleted, and could not be written again");
            } else if (open.isCut()) {
                lose(open, open.countAnew(), "was cut by somebody else");
            }
        } catch (IOException e) {
            LOG.warn(
                    "EDR stream {}: what happened to {} is not known: {}",
                    stream,
                    open.path(),
                    FileTrouble.words(e));
        }
    }

    private void close(OpenFile done) {
        try {
            done.close();
        } catch (IOException e) {
            LOG.error(
                    "EDR stream {}: cannot close {}: {}",
                    stream,
                    done.path(),
                    FileTrouble.words(e));
        }
    }

    private OpenFile newFile() throws IOException {
        EdrFolders.make(directory, settings.mode());
        for (int attempt = 0; attempt < NAME_ATTEMPTS; attempt++) {
            var name = names.next(clock.now());
            var header = EdrFormat.header(name.complete(home), name.opened(), hostname);
            var created = OpenFile.create(directory, name, header, settings);
            if (created != null) {
                tellOfMode(created);
                return created;
            }
        }
        throw new FileSystemException(
                directory.toString(), null, "no free file name in " + NAME_ATTEMPTS + " attempts");
    }

    private void tellOfMode(OpenFile created) {
        var why = created.modeTrouble();
        if (why != null && !toldOfMode) {
            toldOfMode = true;
            LOG.warn(
                    "EDR stream {}: {} and files after it cannot get the mode {}: {}; records are still written",
                    stream,
                    created.path(),
                    settings.mode().octal(),
                    FileTrouble.words(why));
        }
    }

    /**
     * Someone may have cut, deleted or moved the file in progress. One that was cut is completed
     * with what is left. The records of a deleted one are all written to a new one; a moved one has
     * them, and is closed where it is.
     */
    private void letGoOfChanged() throws IOException {
        var open = file;
        if (open != null) {
            switch (open.state()) {
                case AS_LEFT -> {}
                case CUT -> completeRest(open);
                case RENAMED -> completed(open);
                case MOVED -> completeWhereItIs(open);
                case DELETED -> writeAnew(open);
            }
        }
    }

    private void completeRest(OpenFile cut) throws IOException {
        lose(cut, cut.countAnew(), "was cut by somebody else");
        if (cut.records() == 0) {
            cut.delete();
            file = null;
        } else {
            cut.complete(clock.now());
            completed(cut);
        }
    }

    private void completeWhereItIs(OpenFile moved) throws IOException {
        if (moved.isCut()) {
            lose(moved, moved.countAnew(), "was moved away and cut");
        }
        moved.completeWhereItIs(clock.now());
        file = null;
        LOG.warn(
                "EDR stream {}: the file in progress was moved away with {} records; it is closed"
                        + " where it is: {}",
                stream,
                moved.records(),
                moved.path());
        moved.close();
    }

    private void writeAnew(OpenFile deleted) throws IOException {
        boolean cut = deleted.isCut();
        var instead = cut ? newFile() : copyOf(deleted);
        file = instead;
        if (cut) {
            lose(deleted, deleted.records(), "was cut and deleted");
        } else {
            LOG.warn(
                    "EDR stream {}: {} was deleted; its {} records are written again to {}",
                    stream,
                    deleted.path(),
                    deleted.records(),
                    instead.path());
        }
        deleted.close();
    }

    private OpenFile copyOf(OpenFile deleted) throws IOException {
        var copy = newFile();
        try {
            copy.takeOver(deleted);
        } catch (IOException | RuntimeException | Error e) {
            try {
                copy.delete();
            } catch (IOException more) {
                e.addSuppressed(more);
            }
            throw e;
        }
        return copy;
    }

    private void lose(OpenFile where, int records, String why) {
        lost.addAndGet(records);
        LOG.error(
                "EDR stream {}: {} {}; {} of its records are lost",
                stream,
                where.path(),
                why,
                records);
    }
}
