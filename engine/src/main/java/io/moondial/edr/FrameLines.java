package io.moondial.edr;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;

/** The first and the last line of a file, as octets with their line feeds. */
final class FrameLines {
    private FrameLines() {}

    static byte[] header(Path complete, Instant opened, String hostname) {
        var line = new LineBuffer();
        line.putAscii("#HEADER|FILENAME=");
        PercentCode.encode(complete.toString(), line);
        line.putAscii("|TIME_START=" + opened.getEpochSecond() + "|HOSTNAME=");
        PercentCode.encode(hostname, line);
        line.putAscii("\n");
        return line.ascii().getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * The footer.
     *
     * @param numBytes the octets of the header and the records with their line feeds
     */
    static byte[] footer(Instant closed, long numEdrs, long numBytes) {
        return "#FOOTER|TIME_FINISH=%d|NUM_EDRS=%d|NUM_BYTES=%d\n"
                .formatted(closed.getEpochSecond(), numEdrs, numBytes)
                .getBytes(StandardCharsets.US_ASCII);
    }
}
