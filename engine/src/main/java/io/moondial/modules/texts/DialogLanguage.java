package io.moondial.modules.texts;

import io.moondial.lang.LanguageSources;
import io.moondial.lang.Texts;
import io.moondial.script.api.HostCall;
import io.moondial.script.api.Journal;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaState;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * The language of one run of a script. In a flow it is part of what runs again: the journal says
 * what it was when it was asked for first, and the script sets it again as it did.
 */
final class DialogLanguage {
    static final LuaString MSISDN = LuaString.of("msisdn");
    private static final LuaString GET = LuaString.of("get");

    private final LuaTable kv;

    /** What is in force; null: it has to be asked for. */
    private @Nullable Choice choice;

    /** What was in force where the flow began; null: nothing had asked for it. */
    private @Nullable Choice before;

    /** Of the flow that runs; null: none does. */
    private @Nullable Journal journal;

    private int run;

    /** Who has chosen a language. */
    enum Source {
        SCRIPT,
        SUBSCRIBER,
        RULE,
        REQUEST,
        DEFAULT;

        /** As scripts read it. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A language, and where it comes from. */
    record Choice(String language, Source from) {
        /** As a journal has it. */
        private Object kept() {
            return LuaString.of(language + ' ' + from);
        }

        private static Choice of(Object kept) {
            String text = Lua.show(kept);
            int blank = text.indexOf(' ');
            return new Choice(text.substring(0, blank), Source.valueOf(text.substring(blank + 1)));
        }
    }

    DialogLanguage(LuaTable kv) {
        this.kv = kv;
    }

    /** The language in force, which may have to be waited for. */
    Choice get(LuaState state, HostCall call) {
        follow(call.journal());
        Choice known = choice;
        Journal kept = journal;
        if (known == null && kept != null && kept.isWithinCall()) {
            // the run that gets what this call came to does not ask here, and must ask later
            return first(state, call);
        }
        if (known == null) {
            known =
                    kept == null
                            ? first(state, call)
                            : Choice.of(
                                    kept.value(
                                            "t.language", state, () -> first(state, call).kept()));
            choice = known;
        }
        return known;
    }

    /** The script has chosen. */
    void set(String chosen, HostCall call) {
        follow(call.journal());
        choice = new Choice(chosen, Source.SCRIPT);
    }

    private void follow(@Nullable Journal now) {
        int runs = now == null ? 0 : now.runs();
        if (now != journal) {
            before = choice;
        }
        if (now != null && (now != journal || runs != run)) {
            choice = null;
        }
        journal = now;
        run = runs;
    }

    private Choice first(LuaState state, HostCall call) {
        return before == null ? chosen(state, call) : before;
    }

    /** What the script has not chosen in this dialog. */
    private Choice chosen(LuaState state, HostCall call) {
        Texts texts = call.texts();
        LanguageSources sources = call.languageSources();
        return of(ofSubscriber(state, call), Source.SUBSCRIBER)
                .or(() -> of(Optional.ofNullable(sources.rule()).flatMap(texts::find), Source.RULE))
                .or(
                        () ->
                                of(
                                        Optional.ofNullable(sources.request()).flatMap(texts::find),
                                        Source.REQUEST))
                .orElseGet(() -> new Choice(texts.defaultLanguage(), Source.DEFAULT));
    }

    private static Optional<Choice> of(Optional<String> language, Source from) {
        return language.map(it -> new Choice(it, from));
    }

    private Optional<String> ofSubscriber(LuaState state, HostCall call) {
        String bucket = call.texts().bucket();
        if (bucket == null || !(call.request().get(MSISDN) instanceof LuaString number)) {
            return Optional.empty();
        }
        @Nullable Object[] found = state.call(kv.get(GET), LuaString.of(bucket), number);
        if (found.length > 1 && found[0] == null) {
            warn(
                    call,
                    "t: kv did not answer with the language of the subscriber (%s): the next source is used"
                            .formatted(Lua.show(found[1])));
            call.happened("t.language", "unavailable");
            return Optional.empty();
        }
        if (found.length == 0 || found[0] == null) {
            return Optional.empty();
        }
        Optional<String> chosen =
                found[0] instanceof LuaString named
                        ? call.texts().find(named.toText())
                        : Optional.empty();
        if (chosen.isEmpty()) {
            warn(
                    call,
                    "t: kv has '%s' as the language of the subscriber (bucket %s), and there are texts in %s: another is used"
                            .formatted(
                                    state.show(found[0]),
                                    bucket,
                                    String.join(", ", call.texts().languages())));
            call.happened("t.language", "unknown");
        }
        return chosen;
    }

    static void warn(HostCall call, String what) {
        call.log(Level.WARN, what);
    }
}
