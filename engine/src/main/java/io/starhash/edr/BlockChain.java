package io.starhash.edr;

import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

/** Blocks of lines one after the other, without a bound; a {@link BlockReader} takes them out. */
final class BlockChain {
    /** The chain was ended. */
    static final long ENDED = -2;

    private static final AtomicReferenceFieldUpdater<BlockChain, Block> LAST =
            AtomicReferenceFieldUpdater.newUpdater(BlockChain.class, Block.class, "last");

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
            block = advance(block, block.sealedFor(line));
        }
        return count;
    }

    /** Lets nothing in any more. */
    void end() {
        var block = last;
        while (!block.isEnd()) {
            block = advance(block, block.sealedForEnd());
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

    /** Tells that the reader went on from one block to the next. */
    void leave(Block block, Block next) {
        LAST.compareAndSet(this, block, next);
        block.forgetNext();
    }

    /** A block that the reader has left has itself in the place of the next one. */
    private Block advance(Block full, Block next) {
        if (next == full) {
            return last;
        }
        LAST.compareAndSet(this, full, next);
        return next;
    }
}
