package io.moondial.modules.kv;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;

import io.moondial.modules.json.Json;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaDecimal;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaState;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaString.LuaStringBuilder;
import io.moondial.script.lua.LuaTable;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Values as stores keep them. The same value is always the same octets, so that stores compare
 * octets.
 *
 * <p>A whole number up to 2^53, and a decimal of scale 0 beyond it that has 64 bits, is its digits,
 * so that Redis adds to it. Anything else begins with a letter that says what follows:
 *
 * <pre>
 * s  a string: its octets
 * n  another number: the 8 octets of the double
 * d  another decimal: its digits, with the point and all zeros
 * T  true                F  false              N  json.null
 * L  a list: its items   M  a table with names: names and values, in the order of the names
 * </pre>
 *
 * An item, a name or a value in a table has its length in front, in 4 octets.
 */
final class KvValue {
    private static final int MAX_DEPTH = 64;
    private static final double EXACT_TO = 0x1p53;
    private static final BigDecimal ALL_EXACT_TO = BigDecimal.valueOf(1L << 53);
    private static final BigDecimal LARGEST = BigDecimal.valueOf(Long.MAX_VALUE);
    private static final BigDecimal SMALLEST = BigDecimal.valueOf(Long.MIN_VALUE);

    private KvValue() {}

    /** What is kept of a value is no value of ours: another program has written it. */
    static final class Foreign extends Exception {
        private static final long serialVersionUID = 1L;

        Foreign() {
            super(null, null, false, false);
        }
    }

    /** A whole number. */
    static LuaString ofWhole(long number) {
        return LuaString.of(Long.toString(number));
    }

    /** The whole number of 64 bits that a value is; null: it is none. */
    static @Nullable Long whole(LuaString value) {
        if (value.length() == 0 || value.length() > 20 || value.at(0) > '9') {
            return null;
        }
        String text = value.toText();
        try {
            long number = Long.parseLong(text);
            return Long.toString(number).equals(text) ? number : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /**
     * The whole number of 64 bits that a value of a script is: a number, or a decimal beyond what a
     * number holds exactly.
     *
     * @return null: it is none
     */
    static @Nullable Long wholeOf(@Nullable Object value) {
        return switch (value) {
            case Double d when isExact(d) -> d.longValue();
            case LuaDecimal d when isWholeOf64(d.value()) -> d.value().longValueExact();
            case null, default -> null;
        };
    }

    private static boolean isExact(double number) {
        return number == Math.rint(number) && Math.abs(number) <= EXACT_TO;
    }

    private static boolean isWholeOf64(BigDecimal value) {
        return value.stripTrailingZeros().scale() <= 0
                && value.compareTo(LARGEST) <= 0
                && value.compareTo(SMALLEST) >= 0;
    }

    /** A whole number of 64 bits as a script has it: beyond 2^53 a decimal. */
    static Object toLua(LuaState state, long number) {
        return Math.abs(number) <= 1L << 53 && number != Long.MIN_VALUE
                ? (Object) (double) number
                : state.newDecimal(BigDecimal.valueOf(number));
    }

    // ---- writing

    /**
     * A value of a script.
     *
     * @param largest octets, not counting the letter
     * @param function what the script called, for messages
     * @return null: it is larger
     * @throws LuaError if it is nothing that can be kept
     */
    static @Nullable LuaString encode(
            LuaState state, Json json, Object value, long largest, String function) {
        Writer writer = new Writer(state, json, largest + 1, function);
        try {
            writer.write(value);
        } catch (TooLarge e) {
            return null;
        }
        return LuaString.ofOctets(writer.octets());
    }

    private static final class TooLarge extends Exception {
        private static final long serialVersionUID = 1L;

        TooLarge() {
            super(null, null, false, false);
        }
    }

    private static final class Writer {
        private final LuaState state;
        private final Json json;
        private final long largest;
        private final String function;
        private final Deque<LuaTable> within = new ArrayDeque<>();
        private byte[] octets = new byte[64];
        private int length;

        Writer(LuaState state, Json json, long largest, String function) {
            this.state = state;
            this.json = json;
            this.largest = largest;
            this.function = function;
        }

        byte[] octets() {
            return Arrays.copyOf(octets, length);
        }

        private int reserve(int more) throws TooLarge {
            if ((long) length + more > largest) {
                throw new TooLarge();
            }
            if (length + more > octets.length) {
                octets = Arrays.copyOf(octets, Math.max(length + more, 2 * octets.length));
            }
            int at = length;
            length += more;
            return at;
        }

        private void put(char letter) throws TooLarge {
            int at = reserve(1);
            octets[at] = (byte) letter;
        }

        private void put(String ascii) throws TooLarge {
            byte[] text = ascii.getBytes(US_ASCII);
            int at = reserve(text.length);
            System.arraycopy(text, 0, octets, at, text.length);
        }

        void write(Object value) throws TooLarge {
            state.meter().work(1);
            if (state.isSecret(value)) {
                throw new LuaError(
                        function
                                + ": the value is, or holds, a secret answer: it must not be kept, and with a mask in its place it would be of no use");
            }
            switch (value) {
                case Boolean b -> put(b ? 'T' : 'F');
                case Double d -> write(d.doubleValue());
                case LuaDecimal d -> write(d);
                case LuaString s -> {
                    put('s');
                    state.meter().work(s.length() >> 4);
                    int at = reserve(s.length());
                    s.copyTo(octets, at);
                }
                case LuaTable t when t == json.nothing() -> put('N');
                case LuaTable t -> write(t);
                default ->
                        throw new LuaError(
                                function + ": a " + Lua.typeName(value) + " cannot be kept");
            }
        }

        private void write(double number) throws TooLarge {
            if (!Double.isFinite(number)) {
                throw new LuaError(function + ": NaN and infinities cannot be kept");
            }
            if (isExact(number) && !(number == 0 && 1 / number < 0)) {
                put(Long.toString((long) number));
            } else {
                put('n');
                int at = reserve(Double.BYTES);
                ByteBuffer.wrap(octets).putDouble(at, number);
            }
        }

        private void write(LuaDecimal decimal) throws TooLarge {
            BigDecimal value = decimal.value();
            boolean isBeyondNumbers = value.abs().compareTo(ALL_EXACT_TO) > 0;
            if (value.scale() != 0 || !isBeyondNumbers || !isWholeOf64(value)) {
                put('d');
            }
            put(value.toPlainString());
        }

        private void write(LuaTable table) throws TooLarge {
            if (within.contains(table)) {
                throw new LuaError(function + ": a table that contains itself cannot be kept");
            }
            if (within.size() == MAX_DEPTH) {
                throw new LuaError(
                        function
                                + ": more than "
                                + MAX_DEPTH
                                + " tables inside each other cannot be kept");
            }
            within.push(table);
            if (table.length() > 0
                    || (table.next(null) == null && table.metatable() == json.array())) {
                writeList(table);
            } else {
                writeNames(table);
            }
            within.pop();
        }

        private void writeList(LuaTable table) throws TooLarge {
            int items = table.length();
            @Nullable Object @Nullable [] beyond = items == 0 ? null : table.next((double) items);
            if (beyond != null) {
                throw new LuaError(
                        function
                                + ": a table with list items and also the key '"
                                + state.show(beyond[0])
                                + "' cannot be kept: it may have 1 to n, or names, not both");
            }
            put('L');
            for (int i = 1; i <= items; i++) {
                Object item = table.get(i);
                if (item == null) {
                    throw new LuaError(
                            function
                                    + ": a list with a hole at "
                                    + i
                                    + " cannot be kept; json.null fills it");
                }
                writeInner(item);
            }
        }

        private void writeNames(LuaTable table) throws TooLarge {
            List<LuaString> names = new ArrayList<>();
            for (var e = table.next(null); e != null; e = table.next(e[0])) {
                if (!(e[0] instanceof LuaString name)) {
                    throw new LuaError(
                            function
                                    + ": a table with the key "
                                    + state.show(e[0])
                                    + " cannot be kept: keys are names, or 1 to n");
                }
                state.meter().work(1);
                names.add(name);
                if (names.size() > largest) {
                    throw new TooLarge();
                }
            }
            names.sort(null);
            put('M');
            for (LuaString name : names) {
                writeInner(name);
                writeInner(requireNonNull(table.get(name)));
            }
        }

        private void writeInner(Object value) throws TooLarge {
            int before = reserve(Integer.BYTES);
            write(value);
            ByteBuffer.wrap(octets).putInt(before, length - before - Integer.BYTES);
        }
    }

    // ---- reading

    /**
     * What a script gets.
     *
     * @throws Foreign if it was not written here
     */
    static Object decode(LuaState state, Json json, LuaString kept) throws Foreign {
        return read(state, json, kept, 0);
    }

    private static Object read(LuaState state, Json json, LuaString kept, int depth)
            throws Foreign {
        state.meter().work(1);
        if (kept.length() == 0 || depth > MAX_DEPTH) {
            throw new Foreign();
        }
        LuaString rest = kept.slice(1, kept.length());
        return switch (kept.at(0)) {
            case 's' -> counted(state, rest);
            case 'n' -> number(rest);
            case 'd' -> decimal(state, rest);
            case 'T' -> only(rest, true);
            case 'F' -> only(rest, false);
            case 'N' -> only(rest, json.nothing());
            case 'L' -> list(state, json, kept, depth + 1);
            case 'M' -> names(state, json, kept, depth + 1);
            default -> {
                Long whole = whole(kept);
                if (whole == null) {
                    throw new Foreign();
                }
                yield toLua(state, whole);
            }
        };
    }

    private static Object only(LuaString rest, Object value) throws Foreign {
        if (rest.length() > 0) {
            throw new Foreign();
        }
        return value;
    }

    private static LuaString counted(LuaState state, LuaString text) {
        LuaStringBuilder builder = new LuaStringBuilder(state.meter());
        builder.append(text);
        return builder.toLuaString();
    }

    private static Double number(LuaString octets) throws Foreign {
        if (octets.length() != Double.BYTES) {
            throw new Foreign();
        }
        return ByteBuffer.wrap(octets.toOctets()).getDouble();
    }

    private static LuaDecimal decimal(LuaState state, LuaString digits) throws Foreign {
        LuaDecimal value = LuaDecimal.parse(digits.toText());
        if (value == null) {
            throw new Foreign();
        }
        return state.newDecimal(value.value());
    }

    private static LuaTable list(LuaState state, Json json, LuaString kept, int depth)
            throws Foreign {
        LuaTable list = state.newTable();
        int items = 0;
        for (int at = 1; at < kept.length(); ) {
            LuaString item = inner(kept, at);
            at += Integer.BYTES + item.length();
            list.set(++items, read(state, json, item, depth));
        }
        if (items == 0) {
            list.setMetatable(json.array());
        }
        return list;
    }

    private static LuaTable names(LuaState state, Json json, LuaString kept, int depth)
            throws Foreign {
        LuaTable table = state.newTable();
        for (int at = 1; at < kept.length(); ) {
            LuaString name = inner(kept, at);
            at += Integer.BYTES + name.length();
            if (name.length() == 0 || name.at(0) != 's' || at >= kept.length()) {
                throw new Foreign();
            }
            LuaString value = inner(kept, at);
            at += Integer.BYTES + value.length();
            table.set(
                    counted(state, name.slice(1, name.length())), read(state, json, value, depth));
        }
        return table;
    }

    private static LuaString inner(LuaString kept, int at) throws Foreign {
        if (kept.length() - at < Integer.BYTES) {
            throw new Foreign();
        }
        int length =
                kept.at(at) << 24 | kept.at(at + 1) << 16 | kept.at(at + 2) << 8 | kept.at(at + 3);
        int from = at + Integer.BYTES;
        if (length < 0 || length > kept.length() - from) {
            throw new Foreign();
        }
        return kept.slice(from, from + length);
    }
}
