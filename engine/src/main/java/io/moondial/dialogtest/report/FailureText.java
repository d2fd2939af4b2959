package io.moondial.dialogtest.report;

import io.moondial.dialogtest.language.DialogFile;
import io.moondial.dialogtest.language.DialogFile.Lines;
import io.moondial.dialogtest.language.DialogTest;
import io.moondial.dialogtest.run.TestResult;
import io.moondial.dialogtest.run.TestResult.Failure;
import io.moondial.dialogtest.run.TestResult.Failure.Detail;
import io.moondial.dialogtest.run.TestResult.Happening;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A test that failed, for people to read. */
public final class FailureText {
    private static final int LINES_AROUND = 2;

    /** The least column for the place in a script, so that those of a conversation line up. */
    private static final int PLACE_COLUMN = 40;

    private final TestResult result;
    private final DialogTest test;
    private final Paint paint;
    private static final int UNUSED_SHOWN = 5;
    private static final int GIVEN_SHOWN = 120;

    private final List<String> out = new ArrayList<>();

    private FailureText(TestResult result, Paint paint) {
        this.result = result;
        this.test = result.test();
        this.paint = paint;
    }

    /** All of it, each line ended by a line feed. */
    public static String of(TestResult result, Paint paint) {
        return String.join("\n", new FailureText(result, paint).lines()) + "\n";
    }

    private List<String> lines() {
        out.add(paint.bad("FAIL " + test.place()) + ": " + test.name());
        if (result.reason() != null) {
            out.add("  " + result.reason());
        }
        result.failures().forEach(this::failure);
        unused();
        conversation();
        return out;
    }

    private void failure(Failure failure) {
        out.add("");
        String from = failure.place().isEmpty() ? "" : ", sent at " + failure.place();
        out.add(
                "  "
                        + paint.bad(test.file().name() + ":" + failure.at().first())
                        + ": "
                        + failure.message()
                        + from);
        excerpt(failure.at());
        doneOn(failure.at());
        detail(failure.detail());
        failure.causes().forEach(cause -> out.add("    " + paint.note(Shown.text(cause))));
    }

    /** The lines by which a test comes to named steps. */
    private void doneOn(Lines at) {
        for (int line : at.doneOn().reversed()) {
            out.add(
                    "    done on line %d: %s"
                            .formatted(line, test.file().lines().get(line - 1).strip()));
        }
    }

    private void excerpt(Lines at) {
        DialogFile file = test.file();
        int first = Math.max(1, at.first() - LINES_AROUND);
        int last = Math.min(file.lines().size(), at.last() + LINES_AROUND);
        int width = String.valueOf(last).length();
        for (int i = first; i <= last; i++) {
            boolean here = i >= at.first() && i <= at.last();
            String line =
                    String.format(
                                    Locale.ROOT,
                                    "  %s %" + width + "d | %s",
                                    here ? ">" : " ",
                                    i,
                                    file.lines().get(i - 1))
                            .stripTrailing();
            out.add("  " + (here ? line : paint.faint(line)));
        }
    }

    private void detail(Detail detail) {
        switch (detail) {
            case Detail.Texts(String expected, String actual) -> {
                out.add("    " + paint.faint("(- expected, + actual)"));
                Diff.of(expected, actual).forEach(line -> out.add("    " + painted(line)));
            }
            case Detail.Regex(String expected, String actual) -> marked("~ ", expected, actual);
            case Detail.Part(String expected, String actual) ->
                    marked("contains ", expected, actual);
            case Detail.Remarks(List<String> remarks) ->
                    remarks.forEach(line -> out.add("    " + line));
        }
    }

    /** What is expected behind its mark, line by line, and below it what came. */
    private void marked(String mark, String expected, String actual) {
        String before = mark;
        for (String line : expected.split("\n", -1)) {
            out.add("    - " + before + Shown.line(line));
            before = " ".repeat(mark.length());
        }
        for (String line : actual.split("\n", -1)) {
            out.add("    " + paint.bad("+ " + Shown.line(line)));
        }
    }

    private String painted(String line) {
        return switch (line.isEmpty() ? ' ' : line.charAt(0)) {
            case '-' -> paint.good(line);
            case '+' -> paint.bad(line);
            default -> line;
        };
    }

    /** A call that is not as it should be often leaves behind the given that was meant for it. */
    private void unused() {
        List<String> unused = result.unused();
        if (unused.isEmpty()) {
            return;
        }
        out.add("");
        for (String given : unused.subList(0, Math.min(UNUSED_SHOWN, unused.size()))) {
            out.add("  never used: " + firstLine(given));
        }
        if (unused.size() > UNUSED_SHOWN) {
            out.add("  never used: %d more".formatted(unused.size() - UNUSED_SHOWN));
        }
    }

    private static String firstLine(String given) {
        String line = Shown.line(given.lines().findFirst().orElse(""));
        boolean isCut = line.length() > GIVEN_SHOWN || given.lines().count() > 1;
        return isCut ? line.substring(0, Math.min(GIVEN_SHOWN, line.length())) + " ..." : line;
    }

    private void conversation() {
        if (result.conversation().isEmpty()) {
            return;
        }
        out.add("");
        out.add("  the conversation:");
        String handset = "";
        for (Happening happening : result.conversation()) {
            if (!happening.handset().equals(handset)) {
                handset = happening.handset();
                out.add(handset.isEmpty() ? "    handset" : "    handset " + handset);
            }
            said(happening);
        }
    }

    private void said(Happening happening) {
        for (int i = 0; i < happening.lines().size(); i++) {
            String line = "    " + Shown.text(happening.lines().get(i));
            boolean last = i == happening.lines().size() - 1;
            if (last && !happening.place().isEmpty()) {
                int gap = Math.max(2, PLACE_COLUMN - Shown.width(line));
                out.add(line + " ".repeat(gap) + paint.faint(happening.place()));
            } else {
                out.add(line);
            }
        }
    }

    /**
     * Text as it is shown if every character matters: those that cannot be seen are spelled out.
     */
    static final class Shown {
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
                default ->
                        isVisible(point) ? Character.toString(point) : "<U+%04X>".formatted(point);
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

    /**
     * Two texts, line by line: {@code -} is expected, {@code +} came, and below a line that came
     * instead of another are carets where it differs.
     */
    private static final class Diff {
        private final List<String> expected;
        private final List<String> actual;

        /** The lines that both have in common from an index of each on, at most. */
        private final int[][] common;

        private final List<String> shown = new ArrayList<>();
        private final List<String> missing = new ArrayList<>();
        private final List<String> surplus = new ArrayList<>();

        private Diff(String expected, String actual) {
            this.expected = List.of(expected.split("\n", -1));
            this.actual = List.of(actual.split("\n", -1));
            this.common = new int[this.expected.size() + 1][this.actual.size() + 1];
        }

        static List<String> of(String expected, String actual) {
            return new Diff(expected, actual).lines();
        }

        private List<String> lines() {
            fillCommon();
            int i = 0;
            int j = 0;
            while (i < expected.size() || j < actual.size()) {
                if (i < expected.size()
                        && j < actual.size()
                        && expected.get(i).equals(actual.get(j))) {
                    flush();
                    shown.add("  " + FailureText.Shown.line(expected.get(i)));
                    i++;
                    j++;
                } else if (i < expected.size()
                        && (j == actual.size() || common[i + 1][j] >= common[i][j + 1])) {
                    missing.add(expected.get(i++));
                } else {
                    surplus.add(actual.get(j++));
                }
            }
            flush();
            return shown;
        }

        private void fillCommon() {
            for (int i = expected.size() - 1; i >= 0; i--) {
                for (int j = actual.size() - 1; j >= 0; j--) {
                    common[i][j] =
                            expected.get(i).equals(actual.get(j))
                                    ? common[i + 1][j + 1] + 1
                                    : Math.max(common[i + 1][j], common[i][j + 1]);
                }
            }
        }

        /** Lines that replace each other are shown in pairs. */
        private void flush() {
            for (int i = 0; i < Math.max(missing.size(), surplus.size()); i++) {
                pair(
                        i < missing.size() ? missing.get(i) : null,
                        i < surplus.size() ? surplus.get(i) : null);
            }
            missing.clear();
            surplus.clear();
        }

        private void pair(@Nullable String wanted, @Nullable String came) {
            if (wanted != null) {
                shown.add("- " + FailureText.Shown.line(wanted));
            }
            if (came != null) {
                shown.add("+ " + FailureText.Shown.line(came));
            }
            if (wanted != null && came != null) {
                shown.add(
                        "  "
                                + carets(
                                        FailureText.Shown.line(wanted),
                                        FailureText.Shown.line(came)));
            }
        }

        private static String carets(String wanted, String came) {
            int[] a = wanted.codePoints().toArray();
            int[] b = came.codePoints().toArray();
            int start = 0;
            while (start < Math.min(a.length, b.length) && a[start] == b[start]) {
                start++;
            }
            int end = 0;
            while (end < Math.min(a.length, b.length) - start
                    && a[a.length - 1 - end] == b[b.length - 1 - end]) {
                end++;
            }
            int differing = Math.max(1, b.length - end - start);
            return " ".repeat(start) + "^".repeat(differing);
        }
    }

    /** Colour on a terminal that has it; nothing elsewhere. */
    public enum Paint {
        PLAIN,
        COLOUR;

        private static final String RESET = "\u001B[0m";

        String good(String text) {
            return in("\u001B[32m", text);
        }

        String bad(String text) {
            return in("\u001B[31m", text);
        }

        String note(String text) {
            return in("\u001B[33m", text);
        }

        String faint(String text) {
            return in("\u001B[2m", text);
        }

        private String in(String colour, String text) {
            return this == PLAIN ? text : colour + text + RESET;
        }
    }
}
