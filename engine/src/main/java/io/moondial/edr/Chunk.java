package io.moondial.edr;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Encoded lines that are taken together, and passed over one after the other. It has no lock:
 * whoever uses it has it to itself.
 */
final class Chunk {
    /** The usual size of one that lines are added to. */
    static final int OCTETS = 64 * 1024;

    private final LineBuffer buffer;
    private int passed;

    /** The one after it in the {@link Queue} that it is in. */
    @Nullable Chunk next;

    /** An empty one that is small to begin with. */
    Chunk() {
        buffer = new LineBuffer();
    }

    /**
     * An empty one.
     *
     * @param capacity for how many octets it need not grow
     */
    Chunk(int capacity) {
        buffer = new LineBuffer(capacity);
    }

    /** Whether more can be added; to an empty one always. */
    boolean hasRoomFor(Chunk more) {
        return octets() == 0 || more.octets() <= OCTETS - octets();
    }

    /** Adds all lines of another: all or (with an exception) none. */
    void add(Chunk more) {
        buffer.putLines(more.buffer);
    }

    /** How long it is, lines that were passed over counted. */
    int octets() {
        return buffer.length();
    }

    /** How many lines are left in it. */
    int lines() {
        return buffer.lines() - passed;
    }

    /** The first lines of those that are left, this many. */
    ByteBuffer content(int count) {
        return buffer.content(passed, passed + count);
    }

    /** Skips this many of the lines that are left. */
    void pass(int count) {
        passed += count;
    }

    /** Where lines are put. */
    LineBuffer buffer() {
        return buffer;
    }

    /** Empties it, to be filled again. */
    void clear() {
        buffer.clear();
        passed = 0;
    }

    /**
     * Chunks one after the other, each in no other queue. It needs no memory, so that a chunk can
     * always be moved, and nothing is lost on the way if memory is short.
     */
    static final class Queue {
        private @Nullable Chunk first;
        private @Nullable Chunk last;
        private int size;

        int size() {
            return size;
        }

        /** The first; null if there is none. */
        @Nullable Chunk peek() {
            return first;
        }

        /** Adds one at the end. */
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

        /** Takes the first out; null if there is none. */
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

    /**
     * The chunks that are written together. It has no lock: it is the writer's alone.
     *
     * <p>A file system keeps what is written at once in larger pieces, and takes half the time for
     * it.
     */
    static final class Batch {
        /** This much is written at once, if it waits; a single chunk may have more. */
        static final int OCTETS = 256 * 1024;

        private final Chunk.Queue chunks = new Chunk.Queue();
        private int octets;
        private int lines;

        /** Whether a chunk can be added; to an empty one always. */
        boolean hasRoomFor(Chunk chunk) {
            return chunks.size() == 0 || chunk.octets() <= OCTETS - octets;
        }

        /** Adds a chunk that nobody adds lines to any more. */
        void add(Chunk chunk) {
            chunks.add(chunk);
            octets += chunk.octets();
            lines += chunk.lines();
        }

        /** How many lines are left in it. */
        int lines() {
            return lines;
        }

        /** The first lines of those that are left, this many. */
        ByteBuffer[] content(int count) {
            var content = new ByteBuffer[chunks.size()];
            int parts = 0;
            int left = count;
            for (var chunk = chunks.peek(); chunk != null && left > 0; chunk = chunk.next) {
                int some = Math.min(left, chunk.lines());
                content[parts++] = chunk.content(some);
                left -= some;
            }
            return Arrays.copyOf(content, parts);
        }

        /** Skips this many of the lines that are left; needs no memory. */
        void pass(int count) {
            int left = count;
            for (var chunk = chunks.peek(); chunk != null && left > 0; chunk = chunk.next) {
                int some = Math.min(left, chunk.lines());
                chunk.pass(some);
                left -= some;
            }
            lines -= count;
        }

        /** Takes a chunk out of one that has no lines left; null if there is none. */
        @Nullable Chunk poll() {
            var chunk = chunks.poll();
            octets -= chunk == null ? 0 : chunk.octets();
            return chunk;
        }
    }
}
