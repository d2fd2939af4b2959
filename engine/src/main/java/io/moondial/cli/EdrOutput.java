package io.moondial.cli;

import io.moondial.file.FileTrouble;
import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;

/**
 * Where the lines of {@code ussd edr} go.
 *
 * <p>Not by {@link System#out}, which keeps to itself why it could not write: that nobody reads any
 * more is no failure, that a disk is full is one.
 */
final class EdrOutput {
    /** What the system says of a pipe whose reader has gone. */
    private static final String NOBODY = "Broken pipe";

    private final Writer out;
    private boolean broken;

    /** The output was closed by those whom it was for. */
    static final class NobodyReads extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private NobodyReads(IOException why) {
            super("the output is closed", why, false, false);
        }
    }

    /** The output takes no more, though somebody wants it. */
    static final class Unwritable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private Unwritable(IOException why) {
            super(
                    "the output cannot be written: %s; what came out is not all: make room there, or write elsewhere, and try again"
                            .formatted(FileTrouble.words(why)),
                    why);
        }
    }

    EdrOutput(Writer out) {
        this.out = out;
    }

    /** The standard output. */
    static Writer standard() {
        return new BufferedWriter(
                new OutputStreamWriter(
                        new FileOutputStream(FileDescriptor.out), StandardCharsets.UTF_8));
    }

    /** Puts a line, which may wait for others before it is written. */
    void line(String line) {
        try {
            out.write(line + System.lineSeparator());
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** Writes what waits; it is with the readers then. */
    void flush() {
        try {
            out.flush();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** Whether lines were lost that somebody wanted. */
    boolean isBroken() {
        return broken;
    }

    private RuntimeException failure(IOException why) {
        if (String.valueOf(why.getMessage()).contains(NOBODY)) {
            return new NobodyReads(why);
        }
        broken = true;
        return new Unwritable(why);
    }
}
