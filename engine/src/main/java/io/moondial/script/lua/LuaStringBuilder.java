package io.moondial.script.lua;

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

    /** Appends the octets of a string from an index to before another. */
    public void append(LuaString string, int from, int to) {
        reserve(to - from);
        string.copyTo(octets, length, from, to);
        length += to - from;
    }

    /** Appends a text of ASCII. */
    @SuppressWarnings("deprecation") // it copies Latin-1 as it is, without an array between
    public void append(String ascii) {
        reserve(ascii.length());
        ascii.getBytes(0, ascii.length(), octets, length);
        length += ascii.length();
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
