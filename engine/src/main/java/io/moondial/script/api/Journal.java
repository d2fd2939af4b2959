package io.moondial.script.api;

import static java.util.Objects.requireNonNull;

import io.moondial.script.api.ApiFunction.Effect;
import io.moondial.script.api.JournalEntry.Kind;
import io.moondial.script.api.JournalValue.NotKeptException;
import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaFunction.NativeFunction;
import io.moondial.script.lua.LuaState;
import io.moondial.script.lua.LuaString;
import io.moondial.text.Sha256;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the calls of a flow with an effect have come to, in their order. A flow that runs again from
 * its beginning gets what stands here, and makes no call that it has made before: that is a replay.
 * Behind the last call that stands here, calls are made, and appended.
 *
 * <p>A call is known again by its function and by a fingerprint of its arguments. One that differs
 * ends the replay, see {@link Again}. A change that was made is a barrier: no cut falls before it.
 * If a flow begins anew all the same, what was changed is found again, and not changed twice.
 *
 * <p>Confined to what of the run goes on.
 */
public final class Journal {
    private static final String BARRIER = "menu.barrier";
    private static final LuaString ABANDON = LuaString.of("abandon");
    private static final int KEY_OCTETS = 8;

    /** What shows a screen that is not asked for by a module in Lua, and waits for its answer. */
    private static final String MENU = "ussd.menu";

    /**
     * How much a journal holds.
     *
     * @param octets of what calls came to, and some for each call
     */
    public record Limits(int octets, int calls, int screens) {}

    /** What the owner of a journal is asked and told while calls are made. */
    public interface Owner {
        /** A screen is about to be sent. */
        void beforeScreen();

        /**
         * A change is about to be made. What is written now says so.
         *
         * @param keyed whether a service outside knows it again, by a key of {@link Journal#once}
         */
        void beforeChange(boolean keyed);

        /** A change has been made. */
        void afterChange();

        /** No more is kept: the flow cannot run again. */
        void full(String why);
    }

    /**
     * The flow runs again from its beginning. No {@code pcall} holds this up, as it is no Lua
     * error.
     */
    public static final class Again extends Error {
        private static final long serialVersionUID = 1L;

        private final boolean different;

        Again(String message, boolean different) {
            super(message, null, false, false);
            this.different = different;
        }

        /** Whether a call was not the one that the journal has: the message names both. */
        public boolean isDifferent() {
            return different;
        }
    }

    private final String id;
    private final int flow;
    private final Limits limits;
    private final JournalValue values;
    private final Owner owner;
    private final List<JournalEntry> entries = new ArrayList<>();

    /**
     * Changes that were made before the flow began anew, each with the calls that are part of it.
     */
    private final List<List<JournalEntry>> made = new ArrayList<>();

    /**
     * The screens behind a secret answer that were answered before a change. Nobody goes back
     * behind that: what is no secret is not asked again.
     */
    private final List<JournalEntry> behind = new ArrayList<>();

    /** From which call on the first of them, a secret one, is asked again; -1: it is not. */
    private int askedAgain = -1;

    /** The keys of changes that an engine was making when it was killed. */
    private final Set<String> pending = new HashSet<>();

    /** The keys that this run has been given. */
    private final Set<String> keys = new HashSet<>();

    /** The key of the change that is being made; empty: none, or it has none. */
    private String making = "";

    private int at;
    private int octets;
    private int screens;
    private int keysGiven;
    private int runs;
    private int repeatable;

    /** How many calls run that are parts of the script, see {@link #part}. */
    private int parts;

    /** Why no more is kept, while the owner has not been told; null: it has. */
    private @Nullable String full;

    private int lastScreen = -1;
    private int backTo = -1;
    private int homeTo = -1;
    private boolean isHomeFurther;

    /**
     * The screens before this call led nowhere, as a change of an earlier dialog had not been found
     * again. They do not lead anywhere when they are replayed either.
     */
    private int leadsNowhereTo;

    private boolean within;
    private boolean kept;
    private boolean begunAnew;

    /**
     * An empty one.
     *
     * @param id names the dialog in which the flow began
     * @param flow counts the flows of that dialog: no other flow has both
     * @param kept whether calls are kept; if not, the flow can never run again
     */
    public Journal(
            String id, int flow, Limits limits, JournalValue values, Owner owner, boolean kept) {
        this.id = id;
        this.flow = flow;
        this.limits = limits;
        this.values = values;
        this.owner = owner;
        this.kept = kept;
    }

    public Owner owner() {
        return owner;
    }

    /** Whether calls are kept. */
    public boolean isKept() {
        return kept;
    }

    /** Whether a screen has been answered. */
    public boolean hasAnswers() {
        return entries.stream().anyMatch(it -> it.kind() == Kind.ANSWERED);
    }

    /** How often the flow has run from its beginning, in this dialog. */
    public int runs() {
        return runs;
    }

    /** Whether what is called next has been called before. */
    public boolean isReplaying() {
        return at < entries.size();
    }

    /** Whether a call is being made that is kept: what it calls is part of it, and is not kept. */
    public boolean isWithinCall() {
        return kept && within;
    }

    /** The flow runs from its beginning. */
    public void begin() {
        runs++;
        at = 0;
        keysGiven = 0;
        repeatable = 0;
        parts = 0;
        full = null;
        lastScreen = -1;
        backTo = -1;
        homeTo = -1;
        within = false;
        keys.clear();
    }

    /**
     * What was kept does not fit the flow: it begins anew, and finds the changes again that were
     * made. Nobody goes back any more.
     *
     * @return false: that was so already
     */
    public boolean beginAnew() {
        if (begunAnew) {
            return false;
        }
        begunAnew = true;
        made.addAll(changes(entries));
        cut(0);
        return true;
    }

    /** The changes among calls, each with the calls that are part of it. */
    private static List<List<JournalEntry>> changes(List<JournalEntry> calls) {
        List<List<JournalEntry>> changes = new ArrayList<>();
        int opened = -1;
        for (int i = 0; i < calls.size(); i++) {
            JournalEntry call = calls.get(i);
            if (call.kind() == Kind.OPENED) {
                opened = i;
            } else if (call.kind() == Kind.CHANGE && !call.function().equals(BARRIER)) {
                boolean ends = opened >= 0 && calls.get(opened).function().equals(call.function());
                changes.add(List.copyOf(calls.subList(ends ? opened : i, i + 1)));
            }
        }
        return changes;
    }

    // ---- calls

    /**
     * Makes a call, or gives what it has come to.
     *
     * @param byKey whether a key among its arguments lets the service outside know it again
     * @param body makes it
     */
    public @Nullable Object[] call(
            String function, Effect effect, boolean byKey, Arguments a, NativeFunction.Body body) {
        return kept && !within
                ? call(
                        function,
                        effect,
                        values.print(a.state(), a.all()),
                        a.state(),
                        byKey ? keyAmong(a) : "",
                        () -> body.call(a))
                : body.call(a);
    }

    /**
     * A number that the script reads, such as the time.
     *
     * @param live what it is if it has not been read before
     */
    public long number(String function, LuaState state, LongSupplier live) {
        return ((Double) value(function, state, () -> Lua.number((double) live.getAsLong())))
                .longValue();
    }

    /**
     * A value that the engine reads for the script, such as the language of its texts.
     *
     * @param live what it is if it has not been read before: a string, a number or a boolean
     */
    public Object value(String function, LuaState state, Supplier<Object> live) {
        return !kept || within
                ? live.get()
                : requireNonNull(
                        call(function, Effect.READ, 0, state, "", () -> Lua.values(live.get()))[0]);
    }

    /**
     * Leaves a trace outside, such as a line in the log, unless that has been done before. Only its
     * place among the calls is compared: a text for people may differ from run to run.
     *
     * @param body leaves it; calls nothing of the script
     */
    public void record(String function, LuaState state, Runnable body) {
        if (!kept || within) {
            body.run();
            return;
        }
        var _ =
                call(
                        function,
                        Effect.RECORD,
                        0,
                        state,
                        "",
                        () -> {
                            body.run();
                            return Lua.nothing();
                        });
    }

    /**
     * Shows a screen, or gives what came of it.
     *
     * @param question what makes it the same screen
     * @param send shows it
     * @return the answer, or nil and why there is none
     */
    public @Nullable Object[] screen(
            String function,
            LuaState state,
            @Nullable Object question,
            Supplier<@Nullable Object[]> send) {
        return kept
                ? call(function, Effect.SCREEN, values.print(state, question), state, "", send)
                : send.get();
    }

    private @Nullable Object[] call(
            String function,
            Effect effect,
            long print,
            LuaState state,
            String key,
            Supplier<@Nullable Object[]> body) {
        boolean changes = effect == Effect.CHANGE && repeatable == 0;
        if (changes && !isReplaying()) {
            findAgain(function, print, key);
        }
        if (isReplaying()) {
            return replayed(next(function, print, state), state);
        }
        if (effect == Effect.SCREEN) {
            JournalEntry before = answeredBefore(function);
            if (before != null) {
                append(before.withPrint(print));
                return replayed(before, state);
            }
            if (parts == 0) {
                owner.beforeScreen();
            }
        } else if (changes && parts == 0) {
            making = key;
            owner.beforeChange(!key.isEmpty());
            making = "";
            pending.remove(key);
        }
        if (!kept) {
            return body.get();
        }
        Kind kind = changes ? Kind.CHANGE : effect == Effect.SCREEN ? Kind.SCREEN : Kind.PLAIN;
        JournalEntry call =
                new JournalEntry(function, print, kind, false, LuaString.EMPTY, key, false);
        @Nullable Object[] results;
        within = true;
        String pinned = state.pin(function);
        try {
            results = body.get();
        } catch (LuaError e) {
            append(failed(call, String.valueOf(e.getMessage())));
            throw e;
        } finally {
            state.pin(pinned);
            within = false;
        }
        return ended(call, results, state);
    }

    /** What a screen was answered behind a secret answer; null: it has to be shown. */
    private @Nullable JournalEntry answeredBefore(String function) {
        if (askedAgain >= 0 && entries.get(lastScreen).kind() != Kind.REFUSED) {
            behind.removeFirst();
            askedAgain = -1;
        }
        if (behind.isEmpty() || !behind.getFirst().function().equals(function)) {
            if (function.equals(MENU) || !function.startsWith("ussd.")) {
                // the secret answer leads another way
                behind.clear();
                askedAgain = -1;
            }
            return null;
        }
        if (!behind.getFirst().secret()) {
            return behind.removeFirst();
        }
        askedAgain = askedAgain < 0 ? at : askedAgain;
        return null;
    }

    /** A call has come to its results, which are given as a replay will have them. */
    private @Nullable Object[] ended(
            JournalEntry call, @Nullable Object[] results, LuaState state) {
        try {
            LuaString written = values.write(state, results);
            append(
                    new JournalEntry(
                            call.function(),
                            call.print(),
                            call.kind() == Kind.SCREEN ? screen(results) : call.kind(),
                            false,
                            written,
                            call.key(),
                            values.wroteSecret()));
            if (!kept) {
                return results;
            }
            if (call.kind() == Kind.CHANGE && parts == 0) {
                owner.afterChange();
            }
            return values.read(state, written);
        } catch (NotKeptException e) {
            giveUp(call.function() + " returned " + e.getMessage());
            return results;
        }
    }

    private static Kind screen(@Nullable Object[] results) {
        if (results.length > 0 && results[0] instanceof LuaString) {
            return Kind.ANSWERED;
        }
        if (results.length > 1 && results[0] == null) {
            return ABANDON.equals(results[1]) ? Kind.GONE : Kind.UNANSWERED;
        }
        return Kind.SCREEN;
    }

    private static JournalEntry failed(JournalEntry call, String message) {
        return new JournalEntry(
                call.function(),
                call.print(),
                call.kind(),
                true,
                LuaString.of(message),
                call.key(),
                false);
    }

    private void append(JournalEntry entry) {
        octets += entry.octets();
        screens += entry.kind().isScreen() ? 1 : 0;
        if (octets > limits.octets()) {
            giveUp(
                    "its calls came to more than "
                            + limits.octets()
                            + " octets (script: max_journal)");
        } else if (entries.size() >= limits.calls()) {
            giveUp("it has more than " + limits.calls() + " calls (script: max_journal_calls)");
        } else if (screens > limits.screens()) {
            giveUp(
                    "it has more than "
                            + limits.screens()
                            + " screens (script: max_journal_screens)");
        } else {
            if (entry.kind().isScreen()) {
                lastScreen = entries.size();
            }
            entries.add(entry);
            at = entries.size();
        }
    }

    /** No more is kept: the flow goes on, and can never run again. */
    public void giveUp(String why) {
        kept = false;
        made.clear();
        cut(0);
        at = 0;
        lastScreen = -1;
        if (parts == 0) {
            owner.full(why);
        } else {
            full = why; // the owner would have to wait for the store, which no part may
        }
    }

    /** Runs a part of the script in which nothing else is waited for, for the owner neither. */
    private <T extends @Nullable Object> T asPart(
            String function, LuaState state, Supplier<T> part) {
        String pinned = state.pin(function);
        parts++;
        try {
            return part.get();
        } finally {
            parts--;
            state.pin(pinned);
        }
    }

    private void tellWhyFull() {
        String why = full;
        if (why != null && parts == 0) {
            full = null;
            owner.full(why);
        }
    }

    /** The next call of the replay. */
    private JournalEntry next(String function, long print, LuaState state) {
        JournalEntry entry = entries.get(at);
        if (entry.print() != print || !entry.function().equals(function)) {
            throw differs(entry, function, state);
        }
        if (entry.kind().isScreen()) {
            lastScreen = at;
        }
        at++;
        return entry;
    }

    private Again differs(JournalEntry entry, String function, LuaState state) {
        LuaState.Place place = state.place();
        return new Again(
                "%s: call %d is %s, and was %s%s"
                        .formatted(
                                place == null ? "?" : place.source() + ":" + place.line(),
                                at + 1,
                                function,
                                entry.function(),
                                entry.function().equals(function) ? " with other arguments" : ""),
                true);
    }

    private @Nullable Object[] replayed(JournalEntry entry, LuaState state) {
        if (entry.failed()) {
            throw new LuaError(entry.result().toText());
        }
        return values.read(state, entry.result());
    }

    /**
     * Makes a change that runs a part of the script, whose calls are kept one by one.
     *
     * @param live makes it
     * @param again runs the part alone: its calls are in the journal
     */
    public @Nullable Object[] part(Arguments a, Supplier<@Nullable Object[]> live, Runnable again) {
        if (!kept || within) {
            return live.get();
        }
        LuaState state = a.state();
        String function = a.function();
        long print = values.print(state, a.all());
        boolean changes = repeatable == 0;
        if (changes && !isReplaying()) {
            findAgain(function, print, "");
        }
        if (isReplaying()) {
            var _ = next(function, print, state);
            try {
                asPart(
                        function,
                        state,
                        () -> {
                            again.run();
                            return null;
                        });
            } catch (LuaError e) {
                var _ = next(function, print, state);
                throw e;
            }
            return replayed(next(function, print, state), state);
        }
        if (changes && parts == 0) {
            owner.beforeChange(false);
        }
        if (!kept) {
            return live.get();
        }
        append(new JournalEntry(function, print, Kind.OPENED, false, LuaString.EMPTY, "", false));
        Kind kind = changes ? Kind.CHANGE : Kind.PLAIN;
        JournalEntry call =
                new JournalEntry(function, print, kind, false, LuaString.EMPTY, "", false);
        @Nullable Object[] results;
        try {
            results = asPart(function, state, live);
        } catch (LuaError e) {
            if (kept) {
                // it has been taken back
                append(failed(call.as(Kind.PLAIN), e.text(state)));
            }
            tellWhyFull();
            throw e;
        }
        tellWhyFull();
        return kept ? ended(call, results, state) : results;
    }

    /** A change like this that was made before the flow began anew comes next. */
    private void findAgain(String function, long print, String key) {
        for (List<JournalEntry> change : made) {
            JournalEntry first = change.getFirst();
            if (first.function().equals(function)
                    && first.key().equals(key)
                    && (!key.isEmpty() || first.print() == print)) {
                made.remove(change);
                add(first.withPrint(print));
                change.subList(1, change.size()).forEach(this::add);
                return;
            }
        }
    }

    private void add(JournalEntry found) {
        octets += found.octets();
        entries.add(found);
    }

    // ---- keys

    /**
     * A text that is the same whenever the flow comes here by the same answers, and that no other
     * has: by it, a service outside knows a change again that it is asked for again.
     */
    public String once() {
        Sha256 way =
                new Sha256()
                        .addPart(id)
                        .addPart(Integer.toString(flow))
                        .addPart(Integer.toString(++keysGiven));
        for (JournalEntry entry : entries.subList(0, at)) {
            if (entry.kind() == Kind.ANSWERED && !entry.secret()) {
                way.addPart(entry.function()).add(entry.result().toOctets());
            }
        }
        String key = id + "-" + way.hex(KEY_OCTETS);
        keys.add(key);
        return key;
    }

    private String keyAmong(Arguments a) {
        String key = keys.isEmpty() ? null : values.among(keys, a.all());
        return key == null ? "" : key;
    }

    // ---- where the flow can go back to

    /** The answer to the screen that was shown last is refused: it is asked again. */
    public void refused() {
        if (lastScreen >= 0 && entries.get(lastScreen).kind() == Kind.ANSWERED) {
            entries.set(lastScreen, entries.get(lastScreen).as(Kind.REFUSED));
        }
    }

    /** Nobody goes back behind this place. */
    public void barrier(LuaState state) {
        if (kept && !within) {
            if (isReplaying()) {
                var _ = next(BARRIER, 0, state);
            } else {
                append(
                        new JournalEntry(
                                BARRIER, 0, Kind.CHANGE, false, LuaString.EMPTY, "", false));
            }
        }
    }

    /** Runs a part of the script whose changes may be made again: they are no barriers. */
    public @Nullable Object[] repeatable(
            String function, LuaState state, Supplier<@Nullable Object[]> part) {
        String pinned = state.pin(function);
        repeatable++;
        try {
            return part.get();
        } finally {
            repeatable--;
            state.pin(pinned);
        }
    }

    /**
     * Where the next screen can lead back to is looked up now: to be called before it is shown.
     * When that screen is replayed, it leads to where it did.
     */
    public void lookBack() {
        backTo = -1;
        homeTo = -1;
        isHomeFurther = false;
        if (!(made.isEmpty() && pending.isEmpty()) && !isScreenReplayed()) {
            leadsNowhereTo = at + 1;
        }
        if (begunAnew || at < leadsNowhereTo) {
            return;
        }
        int answered = 0;
        int barrier = at - 1;
        for (; barrier >= 0 && entries.get(barrier).kind() != Kind.CHANGE; barrier--) {
            Kind kind = entries.get(barrier).kind();
            answered += kind == Kind.ANSWERED ? 1 : 0;
            // what was refused before that answer belongs to the same question
            if (answered == 1 && (kind == Kind.ANSWERED || kind == Kind.REFUSED)) {
                backTo = barrier;
            }
        }
        homeTo = answered > 0 ? firstScreen(barrier + 1) : -1;
        isHomeFurther = answered > 1;
    }

    /** Whether the next screen has been shown before. Before it, other calls may be replayed. */
    private boolean isScreenReplayed() {
        return entries.subList(at, entries.size()).stream().anyMatch(it -> it.kind().isScreen());
    }

    private int firstScreen(int from) {
        for (int i = from; i < at; i++) {
            if (entries.get(i).kind().isScreen()) {
                return i;
            }
        }
        return -1;
    }

    /** Whether the next screen can lead back to one that was answered. */
    public boolean canGoBack() {
        return backTo >= 0;
    }

    /** Whether the next screen can lead back to the first one behind the last change. */
    public boolean canGoHome() {
        return homeTo >= 0;
    }

    /** Whether more than one answer lies between that and the next screen. */
    public boolean isHomeFurtherThanBack() {
        return isHomeFurther;
    }

    /** Makes calls of the flow's owner, which are not calls of the flow. */
    public void aside(Runnable calls) {
        boolean before = within;
        within = true;
        try {
            calls.run();
        } finally {
            within = before;
        }
    }

    /** Ends this run, and begins one in which the last answer has not been given. */
    public Again back() {
        cut(behindChanges(backTo));
        return new Again("back", false);
    }

    /** Ends this run, and begins one in which nothing has been answered behind the last change. */
    public Again home() {
        cut(behindChanges(homeTo));
        return new Again("home", false);
    }

    /**
     * This place, or the one behind a change that was made after the screen had offered its keys,
     * such as by a function that fetches the items of a list.
     */
    private int behindChanges(int to) {
        int place = entries.size();
        while (place > to && entries.get(place - 1).kind() != Kind.CHANGE) {
            place--;
        }
        return place;
    }

    private void cut(int to) {
        entries.subList(to, entries.size()).clear();
        askedAgain = askedAgain >= to ? -1 : askedAgain;
        octets = entries.stream().mapToInt(JournalEntry::octets).sum();
        screens = (int) entries.stream().filter(it -> it.kind().isScreen()).count();
    }

    // ---- beyond the dialog

    /**
     * Writes what another dialog can go on with: everything up to the first secret answer, and of
     * what follows the changes that have a key.
     *
     * @return false: no dialog can go on with this, as it would make a change twice
     */
    public boolean write(DataOutputStream out) throws IOException {
        int end = 0;
        while (end < entries.size()
                && !entries.get(end).secret()
                && entries.get(end).kind() != Kind.GONE) {
            end++;
        }
        if (end > 0 && end == entries.size() && entries.getLast().kind() == Kind.UNANSWERED) {
            end--;
        }
        List<JournalEntry> after = entries.subList(end, entries.size());
        List<List<JournalEntry>> changes = new ArrayList<>(made);
        changes.addAll(changes(after));
        if (!kept || begunAnew || changes.stream().anyMatch(it -> it.getFirst().key().isEmpty())) {
            return false;
        }
        Set<String> unknown = new TreeSet<>(pending);
        if (!making.isEmpty() && !after.isEmpty()) {
            unknown.add(making);
        }
        write(out, entries.subList(0, end));
        out.writeInt(Math.min(leadsNowhereTo, end));
        write(out, changes.stream().map(it -> it.getFirst().behindSecret()).toList());
        write(out, screens(after, !made.isEmpty() || !unknown.isEmpty()));
        out.writeInt(unknown.size());
        for (String key : unknown) {
            out.writeUTF(key);
        }
        return true;
    }

    /**
     * The screens behind a secret answer that are not asked again.
     *
     * @param all whether a change comes behind them all; otherwise those before the last change
     */
    private List<JournalEntry> screens(List<JournalEntry> after, boolean all) {
        int to = after.size();
        while (!all && to > 0 && after.get(to - 1).kind() != Kind.CHANGE) {
            to--;
        }
        List<JournalEntry> screens = new ArrayList<>();
        for (JournalEntry entry : after.subList(0, to)) {
            if (entry.kind() == Kind.ANSWERED) {
                screens.add(entry.behindSecret());
            }
        }
        // the answer to one that is shown again is among those
        boolean answered =
                askedAgain >= 0
                        && lastScreen >= askedAgain
                        && entries.get(lastScreen).kind() == Kind.ANSWERED;
        screens.addAll(behind.subList(answered ? 1 : 0, behind.size()));
        return screens;
    }

    private static void write(DataOutputStream out, List<JournalEntry> list) throws IOException {
        out.writeInt(list.size());
        for (JournalEntry entry : list) {
            entry.write(out);
        }
    }

    /** A call whose result can be given as it stands, if it is not that of a secret answer. */
    private JournalEntry read(DataInputStream in, boolean open) throws IOException {
        JournalEntry entry = JournalEntry.read(in);
        if (open && entry.secret()) {
            throw new IOException("a secret answer");
        }
        if (!entry.failed() && !entry.secret() && entry.kind() != Kind.OPENED) {
            values.check(entry.result());
        }
        return entry;
    }

    /**
     * Takes over what {@link #write} has written, before the flow begins.
     *
     * @throws IOException it is not that; then this journal is of no use any more
     */
    public void read(DataInputStream in) throws IOException {
        int calls = in.readInt();
        for (int i = 0; i < calls; i++) {
            entries.add(read(in, true));
        }
        leadsNowhereTo = in.readInt();
        int changes = in.readInt();
        for (int i = 0; i < changes; i++) {
            made.add(List.of(read(in, false)));
        }
        int screensBehind = in.readInt();
        for (int i = 0; i < screensBehind; i++) {
            behind.add(read(in, false));
        }
        int unknown = in.readInt();
        for (int i = 0; i < unknown; i++) {
            pending.add(in.readUTF());
        }
        cut(entries.size());
    }
}
