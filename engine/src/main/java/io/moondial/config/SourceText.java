package io.moondial.config;

import io.moondial.file.FileTrouble;
import io.moondial.file.PlainFile;
import io.moondial.file.PlainFile.UnreadableFileException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** The text of a file in UTF-8, without a byte order mark. */
final class SourceText {
    /** The most octets of a file: a hundred thousand triggers take some five million. */
    static final int MAX_OCTETS = 32 << 20;

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private SourceText() {}

    static String read(Path file) throws Refusal {
        try {
            byte[] octets = PlainFile.read(file, MAX_OCTETS);
            Optional<String> heap = HeapRoom.ofThisProcess().tooLittleFor(octets);
            if (heap.isPresent()) {
                throw new Refusal(Place.FILE, heap.get());
            }
            return decode(octets);
        } catch (UnreadableFileException e) {
            throw new Refusal(Place.FILE, e.reason());
        }
    }

    static String read(InputStream input) throws Refusal {
        try {
            return decode(PlainFile.read(input, MAX_OCTETS));
        } catch (UnreadableFileException e) {
            throw new Refusal(Place.FILE, e.reason());
        } catch (IOException e) {
            throw new Refusal(Place.FILE, "the file cannot be read: " + FileTrouble.words(e));
        }
    }

    private static String decode(byte[] octets) throws Refusal {
        ByteBuffer in = ByteBuffer.wrap(octets);
        CharBuffer out = CharBuffer.allocate(octets.length);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
        String text = withoutMark(out.flip().toString());
        if (result.isError()) {
            throw new Refusal(
                    end(text),
                    "the octet 0x%02X is not UTF-8: save the file in that encoding"
                            .formatted(octets[in.position()]));
        }
        refuseControls(text);
        return text;
    }

    /** What YAML does not allow even in quotes (YAML 1.2 5.1). */
    private static void refuseControls(String text) throws Refusal {
        for (int i = 0; i < text.length(); i = text.offsetByCodePoints(i, 1)) {
            if (!isPrintable(text.codePointAt(i))) {
                throw new Refusal(
                        end(text.substring(0, i)),
                        "the character U+%04X is not allowed: write it as an escape in double quotes"
                                .formatted(text.codePointAt(i)));
            }
        }
    }

    private static boolean isPrintable(int character) {
        return character == '\t'
                || character == '\n'
                || character == '\r'
                || character == 0x85
                || (character >= 0x20 && character <= 0x7E)
                || (character >= 0xA0 && character < 0xFFFE)
                || character > 0xFFFF;
    }

    private static String withoutMark(String text) {
        return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
    }

    /** The place directly after a text. */
    private static Place end(String text) {
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < text.length(); i++) {
            boolean crOfCrLf =
                    text.charAt(i) == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n';
            if (text.charAt(i) == '\n' || (text.charAt(i) == '\r' && !crOfCrLf)) {
                line++;
                lineStart = i + 1;
            }
        }
        return new Place(line, text.codePointCount(lineStart, text.length()) + 1);
    }
}
