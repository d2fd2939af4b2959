package io.moondial.modules.echo;

import static io.moondial.script.api.ApiFunction.ApiParameter.Type.STRING;

import io.moondial.script.api.ApiFunction.Effect;
import io.moondial.script.api.ApiModule;
import io.moondial.script.api.HostCall;
import io.moondial.script.api.Phase;
import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Lua;
import org.jspecify.annotations.Nullable;

/**
 * The module {@code echo}: a module as small as one with a setting, a wait and a stand-in can be.
 */
final class EchoModule {
    private EchoModule() {}

    static ApiModule create() {
        return create(() -> {});
    }

    /** One whose wall in an engine says when it hears something. */
    static ApiModule create(Runnable heard) {
        return ApiModule.of("echo", "Says again what it hears.")
                .backedBy(new EchoBackend(heard))
                .function(
                        "say",
                        "Waits for the echo of a text.",
                        f ->
                                f.takes("text", STRING, "what to say")
                                        .returns("what comes back; or nil and \"silence\"")
                                        .effect(Effect.READ)
                                        .waits()
                                        .only(Phase.PROCESS, Phase.PROCESS_ENDED)
                                        .does(
                                                "local back, why = echo.say(\"hello\")",
                                                EchoModule::say))
                .build();
    }

    private static @Nullable Object[] say(Arguments a, HostCall call) {
        String text = a.openText(1, "text");
        String back =
                call.await(
                        "echo.wall",
                        () -> call.backend(EchoBackend.Echo.class).say(text),
                        it -> it.isEmpty() ? "silence" : "ok",
                        it -> "answers " + (it.isEmpty() ? "never" : it));
        return back.isEmpty()
                ? Lua.values(null, Lua.text("silence"))
                : Lua.values(a.state().newString(back));
    }
}
