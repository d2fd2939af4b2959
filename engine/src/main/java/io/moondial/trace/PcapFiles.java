package io.moondial.trace;

import io.moondial.trace.PcapFormat.PcapSink;
import io.moondial.trace.PcapFormat.PcapStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Records into a file; at its greatest size it becomes FILE.1, what was FILE.1 becomes FILE.2, and
 * the oldest goes.
 */
public final class PcapFiles implements PcapSink {
    private final Path file;
    private final long maxOctets;
    private final int maxFiles;
    private PcapStream open;
    private long octets;

    /**
     * Begins a file; one that is already there is moved aside like a full one.
     *
     * @param maxOctets of a file
     * @param maxFiles how many there are at most, the one in progress included
     */
    public PcapFiles(Path file, long maxOctets, int maxFiles) throws IOException {
        if (maxOctets < 1 || maxFiles < 1) {
            throw new IllegalArgumentException(maxFiles + " files of " + maxOctets + " octets");
        }
        this.file = file;
        this.maxOctets = maxOctets;
        this.maxFiles = maxFiles;
        if (Files.exists(file)) {
            moveAside();
        }
        this.open = begin();
    }

    @Override
    public void write(byte[] record) throws IOException {
        if (octets + record.length > maxOctets && octets > PcapFormat.header().length) {
            open.close();
            moveAside();
            open = begin();
        }
        open.write(record);
        octets += record.length;
    }

    private PcapStream begin() throws IOException {
        octets = PcapFormat.header().length;
        return new PcapStream(replace(file));
    }

    private void moveAside() throws IOException {
        Files.deleteIfExists(numbered(maxFiles - 1));
        for (int i = maxFiles - 2; i >= 0; i--) {
            if (Files.exists(numbered(i))) {
                Files.move(numbered(i), numbered(i + 1), StandardCopyOption.ATOMIC_MOVE);
            }
        }
    }

    private Path numbered(int number) {
        return number == 0 ? file : file.resolveSibling(file.getFileName() + "." + number);
    }

    @Override
    public void flush() throws IOException {
        open.flush();
    }

    @Override
    public void close() throws IOException {
        open.close();
    }

    /** Creates the file, and replaces an existing one. */
    public static OutputStream replace(Path file) throws IOException {
        if (Files.isRegularFile(file)) {
            Files.delete(file);
        }
        if (Files.exists(file)) {
            return Files.newOutputStream(file); // a pipe or a device
        }
        return Channels.newOutputStream(
                Files.newByteChannel(
                        file,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------"))));
    }
}
