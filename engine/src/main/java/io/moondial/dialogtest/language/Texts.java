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
    private Texts() {}

    /** A text with no variables in it, such as a name; on one line. */
    static String plain(RawStep step, Problems problems, String what) {
        if (step.first().text().isEmpty() || step.argument().size() > 1) {
            problems.add(step.place(), "'" + step.word().text() + "' takes " + what);
            return "";
        }
        return line(step.first(), Map.of(), problems).toString();
    }

    /** The text of a step: its lines joined. */
    static Template text(List<Piece> lines, Map<String, String> row, Problems problems) {
        List<Template> parts = new ArrayList<>();
        List<Piece> told =
                lines.size() > 1 && lines.getFirst().text().isEmpty()
                        ? lines.subList(1, lines.size())
                        : lines;
        for (Piece piece : told) {
            if (!parts.isEmpty()) {
                parts.add(Template.literal("\n"));
            }
            parts.add(line(piece, row, problems));
        }
        return Template.joined(parts);
    }

    /** The text of a screen, or the expression for it. */
    static Expected expected(List<Piece> lines, Map<String, String> row, Problems problems) {
        Piece first = lines.getFirst();
        return first.text().startsWith("~")
                ? like(first, lines, row, problems)
                : new Expected.Text(text(lines, row, problems));
    }

    private static Expected like(
            Piece first, List<Piece> lines, Map<String, String> row, Problems problems) {
        Piece begin = first.from(1);
        String more =
                lines.stream().skip(1).map(it -> "\n" + it.text()).collect(Collectors.joining());
        return regex(new Piece(begin.text() + more, begin.line(), begin.column()), row, problems);
    }

    /** A regular expression, which must compile whatever its variables are. */
    static Expected regex(Piece piece, Map<String, String> row, Problems problems) {
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
        return new Expected.Like(regex);
    }

    private static Template line(Piece piece, Map<String, String> row, Problems problems) {
        return piece.text().startsWith("\"")
                ? quoted(piece, row, problems)
                : Template.of(piece.text(), row, UnaryOperator.identity());
    }

    private static Template quoted(Piece piece, Map<String, String> row, Problems problems) {
        Quoted quoted = Quoted.read(piece, 0, problems);
        if (quoted.end() < piece.text().length() && quoted.closed()) {
            problems.add(
                    piece.place(quoted.end()),
                    "nothing may follow the closing quote; a quote within the text is written \\\"");
        }
        return quoted.template(row, UnaryOperator.identity());
    }
}
