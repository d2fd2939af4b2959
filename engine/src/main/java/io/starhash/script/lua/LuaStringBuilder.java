package io.starhash.script.lua;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;

/** A Lua string in the making; never longer than the meter allows. */
public final class LuaStringBuilder {
    private static final int SMALLEST = 32;

    private final Meter meter;
    private byte[] octets = new byte[SMALLEST];
    private int length;

    public LuaStringBuilder(Meter meter) {
        this.meter = meter;
    }

    public int length() {
        return length;
    }

    public void append(int octet) {
        reserve(1);
        octets[length++] = (byte) octet;
    }

    public void append(LuaString string) {
        reserve(string.length());
        string.copyTo(octets, length);
        length += string.length();
    }

    /** Appends a text of ASCII. */
    public void append(String ascii) {
        for (byte octet : ascii.getBytes(ISO_8859_1)) {
            append(octet);
        }
    }

    private void reserve(int more) {
        if (length + more > octets.length) {
            if (length + more > meter.maxStringLength()) {
                meter.string((long) length + more);
            }
            octets = Arrays.copyOf(octets, Math.max(length + more, octets.length * 2));
        }
    }

    /** The string, counted. */
    public LuaString toLuaString() {
        meter.string(length);
        return LuaString.ofOctets(Arrays.copyOf(octets, length));
    }
}
