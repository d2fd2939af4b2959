package io.moondial.logic;

import io.moondial.metrics.Counters;
import io.moondial.text.LogText;
import io.moondial.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The errors of one script in the log. An error is written in full the first time. Its repetitions
 * at the same place are counted, and a line a minute gives their number with the newest of them, so
 * that an error that each subscriber meets is seen, and hides nothing else.
 *
 * <p>A place is forgotten after an hour without an error, and with a reload: the next error there
 * is a first one again.
 */
final class ScriptErrors {
    static final Duration WINDOW = Duration.ofMinutes(1);
    static final Duration QUIET = Duration.ofHours(1);

    /** So many different errors at one place are written in full: texts may hold anything. */
    static final int TEXTS = 5;

    private static final String ELSEWHERE = "elsewhere";

    private final String script;
    private final Logger log;
    private final Time time;
    private final Counters counters;
    private volatile int maxPlaces = 1;

    /** By what happened and where. Guarded by this. */
    private final Map<String, Place> places = new HashMap<>();

    /**
     * None so far.
     *
     * @param log where the numbers go
     */
    ScriptErrors(String script, Logger log, Time time, Counters counters) {
        this.script = script;
        this.log = log;
        this.time = time;
        this.counters = counters;
    }

    /** From now on errors at more places than this are counted together. */
    void limit(int places) {
        if (maxPlaces != places) {
            maxPlaces = places;
        }
    }

    /**
     * Whether an error is written in full: it has not been there yet. If not, it is counted.
     *
     * @param verb what happened at the place, such as {@code failed}
     * @param place {@code file:line}; empty: before the first line
     * @param text what is told of the error
     */
    boolean isNew(DialogIdentity dialog, String verb, String place, String text) {
        boolean first;
        synchronized (this) {
            first = at(place.isEmpty() ? script : place, verb).isNew(dialog, text);
        }
        if (!first) {
            counters.increment("scripts.errors_summed_up");
        }
        return first;
    }

    private Place at(String where, String verb) {
        String key = verb + ' ' + where;
        Place known = places.get(key);
        if (known == null && places.size() >= maxPlaces) {
            places.values().removeIf(Place::isQuiet);
        }
        if (known != null && known.isQuiet()) {
            places.remove(key);
        }
        return places.size() < maxPlaces || places.containsKey(key)
                ? places.computeIfAbsent(key, _ -> new Place(where, verb))
                : places.computeIfAbsent(
                        verb + ' ' + ELSEWHERE,
                        _ -> new Place("%s, %s".formatted(script, ELSEWHERE), verb));
    }

    /** Gives the numbers that are still to be given, and forgets every place. */
    void forget() {
        List<Place> all;
        synchronized (this) {
            all = new ArrayList<>(places.values());
            places.clear();
        }
        all.forEach(Place::end);
    }

    /** Where errors happen. Guarded by the errors of the script. */
    private final class Place {
        private final String name;
        private final String verb;
        private final Instant since = time.now().truncatedTo(ChronoUnit.SECONDS);
        private final Set<Integer> texts = new HashSet<>();
        private long inAll;
        private long leftOut;
        private long leftOutSince;
        private long newestAt;
        private String newest = "";
        private Time.@Nullable Alarm alarm;

        Place(String name, String verb) {
            this.name = name;
            this.verb = verb;
            this.newestAt = time.nanos();
        }

        boolean isQuiet() {
            return leftOut == 0 && time.nanos() - newestAt > QUIET.toNanos();
        }

        boolean isNew(DialogIdentity dialog, String text) {
            inAll++;
            newestAt = time.nanos();
            if (texts.size() < TEXTS && texts.add(text.hashCode())) {
                return true;
            }
            newest = dialog + " " + LogText.of(text);
            if (leftOut++ == 0) {
                leftOutSince = newestAt;
                alarm = time.after(WINDOW, this::sumUp);
            }
            return false;
        }

        /** Nothing is told of it any more but what it has counted. */
        void end() {
            Time.Alarm set;
            synchronized (ScriptErrors.this) {
                set = alarm;
            }
            if (set != null) {
                set.cancel();
            }
            sumUp();
        }

        void sumUp() {
            long more;
            long total;
            long began;
            String last;
            synchronized (ScriptErrors.this) {
                more = leftOut;
                total = inAll;
                began = leftOutSince;
                last = newest;
                leftOut = 0;
                alarm = null;
            }
            if (more > 0) {
                log.atWarn()
                        .addKeyValue("script", script)
                        .addKeyValue("place", name)
                        .log(
                                "{} {} {} in the last {} s, {} times since {}; the newest: {}",
                                name,
                                verb,
                                more == 1 ? "once" : more + " times",
                                Math.max(
                                        1,
                                        Duration.ofNanos(time.nanos() - began)
                                                .plusMillis(500)
                                                .toSeconds()),
                                total,
                                since,
                                last);
            }
        }
    }
}
