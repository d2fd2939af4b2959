package io.moondial.script.lua;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which instruction of a function may follow which. */
final class Flow {
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
     * Whether some way leads to an instruction; to what LuaC writes for completeness, none does.
     */
    boolean reaches(int pc) {
        return reachable.get(pc);
    }

    /** Whether an instruction goes on in one of two ways. */
    boolean isBranch(int pc) {
        return reaches(pc) && successors[pc].length == 2;
    }

    /** Where an instruction goes on. For a branch, first the way on or back, then the way past. */
    int[] after(int pc) {
        return successors[pc];
    }

    /** The instructions that jump to one, and never go on elsewhere. */
    List<Integer> jumpsTo(int pc) {
        return jumpsTo.getOrDefault(pc, List.of());
    }

    /** The places whose counts are enough: where lines and straight runs begin, and all jumps. */
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
