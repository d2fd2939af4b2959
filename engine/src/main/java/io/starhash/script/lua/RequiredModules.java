package io.starhash.script.lua;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The modules that a chunk requires, as far as its code says: each {@code require "name"}, and
 * whether {@code require} is also used in a way that names nothing.
 */
public final class RequiredModules {
    private static final LuaString REQUIRE = LuaString.of("require");

    private final Set<String> names = new HashSet<>();
    private boolean open;

    private RequiredModules() {}

    /** Reads a chunk and all functions in it. */
    public static RequiredModules of(FunctionCode chunk) {
        RequiredModules found = new RequiredModules();
        chunk.forEach(found::read);
        return found;
    }

    /** The names. */
    public Set<String> names() {
        return Set.copyOf(names);
    }

    /** Whether it may require others too, by names that it makes while it runs. */
    public boolean isOpen() {
        return open;
    }

    private void read(FunctionCode function) {
        int[] instructions = function.instructions;
        for (int pc = 0; pc < instructions.length; pc++) {
            if (!getsRequire(function, instructions[pc])) {
                continue;
            }
            String name = nameCalledWith(function, pc);
            if (name == null) {
                open = true;
            } else {
                names.add(name);
            }
        }
    }

    private static boolean getsRequire(FunctionCode function, int instruction) {
        int operation = Opcode.operation(instruction);
        int key = Opcode.c(instruction);
        return (operation == Opcode.GETTABUP || operation == Opcode.GETTABLE)
                && Opcode.isConstant(key)
                && REQUIRE.equals(function.constants[Opcode.constantIndex(key)]);
    }

    /** The constant with which the function just fetched is called; null where it is otherwise. */
    private static @Nullable String nameCalledWith(FunctionCode function, int pc) {
        int fetched = Opcode.a(function.instructions[pc]);
        int argument = function.instructions[pc + 1];
        int call = function.instructions[pc + 2 < function.instructions.length ? pc + 2 : pc];
        boolean named =
                Opcode.operation(argument) == Opcode.LOADK
                        && Opcode.a(argument) == fetched + 1
                        && isCall(Opcode.operation(call))
                        && Opcode.a(call) == fetched
                        && Opcode.b(call) == 2;
        return named && function.constants[Opcode.bx(argument)] instanceof LuaString s
                ? s.toText()
                : null;
    }

    private static boolean isCall(int operation) {
        return operation == Opcode.CALL || operation == Opcode.TAILCALL;
    }
}
