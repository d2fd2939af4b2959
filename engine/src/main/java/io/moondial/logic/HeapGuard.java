package io.moondial.logic;

import io.moondial.config.Measure;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the heap has room for one more dialog. What counts is the live part: what a garbage
 * collection leaves in use, without what was allocated while it ran. A collector that works beside
 * the program, as ZGC does, leaves all of that in use, and a busy engine allocates a whole heap
 * while one collection lasts.
 *
 * <p>Between two collections even a heap that is mostly garbage fills up to its end, so mere use
 * counts only at the brim, and only where what was alive, with the dialogs that have been opened
 * since, would be too much by now.
 */
public final class HeapGuard {
    private static final Logger log = LoggerFactory.getLogger("heap");

    /** Taken again so far below the bound, in percent, so that it does not flutter. */
    private static final int REOPEN_BELOW = 5;

    private static final int BRIM = 98;

    private final long max;
    private final int percent;
    private final LongSupplier used;
    private final LongSupplier open;
    private volatile Alive alive = Alive.UNKNOWN;
    private volatile boolean full;
    private volatile boolean atBrim;

    /**
     * What a collection found alive.
     *
     * @param octets that were
     * @param open the dialogs that were open when it began
     */
    private record Alive(long octets, long open) {
        static final Alive UNKNOWN = new Alive(0, 0);

        /**
         * With fewer dialogs, what is alive may be the engine itself for the most part, and says
         * little of what one of them takes.
         */
        private static final long FEW = 10_000;

        /** What one of few dialogs is taken to need, in octets: twice what a usual one does. */
        private static final long USUAL = 16 * 1024;

        /** What is alive with this many dialogs. */
        long with(long nowOpen) {
            long each = open < FEW ? USUAL : octets / open;
            return octets + each * Math.max(0, nowOpen - open);
        }
    }

    /** What is known after a collection. */
    enum Verdict {
        /** There is room. */
        ROOM,
        /** There is none. */
        FULL,
        /** There may be none: the collection was not a full one, and a full one would show it. */
        UNSURE
    }

    /**
     * A guard that knows of no collection yet.
     *
     * @param max the most octets that the heap may have
     * @param percent of them that may be left in use by a collection; from then on there is no room
     * @param used octets in use now, garbage included
     * @param open how many dialogs are open now
     */
    HeapGuard(long max, int percent, LongSupplier used, LongSupplier open) {
        this.max = max;
        this.percent = percent;
        this.used = used;
        this.open = open;
    }

    /** Whether one more dialog may begin. Asked for each, so the JVM is asked only in need. */
    public boolean hasRoom() {
        boolean brimful =
                alive.with(open.getAsLong()) >= share(percent) && used.getAsLong() >= share(BRIM);
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
                        "new dialogs are refused: the heap of {} is used up, and {}% of it was in use after the last garbage collection",
                        Measure.SIZE.format(max), alive.octets() * 100 / max);
            } else {
                log.info("new dialogs are accepted again: the heap is not used up any more");
            }
        }
    }

    /**
     * A collection has ended.
     *
     * @param live octets in use after it, without those that were allocated while it ran
     * @param openThen how many dialogs were open when it began
     * @param whole whether it looked at the whole heap, so that nearly nothing of that is garbage
     */
    synchronized Verdict collected(long live, long openThen, boolean whole) {
        alive = new Alive(live, openThen);
        if (live < share(percent - REOPEN_BELOW)) {
            change(false, live);
            return Verdict.ROOM;
        }
        if (live >= share(percent)) {
            if (!whole) {
                return Verdict.UNSURE;
            }
            change(true, live);
        }
        return full ? Verdict.FULL : Verdict.ROOM;
    }

    private void change(boolean nowFull, long live) {
        if (full == nowFull) {
            return;
        }
        full = nowFull;
        String found =
                "%s are in use after a garbage collection, %d%% of the heap of %s"
                        .formatted(
                                Measure.SIZE.format(live >> 20 << 20),
                                live * 100 / max,
                                Measure.SIZE.format(max));
        if (nowFull) {
            log.warn("new dialogs are refused: {} (dialogs.max_heap is {}%)", found, percent);
        } else {
            log.info("new dialogs are accepted again: {}", found);
        }
    }

    private long share(int ofHundred) {
        return max / 100 * ofHundred;
    }
}
