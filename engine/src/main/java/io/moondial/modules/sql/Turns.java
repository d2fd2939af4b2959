package io.moondial.modules.sql;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * So many have a turn at the same time; the others wait in their order. Who has one gives it back,
 * and the next has it at once. Nothing here waits or runs anything.
 */
final class Turns<J> {
    private final Deque<J> waiting = new ArrayDeque<>();
    private final int capacity;
    private int free;
    private boolean ended;

    /** What comes of asking for a turn. */
    enum Answer {
        NOW,
        LATER,
        /** There are no more turns for who comes new. */
        NEVER
    }

    /**
     * All are free.
     *
     * @param capacity how many have a turn at the same time
     */
    Turns(int capacity) {
        this.capacity = capacity;
        this.free = capacity;
    }

    /** How many have a turn at the same time. */
    int capacity() {
        return capacity;
    }

    /** Asks for a turn. With {@link Answer#LATER} it waits, until it has one or leaves. */
    synchronized Answer ask(J who) {
        if (ended) {
            return Answer.NEVER;
        }
        if (free == 0) {
            waiting.add(who);
            return Answer.LATER;
        }
        free--;
        return Answer.NOW;
    }

    /** Somebody's turn is over: the one that has it now; null: nobody waits for it. */
    synchronized @Nullable J pass() {
        J next = waiting.poll();
        if (next == null) {
            free++;
        }
        return next;
    }

    /** Waits no more; false: it does not wait, or has its turn by now. */
    synchronized boolean leave(J who) {
        return waiting.remove(who);
    }

    /** Nobody waits any more: those that did, in their order. */
    synchronized List<J> leaveAll() {
        List<J> all = List.copyOf(waiting);
        waiting.clear();
        return all;
    }

    /** How many wait. */
    synchronized int waiting() {
        return waiting.size();
    }

    /** Nobody new gets a turn. Those that wait still do. */
    synchronized void end() {
        ended = true;
    }

    synchronized boolean haveEnded() {
        return ended;
    }

    /** They have ended, and nobody has one. */
    synchronized boolean areOver() {
        return ended && free == capacity;
    }
}
