package io.moondial.trace;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Records into a stream, whoever reads at its other end. */
public final class PcapStream implements PcapSink {
    private final OutputStream out;

    /** Begins with the header. */
    public PcapStream(OutputStream out) throws IOException {
        this.out = new BufferedOutputStream(out);
        this.out.write(PcapFormat.header());
        this.out.flush();
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
