package io.moondial.edr;

/**
 * Encodes the records of some threads, and keeps the lines until they are passed on: one by one, or
 * many at once. Whoever uses it holds its monitor.
 */
final class Scribe {
    /** So much is passed on at once: so many lines that it pays to write them by themselves. */
    static final int BATCH_OCTETS = 16 * 1024;

    private static final int SHORTEST_LINE = 50;

    /** How many lines are kept at most, about: those of the shortest records. */
    static final int MOST_LINES = BATCH_OCTETS / SHORTEST_LINE;

    private final RecordEncoder encoder = new RecordEncoder();
    private Chunk chunk;
    private long written;

    /**
     * One that has written nothing.
     *
     * @param first where it puts its lines; the scribe's own from now on
     */
    Scribe(Chunk first) {
        chunk = first;
    }

    /** Adds a record's line, all of it or (with an exception) nothing. */
    void write(Edr edr) {
        var lines = chunk.buffer();
        int before = lines.length();
        boolean whole = false;
        try {
            encoder.encodeLine(edr, lines);
            written++;
            whole = true;
        } finally {
            if (!whole) {
                lines.cutBackTo(before);
            }
        }
    }

    /** Whether so much is kept that it is to be passed on. */
    boolean isFull() {
        return chunk.octets() >= BATCH_OCTETS;
    }

    /** How many lines it keeps. */
    int lines() {
        return chunk.lines();
    }

    /** How many lines it has written since the start. */
    long written() {
        return written;
    }

    /** The lines that it keeps. */
    Chunk chunk() {
        return chunk;
    }

    /** Puts another chunk in the place of the one that was passed on. */
    void goOnWith(Chunk empty) {
        chunk = empty;
    }
}
