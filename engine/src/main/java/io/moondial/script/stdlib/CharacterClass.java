package io.moondial.script.stdlib;

/** Lua's character classes ({@code %a} and so on) over octets, as C's "C" locale has them. */
final class CharacterClass {
    private CharacterClass() {}

    /**
     * Whether the class that a letter names contains an octet; a class in upper case is the
     * opposite.
     */
    static boolean contains(int letter, int c) {
        int lower = letter | 0x20;
        return switch (lower) {
            case 'a' -> isAlpha(c) == (letter == lower);
            case 'c' -> (c < ' ' || c == 0x7f) == (letter == lower);
            case 'd' -> isDigit(c) == (letter == lower);
            case 'g' -> isGraph(c) == (letter == lower);
            case 'l' -> isLower(c) == (letter == lower);
            case 'p' -> (isGraph(c) && !isAlpha(c) && !isDigit(c)) == (letter == lower);
            case 's' -> (c == ' ' || (c >= '\t' && c <= '\r')) == (letter == lower);
            case 'u' -> isUpper(c) == (letter == lower);
            case 'w' -> (isAlpha(c) || isDigit(c)) == (letter == lower);
            case 'x' -> isHex(c) == (letter == lower);
            // not in the manual any more, but still in the reference implementation
            case 'z' -> (c == 0) == (letter == lower);
            default -> letter == c;
        };
    }

    private static boolean isAlpha(int c) {
        return isLower(c) || isUpper(c);
    }

    private static boolean isLower(int c) {
        return c >= 'a' && c <= 'z';
    }

    private static boolean isUpper(int c) {
        return c >= 'A' && c <= 'Z';
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isHex(int c) {
        return isDigit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
    }

    private static boolean isGraph(int c) {
        return c > ' ' && c < 0x7f;
    }
}
