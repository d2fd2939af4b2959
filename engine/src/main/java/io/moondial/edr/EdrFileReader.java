package io.moondial.edr;

import io.moondial.edr.EdrLine.Flaw;
import io.moondial.problem.Problem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The reader of an EDR file, line by line; it says what the octets are, whatever the file contains.
 *
 * <p>A file in progress can be followed: {@link #next} gives null if no more whole line is there
 * yet, and goes on where it stopped once there is. The reading needs no lock; but in the process
 * that writes the file, see that it is not read before it is complete, because closing it here
 * releases the writer's lock.
 */
public final class EdrFileReader implements AutoCloseable {
    /** The longest line that is read; a longer one is a problem, and passed over. */
    public static final int MAX_LINE = 16 * 1024 * 1024;

    private static final int CHUNK = 64 * 1024;

    private final Path path;
    private final InputStream input;
    private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
    private final byte[] chunk = new byte[CHUNK];
    private int position;
    private int filled;
    private long length;
    private int number;
    private boolean compressed;
    private Wanted wanted = line -> true;

    private EdrFileReader(Path path, InputStream input) {
        this.path = path;
        this.input = input;
    }

    /**
     * One line of a file.
     *
     * @param path the file, as it was named
     * @param number from 1
     * @param length in octets, the line feed counted
     */
    public record Entry(Path path, int number, long length, EdrLine line) {
        /** What is wrong with the line's form. */
        public List<Problem> problems() {
            return line.flaws().stream().map(this::problem).toList();
        }

        private Problem problem(Flaw flaw) {
            return new Problem(path, number, flaw.column(), flaw.message());
        }
    }

    /**
     * Opens a file; a symbolic link is followed.
     *
     * @throws IOException also if it is a pipe or a device, which may have no end, and on which an
     *     open may wait for ever
     */
    public static EdrFileReader open(Path path) throws IOException {
        var found = Files.readAttributes(path, BasicFileAttributes.class);
        if (!found.isRegularFile()) {
            throw new FileSystemException(
                    path.toString(),
                    null,
                    "it is not a plain file; what a pipe or a device gives is read from the"
                            + " standard input: ussd edr - < FILE");
        }
        return new EdrFileReader(path, Files.newInputStream(path));
    }

    /**
     * Reads what is not a file, such as the standard input.
     *
     * @param name its name in entries and problems
     */
    public static EdrFileReader of(Path name, InputStream input) {
        return new EdrFileReader(name, input);
    }

    /**
     * Passes over the lines that are not wanted, without reading what they say; they are counted.
     */
    void only(Wanted wanted) {
        this.wanted = wanted;
    }

    /** Looks at a line before it is read. */
    @FunctionalInterface
    interface Wanted {
        /** Whether a line of these octets, without its line feed, is wanted. */
        boolean wants(byte[] line);
    }

    /** The file, as it was named. */
    public Path path() {
        return path;
    }

    /** How many lines were read so far. */
    public int lines() {
        return number;
    }

    /** The next whole line; null if there is none, or not yet. */
    public @Nullable Entry next() throws IOException {
        while (!compressed && (position < filled || fill())) {
            if (beginsCompressed()) {
                return compressedFile();
            }
            int end = position;
            while (end < filled && chunk[end] != '\n') {
                end++;
            }
            take(end);
            if (end < filled) {
                position = end + 1;
                Entry entry = entry();
                if (entry != null) {
                    return entry;
                }
            }
        }
        return null;
    }

    /** What is wrong at the file's end: a last line without its line feed; null if nothing is. */
    public @Nullable Problem atEnd() {
        return length == 0
                ? null
                : new Problem(
                        path,
                        number + 1,
                        0,
                        "the last line does not end in a line feed; it was torn off");
    }

    @Override
    public void close() throws IOException {
        input.close();
    }

    private boolean fill() throws IOException {
        position = 0;
        filled = Math.max(0, input.read(chunk));
        return filled > 0;
    }

    private void take(int end) {
        int size = end - position;
        length += size;
        if (length <= MAX_LINE) {
            pending.write(chunk, position, size);
        }
        position = end;
    }

    /** Null if the line is not wanted. */
    private @Nullable Entry entry() {
        number++;
        byte[] octets = pending.toByteArray();
        Entry entry = null;
        if (wanted.wants(octets)) {
            var line = length > MAX_LINE ? longLine() : EdrFormat.parse(octets);
            entry = new Entry(path, number, length + 1, line);
        }
        pending.reset();
        length = 0;
        return entry;
    }

    /** By the octets that a gzip file begins with (RFC 1952, 2.3.1). */
    private boolean beginsCompressed() {
        return number == 0
                && length == 0
                && position == 0
                && filled > 1
                && chunk[0] == 0x1F
                && chunk[1] == (byte) 0x8B;
    }

    private Entry compressedFile() {
        compressed = true;
        number++;
        var flaw =
                new Flaw(
                        1,
                        "the file is compressed with gzip, and EDR files are read as text;"
                                + " decompress it first: gunzip -c FILE | ussd edr -");
        return new Entry(path, number, 0, new EdrLine.Unreadable(flaw, EdrLine.Kind.COMPRESSED));
    }

    private static EdrLine longLine() {
        return new EdrLine.Unreadable(
                new Flaw(MAX_LINE + 1, "the line is longer than " + MAX_LINE + " octets"),
                EdrLine.Kind.OTHER);
    }
}
