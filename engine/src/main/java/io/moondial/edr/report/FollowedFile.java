package io.moondial.edr.report;

import io.moondial.edr.EdrFileReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** One file that is followed from its header to its footer. */
final class FollowedFile implements Closeable {
    private final EdrInput input;
    private EdrFile file;
    private @Nullable EdrFileReader reader;
    private int lines;
    private boolean over;

    FollowedFile(EdrInput input, EdrFile file) {
        this.input = input;
        this.file = file;
    }

    /** Hands on what has come; nothing where the file is there no more, or not again. */
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
     * @param seen the file that has its key; null: none was seen, as where its folder cannot be
     *     read, or it got another name in the meantime
     */
    boolean isStill(@Nullable EdrFile seen) {
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
        EdrFile now = EdrFile.of(file.path());
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
        if (open != null && open.atEnd() != null && Files.exists(EdrInput.complete(file.path()))) {
            // It ended within a line, and is complete now. A writer that was killed leaves such a
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
            if (!isSame(EdrFile.of(file.path()))) {
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

    private boolean isSame(EdrFile other) {
        return other.key().equals(file.key());
    }
}
