package io.moondial.script.lua;

import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How often each of some instructions of a function was carried out, by any number of runs at once.
 * In the code that runs, each of them is replaced by {@link Opcode#WATCH} with its index; code that
 * nobody watches has none, and pays nothing.
 */
final class Watches {
    private final Flow flow;

    /** The instructions watched: the pc, and what stood there. */
    private final int[] places;

    private final int[] replaced;
    private final AtomicLongArray passed;

    Watches(Flow flow) {
        this.flow = flow;
        BitSet points = flow.watchPoints();
        this.places = points.stream().toArray();
        this.replaced = new int[places.length];
        this.passed = new AtomicLongArray(places.length);
    }

    /** The instructions with the watches among them. */
    int[] among(int[] instructions) {
        int[] running = instructions.clone();
        for (int i = 0; i < places.length; i++) {
            replaced[i] = instructions[places[i]];
            running[places[i]] = Opcode.watch(i);
        }
        return running;
    }

    /** Counts one more; the instruction that is to be carried out. */
    int passed(int index) {
        passed.incrementAndGet(index);
        return replaced[index];
    }

    Flow flow() {
        return flow;
    }

    /** Whether an instruction is watched. */
    boolean at(int pc) {
        return Arrays.binarySearch(places, pc) >= 0;
    }

    /** How often a watched instruction was carried out. */
    long count(int pc) {
        return passed.get(Arrays.binarySearch(places, pc));
    }

    /**
     * How often a branch went one of its ways: as often as the instruction there was carried out,
     * without those who came there otherwise. That is not the branch's own count less its other
     * way: a comparison may raise an error, and go neither.
     */
    long taken(int target) {
        long count = count(target);
        for (int jump : flow.jumpsTo(target)) {
            count -= count(jump);
        }
        return Math.max(count, 0);
    }
}
