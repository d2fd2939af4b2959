package io.moondial.coverage;

import io.moondial.script.lua.WatchedChunk.Branch;
import io.moondial.script.lua.WatchedChunk.Function;
import io.moondial.script.lua.WatchedChunk.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
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

    /**
     * Some of all.
     *
     * @param some 0 to all
     */
    public record Share(long some, long all) {
        public Share {
            if (some < 0 || some > all) {
                throw new IllegalArgumentException(some + " of " + all);
            }
        }

        /** With those of another. */
        public Share plus(Share other) {
            return new Share(some + other.some, all + other.all);
        }

        /** Rounded down, so that 100 means all; of nothing all is there. */
        public int percent() {
            return all == 0 ? 100 : (int) (100 * some / all);
        }

        @Override
        public String toString() {
            return some + "/" + all;
        }
    }

    /** What did not run, in words. */
    static final class Gaps {
        private Gaps() {}

        /** The lines that did not run, those that follow each other as a range: {@code 3, 7-9}. */
        static List<String> lines(FileCoverage file) {
            List<String> ranges = new ArrayList<>();
            int first = 0;
            int last = 0;
            for (Map.Entry<Integer, Long> line : file.lines().entrySet()) {
                if (line.getValue() == 0) {
                    first = first == 0 ? line.getKey() : first;
                    last = line.getKey();
                } else if (first > 0) {
                    ranges.add(range(first, last));
                    first = 0;
                }
            }
            if (first > 0) {
                ranges.add(range(first, last));
            }
            return ranges;
        }

        private static String range(int first, int last) {
            return first == last ? String.valueOf(first) : first + "-" + last;
        }

        /**
         * The ways not taken of branches that ran. Nothing more is said of a line that did not run.
         */
        static List<String> ways(FileCoverage file) {
            List<String> ways = new ArrayList<>();
            for (Branch branch : file.branches()) {
                if (branch.on() + branch.past() > 0 && (branch.on() == 0 || branch.past() == 0)) {
                    ways.add(branch.line() + " " + missing(branch));
                }
            }
            return ways;
        }

        /** The way of a branch that was not taken: exactly one was taken. */
        static String missing(Branch branch) {
            return switch (branch.kind()) {
                case CONDITION -> branch.on() == 0 ? "never on" : "never past";
                case LOOP -> branch.on() == 0 ? "never in" : "never out";
            };
        }

        /** What a branch did. */
        static String told(Branch branch) {
            String on = branch.kind() == Kind.LOOP ? "in " : "on ";
            String past = branch.kind() == Kind.LOOP ? "out " : "past ";
            return on + branch.on() + ", " + past + branch.past();
        }
    }
}
