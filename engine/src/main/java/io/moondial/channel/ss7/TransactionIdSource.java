package io.moondial.channel.ss7;

import java.security.SecureRandom;
import java.util.BitSet;

/**
 * Transaction ids that nobody can guess: each is drawn by the system's secure random generator,
 * evenly over a range. One that was given back is not drawn again until many others were given back
 * after it, so that what comes late for an ended dialog does not meet another one.
 *
 * <p>That is remembered by id where the range is small, else by the lowest bits of the id. Either
 * way at least a quarter of the draws succeeds.
 */
final class TransactionIdSource {
    /** More than these are remembered by their lowest bits. */
    private static final int MAX_PLACES = 1 << 20;

    /** Of all places, at most so many may be taken by what was given back. */
    private static final int RESTING_PART = 8;

    private static final int BUFFER = 4096;

    private final SecureRandom random = new SecureRandom();
    private final byte[] drawn = new byte[BUFFER];
    private int used = BUFFER;

    private final long first;
    private final long ids;
    private final int mask;
    private final int places;

    /** How many are given back before the oldest of them are forgotten. */
    private final long generation;

    /** The places of what was given back: since the last change of generation, and before it. */
    private BitSet lately;

    private BitSet before;
    private long givenBack;

    /**
     * Ids from the first to the last.
     *
     * @param inUse how many there may be in use at once; fewer than there are
     */
    TransactionIdSource(long first, long last, int inUse) {
        this.first = first;
        ids = last - first + 1;
        mask = (int) ((Long.highestOneBit(ids - 1) << 1) - 1);
        places = (int) Math.min(ids, MAX_PLACES);
        generation = Math.min((ids - inUse) / 4, places / RESTING_PART);
        lately = new BitSet(places);
        before = new BitSet(places);
    }

    /** An id that was not given back lately; it may be in use. */
    synchronized long next() {
        while (true) {
            int offset = draw() & mask;
            if (offset < ids && !rests(offset % places)) {
                return first + offset;
            }
        }
    }

    private boolean rests(int place) {
        return lately.get(place) || before.get(place);
    }

    private int draw() {
        if (used == BUFFER) {
            random.nextBytes(drawn);
            used = 0;
        }
        int at = used;
        used += Integer.BYTES;
        return (drawn[at] & 0xff) << 24
                | (drawn[at + 1] & 0xff) << 16
                | (drawn[at + 2] & 0xff) << 8
                | (drawn[at + 3] & 0xff);
    }

    /** This id is not in use any more. */
    synchronized void giveBack(long id) {
        lately.set((int) ((id - first) % places));
        if (++givenBack >= generation) {
            givenBack = 0;
            BitSet oldest = before;
            before = lately;
            oldest.clear();
            lately = oldest;
        }
    }
}
