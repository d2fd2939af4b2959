package io.moondial.script.lua;

/** How far the compiler had read when it gave up: from that, the word it gave up at. */
final class Cursor {
    private static final int LONGEST_WORD = 40;

    private final SourceText source;
    private final int start;
    private final String word;

    /**
     * Finds the word.
     *
     * @param read how many octets were read: one more than the word that was looked at
     */
    Cursor(SourceText source, int read) {
        this.source = source;
        int end = Math.min(read - 1, source.length());
        while (end > 0 && end < source.length() && SourceText.isBlank(source.at(end - 1))) {
            end--;
        }
        if (read > source.length() + 1) {
            this.start = source.length();
            this.word = "<eof>";
        } else {
            this.start = startOfWord(source, end);
            this.word = "'" + source.text(start, Math.max(start, end)) + "'";
        }
    }

    private static int startOfWord(SourceText source, int end) {
        int start = end;
        while (start > 0 && SourceText.isWord(source.at(start - 1))) {
            start--;
        }
        return start == end ? Math.max(0, end - 1) : start;
    }

    /** A failure at a line; at the word's column too where the word is on that line. */
    CompileFailure failure(int line, String message) {
        if (line != source.lineOf(start)) {
            return new CompileFailure(line, 0, message);
        }
        String near = word.length() > LONGEST_WORD ? "" : " near " + word;
        return source.failure(start, message + near);
    }

    /** A failure at the word. */
    CompileFailure failure(String message) {
        return failure(source.lineOf(start), message);
    }
}
