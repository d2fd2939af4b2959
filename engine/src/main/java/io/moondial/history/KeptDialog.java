package io.moondial.history;

import io.moondial.dialog.DialogFact;
import io.moondial.dialog.DialogFact.Outcome;
import io.moondial.logic.DialogIdentity;
import io.moondial.logic.DialogListener;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of one dialog: its facts with their times, as they came. Only its own thread adds to
 * them, without a lock; others read what it has published. Texts are made when somebody reads.
 */
public final class KeptDialog implements DialogListener {
    /** How much of a long text is kept: of a log line, a note, a failure. */
    static final int MAX_TEXT = 1_000;

    /**
     * What a dialog takes before anything happens in it, in octets: this object, its arrays, and
     * its place among the open ones.
     */
    static final int BEGINNING = 256;

    /** What is held after its end besides: its identity, and how it began. */
    static final int OPENING = 1_024;

    /** How much memory a dialog asks for at a time. */
    private static final int PORTION = 256;

    private static final int FIRST_FACTS = 4;
    private static final int MAX_STACK = 10;
    private static final int OBJECT = 24;
    private static final int STRING = 48;
    private static final int FAR_STRINGS = 6;
    private static final int ENTRY = 12;
    private static final int GONE = -1;

    /** Set in what it has been given: it is one of the failures, whose memory is counted too. */
    private static final int FAILURE = 1 << 30;

    /** Times are kept in tenths of a millisecond since the beginning: 59 hours fit. */
    private static final int TENTHS = 10_000;

    private static final int NANOS_A_TENTH = 100_000;

    private static final Given NOTHING = new Given(null, false);
    private static final Given LOST = new Given(null, true);
    private static final DialogFact[] NO_FACTS = {};
    private static final int[] NO_TIMES = {};

    private static final VarHandle SIZE;
    private static final VarHandle MEMORY;

    static {
        try {
            MethodHandles.Lookup own = MethodHandles.lookup();
            SIZE = own.findVarHandle(KeptDialog.class, "size", int.class);
            MEMORY = own.findVarHandle(KeptDialog.class, "memory", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final DialogHistory history;
    private final DialogIdentity identity;

    /** Its place among all dialogs: a later one has a greater number. */
    private final long number;

    private volatile DialogFact[] facts = NO_FACTS;
    private volatile int[] times = NO_TIMES;

    /** How many facts there are; it is written last, and read first. */
    private volatile int size;

    /**
     * What it has been given of the memory for all, with {@link #FAILURE}; {@link #GONE}: it is not
     * kept any more.
     */
    private volatile int memory;

    private volatile @Nullable Outcome outcome;
    private long began;
    private long ended;
    private int used;
    private int givens;
    private int turns;
    private int leftOut;
    private boolean failed;

    KeptDialog(DialogHistory history, DialogIdentity identity, long number) {
        this.history = history;
        this.identity = identity;
        this.number = number;
    }

    // ---- on the dialog's thread

    @Override
    public void told(DialogIdentity dialog, Instant at, DialogFact fact) {
        if (began == 0) {
            begin(at);
        }
        DialogFact kept = kept(fact);
        if (kept != null) {
            keep(at, kept);
        }
        switch (fact) {
            case DialogFact.Finished(Outcome how, boolean explained) -> end(at, how);
            case DialogFact.LetGo(Throwable fault) when outcome == null ->
                    end(at, new Outcome.Failed(cut("internal fault: " + fault)));
            default -> {}
        }
        history.tell(this, at, fact);
    }

    private void end(Instant at, Outcome how) {
        ended = tenths(at);
        failed |= how instanceof Outcome.Failed;
        outcome = how;
        boolean kept = takes(memory == 0 ? BEGINNING + OPENING : OPENING);
        used += kept ? OPENING : 0;
        history.ended(this, kept);
    }

    /** Takes so much more of the memory for all; false: there is not so much. */
    private boolean takes(int octets) {
        if (!history.give(octets)) {
            return false;
        }
        for (int given = memory; given >= 0; given = memory) {
            if (MEMORY.compareAndSet(this, given, given + octets)) {
                if (isAmongFailures(given)) {
                    history.countFailure(octets);
                }
                return true;
            }
        }
        history.takeBack(octets, false); // it has just been dropped
        return false;
    }

    private void begin(Instant at) {
        began = tenths(at);
        used = BEGINNING;
        if (history.give(BEGINNING)) {
            memory = BEGINNING;
        } else {
            leftOut++;
        }
        history.began(this);
    }

    /** What is kept of a fact: nothing that holds on to more than a text; null: nothing. */
    private @Nullable DialogFact kept(DialogFact fact) {
        return switch (fact) {
            case DialogFact.Begun begun -> null; // each dialog has one
            case DialogFact.Answered answered -> {
                turns++;
                yield answered;
            }
            case DialogFact.Acknowledged acknowledged -> {
                turns++;
                yield acknowledged;
            }
            case DialogFact.ScriptCalled called -> called(called);
            case DialogFact.ScriptLogged(var level, String place, String text) ->
                    text.length() <= MAX_TEXT
                            ? fact
                            : new DialogFact.ScriptLogged(level, place, cut(text));
            case DialogFact.Noted(String what) ->
                    what.length() <= MAX_TEXT ? fact : new DialogFact.Noted(cut(what));
            case DialogFact.ScriptWarned(String place, String text) ->
                    text.length() <= MAX_TEXT
                            ? fact
                            : new DialogFact.ScriptWarned(place, cut(text));
            case DialogFact.Failed(String exception) -> {
                failed = true;
                yield exception.length() <= MAX_TEXT ? fact : new DialogFact.Failed(cut(exception));
            }
            case DialogFact.ScriptFailed(String place, String text, var stack, var cause) -> {
                failed = true;
                yield new DialogFact.ScriptFailed(
                        place,
                        cut(text),
                        stack.stream().limit(MAX_STACK).map(it -> cut(it)).toList(),
                        null);
            }
            case DialogFact.Broken(Throwable fault) -> fault(fault);
            case DialogFact.LetGo(Throwable fault) -> fault(fault);
            case DialogFact.ScriptKilled killed -> null; // a ScriptFailed has said it
            default -> fact;
        };
    }

    private DialogFact fault(Throwable fault) {
        failed = true;
        return new DialogFact.ScriptWarned("", cut("internal fault: " + fault));
    }

    /** What the call was answered with is asked now or never: it is a view of the script. */
    private DialogFact called(DialogFact.ScriptCalled called) {
        int room = history.settings().maxGivens() - givens;
        Given given = LOST;
        if (room > 0) {
            String text = called.given().get();
            if (text == null) {
                given = NOTHING;
            } else if (text.length() <= room) {
                givens += text.length();
                given = new Given(text, false);
            }
        }
        return new DialogFact.ScriptCalled(called.called(), called.outcome(), called.took(), given);
    }

    private static String cut(String text) {
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…";
    }

    private void keep(Instant at, DialogFact fact) {
        int now = size;
        if (leftOut > 0 || !hasRoom(ENTRY + weight(fact))) {
            leftOut++;
            return;
        }
        DialogFact[] these = facts;
        int[] when = times;
        if (now == these.length) {
            int more = now == 0 ? FIRST_FACTS : 2 * now;
            these = Arrays.copyOf(these, more);
            when = Arrays.copyOf(when, more);
            facts = these;
            times = when;
        }
        these[now] = fact;
        when[now] = Math.clamp(tenths(at) - began, Integer.MIN_VALUE, Integer.MAX_VALUE);
        SIZE.setRelease(this, now + 1);
    }

    private boolean hasRoom(int octets) {
        int after = used + octets;
        int most = history.settings().maxDialogMemory() - (outcome == null ? OPENING : 0);
        if (memory < 0 || after > most) {
            return false;
        }
        int given = memory();
        if (after > given && !takes(Math.min(Math.max(PORTION, after - given), most - given))) {
            return false;
        }
        used = after;
        return true;
    }

    /** About how much memory a fact takes that is kept, in octets; rather more than less. */
    private static int weight(DialogFact fact) {
        return switch (fact) {
            case DialogFact.Shown(var screen, var text, var resumes) ->
                    2 * OBJECT + weight(text.written()) + (resumes == null ? 0 : weight(resumes));
            case DialogFact.Answered answered -> 2 * OBJECT + weight(answered.answer().written());
            case DialogFact.Responded(var text, var resumes) ->
                    2 * OBJECT + weight(text.written()) + (resumes == null ? 0 : weight(resumes));
            case DialogFact.Sending sending ->
                    OBJECT
                            + weight(sending.place())
                            + sending.keys().stream().mapToInt(KeptDialog::weight).sum();
            case DialogFact.ScriptLogged logged ->
                    OBJECT + weight(logged.place()) + weight(logged.text());
            case DialogFact.ScriptWarned warned ->
                    OBJECT + weight(warned.place()) + weight(warned.text());
            case DialogFact.ScriptCalled called -> {
                String given = called.given().get();
                yield 3 * OBJECT + weight(called.called()) + (given == null ? 0 : weight(given));
            }
            case DialogFact.ScriptRecorded(String stream, String event, var fields) ->
                    OBJECT + weight(event) + weight(fields);
            case DialogFact.ScriptFailed(String place, String text, var stack, var cause) ->
                    2 * OBJECT
                            + weight(place)
                            + weight(text)
                            + stack.stream().mapToInt(it -> weight(it)).sum();
            case DialogFact.Failed(String exception) -> OBJECT + weight(exception);
            case DialogFact.Noted(String what) -> OBJECT + weight(what);
            case DialogFact.FarSideAborted(String how) -> OBJECT + weight(how);
            case DialogFact.Undelivered(String why) -> OBJECT + weight(why);
            case DialogFact.FarOpened opened -> // and its transaction id, titles and addresses
                    4 * OBJECT + FAR_STRINGS * STRING + weight(opened.text().written());
            case DialogFact.FarShown shown -> 2 * OBJECT + weight(shown.text().written());
            case DialogFact.FarAnswered(var tid, var screen, var answer, var code) ->
                    2 * OBJECT + (answer == null ? 0 : weight(answer.written()));
            case DialogFact.FarEnded(var tid, var how, var text, var code) ->
                    2 * OBJECT + (text == null ? 0 : weight(text.written()));
            default -> OBJECT;
        };
    }

    private static int weight(String text) {
        return STRING + 2 * text.length();
    }

    private static int weight(Map<String, List<String>> fields) {
        int sum = 0;
        for (var field : fields.entrySet()) {
            sum += 4 * OBJECT + weight(field.getKey());
            for (String value : field.getValue()) {
                sum += weight(value);
            }
        }
        return sum;
    }

    private static long tenths(Instant at) {
        return at.getEpochSecond() * TENTHS + at.getNano() / NANOS_A_TENTH;
    }

    private static Instant instant(long tenths) {
        return Instant.ofEpochSecond(
                Math.floorDiv(tenths, TENTHS),
                Math.floorMod(tenths, TENTHS) * (long) NANOS_A_TENTH);
    }

    // ---- from any thread

    /** It is not kept any more, and gives back what it has of the memory. */
    void drop() {
        int given = (int) MEMORY.getAndSet(this, GONE);
        history.takeBack(octets(given), isAmongFailures(given));
    }

    /** From now on it is one of the failures, with what it has and may still take of the memory. */
    void becomeFailure() {
        int given = (int) MEMORY.getAndBitwiseOr(this, FAILURE); // one that is gone stays so
        history.countFailure(octets(given));
    }

    /** What it has of the memory for all. */
    int memory() {
        return octets(memory);
    }

    /** Whether its memory is counted among that of the failures. */
    boolean isAmongFailures() {
        return isAmongFailures(memory);
    }

    private static boolean isAmongFailures(int given) {
        return given >= 0 && (given & FAILURE) != 0;
    }

    private static int octets(int given) {
        return given < 0 ? 0 : given & ~FAILURE;
    }

    long number() {
        return number;
    }

    /** Which dialog it is, and how it began. */
    public DialogIdentity identity() {
        return identity;
    }

    /** When a service claimed it. */
    public Instant began() {
        return instant(began);
    }

    /** When it ended; null: it runs. */
    public @Nullable Instant ended() {
        return outcome == null ? null : instant(ended);
    }

    /** How it ended; null: it runs. */
    public @Nullable Outcome outcome() {
        return outcome;
    }

    /**
     * How far it has come.
     *
     * @param turns how many screens were answered
     * @param answered when the last of them was; when the dialog began, if none was, or none is
     *     kept
     */
    public record Progress(int turns, Instant answered) {}

    /** How far it has come, both at the same moment. */
    public Progress progress() {
        int published = (int) SIZE.getAcquire(this);
        DialogFact[] these = facts;
        int[] when = times;
        int found = 0;
        int last = 0;
        for (int i = 0; i < published; i++) {
            if (these[i] instanceof DialogFact.Answered
                    || these[i] instanceof DialogFact.Acknowledged) {
                found++;
                last = when[i];
            }
        }
        return new Progress(leftOut > 0 ? turns : found, instant(began + last));
    }

    /** Whether it failed, or its script did. */
    public boolean isFailed() {
        return failed;
    }

    /** What happened in it so far, in order. */
    public History history() {
        int published = (int) SIZE.getAcquire(this);
        DialogFact[] these = facts;
        int[] when = times;
        List<Told> told = new ArrayList<>(published + 1);
        told.add(new Told(began(), new DialogFact.Begun()));
        for (int i = 0; i < published; i++) {
            told.add(new Told(instant(began + when[i]), these[i]));
        }
        Outcome how = outcome;
        boolean hasEnd = told.stream().anyMatch(it -> it.fact() instanceof DialogFact.Finished);
        if (how != null && !hasEnd) {
            told.add(new Told(instant(ended), new DialogFact.Finished(how, false)));
        }
        return new History(this, told, leftOut);
    }

    /** Whether the answer of this call was too long to be kept. */
    static boolean isGivenLost(DialogFact.ScriptCalled called) {
        return called.given() instanceof Given given && given.lost();
    }

    /**
     * What a call was answered with.
     *
     * @param text null: there is nothing to give
     * @param lost whether it was too long to be kept
     */
    private record Given(@Nullable String text, boolean lost)
            implements Supplier<@Nullable String> {
        @Override
        public @Nullable String get() {
            return text;
        }
    }

    /** A fact and its time. */
    record Told(Instant at, DialogFact fact) {}
}
