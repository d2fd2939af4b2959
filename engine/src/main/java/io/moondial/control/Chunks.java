package io.moondial.control;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * A stream of octets within a connection, so that something can follow it: each piece has its
 * length in four octets before it; a length of 0 ends it.
 */
final class Chunks extends OutputStream {
    private static final int MAX_CHUNK = 1 << 20;

    private final DataOutputStream out;

    Chunks(OutputStream out) {
        this.out = new DataOutputStream(out);
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] octets, int from, int length) throws IOException {
        if (length > 0) {
            out.writeInt(length);
            out.write(octets, from, length);
        }
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    /** Ends the stream; the connection stays open. */
    @Override
    public void close() throws IOException {
        out.writeInt(0);
        out.flush();
    }

    /** Copies a stream that was written so, to its end. */
    static void copy(DataInputStream in, OutputStream to) throws IOException {
        for (int length = in.readInt(); length != 0; length = in.readInt()) {
            if (length < 0 || length > MAX_CHUNK) {
                throw new IOException("a piece of " + length + " octets in a trace");
            }
            to.write(in.readNBytes(length));
            to.flush();
        }
    }
}
