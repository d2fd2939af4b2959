package io.moondial.trace;

import java.io.IOException;

/** Where the records of a trace go. */
public interface PcapSink extends AutoCloseable {
    /** Takes a record. */
    void write(byte[] record) throws IOException;

    /** Nothing waits to be taken at the moment. */
    void flush() throws IOException;

    @Override
    void close() throws IOException;
}
