package io.moondial.script.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.moondial.script.lua.Coroutine;
import io.moondial.script.lua.LuaDecimal;
import io.moondial.script.lua.LuaFunction;
import io.moondial.script.lua.LuaState;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Values of a script as a {@link Journal} keeps them: what a script does to a table later does not
 * change what is kept. A secret answer is not written: a number stands for it, which means
 * something to this object only.
 */
public final class JournalValue {
    private static final int MAX_DEPTH = 64;
    private static final long BASIS = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;

    private final Map<Object, String> names = new HashMap<>();
    private final Map<String, Object> named;
    private final List<LuaString> secrets = new ArrayList<>();
    private boolean wroteSecret;

    /** A value that cannot be kept; the message says what it is. */
    static final class NotKeptException extends Exception {
        private static final long serialVersionUID = 1L;

        NotKeptException(String what) {
            super(what, null, false, false);
        }
    }

    /**
     * For one flow.
     *
     * @param constants values that stay what they are, such as {@code json.null}, by name
     */
    public JournalValue(Map<String, Object> constants) {
        this.named = constants;
        constants.forEach((name, value) -> names.put(value, name));
    }

    // ---- writing

    /** Results, as octets. */
    LuaString write(LuaState state, @Nullable Object[] results) throws NotKeptException {
        wroteSecret = false;
        ByteArrayOutputStream out = new ByteArrayOutputStream(32);
        number(out, results.length);
        for (@Nullable Object result : results) {
            write(state, out, result, 0);
        }
        state.meter().work(out.size() >> 3);
        return LuaString.ofOctets(out.toByteArray());
    }

    /** Whether what was written last has a secret answer. */
    boolean wroteSecret() {
        return wroteSecret;
    }

    private void write(LuaState state, ByteArrayOutputStream out, @Nullable Object value, int depth)
            throws NotKeptException {
        String name = value == null ? null : names.get(value);
        if (name != null) {
            out.write('c');
            octets(out, name.getBytes(UTF_8));
            return;
        }
        switch (value) {
            case null -> out.write('-');
            case Boolean b -> out.write(b ? 'T' : 'F');
            case Double d -> {
                out.write('n');
                out.writeBytes(ByteBuffer.allocate(Double.BYTES).putDouble(d).array());
            }
            case LuaDecimal d -> {
                out.write('d');
                octets(out, d.toString().getBytes(UTF_8));
            }
            case LuaString s when state.isSecret(s) -> {
                wroteSecret = true;
                out.write('x');
                number(out, secrets.size());
                secrets.add(s);
            }
            case LuaString s -> {
                out.write('s');
                octets(out, s.toOctets());
            }
            case LuaTable t -> table(state, out, t, depth);
            case LuaFunction _ -> throw new NotKeptException("a function, which cannot be kept");
            case Coroutine _ -> throw new NotKeptException("a coroutine, which cannot be kept");
            case Object other -> throw new IllegalStateException("no value: " + other.getClass());
        }
    }

    private void table(LuaState state, ByteArrayOutputStream out, LuaTable table, int depth)
            throws NotKeptException {
        if (depth >= MAX_DEPTH) {
            throw new NotKeptException(
                    "a table that is nested deeper than " + MAX_DEPTH + ", or contains itself");
        }
        out.write('t');
        for (var e = table.next(null); e != null; e = table.next(e[0])) {
            state.meter().work(1);
            write(state, out, e[0], depth + 1);
            write(state, out, e[1], depth + 1);
        }
        out.write('-');
    }

    private static void octets(ByteArrayOutputStream out, byte[] octets) {
        number(out, octets.length);
        out.writeBytes(octets);
    }

    private static void number(ByteArrayOutputStream out, int number) {
        out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
    }

    // ---- reading

    /** What {@link #write} has written, made anew. */
    @Nullable Object[] read(LuaState state, LuaString results) {
        ByteBuffer in = ByteBuffer.wrap(results.toOctets());
        @Nullable Object[] values = new @Nullable Object[in.getInt()];
        for (int i = 0; i < values.length; i++) {
            values[i] = read(state, in);
        }
        return values;
    }

    private @Nullable Object read(LuaState state, ByteBuffer in) {
        byte tag = in.get();
        return switch (tag) {
            case '-' -> null;
            case 'T' -> true;
            case 'F' -> false;
            case 'n' -> in.getDouble();
            case 'd' -> state.newDecimal(new BigDecimal(new String(octets(in), UTF_8)));
            case 'x' -> secrets.get(in.getInt());
            case 'c' -> named.get(new String(octets(in), UTF_8));
            case 's' -> {
                byte[] octets = octets(in);
                state.meter().string(octets.length);
                yield LuaString.ofOctets(octets);
            }
            case 't' -> {
                LuaTable table = state.newTable();
                for (Object key = read(state, in); key != null; key = read(state, in)) {
                    table.set(key, read(state, in));
                }
                yield table;
            }
            default -> throw new IllegalStateException("no value begins with " + tag);
        };
    }

    private static byte[] octets(ByteBuffer in) {
        byte[] octets = new byte[in.getInt()];
        in.get(octets);
        return octets;
    }

    /**
     * Refuses what {@link #write} cannot have written for another dialog: it comes from a store.
     *
     * @throws IOException it is none; then nothing of it is read
     */
    void check(LuaString results) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(results.toOctets());
        try {
            int count = in.getInt();
            if (count < 0 || count > in.remaining()) {
                throw new IOException(count + " results in " + in.remaining() + " octets");
            }
            for (int i = 0; i < count; i++) {
                var _ = check(in, 0);
            }
        } catch (BufferUnderflowException e) {
            throw new IOException("a value ends too early", e);
        }
        if (in.hasRemaining()) {
            throw new IOException(in.remaining() + " octets behind the results");
        }
    }

    /** Whether it is a value, and not nil. */
    private boolean check(ByteBuffer in, int depth) throws IOException {
        byte tag = in.get();
        switch (tag) {
            case '-' -> {
                return false;
            }
            case 'T', 'F' -> {}
            case 'n' -> {
                if (Double.isNaN(in.getDouble()) && depth > 0) {
                    throw new IOException("NaN in a table");
                }
            }
            case 'd' -> {
                if (LuaDecimal.parse(checkedText(in)) == null) {
                    throw new IOException("no decimal");
                }
            }
            case 'c' -> {
                if (!named.containsKey(checkedText(in))) {
                    throw new IOException("an unknown constant");
                }
            }
            case 's' -> {
                var _ = checkedText(in);
            }
            case 't' -> {
                if (depth >= MAX_DEPTH) {
                    throw new IOException("a table that is nested deeper than " + MAX_DEPTH);
                }
                while (check(in, depth + 1)) {
                    var _ = check(in, depth + 1);
                }
            }
            // a secret answer is never written for another dialog
            default -> throw new IOException("no value begins with " + tag);
        }
        return true;
    }

    private static String checkedText(ByteBuffer in) throws IOException {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new IOException("a text of " + length + " octets in " + in.remaining());
        }
        byte[] octets = new byte[length];
        in.get(octets);
        return new String(octets, UTF_8);
    }

    // ---- fingerprints

    /**
     * A fingerprint: equal values have the same, whatever the order of fields. All functions have
     * the same, and all secret answers.
     */
    long print(LuaState state, @Nullable Object... values) {
        long print = BASIS;
        for (@Nullable Object value : values) {
            print = mix(print * PRIME + print(state, value, 0));
        }
        return print;
    }

    private long print(LuaState state, @Nullable Object value, int depth) {
        String name = value == null ? null : names.get(value);
        if (name != null) {
            return print(LuaString.of(name));
        }
        return switch (value) {
            case null -> 1;
            case Boolean b -> b ? 2 : 3;
            case Double d -> mix(Double.doubleToLongBits(d) + 4);
            case LuaDecimal d -> print(LuaString.of(d.toString())) + 5;
            case LuaString s -> state.isSecret(s) ? 6 : print(s);
            case LuaTable t -> {
                long sum = 7;
                if (depth < MAX_DEPTH) {
                    for (var e = t.next(null); e != null; e = t.next(e[0])) {
                        state.meter().work(1);
                        sum +=
                                mix(
                                        print(state, e[0], depth + 1) * PRIME
                                                + print(state, e[1], depth + 1));
                    }
                }
                yield mix(sum);
            }
            default -> 8;
        };
    }

    private static long print(LuaString text) {
        long print = BASIS;
        for (int i = 0; i < text.length(); i++) {
            print = (print ^ text.at(i)) * PRIME;
        }
        return mix(print);
    }

    private static long mix(long bits) {
        long mixed = (bits ^ bits >>> 32) * 0x9E3779B97F4A7C15L;
        return mixed ^ mixed >>> 29;
    }

    /** One of these texts, if it is among the values or in a table among them; null: none is. */
    @Nullable String among(Set<String> texts, @Nullable Object[] values) {
        for (@Nullable Object value : values) {
            if (value instanceof LuaTable table) {
                for (var e = table.next(null); e != null; e = table.next(e[0])) {
                    String text = oneOf(texts, e[1]);
                    if (text != null) {
                        return text;
                    }
                }
            }
            String text = oneOf(texts, value);
            if (text != null) {
                return text;
            }
        }
        return null;
    }

    private static @Nullable String oneOf(Set<String> texts, @Nullable Object value) {
        if (!(value instanceof LuaString string)) {
            return null;
        }
        String text = string.toText();
        return texts.contains(text) ? text : null;
    }
}
