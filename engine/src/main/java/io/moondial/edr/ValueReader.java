package io.moondial.edr;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The reader of one value: undoes the percent-encoding, and parts a list at its bare commas. */
final class ValueReader {
    private static final int ESCAPE = 3;
    private static final String ESCAPE_RULE =
            "a % is followed by two hex digits, and one of the text is written %25";

    private final byte[] line;
    private final int start;
    private final int end;
    private final String name;
    private final Flaws flaws;

    /**
     * @param name the field's, for the messages
     * @param flaws takes what is wrong in it
     */
    ValueReader(byte[] line, int start, int end, String name, Flaws flaws) {
        this.line = line;
        this.start = start;
        this.end = end;
        this.name = name;
        this.flaws = flaws;
    }

    /** One text, or several where commas part them. */
    List<String> read() {
        var values = new ArrayList<String>();
        int from = start;
        for (int i = start; i < end; i++) {
            if (line[i] == ',') {
                values.add(text(from, i));
                from = i + 1;
            }
        }
        values.add(text(from, end));
        return values;
    }

    private String text(int from, int to) {
        var octets = ByteBuffer.allocate(to - from);
        for (int i = from; i < to; ) {
            if (line[i] == '%' && isEscape(i, to)) {
                int octet = hex(line[i + 1]) << 4 | hex(line[i + 2]);
                noteEscape(i, octet);
                octets.put((byte) octet);
                i += ESCAPE;
            } else {
                noteUnescaped(i, to);
                octets.put(line[i]);
                i++;
            }
        }
        return utf8(octets.flip(), from);
    }

    private boolean isEscape(int index, int to) {
        return index + ESCAPE <= to && hex(line[index + 1]) >= 0 && hex(line[index + 2]) >= 0;
    }

    /** A reader takes any escape; but there is only one form of each octet. */
    private void noteEscape(int index, int octet) {
        String found = new String(line, index, ESCAPE, StandardCharsets.US_ASCII);
        String written =
                PercentCode.isSafe(octet) ? "\"" + (char) octet + "\"" : "%%%02X".formatted(octet);
        if (!found.equals(written)) {
            flaws.add(
                    index, () -> "%s has %s, which is written %s".formatted(name, found, written));
        }
    }

    private void noteUnescaped(int index, int to) {
        int octet = line[index] & 0xFF;
        if (octet == '%') {
            flaws.add(
                    index,
                    () -> "%s has \"%s\"; %s".formatted(name, shown(index, to), ESCAPE_RULE));
        } else if (!PercentCode.isSafe(octet)) {
            flaws.add(
                    index,
                    () -> "%s has an octet that is written as %%%02X".formatted(name, octet));
        }
    }

    /** What stands in an escape's place, as far as it can be printed. */
    private String shown(int index, int to) {
        int end = Math.min(index + ESCAPE, to);
        return new String(line, index, end - index, StandardCharsets.ISO_8859_1)
                .replaceAll("[^ -~]", "?");
    }

    private String utf8(ByteBuffer octets, int from) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(octets.duplicate()).toString();
        } catch (CharacterCodingException e) {
            flaws.add(from, () -> name + " is not UTF-8; what is not is read as U+FFFD");
            return StandardCharsets.UTF_8.decode(octets).toString();
        }
    }

    private static int hex(byte octet) {
        return Character.digit(octet & 0xFF, 16);
    }
}
