package io.moondial.modules.menu;

import static java.util.Objects.requireNonNull;

import io.moondial.script.api.HostCall;
import io.moondial.script.api.Journal;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaState;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * The journal of a flow in the store {@code kv}, where the next dialog of the subscriber finds it.
 * One dialog has it at a time: who goes on with it takes it away from the dialog before, and what
 * that one writes later is not kept.
 */
final class SavedFlow {
    /** Where journals are. */
    static final String BUCKET = "menu.flow";

    private static final LuaString LUA_BUCKET = LuaString.of(BUCKET);
    private static final LuaString GET = LuaString.of("get");
    private static final LuaString SET = LuaString.of("set");
    private static final LuaString ADD = LuaString.of("add");
    private static final LuaString CAS = LuaString.of("cas");
    private static final LuaString DELETE = LuaString.of("delete");
    private static final LuaString TTL = LuaString.of("ttl");

    /** Why a journal is not written: another dialog has taken it. */
    static final String TAKEN = "taken";

    /** Why a journal is not written: the store did not do it, or did not say so. */
    static final String UNAVAILABLE = "unavailable";

    /** Why a journal is not written: it is larger than a value of the store may be. */
    static final String TOO_LARGE = "too_large";

    /**
     * How much longer a journal stands there than a dialog can go on with it: if it is not there,
     * then another dialog has taken it.
     */
    private static final Duration LONGEST_SCREEN = Duration.ofMinutes(30);

    /** What triggers of the same code may differ in: {@code *150#} and {@code *150*}. */
    private static final Pattern END = Pattern.compile("[*#]+$");

    private static final int FORMAT = 0x464c4f33;

    private final HostCall call;
    private final LuaState state;
    private final LuaTable kv;
    private final LuaString key;
    private final Duration time;
    private Flow.@Nullable Start start;

    /** What stands there and is this dialog's; null: nothing. */
    private @Nullable LuaString mine;

    /**
     * Whether a call did not say what it did: {@link #mine} may be what stood there before. What
     * stands there is looked at before the next one.
     */
    private boolean unsure;

    /** Whether nothing may stand there, when {@link #unsure}. */
    private boolean mayBeNothing;

    /** When this dialog began to look for a journal, in milliseconds. */
    private final long since;

    private boolean begun;

    /** Whether another dialog has taken it. */
    private boolean taken;

    /**
     * What a dialog before has left.
     *
     * @param dialog the instance id of the dialog that wrote it
     * @param value as it stands there
     * @param rest from which the journal is read
     */
    record Found(String dialog, Flow.Start start, LuaString value, DataInputStream rest) {}

    private SavedFlow(HostCall call, LuaState state, LuaTable kv, LuaString key, Duration time) {
        this.call = call;
        this.state = state;
        this.kv = kv;
        this.key = key;
        this.time = time;
        this.since = call.now().toEpochMilli();
    }

    /**
     * That of the subscriber, the script, the code and the flow.
     *
     * @param number which flow of the dialog it is
     * @return null: the subscriber is not known
     */
    static @Nullable SavedFlow of(
            HostCall call, LuaState state, LuaTable kv, Duration time, int number) {
        LuaTable request = call.request();
        Object subscriber = request.get(LuaString.of("msisdn"));
        if (subscriber == null) {
            subscriber = request.get(LuaString.of("imsi"));
        }
        String code = call.dialledCode();
        return subscriber instanceof LuaString digits
                ? new SavedFlow(
                        call,
                        state,
                        kv,
                        LuaString.of(
                                call.script().name()
                                        + " "
                                        + (code == null ? "" : END.matcher(code).replaceFirst(""))
                                        + " "
                                        + digits.toText()
                                        + (number == 1 ? "" : " " + number)),
                        time)
                : null;
    }

    // ---- another dialog's

    /** What a dialog before has left; null: nothing that this one can go on with. */
    @Nullable Found load() {
        @Nullable Object[] found = call(GET);
        if (!(found[0] instanceof LuaString value)) {
            if (found.length > 1) {
                var _ = failed(found);
            }
            return null;
        }
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(value.toOctets()));
        long until;
        String version;
        Found whole;
        try {
            if (in.readInt() != FORMAT || in.readLong() != checksum(value)) {
                return unreadable(value, "its checksum is another");
            }
            until = in.readLong();
            version = in.readUTF();
            whole = new Found(in.readUTF(), readStart(in), value, in);
        } catch (IOException | RuntimeException e) {
            return unreadable(value, why(e));
        }
        if (until <= call.now().toEpochMilli()) {
            return drop(value);
        }
        if (!version.equals(call.script().version())) {
            warn(
                    "menu.flow begins anew: the dialog before began with version "
                            + version
                            + " of the script, and this one with "
                            + call.script().version());
            call.happened("menu.flow", "other_version");
            return drop(value);
        }
        return whole;
    }

    private @Nullable Found unreadable(LuaString value, String why) {
        warn(
                "menu.flow begins anew: what stands in kv, bucket menu.flow, is no journal of this engine: "
                        + why);
        call.happened("menu.flow", "unreadable");
        return drop(value);
    }

    private static String why(Exception e) {
        return e instanceof EOFException || e.getMessage() == null
                ? "it ends too early"
                : e.getMessage();
    }

    /** Nobody goes on with what was found. */
    private @Nullable Found drop(LuaString value) {
        @Nullable Object[] done = call(CAS, value, null);
        if (done[0] == null) {
            var _ = failed(done);
        }
        return null;
    }

    /**
     * Takes what was found away from the dialog before.
     *
     * @param journal an empty one, which has the calls from now on
     * @return false: it is no journal, or another dialog was faster
     */
    boolean take(Found found, Journal journal) {
        try {
            journal.read(found.rest());
        } catch (IOException | RuntimeException e) {
            var _ = unreadable(found.value(), why(e));
            return false;
        }
        start = found.start();
        LuaString next = written(journal);
        boolean isMine =
                next != null && Boolean.TRUE.equals(call(CAS, found.value(), next, ttl())[0]);
        if (isMine) {
            mine = next;
            begun = true;
        } else {
            start = null;
        }
        return isMine;
    }

    // ---- this dialog's

    /**
     * Writes the journal, if a dialog can go on with it and no other dialog has taken it. If none
     * can, what stands there is removed.
     *
     * @return why that is not possible: {@link #TAKEN}, {@link #UNAVAILABLE} or {@link #TOO_LARGE};
     *     null: it is done
     */
    @Nullable String save(Flow.Start of, Journal journal) {
        start = of;
        LuaString next = taken ? null : written(journal);
        if (next == null) {
            return release();
        }
        if (begun) {
            return swap(next);
        }
        String objection = done(call(SET, next, ttl()), next);
        begun = !TOO_LARGE.equals(objection);
        return objection;
    }

    /**
     * Takes the journal out of the store, such as before a change that nobody would know again.
     *
     * @return why that is not possible, as of {@link #save}; null: it is done
     */
    @Nullable String release() {
        if (taken) {
            return TAKEN;
        }
        if (begun) {
            return swap(null);
        }
        // a flow that the subscriber has begun anew
        begun = true;
        @Nullable Object[] done = call(DELETE);
        return done[0] == null ? failed(done) : null;
    }

    /** Nobody goes on with it. */
    void forget() {
        if (!taken && begun) {
            var _ = swap(null);
        }
    }

    /**
     * Puts something in the place of what is this dialog's.
     *
     * @param next null: nothing
     * @return as of {@link #save}
     */
    private @Nullable String swap(@Nullable LuaString next) {
        String objection = unsure ? look() : null;
        if (objection != null) {
            return objection;
        }
        if (mine != null) {
            return done(next == null ? call(CAS, mine, null) : call(CAS, mine, next, ttl()), next);
        }
        return next == null ? null : done(call(ADD, next, ttl()), next);
    }

    /** What a call that was to put something there has come to. */
    private @Nullable String done(@Nullable Object[] done, @Nullable LuaString next) {
        if (Boolean.TRUE.equals(done[0])) {
            mine = next;
            return null;
        }
        if (done[0] != null) {
            return taken();
        }
        String objection = failed(done);
        if (!objection.equals(TOO_LARGE)) {
            unsure = true;
            mayBeNothing = mayBeNothing || mine == null || next == null;
        }
        return objection;
    }

    /** Finds out what a call did that did not say it. */
    private @Nullable String look() {
        @Nullable Object[] found = call(GET);
        if (found[0] == null && found.length > 1) {
            return failed(found);
        }
        if (found[0] == null ? !mayBeNothing : !isMine(found[0])) {
            return taken();
        }
        mine = found[0] instanceof LuaString value ? value : null;
        unsure = false;
        mayBeNothing = false;
        return null;
    }

    /**
     * Whether this dialog has written what stands there, or has failed to write over what an
     * earlier one has left.
     */
    private boolean isMine(Object found) {
        if (!(found instanceof LuaString value) || value.equals(mine)) {
            return true;
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(value.toOctets()))) {
            if (in.readInt() != FORMAT || in.readLong() != checksum(value)) {
                return true;
            }
            long written = in.readLong() - time.toMillis();
            var _ = in.readUTF();
            return in.readUTF().equals(call.instanceId()) || (mine == null && written <= since);
        } catch (IOException e) {
            return true; // no journal: nobody goes on with it
        }
    }

    private String taken() {
        mine = null;
        unsure = false;
        taken = true;
        call.happened("menu.flow", TAKEN);
        return TAKEN;
    }

    private void warn(String what) {
        call.log(Level.WARN, what);
    }

    private String failed(@Nullable Object[] done) {
        if (done.length > 1 && done[1] instanceof LuaString why && why.toText().equals(TOO_LARGE)) {
            return TOO_LARGE;
        }
        warn(
                "menu.flow cannot keep its journal in kv: "
                        + state.show(done.length > 2 ? done[2] : null));
        call.happened("menu.flow", UNAVAILABLE);
        return UNAVAILABLE;
    }

    private @Nullable Object[] call(LuaString function, @Nullable Object... more) {
        @Nullable Object[] all = new @Nullable Object[more.length + 2];
        all[0] = LUA_BUCKET;
        all[1] = key;
        System.arraycopy(more, 0, all, 2, more.length);
        @Nullable Object[] results = state.call(kv.get(function), all);
        return results.length == 0 ? Lua.values((Object) null) : results;
    }

    private LuaTable ttl() {
        LuaTable options = state.newTable();
        options.set(TTL, Lua.number(time.plus(LONGEST_SCREEN).toMillis() / 1000.0));
        return options;
    }

    // ---- how it is written

    private @Nullable LuaString written(Journal journal) {
        ByteArrayOutputStream octets = new ByteArrayOutputStream(512);
        DataOutputStream out = new DataOutputStream(octets);
        try {
            out.writeInt(FORMAT);
            out.writeLong(0);
            out.writeLong(call.now().plus(time).toEpochMilli());
            out.writeUTF(call.script().version());
            out.writeUTF(call.instanceId());
            writeStart(requireNonNull(start), out);
            if (!journal.write(out)) {
                return null;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory can be written", e);
        }
        byte[] whole = octets.toByteArray();
        state.meter().memory(whole.length);
        ByteBuffer.wrap(whole).putLong(Integer.BYTES, checksum(LuaString.ofOctets(whole)));
        return LuaString.ofOctets(whole);
    }

    /** Of all that follows the checksum. */
    private static long checksum(LuaString value) {
        CRC32 checksum = new CRC32();
        byte[] octets = value.toOctets();
        int from = Integer.BYTES + Long.BYTES;
        checksum.update(octets, from, octets.length - from);
        return checksum.getValue();
    }

    private static void writeStart(Flow.Start start, DataOutputStream out) throws IOException {
        out.writeUTF(start.id());
        out.writeInt(start.number());
        out.writeLong(start.seed());
        Map<String, Object> request = requireNonNull(start.request());
        out.writeInt(request.size());
        for (Map.Entry<String, Object> field : request.entrySet()) {
            out.writeUTF(field.getKey());
            boolean isNumber = field.getValue() instanceof Double;
            out.writeBoolean(isNumber);
            if (field.getValue() instanceof Double number) {
                out.writeDouble(number);
            } else {
                out.writeUTF(Lua.show(field.getValue()));
            }
        }
    }

    private static Flow.Start readStart(DataInputStream in) throws IOException {
        String id = in.readUTF();
        int number = in.readInt();
        long seed = in.readLong();
        Map<String, Object> request = new LinkedHashMap<>();
        int fields = in.readInt();
        for (int i = 0; i < fields; i++) {
            String name = in.readUTF();
            request.put(
                    name,
                    in.readBoolean() ? Lua.number(in.readDouble()) : LuaString.of(in.readUTF()));
        }
        return new Flow.Start(id, number, seed, request);
    }
}
