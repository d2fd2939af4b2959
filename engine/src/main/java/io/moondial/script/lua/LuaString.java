package io.moondial.script.lua;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A Lua string: octets that never change, compared and ordered as unsigned ones. */
public final class LuaString implements Comparable<LuaString> {
    public static final LuaString EMPTY = new LuaString(new byte[0]);

    /** The strings of one octet: programs that read character by character make many. */
    private static final LuaString[] SHORTEST = new LuaString[256];

    static {
        for (int i = 0; i < SHORTEST.length; i++) {
            SHORTEST[i] = new LuaString(new byte[] {(byte) i});
        }
    }

    private final byte[] octets;
    private int hash;

    private LuaString(byte[] octets) {
        this.octets = octets;
    }

    /** The UTF-8 form of a text: a string that is no other one, so that it can be a secret. */
    public static LuaString of(String text) {
        return new LuaString(text.getBytes(UTF_8));
    }

    /** The octets themselves, which the caller gives away: it must not change them afterwards. */
    public static LuaString ofOctets(byte[] octets) {
        return switch (octets.length) {
            case 0 -> EMPTY;
            case 1 -> ofOctet(octets[0] & 0xff);
            default -> new LuaString(octets);
        };
    }

    /** The string of one octet, 0 to 255. */
    public static LuaString ofOctet(int octet) {
        return SHORTEST[octet];
    }

    public int length() {
        return octets.length;
    }

    /** The octet at an index from 0, as 0 to 255. */
    public int at(int index) {
        return octets[index] & 0xff;
    }

    /** The octets from an index to before another, both from 0 and within the string. */
    public LuaString slice(int from, int to) {
        if (from == 0 && to == octets.length) {
            return this;
        }
        return to - from == 1 ? ofOctet(at(from)) : ofOctets(Arrays.copyOfRange(octets, from, to));
    }

    /** Where another string begins in this one, at or after an index; -1 if it does not. */
    public int indexOf(LuaString other, int from) {
        int last = octets.length - other.octets.length;
        for (int i = from; i <= last; i++) {
            if (startsWith(other, i)) {
                return i;
            }
        }
        return -1;
    }

    private boolean startsWith(LuaString other, int at) {
        int end = at + other.octets.length;
        return Arrays.equals(octets, at, end, other.octets, 0, other.octets.length);
    }

    /** A copy of the octets. */
    public byte[] toOctets() {
        return octets.clone();
    }

    /** Copies all octets into an array, beginning at an index of it. */
    public void copyTo(byte[] target, int at) {
        System.arraycopy(octets, 0, target, at, octets.length);
    }

    /** Copies the octets from an index to before another. */
    void copyTo(byte[] target, int at, int from, int to) {
        System.arraycopy(octets, from, target, at, to - from);
    }

    /** The text, read as UTF-8; what is not UTF-8 becomes U+FFFD. */
    public String toText() {
        return new String(octets, UTF_8);
    }

    @Override
    public int compareTo(LuaString other) {
        return Arrays.compareUnsigned(octets, other.octets);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        if (this == other) {
            return true;
        }
        return other instanceof LuaString s && hasOctetsOf(s);
    }

    /** Hashes are compared only if both are there: to make one, all octets are read. */
    private boolean hasOctetsOf(LuaString other) {
        int h = hash;
        int g = other.hash;
        return (h == g || h == 0 || g == 0) && Arrays.equals(octets, other.octets);
    }

    @Override
    public int hashCode() {
        int h = hash;
        if (h == 0) {
            h = Arrays.hashCode(octets);
            hash = h; // two threads may both compute it: they find the same
        }
        return h;
    }

    /** The text, for messages. */
    @Override
    public String toString() {
        return toText();
    }

    /** A Lua string in the making; never longer than the meter allows. */
    public static final class LuaStringBuilder {
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
}
