package io.moondial.script;

import java.util.List;
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

    /**
     * Why a script ended before its end.
     *
     * @param message in the words of Lua, with the place before it if Lua puts it there
     * @param script the file that was running, relative to the script folder; "" if none was
     * @param line the line that was running; 0 if none was
     * @param luaStack the calls that were running, the innermost first, one line each
     * @param cause for {@link Kind#INTERNAL} what Java threw, else null
     */
    record ScriptFault(
            Kind kind,
            String message,
            String script,
            int line,
            List<String> luaStack,
            @Nullable Throwable cause) {
        /** The kinds of fault. */
        public enum Kind {
            /** A Lua error that nothing caught. */
            ERROR,
            /** A broken limit. */
            LIMIT,
            /** Its time ran out while it waited: it has not computed too much. */
            WAITED,
            /** Told to stop from outside. */
            STOPPED,
            /** A fault of ours. */
            INTERNAL
        }

        public ScriptFault {
            luaStack = List.copyOf(luaStack);
        }

        /**
         * Whether the script itself was dangerous and had to be ended: by a limit, or by the JVM if
         * no limit ended it in time.
         */
        public boolean isKill() {
            return switch (kind) {
                case LIMIT -> true;
                case INTERNAL -> cause instanceof VirtualMachineError;
                case ERROR, WAITED, STOPPED -> false;
            };
        }

        /** Whether the script is to blame, and not the engine or whoever stopped it. */
        public boolean isScriptsFault() {
            return kind == Kind.ERROR || kind == Kind.WAITED || isKill();
        }

        /** {@code file:line} of what was running; empty if nothing was. */
        public String place() {
            return line > 0 ? script + ":" + line : "";
        }

        /** One line that says all: place and message, for an EDR or a log. */
        public String text() {
            String place = line > 0 ? place() + ": " : "";
            String whole = message.startsWith(place) ? message : place + message;
            return whole.replaceAll("\\s*[\\r\\n]+\\s*", " ");
        }
    }
}
