package io.starhash.script.stdlib;

import io.starhash.script.lua.LuaError;
import io.starhash.script.lua.LuaString;
import java.util.Arrays;

/**
 * One conversion specification of a format: flags, width, precision, conversion.
 *
 * @param flags those of {@code -+ #0} that are given
 * @param width at least so many characters
 * @param precision negative: none is given
 * @param conversion the letter
 * @param end the index in the format behind it
 */
record FormatSpec(String flags, int width, int precision, char conversion, int end) {
    private static final String FLAGS = "-+ #0";

    /** Reads the specification whose percent sign is just before an index. */
    static FormatSpec parse(LuaString format, int start) {
        int i = start;
        while (i < format.length() && FLAGS.indexOf(format.at(i)) >= 0) {
            i++;
        }
        String flags = format.slice(start, i).toText();
        if (flags.length() > FLAGS.length()) {
            throw new LuaError("invalid format (repeated flags)");
        }
        int widthStart = i;
        i = skipDigits(format, i);
        int width = number(format, widthStart, i, 0);
        int precision = -1;
        if (i < format.length() && format.at(i) == '.') {
            int precisionStart = ++i;
            i = skipDigits(format, i);
            precision = number(format, precisionStart, i, 0);
        }
        if (i >= format.length()) {
            throw new LuaError("invalid format: it ends within '%" + format.slice(start, i) + "'");
        }
        return new FormatSpec(flags, width, precision, (char) format.at(i), i + 1);
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

    private static int number(LuaString format, int from, int to, int otherwise) {
        return from == to ? otherwise : Integer.parseInt(format.slice(from, to).toText());
    }

    boolean has(char flag) {
        return flags.indexOf(flag) >= 0;
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
