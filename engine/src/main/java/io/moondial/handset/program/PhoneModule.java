package io.moondial.handset.program;

import static io.moondial.script.api.ApiFunction.ApiParameter.Type.DOUBLE;
import static io.moondial.script.api.ApiFunction.ApiParameter.Type.FUNCTION;
import static io.moondial.script.api.ApiFunction.ApiParameter.Type.TEXT;

import io.moondial.script.api.ApiModule;
import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaString;
import org.jspecify.annotations.Nullable;

/** The module {@code ussd} of the handset. */
final class PhoneModule {
    private static final double SUCCESS = 0;
    private static final double FAILURE = -1;
    private static final String OUTCOME = "0 if it was done, -1 if not";

    private PhoneModule() {}

    static ApiModule create() {
        ApiModule.Builder module =
                ApiModule.of("ussd", "USSD from the handset, as QuecPython's module of that name.");
        addSession(module);
        addScheme(module);
        return module.build();
    }

    private static void addSession(ApiModule.Builder module) {
        module.function(
                        "setCallback",
                        "Names the function that is called with what the network says.",
                        f ->
                                f.takes("fun", FUNCTION, "is given a table indexed from 0")
                                        .does(
                                                "ussd.setCallback(function(args) print(args[1]) end)",
                                                PhoneModule::setCallback))
                .function(
                        "send",
                        "Dials, or answers the menu if one is open.",
                        f ->
                                f.takes("reqstr", TEXT, "1 to " + Phone.MAX_OCTETS + " bytes")
                                        .returns(OUTCOME)
                                        .does("ussd.send(\"*101#\")", PhoneModule::send))
                .function(
                        "getSessionState",
                        "Says whether the network waits for an answer.",
                        f ->
                                f.returns("true or false")
                                        .does(
                                                "ussd.getSessionState()",
                                                a -> Lua.values(phone(a).needsAction())))
                .function(
                        "stopSession",
                        "Ends the session that waits for an answer.",
                        f ->
                                f.returns(OUTCOME)
                                        .does("ussd.stopSession()", a -> outcome(phone(a).stop())));
    }

    private static void addScheme(ApiModule.Builder module) {
        module.function(
                        "getDcs",
                        "Returns the data coding scheme of what is sent.",
                        f ->
                                f.returns("1 to 17, 68, 72 or 240")
                                        .does(
                                                "ussd.getDcs()",
                                                a -> Lua.values((double) phone(a).dcs())))
                .function(
                        "setDcs",
                        "Sets the data coding scheme of what is sent.",
                        f ->
                                f.takes("Dcs", DOUBLE, "0 to 17, 68, 72 or 240; 0 restores 15")
                                        .returns(OUTCOME)
                                        .does(
                                                "ussd.setDcs(72)",
                                                a -> outcome(phone(a).setDcs(a.number(1)))));
    }

    private static @Nullable Object[] setCallback(Arguments a) {
        a.context(RunningProgram.class).setCallback(a.function(1));
        return Lua.nothing();
    }

    private static @Nullable Object[] send(Arguments a) {
        LuaString text = a.string(1);
        return outcome(phone(a).send(text.toText(), text.length()));
    }

    private static Phone phone(Arguments a) {
        return a.context(RunningProgram.class).phone();
    }

    private static @Nullable Object[] outcome(boolean done) {
        return Lua.values(done ? SUCCESS : FAILURE);
    }
}
