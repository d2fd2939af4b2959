package io.moondial.edr;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/**
 * The writer of records as lines: {@code 2021-09-30 05:00:54.079<ID>EVENT|KEY=VALUE|...}, in UTC.
 *
 * <p>Made for one thread: it keeps the written form of the second of the last record, as most
 * records share it with the one before.
 */
final class RecordEncoder {
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
