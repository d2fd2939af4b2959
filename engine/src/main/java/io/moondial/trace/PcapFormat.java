package io.moondial.trace;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;

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
}
