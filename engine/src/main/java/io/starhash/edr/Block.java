package io.starhash.edr;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of encoded lines in memory, one of a chain: many threads put lines in at once, and one
 * takes them out.
 *
 * <p>A thread reserves a place for its line, which also fixes the line's rank, copies the line
 * there, and then tells its length. So the lines stand without gaps in the order of their
 * reservations, and those before the first without a length are whole. Once a line did not fit, the
 * block is sealed: the rest goes into the next one.
 */
final class Block {
    /** The usual size. It is also how much is written at once when there is much to write. */
    static final int OCTETS = 64 * 1024;

    /** The shortest line, of some 50 octets, so often as it fits. */
    private static final int LINES = 1280;

    private static final VarHandle LENGTH = MethodHandles.arrayElementVarHandle(int[].class);

    /** In {@link #reserved}: the lines are counted above the octets, the seal is the sign. */
    private static final int LINES_SHIFT = 32;

    private static final long ONE_LINE = 1L << LINES_SHIFT;
    private static final long SEAL = 1L << 63;

    /** The line does not fit, or the block is sealed. */
    static final long NO_ROOM = 0;

    /** As many lines as may be were put into the chain already. */
    static final long BEYOND_LIMIT = -1;

    private final long before;
    private final byte[] octets;
    private final int[] lengths;
    private final AtomicLong reserved = new AtomicLong();
    private final AtomicReference<@Nullable Block> next = new AtomicReference<>();

    private Block(long before, byte[] octets) {
        this.before = before;
        this.octets = octets;
        this.lengths = new int[octets.length == 0 ? 0 : LINES];
    }

    /** The first of a chain. */
    static Block first() {
        return new Block(0, new byte[OCTETS]);
    }

    /**
     * Puts a line in.
     *
     * @param most the line stays outside where so many were put into the chain already
     * @return how many were put into the chain with it, or {@link #NO_ROOM} or {@link
     *     #BEYOND_LIMIT}
     */
    long put(LineBuffer line, long most) {
        int length = line.length();
        long seen;
        do {
            seen = reserved.get();
            if (seen < 0
                    || length > octets.length - octets(seen)
                    || lines(seen) == lengths.length) {
                return NO_ROOM;
            }
            if (before + lines(seen) >= most) {
                return BEYOND_LIMIT;
            }
        } while (!reserved.compareAndSet(seen, seen + ONE_LINE + length));
        line.copyTo(octets, octets(seen));
        LENGTH.setRelease(lengths, lines(seen), length);
        return before + lines(seen) + 1;
    }

    /** How many lines were put into the chain up to here. */
    long handedOver() {
        return before + lines(reserved.get());
    }

    /**
     * Seals this block, and gives the next one.
     *
     * @param octets the room of the next one, unless there is another already; with none it is an
     *     end
     */
    Block sealedBefore(byte[] octets) {
        long all = reserved.updateAndGet(seen -> seen | SEAL);
        var made = new Block(before + lines(all), octets);
        var other = next.compareAndExchange(null, made);
        return other == null ? made : other;
    }

    /** Whether nothing can be put in, and nothing follows. */
    boolean isEnd() {
        return octets.length == 0;
    }

    /** The next block, once there is one; itself once {@link #forgetNext} was called. */
    @Nullable Block next() {
        return next.get();
    }

    /** Its room; another's to use once every line was put in whole and taken out. */
    byte[] octets() {
        return octets;
    }

    // ---- for the one that takes

    /**
     * Lets go of the next block once no line is left here: else this one, grown old and unused,
     * would keep the garbage collector from taking all that follow it.
     */
    void forgetNext() {
        next.set(this);
    }

    /** The length of a whole line, by its index; 0 where it is not whole, or not there. */
    int lengthOf(int line) {
        return line < lengths.length ? (int) LENGTH.getAcquire(lengths, line) : 0;
    }

    /** Whether all lines that will ever be in the block come before this index. */
    boolean endsBefore(int line) {
        long all = reserved.get();
        return all < 0 && lines(all) == line;
    }

    ByteBuffer content(int from, int length) {
        return ByteBuffer.wrap(octets, from, length);
    }

    private static int octets(long reserved) {
        return (int) reserved;
    }

    private static int lines(long reserved) {
        return (int) ((reserved & ~SEAL) >>> LINES_SHIFT);
    }
}
