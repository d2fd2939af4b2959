package io.moondial.coverage;

import java.util.List;
import java.util.Locale;

/** Coverage as a table for the terminal. */
public final class TextReport {
    private static final String ALL = "all";

    private TextReport() {}

    /** The report, with a line end after each line. */
    public static String of(List<FileCoverage> files) {
        int width = ALL.length();
        for (FileCoverage file : files) {
            width = Math.max(width, file.file().toString().length());
        }
        StringBuilder text = new StringBuilder();
        text.append(row(width, "coverage", "lines", "branches")).append('\n');
        FileCoverage.Share lines = new FileCoverage.Share(0, 0);
        FileCoverage.Share ways = new FileCoverage.Share(0, 0);
        for (FileCoverage file : files) {
            lines = lines.plus(file.lineShare());
            ways = ways.plus(file.wayShare());
            text.append(row(width, file.file().toString(), file.lineShare(), file.wayShare()));
            text.append('\n').append(gaps(file));
        }
        return text.append(row(width, ALL, lines, ways)).append('\n').toString();
    }

    private static String row(
            int width, String name, FileCoverage.Share lines, FileCoverage.Share ways) {
        return row(width, name, cell(lines), cell(ways));
    }

    private static String cell(FileCoverage.Share share) {
        return String.format(Locale.ROOT, "%3d%% %9s", share.percent(), share);
    }

    private static String row(int width, String name, String lines, String ways) {
        return String.format(Locale.ROOT, "%-" + width + "s  %-14s  %-14s", name, lines, ways)
                .stripTrailing();
    }

    private static String gaps(FileCoverage file) {
        return gap("lines not run: ", FileCoverage.Gaps.lines(file))
                + gap("ways not taken: ", FileCoverage.Gaps.ways(file));
    }

    private static String gap(String title, List<String> gaps) {
        return gaps.isEmpty() ? "" : "  " + title + String.join(", ", gaps) + "\n";
    }
}
