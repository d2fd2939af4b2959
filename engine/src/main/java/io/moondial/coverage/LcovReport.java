package io.moondial.coverage;

import io.moondial.script.lua.WatchedChunk.Branch;
import io.moondial.script.lua.WatchedChunk.Function;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Coverage in the trace format of LCOV (geninfo(1)), which genhtml, editors and build servers read.
 * Files are named absolutely, so that it can be read from anywhere.
 */
public final class LcovReport {
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
     * Lua's functions have no names: the text before the first one in the line is used as its name.
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
