package io.starhash.edr.report;

import io.starhash.edr.EdrFileReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** One file that is followed from its header to its footer. */
final class FollowedFile implements Closeable {
    private final EdrInput input;
    private final Path complete;
    private @Nullable EdrFileReader reader;
    private int lines;
    private boolean over;

    FollowedFile(EdrInput input, Path complete) {
        this.input = input;
        this.complete = complete;
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

    boolean isOpen() {
        return reader != null;
    }

    /** Reads no more of it. */
    void giveUp() throws IOException {
        over = true;
        close();
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
        if (open != null && open.atEnd() != null && Files.exists(complete)) {
            // It ended within a line, and is complete now. A writer that was killed leaves such a
            // line, and the next start cuts it off: what was read of it is not there any more.
            close();
            open = null;
        }
        return open == null ? openAgain() : open;
    }

    private @Nullable EdrFileReader openAgain() throws IOException {
        try {
            EdrFileReader open = input.open(complete);
            reader = open;
            Lines.skip(open, lines);
            return open;
        } catch (NoSuchFileException gone) {
            return null;
        }
    }
}
