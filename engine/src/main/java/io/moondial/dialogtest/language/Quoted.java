package io.moondial.dialogtest.language;

import io.moondial.config.Problems;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A text in double quotes, with its escapes resolved.
 *
 * @param runs the text, cut where a dollar sign was escaped, which begins no variable
 * @param end the index behind the closing quote
 * @param closed whether there was one
 */
record Quoted(List<String> runs, int end, boolean closed) {
    Quoted {
        runs = List.copyOf(runs);
    }

    /** Reads from the opening quote at an index. */
    static Quoted read(Piece piece, int start, Problems problems) {
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

    private static void escape(Piece piece, int at, StringBuilder run, Problems problems) {
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

    /** A text as it may stand in a file: in quotes where it would not be read back without. */
    static String write(String text) {
        boolean plain =
                !text.isEmpty()
                        && !text.startsWith("\"")
                        && !text.startsWith("~")
                        && !Blank.is(text.charAt(0))
                        && !Blank.is(text.charAt(text.length() - 1))
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
