package io.moondial.dialog;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The screens whose time ran out and whose answer may still come, and the invoke ids in use: an id
 * is not used again while an answer to it is possible (ITU-T Q.774 3.2.1.1.3).
 */
final class LateScreens {
    /** Invoke ids are one octet, signed; the positive half is enough for one dialog. */
    static final int MAX = 127;

    /** Replaced, never changed: it is shared by the states of a dialog, and nearly always empty. */
    private Map<Integer, Phase.Sent> unanswered;

    private int lastInvokeId;

    LateScreens() {
        this(Map.of(), 0);
    }

    private LateScreens(Map<Integer, Phase.Sent> unanswered, int lastInvokeId) {
        this.unanswered = unanswered;
        this.lastInvokeId = lastInvokeId;
    }

    LateScreens copy() {
        return new LateScreens(unanswered, lastInvokeId);
    }

    boolean full() {
        return unanswered.size() >= MAX;
    }

    /** The next free invoke id; not to be asked of a full one. */
    int nextInvokeId() {
        do {
            lastInvokeId = lastInvokeId % MAX + 1;
        } while (unanswered.containsKey(lastInvokeId));
        return lastInvokeId;
    }

    void add(Phase.Sent screen) {
        Map<Integer, Phase.Sent> more = new HashMap<>(unanswered);
        more.put(screen.invokeId(), screen);
        unanswered = more;
    }

    Phase.@Nullable Sent remove(int invokeId) {
        if (!unanswered.containsKey(invokeId)) {
            return null;
        }
        Map<Integer, Phase.Sent> fewer = new HashMap<>(unanswered);
        Phase.Sent removed = fewer.remove(invokeId);
        unanswered = fewer;
        return removed;
    }

    Phase.@Nullable Sent find(int invokeId) {
        return unanswered.get(invokeId);
    }
}
