package io.moondial.script.lua;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The local variables of a chunk as its text is read, scope by scope, and what is known of the
 * values in them.
 */
final class OutlineScopes {
    private final Deque<Map<String, Variable>> scopes = new ArrayDeque<>();
    private final List<Tentative> tentative = new ArrayList<>();

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
     * @param name of a global; the constant key of a field; the text of a string
     * @param library what the value is, or of a field what holds it: a module's or a global's name
     * @param variable the local variable that it is, or that holds the field
     */
    record Value(
            Type type, String name, @Nullable String library, @Nullable Variable variable, int at) {
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

        boolean isGlobal(String wanted) {
            return type == Type.GLOBAL && name.equals(wanted);
        }

        /** Whether it is this function of a library, whatever the library's variable is called. */
        boolean isFunction(String of, String wanted) {
            return type == Type.FIELD && of.equals(library) && name.equals(wanted);
        }
    }

    /** A field whose library is known only if its variable is never assigned to. */
    private record Tentative(Variable variable, Outline.Field field) {}

    /** A scope begins. */
    void enter() {
        scopes.push(new HashMap<>());
    }

    /** The innermost scope ends, and its variables with it. */
    void leave() {
        scopes.pop();
    }

    /** A new variable of the innermost scope. */
    Variable declare(String name) {
        Variable variable = new Variable();
        scopes.element().put(name, variable);
        return variable;
    }

    /** What a name stands for here: a local variable, or else a global. */
    Value find(Token name) {
        for (Map<String, Variable> scope : scopes) {
            Variable variable = scope.get(name.text());
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

    /** The fields read of variables to which nothing was assigned later, once all is read. */
    List<Outline.Field> fieldsOfConstants() {
        return tentative.stream()
                .filter(it -> !it.variable().assigned)
                .map(Tentative::field)
                .toList();
    }
}
