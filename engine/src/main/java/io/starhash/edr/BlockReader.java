package io.starhash.edr;

import java.nio.ByteBuffer;

/** The one that takes lines out of a chain of blocks, in their order; for one thread. */
final class BlockReader {
    private final BlockChain chain;
    private Block block;
    private int line;
    private int octet;
    private int readyLines;
    private int readyOctets;

    /** A reader of a chain that nothing was put into yet. */
    BlockReader(BlockChain chain) {
        this.chain = chain;
        block = chain.last();
    }

    /**
     * How many lines can be taken at once: those in the same block and before the first that is
     * still being put in.
     */
    int ready() {
        count();
        while (readyLines == 0 && block.endsBefore(line)) {
            var next = block.next();
            if (next == null) {
                break;
            }
            chain.leave(block, next);
            block = next;
            line = 0;
            octet = 0;
            count();
        }
        return readyLines;
    }

    /** The first so many of the lines that are ready. */
    ByteBuffer content(int lines) {
        return block.content(octet, octetsOf(lines));
    }

    /** Passes over the first so many of the lines that are ready. */
    void pass(int lines) {
        int octets = octetsOf(lines);
        line += lines;
        octet += octets;
        readyLines -= lines;
        readyOctets -= octets;
    }

    private void count() {
        for (int length; (length = block.lengthOf(line + readyLines)) > 0; ) {
            readyLines++;
            readyOctets += length;
        }
    }

    private int octetsOf(int lines) {
        if (lines == readyLines) {
            return readyOctets;
        }
        int octets = 0;
        for (int i = 0; i < lines; i++) {
            octets += block.lengthOf(line + i);
        }
        return octets;
    }
}
