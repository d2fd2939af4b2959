package io.moondial.script.lua;

import org.jspecify.annotations.Nullable;

/** The operator {@code ..} over a run of registers, from the right (Lua 5.2 manual 3.4.5). */
final class Concatenation {
    private Concatenation() {}

    static @Nullable Object of(LuaState state, @Nullable Object[] registers, int first, int last) {
        int from = last;
        @Nullable Object result = registers[last];
        while (from > first) {
            int start = startOfTexts(registers, first, from, result);
            if (start < from) {
                result = join(state, registers, start, from, result);
                from = start;
            } else {
                from--;
                result = byMetamethod(state, registers[from], from, result, from + 1);
            }
        }
        return result;
    }

    /**
     * The first register from which on all are strings, numbers and decimals; the end if the result
     * is not one.
     */
    private static int startOfTexts(
            @Nullable Object[] registers, int first, int end, @Nullable Object result) {
        int start = end;
        if (isText(result)) {
            while (start > first && isText(registers[start - 1])) {
                start--;
            }
        }
        return start;
    }

    private static boolean isText(@Nullable Object value) {
        return value instanceof LuaString || value instanceof Double || value instanceof LuaDecimal;
    }

    private static LuaString join(
            LuaState state, @Nullable Object[] registers, int from, int to, @Nullable Object last) {
        LuaString[] parts = new LuaString[to - from + 1];
        long length = 0;
        for (int i = 0; i < parts.length; i++) {
            parts[i] = text(from + i < to ? registers[from + i] : last);
            length += parts[i].length();
        }
        state.meter().string(length);
        byte[] octets = new byte[(int) length];
        int at = 0;
        for (LuaString part : parts) {
            part.copyTo(octets, at);
            at += part.length();
        }
        return LuaString.ofOctets(octets);
    }

    private static LuaString text(@Nullable Object value) {
        LuaString text = Numbers.textFrom(value);
        if (text == null) {
            throw new IllegalStateException("not a text: " + Lua.typeName(value));
        }
        return text;
    }

    private static @Nullable Object byMetamethod(
            LuaState state,
            @Nullable Object left,
            int leftRegister,
            @Nullable Object right,
            int rightRegister) {
        @Nullable Object method = Metatables.method(state, left, Metatables.CONCAT);
        if (method == null) {
            method = Metatables.method(state, right, Metatables.CONCAT);
        }
        if (method == null) {
            boolean blameRight = isText(left);
            throw new LuaError(
                    "attempt to concatenate "
                            + Names.ofRegister(
                                    state,
                                    blameRight ? rightRegister : leftRegister,
                                    blameRight ? right : left));
        }
        return state.callForOne(method, left, right);
    }
}
