package io.moondial.logic;

import static java.util.Objects.requireNonNull;

import io.moondial.dialog.DialogFact;
import io.moondial.dialog.DialogFact.Outcome;
import io.moondial.dialog.DialogKind;
import io.moondial.metrics.Counters;
import io.moondial.metrics.Durations;
import io.moondial.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ObjLongConsumer;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Counts and measures what happens in dialogs, for each script of each service. A dialog has a
 * small listener of its own (40 octets), so that no two dialogs share anything but counters.
 *
 * <p>What is counted here stays until the engine stops, even if a reload removes the script: a
 * counter that vanished would make a sum fall. At most {@link #MAX_SCRIPTS} scripts of a service
 * are told apart; the rest count as {@link #OTHER}.
 */
public final class DialogMetrics implements DialogObserver, Counters.Source {
    /** How many scripts of one service have counts of their own. */
    public static final int MAX_SCRIPTS = 10_000;

    /** The script of all that are beyond the limit; no key is such a word. */
    public static final String OTHER = "(other)";

    /** How dialogs can end, in the words of {@link Outcome#word}. */
    public static final List<String> OUTCOMES =
            List.of(
                    "abandoned",
                    "aborted",
                    "acknowledged",
                    "closed",
                    "completed",
                    "declined",
                    "failed",
                    "responded",
                    "unreached");

    /** A time at which nothing has begun. */
    private static final long NOTHING = Long.MIN_VALUE;

    private final Counters counters;
    private final Time time;
    private final Map<DialogKind, ConcurrentHashMap<String, OfScript>> scripts =
            new EnumMap<>(DialogKind.class);
    private volatile List<OfScript> sorted = List.of();
    private final Map<String, Map<String, Durations>> calls = new ConcurrentHashMap<>();

    /**
     * Nothing has happened yet.
     *
     * @param counters takes what happens rarely, and is told of the rest
     */
    DialogMetrics(Counters counters, Time time) {
        this.counters = counters;
        this.time = time;
        for (DialogKind kind : DialogKind.values()) {
            scripts.put(kind, new ConcurrentHashMap<>());
        }
        counters.include(this);
    }

    /** What was counted of one script. */
    public static final class OfScript {
        private final String service;
        private final String script;
        private final LongAdder begun = new LongAdder();
        private final Map<String, LongAdder> finished =
                OUTCOMES.stream()
                        .collect(
                                Collectors.toUnmodifiableMap(
                                        UnaryOperator.identity(), word -> new LongAdder()));
        private final LongAdder errors = new LongAdder();
        private final LongAdder warnings = new LongAdder();
        private final LongAdder kills = new LongAdder();
        private final LongAdder switchedOff = new LongAdder();
        private final LongAdder skipped = new LongAdder();
        private final Durations turns = new Durations();
        private final Durations thinking = new Durations();
        private volatile @Nullable Failure lastFailure;

        /**
         * How a dialog failed.
         *
         * @param text in one line
         */
        public record Failure(Instant at, String text, String instanceId) {}

        private OfScript(String service, String script) {
            this.service = service;
            this.script = script;
        }

        /** The section of the rules: process, notify or push. */
        public String service() {
            return service;
        }

        /** Its key. */
        public String script() {
            return script;
        }

        /** Dialogs that have begun. */
        public long begun() {
            return begun.sum();
        }

        /** Dialogs that have ended so, one of {@link #OUTCOMES}. */
        public long finished(String outcome) {
            LongAdder count = finished.get(outcome);
            return count == null ? 0 : count.sum();
        }

        /** How the last dialog failed that did; null: none has. */
        public @Nullable Failure lastFailure() {
            return lastFailure;
        }

        /** Dialogs that have begun and not ended. */
        public long open() {
            // in this order: one that ends meanwhile must not count as ended only
            long ended = finished.values().stream().mapToLong(LongAdder::sum).sum();
            return Math.max(0, begun.sum() - ended);
        }

        /** Runs that ended with an error. */
        public long errors() {
            return errors.sum();
        }

        /** Warnings to its author. */
        public long warnings() {
            return warnings.sum();
        }

        /** Runs that a limit ended. */
        public long kills() {
            return kills.sum();
        }

        /** Dialogs answered without it, because it was switched off. */
        public long skipped() {
            return skipped.sum();
        }

        /**
         * From the arrival of what begins a dialog, or of an answer, until the next message has
         * been sent.
         */
        public Durations turns() {
            return turns;
        }

        /** From a menu that was sent to the arrival of its answer. */
        public Durations thinking() {
            return thinking;
        }
    }

    /** What was counted of a script, which is made known if it is new. */
    OfScript script(DialogKind kind, String key) {
        ConcurrentHashMap<String, OfScript> ofKind = requireNonNull(scripts.get(kind));
        OfScript found = ofKind.get(key);
        if (found != null) {
            return found;
        }
        String told = ofKind.size() < MAX_SCRIPTS ? key : OTHER;
        return ofKind.computeIfAbsent(told, it -> new OfScript(kind.section(), it));
    }

    /** All that have been known since the start, by script and service. */
    public List<OfScript> scripts() {
        List<OfScript> before = sorted;
        if (before.size() == scripts.values().stream().mapToInt(Map::size).sum()) {
            return before; // none is ever removed
        }
        List<OfScript> now =
                scripts.values().stream()
                        .map(Map::values)
                        .flatMap(Collection::stream)
                        .sorted(
                                Comparator.comparing(OfScript::script)
                                        .thenComparing(OfScript::service))
                        .toList();
        sorted = now;
        return now;
    }

    /** Dialogs of this kind that have begun and not ended. */
    public long open(DialogKind kind) {
        return requireNonNull(scripts.get(kind)).values().stream().mapToLong(OfScript::open).sum();
    }

    /**
     * How long calls to what is outside took: by a module, a dot, and what the rules name; then by
     * outcome.
     */
    public Map<String, Map<String, Durations>> calls() {
        return calls;
    }

    /** Nothing is locked for what has been seen before. */
    private Durations call(String called, String outcome) {
        Map<String, Durations> byOutcome = calls.get(called);
        Durations known = byOutcome == null ? null : byOutcome.get(outcome);
        return known == null
                ? calls.computeIfAbsent(called, it -> new ConcurrentHashMap<>())
                        .computeIfAbsent(outcome, it -> new Durations())
                : known;
    }

    @Override
    public DialogListener begun(DialogIdentity dialog) {
        return new OfDialog(script(dialog.opening().kind(), dialog.script()), time.nanos());
    }

    @Override
    public void tell(ObjLongConsumer<String> each) {
        ofAll(ServiceDesk.BEGUN, OfScript::begun, each);
        for (String outcome : OUTCOMES) {
            ofAll(ServiceDesk.FINISHED + outcome, it -> it.finished(outcome), each);
        }
        ofAll("scripts.errors", OfScript::errors, each);
        ofAll("scripts.warnings", OfScript::warnings, each);
        ofAll("scripts.killed", OfScript::kills, each);
        ofAll("scripts.switched_off", it -> it.switchedOff.sum(), each);
        ofAll("dialogs.switched_off", OfScript::skipped, each);
        calls.forEach(
                (called, byOutcome) ->
                        byOutcome.forEach(
                                (outcome, took) -> {
                                    Durations.Sum sum = took.sum();
                                    each.accept(
                                            ServiceDesk.CALLS + called + '.' + outcome,
                                            sum.count());
                                    each.accept(
                                            ServiceDesk.CALLS + called + ".microseconds",
                                            sum.nanos() / 1_000);
                                }));
    }

    private void ofAll(String name, ToLongFunction<OfScript> count, ObjLongConsumer<String> each) {
        each.accept(name, scripts().stream().mapToLong(count).sum());
    }

    /** What one dialog needs; on its thread, except for what arrives. */
    private final class OfDialog implements DialogListener {
        private final OfScript script;

        /** When what the script answers now arrived. */
        private long turnBegan;

        /** When the menu that waits for its answer was sent. */
        private long shown;

        /** When the far side's last message came. */
        private volatile long arrived;

        OfDialog(OfScript script, long now) {
            this.script = script;
            turnBegan = now;
        }

        @Override
        public void arrived() {
            arrived = time.nanos();
        }

        @Override
        public void told(DialogIdentity dialog, Instant at, DialogFact fact) {
            switch (fact) {
                case DialogFact.Begun _ -> script.begun.increment();
                case DialogFact.Shown _ -> shown = turnEnds();
                case DialogFact.BegunTowards _ -> shown = time.nanos();
                case DialogFact.Answered(var _, boolean late, boolean last) -> {
                    if (!late) {
                        script.thinking.add(arrived - shown);
                        turnBegins(last);
                    }
                }
                case DialogFact.Acknowledged(boolean late, boolean last) -> {
                    if (!late) {
                        turnBegins(last);
                    }
                }
                case DialogFact.Errored(var _, int _, boolean late, boolean last) -> {
                    if (!late) {
                        turnBegins(last);
                    }
                }
                case DialogFact.Responded _ -> turnEnds();
                case DialogFact.Declined _ -> turnEnds();
                case DialogFact.NotifyAcknowledged _ -> turnEnds();
                case DialogFact.Closed _ -> turnEnds();
                case DialogFact.Aborted _ -> turnEnds();
                case DialogFact.Finished(Outcome outcome, boolean _) ->
                        finished(dialog, at, outcome);
                case DialogFact.Undelivered _ -> counters.increment("dialogs.undelivered");
                case DialogFact.Noted _ -> counters.increment("dialogs.notes");
                case DialogFact.ScriptCalled(String called, String outcome, Duration took, var _) ->
                        call(called, outcome).add(took.toNanos());
                case DialogFact.ScriptWarned _ -> script.warnings.increment();
                case DialogFact.ScriptFailed _ -> script.errors.increment();
                case DialogFact.ScriptKilled _ -> script.kills.increment();
                case DialogFact.ScriptSwitchedOff _ -> script.switchedOff.increment();
                case DialogFact.ScriptSkipped _ -> script.skipped.increment();
                case DialogFact.Broken _ -> counters.increment("dialogs.broken");
                default -> {}
            }
        }

        /** {@code last}: the far side has ended the dialog, and gets no message any more. */
        private void turnBegins(boolean last) {
            turnBegan = last ? NOTHING : arrived;
        }

        /** A message has been sent: now. */
        private long turnEnds() {
            long now = time.nanos();
            if (turnBegan != NOTHING) {
                script.turns.add(now - turnBegan);
                turnBegan = NOTHING;
            }
            return now;
        }

        private void finished(DialogIdentity dialog, Instant at, Outcome outcome) {
            if (outcome instanceof Outcome.Failed(String exception)) {
                script.lastFailure = new OfScript.Failure(at, exception, dialog.instanceId());
            }
            LongAdder count = script.finished.get(outcome.word());
            if (count != null) {
                count.increment();
            }
        }
    }
}
