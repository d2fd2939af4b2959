package io.moondial.coverage;

import io.moondial.script.lua.WatchedChunk.Branch;
import io.moondial.script.lua.WatchedChunk.Function;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What of one script has run.
 *
 * @param source its lines
 * @param lines how often each line ran on which something is done, by its number from 1
 * @param branches by line
 * @param functions the chunk itself first
 */
public record FileCoverage(
        Path file,
        List<String> source,
        SortedMap<Integer, Long> lines,
        List<Branch> branches,
        List<Function> functions) {
    public FileCoverage {
        source = List.copyOf(source);
        lines = Collections.unmodifiableSortedMap(new TreeMap<>(lines));
        branches = List.copyOf(branches);
        functions = List.copyOf(functions);
    }

    /** How many of its lines have run. */
    public Share lineShare() {
        return new Share(lines.values().stream().filter(n -> n > 0).count(), lines.size());
    }

    /** How many of the ways of its branches were taken: each has two. */
    public Share wayShare() {
        long gone = branches.stream().mapToLong(b -> gone(b.on()) + gone(b.past())).sum();
        return new Share(gone, 2L * branches.size());
    }

    /** How many of its functions were entered. */
    public Share functionShare() {
        return new Share(functions.stream().filter(f -> f.calls() > 0).count(), functions.size());
    }

    private static long gone(long times) {
        return times > 0 ? 1 : 0;
    }

    /** The branches of a line. */
    public List<Branch> branchesAt(int line) {
        return branches.stream().filter(b -> b.line() == line).toList();
    }
}
