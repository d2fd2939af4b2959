package io.starhash.network.ss7;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** How many answers may go out within a second: in all, and to one far end. */
final class AnswerRate {
    private static final long WINDOW = Duration.ofSeconds(1).toNanos();

    private final int inAll;
    private final int perFarEnd;
    private final LongSupplier nanos;

    /** Who got how many within this second: no more entries than answers. */
    private final Map<Object, Integer> answered = new HashMap<>();

    private int all;
    private long began;

    /**
     * Nothing is answered yet.
     *
     * @param nanos a clock that only goes forward
     */
    AnswerRate(int inAll, int perFarEnd, LongSupplier nanos) {
        this.inAll = inAll;
        this.perFarEnd = perFarEnd;
        this.nanos = nanos;
        began = nanos.getAsLong();
    }

    /** Whether this far end may have one more answer now, which then counts. */
    synchronized boolean allows(Object farEnd) {
        long now = nanos.getAsLong();
        if (now - began >= WINDOW) {
            began = now;
            all = 0;
            answered.clear();
        }
        int before = answered.getOrDefault(farEnd, 0);
        if (all >= inAll || before >= perFarEnd) {
            return false;
        }
        all++;
        answered.put(farEnd, before + 1);
        return true;
    }
}
