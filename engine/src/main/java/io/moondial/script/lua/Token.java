package io.moondial.script.lua;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * One word of Lua source.
 *
 * @param text a name, keyword or symbol itself; of a string what it holds, as far as it has no
 *     escapes; of a numeral ""
 * @param at the index of its first octet
 */
record Token(Kind kind, String text, int at) {
    /** The kinds that matter to who reads only names. */
    enum Kind {
        NAME,
        KEYWORD,
        STRING,
        NUMBER,
        SYMBOL,
        END
    }

    private static final Set<String> KEYWORDS =
            Set.of(
                    "and",
                    "break",
                    "do",
                    "else",
                    "elseif",
                    "end",
                    "false",
                    "for",
                    "function",
                    "goto",
                    "if",
                    "in",
                    "local",
                    "nil",
                    "not",
                    "or",
                    "repeat",
                    "return",
                    "then",
                    "true",
                    "until",
                    "while");
    private static final List<String> SYMBOLS = List.of("...", "..", "==", "~=", "<=", ">=", "::");

    boolean is(String symbolOrKeyword) {
        return (kind == Kind.SYMBOL || kind == Kind.KEYWORD) && text.equals(symbolOrKeyword);
    }

    /** The words of source that compiles, and one of kind END behind them. */
    static List<Token> of(SourceText source) {
        List<Token> tokens = new ArrayList<>();
        int at = 0;
        if (source.at(0) == '#') {
            at = lineEnd(source, 0);
        }
        while (at < source.length()) {
            at = next(source, at, tokens);
        }
        tokens.add(new Token(Kind.END, "", source.length()));
        return tokens;
    }

    private static int next(SourceText source, int start, List<Token> tokens) {
        int c = source.at(start);
        if (SourceText.isBlank(c)) {
            return start + 1;
        }
        if (c == '-' && source.at(start + 1) == '-') {
            int level = source.longBracketLevel(start + 2);
            return level < 0 ? lineEnd(source, start) : source.afterLongBracket(start + 2, level);
        }
        int level = source.longBracketLevel(start);
        if (level >= 0) {
            int end = source.afterLongBracket(start, level);
            tokens.add(
                    new Token(Kind.STRING, source.text(start + level + 2, end - level - 2), start));
            return end;
        }
        if (c == '"' || c == '\'') {
            return string(source, start, c, tokens);
        }
        if (SourceText.isDigit(c) || (c == '.' && SourceText.isDigit(source.at(start + 1)))) {
            tokens.add(new Token(Kind.NUMBER, "", start));
            return numeralEnd(source, start);
        }
        if (SourceText.isWord(c)) {
            int end = start;
            while (SourceText.isWord(source.at(end))) {
                end++;
            }
            String word = source.text(start, end);
            tokens.add(new Token(KEYWORDS.contains(word) ? Kind.KEYWORD : Kind.NAME, word, start));
            return end;
        }
        String symbol = symbol(source, start);
        tokens.add(new Token(Kind.SYMBOL, symbol, start));
        return start + symbol.length();
    }

    private static String symbol(SourceText source, int start) {
        for (String symbol : SYMBOLS) {
            if (source.text(start, Math.min(source.length(), start + symbol.length()))
                    .equals(symbol)) {
                return symbol;
            }
        }
        return String.valueOf((char) source.at(start));
    }

    private static int string(SourceText source, int start, int quote, List<Token> tokens) {
        int end = start + 1;
        boolean plain = true;
        while (end < source.length() && source.at(end) != quote) {
            plain &= source.at(end) != '\\';
            end += source.at(end) == '\\' ? 2 : 1;
        }
        String text = plain ? source.text(start + 1, Math.min(end, source.length())) : "\\";
        tokens.add(new Token(Kind.STRING, text, start));
        return end + 1;
    }

    private static int numeralEnd(SourceText source, int start) {
        boolean hexadecimal = source.at(start) == '0' && (source.at(start + 1) | 0x20) == 'x';
        int exponent = hexadecimal ? 'p' : 'e';
        int end = start;
        while (SourceText.isWord(source.at(end)) || source.at(end) == '.') {
            boolean signed =
                    (source.at(end) | 0x20) == exponent
                            && (source.at(end + 1) == '+' || source.at(end + 1) == '-');
            end += signed ? 2 : 1;
        }
        return end;
    }

    private static int lineEnd(SourceText source, int start) {
        int end = start;
        while (end < source.length() && !SourceText.isLineEnd(source.at(end))) {
            end++;
        }
        return end;
    }
}
