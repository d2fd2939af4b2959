package io.moondial.channel.ss7;

import java.util.HashMap;
import java.util.Map;

/**
 * A limited number of places. If there are several links, each takes at most as many as it leaves
 * free: a flood on one never takes the last places from the others.
 */
final class Shares {
    private final int places;
    private final LinksBelow links;
    private final Map<Object, Integer> taken = new HashMap<>();
    private int all;

    /** What becomes of who asks for a place. */
    enum Verdict {
        TAKEN,
        /** No place is left. */
        FULL,
        /** Its link has its share. */
        SHARE_FULL
    }

    /** So many places, all of them free. */
    Shares(int places, LinksBelow links) {
        this.places = places;
        this.links = links;
    }

    /** Takes a place for this link, if it may have one. */
    synchronized Verdict take(Object link) {
        int before = taken.getOrDefault(link, 0);
        if (all >= places) {
            return Verdict.FULL;
        }
        if (before >= places - all && links.areSeveral()) {
            return Verdict.SHARE_FULL;
        }
        taken.put(link, before + 1);
        all++;
        return Verdict.TAKEN;
    }

    /** A place that this link has taken is free again. */
    synchronized void giveBack(Object link) {
        taken.computeIfPresent(link, (key, count) -> count == 1 ? null : count - 1);
        all--;
    }

    /** Every place is free again. */
    synchronized void giveAllBack() {
        taken.clear();
        all = 0;
    }
}
