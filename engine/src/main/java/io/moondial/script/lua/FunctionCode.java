package io.moondial.script.lua;

import io.moondial.script.lua.WatchedChunk.Flow;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One compiled Lua function: its instructions and what they name. Immutable, shared by all runs.
 */
public final class FunctionCode {
    /** Where a closure finds one of its captured variables when it is made. */
    record Capture(String name, boolean inRegister, int index) {}

    /** A local variable and the instructions in which it is alive. */
    record Local(String name, int from, int to) {}

    final String source;
    final int line;
    final int parameters;
    final boolean variadic;
    final int registers;

    /** What entering the function counts: a long one can do much before it calls or jumps back. */
    final int weight;

    final int[] instructions;

    final int[] lines;
    final @Nullable Object[] constants;
    final FunctionCode[] children;
    final Capture[] captures;
    final List<Local> locals;

    /** Whether the engine ships it: what is said of places names the script that called it. */
    final boolean shipped;

    /** Null: nothing is counted. */
    final WatchedChunk.@Nullable Watches watches;

    /** What is carried out first. */
    final Instruction first;

    FunctionCode(
            String source,
            int line,
            int parameters,
            boolean variadic,
            int registers,
            int[] instructions,
            int[] lines,
            @Nullable Object[] constants,
            FunctionCode[] children,
            Capture[] captures,
            List<Local> locals) {
        this.source = source;
        this.line = line;
        this.parameters = parameters;
        this.variadic = variadic;
        this.registers = registers;
        this.weight = Meter.weight(instructions.length);
        this.instructions = instructions;
        this.lines = lines;
        this.constants = constants;
        this.children = children;
        this.captures = captures;
        this.locals = List.copyOf(locals);
        this.shipped = source.startsWith(Compiler.SHIPPED);
        this.watches = null;
        this.first = Decoder.first(this);
    }

    private FunctionCode(
            FunctionCode plain, FunctionCode[] children, WatchedChunk.Watches watches) {
        this.source = plain.source;
        this.line = plain.line;
        this.parameters = plain.parameters;
        this.variadic = plain.variadic;
        this.registers = plain.registers;
        this.weight = plain.weight;
        this.instructions = plain.instructions;
        this.lines = plain.lines;
        this.constants = plain.constants;
        this.children = children;
        this.captures = plain.captures;
        this.locals = plain.locals;
        this.shipped = plain.shipped;
        this.watches = watches;
        this.first = Decoder.first(this);
    }

    /** The same function, and those written inside it, counting what of them runs. */
    FunctionCode watched() {
        FunctionCode[] inside = new FunctionCode[children.length];
        for (int i = 0; i < inside.length; i++) {
            inside[i] = children[i].watched();
        }
        return new FunctionCode(this, inside, new WatchedChunk.Watches(new Flow(this)));
    }

    /** Whether this is a chunk itself, not a function in one. */
    boolean isMain() {
        return line == 0;
    }

    /** The source line of an instruction; 0 if it is not known. */
    int lineAt(int pc) {
        return pc >= 0 && pc < lines.length ? lines[pc] : 0;
    }

    /** The names of the globals that this function, or one written inside it, sets. */
    public Set<LuaString> globalsSet() {
        Set<LuaString> names = new HashSet<>();
        forEach(code -> code.addGlobalsSet(names));
        return names;
    }

    private void addGlobalsSet(Set<LuaString> names) {
        for (int i : instructions) {
            if (Opcode.operation(i) == Opcode.SETTABUP
                    && captures[Opcode.a(i)].name().equals("_ENV")
                    && Opcode.isConstant(Opcode.b(i))
                    && constants[Opcode.constantIndex(Opcode.b(i))] instanceof LuaString name) {
                names.add(name);
            }
        }
    }

    /** Shows this function and all that are written inside it. */
    public void forEach(Consumer<FunctionCode> action) {
        action.accept(this);
        for (FunctionCode child : children) {
            child.forEach(action);
        }
    }
}
