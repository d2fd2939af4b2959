package io.moondial.script.lua;

import java.io.InputStream;

/**
 * Lua source as the compiler reads it. The compiler asks on and on in an unfinished string that
 * ends in {@code \z}, taking the end of input for a blank; so after enough such reads this stream
 * ends it, by an unchecked exception, for it swallows an IOException.
 */
@SuppressWarnings("InputStreamSlowMultibyteRead") // the compiler reads octet by octet
final class SourceStream extends InputStream {
    /** Thrown out of the compiler. */
    static final class ReadPastEnd extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ReadPastEnd() {
            super("read past the end", null, false, false);
        }
    }

    private static final int READS_PAST_END = 64;

    private final SourceText source;
    private int read;

    SourceStream(SourceText source) {
        this.source = source;
    }

    /**
     * The next octet; behind the last one a blank, so that the last word is left before the end.
     */
    @Override
    public int read() {
        int index = read++;
        if (index > source.length() + READS_PAST_END) {
            throw new ReadPastEnd();
        }
        return index == source.length() ? ' ' : source.at(index);
    }

    /** How many octets have been asked for. */
    int position() {
        return read;
    }
}
