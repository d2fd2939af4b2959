package io.moondial.dialogtest.report;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Two texts, line by line: {@code -} is expected, {@code +} came, and below a line that came in the
 * place of another are carets where it differs.
 */
final class Diff {
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
            if (i < expected.size() && j < actual.size() && expected.get(i).equals(actual.get(j))) {
                flush();
                shown.add("  " + Shown.line(expected.get(i)));
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

    /** Lines that stand in each other's place are shown in pairs. */
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
            shown.add("- " + Shown.line(wanted));
        }
        if (came != null) {
            shown.add("+ " + Shown.line(came));
        }
        if (wanted != null && came != null) {
            shown.add("  " + carets(Shown.line(wanted), Shown.line(came)));
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
