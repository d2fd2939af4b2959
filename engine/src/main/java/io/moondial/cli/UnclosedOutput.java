package io.moondial.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** A stream that belongs to somebody else, who closes it. */
final class UnclosedOutput extends FilterOutputStream {
    UnclosedOutput(OutputStream out) {
        super(out);
    }

    @Override
    public void write(byte[] octets, int from, int length) throws IOException {
        out.write(octets, from, length);
    }

    @Override
    public void close() throws IOException {
        flush();
    }
}
