package io.starhash.edr;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;

/**
 * What a file left in progress holds.
 *
 * @param lines how many whole lines
 * @param end where the last whole line ends, in octets; what comes after it is torn
 * @param hasHeader whether the first line is a header
 * @param hasFooter whether the last whole line is a footer: it was killed just before its renaming
 */
record OrphanContent(long lines, long end, boolean hasHeader, boolean hasFooter) {
    private static final String HEADER = "#HEADER|";
    private static final String FOOTER = "#FOOTER|";
    private static final int CHUNK = 64 * 1024;

    static OrphanContent read(FileChannel channel) throws IOException {
        long lines = 0;
        long end = 0;
        long lastLine = 0;
        var chunk = ByteBuffer.allocate(CHUNK);
        for (long position = 0; channel.read(chunk.clear(), position) > 0; ) {
            for (int i = 0; i < chunk.position(); i++) {
                if (chunk.get(i) == '\n') {
                    lines++;
                    lastLine = end;
                    end = position + i + 1;
                }
            }
            position += chunk.position();
        }
        return new OrphanContent(
                lines,
                end,
                lines > 0 && startsWith(channel, 0, HEADER),
                lines > 1 && startsWith(channel, lastLine, FOOTER));
    }

    long records() {
        return lines - (hasHeader ? 1 : 0) - (hasFooter ? 1 : 0);
    }

    private static boolean startsWith(FileChannel channel, long position, String word)
            throws IOException {
        var found = ByteBuffer.allocate(word.length());
        while (found.hasRemaining() && channel.read(found, position + found.position()) > 0) {}
        return word.equals(new String(found.array(), StandardCharsets.US_ASCII));
    }
}
