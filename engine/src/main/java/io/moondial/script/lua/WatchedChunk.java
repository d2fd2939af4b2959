package io.moondial.script.lua;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLongArray;

/** A chunk that counts, over all its runs, which of its lines and branches were carried out. */
public final class WatchedChunk {
    /** What can go two ways. */
    public enum Kind {
        /** A condition: of {@code if} and its like, of {@code and} and {@code or}. */
        CONDITION,
        /** A {@code for} loop. */
        LOOP
    }

    /**
     * Something that goes on in one of two ways.
     *
     * @param line where it is
     * @param on how often it went on to what is written next; of a loop, into its body
     * @param past how often it went past that; of a loop, out of it
     */
    public record Branch(int line, Kind kind, long on, long past) {}

    /**
     * A function.
     *
     * @param line where it begins; 0 for the chunk itself
     * @param calls how often it was entered
     */
    public record Function(int line, long calls) {}

    private final FunctionCode code;

    private WatchedChunk(FunctionCode code) {
        this.code = code;
    }

    /** The chunk, watched from now on. */
    public static WatchedChunk of(FunctionCode plain) {
        return new WatchedChunk(plain.watched());
    }

    /** What is to be run. */
    public FunctionCode code() {
        return code;
    }

    /** How often each line was carried out; a line on which nothing is done is not there. */
    public SortedMap<Integer, Long> lines() {
        SortedMap<Integer, Long> lines = new TreeMap<>();
        code.forEach(function -> addLines(function, lines));
        return lines;
    }

    private static void addLines(FunctionCode function, SortedMap<Integer, Long> lines) {
        Watches watches = watches(function);
        int last = function.instructions.length - 1;
        for (int pc = 0; pc <= last; pc++) {
            // nobody wrote the return at the end
            boolean written = pc < last || pc == 0;
            if (written && watches.at(pc)) {
                lines.merge(watches.flow().lineOf(pc), watches.count(pc), Math::max);
            }
        }
    }

    /** All branches, by line. */
    public List<Branch> branches() {
        List<Branch> branches = new ArrayList<>();
        code.forEach(function -> addBranches(function, branches));
        branches.sort((a, b) -> Integer.compare(a.line(), b.line()));
        return branches;
    }

    private static void addBranches(FunctionCode function, List<Branch> branches) {
        Watches watches = watches(function);
        for (int pc = 0; pc < function.instructions.length; pc++) {
            if (watches.flow().isBranch(pc)) {
                int[] ways = watches.flow().after(pc);
                branches.add(
                        new Branch(
                                function.lineAt(pc),
                                kind(function.instructions[pc]),
                                watches.taken(ways[0]),
                                watches.taken(ways[1])));
            }
        }
    }

    private static Kind kind(int instruction) {
        int operation = Opcode.operation(instruction);
        return operation == Opcode.FORLOOP || operation == Opcode.TFORLOOP
                ? Kind.LOOP
                : Kind.CONDITION;
    }

    /** All functions, the chunk itself first. */
    public List<Function> functions() {
        List<Function> functions = new ArrayList<>();
        code.forEach(f -> functions.add(new Function(f.line, watches(f).count(0))));
        return functions;
    }

    private static Watches watches(FunctionCode function) {
        Watches watches = function.watches;
        if (watches == null) {
            throw new IllegalStateException("a function that is not watched: " + function.line);
        }
        return watches;
    }

    /**
     * How often each of some instructions of a function was carried out, by any number of runs at
     * once. In the code that runs, each of them is an {@link Instruction.Watched}; code that nobody
     * watches has none, and pays nothing.
     */
    static final class Watches {
        private final Flow flow;

        /** The instructions watched, by their pc. */
        private final int[] places;

        private final AtomicLongArray passed;

        Watches(Flow flow) {
            this.flow = flow;
            BitSet points = flow.watchPoints();
            this.places = points.stream().toArray();
            this.passed = new AtomicLongArray(places.length);
        }

        /** An instruction, which also counts if it is one of them. */
        Instruction watched(Instruction plain, FunctionCode function, int pc) {
            int index = Arrays.binarySearch(places, pc);
            return index < 0 ? plain : new Instruction.Watched(function, pc, plain, this, index);
        }

        /** Counts one more. */
        void pass(int index) {
            passed.incrementAndGet(index);
        }

        Flow flow() {
            return flow;
        }

        /** Whether an instruction is watched. */
        boolean at(int pc) {
            return Arrays.binarySearch(places, pc) >= 0;
        }

        /** How often a watched instruction was carried out. */
        long count(int pc) {
            return passed.get(Arrays.binarySearch(places, pc));
        }

        /**
         * How often a branch went one of its ways: as often as the instruction there was carried
         * out, without those who came there otherwise. That is not the branch's own count less its
         * other way: a comparison may raise an error, and go neither.
         */
        long taken(int target) {
            long count = count(target);
            for (int jump : flow.jumpsTo(target)) {
                count -= count(jump);
            }
            return Math.max(count, 0);
        }
    }

    /** Which instruction of a function may follow which. */
    static final class Flow {
        private static final int[] NOWHERE = {};

        private final FunctionCode code;
        private final int[][] successors;
        private final BitSet reachable = new BitSet();
        private final Map<Integer, List<Integer>> jumpsTo = new HashMap<>();

        Flow(FunctionCode code) {
            this.code = code;
            this.successors = new int[code.instructions.length][];
            Deque<Integer> open = new ArrayDeque<>();
            open.add(0);
            while (!open.isEmpty()) {
                int pc = open.remove();
                if (!reachable.get(pc)) {
                    reachable.set(pc);
                    successors[pc] = after(pc, code.instructions[pc]);
                    for (int next : successors[pc]) {
                        open.add(next);
                    }
                    if (isJump(pc)) {
                        int target = successors[pc][0];
                        jumpsTo.computeIfAbsent(target, t -> new ArrayList<>()).add(pc);
                    }
                }
            }
        }

        private static int[] after(int pc, int i) {
            int next = pc + 1;
            return switch (Opcode.operation(i)) {
                case Opcode.RETURN -> NOWHERE;
                // the next word is not an instruction
                case Opcode.LOADKX -> new int[] {next + 1};
                case Opcode.SETLIST -> new int[] {Opcode.c(i) == 0 ? next + 1 : next};
                case Opcode.LOADBOOL -> new int[] {Opcode.c(i) == 0 ? next : next + 1};
                case Opcode.JMP, Opcode.FORPREP -> new int[] {next + Opcode.signedBx(i)};
                case Opcode.EQ, Opcode.LT, Opcode.LE, Opcode.TEST, Opcode.TESTSET ->
                        new int[] {next + 1, next};
                case Opcode.FORLOOP, Opcode.TFORLOOP -> new int[] {next + Opcode.signedBx(i), next};
                default -> new int[] {next};
            };
        }

        /**
         * Whether some way leads to an instruction; to what LuaC writes for completeness, none
         * does.
         */
        boolean reaches(int pc) {
            return reachable.get(pc);
        }

        /** Whether an instruction goes on in one of two ways. */
        boolean isBranch(int pc) {
            return reaches(pc) && successors[pc].length == 2;
        }

        /**
         * Where an instruction goes on. For a branch, first the way on or back, then the way past.
         */
        int[] after(int pc) {
            return successors[pc];
        }

        /** The instructions that jump to one, and never go on elsewhere. */
        List<Integer> jumpsTo(int pc) {
            return jumpsTo.getOrDefault(pc, List.of());
        }

        /**
         * The places whose counts are enough: where lines and straight runs begin, and all jumps.
         */
        BitSet watchPoints() {
            BitSet points = new BitSet();
            points.set(0);
            for (int pc = reachable.nextSetBit(0); pc >= 0; pc = reachable.nextSetBit(pc + 1)) {
                if (isBranch(pc) || isJump(pc)) {
                    points.set(pc);
                    for (int target : successors[pc]) {
                        points.set(target);
                    }
                }
                // what is not reached before it may be a word of data, which has no line
                if (pc > 0 && (!reaches(pc - 1) || lineOf(pc) != lineOf(pc - 1))) {
                    points.set(pc);
                }
            }
            return points;
        }

        private boolean isJump(int pc) {
            int i = code.instructions[pc];
            return switch (Opcode.operation(i)) {
                case Opcode.JMP, Opcode.FORPREP -> true;
                case Opcode.LOADBOOL -> Opcode.c(i) != 0;
                default -> false;
            };
        }

        /** The line of an instruction; a function is made on its first line, not on its last. */
        int lineOf(int pc) {
            int i = code.instructions[pc];
            return Opcode.operation(i) == Opcode.CLOSURE
                    ? code.children[Opcode.bx(i)].line
                    : code.lineAt(pc);
        }
    }
}
