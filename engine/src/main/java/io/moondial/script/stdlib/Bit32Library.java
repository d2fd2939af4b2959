package io.moondial.script.stdlib;

import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaTable;
import java.util.function.IntBinaryOperator;
import org.jspecify.annotations.Nullable;

/** Bitwise operations on unsigned 32-bit numbers (Lua 5.2 manual 6.7). */
final class Bit32Library {
    private static final int BITS = 32;
    private static final double MODULUS = 0x1p32;

    private Bit32Library() {}

    static LuaTable create() {
        return new StandardLibrary.Library("bit32")
                .function("arshift", Bit32Library::arithmeticShift)
                .function("band", a -> result(fold(a, -1, (x, y) -> x & y)))
                .function("bnot", a -> result(~bits(a, 1)))
                .function("bor", a -> result(fold(a, 0, (x, y) -> x | y)))
                .function("btest", a -> Lua.values(fold(a, -1, (x, y) -> x & y) != 0))
                .function("bxor", a -> result(fold(a, 0, (x, y) -> x ^ y)))
                .function("extract", Bit32Library::extract)
                .function("lrotate", a -> result(Integer.rotateLeft(bits(a, 1), distance(a))))
                .function("lshift", a -> result(shift(bits(a, 1), a.integer(2))))
                .function("replace", Bit32Library::replace)
                .function("rrotate", a -> result(Integer.rotateRight(bits(a, 1), distance(a))))
                .function("rshift", a -> result(shift(bits(a, 1), -a.integer(2))))
                .seal();
    }

    private static @Nullable Object[] result(int bits) {
        return Lua.values((double) Integer.toUnsignedLong(bits));
    }

    /** An argument reduced modulo 2^32, a fraction rounded. */
    private static int bits(Arguments a, int position) {
        double number = Math.rint(a.number(position)) % MODULUS;
        return (int) (long) number;
    }

    private static int distance(Arguments a) {
        return Math.floorMod(a.integer(2), BITS);
    }

    private static int fold(Arguments a, int start, IntBinaryOperator operator) {
        int bits = start;
        for (int i = 1; i <= a.count(); i++) {
            bits = operator.applyAsInt(bits, bits(a, i));
        }
        return bits;
    }

    private static int shift(int bits, int left) {
        if (left >= BITS || left <= -BITS) {
            return 0;
        }
        return left >= 0 ? bits << left : bits >>> -left;
    }

    private static @Nullable Object[] arithmeticShift(Arguments a) {
        int bits = bits(a, 1);
        int right = a.integer(2);
        if (right < 0 || bits >= 0) {
            return result(shift(bits, -right));
        }
        return result(right >= BITS ? -1 : bits >> right);
    }

    private static @Nullable Object[] extract(Arguments a) {
        int field = a.integer(2);
        return result((bits(a, 1) >>> field) & mask(a, field, 3));
    }

    private static @Nullable Object[] replace(Arguments a) {
        int field = a.integer(3);
        int mask = mask(a, field, 4);
        return result((bits(a, 1) & ~(mask << field)) | ((bits(a, 2) & mask) << field));
    }

    /** As many ones as the field is wide. */
    private static int mask(Arguments a, int field, int widthPosition) {
        int width = a.integer(widthPosition, 1);
        if (field < 0) {
            throw a.bad(widthPosition - 1, "field cannot be negative");
        }
        if (width < 1) {
            throw a.bad(widthPosition, "width must be positive");
        }
        if (width > BITS - field) {
            throw new LuaError("trying to access non-existent bits");
        }
        return -1 >>> (BITS - width);
    }
}
