package io.moondial.edr;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/**
 * The form of records on a line, as {@code edr-spec/README.md} states it.
 *
 * <p>Source: N-Squared n2ttg Technical Guide, USSD EDRs; n2svcd Technical Guide, Common EDR Format.
 */
public final class EdrFormat {
    private EdrFormat() {}

    /** The record's line, without the line feed. */
    public static String encode(Edr edr) {
        var out = new LineBuffer();
        new RecordEncoder().encode(edr, out);
        return out.ascii();
    }

    /** The first line of a file, as octets with its line feed. */
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
     * The last line of a file, as octets with its line feed.
     *
     * @param numBytes the octets of the header and the records with their line feeds
     */
    static byte[] footer(Instant closed, long numEdrs, long numBytes) {
        return "#FOOTER|TIME_FINISH=%d|NUM_EDRS=%d|NUM_BYTES=%d\n"
                .formatted(closed.getEpochSecond(), numEdrs, numBytes)
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Reads a line, given without its line feed; never throws. */
    public static EdrLine parse(byte[] line) {
        return EdrLineParser.parse(line);
    }

    /** Reads a line, given without its line feed; never throws. */
    public static EdrLine parse(String line) {
        return parse(line.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The writer of records as lines: {@code 2021-09-30 05:00:54.079<ID>EVENT|KEY=VALUE|...}, in
     * UTC.
     *
     * <p>Made for one thread: it keeps the written form of the last record's second, because most
     * records have the same second as the one before.
     */
    static final class RecordEncoder {
        private static final DateTimeFormatter TO_THE_SECOND =
                DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.", Locale.ROOT);
        private static final int NANOS_A_MILLI = 1_000_000;

        private static final int MILLIS_DIGITS = 3;

        private long second = Long.MIN_VALUE;
        private byte[] secondText = {};

        /** Puts the record and the line feed that ends it. */
        void encodeLine(Edr edr, LineBuffer out) {
            encode(edr, out);
            out.endLine();
        }

        /** Puts the record alone. */
        void encode(Edr edr, LineBuffer out) {
            putTime(edr.at(), out);
            out.putAscii('<', edr.instanceId(), '>');
            out.putAscii(edr.event());
            var fields = edr.fields();
            for (int i = 0; i < fields.size(); i++) {
                putField(fields.get(i), out);
            }
        }

        private void putTime(Instant at, LineBuffer out) {
            long epochSecond = at.getEpochSecond();
            int millis = at.getNano() / NANOS_A_MILLI;
            if (epochSecond != second) {
                secondText =
                        TO_THE_SECOND
                                .format(LocalDateTime.ofEpochSecond(epochSecond, 0, ZoneOffset.UTC))
                                .getBytes(StandardCharsets.US_ASCII);
                second = epochSecond;
            }
            out.put(secondText);
            out.reserve(MILLIS_DIGITS);
            out.put((byte) ('0' + millis / 100));
            out.put((byte) ('0' + millis / 10 % 10));
            out.put((byte) ('0' + millis % 10));
        }

        private static void putField(Edr.Field field, LineBuffer out) {
            out.putAscii('|', field.name(), '=');
            putValues(field.values(), out);
        }

        private static void putValues(List<String> values, LineBuffer out) {
            PercentCode.encode(values.getFirst(), out);
            for (int i = 1; i < values.size(); i++) {
                out.reserve(1);
                out.put((byte) ',');
                PercentCode.encode(values.get(i), out);
            }
        }
    }
}
