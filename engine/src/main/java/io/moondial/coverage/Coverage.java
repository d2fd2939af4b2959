package io.moondial.coverage;

import io.moondial.script.ScriptHost.CompilationObserver;
import io.moondial.script.lua.FunctionCode;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.WatchedChunk;
import io.moondial.script.lua.WatchedChunk.Branch;
import io.moondial.script.lua.WatchedChunk.Function;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Watches every script that is compiled, to say which parts have run: modules too, and those that
 * never ran. If a file is compiled again, the newest counts. Scripts may run on any number of
 * threads.
 */
public final class Coverage implements CompilationObserver {
    private record Watched(LuaString source, WatchedChunk chunk) {}

    private final Map<Path, Watched> files = new ConcurrentSkipListMap<>();

    @Override
    public FunctionCode compiled(Path file, LuaString content, FunctionCode code) {
        WatchedChunk chunk = WatchedChunk.of(code);
        files.put(file, new Watched(content, chunk));
        return chunk.code();
    }

    /** What has run so far, by file. */
    public List<FileCoverage> files() {
        return files.entrySet().stream().map(e -> file(e.getKey(), e.getValue())).toList();
    }

    private static FileCoverage file(Path path, Watched watched) {
        return new FileCoverage(
                path,
                watched.source().toText().lines().toList(),
                watched.chunk().lines(),
                watched.chunk().branches(),
                watched.chunk().functions());
    }

    /** The table for the terminal, with a line end after each line. */
    public static String table(List<FileCoverage> files) {
        return TextReport.of(files);
    }

    /**
     * Writes the reports as files, {@code lcov.info} for tools and {@code index.html} for people; a
     * folder that is missing is made, what was there of the same name is replaced.
     *
     * @throws IOException if it cannot be written
     */
    public static void write(Path folder, List<FileCoverage> files) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("lcov.info"), LcovReport.of(files));
        Files.writeString(folder.resolve("index.html"), HtmlReport.of(files));
    }

    /** Coverage as a table for the terminal. */
    private static final class TextReport {
        private static final String ALL = "all";

        private TextReport() {}

        /** The report, with a line end after each line. */
        static String of(List<FileCoverage> files) {
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

    /**
     * Coverage in the trace format of LCOV (geninfo(1)), which genhtml, editors and build servers
     * read. Files are named absolutely, so that it can be read from anywhere.
     */
    static final class LcovReport {
        private static final Pattern NAME =
                Pattern.compile("function\\s+([\\w.:]+)|([\\w.]+)\\s*=\\s*function");

        private LcovReport() {}

        /** The whole trace file. */
        public static String of(List<FileCoverage> files) {
            StringBuilder trace = new StringBuilder();
            files.forEach(file -> append(trace, file));
            return trace.toString();
        }

        private static void append(StringBuilder trace, FileCoverage file) {
            trace.append("TN:\nSF:").append(file.file().toAbsolutePath().normalize()).append('\n');
            appendFunctions(trace, file);
            appendBranches(trace, file);
            file.lines().forEach((line, count) -> entry(trace, "DA", line, count));
            FileCoverage.Share lines = file.lineShare();
            entry(trace, "LF", lines.all());
            entry(trace, "LH", lines.some());
            trace.append("end_of_record\n");
        }

        private static void appendFunctions(StringBuilder trace, FileCoverage file) {
            Map<String, Integer> names = new HashMap<>();
            StringBuilder calls = new StringBuilder();
            for (Function function : file.functions()) {
                String name = name(file, function);
                int same = names.merge(name, 1, Integer::sum);
                String unique = same == 1 ? name : name + "#" + same;
                entry(trace, "FN", line(file, function), unique);
                entry(calls, "FNDA", function.calls(), unique);
            }
            trace.append(calls);
            FileCoverage.Share functions = file.functionShare();
            entry(trace, "FNF", functions.all());
            entry(trace, "FNH", functions.some());
        }

        /** The chunk itself begins with its first line on which something is done. */
        private static int line(FileCoverage file, Function function) {
            return function.line() > 0 || file.lines().isEmpty()
                    ? Math.max(1, function.line())
                    : file.lines().firstKey();
        }

        /**
         * Lua's functions have no names: the text before the first one in the line is used as its
         * name.
         */
        private static String name(FileCoverage file, Function function) {
            if (function.line() == 0) {
                return "(chunk)";
            }
            boolean there = function.line() <= file.source().size();
            Matcher matcher = NAME.matcher(there ? file.source().get(function.line() - 1) : "");
            if (!matcher.find()) {
                return "(function at " + function.line() + ")";
            }
            return matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
        }

        private static void appendBranches(StringBuilder trace, FileCoverage file) {
            int block = 0;
            for (Branch branch : file.branches()) {
                boolean ran = branch.on() + branch.past() > 0;
                entry(trace, "BRDA", branch.line(), block, 0, ran ? branch.on() : "-");
                entry(trace, "BRDA", branch.line(), block, 1, ran ? branch.past() : "-");
                block++;
            }
            FileCoverage.Share ways = file.wayShare();
            entry(trace, "BRF", ways.all());
            entry(trace, "BRH", ways.some());
        }

        private static void entry(StringBuilder trace, String key, Object... values) {
            trace.append(key).append(':');
            for (int i = 0; i < values.length; i++) {
                trace.append(i == 0 ? "" : ",").append(values[i]);
            }
            trace.append('\n');
        }
    }

    /** Coverage as one page that needs nothing beside it. */
    static final class HtmlReport {
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
                StringBuilder page,
                String name,
                FileCoverage.Share lines,
                FileCoverage.Share ways) {
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
            page.append(escaped(file.file().toString()))
                    .append("</h2>\n<table class=\"source\">\n");
            for (int line = 1; line <= file.source().size(); line++) {
                appendLine(page, file, line);
            }
            page.append("</table>\n");
        }

        private static void appendLine(StringBuilder page, FileCoverage file, int line) {
            Long count = file.lines().get(line);
            List<Branch> branches = file.branchesAt(line);
            page.append("<tr class=\"")
                    .append(style(count, branches))
                    .append("\"><td>")
                    .append(line);
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
}
