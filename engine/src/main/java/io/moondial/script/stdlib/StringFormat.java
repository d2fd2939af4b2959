package io.moondial.script.stdlib;

import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.LuaDecimal;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaString.LuaStringBuilder;
import io.moondial.script.lua.NumberFormat;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.Locale;

/** One call of {@code string.format} (Lua 5.2 manual 6.4, C99 7.19.6.1). */
public final class StringFormat {
    private static final double LONG_END = 0x1p63;
    private static final double UNSIGNED_END = 0x1p64;

    private final Arguments arguments;
    private final LuaString format;
    private final LuaStringBuilder result;
    private final boolean masking;
    private int argument = 1;

    /** The text for a call whose first argument is the format, the others its values. */
    public static LuaString of(Arguments arguments) {
        return new StringFormat(arguments, false).format();
    }

    /** The same for a text that is written; secret values are masked. */
    public static LuaString masking(Arguments arguments) {
        return new StringFormat(arguments, true).format();
    }

    private StringFormat(Arguments arguments, boolean masking) {
        this.arguments = arguments;
        this.masking = masking;
        this.format = shown(arguments.string(1));
        this.result = new LuaStringBuilder(arguments.meter());
    }

    private LuaString format() {
        arguments.meter().work(format.length() >> 3);
        int i = 0;
        while (i < format.length()) {
            int start = i;
            while (i < format.length() && format.at(i) != '%') {
                i++;
            }
            result.append(format, start, i);
            if (i < format.length()) {
                i = special(i + 1);
            }
        }
        return result.toLuaString();
    }

    /** What a percent sign begins; gives the index after it. */
    private int special(int i) {
        if (i < format.length() && format.at(i) == '%') {
            result.append('%');
            return i + 1;
        }
        FormatSpec spec = FormatSpec.parse(format, i);
        convert(spec);
        return spec.end();
    }

    private void convert(FormatSpec spec) {
        argument++;
        arguments.meter().work(1);
        switch (spec.conversion()) {
            case 'c' -> result.append(spec.pad(LuaString.ofOctets(new byte[] {octet()})));
            case 'd', 'i' -> result.append(spec.pad(signed(spec, wholeDigits())));
            case 'o' -> result.append(spec.pad(unsigned(spec, Long.toOctalString(unsigned()))));
            case 'u' -> result.append(spec.pad(unsigned(spec, Long.toUnsignedString(unsigned()))));
            case 'x' -> result.append(spec.pad(unsigned(spec, Long.toHexString(unsigned()))));
            case 'X' ->
                    result.append(
                            spec.pad(
                                    unsigned(spec, Long.toHexString(unsigned()))
                                            .toUpperCase(Locale.ROOT)));
            case 'e', 'f', 'g', 'a' -> result.append(floating(spec, spec.conversion()));
            case 'E', 'G', 'A' -> {
                char lower = (char) (spec.conversion() | 0x20);
                result.append(floating(spec, lower).toUpperCase(Locale.ROOT));
            }
            case 'q' -> quote(shown(arguments.string(argument)));
            case 's' -> result.append(spec.pad(spec.cut(text())));
            default ->
                    throw new LuaError("invalid option '%" + spec.conversion() + "' to 'format'");
        }
    }

    private LuaString text() {
        return shown(arguments.state().toText(arguments.any(argument)));
    }

    private LuaString shown(LuaString text) {
        return masking ? arguments.state().written(text) : text;
    }

    private double number() {
        if (masking && arguments.state().isSecret(arguments.get(argument))) {
            throw arguments.bad(argument, "%s writes a secret answer, as asterisks");
        }
        return arguments.number(argument);
    }

    private byte octet() {
        return (byte) (long) number();
    }

    private long integer() {
        double number = number();
        if (!(number >= -LONG_END && number < LONG_END)) {
            throw arguments.bad(argument, "not a number in proper range");
        }
        return (long) number;
    }

    /** The digits of a whole number: those of a decimal, however many, or of an integer. */
    private String wholeDigits() {
        if (!(arguments.get(argument) instanceof LuaDecimal decimal)) {
            return Long.toString(integer());
        }
        try {
            return decimal.value().toBigIntegerExact().toString();
        } catch (ArithmeticException e) {
            throw arguments.bad(
                    argument, decimal + " is not a whole number; x:round(0) makes it one");
        }
    }

    /** All 64 bits; from 2^63 on those of a negative number. */
    private long unsigned() {
        double number = number();
        if (!(number > -1 && number < UNSIGNED_END)) {
            throw arguments.bad(argument, "not a non-negative number in proper range");
        }
        return number < LONG_END ? (long) number : (long) (number - LONG_END) + Long.MIN_VALUE;
    }

    private static String signed(FormatSpec spec, String digits) {
        boolean negative = digits.startsWith("-");
        String magnitude = spec.atLeast(negative ? digits.substring(1) : digits);
        return (negative ? "-" : spec.plus()) + magnitude;
    }

    private static String unsigned(FormatSpec spec, String digits) {
        String full = spec.atLeast(digits);
        if (!spec.has('#') || digits.equals("0")) {
            return full;
        }
        return switch (spec.conversion()) {
            case 'x', 'X' -> "0x" + full;
            case 'o' -> full.startsWith("0") ? full : "0" + full;
            default -> full;
        };
    }

    private String floating(FormatSpec spec, char conversion) {
        if (conversion == 'f' && arguments.get(argument) instanceof LuaDecimal decimal) {
            return fixed(spec, decimal.value());
        }
        double number = number();
        // the exact value has as many digits as its exponent and more
        arguments.meter().work(16 + Math.abs(Math.getExponent(number)));
        String text = new NumberFormat(conversion, spec.precision(), spec.has('#')).format(number);
        boolean finite = !Double.isNaN(number) && !Double.isInfinite(number);
        return spec.pad((text.startsWith("-") ? "" : spec.plus()) + text, finite);
    }

    /** A decimal rounded half to even, as a number is: but here the digits are exact. */
    private String fixed(FormatSpec spec, BigDecimal value) {
        arguments.meter().work(16);
        int places = spec.precision() < 0 ? NumberFormat.DEFAULT_PRECISION : spec.precision();
        String text = value.setScale(places, RoundingMode.HALF_EVEN).toPlainString();
        String shown = places == 0 && spec.has('#') ? text + "." : text;
        return spec.pad((shown.startsWith("-") ? "" : spec.plus()) + shown, true);
    }

    private void quote(LuaString text) {
        result.append('"');
        for (int i = 0; i < text.length(); i++) {
            int c = text.at(i);
            if (c == '"' || c == '\\' || c == '\n') {
                result.append('\\');
                result.append(c);
            } else if (c < ' ' || c == 0x7f) {
                boolean digitNext = i + 1 < text.length() && isDigit(text.at(i + 1));
                result.append(String.format(Locale.ROOT, digitNext ? "\\%03d" : "\\%d", c));
            } else {
                result.append(c);
            }
        }
        result.append('"');
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    /**
     * One conversion specification of a format: flags, width, precision, conversion.
     *
     * @param flags one bit for each of {@code -+ #0} that is given
     * @param width at least this many characters
     * @param precision negative: none is given
     * @param conversion the letter
     * @param end the index in the format after it
     */
    private record FormatSpec(int flags, int width, int precision, char conversion, int end) {
        private static final String FLAGS = "-+ #0";

        /** Reads the specification whose percent sign is just before an index. */
        static FormatSpec parse(LuaString format, int start) {
            int i = start;
            while (i < format.length() && FLAGS.indexOf(format.at(i)) >= 0) {
                i++;
            }
            if (i - start > FLAGS.length()) {
                throw new LuaError("invalid format (repeated flags)");
            }
            int flags = flags(format, start, i);
            int widthStart = i;
            i = skipDigits(format, i);
            int width = number(format, widthStart, i);
            int precision = -1;
            if (i < format.length() && format.at(i) == '.') {
                int precisionStart = ++i;
                i = skipDigits(format, i);
                precision = number(format, precisionStart, i);
            }
            if (i >= format.length()) {
                throw new LuaError(
                        "invalid format: it ends within '%" + format.slice(start, i) + "'");
            }
            return new FormatSpec(flags, width, precision, (char) format.at(i), i + 1);
        }

        private static int flags(LuaString format, int from, int to) {
            int flags = 0;
            for (int i = from; i < to; i++) {
                flags |= 1 << FLAGS.indexOf(format.at(i));
            }
            return flags;
        }

        private static int skipDigits(LuaString format, int start) {
            int i = start;
            while (i < format.length() && format.at(i) >= '0' && format.at(i) <= '9') {
                i++;
            }
            if (i - start > 2) {
                throw new LuaError("invalid format (width or precision too long)");
            }
            return i;
        }

        /** The value of at most two digits; without any 0. */
        private static int number(LuaString format, int from, int to) {
            int value = 0;
            for (int i = from; i < to; i++) {
                value = value * 10 + format.at(i) - '0';
            }
            return value;
        }

        boolean has(char flag) {
            return (flags & 1 << FLAGS.indexOf(flag)) != 0;
        }

        /** What is written before a number that is not negative. */
        String plus() {
            return has('+') ? "+" : has(' ') ? " " : "";
        }

        /** Digits with zeros before them up to the precision; none for 0 with precision 0. */
        String atLeast(String digits) {
            if (precision == 0 && digits.equals("0")) {
                return "";
            }
            return "0".repeat(Math.max(0, precision - digits.length())) + digits;
        }

        /** An integer's text padded to the width. */
        String pad(String text) {
            // C99 7.19.6.1: for integers a precision overrides the flag 0
            return pad(text, precision < 0);
        }

        /**
         * A number's text padded to the width: with zeros after the sign if asked for and allowed.
         */
        String pad(String text, boolean zerosAllowed) {
            int missing = width - text.length();
            if (missing <= 0) {
                return text;
            }
            if (has('-')) {
                return text + " ".repeat(missing);
            }
            if (has('0') && zerosAllowed) {
                int digits = startOfDigits(text);
                return text.substring(0, digits) + "0".repeat(missing) + text.substring(digits);
            }
            return " ".repeat(missing) + text;
        }

        private static int startOfDigits(String text) {
            int sign = !text.isEmpty() && "+- ".indexOf(text.charAt(0)) >= 0 ? 1 : 0;
            boolean prefixed = text.startsWith("0x", sign) || text.startsWith("0X", sign);
            return prefixed ? sign + 2 : sign;
        }

        /** A string cut to the precision. */
        LuaString cut(LuaString text) {
            return precision >= 0 && precision < text.length() ? text.slice(0, precision) : text;
        }

        /** A string padded to the width. */
        LuaString pad(LuaString text) {
            int missing = width - text.length();
            if (missing <= 0) {
                return text;
            }
            byte[] padded = new byte[width];
            Arrays.fill(padded, (byte) ' ');
            text.copyTo(padded, has('-') ? 0 : missing);
            return LuaString.ofOctets(padded);
        }
    }
}
