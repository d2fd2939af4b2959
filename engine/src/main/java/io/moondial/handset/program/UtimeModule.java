package io.moondial.handset.program;

import static io.moondial.script.api.ApiParameter.Type.DOUBLE;

import io.moondial.script.api.ApiModule;
import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.Numbers;
import org.jspecify.annotations.Nullable;

/** The module {@code utime}. */
final class UtimeModule {
    private UtimeModule() {}

    static ApiModule create() {
        return ApiModule.of("utime", "Time, as on the device.")
                .function(
                        "sleep",
                        "Waits. Whatever the network sends during this time is given to the callback.",
                        f ->
                                f.takes("seconds", DOUBLE, "0 or more, with fractions")
                                        .raises("seconds is less than 0, or no number that ends")
                                        .does("utime.sleep(0.5)", UtimeModule::sleep))
                .build();
    }

    private static @Nullable Object[] sleep(Arguments a) {
        double seconds = a.number(1);
        if (!(seconds >= 0) || Double.isInfinite(seconds)) {
            throw new LuaError(
                    "utime.sleep: seconds is "
                            + Numbers.toText(seconds)
                            + "; 0 or more is allowed");
        }
        a.context(RunningProgram.class).sleep(seconds);
        return Lua.nothing();
    }
}
