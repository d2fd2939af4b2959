package io.moondial.edr;

/** What takes the records: the {@link EdrApp}, or a list in a test. */
public interface EdrSink {
    /**
     * Hands a record over; it is taken in the order of the calls of one thread, and the caller
     * never waits for a disk.
     *
     * @param stream the name of the stream, {@code [a-zA-Z][a-zA-Z0-9_]*}
     */
    void write(String stream, Edr edr);
}
