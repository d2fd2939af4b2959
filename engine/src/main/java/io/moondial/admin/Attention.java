package io.moondial.admin;

import io.moondial.channel.LinkStatus;
import io.moondial.edr.EdrApp.StreamStatus;
import io.moondial.log.EngineLog;
import io.moondial.logic.LuaService.ScriptStatus;
import io.moondial.metrics.Reconciliation;
import io.moondial.push.Pushes;
import io.moondial.script.api.Backend;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something about an engine that somebody should look at.
 *
 * @param what a word for programs, such as {@code link_down}
 * @param since when it began; null if that is not known
 * @param text one sentence: what it is and, if it helps, what to do
 */
public record Attention(String what, @Nullable Instant since, String text) {
    private static final String ACTIVE = "active";
    private static final String DOWN = "down";
    private static final String QUIET_HOURS = "quiet_hours";
    private static final String OWNER = "owner";

    /** A backlog of more than this part of its limit is not what a writer that keeps up leaves. */
    private static final int BACKLOG_SHARE = 10;

    /** All that there is, what hurts most first. */
    static List<Attention> in(EngineStatus status) {
        Finder finder = new Finder();
        finder.phase(status.phase());
        finder.links(status.links());
        finder.dialogs(status);
        status.edr().forEach(finder::stream);
        finder.reload(status.reload());
        finder.triggers(status.scripts());
        status.scripts().forEach(finder::script);
        status.outside().forEach(finder::outside);
        finder.pushes(status.pushes());
        status.reconciliation().forEach(finder::counts);
        finder.log(status.counters().getOrDefault(EngineLog.LOST, 0L));
        return List.copyOf(finder.found);
    }

    private static final class Finder {
        private final List<Attention> found = new ArrayList<>();

        private void add(String what, @Nullable Instant since, String text) {
            found.add(new Attention(what, since, text));
        }

        void phase(EngineStatus.Phase phase) {
            if (phase != EngineStatus.Phase.RUNNING) {
                add(
                        phase.word(),
                        null,
                        "the engine is %s: it takes no new dialogs".formatted(phase.word()));
            }
        }

        /**
         * An association may stand by, its ASP inactive, while another carries the traffic of its
         * application server; one that is down cannot.
         */
        void links(List<LinkStatus> links) {
            if (!links.isEmpty() && links.stream().noneMatch(LinkStatus::isActive)) {
                Instant last =
                        links.stream()
                                .map(LinkStatus::applicationServerSince)
                                .max(Comparator.naturalOrder())
                                .orElse(null);
                add("no_link", last, "no link is up: no dialog can come");
            }
            Map<String, LinkStatus> servers = new LinkedHashMap<>();
            links.forEach(it -> servers.put(it.applicationServer(), it));
            servers.forEach(
                    (name, link) -> {
                        String state = link.applicationServerState();
                        if (!state.equals(ACTIVE)) {
                            add(
                                    "application_server_" + state,
                                    link.applicationServerSince(),
                                    "application server %s is %s: no traffic flows over it"
                                            .formatted(name, state));
                        }
                    });
            for (LinkStatus link : links) {
                if (link.associationState().equals(DOWN) || link.aspState().equals(DOWN)) {
                    add(
                            "link_down",
                            link.since(),
                            "association %s (%s) is %s, its ASP %s"
                                    .formatted(
                                            link.association(),
                                            link.address(),
                                            link.associationState(),
                                            link.aspState()));
                }
            }
        }

        void dialogs(EngineStatus status) {
            if (status.heap().full()) {
                add("heap_full", null, "new dialogs are refused: the heap is full");
            }
            if (status.dialogs().open() >= status.dialogs().max()) {
                add(
                        "too_many_dialogs",
                        null,
                        "new dialogs are refused: %d are open, as many as dialogs.max allows"
                                .formatted(status.dialogs().open()));
            }
        }

        void stream(StreamStatus stream) {
            StreamStatus.Failure failure = stream.failure();
            if (failure != null) {
                add(
                        "edrs_failing",
                        failure.since(),
                        "EDR stream %s: the disk refuses records: %s; %s"
                                .formatted(stream.stream(), failure.why(), waiting(stream)));
            } else if (stream.full() != null || stream.backlog() > stream.limit() / BACKLOG_SHARE) {
                add(
                        "edrs_waiting",
                        null,
                        "EDR stream %s: the disk is too slow; %s"
                                .formatted(stream.stream(), waiting(stream)));
            }
            long lost = stream.dropped() + stream.lost();
            if (lost > 0) {
                add(
                        "edrs_lost",
                        null,
                        "EDR stream %s: %d records have been lost since the start"
                                .formatted(stream.stream(), lost));
            }
        }

        private static String waiting(StreamStatus stream) {
            return "%d of %d wait in memory%s"
                    .formatted(
                            stream.backlog(),
                            stream.limit(),
                            switch (stream.full()) {
                                case null -> "";
                                case REFUSE_DIALOGS ->
                                        ": new dialogs are refused with error 34 (systemFailure)";
                                case DROP_RECORDS -> ": further records are dropped";
                            });
        }

        void reload(EngineStatus.ReloadStatus reload) {
            EngineStatus.ReloadStatus.Refusal refusal = reload.refusal();
            if (refusal != null) {
                add(
                        "reload_refused",
                        refusal.since(),
                        "the rules and scripts on the disk were refused, those in service stay: "
                                + refusal.words());
            }
            if (reload.keptAt() != null) {
                add(
                        "last_good",
                        refusal == null ? null : refusal.since(),
                        "the engine runs on the kept set that came into service at %s, not on the files: fix them"
                                .formatted(reload.keptAt()));
            }
        }

        /** Each trigger names a script. */
        void triggers(List<ScriptStatus> scripts) {
            if (scripts.isEmpty()) {
                add(
                        "no_triggers",
                        null,
                        "the rules in service have no trigger: every code is declined with error 36 (unexpectedDataValue)");
            }
        }

        void script(ScriptStatus script) {
            if (script.switchedOff()) {
                add(
                        "script_switched_off",
                        null,
                        "script %s of %s is switched off for a while: its limits keep ending it"
                                .formatted(script.key(), script.service()));
            }
        }

        void outside(Backend.Gauge gauge) {
            if (gauge.isDown()) {
                add(
                        "outside_down",
                        null,
                        "%s cannot be used by scripts: its %s is %s; the log says why"
                                .formatted(gauge.called(), gauge.name(), gauge.word()));
            }
        }

        /** In quiet hours nothing is amiss: it is what the rules say. */
        void pushes(Pushes.@Nullable Standing standing) {
            if (standing == null) {
                return;
            }
            String held = standing.held();
            if (OWNER.equals(held)) {
                add(
                        "pushes_held",
                        null,
                        "another engine on the same store of kv, %s, has this push.owner: no push begins here, and what is ordered waits in the store; if that engine runs, give each of the two an owner of its own"
                                .formatted(standing.holder()));
            } else if (held != null && !held.equals(QUIET_HOURS)) {
                add(
                        "pushes_held",
                        null,
                        "%d pushes wait, and none begins: %s"
                                .formatted(standing.waiting(), held.replace('_', ' ')));
            }
            if (standing.waiting() >= standing.max()) {
                add(
                        "pushes_full",
                        null,
                        "orders for pushes are refused: %d wait, as many as push.max_queued allows"
                                .formatted(standing.waiting()));
            }
        }

        void log(long lost) {
            if (lost > 0) {
                add(
                        "log_lines_lost",
                        null,
                        "%d lines of the log have been lost since the start: its disk, or who reads the standard error, takes them too slowly or not at all"
                                .formatted(lost));
            }
        }

        void counts(Reconciliation.Standing counts) {
            if (counts.partedSince() != null) {
                add("counts_parted", counts.partedSince(), counts.text());
            }
        }
    }
}
