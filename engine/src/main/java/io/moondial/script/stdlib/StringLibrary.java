package io.moondial.script.stdlib;

import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaDecimal;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaFunction;
import io.moondial.script.lua.LuaFunction.NativeFunction;
import io.moondial.script.lua.LuaFunction.NativeFunction.Shortcut;
import io.moondial.script.lua.LuaState;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaString.LuaStringBuilder;
import io.moondial.script.lua.LuaTable;
import io.moondial.script.lua.Meter;
import io.moondial.script.lua.Numbers;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** String manipulation (Lua 5.2 manual 6.4), on octets; upper and lower case in ASCII only. */
final class StringLibrary {
    private static final int CASE_BIT = 0x20;
    private static final int MAX_RESULTS = 8000;

    /** The octets as numbers: programs that read character by character ask for many. */
    private static final Double[] OCTETS = new Double[256];

    static {
        for (int i = 0; i < OCTETS.length; i++) {
            OCTETS[i] = (double) i;
        }
    }

    private StringLibrary() {}

    static LuaTable create() {
        return new StandardLibrary.Library("string")
                .function("byte", StringLibrary::octets, StringLibrary::octet)
                .function("char", StringLibrary::fromOctets)
                .function("find", PatternFunctions::find, PatternFunctions::find)
                .function("format", a -> Lua.values(StringFormat.of(a)))
                .function("gmatch", PatternFunctions::gmatch)
                .function("gsub", PatternFunctions::gsub)
                .function(
                        "len",
                        a -> Lua.values((double) a.string(1).length()),
                        (state, count, x, y, z, w) ->
                                x instanceof LuaString s
                                        ? (Object) (double) s.length()
                                        : Shortcut.Answer.NONE)
                .function("lower", a -> map(a, c -> c >= 'A' && c <= 'Z' ? c + CASE_BIT : c))
                .function("match", PatternFunctions::match, PatternFunctions::match)
                .function("rep", StringLibrary::repeat)
                .function("reverse", StringLibrary::reverse)
                .function("sub", StringLibrary::sub, StringLibrary::sub)
                .function("upper", a -> map(a, c -> c >= 'a' && c <= 'z' ? c - CASE_BIT : c))
                .seal();
    }

    /** A position from 1, or from the end if it is negative, as an index from 0. */
    static int index(int position, int length) {
        if (position > 0) {
            return position - 1;
        }
        return position == 0 || position < -length ? -1 : length + position;
    }

    private static @Nullable Object[] sub(Arguments a) {
        return Lua.values(sub(a.meter(), a.string(1), a.integer(2), a.integer(3, -1)));
    }

    private static @Nullable Object sub(
            LuaState state,
            int count,
            @Nullable Object x,
            @Nullable Object y,
            @Nullable Object z,
            @Nullable Object w) {
        if (x instanceof LuaString s && y instanceof Double first) {
            if (z instanceof Double last) {
                return sub(state.meter(), s, first.intValue(), last.intValue());
            }
            if (z == null) {
                return sub(state.meter(), s, first.intValue(), -1);
            }
        }
        return Shortcut.Answer.NONE;
    }

    private static LuaString sub(Meter meter, LuaString s, int first, int last) {
        int from = Math.max(0, index(first, s.length()));
        int to = Math.min(s.length() - 1, index(last, s.length()));
        if (from > to) {
            return LuaString.EMPTY;
        }
        meter.string(to - from + 1);
        return s.slice(from, to + 1);
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
            octets[i] = OCTETS[s.at(from + i)];
        }
        return octets;
    }

    /** One octet, which is there. */
    private static @Nullable Object octet(
            LuaState state,
            int count,
            @Nullable Object x,
            @Nullable Object y,
            @Nullable Object z,
            @Nullable Object w) {
        if (x instanceof LuaString s && (y == null || y instanceof Double) && z == null) {
            int at = y instanceof Double position ? index(position.intValue(), s.length()) : 0;
            if (at >= 0 && at < s.length()) {
                return OCTETS[s.at(at)];
            }
        }
        return Shortcut.Answer.NONE;
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

    /** The functions of the string library that take patterns: find, match, gmatch, gsub. */
    private static final class PatternFunctions {
        private static final boolean[] IS_SPECIAL = new boolean[128];

        static {
            "^$*+?.([%-".chars().forEach(c -> IS_SPECIAL[c] = true);
        }

        private PatternFunctions() {}

        static @Nullable Object[] find(Arguments a) {
            LuaString s = a.string(1);
            LuaString pattern = a.string(2);
            return find(a.meter(), s, pattern, start(a.integer(3, 1), s), Lua.truthy(a.get(4)));
        }

        static @Nullable Object find(
                LuaState state,
                int count,
                @Nullable Object x,
                @Nullable Object y,
                @Nullable Object z,
                @Nullable Object w) {
            if (x instanceof LuaString s && y instanceof LuaString pattern) {
                if (z instanceof Double first) {
                    int start = start(first.intValue(), s);
                    return find(state.meter(), s, pattern, start, Lua.truthy(w));
                }
                if (z == null) {
                    return find(state.meter(), s, pattern, 0, Lua.truthy(w));
                }
            }
            return Shortcut.Answer.NONE;
        }

        private static @Nullable Object[] find(
                Meter meter, LuaString s, LuaString pattern, int start, boolean plain) {
            if (start > s.length()) {
                return Lua.values((Object) null);
            }
            return plain || !hasSpecials(pattern)
                    ? findPlain(meter, s, pattern, start)
                    : search(meter, s, pattern, start, true);
        }

        static @Nullable Object[] match(Arguments a) {
            LuaString s = a.string(1);
            LuaString pattern = a.string(2);
            return match(a.meter(), s, pattern, start(a.integer(3, 1), s));
        }

        static @Nullable Object match(
                LuaState state,
                int count,
                @Nullable Object x,
                @Nullable Object y,
                @Nullable Object z,
                @Nullable Object w) {
            return x instanceof LuaString s && y instanceof LuaString pattern && z == null
                    ? match(state.meter(), s, pattern, 0)
                    : Shortcut.Answer.NONE;
        }

        private static @Nullable Object[] match(
                Meter meter, LuaString s, LuaString pattern, int start) {
            return start > s.length()
                    ? Lua.values((Object) null)
                    : search(meter, s, pattern, start, false);
        }

        /** Where a search begins, from 0, by a position as Lua has it. */
        private static int start(int position, LuaString s) {
            return Math.max(0, StringLibrary.index(position, s.length()));
        }

        private static boolean hasSpecials(LuaString pattern) {
            for (int i = 0; i < pattern.length(); i++) {
                int c = pattern.at(i);
                if (c < 128 && IS_SPECIAL[c]) {
                    return true;
                }
            }
            return false;
        }

        private static @Nullable Object[] findPlain(
                Meter meter, LuaString s, LuaString sought, int start) {
            meter.work(((long) (s.length() - start) * (sought.length() + 16)) >> 8);
            int at = s.indexOf(sought, start);
            return at < 0
                    ? Lua.values((Object) null)
                    : Lua.values((double) (at + 1), (double) (at + sought.length()));
        }

        private static @Nullable Object[] search(
                Meter meter, LuaString s, LuaString pattern, int start, boolean withPlace) {
            PatternMatch match = new PatternMatch(s, pattern, meter);
            int last = match.isAnchored() ? start : s.length();
            for (int at = start; at <= last; at++) {
                int end = match.matchAt(at);
                if (end >= 0) {
                    @Nullable Object[] captures = match.captures().values(at, end, !withPlace);
                    return withPlace ? placed(at, end, captures) : captures;
                }
            }
            return Lua.values((Object) null);
        }

        private static @Nullable Object[] placed(int at, int end, @Nullable Object[] captures) {
            @Nullable Object[] results = new @Nullable Object[captures.length + 2];
            results[0] = (double) (at + 1);
            results[1] = (double) end;
            System.arraycopy(captures, 0, results, 2, captures.length);
            return results;
        }

        static @Nullable Object[] gmatch(Arguments a) {
            LuaString s = a.string(1);
            LuaString pattern = a.string(2);
            a.meter().memory(400);
            Matches matches = new Matches(PatternMatch.repeated(s, pattern, a.meter()), s.length());
            return Lua.values(
                    new NativeFunction(
                            "gmatch_iterator",
                            b -> matches.next(),
                            (state, count, x, y, z, w) -> matches.next()));
        }

        /**
         * The matches of a pattern one after the other; the only native function with a state, its
         * own.
         */
        private static final class Matches {
            private final PatternMatch match;
            private final int length;
            private int position;

            Matches(PatternMatch match, int length) {
                this.match = match;
                this.length = length;
            }

            @Nullable Object[] next() {
                for (int at = position; at <= length; at++) {
                    int end = match.matchAt(at);
                    if (end >= 0) {
                        // an empty match must not be found again
                        position = end == at ? end + 1 : end;
                        return match.captures().values(at, end, true);
                    }
                }
                position = length + 1;
                return Lua.values((Object) null);
            }
        }

        static @Nullable Object[] gsub(Arguments a) {
            LuaString s = a.string(1);
            LuaString pattern = a.string(2);
            Object replacement = replacement(a);
            long limit = (long) a.number(4, -1);
            PatternMatch match = new PatternMatch(s, pattern, a.meter());
            LuaStringBuilder result = new LuaStringBuilder(a.meter());
            int at = 0;
            int count = 0;
            while (limit < 0 || count < limit) { // C takes a negative one for a large one
                int end = match.matchAt(at);
                if (end >= 0) {
                    count++;
                    replace(a, match, replacement, at, end, result, s);
                }
                if (end > at) {
                    at = end;
                } else if (at < s.length()) {
                    result.append(s.at(at++));
                } else {
                    break;
                }
                if (match.isAnchored()) {
                    break;
                }
            }
            if (count == 0) {
                return Lua.values(s, 0.0); // the very value: a secret one stays secret
            }
            if (at < s.length()) {
                result.append(s, at, s.length());
            }
            return Lua.values(result.toLuaString(), (double) count);
        }

        private static Object replacement(Arguments a) {
            return switch (a.get(3)) {
                case LuaTable table -> table;
                case LuaFunction function -> function;
                case LuaString text -> text;
                case Double number -> a.string(3);
                case LuaDecimal decimal -> decimal.text();
                case null, default -> throw a.wrongType(3, "string/function/table");
            };
        }

        private static void replace(
                Arguments a,
                PatternMatch match,
                Object replacement,
                int at,
                int end,
                LuaStringBuilder result,
                LuaString s) {
            if (replacement instanceof LuaString template) {
                expand(template, match, at, end, result);
                return;
            }
            @Nullable Object value = value(a, match, replacement, at, end);
            if (!Lua.truthy(value)) {
                result.append(s, at, end);
                return;
            }
            LuaString text = Numbers.textFrom(value);
            if (text == null) {
                throw new LuaError("invalid replacement value (a " + Lua.typeName(value) + ")");
            }
            result.append(text);
        }

        private static @Nullable Object value(
                Arguments a, PatternMatch match, Object replacement, int at, int end) {
            if (replacement instanceof LuaTable table) {
                return a.state().index(table, match.captures().value(0, at, end));
            }
            @Nullable Object[] results =
                    a.state().call(replacement, match.captures().values(at, end, true));
            return results.length == 0 ? null : results[0];
        }

        private static void expand(
                LuaString template, PatternMatch match, int at, int end, LuaStringBuilder result) {
            for (int i = 0; i < template.length(); i++) {
                int c = template.at(i);
                if (c != '%') {
                    result.append(c);
                    continue;
                }
                int next = ++i < template.length() ? template.at(i) : -1;
                if (next == '%') {
                    result.append(next);
                } else if (next == '0') {
                    result.append(match.captures().part(at, end));
                } else if (next >= '1' && next <= '9') {
                    appendCapture(match.captures().value(next - '1', at, end), result);
                } else {
                    throw new LuaError("invalid use of '%' in replacement string");
                }
            }
        }

        private static void appendCapture(Object capture, LuaStringBuilder result) {
            LuaString text = Numbers.textFrom(capture);
            if (text == null) {
                throw new IllegalStateException("a capture is a " + Lua.typeName(capture));
            }
            result.append(text);
        }
    }
}
