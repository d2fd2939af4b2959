package io.starhash.edr;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

/** Blocks of lines one after the other, without a bound; a {@link BlockReader} takes them out. */
final class BlockChain {
    /** The chain was ended. */
    static final long ENDED = -2;

    private static final AtomicReferenceFieldUpdater<BlockChain, Block> LAST =
            AtomicReferenceFieldUpdater.newUpdater(BlockChain.class, Block.class, "last");

    private static final int SPARES = 4;

    /** The room of blocks that are done with: to clear a new one costs as much as to fill it. */
    private final ArrayBlockingQueue<byte[]> spares = new ArrayBlockingQueue<>(SPARES);

    private volatile Block last = Block.first();

    /**
     * Puts a line in; any thread may.
     *
     * @param most the line stays outside where so many were put in already
     * @return how many were put in with it, or {@link Block#BEYOND_LIMIT} or {@link #ENDED}
     */
    long put(LineBuffer line, long most) {
        var block = last;
        long count;
        while ((count = block.put(line, most)) == Block.NO_ROOM) {
            if (block.isEnd()) {
                return ENDED;
            }
            block = after(block, line);
        }
        return count;
    }

    /** Lets nothing in any more. */
    void end() {
        var block = last;
        while (!block.isEnd()) {
            var next = block.next();
            block = advance(block, next == null ? block.sealedBefore(new byte[0]) : next);
        }
    }

    /** How many lines were put in. */
    long handedOver() {
        return last.handedOver();
    }

    /** The block that lines are put into. */
    Block last() {
        return last;
    }

    /** Tells that the reader has taken all lines of a block, and went on to the next. */
    void leave(Block block, Block next) {
        LAST.compareAndSet(this, block, next);
        block.forgetNext();
        if (block.octets().length == Block.OCTETS) {
            // One too many is left to the garbage collector.
            spares.offer(block.octets());
        }
    }

    private Block after(Block full, LineBuffer line) {
        var next = full.next();
        return advance(full, next == null ? full.sealedBefore(roomFor(line)) : next);
    }

    /** A block that the reader has left has itself in the place of the next one. */
    private Block advance(Block full, Block next) {
        if (next == full) {
            return last;
        }
        LAST.compareAndSet(this, full, next);
        return next;
    }

    private byte[] roomFor(LineBuffer line) {
        byte[] spare = line.length() > Block.OCTETS ? null : spares.poll();
        return spare == null ? new byte[Math.max(Block.OCTETS, line.length())] : spare;
    }
}
