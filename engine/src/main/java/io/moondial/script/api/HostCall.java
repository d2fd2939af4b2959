package io.moondial.script.api;

import io.moondial.dialog.PrimitiveResult;
import io.moondial.lang.LanguageSources;
import io.moondial.lang.Texts;
import io.moondial.script.lua.LuaFunction;
import io.moondial.script.lua.LuaTable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * A call of a module's function, as the host of scripts sees it: what the function reaches beside
 * its {@link io.moondial.script.lua.Arguments}, which have the budget ({@code meter()}) and what is
 * secret ({@code refuseSecret}, {@code state().written}). Used on the script's own thread, during
 * the call and not after it.
 */
public interface HostCall {
    /** The dialog's instance id, as its records have it. */
    String instanceId();

    /** The time of day by the engine's clock; in a dialog test by the test's. */
    Instant now();

    /** Where the dialog stands now. */
    Phase phase();

    /**
     * Carries out one of the dialog's primitives, which may wait.
     *
     * @throws io.moondial.script.lua.LuaError if the dialog refuses it
     */
    PrimitiveResult perform(Function<ScriptDialog, PrimitiveResult> primitive);

    /** The running backend of a module: the engine's, or a dialog test's stand-in. */
    <T> T backend(Class<T> type);

    /**
     * Waits for something outside the engine; only this script waits. The wait ends with the call,
     * or with the script: at {@code max_time}, at a stop, and within the grace time once the dialog
     * is over. A call that nobody waits for any more is cancelled. A dialog test counts a script
     * that waits here as at rest.
     *
     * <p>The call, its outcome and its duration are counted.
     *
     * @param called the module, a dot, and what the rules name: an upstream, a database, a store
     * @param call begins the call, and is not asked where the script may not wait. It completes
     *     with a failure only for a fault of the engine's: what may go wrong outside is part of its
     *     result
     * @param outcome of a result: a word of a closed list, as it is part of a counter's name
     */
    default <T extends @Nullable Object> T await(
            String called,
            Supplier<CompletableFuture<T>> call,
            Function<? super T, String> outcome) {
        return await(called, call, outcome, it -> null);
    }

    /**
     * The same, for a call that can be recorded for a dialog test.
     *
     * @param given for a result, what {@code given MODULE} would be followed by to answer the same,
     *     with secrets masked; null: nothing. Asked only if somebody records
     */
    <T extends @Nullable Object> T await(
            String called,
            Supplier<CompletableFuture<T>> call,
            Function<? super T, String> outcome,
            Function<? super T, @Nullable String> given);

    /**
     * Waits while time passes; only this script waits. The wait ends early with the script, as that
     * of {@link #await} does.
     *
     * @param function that waits, for the error where nothing may be waited for
     */
    void pause(String function, Duration time);

    /**
     * If the script's chunk returns this very function, the function is called with the request,
     * and what it returns is what the script returns. The function of the last call counts.
     */
    void handledBy(LuaFunction function);

    /**
     * The dialog has ended, and what the script returns goes elsewhere: it is given to this, and
     * the dialog does not get it.
     */
    void afterwards(Afterwards next);

    /** Takes what a script comes to when its dialog is over. On the script's own thread. */
    interface Afterwards {
        /**
         * It has returned a text. The call may wait.
         *
         * @param mask what is written instead of the text; null: the text
         * @throws io.moondial.script.lua.LuaError if the text cannot be used: the script has failed
         */
        void returned(String text, @Nullable String mask);

        /**
         * It has failed, or was stopped. The script waits a moment for the result, and for nothing
         * else.
         *
         * @param errorMessage what the subscriber is to read
         * @return what goes wrong with that, for the log; empty: nothing
         */
        CompletableFuture<Optional<String>> failed(String errorMessage);
    }

    /**
     * Runs a part of the script during which it must not wait for anything else, such as a
     * transaction: a primitive of the dialog, or a wait for something other than {@code called}, is
     * a Lua error that names the function.
     *
     * @param function that runs the part, such as {@code sql.transaction}
     * @param called what it may wait for, as in {@link #await}
     */
    <T extends @Nullable Object> T alone(String function, String called, Supplier<T> part);

    /**
     * The function whose part runs now, see {@link #alone(String, String, Supplier)}; null: none.
     */
    @Nullable String alone();

    /**
     * The journal of the flow that runs, through which every call with an effect goes; null: none
     * runs.
     */
    @Nullable Journal journal();

    /** Begins to keep a journal; null: ends it. */
    void keep(@Nullable Journal journal);

    /**
     * Notes which modules are loaded.
     *
     * @return unloads those that have been loaded since: their next {@code require} runs them again
     */
    Runnable loadedModules();

    /** Counts the flows of this run: 1 for the first one that begins. */
    int beginFlow();

    /** How much a journal may hold. */
    Journal.Limits journalLimits();

    /** What the part of a module that is written in Lua has returned in this run. */
    LuaTable partInLua(String module);

    /** What the script was called with, made anew. */
    LuaTable request();

    /** The script that runs. */
    RunningScriptId script();

    /**
     * A script.
     *
     * @param name its key, as rules name it
     * @param version names its content, and that of the modules that it may require
     */
    record RunningScriptId(String name, String version) {}

    /** The dialogs with other nodes that this run has begun. */
    FarDialogs farDialogs();

    /** What the script finds by keys: the texts of its folder. */
    Texts texts();

    /** What the rules and the request say of the language of the dialog. */
    LanguageSources languageSources();

    /**
     * What a module keeps for this run of the script.
     *
     * @param first makes it when it is asked for first
     */
    <T> T ofRun(Class<T> type, Supplier<T> first);

    /** What of the dialled text selects the script, by the rules; null: they do not say. */
    @Nullable String dialledCode();

    /**
     * The script goes on with the flow of another dialog: the record of what is sent next names it.
     */
    void resumes(String instanceId);

    /**
     * Something has happened that is counted, as a call is.
     *
     * @param called as in {@link #await}
     * @param outcome a word of a closed list
     */
    void happened(String called, String outcome);

    /** Writes a line to the log, as one of this dialog's. */
    void log(Level level, String line);

    /**
     * Writes an EDR of the script's own.
     *
     * @param event a name that does not begin with {@code USSD-}
     * @param fields in the order in which the script gave them, each with all its values
     * @param stream null: the service's
     * @throws io.moondial.script.lua.LuaError if the record cannot be written
     */
    void writeEdr(String event, Map<String, List<String>> fields, @Nullable String stream);

    /**
     * Counts one more of a name. Of names beyond the limit only their number is counted, in {@code
     * scripts.stats_beyond_limit}.
     */
    void increment(String name);
}
