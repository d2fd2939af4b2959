package io.moondial.script.api;

import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.LuaDecimal;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaFunction;
import io.moondial.script.lua.LuaFunction.NativeFunction;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import io.moondial.script.lua.Meter;
import io.moondial.script.lua.Numbers;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One function that operators call: its page in the reference, and what it does. */
public final class ApiFunction {
    private static final Set<Phase> EVERY_PHASE = Set.of(Phase.values());

    private final String module;
    private final String name;
    private final String summary;
    private final List<ApiParameter> parameters;
    private final String results;
    private final String errors;
    private final String example;
    private final Effect effect;
    private final boolean waits;
    private final @Nullable String secretOption;
    private final Set<Phase> phases;
    private final boolean refusesPhases;
    private final Map<Integer, Set<String>> fields;
    private final Map<Integer, Map<String, OptionKind>> kinds;
    private final List<String> differing;
    private final List<OptionUse> optionUses;
    private final @Nullable Call calls;
    private final List<Said> said;
    private final boolean keptAsOne;
    private final boolean byKey;
    private final NativeFunction.Body body;

    private ApiFunction(Builder builder, String example, NativeFunction.Body body) {
        this.module = builder.module;
        this.name = builder.name;
        this.summary = builder.summary;
        this.parameters = List.copyOf(builder.parameters);
        this.results = builder.results;
        this.errors = builder.errors;
        this.effect = builder.effect;
        this.waits = builder.waits;
        this.secretOption = builder.secretOption;
        this.phases = Collections.unmodifiableSet(EnumSet.copyOf(builder.phases));
        this.refusesPhases = effect != Effect.SCREEN && !phases.containsAll(EVERY_PHASE);
        this.fields = Map.copyOf(builder.fields);
        this.kinds = Map.copyOf(builder.kinds);
        this.differing = List.copyOf(builder.differing);
        this.optionUses = List.copyOf(builder.optionUses);
        this.calls = builder.calls;
        this.said = List.copyOf(builder.said);
        this.keptAsOne = effect != Effect.PURE && !builder.ofOthers;
        this.byKey = builder.byKey;
        this.example = example;
        this.body = body;
    }

    /** What a function does that reaches more than its arguments. */
    @FunctionalInterface
    public interface HostBody {
        /**
         * Answers one call.
         *
         * @return the results, as of {@link NativeFunction.Body}
         */
        @Nullable Object[] call(Arguments arguments, HostCall call);
    }

    /** Begins the description of a function; it ends with {@link Builder#does}. */
    static Builder of(String module, String name, String summary) {
        return new Builder(module, name, summary);
    }

    /**
     * As a script calls it, for example {@code ussd.menu}; a global function has no module before
     * it.
     */
    public String qualifiedName() {
        return module.isEmpty() ? name : module + "." + name;
    }

    public String name() {
        return name;
    }

    /** What it does, in a sentence or two. */
    public String summary() {
        return summary;
    }

    public List<ApiParameter> parameters() {
        return parameters;
    }

    /** What it returns. */
    public String results() {
        return results;
    }

    /** When it raises an error, beside arguments of the wrong type. */
    public String errors() {
        return errors;
    }

    /** What it does to what lies outside the script. */
    public Effect effect() {
        return effect;
    }

    /** Whether the script waits for something outside the engine. */
    public boolean waits() {
        return waits;
    }

    /**
     * The names that a table may have, which is the argument at a position, from 1. Empty: any, or
     * that is no table.
     */
    public Set<String> fields(int position) {
        return fields.getOrDefault(position, Set.of());
    }

    /** What an option may be in the table that is the argument at a position, from 1. */
    public OptionKind kind(int position, String option) {
        return kinds.getOrDefault(position, Map.of()).getOrDefault(option, OptionKind.ANY);
    }

    /** Options that may not have the same value; empty: there are none. */
    public List<String> differing() {
        return differing;
    }

    /** What it does with modules that have a backend if an option is given. */
    public List<OptionUse> optionUses() {
        return optionUses;
    }

    /**
     * With an option, the function does what one of a module with a backend does, its own or
     * another.
     *
     * @param argument what it gives that one, such as the name of a bucket; null: the value of the
     *     option, as it is written out
     */
    public record OptionUse(
            String option, String module, String function, @Nullable String argument) {
        /** The same once the value is known. */
        public OptionUse of(String value) {
            return argument == null ? new OptionUse(option, module, function, value) : this;
        }
    }

    /** The function of another module that it calls, whatever it is given; null: none. */
    public @Nullable Call calls() {
        return calls;
    }

    /** A function of a module that has a backend. */
    public record Call(String module, String function) {}

    /** The words of menus that it says where its options do not say otherwise. */
    public List<Said> said() {
        return said;
    }

    /**
     * A word that menus say of themselves.
     *
     * @param with the option without which it is not said; null: there is none
     * @param unless the options with one of which it is not said
     * @param unlessMade the option with which it is not said either, but with a text; null: there
     *     is none
     */
    public record Said(
            String word, @Nullable String with, Set<String> unless, @Nullable String unlessMade) {}

    /**
     * The field that is true, in a table among the arguments, if the result is a secret answer;
     * empty: it always is one; null: it is none.
     */
    public @Nullable String secretOption() {
        return secretOption;
    }

    /** Where the dialog may stand when it is called. */
    public Set<Phase> phases() {
        return phases;
    }

    /** Lua that calls it and would run as it stands. */
    public String example() {
        return example;
    }

    /** The value that a script finds under the name. */
    LuaFunction toLua() {
        return new NativeFunction(qualifiedName(), this::call);
    }

    /** The same as what calls an object, which comes before the arguments. */
    LuaFunction toLuaOfObject() {
        return new NativeFunction(qualifiedName(), a -> call(a.rest()));
    }

    private @Nullable Object[] call(Arguments arguments) {
        for (int i = 0; i < parameters.size(); i++) {
            parameters.get(i).check(arguments, i + 1, qualifiedName());
        }
        if (refusesPhases) {
            requirePhase(arguments.context(HostCall.class).phase());
        }
        if (keptAsOne) {
            Journal journal = arguments.context(HostCall.class).journal();
            if (journal != null) {
                return journal.call(qualifiedName(), effect, byKey, arguments, body);
            }
        }
        return body.call(arguments);
    }

    private void requirePhase(Phase now) {
        if (!phases.contains(now)) {
            throw new LuaError(qualifiedName() + ": " + now.refusal());
        }
    }

    /** A function's description in the making. */
    public static final class Builder {
        private final String module;
        private final String name;
        private final String summary;
        private final List<ApiParameter> parameters = new ArrayList<>();
        private String results = "nothing";
        private String errors = "none";
        private Effect effect = Effect.PURE;
        private boolean waits;
        private boolean ofOthers;
        private boolean byKey;
        private @Nullable String secretOption;
        private final Map<Integer, Set<String>> fields = new HashMap<>();
        private final Map<Integer, Map<String, OptionKind>> kinds = new HashMap<>();
        private List<String> differing = List.of();
        private final List<OptionUse> optionUses = new ArrayList<>();
        private @Nullable Call calls;
        private final List<Said> said = new ArrayList<>();
        private Set<Phase> phases = EVERY_PHASE;

        private Builder(String module, String name, String summary) {
            this.module = module;
            this.name = name;
            this.summary = summary;
        }

        /** The next parameter, which must be given. */
        public Builder takes(String parameter, ApiParameter.Type type, String meaning) {
            parameters.add(ApiParameter.required(parameter, type, meaning));
            return this;
        }

        /** The next parameter, which may be left out. */
        public Builder mayTake(String parameter, ApiParameter.Type type, String meaning) {
            parameters.add(ApiParameter.optional(parameter, type, meaning));
            return this;
        }

        public Builder returns(String text) {
            this.results = text;
            return this;
        }

        public Builder raises(String text) {
            this.errors = text;
            return this;
        }

        /** What it does to what lies outside the script; if this is not said, nothing. */
        public Builder effect(Effect kind) {
            this.effect = kind;
            return this;
        }

        /** The script waits in it for something outside the engine. */
        public Builder waits() {
            this.waits = true;
            return this;
        }

        /**
         * Its effect is that of the calls that it makes, which a {@link Journal} keeps one by one.
         */
        public Builder madeOfOthers() {
            this.ofOthers = true;
            return this;
        }

        /**
         * A key of {@link Journal#once} in its options lets the service outside know the call
         * again, which then does its work once, however often it is asked.
         */
        public Builder knownByKey() {
            this.byKey = true;
            return this;
        }

        /** The result is a secret answer if a table among the arguments has true in this field. */
        public Builder secretWith(String option) {
            this.secretOption = option;
            return this;
        }

        /** The result is a secret answer. */
        public Builder secret() {
            this.secretOption = "";
            return this;
        }

        /**
         * The names that the parameter before, a table, may have. What it has in a list is not
         * among them.
         */
        public Builder withFields(Collection<String> names) {
            fields.put(parameters.size(), new TreeSet<>(names));
            return this;
        }

        /** The same, with what each of them may be. */
        public Builder withFields(Map<String, OptionKind> options) {
            kinds.put(parameters.size(), Map.copyOf(options));
            return withFields(options.keySet());
        }

        /** Of these options, no two may have the same value. */
        public Builder withDiffering(String... options) {
            this.differing = List.of(options);
            return this;
        }

        /** With an option, it calls what this says. */
        public Builder uses(OptionUse use) {
            optionUses.add(use);
            return this;
        }

        /**
         * It calls a function of another module: where that may not be called, it may not either.
         */
        public Builder calls(String module, String function) {
            this.calls = new Call(module, function);
            return this;
        }

        /** It may say this word of menus, unless one of these options is given. */
        public Builder says(String word, String... unless) {
            said.add(new Said(word, null, Set.of(unless), null));
            return this;
        }

        /** The same if an option is given. */
        public Builder saysWith(String option, String word, String... unless) {
            said.add(new Said(word, option, Set.of(unless), null));
            return this;
        }

        /** The same unless an option is given that says something itself: one that is no text. */
        public Builder saysUnlessMade(String option, String word, String... unless) {
            said.add(new Said(word, null, Set.of(unless), option));
            return this;
        }

        /** Where the dialog must stand when it is called; if this is not said, anywhere. */
        public Builder only(Phase first, Phase... more) {
            this.phases = EnumSet.of(first, more);
            return this;
        }

        /** The end: an example, and what the function does with the run that calls it. */
        public ApiFunction does(String example, HostBody body) {
            return does(example, a -> body.call(a, a.context(HostCall.class)));
        }

        /** The end: an example; what the function does is in the Lua of its module. */
        public ApiFunction doesInLua(String example) {
            madeOfOthers();
            LuaString written = LuaString.of(name);
            return does(
                    example,
                    (a, call) -> a.state().call(call.partInLua(module).get(written), a.all()));
        }

        /** The end: an example, and what the function does. */
        public ApiFunction does(String example, NativeFunction.Body body) {
            return new ApiFunction(this, example, body);
        }
    }

    /**
     * One parameter of a function that operators call.
     *
     * @param name as documented and as named in messages
     * @param type what may be given
     * @param optional whether nil, or nothing, may be given
     * @param meaning one phrase, for the reference page
     */
    public record ApiParameter(String name, Type type, boolean optional, String meaning) {
        /** What a parameter may be. */
        public enum Type {
            /** A string, or a number or a decimal as text. */
            STRING("string"),
            /** A number, or a string that reads as one. */
            NUMBER("number"),
            /** A string, and no number. */
            TEXT("string"),
            /** A number, and no string. */
            DOUBLE("number"),
            /** A decimal, or a number that the function refuses if it is not whole. */
            DECIMAL("decimal or whole number"),
            TABLE("table"),
            FUNCTION("function"),
            ANY("any value");

            private final String label;

            Type(String label) {
                this.label = label;
            }

            /** As messages and the reference page name it. */
            public String label() {
                return label;
            }

            private boolean accepts(Meter meter, @Nullable Object value) {
                return switch (this) {
                    case STRING -> Numbers.textFrom(value) != null;
                    case NUMBER -> Numbers.from(meter, value) != null;
                    case TEXT -> value instanceof LuaString;
                    case DOUBLE -> value instanceof Double;
                    case DECIMAL -> value instanceof LuaDecimal || value instanceof Double;
                    case TABLE -> value instanceof LuaTable;
                    case FUNCTION -> value instanceof LuaFunction;
                    case ANY -> true;
                };
            }
        }

        /** A parameter that must be given. */
        public static ApiParameter required(String name, Type type, String meaning) {
            return new ApiParameter(name, type, false, meaning);
        }

        /** A parameter that may be left out. */
        public static ApiParameter optional(String name, Type type, String meaning) {
            return new ApiParameter(name, type, true, meaning);
        }

        /** Refuses what was given at a position if it is not of the type. */
        void check(Arguments arguments, int position, String function) {
            if (optional && arguments.isNil(position)) {
                return;
            }
            if (position > arguments.count()
                    || !type.accepts(arguments.meter(), arguments.get(position))) {
                throw new LuaError(
                        String.format(
                                "%s: %s expected (%s), got %s",
                                function, name, type.label(), arguments.given(position)));
            }
        }
    }

    /** What a function does to what lies outside its script. */
    public enum Effect {
        /** The result follows from the arguments alone. */
        PURE("nothing outside the script: the same arguments give the same result"),
        /** It reads what others may change. */
        READ("reads what others may change"),
        /** It leaves a trace that no script reads back. */
        RECORD("leaves a log line or a count, which no script reads back"),
        /** It changes what others see: it must not happen twice. */
        CHANGE("changes what others see, so it must not happen twice"),
        /**
         * It is one of the dialog's primitives. The dialog itself refuses it outside its phases: it
         * knows first what has ended it.
         */
        SCREEN("sends something to the handset, or ends the dialog");

        private final String meaning;

        Effect(String meaning) {
            this.meaning = meaning;
        }

        /** As the reference page names it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** What it means, for the reference page. */
        public String meaning() {
            return meaning;
        }
    }
}
