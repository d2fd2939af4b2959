package io.moondial.control;

import io.moondial.channel.LinkStatus;
import io.moondial.edr.StreamStatus;
import io.moondial.logic.LuaService.ScriptStatus;
import io.moondial.logic.ServiceDesk;
import io.moondial.metrics.Reconciliation;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/** A status as the JSON object that {@code ussd status --json} prints. */
final class StatusJson {
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
        ObjectNode object = root.withArray("attention").addObject().put("what", attention.what());
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
