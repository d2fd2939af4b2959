package io.moondial.dialogtest.language;

import io.moondial.config.Problems;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/** Reads the texts of steps: plain, in quotes, or as a regular expression. */
final class Texts {
    /** What stands before a part of a text. */
    static final String CONTAINS = "contains";

    private static final String REGEX = "~";

    private Texts() {}

    /** Whether what is expected begins with a mark: it is no text that must come as it is. */
    static boolean isMarked(String line) {
        return line.startsWith(REGEX) || isPart(line);
    }

    private static boolean isPart(String line) {
        return line.startsWith(CONTAINS)
                && (line.length() == CONTAINS.length()
                        || Lexer.isBlank(line.charAt(CONTAINS.length())));
    }

    /** A text with no variables in it, such as a name; on one line. */
    static String plain(Lexer.RawStep step, Problems problems, String what) {
        if (step.first().text().isEmpty() || step.argument().size() > 1) {
            problems.add(step.place(), "'" + step.word().text() + "' takes " + what);
            return "";
        }
        return line(step.first(), Map.of(), problems).toString();
    }

    /** The text of a step: its lines joined. */
    static Template text(List<Lexer.Piece> lines, Map<String, String> row, Problems problems) {
        List<Template> parts = new ArrayList<>();
        List<Lexer.Piece> told =
                lines.size() > 1 && lines.getFirst().text().isEmpty()
                        ? lines.subList(1, lines.size())
                        : lines;
        for (Lexer.Piece piece : told) {
            if (!parts.isEmpty()) {
                parts.add(Template.literal("\n"));
            }
            parts.add(line(piece, row, problems));
        }
        return Template.joined(parts);
    }

    /** The text of a screen, a part of it, or the expression for it. */
    static Step.Expected expected(
            List<Lexer.Piece> lines, Map<String, String> row, Problems problems) {
        Lexer.Piece first = lines.getFirst();
        if (first.text().startsWith(REGEX)) {
            return like(first, lines, row, problems);
        }
        return isPart(first.text())
                ? part(first, lines, row, problems)
                : new Step.Expected.Text(text(lines, row, problems));
    }

    private static Step.Expected part(
            Lexer.Piece first,
            List<Lexer.Piece> lines,
            Map<String, String> row,
            Problems problems) {
        List<Lexer.Piece> part = new ArrayList<>(lines);
        part.set(0, first.from(CONTAINS.length()));
        Template text = text(part, row, problems);
        if (text.toString().isEmpty()) {
            problems.add(first.place(), "a text follows 'contains'");
        }
        return new Step.Expected.Part(text);
    }

    private static Step.Expected like(
            Lexer.Piece first,
            List<Lexer.Piece> lines,
            Map<String, String> row,
            Problems problems) {
        Lexer.Piece begin = first.from(1);
        String more =
                lines.stream().skip(1).map(it -> "\n" + it.text()).collect(Collectors.joining());
        return regex(
                new Lexer.Piece(begin.text() + more, begin.line(), begin.column()), row, problems);
    }

    /** A regular expression, which must compile whatever its variables are. */
    static Step.Expected regex(Lexer.Piece piece, Map<String, String> row, Problems problems) {
        Template regex = Template.of(piece.text(), row, Pattern::quote);
        if (piece.text().isEmpty()) {
            problems.add(piece.place(), "a regular expression follows ~; .* takes any text");
        }
        try {
            Pattern.compile(regex.withPlaceholders(), Pattern.DOTALL);
        } catch (PatternSyntaxException e) {
            int index = Math.max(0, Math.min(e.getIndex(), piece.text().length()));
            boolean here = row.isEmpty() && regex.variables().isEmpty();
            problems.add(
                    piece.place(
                            here && !piece.text().substring(0, index).contains("\n") ? index : 0),
                    "this regular expression does not compile: " + e.getDescription());
        }
        return new Step.Expected.Like(regex);
    }

    private static Template line(Lexer.Piece piece, Map<String, String> row, Problems problems) {
        return piece.text().startsWith("\"")
                ? quoted(piece, row, problems)
                : Template.of(piece.text(), row, UnaryOperator.identity());
    }

    private static Template quoted(Lexer.Piece piece, Map<String, String> row, Problems problems) {
        Quoted quoted = Quoted.read(piece, 0, problems);
        if (quoted.end() < piece.text().length() && quoted.closed()) {
            problems.add(
                    piece.place(quoted.end()),
                    "nothing may follow the closing quote; a quote within the text is written \\\"");
        }
        return quoted.template(row, UnaryOperator.identity());
    }

    /**
     * A text in double quotes, with its escapes resolved.
     *
     * @param runs the text, cut where a dollar sign was escaped, which begins no variable
     * @param end the index after the closing quote
     * @param closed whether there was one
     */
    record Quoted(List<String> runs, int end, boolean closed) {
        Quoted {
            runs = List.copyOf(runs);
        }

        /** Reads from the opening quote at an index. */
        static Quoted read(Lexer.Piece piece, int start, Problems problems) {
            String text = piece.text();
            List<String> runs = new ArrayList<>();
            StringBuilder run = new StringBuilder();
            int i = start + 1;
            while (i < text.length()) {
                char c = text.charAt(i);
                if (c == '"') {
                    runs.add(run.toString());
                    return new Quoted(runs, i + 1, true);
                }
                if (c != '\\') {
                    run.append(c);
                    i++;
                    continue;
                }
                if (i + 1 < text.length() && text.charAt(i + 1) == '$') {
                    runs.add(run.toString());
                    run.setLength(0);
                } else {
                    escape(piece, i, run, problems);
                }
                i += 2;
            }
            problems.add(piece.place(start), "the closing quote is missing");
            runs.add(run.toString());
            return new Quoted(runs, text.length(), false);
        }

        private static void escape(
                Lexer.Piece piece, int at, StringBuilder run, Problems problems) {
            char escaped = at + 1 < piece.text().length() ? piece.text().charAt(at + 1) : '\0';
            switch (escaped) {
                case 'n' -> run.append('\n');
                case 't' -> run.append('\t');
                case '"', '\\' -> run.append(escaped);
                default ->
                        problems.add(
                                piece.place(at),
                                "unknown escape; in double quotes there are \\n \\t \\\" \\\\ and \\$");
            }
        }

        Template template(Map<String, String> row, UnaryOperator<String> literally) {
            List<Template> parts = new ArrayList<>();
            for (String run : runs) {
                if (!parts.isEmpty()) {
                    parts.add(Template.literal("$"));
                }
                parts.add(Template.of(run, row, literally));
            }
            return Template.joined(parts);
        }

        /** A text as it may be in a file: in quotes if it would not be read back without them. */
        static String write(String text) {
            boolean plain =
                    !text.isEmpty()
                            && !text.startsWith("\"")
                            && !isMarked(text)
                            && !Lexer.isBlank(text.charAt(0))
                            && !Lexer.isBlank(text.charAt(text.length() - 1))
                            && text.chars().noneMatch(Character::isISOControl)
                            && !Template.VARIABLE.matcher(text).find();
            return plain ? text : quote(text);
        }

        static String quote(String text) {
            StringBuilder quoted = new StringBuilder("\"");
            for (int i = 0; i < text.length(); i++) {
                switch (text.charAt(i)) {
                    case '\n' -> quoted.append("\\n");
                    case '\t' -> quoted.append("\\t");
                    case '"' -> quoted.append("\\\"");
                    case '\\' -> quoted.append("\\\\");
                    case '$' -> quoted.append("\\$");
                    default -> quoted.append(text.charAt(i));
                }
            }
            return quoted.append('"').toString();
        }
    }
}
