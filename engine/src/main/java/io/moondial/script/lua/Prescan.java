package io.moondial.script.lua;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The pass over Lua source before LuaJ's compiler sees it. It refuses what that compiler takes
 * without a word (escapes that are none, {@code 1d}, {@code 0x}, control characters) or hangs on (a
 * string that ends within {@code \z}, thousands of conditions in a chain), with line and column,
 * and rewrites what it misreads ({@code 0x1p+4}).
 */
final class Prescan {
    private static final int LARGEST_OCTET = 255;

    /**
     * What LuaJ's compiler joins by jumps. With each, or with each block, it goes through all those
     * that wait for their end: a chain of ten thousand takes it a third of a second, what fits into
     * a file half a minute and more.
     */
    private static final Set<String> JOINING = Set.of("and", "or", "elseif", "goto", "break");

    private static final int MOST_JOINING = 10_000;

    private static final String HEX = "0123456789abcdef";

    /** So many hexadecimal digits are exact whatever they are. */
    private static final int EXACT_DIGITS = 13;

    /** More digits than decide how a number is rounded, except for whether anything follows. */
    private static final int ROUNDED_DIGITS = 15;

    private final SourceText source;
    private int at;
    private int joining;

    private Prescan(SourceText source) {
        this.source = source;
    }

    /** Goes through the source, which may be changed, but keeps its length. */
    static void check(SourceText source) throws CompileFailure {
        new Prescan(source).checkAll();
    }

    private void checkAll() throws CompileFailure {
        if (peek(0) == '#') {
            skipLine();
        }
        while (at < source.length()) {
            int c = peek(0);
            if (c == '-' && peek(1) == '-') {
                skipComment();
            } else if (source.longBracketLevel(at) >= 0) {
                skipLongBracket("string");
            } else if (c == '"' || c == '\'') {
                checkString(c);
            } else if (SourceText.isDigit(c) || (c == '.' && SourceText.isDigit(peek(1)))) {
                checkNumeral();
            } else if (SourceText.isWord(c)) {
                checkWord();
            } else {
                checkSymbol(c);
            }
        }
    }

    private int peek(int ahead) {
        return source.at(at + ahead);
    }

    private void skipLine() {
        while (at < source.length() && !SourceText.isLineEnd(peek(0))) {
            at++;
        }
    }

    private void checkWord() throws CompileFailure {
        int start = at;
        while (SourceText.isWord(peek(0))) {
            at++;
        }
        if (JOINING.contains(source.text(start, at)) && ++joining > MOST_JOINING) {
            throw source.failure(
                    start,
                    "more than "
                            + MOST_JOINING
                            + " of 'and', 'or', 'elseif', 'goto' and 'break' in one file; look things"
                            + " up in a table instead, or put a part into a module");
        }
    }

    private void skipComment() throws CompileFailure {
        at += 2;
        if (source.longBracketLevel(at) >= 0) {
            skipLongBracket("comment");
        } else {
            skipLine();
        }
    }

    private void skipLongBracket(String what) throws CompileFailure {
        int end = source.afterLongBracket(at, source.longBracketLevel(at));
        if (end < 0) {
            throw source.failure(at, "unfinished long " + what);
        }
        at = end;
    }

    private void checkString(int quote) throws CompileFailure {
        int start = at++;
        while (peek(0) != quote) {
            if (peek(0) < 0 || SourceText.isLineEnd(peek(0))) {
                throw source.failure(start, "unfinished string");
            }
            if (peek(0) == '\\') {
                checkEscape();
            } else {
                at++;
            }
        }
        at++;
    }

    private void checkEscape() throws CompileFailure {
        int start = at++;
        int c = peek(0);
        if (SourceText.isLineEnd(c)) {
            at = source.afterLineEnd(at);
        } else if (c == 'z') {
            at++;
            while (SourceText.isBlank(peek(0))) {
                at++;
            }
        } else if (c == 'x') {
            if (!SourceText.isHexDigit(peek(1)) || !SourceText.isHexDigit(peek(2))) {
                throw source.failure(start, "two hexadecimal digits expected after \\x");
            }
            at += 3;
        } else if (SourceText.isDigit(c)) {
            checkDecimalEscape(start);
        } else if ("abfnrtv\\\"'".indexOf(c) >= 0) {
            at++;
        } else if (c >= 0) {
            throw source.failure(
                    start,
                    "invalid escape sequence '\\"
                            + source.text(at, at + 1)
                            + "'; a backslash itself is written \\\\");
        }
    }

    private void checkDecimalEscape(int start) throws CompileFailure {
        int value = 0;
        for (int digits = 0; digits < 3 && SourceText.isDigit(peek(0)); digits++) {
            value = value * 10 + peek(0) - '0';
            at++;
        }
        if (value > LARGEST_OCTET) {
            throw source.failure(start, "decimal escape too large: at most \\255");
        }
    }

    /** Reads on as Lua 5.2's lexer does, then asks whether what it took is a numeral. */
    private void checkNumeral() throws CompileFailure {
        int start = at;
        boolean hexadecimal = peek(0) == '0' && (peek(1) | 0x20) == 'x';
        int exponent = hexadecimal ? 'p' : 'e';
        at += hexadecimal ? 2 : 0;
        while (true) {
            if ((peek(0) | 0x20) == exponent && peek(0) > 0) {
                at += peek(1) == '+' || peek(1) == '-' ? 2 : 1;
            }
            if (!SourceText.isHexDigit(peek(0)) && peek(0) != '.') {
                break;
            }
            at++;
        }
        if (new Numbers.Numeral(source.slice(start, at), 0, at - start).value() == null) {
            throw source.failure(start, "malformed number near '" + source.text(start, at) + "'");
        }
        if (hexadecimal) {
            roundDigits(start);
            removePlus(start);
        }
    }

    /**
     * LuaJ rounds at each digit beyond the 53 bits of a number. So these digits are rounded here,
     * once, and are then zeros. (If that carries over all digits, LuaJ gets the same result.)
     */
    private void roundDigits(int start) {
        int[] places = significantPlaces(start);
        long head = 0;
        for (int i = 0; i < ROUNDED_DIGITS; i++) {
            int digit = i < places.length ? Character.digit(source.at(places[i]), 16) : 0;
            head = head << 4 | digit;
        }
        boolean more =
                Arrays.stream(places).skip(ROUNDED_DIGITS).anyMatch(at -> source.at(at) != '0');
        long rounded = (long) (double) (head << 1 | (more ? 1 : 0)) >> 1;
        if (places.length <= EXACT_DIGITS || rounded >> (4 * ROUNDED_DIGITS) != 0) {
            return;
        }
        for (int i = 0; i < places.length; i++) {
            int shift = 4 * (ROUNDED_DIGITS - 1 - i);
            source.replace(places[i], shift < 0 ? '0' : HEX.charAt((int) (rounded >> shift) & 15));
        }
    }

    /** Where the digits of a hexadecimal numeral are, from the first that is not zero. */
    private int[] significantPlaces(int start) {
        return IntStream.range(start + 2, at)
                .takeWhile(i -> (source.at(i) | 0x20) != 'p')
                .filter(i -> source.at(i) != '.')
                .dropWhile(i -> source.at(i) == '0')
                .toArray();
    }

    /** LuaJ reads a binary exponent with a plus sign as 0. */
    private void removePlus(int start) {
        for (int i = start; i < at; i++) {
            if (source.at(i) == '+') {
                for (int j = i; j < at - 1; j++) {
                    source.replace(j, source.at(j + 1));
                }
                source.replace(at - 1, ' ');
            }
        }
    }

    private void checkSymbol(int c) throws CompileFailure {
        boolean control = (c < ' ' && !SourceText.isBlank(c)) || c == 0x7f;
        if (control || c >= 0x80) {
            String rest = source.text(at, Math.min(source.length(), at + 4));
            String shown = control ? "\\" + c : rest.substring(0, rest.offsetByCodePoints(0, 1));
            throw source.failure(
                    at,
                    "unexpected character '"
                            + shown
                            + "': only ASCII is allowed outside strings and comments");
        }
        at++;
    }
}
