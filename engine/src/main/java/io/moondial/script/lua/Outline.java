package io.moondial.script.lua;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the text of a chunk names: the globals that it reads and defines, the fields of libraries
 * that it reads, the modules that it requires. Read from the source alone; nothing runs.
 */
public final class Outline {
    /** What may keep a place in the code from failing when it fails. */
    public enum Reach {
        /** Nothing. */
        PLAIN,
        /** It is under a condition: in an {@code if}, or right of {@code and} or {@code or}. */
        CONDITIONAL,
        /** It is in a function that may never be called: told only of what is required. */
        LATER,
        /** It is in a function that is given to {@code pcall} or {@code xpcall}. */
        GUARDED,
        /** It never runs. */
        DEAD
    }

    /**
     * Something named at a place.
     *
     * @param at the index of its first octet, for {@link #line} and {@link #column}
     */
    public record Mention(String name, int at, Reach reach) {}

    /** What is done with a global, or a field, that is read. */
    public enum Use {
        /** It is asked whether it is there: {@code if x then}, {@code x or y}, {@code x == nil}. */
        TESTED,
        /** It must be there: it is called, or indexed. */
        NEEDED,
        /** Anything else. */
        OTHER
    }

    /**
     * A global that is read.
     *
     * @param locals the newest of the local variables that are in scope there; null: there is none,
     *     or they do not matter, because it is read as a field of {@code _G}
     */
    public record Global(Mention mention, Use use, @Nullable Visible locals) {
        /** The names of the local variables in scope, the innermost first. */
        public List<String> localNames() {
            List<String> names = new ArrayList<>();
            for (Visible it = locals; it != null; it = it.before()) {
                names.add(it.name());
            }
            return names;
        }
    }

    /**
     * A local variable where it can be seen.
     *
     * @param before the one declared before it that can be seen too; null: there is none
     */
    public record Visible(String name, @Nullable Visible before) {}

    /**
     * A field of a library or module that is read.
     *
     * @param library its name, as {@code require} or a global has it
     * @param use what is done with it
     * @param called whether it is called at once
     * @param literals the leading arguments of that call, up to a table or a function; null: not a
     *     text that is written out
     * @param options the names in the tables that are written out among those arguments
     */
    public record Field(
            String library,
            Use use,
            boolean called,
            Mention mention,
            List<@Nullable String> literals,
            List<Option> options) {
        public Field {
            literals = Collections.unmodifiableList(new ArrayList<>(literals));
            options = List.copyOf(options);
        }
    }

    /**
     * A name in a table that is written out as an argument, as in {@code {timeout = 30}}.
     *
     * @param position of the argument, from 1
     * @param isText whether its value begins with a text that is written out
     * @param value what it is; null: that is not written out, or it is nil
     */
    public record Option(int position, Mention mention, boolean isText, @Nullable Literal value) {}

    /**
     * A value that is written out.
     *
     * @param text of a text what it holds; of a number, true and false as they are written; of a
     *     table "{}" if nothing is in it
     */
    public record Literal(Shape shape, String text) {
        /** What may be written out. */
        public enum Shape {
            TEXT,
            NUMBER,
            BOOLEAN,
            FUNCTION,
            TABLE
        }

        private static final int MOST_SHOWN = 40;

        /** The number that it is; NaN: it is none. */
        public double number() {
            Double number = shape == Shape.NUMBER ? Numbers.parse(LuaString.of(text)) : null;
            return number == null ? Double.NaN : number;
        }

        /** As messages show it. */
        public String shown() {
            return switch (shape) {
                case TEXT ->
                        "the text \""
                                + (text.length() > MOST_SHOWN
                                        ? text.substring(0, MOST_SHOWN) + "..."
                                        : text)
                                + '"';
                case NUMBER, BOOLEAN -> text;
                case FUNCTION -> "a function";
                case TABLE -> text.isEmpty() ? "a table" : "an empty table";
            };
        }
    }

    /**
     * A call of a module itself, such as {@code t "main"}, by whatever name it has.
     *
     * @param mention names the module
     * @param literals the leading arguments, as of {@link Field}
     * @param given the names of the fields of a table among the arguments, empty if there is none;
     *     null: they are not all written out
     * @param options the names in tables among the arguments
     * @param inPages whether {@code menu.text} shows what it gives
     * @param secrets the secret answers among the arguments, and in a table of them, each by the
     *     name of its variable, "" if it has none
     */
    public record Call(
            Mention mention,
            List<@Nullable String> literals,
            @Nullable Set<String> given,
            List<Option> options,
            boolean inPages,
            List<Mention> secrets) {
        public Call {
            literals = Collections.unmodifiableList(new ArrayList<>(literals));
            options = List.copyOf(options);
            secrets = List.copyOf(secrets);
        }
    }

    final List<Global> globalsRead = new ArrayList<>();
    final Set<String> globalsDefined = new HashSet<>();
    final Set<String> globalsSet = new HashSet<>();
    final Set<String> fieldsSet = new HashSet<>();
    final List<Field> fieldsRead = new ArrayList<>();
    final List<Call> calls = new ArrayList<>();
    final List<Mention> modulesRequired = new ArrayList<>();
    final List<Mention> secretsComposed = new ArrayList<>();
    boolean requiresOthers;
    boolean definesOthers;
    boolean readsOthers;

    private final SourceText source;

    Outline(SourceText source) {
        this.source = source;
    }

    /**
     * What is known of the scripts' surroundings.
     *
     * @param secretOptions the functions whose result may be secret, as {@code ussd.menu}: each
     *     with the field that is true in a table among the arguments if it is, empty if it always
     *     is
     * @param callable modules that are called by their own names
     * @param present globals that every script has, none of them false
     * @param absent globals that no script has unless it sets them
     */
    public record Surroundings(
            Map<String, String> secretOptions,
            Set<String> callable,
            Set<String> present,
            Set<String> absent) {}

    /** Reads a file that compiles. */
    public static Outline of(LuaString source, Surroundings surroundings) {
        return new OutlineReader(SourceText.ofFile(source), surroundings).read();
    }

    /** The line of a place, from 1. */
    public int line(Mention mention) {
        return source.lineOf(mention.at());
    }

    /** The column of a place, from 1, in characters. */
    public int column(Mention mention) {
        return source.columnOf(mention.at());
    }

    /** Each reading of a global that is no local's. */
    public List<Global> globalsRead() {
        return List.copyOf(globalsRead);
    }

    /** The globals that an assignment or a function gives a value that does not need one. */
    public Set<String> globalsDefined() {
        return Set.copyOf(globalsDefined);
    }

    /** The globals that it sets anywhere, even if it needs the value that they had before. */
    public Set<String> globalsSet() {
        return Set.copyOf(globalsSet);
    }

    /**
     * The fields of modules and libraries that it sets, as {@code string.trim}; {@code string.}
     * alone if their names are made while it runs.
     */
    public Set<String> fieldsSet() {
        return Set.copyOf(fieldsSet);
    }

    /** Each reading of a field of a module or a library, by its name. */
    public List<Field> fieldsRead() {
        return List.copyOf(fieldsRead);
    }

    /** Each call of a module that can be called, by its name. */
    public List<Call> calls() {
        return List.copyOf(calls);
    }

    /** Whether it may use this module: by its name, or by a name that it makes while it runs. */
    public boolean mayUse(String module) {
        return requiresOthers
                || definesOthers
                || readsOthers
                || globalsRead.stream().anyMatch(it -> it.mention().name().equals(module))
                || modulesRequired.stream().anyMatch(it -> it.name().equals(module));
    }

    /** Whether it gives this module to something else, which may call it in its own way. */
    public boolean passesOn(String module) {
        return globalsRead.stream()
                        .anyMatch(it -> it.mention().name().equals(module) && it.use() == Use.OTHER)
                || modulesRequired.stream().anyMatch(it -> it.name().equals(module));
    }

    /** The texts that are written out in it without escapes, up to this length. */
    public Set<String> texts(int longest) {
        Set<String> texts = new HashSet<>();
        for (Token token : new Token.Stream(source).all()) {
            if (token.kind() == Token.Kind.STRING && token.text().length() <= longest) {
                texts.add(token.text());
            }
        }
        return texts;
    }

    /** Each {@code require} of a name that is written out. */
    public List<Mention> modulesRequired() {
        return List.copyOf(modulesRequired);
    }

    /** Where a secret answer becomes part of a text, by the name of its variable. */
    public List<Mention> secretsComposed() {
        return List.copyOf(secretsComposed);
    }

    /**
     * Whether it may require modules that {@link #modulesRequired} does not name: by names that it
     * makes while it runs, or by {@code require} under another name.
     */
    public boolean requiresOthers() {
        return requiresOthers;
    }

    /** Whether it may define globals by names that it makes while it runs. */
    public boolean definesOthers() {
        return definesOthers;
    }

    /**
     * The local variables of a chunk as its text is read, scope by scope, and what is known of the
     * values in them.
     */
    static final class OutlineScopes {
        private final Deque<Scope> scopes = new ArrayDeque<>();
        private final List<Tentative> tentative = new ArrayList<>();
        private final List<TentativeCall> tentativeCalls = new ArrayList<>();

        /** The variables of a scope, and what could be seen before it. */
        private record Scope(Map<String, Variable> variables, @Nullable Visible outside) {}

        /** The newest variable in scope. */
        private @Nullable Visible newest;

        /** A local variable: what it means as long as nothing else is assigned to it. */
        static final class Variable {
            @Nullable String library;
            boolean secret;
            boolean assigned;

            /** Takes the value that it is given first. */
            void hold(Value value) {
                secret |= value.type() == Value.Type.SECRET;
                switch (value.type()) {
                    case GLOBAL -> library = value.name();
                    case OTHER -> library = value.library();
                    case LOCAL, FIELD, STRING, SECRET -> {}
                }
            }
        }

        /**
         * An expression, as far as it matters what it is.
         *
         * @param name of a global; the constant key of a field, "" if it is made while the chunk
         *     runs; the text of a string
         * @param library what the value is, or of a field what holds it: a module's or a global's
         *     name
         * @param variable the local variable that it is, or that holds the field
         */
        record Value(
                Type type,
                String name,
                @Nullable String library,
                @Nullable Variable variable,
                int at) {
            enum Type {
                GLOBAL,
                LOCAL,
                FIELD,
                STRING,
                SECRET,
                OTHER
            }

            /** One that it does not matter of what it is. */
            static Value other(int at) {
                return new Value(Type.OTHER, "", null, null, at);
            }

            /** Whether it is a variable with a secret answer in it. */
            boolean isSecretVariable() {
                return type == Type.LOCAL && variable != null && variable.secret;
            }

            boolean isGlobal(String wanted) {
                return type == Type.GLOBAL && name.equals(wanted);
            }

            /**
             * Whether it is this function of a library, whatever the library's variable is called.
             */
            boolean isFunction(String of, String wanted) {
                return type == Type.FIELD && of.equals(library) && name.equals(wanted);
            }
        }

        /** A field whose library is known only if its variable is never assigned to. */
        private record Tentative(Variable variable, Outline.Field field) {}

        /** A scope begins. */
        void enter() {
            scopes.push(new Scope(new HashMap<>(), newest));
        }

        /** The innermost scope ends, and its variables with it. */
        void leave() {
            newest = scopes.pop().outside();
        }

        /** A new variable of the innermost scope. */
        Variable declare(String name) {
            Variable variable = new Variable();
            scopes.element().variables().put(name, variable);
            newest = new Visible(name, newest);
            return variable;
        }

        /** The newest of the variables in scope; null if there is none. */
        @Nullable Visible newest() {
            return newest;
        }

        /** What a name stands for here: a local variable, or else a global. */
        Value find(Token name) {
            for (Scope scope : scopes) {
                Variable variable = scope.variables().get(name.text());
                if (variable != null) {
                    return new Value(Value.Type.LOCAL, name.text(), null, variable, name.at());
                }
            }
            return new Value(Value.Type.GLOBAL, name.text(), null, null, name.at());
        }

        /** A field is read of what a variable holds, if that is still its first value. */
        void readField(Variable variable, Outline.Field field) {
            tentative.add(new Tentative(variable, field));
        }

        /** A call of what a variable holds, if that is still its first value. */
        private record TentativeCall(Variable variable, Outline.Call call) {}

        /** What a variable holds is called, if that is still its first value. */
        void call(Variable variable, Outline.Call call) {
            tentativeCalls.add(new TentativeCall(variable, call));
        }

        /** The calls of variables to which nothing was assigned later, once all is read. */
        List<Outline.Call> callsOfConstants() {
            return tentativeCalls.stream()
                    .filter(it -> !it.variable().assigned)
                    .map(TentativeCall::call)
                    .toList();
        }

        /** The fields read of variables to which nothing was assigned later, once all is read. */
        List<Outline.Field> fieldsOfConstants() {
            return tentative.stream()
                    .filter(it -> !it.variable().assigned)
                    .map(Tentative::field)
                    .toList();
        }
    }
}
