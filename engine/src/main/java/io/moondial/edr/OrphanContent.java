package io.moondial.edr;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.regex.Pattern;

/**
 * What a file left in progress holds.
 *
 * @param lines how many whole lines
 * @param end where the last whole line ends, in octets; what comes after it is torn
 * @param hasHeader whether the first line is a header
 * @param started the header's TIME_START; {@link Instant#EPOCH} where it has none
 * @param hasFooter whether the last whole line is a footer: it was killed just before its renaming
 */
record OrphanContent(long lines, long end, boolean hasHeader, Instant started, boolean hasFooter) {
    private static final String HEADER = "#HEADER|";
    private static final String FOOTER = "#FOOTER|";
    private static final Pattern STARTED = Pattern.compile("\\|TIME_START=(\\d{1,11})[|\n]");
    private static final int LONGEST_HEADER = 16 * 1024;
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
                started(channel),
                lines > 1 && startsWith(channel, lastLine, FOOTER));
    }

    long records() {
        return lines - (hasHeader ? 1 : 0) - (hasFooter ? 1 : 0);
    }

    private static boolean startsWith(FileChannel channel, long position, String word)
            throws IOException {
        return word.equals(text(channel, position, word.length()));
    }

    private static Instant started(FileChannel channel) throws IOException {
        var found = STARTED.matcher(text(channel, 0, LONGEST_HEADER));
        return found.find() ? Instant.ofEpochSecond(Long.parseLong(found.group(1))) : Instant.EPOCH;
    }

    /** So many octets from a position on, or as many as there are. */
    private static String text(FileChannel channel, long position, int octets) throws IOException {
        var found = ByteBuffer.allocate(octets);
        while (found.hasRemaining() && channel.read(found, position + found.position()) > 0) {}
        return new String(found.array(), 0, found.position(), StandardCharsets.US_ASCII);
    }
}
