package io.moondial.script.stdlib;

import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.Meter;
import org.jspecify.annotations.Nullable;

/** What the parentheses of a pattern have captured of the subject so far. */
final class Captures {
    private static final int MAX = 32;

    /** A capture's length while it is open, and of one that stands for a position. */
    private static final int OPEN = -1;

    private static final int POSITION = -2;

    private final LuaString subject;
    private final Meter meter;
    private final int[] starts = new int[MAX];
    private final int[] lengths = new int[MAX];
    private int count;

    Captures(LuaString subject, Meter meter) {
        this.subject = subject;
        this.meter = meter;
    }

    void clear() {
        count = 0;
    }

    void open(int start, boolean position) {
        if (count >= MAX) {
            throw new LuaError("too many captures");
        }
        starts[count] = start;
        lengths[count] = position ? POSITION : OPEN;
        count++;
    }

    void takeBackLast() {
        count--;
    }

    /** Ends the newest capture that is open, and says which it is. */
    int close(int end) {
        for (int i = count - 1; i >= 0; i--) {
            if (lengths[i] == OPEN) {
                lengths[i] = end - starts[i];
                return i;
            }
        }
        throw new LuaError("invalid pattern capture");
    }

    void reopen(int index) {
        lengths[index] = OPEN;
    }

    /** The index of a capture, which must have ended. */
    int closed(int index) {
        if (index < 0 || index >= count || lengths[index] == OPEN) {
            throw new LuaError("invalid capture index %" + (index + 1));
        }
        return index;
    }

    int start(int index) {
        return starts[index];
    }

    int length(int index) {
        return Math.max(0, lengths[index]);
    }

    boolean isPosition(int index) {
        return lengths[index] == POSITION;
    }

    /** A capture from 0 as a value; the whole match as the first where the pattern has none. */
    Object value(int index, int start, int end) {
        if (index >= count) {
            if (index == 0) {
                return part(start, end);
            }
            throw new LuaError("invalid capture index");
        }
        if (lengths[index] == POSITION) {
            return (double) (starts[index] + 1);
        }
        if (lengths[index] == OPEN) {
            throw new LuaError("unfinished capture");
        }
        return part(starts[index], starts[index] + lengths[index]);
    }

    /** All captures as values; the whole match where the pattern has none and it is asked for. */
    @Nullable Object[] values(int start, int end, boolean wholeIfNone) {
        @Nullable Object[] values = new @Nullable Object[count == 0 && wholeIfNone ? 1 : count];
        for (int i = 0; i < values.length; i++) {
            values[i] = value(i, start, end);
        }
        return values;
    }

    /** A part of the subject. */
    LuaString part(int from, int to) {
        meter.string(to - from);
        return subject.slice(from, to);
    }
}
