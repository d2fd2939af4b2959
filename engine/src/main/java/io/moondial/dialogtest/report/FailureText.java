package io.moondial.dialogtest.report;

import io.moondial.dialogtest.language.DialogFile;
import io.moondial.dialogtest.language.DialogTest;
import io.moondial.dialogtest.language.Lines;
import io.moondial.dialogtest.run.Failure;
import io.moondial.dialogtest.run.Failure.Detail;
import io.moondial.dialogtest.run.Happening;
import io.moondial.dialogtest.run.TestResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A test that failed, for people to read. */
public final class FailureText {
    private static final int LINES_AROUND = 2;

    /** Where the place in a script stands, at least: so that those of a conversation line up. */
    private static final int PLACE_COLUMN = 40;

    private final TestResult result;
    private final DialogTest test;
    private final Paint paint;
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
        detail(failure.detail());
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
            case Detail.Regex(String expected, String actual) -> {
                out.add("    - ~ " + Shown.line(expected));
                for (String line : actual.split("\n", -1)) {
                    out.add("    " + paint.bad("+ " + Shown.line(line)));
                }
            }
            case Detail.Remarks(List<String> remarks) ->
                    remarks.forEach(line -> out.add("    " + line));
        }
    }

    private String painted(String line) {
        return switch (line.isEmpty() ? ' ' : line.charAt(0)) {
            case '-' -> paint.good(line);
            case '+' -> paint.bad(line);
            default -> line;
        };
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
}
