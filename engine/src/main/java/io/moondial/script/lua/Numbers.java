package io.moondial.script.lua;

import org.jspecify.annotations.Nullable;

/** How Lua writes numbers as text and reads them from it, the same in every locale. */
public final class Numbers {
    private static final int LONGEST = 128;
    private static final double PLAIN_BELOW = 1e14;
    private static final double EXACT_TO = 0x1p53;
    private static final int EXACT_DIGITS = 15;
    private static final double[] POWERS_OF_TEN = {
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14
    };

    private Numbers() {}

    /** The number as {@code tostring} gives it. */
    public static String toText(double number) {
        if (number == Math.rint(number) && Math.abs(number) < PLAIN_BELOW) {
            boolean minusZero = number == 0 && 1 / number < 0;
            return minusZero ? "-0" : Long.toString((long) number);
        }
        return NumberFormat.SHORT.format(number);
    }

    /**
     * The number for people and records outside Lua: a whole one up to 2^53, up to where each is
     * exact, with all its digits; any other as {@code tostring} gives it.
     */
    public static String allDigits(double number) {
        boolean exact = number == Math.rint(number) && Math.abs(number) <= EXACT_TO;
        return exact ? Long.toString((long) number) : toText(number);
    }

    /**
     * The value as a number: a number itself, or a string that reads as one; null otherwise.
     *
     * @param meter counts how long a string is, before it is read: it may be white space
     */
    public static @Nullable Double from(Meter meter, @Nullable Object value) {
        if (value instanceof Double d) {
            return d;
        }
        if (!(value instanceof LuaString text)) {
            return null;
        }
        meter.work(text.length() >> 6);
        return parse(text);
    }

    /** The value as a string: a string itself, or a number or a decimal as text; null otherwise. */
    public static @Nullable LuaString textFrom(@Nullable Object value) {
        if (value instanceof LuaString s) {
            return s;
        }
        if (value instanceof Double d) {
            return textOf(d);
        }
        return value instanceof LuaDecimal d ? d.text() : null;
    }

    private static LuaString textOf(double number) {
        boolean whole = number == Math.rint(number) && Math.abs(number) < PLAIN_BELOW;
        return whole && number != 0 ? digits((long) number) : LuaString.of(toText(number));
    }

    private static LuaString digits(long number) {
        long rest = Math.abs(number);
        byte[] octets = new byte[NumberFormat.QuickDecimal.digits(rest) + (number < 0 ? 1 : 0)];
        octets[0] = '-';
        for (int at = octets.length - 1; rest != 0; at--) {
            octets[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return LuaString.ofOctets(octets);
    }

    /**
     * The number that the whole string reads as (Lua 5.2 manual 3.4.2); null if it does not, or is
     * longer than any number that somebody means, white space around it aside.
     */
    static @Nullable Double parse(LuaString text) {
        int from = startOf(text);
        int to = endOf(text, from);
        if (to - from > LONGEST) {
            return null;
        }
        Double plain = parsePlain(text, from, to);
        return plain != null ? plain : new Numeral(text, from, to).value();
    }

    /**
     * A number of a few digits, with a point or not: both the digits and the power of ten are
     * exact, so their quotient is rounded once. Null: it is written in another way.
     */
    private static @Nullable Double parsePlain(LuaString text, int from, int to) {
        if (to - from > EXACT_DIGITS || from == to) {
            return null;
        }
        long digits = 0;
        int point = -1;
        for (int i = from; i < to; i++) {
            int c = text.at(i);
            if (c == '.' && point < 0) {
                point = i;
            } else if (c >= '0' && c <= '9') {
                digits = digits * 10 + c - '0';
            } else {
                return null;
            }
        }
        if (point < 0) {
            return (double) digits;
        }
        return to - from == 1 ? null : digits / POWERS_OF_TEN[to - point - 1];
    }

    /** The number that the whole string reads as in a base from 2 to 36; null if it does not. */
    public static @Nullable Double parse(LuaString text, int base) {
        int from = startOf(text);
        int to = endOf(text, from);
        boolean negative = from < to && text.at(from) == '-';
        if (negative || (from < to && text.at(from) == '+')) {
            from++;
        }
        if (from == to) {
            return null;
        }
        double value = 0;
        for (int i = from; i < to; i++) {
            int c = text.at(i);
            int digit = c < 0x80 ? Character.digit(c, base) : -1;
            if (digit < 0) {
                return null;
            }
            value = value * base + digit;
        }
        return negative ? -value : value;
    }

    /** Where the white space at the beginning ends. */
    private static int startOf(LuaString text) {
        int from = 0;
        while (from < text.length() && isSpace(text.at(from))) {
            from++;
        }
        return from;
    }

    /** Where the white space at the end begins. */
    private static int endOf(LuaString text, int from) {
        int to = text.length();
        while (to > from && isSpace(text.at(to - 1))) {
            to--;
        }
        return to;
    }

    /** Whether C's {@code isspace} holds in the "C" locale. */
    static boolean isSpace(int octet) {
        return octet == ' ' || (octet >= '\t' && octet <= '\r');
    }

    /**
     * A numeral in a string: optional sign, then decimal or hexadecimal with fraction and exponent.
     */
    static final class Numeral {
        /** Beyond this many digits an exponent's value no longer matters. */
        private static final int MAX_EXPONENT = 100_000;

        private final LuaString text;
        private final int end;
        private int at;

        Numeral(LuaString text, int from, int to) {
            this.text = text;
            this.at = from;
            this.end = to;
        }

        @Nullable Double value() {
            boolean negative = peek() == '-';
            if (negative || peek() == '+') {
                at++;
            }
            Double magnitude = isHexadecimal() ? hexadecimal() : decimal();
            if (magnitude == null) {
                return null;
            }
            return negative ? Double.valueOf(-magnitude) : magnitude;
        }

        private boolean isHexadecimal() {
            return at + 1 < end && text.at(at) == '0' && (text.at(at + 1) | 0x20) == 'x';
        }

        private @Nullable Double decimal() {
            int start = at;
            int digits = skipDigits();
            if (peek() == '.') {
                at++;
                digits += skipDigits();
            }
            if (digits == 0) {
                return null;
            }
            if (((peek() | 0x20) == 'e' && readExponent() == null) || at != end) {
                return null;
            }
            // only digits, a point, an exponent: none of what else Double.parseDouble takes
            return Double.valueOf(text.slice(start, end).toText());
        }

        private int skipDigits() {
            int start = at;
            while (peek() >= '0' && peek() <= '9') {
                at++;
            }
            return at - start;
        }

        private @Nullable Double hexadecimal() {
            int start = at;
            at += 2;
            int digits = skipHexDigits();
            if (peek() == '.') {
                at++;
                digits += skipHexDigits();
            }
            if (digits == 0) {
                return null;
            }
            String significand = text.slice(start, at).toText();
            Integer exponent = (peek() | 0x20) == 'p' ? readExponent() : Integer.valueOf(0);
            // rounded once, as C's strtod does
            return exponent == null || at != end
                    ? null
                    : Double.valueOf(significand + "p" + exponent);
        }

        private int skipHexDigits() {
            int start = at;
            while (SourceText.isHexDigit(peek())) {
                at++;
            }
            return at - start;
        }

        /** The exponent after its letter; null if there is none. */
        private @Nullable Integer readExponent() {
            at++;
            boolean negative = peek() == '-';
            if (negative || peek() == '+') {
                at++;
            }
            int start = at;
            int value = 0;
            while (peek() >= '0' && peek() <= '9') {
                value = Math.min(MAX_EXPONENT, value * 10 + peek() - '0');
                at++;
            }
            if (at == start) {
                return null;
            }
            return negative ? -value : value;
        }

        private int peek() {
            return at < end ? text.at(at) : -1;
        }
    }
}
