package io.moondial.modules.log;

import static io.moondial.script.api.ApiFunction.ApiParameter.Type.ANY;

import io.moondial.script.api.ApiFunction;
import io.moondial.script.api.ApiFunction.Effect;
import io.moondial.script.api.ApiModule;
import io.moondial.script.api.HostCall;
import io.moondial.script.api.Journal;
import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaString.LuaStringBuilder;
import io.moondial.script.stdlib.StringFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/** The module {@code log}, and {@code print}. */
public final class LogModule {
    private LogModule() {}

    /** Makes the module. */
    public static ApiModule create() {
        ApiModule.Builder module =
                ApiModule.of(
                        "log",
                        "Lines in the engine's log, each with the identity of the dialog before it.");
        for (Level level : new Level[] {Level.DEBUG, Level.INFO, Level.WARN, Level.ERROR}) {
            String name = level.toString().toLowerCase(Locale.ROOT);
            module.function(
                    name,
                    "Logs at level " + name + (level == Level.INFO ? ", as print does." : "."),
                    f -> describe(f, name, level));
        }
        return module.global("print", LogModule::print).build();
    }

    private static ApiFunction describe(ApiFunction.Builder f, String name, Level level) {
        return f.takes(
                        "format",
                        ANY,
                        "the line. If values follow, it is a format like that of string.format. Alone, it may be any value, which is logged as it is. A secret answer is written as asterisks")
                .mayTake("...", ANY, "the values of the format")
                .raises(
                        "the values do not fit the format, or the format needs a number and gets a secret answer")
                .effect(Effect.RECORD)
                .madeOfOthers()
                .does(
                        "log." + name + "(\"balance of %s: %.2f\", \"27761485722\", 12.5)",
                        (a, call) -> log(a, call, level));
    }

    private static @Nullable Object[] log(Arguments a, HostCall call, Level level) {
        LuaString line = a.count() == 1 ? shown(a, 1) : StringFormat.masking(a);
        return log(a, call, level, line);
    }

    private static @Nullable Object[] log(Arguments a, HostCall call, Level level, LuaString line) {
        // counted again: so that all that a script logs has a limit too
        a.meter().string(line.length());
        Journal journal = call.journal();
        if (journal == null) {
            call.log(level, line.toText());
        } else {
            // making the line may have called functions of the script: those are calls of their own
            journal.record(a.function(), a.state(), () -> call.log(level, line.toText()));
        }
        return Lua.nothing();
    }

    private static LuaString shown(Arguments a, int position) {
        return a.state().written(a.state().toText(a.get(position)));
    }

    /** Lua's {@code print}: its values with tabs between them, logged at level info. */
    private static @Nullable Object[] print(Arguments a, HostCall call) {
        LuaStringBuilder line = new LuaStringBuilder(a.meter());
        for (int i = 1; i <= a.count(); i++) {
            if (i > 1) {
                line.append('\t');
            }
            line.append(shown(a, i));
        }
        return log(a, call, Level.INFO, line.toLuaString());
    }
}
