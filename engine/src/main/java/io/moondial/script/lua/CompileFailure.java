package io.moondial.script.lua;

/** Lua source that does not compile: where, and why. */
public final class CompileFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final int line;
    private final int column;

    /**
     * @param line from 1; 0 if the source as a whole is meant
     * @param column from 1, in octets; 0 if it is not known
     */
    CompileFailure(int line, int column, String message) {
        super(message, null, false, false);
        this.line = line;
        this.column = column;
    }

    public int line() {
        return line;
    }

    public int column() {
        return column;
    }
}
