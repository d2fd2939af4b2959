package io.moondial.coverage;

/**
 * Some of all.
 *
 * @param some 0 to all
 */
public record Share(long some, long all) {
    public Share {
        if (some < 0 || some > all) {
            throw new IllegalArgumentException(some + " of " + all);
        }
    }

    /** With those of another. */
    public Share plus(Share other) {
        return new Share(some + other.some, all + other.all);
    }

    /** Rounded down, so that 100 means all; of nothing all is there. */
    public int percent() {
        return all == 0 ? 100 : (int) (100 * some / all);
    }

    @Override
    public String toString() {
        return some + "/" + all;
    }
}
