package io.starhash.script.lua;

import java.nio.charset.StandardCharsets;

/** How far the compiler had read when it gave up: from that, the word it gave up at. */
final class Cursor {
    private static final int LONGEST_WORD = 40;

    private final byte[] source;
    private final int wordStart;
    private final int wordEnd;

    /**
     * @param read how many octets were read: the compiler reads one further than the word it looks
     *     at
     */
    Cursor(byte[] source, int read) {
        this.source = source;
        int end = read == source.length ? read : Math.max(0, read - 1);
        while (end > 0 && isBlank(source[end - 1])) {
            end--;
        }
        this.wordEnd = end;
        int start = end;
        while (start > 0 && isWord(source[start - 1])) {
            start--;
        }
        this.wordStart = start == end ? Math.max(0, end - 1) : start;
    }

    private static boolean isBlank(byte octet) {
        return octet == ' ' || (octet >= '\t' && octet <= '\r');
    }

    private static boolean isWord(byte octet) {
        return octet == '_' || octet < 0 || Character.isLetterOrDigit(octet);
    }

    /** A failure at the word. */
    CompileFailure failure(String message) {
        return failure(lineOf(wordStart), message);
    }

    /** A failure at a line; at the word's column where the word is on that line. */
    CompileFailure failure(int line, String message) {
        if (line != lineOf(wordStart)) {
            return new CompileFailure(line, 0, message);
        }
        return new CompileFailure(line, columnOf(wordStart), message + near());
    }

    private String near() {
        String word = new String(source, wordStart, wordEnd - wordStart, StandardCharsets.UTF_8);
        return word.isEmpty() || word.length() > LONGEST_WORD ? "" : " near '" + word + "'";
    }

    private int lineOf(int position) {
        int line = 1;
        for (int i = 0; i < position; i++) {
            boolean returned =
                    source[i] == '\r' && !(i + 1 < source.length && source[i + 1] == '\n');
            line += source[i] == '\n' || returned ? 1 : 0;
        }
        return line;
    }

    private int columnOf(int position) {
        int start = position;
        while (start > 0 && source[start - 1] != '\n' && source[start - 1] != '\r') {
            start--;
        }
        return new String(source, start, position - start, StandardCharsets.UTF_8).length() + 1;
    }
}
