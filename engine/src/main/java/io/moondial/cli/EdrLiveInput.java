package io.moondial.cli;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** An input of which somebody wants to know when it could keep its reader waiting. */
final class EdrLiveInput extends FilterInputStream {
    private final Runnable beforeWaiting;

    EdrLiveInput(InputStream in, Runnable beforeWaiting) {
        super(in);
        this.beforeWaiting = beforeWaiting;
    }

    @Override
    public int read() throws IOException {
        tell();
        return in.read();
    }

    @Override
    public int read(byte[] octets, int from, int length) throws IOException {
        tell();
        return in.read(octets, from, length);
    }

    private void tell() throws IOException {
        if (in.available() == 0) {
            beforeWaiting.run();
        }
    }
}
