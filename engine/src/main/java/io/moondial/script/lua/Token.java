package io.moondial.script.lua;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One word of Lua source.
 *
 * @param text a name, keyword or symbol itself; of a string what it holds, as far as it has no
 *     escapes
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
    private static final Map<String, int[]> BINARY = binary();
    private static final List<String> SYMBOLS = List.of("...", "..", "==", "~=", "<=", ">=", "::");

    boolean is(String symbolOrKeyword) {
        return (kind == Kind.SYMBOL || kind == Kind.KEYWORD) && text.equals(symbolOrKeyword);
    }

    /** Whether no statement of the block that was read so far begins with it. */
    boolean endsBlock() {
        return kind == Kind.END || is("end") || is("else") || is("elseif") || is("until");
    }

    /** As a name or a text: what is kept under another name can be called with any module's. */
    boolean isRequire() {
        return (kind == Kind.NAME || kind == Kind.STRING) && text.equals("require");
    }

    /** How an operator of two operands binds, to the left and to the right; null: it is none. */
    int @Nullable [] priority() {
        return kind == Kind.SYMBOL || kind == Kind.KEYWORD ? BINARY.get(text) : null;
    }

    private static Map<String, int[]> binary() {
        Map<String, int[]> priorities = new HashMap<>();
        priorities.put("or", new int[] {1, 1});
        priorities.put("and", new int[] {2, 2});
        for (String comparison : List.of("<", ">", "<=", ">=", "~=", "==")) {
            priorities.put(comparison, new int[] {3, 3});
        }
        priorities.put("..", new int[] {9, 8});
        priorities.put("+", new int[] {10, 10});
        priorities.put("-", new int[] {10, 10});
        priorities.put("*", new int[] {11, 11});
        priorities.put("/", new int[] {11, 11});
        priorities.put("%", new int[] {11, 11});
        priorities.put("^", new int[] {14, 13});
        return priorities;
    }

    /** The words of a source, of which one is the next. */
    static final class Stream {
        private final List<Token> tokens;
        private int at;

        Stream(SourceText source) {
            tokens = List.copyOf(Token.of(source));
        }

        /** All of them, whichever is the next. */
        List<Token> all() {
            return tokens;
        }

        /** The next one; at the end that of kind END. */
        Token peek() {
            return tokens.get(at);
        }

        /** The one after the next. */
        Token second() {
            return tokens.get(Math.min(at + 1, tokens.size() - 1));
        }

        /** The one after that. */
        Token third() {
            return tokens.get(Math.min(at + 2, tokens.size() - 1));
        }

        /** Takes the next one; that of kind END stays. */
        Token take() {
            return tokens.get(at < tokens.size() - 1 ? at++ : at);
        }

        /** Takes the next one if it is this symbol or keyword; whether it was. */
        boolean takes(String wanted) {
            if (peek().is(wanted)) {
                at++;
                return true;
            }
            return false;
        }

        /** Whether a condition is written as a constant that is true, or false. */
        boolean isConstant(boolean wanted) {
            Token next = second();
            boolean alone = next.is("then") || next.is("do");
            return alone && (wanted ? peek().is("true") : peek().is("false") || peek().is("nil"));
        }

        /** Makes the one that was taken last the next one again. */
        void putBack() {
            at--;
        }
    }

    /** The words of source that compiles, followed by one of kind END. */
    private static List<Token> of(SourceText source) {
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

    /**
     * The first name that {@code function} was most likely meant by, in source whose words are
     * sound and that does not compile: {@code local name name(} in one line, or the word with a
     * slip in it before a parenthesis.
     *
     * @param last the line, from 1, at which the compiler gave up
     */
    static @Nullable Token meantAsFunction(SourceText source, int last) {
        List<Token> tokens = of(source);
        for (int i = 0; i + 2 < tokens.size(); i++) {
            Token it = tokens.get(i);
            if (it.kind != Kind.NAME || source.lineOf(it.at) > last) {
                continue;
            }
            Token second = tokens.get(i + 1);
            boolean named = second.kind == Kind.NAME && tokens.get(i + 2).is("(");
            boolean local = i > 0 && tokens.get(i - 1).is("local");
            if ((named && local && source.lineOf(it.at) == source.lineOf(second.at))
                    || ((named || second.is("(")) && isSlipOf("function", it.text))) {
                return it;
            }
        }
        return null;
    }

    /** Whether a word begins like another, and differs in one place by at most two letters. */
    private static boolean isSlipOf(String word, String written) {
        int most = Math.min(word.length(), written.length());
        if (Character.toLowerCase(written.charAt(0)) != word.charAt(0)) {
            return false; // junction
        }
        int begin = 1;
        while (begin < most && word.charAt(begin) == written.charAt(begin)) {
            begin++;
        }
        int end = 0;
        while (end < most - begin
                && word.charAt(word.length() - 1 - end)
                        == written.charAt(written.length() - 1 - end)) {
            end++;
        }
        return Math.max(word.length(), written.length()) - begin - end <= 2;
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
            int end = numeralEnd(source, start);
            tokens.add(new Token(Kind.NUMBER, source.text(start, end), start));
            return end;
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
