package io.moondial.script.lua;

import org.jspecify.annotations.Nullable;

/** A Lua function: compiled Lua, or one of ours in Java. */
public abstract sealed class LuaFunction
        permits LuaFunction.LuaClosure, LuaFunction.NativeFunction {
    LuaFunction() {}

    /** A function of compiled Lua with the variables that it captured. */
    static final class LuaClosure extends LuaFunction {
        final FunctionCode code;
        final Upvalue[] upvalues;

        LuaClosure(FunctionCode code, Upvalue[] upvalues) {
            this.code = code;
            this.upvalues = upvalues;
        }

        /**
         * A variable captured by closures: in a frame's register while its block runs, separate
         * afterwards.
         */
        static final class Upvalue {
            final int register;

            /** The next lower register of the frame that is captured too. */
            @Nullable Upvalue below;

            /** The registers of the frame that it still lives in. */
            private @Nullable Object @Nullable [] home;

            private @Nullable Object value;

            /** A variable that still lives in a frame's register. */
            Upvalue(@Nullable Object[] home, int register, @Nullable Upvalue below) {
                this.home = home;
                this.register = register;
                this.below = below;
            }

            /** A variable that is separate from a frame. */
            Upvalue(@Nullable Object value) {
                this.value = value;
                this.register = -1;
            }

            @Nullable Object get() {
                @Nullable Object @Nullable [] registers = home;
                return registers == null ? value : registers[register];
            }

            void set(@Nullable Object newValue) {
                @Nullable Object @Nullable [] registers = home;
                if (registers == null) {
                    value = newValue;
                } else {
                    registers[register] = newValue;
                }
            }

            /**
             * Takes the variable out of its frame, as its block has ended; gives the one below it.
             */
            @Nullable Upvalue close() {
                Upvalue next = below;
                value = get();
                home = null;
                below = null;
                return next;
            }
        }
    }

    /**
     * The variables from outside that a function uses, for those who give it other globals. Only
     * {@code _ENV} is told and changed. A function of the engine has none of them.
     */
    public static final class Environment {
        private static final String NAME = "_ENV";

        private Environment() {}

        /** The name of such a variable, from 1; null: the function has not so many. */
        public static @Nullable String nameOf(LuaFunction function, int position) {
            return function instanceof LuaClosure closure
                            && !closure.code.shipped
                            && position >= 1
                            && position <= closure.upvalues.length
                    ? closure.code.captures[position - 1].name()
                    : null;
        }

        /** Whether the variable at a position is the one that can be told and changed. */
        public static boolean isAt(LuaFunction function, int position) {
            return NAME.equals(nameOf(function, position));
        }

        /** What it holds; null if it is not at this position. */
        public static @Nullable Object get(LuaFunction function, int position) {
            return isAt(function, position) && function instanceof LuaClosure closure
                    ? closure.upvalues[position - 1].get()
                    : null;
        }

        /** Gives it, and all functions that share it, a value, if it is at this position. */
        public static void set(LuaFunction function, int position, @Nullable Object value) {
            if (isAt(function, position) && function instanceof LuaClosure closure) {
                closure.upvalues[position - 1].set(value);
            }
        }

        /**
         * Has a function share this variable with another one. If the other one's variable is
         * another, the function gets a variable of its own instead, which begins with the table
         * that the other holds, or with nil: it must not reach what is private to the other.
         */
        public static void join(LuaFunction function, int position, LuaFunction with, int its) {
            if (isAt(function, position)
                    && nameOf(with, its) != null
                    && function instanceof LuaClosure closure
                    && with instanceof LuaClosure other) {
                LuaClosure.Upvalue theirs = other.upvalues[its - 1];
                closure.upvalues[position - 1] =
                        isAt(with, its)
                                ? theirs
                                : new LuaClosure.Upvalue(
                                        theirs.get() instanceof LuaTable table ? table : null);
            }
        }
    }

    /**
     * A function that Lua calls and Java answers. Holds no state: what it needs is in its
     * arguments.
     */
    public static final class NativeFunction extends LuaFunction {
        /** What the function does. */
        @FunctionalInterface
        public interface Body {
            /**
             * Answers one call.
             *
             * @return the results, whole; not to be changed afterwards
             * @throws LuaError an error of the caller's
             */
            @Nullable Object[] call(Arguments arguments);
        }

        /**
         * Answers the usual calls of a function without the objects that a {@link Body} needs: the
         * types are right, and no argument is left out that the function must have. All other calls
         * are for the body, which answers the usual ones just the same.
         */
        @FunctionalInterface
        public interface Shortcut {
            /** What is no value of Lua. */
            enum Answer {
                /** It leaves the call to the body, and has done nothing. */
                NONE
            }

            /** How many values it takes at most. */
            int LONGEST = 4;

            /**
             * Answers one call.
             *
             * @param count how many values were given: 1 to 4; the others are nil
             * @return one value; or several of them or none in an array, which is not to be changed
             *     afterwards; or {@link Answer#NONE}
             */
            @Nullable Object call(
                    LuaState state,
                    int count,
                    @Nullable Object first,
                    @Nullable Object second,
                    @Nullable Object third,
                    @Nullable Object fourth);
        }

        private final String name;
        private final Body body;
        private final @Nullable Shortcut shortcut;

        /**
         * @param name as messages about its arguments name it
         */
        public NativeFunction(String name, Body body) {
            this(name, body, null);
        }

        /**
         * @param name as messages about its arguments name it
         */
        public NativeFunction(String name, Body body, @Nullable Shortcut shortcut) {
            this.name = name;
            this.body = body;
            this.shortcut = shortcut;
        }

        public String name() {
            return name;
        }

        @Nullable Object[] call(LuaState state, @Nullable Object[] values, boolean calledByJava) {
            return body.call(new Arguments(state, name, values, calledByJava));
        }

        /** Whether {@link #shortcut} may be asked about so many values. */
        boolean hasShortcut(int count) {
            return shortcut != null && count > 0 && count <= Shortcut.LONGEST;
        }

        /** What the shortcut gives, as {@link Shortcut#call}. */
        @Nullable Object shortcut(
                LuaState state,
                int count,
                @Nullable Object first,
                @Nullable Object second,
                @Nullable Object third,
                @Nullable Object fourth) {
            Shortcut present = shortcut;
            return present == null
                    ? Shortcut.Answer.NONE
                    : present.call(state, count, first, second, third, fourth);
        }
    }
}
