package io.moondial.script.lua;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import org.jspecify.annotations.Nullable;

/**
 * Decimal texts of numbers of usual size, by one multiplication. That product may be off by half
 * its last bit; where this could change the rounding, there is no answer, and the exact value must
 * be asked.
 */
final class QuickDecimal {
    /** The powers of ten that are exact doubles, as far as they are needed. */
    private static final double[] POWERS = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22
    };

    private static final long NONE = -1;
    private static final double LARGEST_PRODUCT = 0x1p47;
    private static final double TOO_NEAR_THE_MIDDLE = 1.0 / 16;
    private static final int MOST_SIGNIFICANT = 14;
    private static final int SMALLEST_EXPONENT = -4;

    private QuickDecimal() {}

    /** A magnitude with so many digits after the point; null if this is no quick matter. */
    static @Nullable String fixed(double magnitude, int decimals) {
        long scaled = scaled(magnitude, decimals);
        return scaled == NONE ? null : text(scaled, decimals, false);
    }

    /**
     * A magnitude rounded to so many significant digits, written without an exponent and without
     * zeros at the end; null if this is no quick matter, or C's {@code %g} writes an exponent.
     */
    static @Nullable String significant(double magnitude, int digits) {
        int exponent = exponent(magnitude);
        // with one digit to spare: rounding may add one
        if (exponent < SMALLEST_EXPONENT || exponent + 1 >= digits || digits > MOST_SIGNIFICANT) {
            return null;
        }
        int decimals = digits - 1 - exponent;
        long scaled = scaled(magnitude, decimals);
        return scaled == NONE ? null : text(scaled, decimals, true);
    }

    /** The power of ten of the first digit; less than any that is written plainly for 0. */
    private static int exponent(double magnitude) {
        if (magnitude >= 1) {
            int exponent = 0;
            while (exponent < MOST_SIGNIFICANT && magnitude >= POWERS[exponent + 1]) {
                exponent++;
            }
            return exponent;
        }
        int exponent = -1;
        while (exponent >= SMALLEST_EXPONENT && magnitude * POWERS[-exponent] < 1) {
            exponent--;
        }
        return exponent;
    }

    /** The magnitude times a power of ten, rounded to a whole number. */
    private static long scaled(double magnitude, int decimals) {
        if (decimals >= POWERS.length) {
            return NONE;
        }
        double product = magnitude * POWERS[decimals];
        if (!(product < LARGEST_PRODUCT)) {
            return NONE;
        }
        long whole = (long) product;
        double rest = product - whole;
        if (Math.abs(rest - 0.5) < TOO_NEAR_THE_MIDDLE) {
            return NONE;
        }
        return rest > 0.5 ? whole + 1 : whole;
    }

    private static String text(long scaled, int decimals, boolean withoutZeros) {
        int shown = decimals;
        long rest = scaled;
        while (withoutZeros && shown > 0 && rest % 10 == 0) {
            rest /= 10;
            shown--;
        }
        byte[] octets = new byte[Math.max(digits(rest), shown + 1) + (shown > 0 ? 1 : 0)];
        int at = octets.length;
        for (int i = 0; i < shown; i++) {
            octets[--at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        if (shown > 0) {
            octets[--at] = '.';
        }
        while (at > 0) {
            octets[--at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return new String(octets, ISO_8859_1);
    }

    /** How many digits a whole number has; one for 0. */
    static int digits(long number) {
        int digits = 1;
        for (long rest = number / 10; rest != 0; rest /= 10) {
            digits++;
        }
        return digits;
    }
}
