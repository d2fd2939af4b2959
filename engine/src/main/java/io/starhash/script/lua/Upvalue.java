package io.starhash.script.lua;

import org.jspecify.annotations.Nullable;

/**
 * A variable captured by closures: in a frame's register while its block runs, by itself
 * afterwards.
 */
final class Upvalue {
    private @Nullable Frame frame;
    private final int register;
    private @Nullable Object value;

    /** A variable that still lives in a frame's register. */
    Upvalue(Frame frame, int register) {
        this.frame = frame;
        this.register = register;
    }

    /** A variable by itself. */
    Upvalue(@Nullable Object value) {
        this.value = value;
        this.register = -1;
    }

    @Nullable Object get() {
        Frame home = frame;
        return home == null ? value : home.registers[register];
    }

    void set(@Nullable Object newValue) {
        Frame home = frame;
        if (home == null) {
            value = newValue;
        } else {
            home.registers[register] = newValue;
        }
    }

    /** Takes the variable out of its frame: the block that declared it has ended. */
    void close() {
        value = get();
        frame = null;
    }
}
