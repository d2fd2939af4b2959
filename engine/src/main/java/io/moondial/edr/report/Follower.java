package io.moondial.edr.report;

import io.moondial.edr.EdrFileReader;
import io.moondial.edr.report.EdrInput.Lines;
import io.moondial.edr.report.EdrInput.RecordSink;
import io.moondial.problem.Problem;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Follows files as they grow and are completed: each {@link #look} hands on what has come since the
 * last one.
 *
 * <p>A file stays the same file whatever name it gets, and is followed until its footer. One that
 * was made again under an old name is a different file.
 */
public final class Follower implements Closeable {
    private final EdrInput input;
    private final RecordSink sink;
    private final Map<Object, FollowedFile> followed = new LinkedHashMap<>();
    private Set<Problem> told = Set.of();

    public Follower(EdrInput input, RecordSink sink) {
        this.input = input;
        this.sink = sink;
    }

    /** Hands on what has come, file by file, in the order of their names. */
    public void look() throws IOException {
        Map<Object, EdrInput.EdrFile> present = present();
        letGoOfOthers(present);
        for (EdrInput.EdrFile file : present.values()) {
            read(followed.computeIfAbsent(file.key(), it -> new FollowedFile(input, file)));
        }
    }

    @Override
    public void close() throws IOException {
        for (FollowedFile file : followed.values()) {
            file.close();
        }
    }

    /**
     * The files that are there now; a folder that cannot be read is reported once, when that
     * begins.
     */
    private Map<Object, EdrInput.EdrFile> present() {
        var present = new LinkedHashMap<Object, EdrInput.EdrFile>();
        var problems = new LinkedHashSet<Problem>();
        for (EdrInput.EdrFile file : input.files(problems::add)) {
            if (file.isFound()) {
                present.put(file.key(), file);
            }
        }
        problems.stream().filter(problem -> !told.contains(problem)).forEach(sink::unreadable);
        told = problems;
        return present;
    }

    /** A file that somebody moved away or deleted is read to its end. */
    private void letGoOfOthers(Map<Object, EdrInput.EdrFile> present) throws IOException {
        for (Iterator<Map.Entry<Object, FollowedFile>> all = followed.entrySet().iterator();
                all.hasNext(); ) {
            Map.Entry<Object, FollowedFile> entry = all.next();
            FollowedFile file = entry.getValue();
            if (!file.isStill(present.get(entry.getKey()))) {
                try (file) {
                    if (file.isOpen()) {
                        read(file);
                    }
                }
                all.remove();
            }
        }
    }

    private void read(FollowedFile file) throws IOException {
        try {
            file.read(sink);
        } catch (IOException e) {
            // The same would come at every look.
            sink.unreadable(EdrInput.unreadable("file", file.path(), e));
            file.giveUp();
        }
    }

    /** One file that is followed from its header to its footer. */
    private static final class FollowedFile implements Closeable {
        private final EdrInput input;
        private EdrInput.EdrFile file;
        private @Nullable EdrFileReader reader;
        private int lines;
        private boolean over;

        FollowedFile(EdrInput input, EdrInput.EdrFile file) {
            this.input = input;
            this.file = file;
        }

        /** Hands on what has come; nothing if the file is gone, or not there yet. */
        void read(RecordSink sink) throws IOException {
            EdrFileReader open = over ? null : opened();
            if (open != null) {
                boolean footer = Lines.hand(open, sink);
                lines = open.lines();
                if (footer) {
                    giveUp();
                }
            }
        }

        /** A name that it has, or had last. */
        Path path() {
            return file.path();
        }

        /**
         * Whether it is this one of the files that are there now. While it is open nothing else can
         * have its key; once it is not, a new file can.
         *
         * @param seen the file that has its key; null: none was seen, for example because its
         *     folder cannot be read, or because it got another name in the meantime
         */
        boolean isStill(EdrInput.@Nullable EdrFile seen) {
            if (seen == null) {
                return file.isThere();
            }
            boolean still = !over || seen.created().equals(file.created());
            if (still) {
                file = seen;
            }
            return still;
        }

        boolean isOpen() {
            return reader != null;
        }

        /** Reads no more of it. */
        void giveUp() throws IOException {
            over = true;
            close();
            EdrInput.EdrFile now = EdrInput.EdrFile.of(file.path());
            if (isSame(now)) {
                file = now;
            }
        }

        @Override
        public void close() throws IOException {
            EdrFileReader open = reader;
            reader = null;
            if (open != null) {
                open.close();
            }
        }

        private @Nullable EdrFileReader opened() throws IOException {
            EdrFileReader open = reader;
            if (open != null
                    && open.atEnd() != null
                    && Files.exists(EdrInput.complete(file.path()))) {
                // It ended within a line, and is complete now. A writer that was killed leaves such
                // a
                // line, and the next start cuts it off: what was read of it is not there any more.
                close();
                open = null;
            }
            return open == null ? openAgain() : open;
        }

        private @Nullable EdrFileReader openAgain() throws IOException {
            try {
                EdrFileReader open = input.open(file.path());
                reader = open;
                if (!isSame(EdrInput.EdrFile.of(file.path()))) {
                    // Another has got its name since the look began; the next look sees that one.
                    close();
                    return null;
                }
                Lines.skip(open, lines);
                return open;
            } catch (NoSuchFileException gone) {
                return null;
            }
        }

        private boolean isSame(EdrInput.EdrFile other) {
            return other.key().equals(file.key());
        }
    }
}
