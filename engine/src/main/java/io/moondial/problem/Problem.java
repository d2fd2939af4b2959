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
 * One thing wrong in a file that a person wrote: where it is, what was found and what is allowed.
 *
 * @param file the file, as the person named it
 * @param line from 1; 0 if the problem is of the file as a whole
 * @param column from 1, in characters; 0 if it is of the line as a whole
 * @param message one sentence or two: what was found, what is allowed, what to do
 */
public record Problem(Path file, int line, int column, String message, Severity severity) {
    /** What a problem keeps from happening. */
    public enum Severity {
        /** What the file says is not put in service. */
        ERROR,
        /** As an error; the line may have a secret in it, and is not shown. */
        SECRET,
        /** As an error, but tests of scripts run: something outside the file is not there. */
        ABSENCE,
        /** As an absence: no engine starts with it, because others could do harm to it. */
        UNSAFE,
        /** Nothing: it is shown, and may be meant so. */
        WARNING
    }

    /** An error. */
    public Problem(Path file, int line, int column, String message) {
        this(file, line, column, message, Severity.ERROR);
    }

    /** A warning. */
    public static Problem warning(Path file, int line, int column, String message) {
        return new Problem(file, line, column, message, Severity.WARNING);
    }

    public boolean isWarning() {
        return severity == Severity.WARNING;
    }

    @Override
    public String toString() {
        var place = new StringBuilder(file.toString());
        if (line > 0) {
            place.append(':').append(line);
        }
        if (line > 0 && column > 0) {
            place.append(':').append(column);
        }
        return place.append(isWarning() ? ": warning: " : ": ").append(message).toString();
    }

    /**
     * Problems for people to read: {@code file:line:column: message}, then the line of the file,
     * then a caret under the column. Each file is read once; if it cannot be read, only the first
     * of the three is printed.
     */
    public static final class ProblemPrinter {
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
            if (problem.line() >= 1
                    && problem.line() <= lines.size()
                    && problem.severity() != Severity.SECRET) {
                appendExcerpt(out, lines.get(problem.line() - 1), problem.column());
            }
        }

        /**
         * Columns count code points; tabs stay, so that the caret is moved as the text above it.
         */
        private static void appendExcerpt(StringBuilder out, String line, int column) {
            int[] characters = line.codePoints().map(ProblemPrinter::shown).toArray();
            int from =
                    Math.max(
                            0, Math.min(column - 1 - MAX_SHOWN / 2, characters.length - MAX_SHOWN));
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
}
