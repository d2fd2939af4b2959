package io.moondial.channel.ss7;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** Since when points cannot be reached, and why. */
final class Reach {
    private final IntPredicate linked;
    private final Map<Integer, Instant> lost = new ConcurrentHashMap<>();

    /**
     * No point has been lost yet.
     *
     * @param linked whether a link leads to a point
     */
    Reach(IntPredicate linked) {
        this.linked = linked;
    }

    void lost(int pointCode) {
        lost.putIfAbsent(pointCode, Instant.now().truncatedTo(ChronoUnit.SECONDS));
    }

    void found(int pointCode) {
        lost.remove(pointCode);
    }

    /** In words, of a point that cannot be reached. */
    String why(int pointCode) {
        Instant since = lost.get(pointCode);
        return "point code %d cannot be reached (%s)".formatted(pointCode, why(pointCode, since));
    }

    private String why(int pointCode, @Nullable Instant since) {
        if (linked.test(pointCode)) {
            return since == null
                    ? "the far side has not said yet that it can"
                    : "DUNA since " + since;
        }
        return since == null ? "there was no link to it yet" : "no link leads to it since " + since;
    }
}
