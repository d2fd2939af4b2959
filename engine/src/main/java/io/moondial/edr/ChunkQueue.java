package io.moondial.edr;

import org.jspecify.annotations.Nullable;

/**
 * Chunks one after the other, each in no other queue. It takes no memory of its own, so that a
 * chunk can always be moved: where memory is short nothing is lost on the way.
 */
final class ChunkQueue {
    private @Nullable Chunk first;
    private @Nullable Chunk last;
    private int size;

    int size() {
        return size;
    }

    /** The first; null where there is none. */
    @Nullable Chunk peek() {
        return first;
    }

    /** Puts one behind the others. */
    void add(Chunk chunk) {
        if (last == null) {
            first = chunk;
        } else {
            last.next = chunk;
        }
        last = chunk;
        size++;
    }

    /** Puts one before the others. */
    void push(Chunk chunk) {
        chunk.next = first;
        first = chunk;
        if (last == null) {
            last = chunk;
        }
        size++;
    }

    /** Takes the first out; null where there is none. */
    @Nullable Chunk poll() {
        var chunk = first;
        if (chunk != null) {
            first = chunk.next;
            chunk.next = null;
            size--;
            if (first == null) {
                last = null;
            }
        }
        return chunk;
    }
}
