package io.moondial.channel.ss7;

import io.moondial.channel.ss7.screening.SccpScreening.SccpData;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The messages that wait for more segments, as the stack keeps them: how many wait in all, how many
 * of each link and how many of each far end, so that one that never sends a last segment takes no
 * room from others, though it writes another calling party into each.
 */
final class Reassemblies {
    private final SignallingPlan plan;
    private final LinksBelow links;
    private final Shares places;
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
        TOO_MANY_OF_ITS_LINK,
        TOO_MANY_OF_ITS_FAR_END,
        /** No first segment has come, or its message was given up. */
        WITHOUT_FIRST
    }

    private record Message(String farEnd, int reference) {}

    private record Waiting(Object link, int pointCode, int remaining, long since) {}

    /**
     * None waits.
     *
     * @param patience how long the stack waits for a last segment
     * @param nanos a clock that only goes forward
     */
    Reassemblies(SignallingPlan plan, LinksBelow links, Duration patience, LongSupplier nanos) {
        this.plan = plan;
        this.links = links;
        places = new Shares(plan.limits().sccp().maxReassemblies(), links);
        this.patience = patience.toNanos();
        this.nanos = nanos;
    }

    /**
     * A segment of several has come; on the thread that its link hands it up on.
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
                ? first(
                        message,
                        new Waiting(
                                links.current(), pointCode, segment.remaining(), nanos.getAsLong()))
                : further(message, before, segment.remaining());
    }

    private Verdict first(Message message, Waiting arrived) {
        forget(message);
        if (ofFarEnd.getOrDefault(message.farEnd(), 0)
                >= plan.limits().sccp().maxReassembliesPerFarEnd()) {
            return Verdict.TOO_MANY_OF_ITS_FAR_END;
        }
        return switch (places.take(arrived.link())) {
            case FULL -> Verdict.TOO_MANY;
            case SHARE_FULL -> Verdict.TOO_MANY_OF_ITS_LINK;
            case TAKEN -> {
                waiting.put(message, arrived);
                ofFarEnd.merge(message.farEnd(), 1, Integer::sum);
                yield Verdict.TAKEN;
            }
        };
    }

    /** One that is out of order goes on too: the stack gives its message up, and says so. */
    private Verdict further(Message message, @Nullable Waiting before, int remaining) {
        if (before == null) {
            return Verdict.WITHOUT_FIRST;
        }
        if (remaining == 0 || remaining != before.remaining() - 1) {
            forget(message);
        } else {
            waiting.replace(
                    message,
                    new Waiting(before.link(), before.pointCode(), remaining, before.since()));
        }
        return Verdict.TAKEN;
    }

    private void forget(Message message) {
        Waiting it = waiting.remove(message);
        if (it != null) {
            leave(message.farEnd(), it);
        }
    }

    private void leave(String farEnd, Waiting it) {
        places.giveBack(it.link());
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
            leave(entry.getKey().farEnd(), entry.getValue());
        }
    }

    /** How many wait. */
    synchronized int size() {
        giveUp();
        return waiting.size();
    }
}
