package io.moondial.script.lua;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One of C's conversions of a floating-point number (C99 7.19.6.1: e, f, g, a), without sign flags
 * and width. Correctly rounded: the number's exact value is what is rounded.
 */
public final class NumberFormat {
    /** {@code %.14g}, as Lua 5.2 writes numbers (LUAI_NUMFFORMAT). */
    static final NumberFormat SHORT = new NumberFormat('g', 14, false);

    /** The digits after the point if none are given. */
    public static final int DEFAULT_PRECISION = 6;

    private static final int FRACTION_BITS = 52;
    private static final long LEADING_ONE = 1L << FRACTION_BITS;
    private static final long FRACTION = LEADING_ONE - 1;
    private static final int HEX_DIGITS = FRACTION_BITS / 4;

    /** So many digits every double of full precision has for certain. */
    private static final int SAFE_DIGITS = 15;

    private final char conversion;
    private final int precision;
    private final boolean alternative;

    /**
     * @param conversion one of e, f, g, a
     * @param precision digits after the point, for g significant ones; negative: the conversion's
     *     own
     * @param alternative C's {@code #}: the point and, for g, trailing zeros stay
     */
    public NumberFormat(char conversion, int precision, boolean alternative) {
        this.conversion = conversion;
        this.precision = precision;
        this.alternative = alternative;
    }

    /** The number in lower case, with a minus sign if it is negative. */
    public String format(double number) {
        if (Double.isNaN(number)) {
            // PUC's Lua on x86 prints "-nan" and "nan" by a sign bit that means nothing
            return "nan";
        }
        String sign = number < 0 || (number == 0 && 1 / number < 0) ? "-" : "";
        double magnitude = Math.abs(number);
        return sign + (Double.isInfinite(magnitude) ? "inf" : convert(magnitude));
    }

    private String convert(double magnitude) {
        int digits = precision < 0 ? DEFAULT_PRECISION : precision;
        String common = alternative ? null : common(magnitude, digits);
        return common == null ? exact(magnitude, digits) : common;
    }

    /** The text of a number of usual size, computed without its exact value; null elsewhere. */
    private @Nullable String common(double magnitude, int digits) {
        return switch (conversion) {
            case 'f' -> QuickDecimal.fixed(magnitude, digits);
            case 'g' -> QuickDecimal.significant(magnitude, Math.max(1, digits));
            default -> null;
        };
    }

    private String exact(double magnitude, int digits) {
        return switch (conversion) {
            case 'f' -> fixed(new BigDecimal(magnitude), digits);
            case 'e' -> scientific(new BigDecimal(magnitude), digits);
            case 'g' -> general(rounded(magnitude, Math.max(1, digits)), Math.max(1, digits));
            case 'a' -> "0x" + hexadecimal(magnitude);
            default -> throw new IllegalArgumentException("no such conversion: " + conversion);
        };
    }

    private String fixed(BigDecimal value, int digits) {
        String text = value.setScale(digits, RoundingMode.HALF_EVEN).toPlainString();
        return alternative && digits == 0 ? text + "." : text;
    }

    private String scientific(BigDecimal value, int digits) {
        BigDecimal rounded = value.round(new MathContext(digits + 1, RoundingMode.HALF_EVEN));
        int exponent = exponentOf(rounded);
        StringBuilder text = new StringBuilder(leadingDigits(rounded, digits + 1));
        if (digits > 0 || alternative) {
            text.insert(1, '.');
        }
        return text + exponentText(exponent);
    }

    /**
     * The number rounded to significant digits. It uses the shortest form, which is cheap, unless
     * that is so near the middle between two results that only the exact value decides.
     */
    private static BigDecimal rounded(double magnitude, int digits) {
        MathContext context = new MathContext(digits, RoundingMode.HALF_EVEN);
        if (digits <= SAFE_DIGITS && magnitude >= Double.MIN_NORMAL) {
            BigDecimal shortest = new BigDecimal(Double.toString(magnitude));
            if (!isNearMiddle(shortest, shortest.precision() - digits)) {
                return shortest.round(context);
            }
        }
        return new BigDecimal(magnitude).round(context);
    }

    /**
     * Whether the digits to be dropped are within a tenth of the middle; the exact value is nearer.
     */
    private static boolean isNearMiddle(BigDecimal value, int dropped) {
        if (dropped <= 0) {
            return false;
        }
        BigInteger unit = BigInteger.TEN.pow(dropped);
        long rest = value.unscaledValue().mod(unit).longValue();
        return Math.abs(2 * rest - unit.longValue()) <= unit.longValue() / 5;
    }

    private String general(BigDecimal rounded, int digits) {
        int exponent = exponentOf(rounded);
        if (exponent >= -4 && exponent < digits) {
            String text =
                    rounded.setScale(digits - 1 - exponent, RoundingMode.UNNECESSARY)
                            .toPlainString();
            return alternative ? withPoint(text) : withoutTrailingZeros(text);
        }
        String mantissa = leadingDigits(rounded, digits);
        String text = mantissa.charAt(0) + "." + mantissa.substring(1);
        return (alternative ? text : withoutTrailingZeros(text)) + exponentText(exponent);
    }

    private static String withPoint(String text) {
        return text.indexOf('.') < 0 ? text + "." : text;
    }

    private static int exponentOf(BigDecimal value) {
        return value.signum() == 0 ? 0 : value.precision() - value.scale() - 1;
    }

    private static String leadingDigits(BigDecimal value, int count) {
        String digits = value.unscaledValue().toString();
        return digits.length() >= count
                ? digits.substring(0, count)
                : digits + "0".repeat(count - digits.length());
    }

    private static String withoutTrailingZeros(String text) {
        if (text.indexOf('.') < 0) {
            return text;
        }
        int end = text.length();
        while (text.charAt(end - 1) == '0') {
            end--;
        }
        return text.substring(0, text.charAt(end - 1) == '.' ? end - 1 : end);
    }

    private static String exponentText(int exponent) {
        return String.format(Locale.ROOT, "e%s%02d", exponent < 0 ? "-" : "+", Math.abs(exponent));
    }

    /** As C writes it, the exponent decimal; without a precision as few digits as are needed. */
    private String hexadecimal(double magnitude) {
        long bits = Double.doubleToRawLongBits(magnitude);
        long fraction = bits & FRACTION;
        int exponent = magnitude == 0 ? 0 : Math.getExponent(magnitude);
        boolean normal = magnitude >= Double.MIN_NORMAL;
        long mantissa = normal ? fraction | LEADING_ONE : fraction;
        if (precision >= 0 && precision < HEX_DIGITS) {
            mantissa = roundedTo(mantissa, 4 * (HEX_DIGITS - precision));
        }
        String digits = Long.toHexString((mantissa & FRACTION) | LEADING_ONE).substring(1);
        return (mantissa >> FRACTION_BITS)
                + point(digits)
                + "p"
                + (exponent < 0 ? "-" : "+")
                + Math.abs(normal || magnitude == 0 ? exponent : Double.MIN_EXPONENT);
    }

    /** The digits after the point, and the point if it is wanted. */
    private String point(String digits) {
        String shown =
                precision < 0
                        ? digits.replaceFirst("0+$", "")
                        : digits.substring(0, Math.min(precision, HEX_DIGITS))
                                + "0".repeat(Math.max(0, precision - HEX_DIGITS));
        return shown.isEmpty() && !alternative ? "" : "." + shown;
    }

    /** A whole number with its last bits rounded to zeros, half to even. */
    private static long roundedTo(long number, int bits) {
        long half = 1L << (bits - 1);
        long odd = (number >> bits) & 1;
        return ((number + half - 1 + odd) >> bits) << bits;
    }

    /**
     * Decimal texts of numbers of usual size, by one multiplication. That product may be wrong by
     * half its last bit. If this could change the rounding, there is no result, and the exact value
     * must be computed.
     */
    static final class QuickDecimal {
        /** The powers of ten that are exact doubles, as far as they are needed. */
        private static final double[] POWERS = {
            1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
            1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22
        };

        private static final long NONE = -1;
        private static final double LARGEST_PRODUCT = 0x1p47;
        private static final double TOO_NEAR_THE_MIDDLE = 1.0 / 16;
        private static final int MOST_SIGNIFICANT = 14;
        private static final int SMALLEST_EXPONENT = -4;

        private QuickDecimal() {}

        /** A magnitude with this many digits after the point; null if there is no quick way. */
        static @Nullable String fixed(double magnitude, int decimals) {
            long scaled = scaled(magnitude, decimals);
            return scaled == NONE ? null : text(scaled, decimals, false);
        }

        /**
         * A magnitude rounded to this many significant digits, written without an exponent and
         * without zeros at the end; null if there is no quick way, or C's {@code %g} writes an
         * exponent.
         */
        static @Nullable String significant(double magnitude, int digits) {
            int exponent = exponent(magnitude);
            // with one digit to spare: rounding may add one
            if (exponent < SMALLEST_EXPONENT
                    || exponent + 1 >= digits
                    || digits > MOST_SIGNIFICANT) {
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
}
