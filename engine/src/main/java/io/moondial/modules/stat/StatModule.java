package io.moondial.modules.stat;

import static io.moondial.script.api.ApiFunction.ApiParameter.Type.STRING;

import io.moondial.script.api.ApiFunction.Effect;
import io.moondial.script.api.ApiModule;
import io.moondial.script.api.HostCall;
import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaError;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The module {@code stat}. */
public final class StatModule {
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_.]{0,99}");

    private StatModule() {}

    /** Makes the module. */
    public static ApiModule create() {
        return ApiModule.of("stat", "Counters of the script's own among the engine's.")
                .function(
                        "increment",
                        "Counts one more under a name.",
                        f ->
                                f.takes("name", STRING, "for example topup.success")
                                        .raises(
                                                "the name does not begin with a letter, has more than 100 characters, has other characters than letters, digits, _ and ., or is a secret answer")
                                        .effect(Effect.RECORD)
                                        .does(
                                                "stat.increment(\"topup.success\")",
                                                StatModule::increment))
                .build();
    }

    private static @Nullable Object[] increment(Arguments a, HostCall call) {
        String name = a.openText(1, "name");
        if (!NAME.matcher(name).matches()) {
            throw new LuaError(
                    "stat.increment: name '"
                            + name
                            + "': a letter, then up to 99 of letters, digits, _ and .");
        }
        call.increment(name);
        return Lua.nothing();
    }
}
