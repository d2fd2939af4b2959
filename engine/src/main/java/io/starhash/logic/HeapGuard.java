package io.starhash.logic;

import io.starhash.config.Measure;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the heap has room for one more dialog. What counts is what a collection of garbage leaves
 * over: between two of them even a heap that is mostly garbage may fill up to its end. The mere use
 * of it counts only at the brim, and only until a whole collection tells what of that which the
 * last one left is alive.
 */
public final class HeapGuard {
    private static final Logger log = LoggerFactory.getLogger("heap");

    /** Taken again so far below the bound, in percent, so that it does not flutter. */
    private static final int REOPEN_BELOW = 5;

    private static final int BRIM = 98;

    private final long max;
    private final int percent;
    private final LongSupplier used;
    private volatile long lastLeft;
    private volatile boolean full;
    private volatile boolean atBrim;

    /** What is known after a collection. */
    enum Verdict {
        /** There is room. */
        ROOM,
        /** There is none. */
        FULL,
        /** There may be none: the collection was not a whole one, and a whole one would tell. */
        UNSURE
    }

    /**
     * A guard that knows of no collection yet.
     *
     * @param max the most octets that the heap may have
     * @param percent of them that may be left in use by a collection; from then on there is no room
     * @param used octets in use now, garbage included
     */
    HeapGuard(long max, int percent, LongSupplier used) {
        this.max = max;
        this.percent = percent;
        this.used = used;
    }

    /** Whether one more dialog may begin. Cheap: asked for each. */
    public boolean hasRoom() {
        boolean brimful = lastLeft >= share(percent) && used.getAsLong() >= share(BRIM);
        if (brimful != atBrim) {
            brimChanged(brimful);
        }
        return !full && !brimful;
    }

    private synchronized void brimChanged(boolean brimful) {
        if (brimful != atBrim) {
            atBrim = brimful;
            if (brimful) {
                log.warn(
                        "new dialogs are refused: the heap of {} is full to the brim, and the last"
                                + " collection left {}% of it in use",
                        Measure.SIZE.format(max), lastLeft * 100 / max);
            } else {
                log.info("new dialogs are taken again, as far as it is for the brim of the heap");
            }
        }
    }

    /**
     * A collection has ended.
     *
     * @param left octets in use after it
     * @param whole whether it looked at the whole heap, so that nearly nothing of that is garbage
     */
    synchronized Verdict collected(long left, boolean whole) {
        lastLeft = left;
        if (left < share(percent - REOPEN_BELOW)) {
            change(false, left);
            return Verdict.ROOM;
        }
        if (left >= share(percent)) {
            if (!whole) {
                return Verdict.UNSURE;
            }
            change(true, left);
        }
        return full ? Verdict.FULL : Verdict.ROOM;
    }

    private void change(boolean nowFull, long left) {
        if (full == nowFull) {
            return;
        }
        full = nowFull;
        String found =
                "a collection leaves %s in use, %d%% of the heap of %s"
                        .formatted(
                                Measure.SIZE.format(left >> 20 << 20),
                                left * 100 / max,
                                Measure.SIZE.format(max));
        if (nowFull) {
            log.warn("new dialogs are refused: {} (dialogs.max_heap is {}%)", found, percent);
        } else {
            log.info("new dialogs are taken again: {}", found);
        }
    }

    private long share(int ofHundred) {
        return max / 100 * ofHundred;
    }
}
