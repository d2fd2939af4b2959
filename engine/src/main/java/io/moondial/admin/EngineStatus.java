package io.moondial.admin;

import io.moondial.channel.LinkStatus;
import io.moondial.edr.EdrApp.StreamStatus;
import io.moondial.logic.LuaService.ScriptStatus;
import io.moondial.logic.ServiceDesk;
import io.moondial.metrics.Reconciliation;
import io.moondial.problem.Problem;
import io.moondial.push.Pushes;
import io.moondial.script.api.Backend;
import io.moondial.text.LogText;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The status of an engine at a moment.
 *
 * @param version of the engine
 * @param pid of its process
 * @param rules the file that it runs under
 * @param phase whether it takes dialogs
 * @param network the kind, as the rules name it
 * @param outside how that stands which scripts reach through modules
 * @param pushes how pushes stand; null: there are none
 * @param reload what happened to changes of the rules and scripts
 * @param reconciliation the counts that should agree
 * @param counters everything counted since the start, by name
 */
public record EngineStatus(
        String version,
        long pid,
        Path rules,
        Instant started,
        Duration uptime,
        Phase phase,
        String network,
        List<LinkStatus> links,
        Dialogs dialogs,
        List<ScriptStatus> scripts,
        List<StreamStatus> edr,
        List<Backend.Gauge> outside,
        Pushes.@Nullable Standing pushes,
        Heap heap,
        ReloadStatus reload,
        List<Reconciliation.Standing> reconciliation,
        SortedMap<String, Long> counters) {

    /** The object that {@code ussd status --json} prints. */
    public ObjectNode toJson(JsonMapper json) {
        return StatusJson.of(json, this);
    }

    /** What somebody should look at; empty if all is well. */
    public List<Attention> attention() {
        return Attention.in(this);
    }

    /** Where an engine is between its start and its end. It takes new dialogs only in between. */
    public enum Phase {
        STARTING,
        RUNNING,
        STOPPING;

        /** As programs read it, such as {@code running}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The dialogs that run.
     *
     * @param open those with a script
     * @param max how many there may be
     * @param stack those that the protocol stack holds
     */
    public record Dialogs(int open, int max, int stack) {}

    /**
     * Octets of memory: in use, garbage included, and the most there can be.
     *
     * @param full whether new dialogs are refused because of it
     */
    public record Heap(long used, long max, boolean full) {}

    /**
     * What happened to changes of the rules and scripts.
     *
     * @param lastDone when one came into service last; null: none has since the start
     * @param lastBy who asked for that one; empty: nobody, the files had changed; a signal is named
     *     as a user is
     * @param refusal null: what is on the disk is in service
     * @param keptAt when what is in service first came into service, if the engine started on a
     *     kept set; null: it was read from the files
     * @param waiting what has changed and waits for a restart, each in words
     */
    public record ReloadStatus(
            @Nullable Instant lastDone,
            List<String> lastBy,
            @Nullable Refusal refusal,
            @Nullable Instant keptAt,
            List<String> waiting) {
        /** Nothing has changed, or nobody looks. */
        public static final ReloadStatus NONE = new ReloadStatus(null, null, null, List.of());

        public ReloadStatus {
            lastBy = List.copyOf(lastBy);
            waiting = List.copyOf(waiting);
        }

        /** One that nobody asked for. */
        public ReloadStatus(
                @Nullable Instant lastDone,
                @Nullable Refusal refusal,
                @Nullable Instant keptAt,
                List<String> waiting) {
            this(lastDone, List.of(), refusal, keptAt, waiting);
        }

        /**
         * What is on the disk, and is not taken.
         *
         * @param since from when on the disk has had something else than what is in service: the
         *     start, or the first refusal after that which was taken last
         * @param problems how many there are
         * @param first the first few of them, each with its place
         */
        public record Refusal(Instant since, int problems, List<String> first) {
            private static final int FEW = 3;

            public Refusal {
                first = List.copyOf(first);
            }

            /** Because of these problems; warnings among them keep nothing from being taken. */
            public static Refusal of(Instant since, List<Problem> problems) {
                List<Problem> errors = problems.stream().filter(it -> !it.isWarning()).toList();
                // a file may be called anything
                return new Refusal(
                        since,
                        errors.size(),
                        errors.stream().limit(FEW).map(it -> LogText.of(it.toString())).toList());
            }

            /** The first few, and how many more there are. */
            public String words() {
                int more = problems - first.size();
                return String.join("; ", first)
                        + (more == 0 ? "" : "; and %d more: ussd check".formatted(more));
            }
        }
    }

    /** A status as the JSON object that {@code ussd status --json} prints. */
    private static final class StatusJson {
        private final ObjectNode root;

        private StatusJson(JsonMapper json) {
            root = json.createObjectNode();
        }

        static ObjectNode of(JsonMapper json, EngineStatus status) {
            StatusJson it = new StatusJson(json);
            it.engine(status);
            status.links().forEach(it::link);
            it.dialogs(status);
            status.scripts().forEach(it::script);
            status.edr().forEach(it::stream);
            it.outside(status);
            it.pushes(status);
            it.root
                    .putObject("heap")
                    .put("used", status.heap().used())
                    .put("max", status.heap().max())
                    .put("full", status.heap().full());
            it.reload(status.reload());
            it.root.putArray("reconciliation");
            status.reconciliation().forEach(it::counts);
            it.root.putArray("attention");
            status.attention().forEach(it::attention);
            ObjectNode counters = it.root.putObject("counters");
            status.counters().forEach(counters::put);
            return it.root;
        }

        private void engine(EngineStatus status) {
            root.put("version", status.version());
            root.put("pid", status.pid());
            root.put("rules", status.rules().toString());
            putTime(root, "started", status.started());
            root.put("uptime_ms", status.uptime().toMillis());
            root.put("phase", status.phase().word());
            root.put("network", status.network());
            root.putArray("links");
        }

        private void link(LinkStatus link) {
            root.withArray("links")
                    .addObject()
                    .put("application_server", link.applicationServer())
                    .put("application_server_state", link.applicationServerState())
                    .put("application_server_since", word(link.applicationServerSince()))
                    .put("association", link.association())
                    .put("address", link.address())
                    .put("association_state", link.associationState())
                    .put("asp_state", link.aspState())
                    .put("since", word(link.since()))
                    .put("dialogs", link.load().open())
                    .put("waiting", link.load().waiting())
                    .put("begins_refused", link.load().refused());
        }

        private void dialogs(EngineStatus status) {
            ObjectNode dialogs = root.putObject("dialogs");
            dialogs.put("open", status.dialogs().open());
            dialogs.put("max", status.dialogs().max());
            dialogs.put("stack", status.dialogs().stack());
            dialogs.put("begun", status.counters().getOrDefault(ServiceDesk.BEGUN, 0L));
            counts(dialogs.putObject("finished"), ServiceDesk.FINISHED, status.counters());
            counts(dialogs.putObject("refused"), ServiceDesk.REFUSED, status.counters());
            root.putArray("scripts");
            root.putArray("edr");
        }

        /** By what the rules name: gauges, and the calls of scripts with their outcomes. */
        private void outside(EngineStatus status) {
            ObjectNode outside = root.putObject("outside");
            for (Backend.Gauge gauge : status.outside()) {
                ObjectNode one = outside.withObjectProperty(gauge.called());
                if (gauge.word() == null) {
                    one.put(gauge.name(), gauge.value());
                } else {
                    one.put(gauge.name(), gauge.word());
                }
            }
            status.counters()
                    .forEach(
                            (name, count) -> {
                                int end = name.lastIndexOf('.');
                                if (name.startsWith(ServiceDesk.CALLS)
                                        && end > ServiceDesk.CALLS.length()) {
                                    outside.withObjectProperty(
                                                    name.substring(ServiceDesk.CALLS.length(), end))
                                            .withObjectProperty("calls")
                                            .put(name.substring(end + 1), count);
                                }
                            });
        }

        private void pushes(EngineStatus status) {
            Pushes.Standing standing = status.pushes();
            if (standing == null) {
                return;
            }
            ObjectNode pushes =
                    root.putObject("pushes")
                            .put("waiting", standing.waiting())
                            .put("running", standing.running())
                            .put("max", standing.max())
                            .put("held", standing.held())
                            .put("holder", standing.holder())
                            .put("accepted", status.counters().getOrDefault("push.accepted", 0L))
                            .put("attempts", status.counters().getOrDefault("push.attempts", 0L));
            counts(pushes.putObject("ended"), "push.ended.", status.counters());
            counts(pushes.putObject("refused"), "push.refused.", status.counters());
        }

        private static void counts(ObjectNode into, String prefix, Map<String, Long> counters) {
            counters.forEach(
                    (name, count) -> {
                        if (name.startsWith(prefix)) {
                            into.put(name.substring(prefix.length()), count);
                        }
                    });
        }

        private void reload(EngineStatus.ReloadStatus reload) {
            ObjectNode object = root.putObject("reload");
            putTime(object, "last_done", reload.lastDone());
            var by = object.putArray("last_by");
            reload.lastBy().forEach(by::add);
            putTime(object, "kept_at", reload.keptAt());
            EngineStatus.ReloadStatus.Refusal refusal = reload.refusal();
            if (refusal != null) {
                ObjectNode refused = object.putObject("refused");
                putTime(refused, "since", refusal.since());
                refused.put("problems", refusal.problems());
                var first = refused.putArray("first");
                refusal.first().forEach(first::add);
            }
            var waiting = object.putArray("waiting");
            reload.waiting().forEach(waiting::add);
        }

        private void counts(Reconciliation.Standing counts) {
            ObjectNode object =
                    root.withArray("reconciliation")
                            .addObject()
                            .put("name", counts.name())
                            .put("surplus", counts.surplus())
                            .put("text", counts.text());
            putTime(object, "parted_since", counts.partedSince());
        }

        private void attention(Attention attention) {
            ObjectNode object =
                    root.withArray("attention").addObject().put("what", attention.what());
            putTime(object, "since", attention.since());
            object.put("text", attention.text());
        }

        /** In seconds: nobody looks for less here, and nine digits hide what matters. */
        private static String word(Instant time) {
            return time.truncatedTo(ChronoUnit.SECONDS).toString();
        }

        private static void putTime(ObjectNode object, String key, @Nullable Instant time) {
            if (time != null) {
                object.put(key, word(time));
            }
        }

        private void script(ScriptStatus script) {
            root.withArray("scripts")
                    .addObject()
                    .put("service", script.service())
                    .put("key", script.key())
                    .put("version", script.version())
                    .put("state", script.switchedOff() ? "switched_off" : "on");
        }

        private void stream(StreamStatus stream) {
            ObjectNode object =
                    root.withArray("edr")
                            .addObject()
                            .put("stream", stream.stream())
                            .put("backlog", stream.backlog())
                            .put("limit", stream.limit())
                            .put("written", stream.written())
                            .put("handed_over", stream.handedOver())
                            .put("dropped", stream.dropped())
                            .put("lost", stream.lost())
                            .put("failures", stream.failures());
            if (stream.file() != null) {
                object.put("file", stream.file().toString());
            }
            StreamStatus.Failure failure = stream.failure();
            if (failure != null) {
                object.putObject("failing")
                        .put("since", word(failure.since()))
                        .put("why", failure.why());
            }
        }
    }
}
