package io.moondial.problem;

import io.moondial.file.PlainFile;
import io.moondial.file.PlainFile.UnreadableFileException;
import io.moondial.text.LogText;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Problems for people to read: {@code file:line:column: message}, then the line of the file, then a
 * caret under the column. Each file is read once; if it cannot be read, only the first of the three
 * is printed.
 */
public final class ProblemPrinter {
    /** No line of a longer file is shown: no file that is accepted is this long. */
    private static final int MAX_OCTETS = 32 << 20;

    /** The most characters of a line that are shown; those around the column. */
    private static final int MAX_SHOWN = 120;

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final Map<Path, List<String>> files = new HashMap<>();

    private ProblemPrinter() {}

    /** All of them, each line ended by a line feed. */
    public static String print(List<Problem> problems) {
        var printer = new ProblemPrinter();
        var out = new StringBuilder();
        problems.forEach(problem -> printer.append(out, problem));
        return out.toString();
    }

    private void append(StringBuilder out, Problem problem) {
        out.append(problem).append('\n');
        List<String> lines = files.computeIfAbsent(problem.file(), ProblemPrinter::lines);
        if (problem.line() >= 1 && problem.line() <= lines.size()) {
            appendExcerpt(out, lines.get(problem.line() - 1), problem.column());
        }
    }

    /** Columns count code points; tabs stay, so that the caret is moved as the text above it. */
    private static void appendExcerpt(StringBuilder out, String line, int column) {
        int[] characters = line.codePoints().map(ProblemPrinter::shown).toArray();
        int from = Math.max(0, Math.min(column - 1 - MAX_SHOWN / 2, characters.length - MAX_SHOWN));
        int count = Math.min(characters.length - from, MAX_SHOWN);
        out.append(new String(characters, from, count)).append('\n');
        if (column >= 1 && column <= characters.length + 1) {
            for (int i = from; i < column - 1; i++) {
                out.append(characters[i] == '\t' ? '\t' : ' ');
            }
            out.append("^\n");
        }
    }

    private static int shown(int character) {
        return LogText.isSeen(character) || character == '\t' ? character : '\uFFFD';
    }

    private static List<String> lines(Path file) {
        try {
            String text = new String(PlainFile.read(file, MAX_OCTETS), StandardCharsets.UTF_8);
            String unmarked =
                    text.startsWith(BYTE_ORDER_MARK)
                            ? text.substring(BYTE_ORDER_MARK.length())
                            : text;
            return unmarked.lines().toList();
        } catch (UnreadableFileException e) {
            // The problem itself is reported anyway, and is often exactly this.
            return List.of();
        }
    }
}
