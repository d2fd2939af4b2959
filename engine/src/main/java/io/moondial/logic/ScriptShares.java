package io.moondial.logic;

import static io.moondial.logic.ServiceDesk.STAT;

import io.moondial.logic.ServiceDesk.ScriptStats;
import io.moondial.metrics.Counters;
import io.moondial.metrics.RateLimitedLog;
import io.moondial.script.ScriptSettings;
import io.moondial.text.LogText;
import io.moondial.time.Time;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * What each script may take of what all share: lines of the log, and names of counters, which are
 * kept for good. A script is known by its key, in all its versions and dialogs.
 */
final class ScriptShares {
    /** Counts what scripts count under names beyond their bound. */
    static final String BEYOND_LIMIT = "scripts.stats_beyond_limit";

    private final Counters counters;
    private final Logger log;
    private final Logger dialogs;
    private final Time time;
    private final RateLimitedLog lines;
    private final Set<String> names = ConcurrentHashMap.newKeySet();
    private final Map<String, Share> byScript = new ConcurrentHashMap<>();

    /**
     * By each name that is or was written out in a script in service, what had been counted under
     * it before. Guarded by itself.
     */
    private final Map<String, Long> written = new HashMap<>();

    /**
     * Nothing is used yet.
     *
     * @param log where the lines of scripts go
     * @param dialogs where their errors go
     */
    ScriptShares(Counters counters, Logger log, Logger dialogs, Time time) {
        this.counters = counters;
        this.log = log;
        this.dialogs = dialogs;
        this.time = time;
        this.lines = new RateLimitedLog(log, time);
    }

    /** That of one script. */
    Share of(String script) {
        return byScript.computeIfAbsent(script, Share::new);
    }

    /** That of one script, with the limits that it has now. */
    Share of(String script, ScriptSettings.Shares limits) {
        Share share = of(script);
        share.errors.limit(limits.maxErrorPlaces());
        return share;
    }

    /** What scripts have counted so far. */
    ScriptStats stats() {
        SortedMap<String, Long> byName = new TreeMap<>();
        long composed = 0;
        synchronized (written) {
            for (Map.Entry<String, Long> counter : counters.counted(STAT).entrySet()) {
                String name = counter.getKey().substring(STAT.length());
                long count = counter.getValue();
                Long before = written.get(name);
                if (before != null && count > before) {
                    byName.put(name, count - before);
                }
                composed += before == null ? count : before;
            }
        }
        return new ScriptStats(byName, composed);
    }

    /**
     * These names are written out in the scripts that come into service. A name of scripts before
     * them stays known if something was counted under it: its dialogs may still run, and a count
     * that became a composed one would be counted twice.
     */
    void writtenOut(Set<String> names) {
        synchronized (written) {
            Map<String, Long> counted = counters.counted(STAT);
            written.keySet()
                    .removeIf(name -> !names.contains(name) && !counted.containsKey(STAT + name));
            names.forEach(name -> written.putIfAbsent(name, counted.getOrDefault(STAT + name, 0L)));
        }
    }

    /** From now on each error of a script is a new one; those that were counted are told. */
    void forgetErrors() {
        byScript.values().forEach(share -> share.errors.forget());
    }

    /** What one script takes. */
    final class Share {
        private final String script;
        private final ScriptErrors errors;
        private final Map<Level, String> causes = new EnumMap<>(Level.class);

        /** Guarded by {@link #names}. */
        private int ownNames;

        /** Guarded by {@link #names}. */
        private boolean told;

        private Share(String script) {
            this.script = script;
            this.errors = new ScriptErrors(script, dialogs, time, counters);
            for (Level level : Level.values()) {
                causes.put(
                        level,
                        "lines of "
                                + script
                                + " at level "
                                + level.toString().toLowerCase(Locale.ROOT));
            }
        }

        /** Its errors in the log. */
        ScriptErrors errors() {
            return errors;
        }

        /** Where the lines of scripts go. */
        Logger log() {
            return log;
        }

        /** Whether one more line of a level is written; if not, it is counted. */
        boolean mayLog(Level level, ScriptSettings.Shares limits) {
            if (!log.isEnabledForLevel(level)) {
                return false;
            }
            boolean written =
                    lines.mayWrite(
                            level, Objects.requireNonNull(causes.get(level)), limits.maxLogLines());
            if (!written) {
                counters.increment("scripts.log_lines_left_out");
            }
            return written;
        }

        /** Counts a record that is one too many for its dialog. */
        void edrRefused() {
            counters.increment("scripts.edrs_refused");
        }

        /** Counts one more under a name; under one name for all if there are too many names. */
        void increment(String name, ScriptSettings.Shares limits) {
            boolean counted = names.contains(name) || takes(name, limits);
            counters.increment(counted ? STAT + name : BEYOND_LIMIT);
        }

        private boolean takes(String name, ScriptSettings.Shares limits) {
            synchronized (names) {
                boolean free =
                        ownNames < limits.maxStatNames()
                                && names.size() < limits.maxStatNamesInAll();
                if (free) {
                    ownNames += names.add(name) ? 1 : 0;
                } else if (!told) {
                    told = true;
                    log.warn(
                            "{} counts under too many names: {} of its own (script.max_stat_names {}), {} in"
                                    + " all (script.max_stat_names_in_all {}); '{}' and all other new names are counted as {}",
                            script,
                            ownNames,
                            limits.maxStatNames(),
                            names.size(),
                            limits.maxStatNamesInAll(),
                            LogText.of(name),
                            BEYOND_LIMIT);
                }
                return free;
            }
        }
    }
}
