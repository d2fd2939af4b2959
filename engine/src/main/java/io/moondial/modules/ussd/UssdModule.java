package io.moondial.modules.ussd;

import static io.moondial.script.api.ApiFunction.ApiParameter.Type.NUMBER;
import static io.moondial.script.api.ApiFunction.ApiParameter.Type.STRING;
import static io.moondial.script.api.ApiFunction.ApiParameter.Type.TABLE;
import static io.moondial.script.api.ApiFunction.Effect.SCREEN;
import static io.moondial.script.api.Phase.NOTIFY;
import static io.moondial.script.api.Phase.PROCESS;
import static io.moondial.script.api.Phase.PUSH;

import io.moondial.dialog.DialogEvent.ScreenOptions;
import io.moondial.dialog.PrimitiveResult;
import io.moondial.modules.push.PushFunctions;
import io.moondial.script.api.ApiModule;
import io.moondial.script.api.HostCall;
import io.moondial.script.api.ScriptDialog;
import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaError;
import io.moondial.text.Alphabet;
import io.moondial.text.Dcs;
import io.moondial.text.Mask;
import io.moondial.text.TextLength;
import org.jspecify.annotations.Nullable;

/** The module {@code ussd}: the primitives, and what a text takes on the air. */
public final class UssdModule {
    private static final int SYSTEM_FAILURE = 34;
    private static final int MAX_ERROR_CODE = 255;
    private static final String TEXT = "what the handset shows";
    private static final String OPTIONS =
            "a table with any of timeout (seconds, or a text like \"30s\"), dcs (0 to 255), secret"
                    + " (true: the answer is written as asterisks, see \"Secret answers\"), keys (a list of"
                    + " answers that are no secret, such as the key that leads back)";
    private static final String MEASURED_FOR =
            "the options of the menu that will show it; its dcs may mean another alphabet";
    private static final String NO_TEXT =
            "an option is wrong, or no text can be sent under its dcs";
    private static final String TERMINATING =
            "a primitive has already ended the dialog, or this kind of dialog has no such primitive";

    private UssdModule() {}

    /**
     * Makes the module.
     *
     * @param pushes what it has of them
     */
    public static ApiModule create(PushFunctions pushes) {
        ApiModule.Builder module =
                ApiModule.of("ussd", "The conversation with the handset, and texts for it.");
        addWaiting(module);
        addTerminating(module);
        addMeasuring(module);
        pushes.addTo(module);
        FarFunctions.add(module);
        return module.backedBy(new UssdBackend()).build();
    }

    private static void addWaiting(ApiModule.Builder module) {
        module.function(
                        "menu",
                        "Shows a text and waits for an answer.",
                        f ->
                                f.takes("text", STRING, TEXT)
                                        .mayTake("options", TABLE, OPTIONS)
                                        .withFields(MenuOptions.KINDS)
                                        .returns(
                                                "the answer; or nil and \"timeout\", \"abandon\" (the far"
                                                        + " side has ended the dialog), or \"error\" and the"
                                                        + " MAP error code")
                                        .raises(
                                                "the text is empty or does not fit, an option is unknown"
                                                        + " or wrong, "
                                                        + TERMINATING)
                                        .effect(SCREEN)
                                        .waits()
                                        .secretWith(MenuOptions.SECRET)
                                        .only(PROCESS, PUSH)
                                        .does(
                                                "local choice, why = ussd.menu(\"1. Balance\\n2. Airtime\","
                                                        + " {timeout = 30})",
                                                (a, call) -> waiting(a, call, ScriptDialog::menu)))
                .function(
                        "notify",
                        "Shows a text and waits until the handset has acknowledged it.",
                        f ->
                                f.takes("text", STRING, TEXT)
                                        .mayTake("options", TABLE, OPTIONS)
                                        .withFields(MenuOptions.KINDS)
                                        .returns(
                                                "true; or nil and \"timeout\", \"abandon\", or \"error\""
                                                        + " and the MAP error code")
                                        .raises("as ussd.menu")
                                        .effect(SCREEN)
                                        .waits()
                                        .only(PROCESS, PUSH)
                                        .does(
                                                "ussd.notify(\"Your request is being processed\")",
                                                (a, call) ->
                                                        waiting(a, call, ScriptDialog::notify)));
    }

    private static void addTerminating(ApiModule.Builder module) {
        module.function(
                        "respond",
                        "Ends the dialog with a text; the same as returning it from the script of a dialled code.",
                        f ->
                                f.takes("text", STRING, TEXT)
                                        .returns(
                                                "true; or nil and \"abandon\": the far side has"
                                                        + " ended the dialog, or no link leads to"
                                                        + " it any more")
                                        .raises("the text is empty or does not fit, " + TERMINATING)
                                        .effect(SCREEN)
                                        .only(PROCESS)
                                        .does(
                                                "ussd.respond(\"Your balance is 12.50\")",
                                                UssdModule::respond))
                .function(
                        "decline",
                        "Ends the dialog with a MAP error.",
                        f ->
                                f.mayTake(
                                                "code",
                                                NUMBER,
                                                "1 to 255; nil is 34, systemFailure (3GPP TS 29.002"
                                                        + " 17.6.6)")
                                        .returns("true; or nil and \"abandon\"")
                                        .raises(
                                                "the code is not a whole number from 1 to 255, "
                                                        + TERMINATING)
                                        .effect(SCREEN)
                                        .only(PROCESS, NOTIFY)
                                        .does("ussd.decline(36)", UssdModule::decline))
                .function(
                        "close",
                        "Ends the dialog without another text (an empty TC-END).",
                        f ->
                                f.returns("true; or nil and \"abandon\"")
                                        .raises(TERMINATING)
                                        .effect(SCREEN)
                                        .only(PROCESS, NOTIFY, PUSH)
                                        .does(
                                                "ussd.close()",
                                                (a, call) ->
                                                        values(
                                                                a,
                                                                call.perform(ScriptDialog::close))))
                .function(
                        "abort",
                        "Aborts the dialog (TC-U-ABORT).",
                        f ->
                                f.returns("true; or nil and \"abandon\"")
                                        .raises(TERMINATING)
                                        .effect(SCREEN)
                                        .only(PROCESS, NOTIFY, PUSH)
                                        .does(
                                                "ussd.abort()",
                                                (a, call) ->
                                                        values(
                                                                a,
                                                                call.perform(
                                                                        ScriptDialog::abort))));
    }

    private static void addMeasuring(ApiModule.Builder module) {
        module.function(
                        "length",
                        "Measures a text in the units that limit it, in the alphabet that it would be sent in. That is GSM 7-bit, of which 182 units fit (an extension character such as the euro sign counts as two). If a character is not in GSM 7-bit, it is UCS2, of which 80 units fit (an emoji counts as two).",
                        f ->
                                f.takes("text", STRING, "any text")
                                        .mayTake("options", TABLE, MEASURED_FOR)
                                        .withFields(MenuOptions.KINDS)
                                        .returns(
                                                "the number of units, the limit, and the alphabet:"
                                                        + " \"GSM 7-bit\", \"UCS2\" or \"8-bit\"")
                                        .raises(NO_TEXT)
                                        .does(
                                                "local used, limit, alphabet = ussd.length(\"Price: 5€\")",
                                                UssdModule::length))
                .function(
                        "fits",
                        "Says whether a text can be sent in one message: it is neither empty nor longer"
                                + " than the limit that ussd.length gives.",
                        f ->
                                f.takes("text", STRING, "any text")
                                        .mayTake("options", TABLE, MEASURED_FOR)
                                        .withFields(MenuOptions.KINDS)
                                        .returns("true or false")
                                        .raises(NO_TEXT)
                                        .does(
                                                "local ok = ussd.fits(\"Welcome\")",
                                                a -> Lua.values(measure(a).fits())))
                .function(
                        "truncate",
                        "Cuts a text to what can be sent in one message. It never cuts within a character.",
                        f ->
                                f.takes("text", STRING, "any text")
                                        .mayTake("options", TABLE, MEASURED_FOR)
                                        .withFields(MenuOptions.KINDS)
                                        .returns("the text, or as much of its beginning as fits")
                                        .raises(NO_TEXT)
                                        .does(
                                                "ussd.respond(ussd.truncate(string.rep(\"news \", 50)))",
                                                UssdModule::truncate));
    }

    private static @Nullable Object[] length(Arguments a) {
        TextLength length = measure(a);
        return Lua.values(
                (double) length.units(),
                (double) length.limit(),
                Lua.text(length.alphabet().title()));
    }

    private static @Nullable Object[] truncate(Arguments a) {
        String cut = TextLength.truncate(a.text(1), preferred(a));
        return Lua.values(a.state().newString(cut));
    }

    private static TextLength measure(Arguments a) {
        return TextLength.of(a.text(1), preferred(a));
    }

    /** The alphabet that a text is tried in first: the GSM one unless an option says otherwise. */
    private static Alphabet preferred(Arguments a) {
        a.meter().work(a.string(1).length() >> 3);
        Integer wanted = MenuOptions.read(a, 2).dcs();
        Dcs dcs = wanted == null ? Dcs.UNSPECIFIED : new Dcs(wanted);
        return dcs.coding()
                .alphabet()
                .orElseThrow(
                        () ->
                                new LuaError(
                                        a.function()
                                                + ": no text can be sent under dcs "
                                                + wanted));
    }

    /** A primitive that takes a text and options, and waits. */
    @FunctionalInterface
    private interface Waiting {
        PrimitiveResult carryOut(ScriptDialog dialog, String text, ScreenOptions options);
    }

    private static @Nullable Object[] waiting(Arguments a, HostCall call, Waiting primitive) {
        String text = a.text(1);
        ScreenOptions options = MenuOptions.read(a, 2).writtenAs(mask(a, a.get(1)));
        PrimitiveResult result = call.perform(dialog -> primitive.carryOut(dialog, text, options));
        return result instanceof PrimitiveResult.Input(String answer) && options.isSecret(answer)
                ? Lua.values(a.state().newSecret(answer, Mask.of(answer)))
                : values(a, result);
    }

    /** What records and traces show instead of a secret text; null if it is none. */
    private static @Nullable String mask(Arguments a, @Nullable Object text) {
        return a.state().isSecret(text) ? a.state().show(text) : null;
    }

    private static @Nullable Object[] respond(Arguments a, HostCall call) {
        String text = a.text(1);
        String mask = mask(a, a.get(1));
        return values(a, call.perform(dialog -> dialog.respond(text, mask)));
    }

    private static @Nullable Object[] decline(Arguments a, HostCall call) {
        a.refuseSecret(a.get(1), "code");
        double code = a.number(1, SYSTEM_FAILURE);
        if (code != Math.rint(code) || code < 1 || code > MAX_ERROR_CODE) {
            throw new LuaError(
                    "ussd.decline: code must be a whole number from 1 to 255, got "
                            + Lua.show(a.get(1)));
        }
        return values(a, call.perform(dialog -> dialog.decline((int) code)));
    }

    private static @Nullable Object[] values(Arguments a, PrimitiveResult result) {
        return switch (result) {
            case PrimitiveResult.Input input -> Lua.values(a.state().newString(input.text()));
            case PrimitiveResult.Done done -> Lua.values(true);
            case PrimitiveResult.Timeout timeout -> Lua.values(null, Lua.text("timeout"));
            case PrimitiveResult.Abandon abandon -> Lua.values(null, Lua.text("abandon"));
            case PrimitiveResult.ReturnError error ->
                    Lua.values(null, Lua.text("error"), (double) error.code());
        };
    }
}
