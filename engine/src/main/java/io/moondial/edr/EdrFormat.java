package io.moondial.edr;

import java.nio.charset.StandardCharsets;

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

    /** Reads a line, given without its line feed; never throws. */
    public static EdrLine parse(byte[] line) {
        return EdrLineParser.parse(line);
    }

    /** Reads a line, given without its line feed; never throws. */
    public static EdrLine parse(String line) {
        return parse(line.getBytes(StandardCharsets.UTF_8));
    }
}
