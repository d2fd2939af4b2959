package io.moondial.edr;

/** What takes the records: the {@link EdrApp}, or a list in a test. */
public interface EdrSink {
    /**
     * Hands a record over. Those of one instance id stand in the order of the calls, from whichever
     * threads. The caller never waits for a disk.
     *
     * @param stream the name of the stream, {@code [a-zA-Z][a-zA-Z0-9_]*}
     */
    void write(String stream, Edr edr);
}
