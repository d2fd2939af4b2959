package io.moondial.script.stdlib;

import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaString.LuaStringBuilder;
import io.moondial.script.lua.LuaTable;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** String manipulation (Lua 5.2 manual 6.4), on octets; upper and lower case in ASCII only. */
final class StringLibrary {
    private static final int CASE_BIT = 0x20;
    private static final int MAX_RESULTS = 8000;

    private StringLibrary() {}

    static LuaTable create() {
        return new StandardLibrary.Library("string")
                .function("byte", StringLibrary::octets)
                .function("char", StringLibrary::fromOctets)
                .function("find", PatternFunctions::find)
                .function("format", a -> Lua.values(StringFormat.of(a)))
                .function("gmatch", PatternFunctions::gmatch)
                .function("gsub", PatternFunctions::gsub)
                .function("len", a -> Lua.values((double) a.string(1).length()))
                .function("lower", a -> map(a, c -> c >= 'A' && c <= 'Z' ? c + CASE_BIT : c))
                .function("match", PatternFunctions::match)
                .function("rep", StringLibrary::repeat)
                .function("reverse", StringLibrary::reverse)
                .function("sub", StringLibrary::sub)
                .function("upper", a -> map(a, c -> c >= 'a' && c <= 'z' ? c - CASE_BIT : c))
                .sealWithout();
    }

    /** A position from 1, or from the end if it is negative, as an index from 0. */
    static int index(int position, int length) {
        if (position > 0) {
            return position - 1;
        }
        return position == 0 || position < -length ? -1 : length + position;
    }

    private static @Nullable Object[] sub(Arguments a) {
        LuaString s = a.string(1);
        int from = Math.max(0, index(a.integer(2), s.length()));
        int to = Math.min(s.length() - 1, index(a.integer(3, -1), s.length()));
        if (from > to) {
            return Lua.values(LuaString.EMPTY);
        }
        a.meter().string(to - from + 1);
        return Lua.values(s.slice(from, to + 1));
    }

    private static @Nullable Object[] octets(Arguments a) {
        LuaString s = a.string(1);
        int first = a.integer(2, 1);
        int from = Math.max(0, index(first, s.length()));
        int to = Math.min(s.length() - 1, index(a.integer(3, first), s.length()));
        if (to - from >= MAX_RESULTS) {
            throw a.bad(3, "string slice too long: at most " + MAX_RESULTS + " octets");
        }
        @Nullable Object[] octets = new @Nullable Object[Math.max(0, to - from + 1)];
        a.meter().work(octets.length >> 2);
        for (int i = 0; i < octets.length; i++) {
            octets[i] = (double) s.at(from + i);
        }
        return octets;
    }

    private static @Nullable Object[] fromOctets(Arguments a) {
        byte[] octets = new byte[a.count()];
        for (int i = 0; i < octets.length; i++) {
            int octet = a.integer(i + 1);
            if (octet < 0 || octet > 255) {
                throw a.bad(i + 1, "value out of range: 0 to 255");
            }
            octets[i] = (byte) octet;
        }
        a.meter().string(octets.length);
        return Lua.values(LuaString.ofOctets(octets));
    }

    private static @Nullable Object[] map(Arguments a, IntUnaryOperator change) {
        byte[] octets = a.string(1).toOctets();
        a.meter().string(octets.length);
        for (int i = 0; i < octets.length; i++) {
            octets[i] = (byte) change.applyAsInt(octets[i] & 0xff);
        }
        return Lua.values(LuaString.ofOctets(octets));
    }

    private static @Nullable Object[] reverse(Arguments a) {
        LuaString s = a.string(1);
        a.meter().string(s.length());
        byte[] octets = new byte[s.length()];
        for (int i = 0; i < octets.length; i++) {
            octets[i] = (byte) s.at(octets.length - 1 - i);
        }
        return Lua.values(LuaString.ofOctets(octets));
    }

    private static @Nullable Object[] repeat(Arguments a) {
        LuaString s = a.string(1);
        int count = Math.max(0, a.integer(2));
        LuaString separator = a.string(3, LuaString.EMPTY);
        long length = (long) count * s.length() + Math.max(0L, count - 1) * separator.length();
        a.meter().string(length);
        if (length == 0) {
            return Lua.values(LuaString.EMPTY);
        }
        LuaStringBuilder repeated = new LuaStringBuilder(a.meter());
        for (int i = 0; i < count; i++) {
            repeated.append(s);
            if (i < count - 1) {
                repeated.append(separator);
            }
        }
        return Lua.values(repeated.toLuaString());
    }
}
