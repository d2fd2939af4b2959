package io.starhash.edr;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Encoders with a buffer each, lent for the time of one record.
 *
 * <p>There are many more threads than encode at once, so none has one of its own: a thread looks in
 * one place, and makes a new one where another thread has just taken it.
 */
final class Scribes {
    private static final int PLACES = 32;

    /** So far apart that no two places share a line of the processor's cache. */
    private static final int STRIDE = 32;

    private final AtomicReferenceArray<Scribe> places = new AtomicReferenceArray<>(PLACES * STRIDE);

    /** An encoder and the buffer that it writes to. */
    record Scribe(int place, RecordEncoder encoder, LineBuffer buffer) {
        /** The record as a line; good until the next one. */
        LineBuffer line(Edr edr) {
            buffer.clear();
            encoder.encodeLine(edr, buffer);
            return buffer;
        }
    }

    Scribe borrow() {
        int place = (int) (Thread.currentThread().threadId() % PLACES) * STRIDE;
        var found = places.getAndSet(place, null);
        return found == null ? new Scribe(place, new RecordEncoder(), new LineBuffer()) : found;
    }

    void giveBack(Scribe scribe) {
        places.setRelease(scribe.place(), scribe);
    }
}
