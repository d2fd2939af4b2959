package io.moondial.script;

import org.jspecify.annotations.Nullable;

/** How a script ended. */
public sealed interface ScriptOutcome {
    /** What it used up. */
    Usage usage();

    /**
     * What a script used up.
     *
     * @param instructions units of the meter
     * @param memory octets charged
     */
    record Usage(long instructions, long memory) {}

    /**
     * It returned.
     *
     * @param text what it returned, if that is a string that is not empty or a finite number;
     *     otherwise null
     * @param mask what records and traces show instead of the text; null: the text
     * @param what what it returned, in words
     */
    record Returned(@Nullable String text, @Nullable String mask, String what, Usage usage)
            implements ScriptOutcome {}

    /** It did not come to its end. */
    record Failed(ScriptFault fault, Usage usage) implements ScriptOutcome {}
}
