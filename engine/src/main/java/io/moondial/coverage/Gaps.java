package io.moondial.coverage;

import io.moondial.script.lua.WatchedChunk.Branch;
import io.moondial.script.lua.WatchedChunk.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What did not run, in words. */
final class Gaps {
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

    /** The ways not taken of branches that ran. Nothing more is said of a line that did not run. */
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
