package io.moondial;

import static java.util.Map.entry;

import io.moondial.admin.EngineStatus.ReloadStatus;
import io.moondial.channel.LinkStatus;
import io.moondial.edr.EdrApp;
import io.moondial.edr.EdrApp.StreamStatus;
import io.moondial.logic.DialogMetrics;
import io.moondial.logic.DialogMetrics.OfScript;
import io.moondial.logic.HeapWatch;
import io.moondial.logic.LuaService.ScriptStatus;
import io.moondial.logic.ServiceDesk;
import io.moondial.logic.ServiceDesk.ScriptStats;
import io.moondial.metrics.Counters;
import io.moondial.metrics.Durations;
import io.moondial.metrics.Exposition;
import io.moondial.metrics.Exposition.Values;
import io.moondial.metrics.ProcessMetrics;
import io.moondial.metrics.Reconciliation;
import io.moondial.metrics.Series;
import io.moondial.push.Pushes;
import io.moondial.script.api.Backend.Gauge;
import io.moondial.script.api.Backends;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What an engine shows to Prometheus and in plots: each family with its name, its labels and where
 * it is read. Values of labels come from the rules, from the scripts' own text, or from a fixed
 * list; never from a subscriber or the network.
 */
final class EngineMetrics {
    /** Edges of the buckets of what the engine does, in seconds. */
    static final List<Double> QUICK =
            List.of(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0);

    /** Edges of the buckets of what people do, in seconds. */
    static final List<Double> SLOW = List.of(1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 80.0);

    /** Counts of names that scripts put together while they run. */
    static final String COMPOSED = "(composed)";

    private static final String SERVICE = "service";
    private static final String SCRIPT = "script";
    private static final String STREAM = "stream";
    private static final String ASSOCIATION = "association";
    private static final String DIRECTION = "direction";
    private static final String OUTCOME = "outcome";
    private static final String STATE = "state";
    private static final String TCAP_MESSAGES = "tcap.messages.";
    private static final String MAP_ERRORS = "map.errors.";
    private static final String RELOADS = "reloads.";
    private static final String PUSHES_ACCEPTED = "push.accepted";
    private static final String PUSH_ATTEMPTS = "push.attempts";
    private static final String PUSHES_ENDED = "push.ended.";
    private static final String PUSH_RETRIES = "push.retries.";
    private static final String PUSHES_REFUSED = "push.refused.";
    private static final List<String> STATES = List.of("down", "inactive", "active", "pending");
    private static final double PART = 0.99;

    /**
     * Counters that other families show better than {@code ussd_events_total}, with these families.
     * A name that ends in a dot stands for all counters that begin so.
     */
    static final Map<String, List<String>> SHOWN_ELSEWHERE =
            Map.ofEntries(
                    entry(ServiceDesk.BEGUN, List.of("ussd_dialogs_begun_total")),
                    entry(ServiceDesk.FINISHED, List.of("ussd_dialogs_total")),
                    entry(ServiceDesk.REFUSED, List.of("ussd_refused_total")),
                    entry(
                            ServiceDesk.CALLS,
                            List.of(
                                    "ussd_http_client_seconds",
                                    "ussd_sql_seconds",
                                    "ussd_kv_seconds",
                                    "ussd_module_seconds")),
                    entry("dialogs.switched_off", List.of("ussd_script_skipped_total")),
                    entry("scripts.errors", List.of("ussd_script_errors_total")),
                    entry("scripts.warnings", List.of("ussd_script_warnings_total")),
                    entry("scripts.killed", List.of("ussd_script_kills_total")),
                    entry(ServiceDesk.STAT, List.of("ussd_script_stat_total")),
                    entry(RELOADS, List.of("ussd_reloads_total")),
                    entry(PUSHES_ACCEPTED, List.of("ussd_pushes_accepted_total")),
                    entry(PUSHES_ENDED, List.of("ussd_pushes_total")),
                    entry(PUSHES_REFUSED, List.of("ussd_pushes_refused_total")),
                    entry(PUSH_ATTEMPTS, List.of("ussd_push_attempts_total")),
                    entry(PUSH_RETRIES, List.of("ussd_push_retries_total")),
                    entry("edr.failures", List.of("ussd_edr_failures_total")),
                    entry("edr.dropped", List.of("ussd_edr_dropped_total")),
                    entry("edr.lost", List.of("ussd_edr_lost_total")),
                    entry(TCAP_MESSAGES, List.of("tcap_messages_total")),
                    entry(MAP_ERRORS, List.of("map_errors_total")));

    private final Exposition exposition = new Exposition();
    private final Parts parts;
    private Durations.Sum turnsBefore = Durations.Sum.none();

    /** What is measured. */
    record Parts(
            Counters counters,
            ServiceDesk desk,
            HeapWatch heap,
            Channels channels,
            EdrApp edrs,
            Backends backends,
            Reloading reloading,
            Reconciliation reconciliation,
            Pushes pushes) {}

    EngineMetrics(Parts parts) {
        this.parts = parts;
        dialogs();
        scripts();
        outside();
        pushes();
        records();
        network();
        engine();
        ProcessMetrics.addTo(exposition);
    }

    /** All of it, for Prometheus. */
    Exposition exposition() {
        return exposition;
    }

    private void dialogs() {
        List<String> labels = List.of(SERVICE, SCRIPT);
        exposition.counter(
                "ussd_dialogs_total",
                "Dialogs that have ended, by how they did",
                List.of(SERVICE, SCRIPT, OUTCOME),
                values -> {
                    // in the order of the labels, so that the library has nothing to sort
                    for (String outcome : DialogMetrics.OUTCOMES) {
                        each(
                                (script, names) ->
                                        values.add(
                                                script.finished(outcome),
                                                script.service(),
                                                script.script(),
                                                outcome));
                    }
                });
        ofScripts("ussd_dialogs_begun_total", "Dialogs that have begun", OfScript::begun);
        exposition.gauge(
                "ussd_dialogs_open",
                "Dialogs that have begun and not ended",
                labels,
                values -> each((script, names) -> values.add(script.open(), names)));
        exposition.gauge(
                "ussd_dialogs_running",
                "Dialogs that count against dialogs.max: those that are open, and scripts that go on after the end",
                List.of(),
                values -> values.add(parts.desk().openDialogs()));
        exposition.gauge(
                "ussd_dialogs_max",
                "How many dialogs may run at once (dialogs.max)",
                List.of(),
                values -> values.add(parts.desk().maxDialogs()));
        exposition.gauge(
                "ussd_dialogs_in_stack",
                "Dialogs that the protocol stack holds",
                List.of(),
                values -> values.add(parts.channels().openDialogs()));
        exposition.histogram(
                "ussd_turn_seconds",
                "From the arrival of what begins a dialog, or of an answer, until the next message has been sent",
                QUICK,
                labels,
                values -> each((script, names) -> values.add(script.turns().sum(), names)));
        exposition.histogram(
                "ussd_think_seconds",
                "From a menu that was sent to the arrival of its answer",
                SLOW,
                labels,
                values -> each((script, names) -> values.add(script.thinking().sum(), names)));
        exposition.counter(
                "ussd_refused_total",
                "Dialogs that were not taken, by the cause",
                List.of("cause"),
                values -> counted(ServiceDesk.REFUSED, values));
    }

    private void scripts() {
        ofScripts(
                "ussd_script_errors_total",
                "Runs of a script that ended with an error, a broken limit included",
                OfScript::errors);
        ofScripts(
                "ussd_script_kills_total", "Runs of a script that a limit ended", OfScript::kills);
        ofScripts(
                "ussd_script_warnings_total",
                "What the author of a script should know of, such as a returned text that nobody gets",
                OfScript::warnings);
        ofScripts(
                "ussd_script_skipped_total",
                "Dialogs that were answered without their script, because it was switched off",
                OfScript::skipped);
        exposition.gauge(
                "ussd_script_switched_off",
                "1 while a script does not run because limits have ended it too often",
                List.of(SERVICE, SCRIPT),
                values ->
                        parts.desk()
                                .scripts()
                                .forEach(
                                        it ->
                                                values.add(
                                                        is(it.switchedOff()),
                                                        it.service(),
                                                        it.key())));
        exposition.info(
                "ussd_script_info",
                "Which version of a script is in service",
                List.of(SERVICE, SCRIPT, "version"),
                values -> {
                    for (ScriptStatus it : parts.desk().scripts()) {
                        values.add(1, it.service(), it.key(), it.version());
                    }
                });
        exposition.counter(
                "ussd_script_stat_total",
                "What scripts count by stat.increment, under the names that are written out in them; names that are composed while they run are counted together as "
                        + COMPOSED,
                List.of("name"),
                this::stats);
    }

    private void stats(Values values) {
        ScriptStats stats = parts.desk().stats();
        stats.byName().forEach((name, count) -> values.add(count, name));
        values.add(stats.composed(), COMPOSED);
    }

    private void outside() {
        calls("http", "upstream", "Calls of upstreams by scripts, until the answer was read");
        calls(
                "sql",
                "database",
                "Calls of databases by scripts, the wait for a connection included");
        calls("kv", "store", "Calls of the store of values by scripts");
        exposition.histogram(
                "ussd_module_seconds",
                "Calls by scripts of what any other module reaches",
                QUICK,
                List.of("module", "target", OUTCOME),
                values ->
                        eachCall(
                                (called, took) -> {
                                    if (!List.of("http", "sql", "kv").contains(called[0])) {
                                        values.add(took, called);
                                    }
                                }));
        exposition.gauge(
                "ussd_outside_up",
                "Whether scripts can use what the rules name: an upstream whose breaker is not open, a database or store that can be reached",
                List.of("module", "target"),
                this::outsideUp);
        gauge(
                "ussd_http_in_flight",
                "Calls of an upstream that are under way",
                "http",
                "in_flight",
                "upstream");
        exposition.gauge(
                "ussd_http_breaker",
                "1 for the state that the breaker of an upstream is in",
                List.of("upstream", STATE),
                values ->
                        gauges(
                                "http",
                                "breaker",
                                (target, gauge) -> {
                                    for (String state : List.of("closed", "half-open", "open")) {
                                        values.add(is(state.equals(gauge.word())), target, state);
                                    }
                                }));
        exposition.gauge(
                "ussd_sql_connections",
                "Connections of a database's pool",
                List.of("database", STATE),
                values -> {
                    for (String state : List.of("active", "idle")) {
                        gauges("sql", state, (to, it) -> values.add(it.value(), to, state));
                    }
                });
        gauge(
                "ussd_sql_waiting",
                "Calls that wait for a connection of the pool",
                "sql",
                "waiting",
                "database");
        gauge(
                "ussd_far_open",
                "Dialogs with other nodes that scripts have open",
                "ussd",
                "open",
                "target");
        gauge("ussd_kv_in_flight", "Calls of a store under way", "kv", "in_flight", "store");
        gauge("ussd_kv_waiting", "Calls that wait for their turn", "kv", "waiting", "store");
        gauge("ussd_kv_keys", "Values in a store in memory", "kv", "keys", "store");
        gauge("ussd_kv_file_bytes", "Size of a store's file", "kv", "file_octets", "store");
        gauge(
                "ussd_kv_connections",
                "Connections to a store on other machines",
                "kv",
                "connections",
                "store");
    }

    private void outsideUp(Values values) {
        Map<String, Boolean> up = new HashMap<>();
        parts.backends()
                .gauges()
                .forEach(it -> up.merge(it.called(), !it.isDown(), Boolean::logicalAnd));
        up.forEach((called, is) -> values.add(is(is), module(called), target(called)));
    }

    private void calls(String module, String target, String help) {
        exposition.histogram(
                "ussd_" + (module.equals("http") ? "http_client" : module) + "_seconds",
                help,
                QUICK,
                List.of(target, OUTCOME),
                values ->
                        eachCall(
                                (called, took) -> {
                                    if (called[0].equals(module)) {
                                        values.add(took, called[1], called[2]);
                                    }
                                }));
    }

    /** With the module, what it has called, and the outcome. */
    private void eachCall(BiConsumer<String[], Durations.Sum> each) {
        parts.desk()
                .metrics()
                .calls()
                .forEach(
                        (called, byOutcome) ->
                                byOutcome.forEach(
                                        (outcome, took) ->
                                                each.accept(
                                                        new String[] {
                                                            module(called), target(called), outcome
                                                        },
                                                        took.sum())));
    }

    private void gauge(String name, String help, String module, String gauge, String label) {
        exposition.gauge(
                name,
                help,
                List.of(label),
                values -> gauges(module, gauge, (target, it) -> values.add(it.value(), target)));
    }

    private void gauges(String module, String name, BiConsumer<String, Gauge> each) {
        for (Gauge gauge : parts.backends().gauges()) {
            if (gauge.name().equals(name) && module(gauge.called()).equals(module)) {
                each.accept(target(gauge.called()), gauge);
            }
        }
    }

    private static String module(String called) {
        int dot = called.indexOf('.');
        return dot < 0 ? called : called.substring(0, dot);
    }

    private static String target(String called) {
        return called.substring(called.indexOf('.') + 1);
    }

    private void pushes() {
        exposition.counter(
                "ussd_pushes_total",
                "Pushes that have ended, by how they did",
                List.of(STATE),
                values -> counted(PUSHES_ENDED, values));
        exposition.counter(
                "ussd_pushes_accepted_total",
                "Orders for pushes that were accepted",
                List.of(),
                values -> values.add(parts.counters().value(PUSHES_ACCEPTED)));
        exposition.counter(
                "ussd_pushes_refused_total",
                "Orders for pushes that were not accepted, by the cause",
                List.of("cause"),
                values -> counted(PUSHES_REFUSED, values));
        exposition.counter(
                "ussd_push_attempts_total",
                "Messages that were to begin the dialog of a push",
                List.of(),
                values -> values.add(parts.counters().value(PUSH_ATTEMPTS)));
        exposition.counter(
                "ussd_push_retries_total",
                "Attempts that failed and were repeated, by the reason",
                List.of("reason"),
                values -> counted(PUSH_RETRIES, values));
        exposition.gauge(
                "ussd_pushes_waiting",
                "Pushes that wait for their turn",
                List.of(),
                values -> values.add(parts.pushes().standing().waiting()));
        exposition.gauge(
                "ussd_pushes_waiting_max",
                "How many pushes may wait (push.max_queued)",
                List.of(),
                values -> values.add(parts.pushes().standing().max()));
        exposition.gauge(
                "ussd_pushes_running",
                "Pushes whose dialog begins or runs",
                List.of(),
                values -> values.add(parts.pushes().standing().running()));
        exposition.gauge(
                "ussd_pushes_held",
                "1 while none of the pushes that wait is begun, quiet hours included, or another engine on the store has this push.owner",
                List.of(),
                values -> values.add(is(parts.pushes().standing().held() != null)));
    }

    private void records() {
        ofStreams(
                "ussd_edr_backlog",
                "EDRs that wait in memory to be written",
                StreamStatus::backlog);
        ofStreams(
                "ussd_edr_backlog_max",
                "How many EDRs may wait in memory (edr.max_backlog)",
                StreamStatus::limit);
        exposition.gauge(
                "ussd_edr_oldest_pending_seconds",
                "How long the oldest EDR that waits in memory has waited; 0: none waits",
                List.of(STREAM),
                values ->
                        parts.edrs()
                                .status()
                                .forEach(
                                        it ->
                                                values.add(
                                                        it.oldestPending().toMillis() / 1e3,
                                                        it.stream())));
        ofStreams(
                "ussd_edr_failing",
                "1 while the disk takes no EDRs of a stream",
                it -> it.failure() == null ? 0 : 1);
        countedOfStreams("ussd_edr_written_total", "EDRs written out", StreamStatus::written);
        countedOfStreams(
                "ussd_edr_dropped_total",
                "EDRs that were never written: refused by a full backlog",
                StreamStatus::dropped);
        countedOfStreams(
                "ussd_edr_lost_total",
                "EDRs that were written, and went with a file that somebody cut or deleted",
                StreamStatus::lost);
        countedOfStreams(
                "ussd_edr_failures_total", "Attempts to write that failed", StreamStatus::failures);
    }

    private void ofStreams(String name, String help, ToLongFunction<StreamStatus> value) {
        exposition.gauge(name, help, List.of(STREAM), streams(value));
    }

    private void countedOfStreams(String name, String help, ToLongFunction<StreamStatus> value) {
        exposition.counter(name, help, List.of(STREAM), streams(value));
    }

    private Consumer<Values> streams(ToLongFunction<StreamStatus> value) {
        return values ->
                parts.edrs().status().forEach(it -> values.add(value.applyAsLong(it), it.stream()));
    }

    private void network() {
        exposition.gauge(
                "m3ua_as_state",
                "1 for the state that an application server is in (RFC 4666 4.3.2)",
                List.of("application_server", STATE),
                values -> {
                    Set<String> told = new HashSet<>();
                    for (LinkStatus link : parts.channels().links()) {
                        if (told.add(link.applicationServer())) {
                            for (String state : STATES) {
                                values.add(
                                        is(state.equals(link.applicationServerState())),
                                        link.applicationServer(),
                                        state);
                            }
                        }
                    }
                });
        exposition.gauge(
                "m3ua_asp_state",
                "1 for the state that the ASP of an association is in, in an application server (RFC 4666 4.3.1)",
                List.of(ASSOCIATION, "application_server", STATE),
                values -> {
                    for (LinkStatus link : parts.channels().links()) {
                        for (String state : STATES.subList(0, 3)) {
                            values.add(
                                    is(state.equals(link.aspState())),
                                    link.association(),
                                    link.applicationServer(),
                                    state);
                        }
                    }
                });
        ofAssociations(
                "m3ua_association_up",
                "Whether an association is connected",
                it -> it.associationState().equals("up") ? 1 : 0);
        ofAssociations(
                "m3ua_association_dialogs",
                "Dialogs that run and were begun over an association",
                it -> it.load().open());
        ofAssociations(
                "m3ua_association_waiting",
                "Messages of an association that no layer has taken yet",
                it -> it.load().waiting());
        exposition.counter(
                "m3ua_begins_refused_total",
                "Begins that the admission of an association has refused",
                List.of(ASSOCIATION),
                associations(it -> it.load().refused()));
        exposition.counter(
                "m3ua_messages_total",
                "User data (DATA) messages of an association",
                List.of(ASSOCIATION, DIRECTION),
                values -> {
                    associations(it -> it.load().received())
                            .accept((value, names) -> values.add(value, names[0], "in"));
                    associations(it -> it.load().sent())
                            .accept((value, names) -> values.add(value, names[0], "out"));
                });
        exposition.counter(
                "tcap_messages_total",
                "TCAP messages, by their type",
                List.of("type", DIRECTION),
                values -> countedInTwo(TCAP_MESSAGES, values));
        exposition.counter(
                "map_errors_total",
                "MAP errors, sent and received, by their code: of process those that the engine sends, of request those that handsets send, of notify both, of sri_sm those of HLRs",
                List.of("operation", "code"),
                values -> countedInTwo(MAP_ERRORS, values));
    }

    private void ofAssociations(String name, String help, ToLongFunction<LinkStatus> value) {
        exposition.gauge(name, help, List.of(ASSOCIATION), associations(value));
    }

    /** Each association once, whatever application servers it serves. */
    private Consumer<Values> associations(ToLongFunction<LinkStatus> value) {
        return values -> {
            Set<String> told = new HashSet<>();
            for (LinkStatus link : parts.channels().links()) {
                if (told.add(link.association())) {
                    values.add(value.applyAsLong(link), link.association());
                }
            }
        };
    }

    private void engine() {
        exposition.info(
                "moondial_build_info",
                "The version of the engine",
                List.of("version", "java"),
                values -> values.add(1, Build.version(), Runtime.version().toString()));
        exposition.counter(
                "ussd_reloads_total",
                "Changes of rules and scripts: done or rejected",
                List.of(OUTCOME),
                values -> {
                    for (String outcome : List.of("done", "rejected")) {
                        String name = RELOADS + outcome;
                        values.add(parts.counters().counted(name).getOrDefault(name, 0L), outcome);
                    }
                });
        exposition.gauge(
                "ussd_reload_refused",
                "1 while the rules and scripts on the disk are not in service because they are broken",
                List.of(),
                values -> values.add(is(parts.reloading().status().refusal() != null)));
        exposition.gauge(
                "ussd_reload_last_timestamp_seconds",
                "When a change of rules or scripts came into service last; 0: none since the start",
                List.of(),
                values -> {
                    ReloadStatus reload = parts.reloading().status();
                    values.add(
                            reload.lastDone() == null ? 0 : reload.lastDone().toEpochMilli() / 1e3);
                });
        exposition.gauge(
                "ussd_settings_waiting_for_restart",
                "Settings that were changed in the rules and wait for a restart",
                List.of(),
                values -> values.add(parts.reloading().status().waiting().size()));
        exposition.gauge(
                "ussd_heap_full",
                "1 while new dialogs are refused because the heap is full (dialogs.max_heap)",
                List.of(),
                values -> values.add(is(!parts.heap().hasRoom())));
        exposition.gauge(
                "ussd_counts_parted",
                "1 while two counts that should agree do not: something was lost or left behind",
                List.of("pair"),
                values ->
                        parts.reconciliation()
                                .standings()
                                .forEach(
                                        it -> values.add(is(it.partedSince() != null), it.name())));
        exposition.counter(
                "ussd_events_total",
                "Everything else that is counted, by its name in status; most of it should not happen",
                List.of("event"),
                values ->
                        parts.counters()
                                .snapshot()
                                .forEach(
                                        (name, count) -> {
                                            if (shownElsewhere(name) == null) {
                                                values.add(count, name);
                                            }
                                        }));
    }

    /** The key of {@link #SHOWN_ELSEWHERE} that a counter falls under; null: none. */
    static @Nullable String shownElsewhere(String counter) {
        if (SHOWN_ELSEWHERE.containsKey(counter)) {
            return counter;
        }
        for (int dot = counter.indexOf('.'); dot >= 0; dot = counter.indexOf('.', dot + 1)) {
            String prefix = counter.substring(0, dot + 1);
            if (SHOWN_ELSEWHERE.containsKey(prefix)) {
                return prefix;
            }
        }
        return null;
    }

    private void ofScripts(String name, String help, ToLongFunction<OfScript> value) {
        exposition.counter(
                name,
                help,
                List.of(SERVICE, SCRIPT),
                values -> each((script, names) -> values.add(value.applyAsLong(script), names)));
    }

    private void each(BiConsumer<OfScript, String[]> each) {
        for (OfScript script : parts.desk().metrics().scripts()) {
            each.accept(script, new String[] {script.service(), script.script()});
        }
    }

    /** The counters that begin so; the rest of the name is the label. */
    private void counted(String prefix, Values values) {
        parts.counters()
                .counted(prefix)
                .forEach(
                        (name, count) -> {
                            if (count > 0) {
                                values.add(count, name.substring(prefix.length()));
                            }
                        });
    }

    /** The same, with a dot between two labels. */
    private void countedInTwo(String prefix, Values values) {
        counted(
                prefix,
                (count, rest) -> {
                    int dot = rest[0].indexOf('.');
                    values.add(count, rest[0].substring(0, dot), rest[0].substring(dot + 1));
                });
    }

    private static double is(boolean so) {
        return so ? 1 : 0;
    }

    // ---- the plots of the console

    /** What the plots are made of. */
    void measure(Series.Sample sample) {
        Counters counters = parts.counters();
        SortedMap<String, Long> counted = counters.snapshot();
        Map<String, String> none = Map.of();
        sample.rate(
                "dialogs_per_second",
                none,
                counted.getOrDefault(ServiceDesk.BEGUN, 0L),
                Duration.ofSeconds(1));
        sample.value("open", none, parts.desk().openDialogs());
        sample.value("turn_p99_ms", none, turns() * 1e3);
        for (String outcome : DialogMetrics.OUTCOMES) {
            long count = counted.getOrDefault(ServiceDesk.FINISHED + outcome, 0L);
            sample.rate(
                    "outcomes_per_second", Map.of(OUTCOME, outcome), count, Duration.ofSeconds(1));
            if (outcome.equals("failed")) {
                sample.rate("failed_per_minute", none, count, Duration.ofMinutes(1));
            }
        }
        messages(sample, "in", it -> it.load().received());
        messages(sample, "out", it -> it.load().sent());
    }

    private void messages(
            Series.Sample sample, String direction, ToLongFunction<LinkStatus> count) {
        associations(count)
                .accept(
                        (value, names) ->
                                sample.rate(
                                        "messages_per_second",
                                        Map.of(ASSOCIATION, names[0], DIRECTION, direction),
                                        (long) value,
                                        Duration.ofSeconds(1)));
    }

    /** The p99 of the turns since the last call; NaN: there were none. */
    private double turns() {
        Durations.Sum now = Durations.Sum.none();
        for (OfScript script : parts.desk().metrics().scripts()) {
            now = now.plus(script.turns().sum());
        }
        double quantile = now.since(turnsBefore).quantile(PART);
        turnsBefore = now;
        return quantile;
    }
}
