package io.moondial.script.api;

import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaFunction;
import io.moondial.script.lua.NativeFunction;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
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
     * The field that is true, in a table among the arguments, if the result is a secret answer;
     * null: the result is none.
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

    private @Nullable Object[] call(Arguments arguments) {
        for (int i = 0; i < parameters.size(); i++) {
            parameters.get(i).check(arguments, i + 1, qualifiedName());
        }
        if (refusesPhases) {
            requirePhase(arguments.context(HostCall.class).phase());
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
        private @Nullable String secretOption;
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

        /** The result is a secret answer if a table among the arguments has true in this field. */
        public Builder secretWith(String option) {
            this.secretOption = option;
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

        /** The end: an example, and what the function does. */
        public ApiFunction does(String example, NativeFunction.Body body) {
            return new ApiFunction(this, example, body);
        }
    }
}
