package io.starhash.network.ss7;

import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The messages of which some segments have come, as the stack keeps them: how many wait in all, and
 * how many of each far end, so that one that never sends a last segment takes no room from others.
 */
final class Reassemblies {
    private final SignallingPlan plan;
    private final long patience;
    private final LongSupplier nanos;

    /** The oldest first. */
    private final Map<Message, Waiting> waiting = new LinkedHashMap<>();

    private final Map<String, Integer> ofFarEnd = new HashMap<>();

    /** What becomes of a segment. */
    enum Verdict {
        /** It may go on: the stack keeps it, or the message is whole. */
        TAKEN,
        TOO_MANY,
        TOO_MANY_OF_ITS_FAR_END,
        /** No first segment has come, or its message was given up. */
        WITHOUT_FIRST
    }

    private record Message(String farEnd, int reference) {}

    private record Waiting(int pointCode, int remaining, long since) {}

    /**
     * None waits.
     *
     * @param patience how long the stack waits for a last segment
     * @param nanos a clock that only goes forward
     */
    Reassemblies(SignallingPlan plan, Duration patience, LongSupplier nanos) {
        this.plan = plan;
        this.patience = patience.toNanos();
        this.nanos = nanos;
    }

    /**
     * A segment of several has come.
     *
     * @param farEnd its calling party
     */
    synchronized Verdict arrived(int pointCode, String farEnd, SccpData.Segment segment) {
        giveUp();
        Message message = new Message(farEnd, segment.reference());
        Waiting before = waiting.get(message);
        if (before != null && !plan.related(before.pointCode(), pointCode)) {
            return Verdict.WITHOUT_FIRST; // somebody else uses the calling party of this one
        }
        return segment.first()
                ? first(message, new Waiting(pointCode, segment.remaining(), nanos.getAsLong()))
                : further(message, before, segment.remaining());
    }

    private Verdict first(Message message, Waiting arrived) {
        forget(message);
        if (waiting.size() >= plan.limits().guards().reassemblies()) {
            return Verdict.TOO_MANY;
        }
        if (ofFarEnd.getOrDefault(message.farEnd(), 0)
                >= plan.limits().guards().reassembliesPerFarEnd()) {
            return Verdict.TOO_MANY_OF_ITS_FAR_END;
        }
        waiting.put(message, arrived);
        ofFarEnd.merge(message.farEnd(), 1, Integer::sum);
        return Verdict.TAKEN;
    }

    /** One that is out of order goes on too: the stack gives its message up, and says so. */
    private Verdict further(Message message, @Nullable Waiting before, int remaining) {
        if (before == null) {
            return Verdict.WITHOUT_FIRST;
        }
        if (remaining == 0 || remaining != before.remaining() - 1) {
            forget(message);
        } else {
            waiting.replace(message, new Waiting(before.pointCode(), remaining, before.since()));
        }
        return Verdict.TAKEN;
    }

    private void forget(Message message) {
        if (waiting.remove(message) != null) {
            leave(message.farEnd());
        }
    }

    private void leave(String farEnd) {
        ofFarEnd.computeIfPresent(farEnd, (key, count) -> count == 1 ? null : count - 1);
    }

    /** Those that the stack has given up by now. */
    private void giveUp() {
        long now = nanos.getAsLong();
        Iterator<Map.Entry<Message, Waiting>> oldest = waiting.entrySet().iterator();
        while (oldest.hasNext()) {
            Map.Entry<Message, Waiting> entry = oldest.next();
            if (now - entry.getValue().since() < patience) {
                return;
            }
            oldest.remove();
            leave(entry.getKey().farEnd());
        }
    }

    /** How many wait. */
    synchronized int size() {
        giveUp();
        return waiting.size();
    }
}
