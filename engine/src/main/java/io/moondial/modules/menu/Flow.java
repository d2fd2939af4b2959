package io.moondial.modules.menu;

import static java.util.Objects.requireNonNull;

import io.moondial.lang.Texts;
import io.moondial.script.api.ApiModule;
import io.moondial.script.api.HostCall;
import io.moondial.script.api.Journal;
import io.moondial.script.api.JournalValue;
import io.moondial.script.api.Phase;
import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaState;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import io.moondial.script.lua.Meter.Kill;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * One call of {@code menu.flow}: the function runs, and runs again whenever the subscriber goes
 * back, with the {@link Journal} of what has happened so far.
 */
final class Flow implements Journal.Owner {
    private static final String CALLED = "menu.flow";
    private static final LuaString INSTANCE_ID = LuaString.of("INSTANCE_ID");
    private static final LuaString BACK = LuaString.of("Back");
    private static final LuaString HOME = LuaString.of("Home");
    private static final LuaString TRIES =
            LuaString.of("Too many wrong answers. Please try again later.");
    private static final LuaString TEXT = LuaString.of("text");
    private static final LuaString MENU = LuaString.of("menu");
    private static final LuaString RESPOND = LuaString.of("respond");
    private static final LuaString NOTIFY = LuaString.of("notify");
    private static final LuaString CLOSE = LuaString.of("close");
    private static final LuaString FITS = LuaString.of("fits");
    private static final LuaString DCS = LuaString.of("dcs");
    private static final LuaString DIALLED = LuaString.of("dialled");
    private static final Pattern ANY_CODE = Pattern.compile("[*#]*\\d+");

    private final HostCall call;
    private final LuaState state;
    private final @Nullable Object function;
    private final Modules modules;
    private final FlowOptions options;
    private final Deque<String> dialled = new ArrayDeque<>();
    private Start start;
    private @Nullable SavedFlow saved;
    private Journal journal;
    private boolean mayBeDialled;

    /** Whether the next screen is the first of a flow that another dialog began. */
    private boolean resumed;

    /** What a flow calls of other modules, and what of them stays the same in a journal. */
    static final class Modules {
        final LuaTable ussd;
        final LuaTable kv;
        final @Nullable LuaTable texts;
        final Map<String, Object> constants = new HashMap<>();

        Modules(ApiModule ussd, ApiModule kv, List<ApiModule> others) {
            this.ussd = ussd.table();
            this.kv = kv.table();
            this.texts =
                    others.stream()
                            .filter(it -> it.name().equals(Texts.MODULE))
                            .map(ApiModule::table)
                            .findFirst()
                            .orElse(null);
            for (ApiModule module : others) {
                for (ApiModule.Value value : module.values()) {
                    String name = module.name() + "." + value.name();
                    Object constant =
                            requireNonNull(module.table().get(LuaString.of(value.name())), name);
                    if (constant instanceof LuaTable) {
                        constants.put(name, constant);
                    }
                }
            }
        }
    }

    /** The flow is left at a question. No {@code pcall} holds this up, as it is no Lua error. */
    static final class Left extends Error {
        private static final long serialVersionUID = 1L;

        private final String why;
        private final transient @Nullable Object code;

        /**
         * @param why a word of a closed list
         * @param code of an error of MAP; null: it is none
         */
        Left(String why, @Nullable Object code) {
            super(why, null, false, false);
            this.why = why;
            this.code = code;
        }
    }

    /** The function has said what the last screen is. No {@code pcall} holds this up. */
    static final class Finished extends Error {
        private static final long serialVersionUID = 1L;

        private final transient LuaString text;

        Finished(LuaString text) {
            super("finished", null, false, false);
            this.text = text;
        }
    }

    Flow(Arguments a, HostCall call, Modules modules, FlowOptions options) {
        this.call = call;
        this.state = a.state();
        this.function = a.function(1);
        this.modules = modules;
        this.options = options;
        if (options.direct) {
            readDialled();
        }
        this.start = new Start(call, state, options.runsAgain());
        this.journal = newJournal();
    }

    private Journal newJournal() {
        return new Journal(
                start.id(),
                start.number(),
                call.journalLimits(),
                new JournalValue(modules.constants),
                this,
                options.runsAgain());
    }

    /**
     * What the first run of a flow finds, and each later one again.
     *
     * @param id of the dialog in which it ran
     * @param number how many flows that dialog had begun, with this one
     * @param request without what is secret in it; null: the script gets what it was called with
     */
    record Start(String id, int number, long seed, @Nullable Map<String, Object> request) {
        Start(HostCall call, LuaState state, boolean runsAgain) {
            this(
                    call.instanceId(),
                    call.beginFlow(),
                    runsAgain ? state.random().nextLong() : 0,
                    runsAgain ? open(call.request(), state) : null);
        }

        private static Map<String, Object> open(LuaTable request, LuaState state) {
            Map<String, Object> open = new LinkedHashMap<>();
            for (var e = request.next(null); e != null; e = request.next(e[0])) {
                if (!state.isSecret(e[1])) {
                    open.put(Lua.show(e[0]), requireNonNull(e[1]));
                }
            }
            return open;
        }

        /** The request of the first run. What is not kept of it is that of the dialog. */
        LuaTable request(LuaTable now, LuaState state) {
            if (request == null) {
                return now;
            }
            LuaTable then = state.newTable();
            for (var e = now.next(null); e != null; e = now.next(e[0])) {
                then.set(e[0], e[1]);
            }
            request.forEach((name, value) -> then.set(LuaString.of(name), value));
            return then;
        }
    }

    /** Goes on with the flow of a dialog before, if there is one. */
    private void resume() {
        if (options.resume == null) {
            return;
        }
        saved = SavedFlow.of(call, state, modules.kv, options.resume, start.number());
        if (saved == null || !dialled.isEmpty()) {
            return;
        }
        SavedFlow.Found found = saved.load();
        if (found == null) {
            return;
        }
        Start own = start;
        Journal empty = journal;
        start = found.start();
        journal = newJournal();
        if (saved.take(found, journal)) {
            resumed = journal.hasAnswers();
            if (resumed) {
                call.happened(CALLED, "resumed");
            }
            call.resumes(found.dialog());
        } else {
            start = own;
            journal = empty;
        }
    }

    // ---- the run

    @Nullable Object[] run() {
        LuaState.Mark mark = state.mark();
        String pinned = state.pin(CALLED);
        Runnable unload = call.loadedModules();
        try {
            resume();
            while (true) {
                try {
                    @Nullable Object[] results = runOnce();
                    forget();
                    return results;
                } catch (Journal.Again again) {
                    mark.unwind();
                    unload.run();
                    dialled.clear(); // it was for the questions behind the one that is left
                    if (again.isDifferent()) {
                        beginAnew(again);
                    }
                }
            }
        } catch (LuaError e) {
            mark.run(this::forget);
            throw e;
        } catch (Finished finished) {
            mark.unwind();
            forget();
            return Lua.values(finished.text);
        } catch (Left left) {
            mark.unwind();
            call.keep(null);
            showOwnId();
            leave(left);
            return Lua.nothing();
        } finally {
            var _ = state.pin(pinned);
            call.keep(null);
            showOwnId();
        }
    }

    /** The script is out of the flow: it finds the id of the dialog that runs. */
    private void showOwnId() {
        if (options.runsAgain()) {
            state.globals().set(INSTANCE_ID, LuaString.of(call.instanceId()));
        }
    }

    /** The flow has ended of itself: nobody goes on with it. */
    private void forget() {
        call.keep(null);
        if (saved != null) {
            saved.forget();
        }
    }

    private @Nullable Object[] runOnce() {
        journal.begin();
        LuaTable request = start.request(call.request(), state);
        if (journal.isKept()) {
            state.seedRandom(start.seed());
            state.globals().set(INSTANCE_ID, LuaString.of(start.id()));
        }
        call.keep(journal);
        return state.call(function, request);
    }

    private void beginAnew(Journal.Again again) {
        call.keep(null);
        String what = MenuModule.BEGINS_ANEW + again.getMessage();
        warn(what);
        call.happened(CALLED, "differs");
        if (!journal.beginAnew()) {
            throw new Kill(Kill.Reason.LIMIT, what);
        }
    }

    /** The function was left at a question: what the options say is done. */
    private void leave(Left left) {
        if (saved != null) {
            if (left.why.equals("tries")) {
                saved.forget();
            } else {
                var _ = saved.save(start, journal);
            }
        }
        LuaString last = null;
        if (options.finish != null) {
            @Nullable Object[] results =
                    state.call(options.finish, state.newString(left.why), left.code);
            if (results.length > 0 && results[0] instanceof LuaString text && text.length() > 0) {
                last = text;
            }
        }
        Phase phase = call.phase();
        if (phase == Phase.PROCESS || phase == Phase.PUSH) {
            if (last == null) {
                last =
                        switch (left.why) {
                            case "tries" -> word("tries", options.triesText, TRIES);
                            default -> word("timeout", options.timeoutText, null);
                        };
            }
            if (last != null && phase == Phase.PROCESS) {
                var _ = state.call(modules.ussd.get(RESPOND), last);
                return;
            }
            if (last != null) {
                var _ = state.call(modules.ussd.get(NOTIFY), last);
            }
            if (call.phase() == phase) {
                var _ = state.call(modules.ussd.get(CLOSE));
            }
        }
    }

    /** What the options say, or the texts of the script, or this. */
    private @Nullable LuaString word(
            String name, @Nullable LuaString option, @Nullable LuaString otherwise) {
        return option == null
                ? MenuWords.word(call, state, modules.texts, name, otherwise, null)
                : option;
    }

    // ---- screens

    /**
     * The keys that the next screen offers, each with its text: nil, nil for none. A text may make
     * a call that the journal keeps. So both are looked up wherever the flow stands, in each run.
     */
    @Nullable Object[] keys() {
        LuaString backText = options.back == null ? null : word("back", options.backText, BACK);
        LuaString homeText = options.home == null ? null : word("home", options.homeText, HOME);
        journal.lookBack();
        boolean back = options.back != null && journal.canGoBack();
        boolean home =
                options.home != null
                        && journal.canGoHome()
                        && (options.back == null || journal.isHomeFurtherThanBack());
        return Lua.values(
                back ? state.newString(requireNonNull(options.back)) : null,
                back ? backText : null,
                home ? state.newString(requireNonNull(options.home)) : null,
                home ? homeText : null);
    }

    /**
     * Shows a screen of {@code menu.lua}, or gives what came of it.
     *
     * @param question what makes it the same screen
     * @param mayBeDialled whether what was dialled may answer it
     * @param leavesDialled whether what was dialled stays for the screens behind this one
     */
    @Nullable Object[] show(
            String function,
            @Nullable Object question,
            LuaString text,
            LuaTable screen,
            boolean mayBeDialled,
            boolean leavesDialled) {
        this.mayBeDialled = mayBeDialled;
        try {
            return journal.screen(
                    function, state, question, () -> send(text, screen, leavesDialled));
        } finally {
            this.mayBeDialled = false;
        }
    }

    private @Nullable Object[] send(LuaString text, LuaTable screen, boolean leavesDialled) {
        String typed = mayBeDialled ? dialled.poll() : null;
        if (typed != null) {
            return Lua.values(state.newString(typed), DIALLED);
        }
        if (!leavesDialled) {
            dialled.clear();
        }
        LuaString shown = resumed ? withResumedText(text, screen) : text;
        resumed = false;
        return state.call(modules.ussd.get(MENU), shown, screen);
    }

    private LuaString withResumedText(LuaString text, LuaTable screen) {
        LuaString above = word("resumed", options.resumedText, null);
        if (above == null) {
            return text;
        }
        LuaString both = state.newString(above.toText() + "\n" + text.toText());
        LuaTable measured = state.newTable();
        measured.set(DCS, screen.get(DCS));
        return Lua.truthy(state.callForOne(modules.ussd.get(FITS), both, measured)) ? both : text;
    }

    // ---- what was dialled

    /** What follows the code in the dialled text, up to the first part that is secret. */
    private void readDialled() {
        if (!(call.request().get(TEXT) instanceof LuaString whole)) {
            return;
        }
        String text = whole.toText();
        String open = state.written(whole).toText();
        String code = options.code != null ? options.code : call.dialledCode();
        if (code == null) {
            Matcher any = ANY_CODE.matcher(text);
            code = any.lookingAt() ? any.group() : "";
        }
        if (code.isEmpty() || !text.startsWith(code)) {
            return;
        }
        int from = code.length();
        int end = text.endsWith("#") ? text.length() - 1 : text.length();
        if (!code.endsWith("*")) {
            if (from >= end || text.charAt(from) != '*') {
                return;
            }
            from++;
        }
        while (from < end) {
            int star = text.indexOf('*', from);
            int to = star < 0 || star > end ? end : star;
            if (open.length() != text.length()
                    || !open.regionMatches(from, text, from, to - from)) {
                return;
            }
            dialled.add(text.substring(from, to));
            from = to + 1;
        }
    }

    // ---- beyond the dialog

    @Override
    public void beforeScreen() {
        if (saved != null && (!mayBeDialled || dialled.isEmpty())) {
            var _ = save();
        }
    }

    @Override
    public void beforeChange(boolean keyed) {
        SavedFlow store = saved;
        if (store != null) {
            leaveIf(keyed ? save() : aside(store::release));
        }
    }

    @Override
    public void afterChange() {
        if (saved != null) {
            var _ = save();
        }
    }

    /** Writes the journal; see {@link SavedFlow#save}. One that is too large is kept no more. */
    private @Nullable String save() {
        SavedFlow store = requireNonNull(saved);
        String objection = aside(() -> store.save(start, journal));
        if (SavedFlow.TOO_LARGE.equals(objection)) {
            journal.giveUp("it is larger than a value of the store may be (kv: max_value)");
            return null;
        }
        return objection;
    }

    private @Nullable String aside(Supplier<@Nullable String> calls) {
        AtomicReference<@Nullable String> objection = new AtomicReference<>();
        journal.aside(() -> objection.set(calls.get()));
        return objection.get();
    }

    private static void leaveIf(@Nullable String objection) {
        if (objection != null) {
            throw new Left(objection, null);
        }
    }

    private void warn(String what) {
        call.log(Level.WARN, what);
    }

    @Override
    public void full(String why) {
        warn(
                "menu.flow goes on without its journal: nobody goes back in it any more. The reason: "
                        + why);
        call.happened(CALLED, "full");
        SavedFlow store = saved;
        if (store != null) {
            // an older journal there would lead another dialog to a change that is made here
            leaveIf(store.release());
            saved = null;
        }
    }
}
