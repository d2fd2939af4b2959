package io.moondial.dialogtest.language;

import io.moondial.config.Problems;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Reads the table of {@code each}: names in its first line, then a row for each test. */
final class Table {
    private Table() {}

    /** The rows, each a value by its name; one empty row where the table is of no use. */
    static List<Map<String, String>> read(RawStep step, Problems problems) {
        List<Piece> lines = step.argument().stream().filter(it -> !it.text().isEmpty()).toList();
        if (lines.size() < 2) {
            problems.add(
                    step.place(),
                    "'each' takes the names of a table's columns, and below it a row for each test,"
                            + " the cells parted by |");
            return List.of(Map.of());
        }
        List<String> names = names(lines.getFirst(), problems);
        List<Map<String, String>> rows = new ArrayList<>();
        for (Piece line : lines.subList(1, lines.size())) {
            rows.add(row(line, names, problems));
        }
        return rows;
    }

    private static List<String> names(Piece header, Problems problems) {
        List<String> names = new ArrayList<>();
        for (Piece cell : cells(header, problems)) {
            if (!cell.text().matches("[A-Za-z][A-Za-z0-9]*")) {
                problems.add(
                        cell.place(), "the name of a column is a letter, then letters and digits");
            } else if (names.contains(cell.text())) {
                problems.add(cell.place(), "there are two columns " + cell.text());
            }
            names.add(cell.text());
        }
        return names;
    }

    private static Map<String, String> row(Piece line, List<String> names, Problems problems) {
        List<Piece> cells = cells(line, problems);
        Map<String, String> row = new LinkedHashMap<>();
        if (cells.size() != names.size()) {
            problems.add(
                    line.place(),
                    "this row has %d cells, the table %d columns (%s)"
                            .formatted(cells.size(), names.size(), String.join(", ", names)));
            return row;
        }
        for (int i = 0; i < cells.size(); i++) {
            row.put(names.get(i), value(cells.get(i), problems));
        }
        return row;
    }

    private static String value(Piece cell, Problems problems) {
        return cell.text().startsWith("\"")
                ? String.join("$", Quoted.read(cell, 0, problems).runs())
                : cell.text();
    }

    /** The cells of a line; a bar in quotes parts nothing. */
    private static List<Piece> cells(Piece line, Problems problems) {
        List<Piece> cells = new ArrayList<>();
        String text = line.text();
        int start = 0;
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c == '"' && text.substring(start, i).isBlank()) {
                // what is wrong within it is told where its value is read
                i = Quoted.read(line, i, new Problems(problems.file())).end();
            } else {
                if (c == '|') {
                    cells.add(cell(line, start, i));
                    start = i + 1;
                }
                i++;
            }
        }
        cells.add(cell(line, start, text.length()));
        return cells;
    }

    private static Piece cell(Piece line, int start, int end) {
        int from = Math.min(Blank.skip(line.text(), start), end);
        String text = Blank.stripEnd(line.text().substring(from, end));
        return new Piece(text, line.line(), line.column() + from);
    }

    /** The name of a row's test: its columns filled in, or told behind it where it names none. */
    static String rowName(String name, Map<String, String> row) {
        String filled = Template.of(name, row, UnaryOperator.identity()).toString();
        return filled.equals(name)
                ? name
                        + row.entrySet().stream()
                                .map(it -> it.getKey() + "=" + it.getValue())
                                .collect(Collectors.joining(", ", " (", ")"))
                : filled;
    }
}
