package io.moondial.trace;

import io.moondial.trace.PcapFormat.PcapSink;
import io.moondial.trace.PcapFormat.PcapStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Set;

/**
 * The classic pcap format, version 2.4, with microseconds, little-endian: a header, then a record a
 * message.
 */
public final class PcapFormat {
    private static final int MAGIC = 0xa1b2c3d4;
    private static final short MAJOR = 2;
    private static final short MINOR = 4;
    private static final int MAX_OCTETS = 0xffff;

    /** MTP level 3 from the service information octet on. */
    private static final int LINKTYPE_MTP3 = 141;

    private static final int HEADER = 24;
    private static final int RECORD_HEADER = 16;
    private static final int NANOS_IN_MICRO = 1000;

    private PcapFormat() {}

    /** What every file begins with. */
    static byte[] header() {
        return ByteBuffer.allocate(HEADER)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(MAGIC)
                .putShort(MAJOR)
                .putShort(MINOR)
                .putInt(0)
                .putInt(0)
                .putInt(MAX_OCTETS)
                .putInt(LINKTYPE_MTP3)
                .array();
    }

    /** One message. */
    static byte[] record(Instant at, byte[] message) {
        return ByteBuffer.allocate(RECORD_HEADER + message.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt((int) at.getEpochSecond())
                .putInt(at.getNano() / NANOS_IN_MICRO)
                .putInt(message.length)
                .putInt(message.length)
                .put(message)
                .array();
    }

    /** Where the records of a trace go. */
    public interface PcapSink extends AutoCloseable {
        /** Takes a record. */
        void write(byte[] record) throws IOException;

        /** Nothing waits to be taken at the moment. */
        void flush() throws IOException;

        @Override
        void close() throws IOException;
    }

    /** Records into a stream, whoever reads at its other end. */
    public static final class PcapStream implements PcapSink {
        private final OutputStream out;

        /** Begins with the header, which goes out with the first flush. */
        public PcapStream(OutputStream out) throws IOException {
            this.out = new BufferedOutputStream(out);
            this.out.write(PcapFormat.header());
        }

        @Override
        public void write(byte[] record) throws IOException {
            out.write(record);
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }

    /**
     * Records into a file; at its greatest size it becomes FILE.1, what was FILE.1 becomes FILE.2,
     * and the oldest goes.
     */
    public static final class PcapFiles implements PcapSink {
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
}
