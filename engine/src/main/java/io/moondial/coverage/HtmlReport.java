package io.moondial.coverage;

import io.moondial.script.lua.WatchedChunk.Branch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Coverage as one page that needs nothing beside it. */
public final class HtmlReport {
    private static final String HEAD =
            """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>Coverage of the scripts</title>
            <style>
            :root { color-scheme: light dark; --ran: #2e7d3233; --not: #c6282844; --half: #f9a82544; }
            body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 75em; padding: 0 1em; }
            table { border-collapse: collapse; }
            .files td, .files th { padding: .2em 1em .2em 0; text-align: left; }
            .files td + td, .files th + th { text-align: right; }
            .source { font: 13px/1.45 ui-monospace, monospace; width: 100%; }
            .source td { padding: 0 .6em; white-space: pre-wrap; tab-size: 4; vertical-align: top; }
            .source td:nth-child(-n+2) { text-align: right; opacity: .6; user-select: none; width: 1%; white-space: nowrap; }
            .source td:nth-child(3) { overflow-wrap: anywhere; }
            .source td:nth-child(4) { width: 1%; white-space: nowrap; opacity: .8; }
            .ran { background: var(--ran); } .not { background: var(--not); } .half { background: var(--half); }
            </style>
            </head>
            <body>
            <h1>Coverage of the scripts</h1>
            """;

    private static final String LEGEND =
            """
            <p><span class="ran">ran</span> <span class="half">ran, but a branch went one way only</span>
            <span class="not">did not run</span>. Beside a line: how often it ran; behind it what its branches did: a
            condition goes on to what is written next or past it, a loop in or out.</p>
            """;

    private HtmlReport() {}

    /** The page. */
    public static String of(List<FileCoverage> files) {
        StringBuilder page = new StringBuilder(HEAD);
        appendFiles(page, files);
        page.append(LEGEND);
        for (int i = 0; i < files.size(); i++) {
            appendSource(page, i, files.get(i));
        }
        return page.append("</body>\n</html>\n").toString();
    }

    private static void appendFiles(StringBuilder page, List<FileCoverage> files) {
        page.append("<table class=\"files\">\n<tr><th>file</th><th colspan=\"2\">lines</th>");
        page.append("<th colspan=\"2\">branches</th></tr>\n");
        FileCoverage.Share lines = new FileCoverage.Share(0, 0);
        FileCoverage.Share ways = new FileCoverage.Share(0, 0);
        for (int i = 0; i < files.size(); i++) {
            FileCoverage file = files.get(i);
            lines = lines.plus(file.lineShare());
            ways = ways.plus(file.wayShare());
            String link = "<a href=\"#f" + i + "\">" + escaped(file.file().toString()) + "</a>";
            appendRow(page, link, file.lineShare(), file.wayShare());
        }
        appendRow(page, "all", lines, ways);
        page.append("</table>\n");
    }

    private static void appendRow(
            StringBuilder page, String name, FileCoverage.Share lines, FileCoverage.Share ways) {
        page.append("<tr><td>").append(name).append("</td>");
        appendShare(page, lines);
        appendShare(page, ways);
        page.append("</tr>\n");
    }

    private static void appendShare(StringBuilder page, FileCoverage.Share share) {
        page.append("<td>").append(share.percent()).append(" %</td><td>");
        page.append(share).append("</td>");
    }

    private static void appendSource(StringBuilder page, int number, FileCoverage file) {
        page.append("<h2 id=\"f").append(number).append("\">");
        page.append(escaped(file.file().toString())).append("</h2>\n<table class=\"source\">\n");
        for (int line = 1; line <= file.source().size(); line++) {
            appendLine(page, file, line);
        }
        page.append("</table>\n");
    }

    private static void appendLine(StringBuilder page, FileCoverage file, int line) {
        Long count = file.lines().get(line);
        List<Branch> branches = file.branchesAt(line);
        page.append("<tr class=\"").append(style(count, branches)).append("\"><td>").append(line);
        page.append("</td><td>").append(count == null ? "" : count).append("</td><td>");
        page.append(escaped(file.source().get(line - 1))).append("</td><td>");
        page.append(String.join("; ", branches.stream().map(FileCoverage.Gaps::told).toList()));
        page.append("</td></tr>\n");
    }

    private static String style(@Nullable Long count, List<Branch> branches) {
        if (count == null) {
            return "";
        }
        if (count == 0) {
            return "not";
        }
        return branches.stream().allMatch(b -> b.on() > 0 && b.past() > 0) ? "ran" : "half";
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\t' -> escaped.append(c);
                default -> escaped.append(Character.isISOControl(c) ? '\uFFFD' : c);
            }
        }
        return escaped.toString();
    }
}
