package io.moondial.dialogtest.report;

/** Text as it is shown where every character matters: those that cannot be seen are spelled out. */
final class Shown {
    private Shown() {}

    /** A line with its invisible characters visible; blanks at its ends too. */
    static String line(String line) {
        StringBuilder shown = new StringBuilder();
        int[] points = line.codePoints().toArray();
        int first = 0;
        while (first < points.length && points[first] == ' ') {
            first++;
        }
        int last = points.length;
        while (last > first && points[last - 1] == ' ') {
            last--;
        }
        for (int i = 0; i < points.length; i++) {
            boolean edge = i < first || i >= last;
            shown.append(edge ? "\u00B7" : point(points[i]));
        }
        return shown.toString();
    }

    /** A line with its invisible characters visible, blanks excepted. */
    static String text(String line) {
        StringBuilder shown = new StringBuilder();
        line.codePoints().forEach(it -> shown.append(point(it)));
        return shown.toString();
    }

    private static String point(int point) {
        return switch (point) {
            case ' ' -> " ";
            case '\t' -> "\\t";
            case '\r' -> "\\r";
            default -> isVisible(point) ? Character.toString(point) : "<U+%04X>".formatted(point);
        };
    }

    private static boolean isVisible(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.SPACE_SEPARATOR,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            default -> true;
        };
    }

    /** How many columns a text takes. */
    static int width(String shown) {
        return shown.codePointCount(0, shown.length());
    }
}
