package io.moondial.script.lua;

import io.moondial.script.lua.Compiler.CompileFailure;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Lua source with its lines and columns. */
final class SourceText {
    private final byte[] octets;

    /** Where the lines after the first begin; null until somebody asks for a line. */
    private int @Nullable [] lineStarts;

    /** Takes source without a byte order mark. */
    SourceText(byte[] octets) {
        this.octets = octets;
    }

    /** A file's text, without the byte order mark that some editors put before UTF-8. */
    static SourceText ofFile(LuaString content) {
        byte[] octets = content.toOctets();
        boolean marked =
                octets.length >= 3
                        && (octets[0] & 0xff) == 0xef
                        && (octets[1] & 0xff) == 0xbb
                        && (octets[2] & 0xff) == 0xbf;
        return new SourceText(marked ? Arrays.copyOfRange(octets, 3, octets.length) : octets);
    }

    int length() {
        return octets.length;
    }

    /** The octet at an index as 0 to 255; -1 beyond the end. */
    int at(int index) {
        return index < octets.length ? octets[index] & 0xff : -1;
    }

    String text(int from, int to) {
        return new String(octets, from, to - from, StandardCharsets.UTF_8);
    }

    LuaString slice(int from, int to) {
        return LuaString.ofOctets(octets).slice(from, to);
    }

    /** Puts another octet instead of one. */
    void replace(int index, int octet) {
        octets[index] = (byte) octet;
    }

    byte[] octets() {
        return octets;
    }

    static boolean isDigit(int octet) {
        return octet >= '0' && octet <= '9';
    }

    static boolean isHexDigit(int octet) {
        return isDigit(octet) || ((octet | 0x20) >= 'a' && (octet | 0x20) <= 'f');
    }

    /** Whether an octet may be in a name. */
    static boolean isWord(int octet) {
        return isDigit(octet) || octet == '_' || ((octet | 0x20) >= 'a' && (octet | 0x20) <= 'z');
    }

    static boolean isBlank(int octet) {
        return octet == ' ' || (octet >= '\t' && octet <= '\r');
    }

    static boolean isLineEnd(int octet) {
        return octet == '\n' || octet == '\r';
    }

    /**
     * What follows the end of a line that begins to end here: CR LF is one end, and so is LF CR.
     */
    int afterLineEnd(int index) {
        int next = at(index + 1);
        return isLineEnd(next) && next != at(index) ? index + 2 : index + 1;
    }

    /** The equals signs of a long bracket that opens at an index; -1 if none does. */
    int longBracketLevel(int index) {
        if (at(index) != '[') {
            return -1;
        }
        int level = 0;
        while (at(index + 1 + level) == '=') {
            level++;
        }
        return at(index + 1 + level) == '[' ? level : -1;
    }

    /** What follows a long bracket of a level that opens at an index; -1 if it does not end. */
    int afterLongBracket(int index, int level) {
        LuaString end = LuaString.of("]" + "=".repeat(level) + "]");
        int close = LuaString.ofOctets(octets).indexOf(end, index + level + 2);
        return close < 0 ? -1 : close + end.length();
    }

    int lineOf(int position) {
        int[] starts = lineStarts;
        if (starts == null) {
            starts = findLineStarts();
            lineStarts = starts;
        }
        int found = Arrays.binarySearch(starts, position);
        return found < 0 ? -found : found + 2;
    }

    private int[] findLineStarts() {
        IntStream.Builder starts = IntStream.builder();
        for (int i = 0; i < octets.length; ) {
            if (isLineEnd(at(i))) {
                i = afterLineEnd(i);
                starts.add(i);
            } else {
                i++;
            }
        }
        return starts.build().toArray();
    }

    /** The column from 1, in characters. */
    int columnOf(int position) {
        int start = position;
        while (start > 0 && !isLineEnd(at(start - 1))) {
            start--;
        }
        String before = text(start, position);
        return before.codePointCount(0, before.length()) + 1;
    }

    /** Refuses what is not UTF-8, at the first octet that is not. */
    void requireUtf8() throws CompileFailure {
        ByteBuffer rest = ByteBuffer.wrap(octets);
        CharBuffer text = CharBuffer.allocate(1024);
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CoderResult result;
        do {
            text.clear();
            result = decoder.decode(rest, text, true);
        } while (result.isOverflow());
        if (result.isError()) {
            throw notUtf8(rest.position());
        }
    }

    private CompileFailure notUtf8(int position) {
        int octet = at(position);
        String latin = octet >= 0xa0 ? ", '" + (char) octet + "' in ISO 8859-1" : "";
        return failure(
                position,
                String.format(
                        Locale.ROOT,
                        "not UTF-8: the octet 0x%02X%s; save the file as UTF-8 (an octet of its own is"
                                + " written \\%d in a string)",
                        octet,
                        latin,
                        octet));
    }

    CompileFailure failure(int position, String message) {
        return new CompileFailure(lineOf(position), columnOf(position), message);
    }
}
