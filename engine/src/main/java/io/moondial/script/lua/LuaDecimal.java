package io.moondial.script.lua;

import java.math.BigDecimal;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An exact number with a point, which never changes: what scripts count money with. Its scale, the
 * number of digits after the point, belongs to the value as it is written, but not to what it is
 * equal to: 2.50 equals 2.5.
 */
public final class LuaDecimal {
    /** So many digits a decimal has at most, those before and after the point together. */
    public static final int MAX_DIGITS = 100;

    private static final Pattern NOTATION = Pattern.compile("-?[0-9]+(\\.[0-9]+)?");
    private static final int SIGN_AND_POINT = 2;
    private static final double EXACT_TO = 0x1p53;
    private static final int COMPACT_DIGITS = 18;
    private static final int OCTETS = 64;
    private static final int OCTETS_OF_LARGE = 160;

    private final BigDecimal value;

    // made when they are first asked for; two threads that both make one find the same
    private @Nullable LuaString text;
    private @Nullable Object key;
    private int hash;

    private LuaDecimal(BigDecimal value) {
        this.value = value;
    }

    /**
     * A decimal. A negative scale becomes 0. No script pays for it: {@link LuaState#newDecimal}
     * counts it too.
     *
     * @throws LuaError if the value has more than {@link #MAX_DIGITS} digits
     */
    public static LuaDecimal of(BigDecimal value) {
        if (!fits(value)) {
            throw new LuaError(
                    "a decimal has at most "
                            + MAX_DIGITS
                            + " digits before and after the point together, this one would have "
                            + digits(value)
                            + "; x:round(places) takes digits away");
        }
        return new LuaDecimal(value.scale() < 0 ? value.setScale(0) : value);
    }

    /** Whether a value has few enough digits. */
    public static boolean fits(BigDecimal value) {
        return digits(value) <= MAX_DIGITS;
    }

    /** The digits of a value written without an exponent. */
    private static long digits(BigDecimal value) {
        if (value.signum() == 0) {
            return 1L + Math.max(0, value.scale());
        }
        return Math.max(1L, (long) value.precision() - value.scale()) + Math.max(0, value.scale());
    }

    /**
     * Whether a text is written as a decimal: a minus sign or none, digits, and at most one point
     * between digits. Nothing else is: no blanks, no plus sign, no exponent.
     */
    public static boolean isNotation(String text) {
        return NOTATION.matcher(text).matches();
    }

    /**
     * The decimal that a text is, with its scale. Null if the text {@link #isNotation is none}, or
     * has more than {@link #MAX_DIGITS} digits.
     */
    public static @Nullable LuaDecimal parse(String text) {
        boolean read =
                text.length() <= MAX_DIGITS + SIGN_AND_POINT
                        && isNotation(text)
                        && text.chars().filter(Character::isDigit).count() <= MAX_DIGITS;
        return read ? new LuaDecimal(new BigDecimal(text)) : null;
    }

    /**
     * The value of a decimal, or of a whole Lua number up to 2^53, which decimals may be mixed
     * with; null for all else.
     */
    public static @Nullable BigDecimal exact(@Nullable Object value) {
        return switch (value) {
            case LuaDecimal decimal -> decimal.value;
            case Double number when isExact(number) -> BigDecimal.valueOf((long) (double) number);
            case null, default -> null;
        };
    }

    private static boolean isExact(double number) {
        return number == Math.rint(number) && Math.abs(number) <= EXACT_TO;
    }

    /** A Lua number that {@link #exact} does not take, and what to write instead. */
    public static String inexact(double number) {
        String shown = Lua.show(number);
        if (!Double.isFinite(number)) {
            return "the number " + shown;
        }
        if (number == Math.rint(number)) {
            return "the number " + shown + ", too large to be exact: write it as decimal(\"...\")";
        }
        return "the number "
                + shown
                + ", whose fraction is not exact: write it as decimal(\""
                + (shown.indexOf('e') < 0 ? shown : "...")
                + "\")";
    }

    /** The value; its scale is not negative. */
    public BigDecimal value() {
        return value;
    }

    /** All digits, with the point and as many zeros as the scale says; never an exponent. */
    public LuaString text() {
        LuaString known = text;
        if (known == null) {
            known = LuaString.of(value.toPlainString());
            text = known;
        }
        return known;
    }

    /** Whether this is the same number as another decimal, or exactly the one of a Lua number. */
    boolean sameAs(@Nullable Object other) {
        return switch (other) {
            case LuaDecimal decimal -> equals(decimal);
            case Double number -> number.equals(key()) || (number == 0 && value.signum() == 0);
            case null, default -> false;
        };
    }

    /**
     * What stands for this value as the key of a table: the Lua number that is exactly the same, or
     * this decimal if there is none.
     */
    Object key() {
        Object known = key;
        if (known == null) {
            double near = value.doubleValue();
            boolean exact = Double.isFinite(near) && new BigDecimal(near).compareTo(value) == 0;
            known = exact ? (Object) near : this;
            key = known;
        }
        return known;
    }

    /** What it costs to make a value, in units of work. */
    static long work(BigDecimal value) {
        return 1L + (value.precision() >> 3);
    }

    /** What a value takes, in octets. */
    static long memory(BigDecimal value) {
        return value.precision() <= COMPACT_DIGITS ? OCTETS : OCTETS_OF_LARGE;
    }

    /** Whether the other is a decimal of the same value, whatever its scale. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof LuaDecimal decimal && value.compareTo(decimal.value) == 0);
    }

    @Override
    public int hashCode() {
        int known = hash;
        if (known == 0) {
            known = value.stripTrailingZeros().hashCode();
            hash = known;
        }
        return known;
    }

    /** The text, for messages. */
    @Override
    public String toString() {
        return text().toText();
    }
}
