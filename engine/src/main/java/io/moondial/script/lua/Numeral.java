package io.moondial.script.lua;

import org.jspecify.annotations.Nullable;

/** A numeral in a string: optional sign, then decimal or hexadecimal with fraction and exponent. */
final class Numeral {
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
        return exponent == null || at != end ? null : Double.valueOf(significand + "p" + exponent);
    }

    private int skipHexDigits() {
        int start = at;
        while (SourceText.isHexDigit(peek())) {
            at++;
        }
        return at - start;
    }

    /** The exponent behind its letter; null if there is none. */
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
