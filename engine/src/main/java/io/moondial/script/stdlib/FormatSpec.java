package io.moondial.script.stdlib;

import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaString;
import java.util.Arrays;

/**
 * One conversion specification of a format: flags, width, precision, conversion.
 *
 * @param flags one bit for each of {@code -+ #0} that is given
 * @param width at least this many characters
 * @param precision negative: none is given
 * @param conversion the letter
 * @param end the index in the format behind it
 */
record FormatSpec(int flags, int width, int precision, char conversion, int end) {
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
            throw new LuaError("invalid format: it ends within '%" + format.slice(start, i) + "'");
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

    /** What stands before a number that is not negative. */
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

    /** A number's text padded to the width: with zeros behind the sign where asked and allowed. */
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
