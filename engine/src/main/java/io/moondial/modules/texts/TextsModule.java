package io.moondial.modules.texts;

import static io.moondial.script.api.ApiFunction.ApiParameter.Type.STRING;
import static io.moondial.script.api.ApiFunction.ApiParameter.Type.TABLE;

import io.moondial.config.Nearest;
import io.moondial.lang.Texts;
import io.moondial.lang.Wording;
import io.moondial.script.api.ApiFunction.Effect;
import io.moondial.script.api.ApiModule;
import io.moondial.script.api.HostCall;
import io.moondial.script.api.Journal;
import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaDecimal;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import io.moondial.script.lua.Numbers;
import java.math.BigDecimal;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The module {@code t}: texts by their keys, in the language of the dialog. */
public final class TextsModule {
    private static final LuaString SET = LuaString.of("set");

    private final LuaTable kv;

    private TextsModule(LuaTable kv) {
        this.kv = kv;
    }

    /**
     * Makes the module.
     *
     * @param kv where the languages of subscribers are
     */
    public static ApiModule create(ApiModule kv) {
        return new TextsModule(kv.table()).describe();
    }

    private ApiModule describe() {
        return ApiModule.of(
                        Texts.MODULE,
                        "Texts in the language of the dialog, from the files `lang/LANGUAGE.yaml` in the script folder. [texts.md](texts.md) explains the files, and in which order the language is chosen.")
                .called(
                        "Gives a text.",
                        f ->
                                f.takes("key", STRING, "the key of the text, such as `menu.send`")
                                        .mayTake(
                                                "values",
                                                TABLE,
                                                "what stands in the place of each placeholder, by its name: texts, numbers, decimals. The number `count` chooses the plural form")
                                        .returns(
                                                "the text in the language of the dialog; if it is missing there, the text of the default language")
                                        .raises(
                                                "neither language has the key; a placeholder of the text is not given; a value is of another type, or is a secret answer")
                                        .effect(Effect.READ)
                                        .madeOfOthers()
                                        .waits()
                                        .does(
                                                """
                                                ussd.notify(t "welcome")
                                                return t("balance", {amount = "12.50"})""",
                                                this::text))
                .function(
                        "language",
                        "Gives the language of the dialog, or chooses it from here on.",
                        f ->
                                f.mayTake(
                                                "language",
                                                STRING,
                                                "the language from here on, such as `sw`; `sw-KE` is `sw` if there is no file for it")
                                        .returns(
                                                "the language in force, as its file is named, and who has chosen it: `script`, `subscriber`, `rule`, `request` or `default`")
                                        .raises("there is no file for the language")
                                        .effect(Effect.READ)
                                        .madeOfOthers()
                                        .waits()
                                        .does(
                                                """
                                                local language, from = t.language()
                                                if from ~= "subscriber" then
                                                  language = menu.choose{items = {{"en", "English"}, {"sw", "Kiswahili"}}}
                                                  if language then t.keep(language) end
                                                end""",
                                                this::language))
                .function(
                        "languages",
                        "Gives all languages of the texts.",
                        f ->
                                f.returns("a list of their names, in the order of the alphabet")
                                        .does(
                                                "log.info(\"%s\", table.concat(t.languages(), \", \"))",
                                                TextsModule::languages))
                .function(
                        "keep",
                        "Chooses the language from here on, and keeps it for the next dialogs of the subscriber: in the bucket of kv that the rules name (`texts: bucket`).",
                        f ->
                                f.takes("language", STRING, "as for t.language")
                                        .returns(
                                                "true; or nil, why and a detail for the log, as kv.set, if it is not kept; it is chosen all the same")
                                        .raises(
                                                "there is no file for the language; the rules name no bucket; the subscriber has no number")
                                        .effect(Effect.CHANGE)
                                        .madeOfOthers()
                                        .waits()
                                        .does("t.keep(\"sw\")", this::keep))
                .build();
    }

    private DialogLanguage dialog(HostCall call) {
        return call.ofRun(DialogLanguage.class, () -> new DialogLanguage(kv));
    }

    // ---- the functions

    private @Nullable Object[] text(Arguments a, HostCall call) {
        String key = a.openText(1, "key");
        Texts texts = call.texts();
        String language = dialog(call).get(a.state(), call).language();
        Wording wording = texts.find(language, key);
        if (wording == null) {
            throw new LuaError("t: " + texts.noSuchText(key, a.meter()::work));
        }
        if (!wording.language().equals(language)) {
            missing(call, language, key, wording);
        }
        LuaTable values = a.isNil(2) ? null : a.table(2);
        BigDecimal count = wording.hasPlurals() ? count(a, values, key) : BigDecimal.ZERO;
        AtomicLong octets = new AtomicLong();
        String filled =
                wording.filled(
                        count,
                        name -> {
                            LuaString value = value(a, values, key, name, texts.place(wording));
                            a.meter().work(1 + (value.length() >> 4));
                            if (octets.addAndGet(value.length()) > a.meter().maxStringLength()) {
                                a.meter().string(octets.get()); // before so much is put together
                            }
                            return value.toText();
                        });
        a.meter().work(filled.length() >> 3);
        return Lua.values(a.state().newString(filled));
    }

    private static void missing(HostCall call, String language, String key, Wording instead) {
        Journal journal = call.journal();
        if (journal != null && journal.isReplaying()) {
            return; // it has been counted
        }
        call.happened("t." + language, "missing");
        if (call.texts().isFirstMiss(language, key)) {
            DialogLanguage.warn(
                    call,
                    "t: the text '%s' is missing in %s: that of %s is shown. Until the next reload this is only counted"
                            .formatted(key, language, instead.language()));
        }
    }

    private static BigDecimal count(Arguments a, @Nullable LuaTable values, String key) {
        return switch (values == null ? null : values.get(LuaString.of(Wording.COUNT))) {
            case Double number when Double.isFinite(number) ->
                    new BigDecimal(Numbers.allDigits(number));
            case LuaDecimal decimal -> decimal.value();
            case null ->
                    throw new LuaError(
                            "t: the text '%s' has plural forms: give the number, as in t(\"%s\", {count = 3})"
                                    .formatted(key, key));
            case Object other ->
                    throw new LuaError(
                            "t: '%s': count: a number or a decimal, got %s"
                                    .formatted(
                                            key,
                                            other instanceof LuaString
                                                    ? "the text \"" + a.state().show(other) + '"'
                                                    : a.state().show(other)));
        };
    }

    private static LuaString value(
            Arguments a, @Nullable LuaTable values, String key, String name, String place) {
        Object value = values == null ? null : values.get(LuaString.of(name));
        if (value == null) {
            throw new LuaError(
                    "t: the text '%s' has {%s} (%s), and no %s is given"
                            .formatted(key, name, place, name));
        }
        a.refuseSecret(value, name);
        LuaString text = Numbers.textFrom(value);
        if (text == null) {
            throw new LuaError(
                    "t: '%s': %s: a text, a number or a decimal, got %s"
                            .formatted(key, name, a.state().show(value)));
        }
        return text;
    }

    private @Nullable Object[] language(Arguments a, HostCall call) {
        if (!a.isNil(1)) {
            dialog(call).set(named(a, call), call);
        }
        DialogLanguage.Choice choice = dialog(call).get(a.state(), call);
        return Lua.values(
                a.state().newString(choice.language()), a.state().newString(choice.from().word()));
    }

    /** The language that the first argument names. */
    private static String named(Arguments a, HostCall call) {
        String asked = a.openText(1, "language");
        Texts texts = call.texts();
        return texts.find(asked)
                .orElseThrow(
                        () ->
                                new LuaError(
                                        "%s: there are no texts in '%s'; %s%s"
                                                .formatted(
                                                        a.function(),
                                                        a.state().show(a.get(1)),
                                                        texts.languages().isEmpty()
                                                                ? "there are no files of texts"
                                                                : "there are "
                                                                        + String.join(
                                                                                ", ",
                                                                                texts.languages()),
                                                        Nearest.suggestion(
                                                                asked,
                                                                texts.languages(),
                                                                a.meter()::work))));
    }

    private static @Nullable Object[] languages(Arguments a, HostCall call) {
        LuaTable list = a.state().newTable();
        int n = 0;
        for (String language : call.texts().languages()) {
            list.set(++n, a.state().newString(language));
        }
        return Lua.values(list);
    }

    private @Nullable Object[] keep(Arguments a, HostCall call) {
        String language = named(a, call);
        String bucket = call.texts().bucket();
        if (bucket == null) {
            throw new LuaError(
                    "t.keep: the rules name no bucket of kv for languages: set texts: bucket");
        }
        if (!(call.request().get(DialogLanguage.MSISDN) instanceof LuaString number)) {
            throw new LuaError(
                    "t.keep: the subscriber has no number (request.msisdn), under which the language could be kept");
        }
        @Nullable Object[] kept =
                a.state()
                        .call(
                                kv.get(SET),
                                LuaString.of(bucket),
                                number,
                                a.state().newString(language));
        dialog(call).set(language, call);
        return kept;
    }
}
