package io.moondial.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.channel.LinkStatus;
import io.moondial.edr.EdrApp.StreamStatus;
import io.moondial.edr.EdrSettings.WhenFull;
import io.moondial.log.EngineLog;
import io.moondial.logic.LuaService.ScriptStatus;
import io.moondial.metrics.Reconciliation;
import io.moondial.push.Pushes;
import io.moondial.script.api.Backend;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What an operator is to look at, by what an engine says of itself. */
class AttentionTest {
    private static final Instant THEN = Instant.parse("2026-01-05T08:00:00Z");
    private static final EngineStatus.Heap HEAP = new EngineStatus.Heap(1, 2, false);
    private static final EngineStatus.Dialogs DIALOGS = new EngineStatus.Dialogs(0, 10, 0);

    private EngineStatus.Phase phase = EngineStatus.Phase.RUNNING;
    private List<LinkStatus> links = List.of();
    private EngineStatus.Dialogs dialogs = DIALOGS;
    private List<ScriptStatus> scripts = List.of(new ScriptStatus("process", "main", "1", false));
    private List<StreamStatus> edr = List.of();
    private List<Backend.Gauge> outside = List.of();
    private Pushes.@Nullable Standing pushes;
    private EngineStatus.Heap heap = HEAP;
    private EngineStatus.ReloadStatus reload = EngineStatus.ReloadStatus.NONE;
    private List<Reconciliation.Standing> counts = List.of();

    private final SortedMap<String, Long> counters = new TreeMap<>();

    private List<Attention> found() {
        return new EngineStatus(
                        "1",
                        2,
                        Path.of("rules.yaml"),
                        THEN,
                        Duration.ZERO,
                        phase,
                        "sigtran",
                        links,
                        dialogs,
                        scripts,
                        edr,
                        outside,
                        pushes,
                        heap,
                        reload,
                        counts,
                        counters)
                .attention();
    }

    private static LinkStatus link(
            String name, String server, String serverState, String association, String asp) {
        return new LinkStatus(
                server,
                serverState,
                THEN,
                name,
                "tcp h:1",
                association,
                asp,
                THEN.plusSeconds(1),
                LinkStatus.Load.NONE,
                null);
    }

    private static StreamStatus stream(int backlog, long lost, StreamStatus.@Nullable Failure why) {
        return new StreamStatus(
                "ussd", 5, backlog, 100, Duration.ZERO, 5, lost, 0, 0, null, null, why);
    }

    @Test
    void lost_lines_of_the_log_need_attention() {
        counters.put(EngineLog.LOST, 0L);
        assertThat(found()).isEmpty();
        counters.put(EngineLog.LOST, 7L);
        assertThat(found())
                .singleElement()
                .satisfies(
                        it -> {
                            assertThat(it.what()).isEqualTo("log_lines_lost");
                            assertThat(it.text()).startsWith("7 lines of the log have been lost");
                        });
    }

    @Test
    void an_engine_that_starts_or_stops_takes_no_dialogs() {
        phase = EngineStatus.Phase.STARTING;
        assertThat(found())
                .containsExactly(
                        new Attention(
                                "starting",
                                null,
                                "the engine is starting: it takes no new dialogs"));
        phase = EngineStatus.Phase.STOPPING;
        assertThat(found()).extracting(Attention::what).containsExactly("stopping");
    }

    @Test
    void where_all_is_well_there_is_none() {
        links = List.of(link("a1", "stp", "active", "up", "active"));
        edr = List.of(stream(10, 0, null));
        scripts = List.of(new ScriptStatus("process", "main", "1", false));
        counts = List.of(new Reconciliation.Standing("dialogs", "dialogs agree", 0, null));
        assertThat(found()).isEmpty();
    }

    @Test
    void a_link_that_is_down_is_named() {
        links =
                List.of(
                        link("a1", "stp", "active", "up", "active"),
                        link("a2", "stp", "active", "down", "down"));
        assertThat(found())
                .containsExactly(
                        new Attention(
                                "link_down",
                                THEN.plusSeconds(1),
                                "association a2 (tcp h:1) is down, its ASP down"));
    }

    @Test
    void a_link_that_stands_by_is_in_order() {
        links =
                List.of(
                        link("a1", "stp", "active", "up", "active"),
                        link("a2", "stp", "active", "up", "inactive"));
        assertThat(found()).isEmpty();
    }

    @Test
    void links_that_are_all_down_stop_everything_and_that_is_said_first() {
        links =
                List.of(
                        link("a1", "stp", "down", "down", "down"),
                        link("a2", "stp", "down", "up", "inactive"));
        assertThat(found())
                .extracting(Attention::what)
                .containsExactly("no_link", "application_server_down", "link_down");
        assertThat(found()).first().extracting(Attention::since).isEqualTo(THEN);
    }

    @Test
    void one_application_server_of_two_that_carries_nothing_is_named() {
        links =
                List.of(
                        link("a1", "one", "active", "up", "active"),
                        link("a2", "two", "inactive", "up", "inactive"));
        assertThat(found())
                .extracting(Attention::text)
                .containsExactly("application server two is inactive: no traffic flows over it");
    }

    @Test
    void a_disk_that_refuses_records_is_told_with_its_time() {
        edr = List.of(stream(7, 0, new StreamStatus.Failure(THEN, "the disk is full")));
        assertThat(found())
                .containsExactly(
                        new Attention(
                                "edrs_failing",
                                THEN,
                                "EDR stream ussd: the disk refuses records: the disk is full; 7 of 100 wait in memory"));
    }

    @Test
    void a_backlog_that_is_full_is_told_with_what_comes_of_it() {
        StreamStatus.Failure failure = new StreamStatus.Failure(THEN, "the disk is full");
        edr = List.of(full(WhenFull.REFUSE_DIALOGS, failure));
        assertThat(found())
                .extracting(Attention::text)
                .containsExactly(
                        "EDR stream ussd: the disk refuses records: the disk is full; 20 of 20 wait in memory: new dialogs are refused with error 34 (systemFailure)");
        edr = List.of(full(WhenFull.DROP_RECORDS, null));
        assertThat(found())
                .extracting(Attention::text)
                .containsExactly(
                        "EDR stream ussd: the disk is too slow; 20 of 20 wait in memory: further records are dropped");
    }

    private static StreamStatus full(WhenFull then, StreamStatus.@Nullable Failure why) {
        return new StreamStatus("ussd", 20, 20, 20, Duration.ZERO, 0, 0, 0, 0, null, then, why);
    }

    @Test
    void rules_without_a_trigger_are_told() {
        scripts = List.of();
        assertThat(found())
                .containsExactly(
                        new Attention(
                                "no_triggers",
                                null,
                                "the rules in service have no trigger: every code is declined with error 36 (unexpectedDataValue)"));
    }

    @Test
    void records_that_wait_and_records_that_are_lost_are_told() {
        edr = List.of(stream(11, 3, null));
        assertThat(found())
                .extracting(Attention::what)
                .containsExactly("edrs_waiting", "edrs_lost");
    }

    @Test
    void a_refused_reload_is_told_with_its_time_and_its_first_problem() {
        reload =
                new EngineStatus.ReloadStatus(
                        null,
                        new EngineStatus.ReloadStatus.Refusal(
                                THEN, 3, List.of("a.lua:1:2: bad", "b.lua: long")),
                        null,
                        List.of());
        assertThat(found())
                .containsExactly(
                        new Attention(
                                "reload_refused",
                                THEN,
                                "the rules and scripts on the disk were refused, those in service stay: a.lua:1:2: bad; b.lua: long; and 1 more: ussd check"));
    }

    @Test
    void an_engine_on_the_set_that_was_kept_says_so_since_its_start() {
        Instant start = THEN.plusSeconds(600);
        reload =
                new EngineStatus.ReloadStatus(
                        null,
                        new EngineStatus.ReloadStatus.Refusal(start, 1, List.of("a.lua:1:2: bad")),
                        THEN,
                        List.of());
        assertThat(found())
                .containsExactly(
                        new Attention(
                                "reload_refused",
                                start,
                                "the rules and scripts on the disk were refused, those in service stay: a.lua:1:2: bad"),
                        new Attention(
                                "last_good",
                                start,
                                "the engine runs on the kept set that came into service at 2026-01-05T08:00:00Z, not on the files: fix them"));
    }

    @Test
    void what_waits_for_a_restart_only_needs_none() {
        reload = new EngineStatus.ReloadStatus(THEN, null, null, List.of("dialogs.max 1 -> 2"));
        assertThat(found()).isEmpty();
    }

    @Test
    void a_script_that_is_switched_off_and_counts_that_have_parted_are_told() {
        scripts = List.of(new ScriptStatus("process", "main", "1", true));
        counts = List.of(new Reconciliation.Standing("dialogs", "7 too many", 7, THEN));
        assertThat(found())
                .extracting(Attention::what)
                .containsExactly("script_switched_off", "counts_parted");
    }

    @Test
    void what_scripts_cannot_reach_is_named() {
        outside =
                List.of(
                        new Backend.Gauge("http.billing", "breaker", 2, "open", true),
                        new Backend.Gauge("http.billing", "in_flight", 0, null),
                        new Backend.Gauge("sql.crm", "state", 1, "reachable"));
        assertThat(found())
                .containsExactly(
                        new Attention(
                                "outside_down",
                                null,
                                "http.billing cannot be used by scripts: its breaker is open; the log says why"));
    }

    @Test
    void an_engine_that_takes_no_more_dialogs_says_why() {
        heap = new EngineStatus.Heap(2, 2, true);
        dialogs = new EngineStatus.Dialogs(10, 10, 10);
        assertThat(found())
                .extracting(Attention::what)
                .containsExactly("heap_full", "too_many_dialogs");
    }

    @Test
    void pushes_that_are_held_need_attention_but_not_in_quiet_hours() {
        pushes = new Pushes.Standing(3, 0, 10, "quiet_hours", null);
        assertThat(found()).isEmpty();
        pushes = new Pushes.Standing(3, 0, 10, "overload", null);
        assertThat(found())
                .containsExactly(
                        new Attention(
                                "pushes_held", null, "3 pushes wait, and none begins: overload"));
    }

    @Test
    void an_owner_of_pushes_that_another_engine_has_needs_attention_even_if_none_waits_here() {
        pushes = new Pushes.Standing(0, 0, 10, "owner", "process 4711 on a");
        assertThat(found())
                .singleElement()
                .satisfies(it -> assertThat(it.what()).isEqualTo("pushes_held"))
                .satisfies(
                        it ->
                                assertThat(it.text())
                                        .startsWith(
                                                "another engine on the same store of kv, process 4711 on a, has this push.owner"));
    }

    @Test
    void a_full_queue_of_pushes_needs_attention() {
        pushes = new Pushes.Standing(9, 1, 10, null, null);
        assertThat(found()).isEmpty();
        pushes = new Pushes.Standing(10, 1, 10, null, null);
        assertThat(found())
                .containsExactly(
                        new Attention(
                                "pushes_full",
                                null,
                                "orders for pushes are refused: 10 wait, as many as push.max_queued allows"));
    }
}
