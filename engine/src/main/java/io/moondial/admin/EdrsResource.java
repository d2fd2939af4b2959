package io.moondial.admin;

import io.moondial.edr.EdrApp.StreamStatus;
import io.moondial.edr.EdrSearch;
import io.moondial.edr.EdrSearch.Found;
import io.moondial.edr.EdrSearch.Query;
import io.moondial.edr.EdrSearch.Volume;
import io.moondial.metrics.Counters;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/edrs}: the records on the disk, and how the writing of each stream goes. */
public final class EdrsResource implements Resource {
    private static final int MOST = 1_000;
    private static final int USUAL = 100;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final EdrSearch search;
    private final Supplier<List<StreamStatus>> streams;
    private final EdrSearch.Limits limits;
    private final Counters counters;
    private final Semaphore room;

    /**
     * The records of an engine.
     *
     * @param streams the status of each stream that has had a record
     * @param counters takes {@code admin.edr_searches}, those of them that ended at a limit as
     *     {@code admin.edr_searches.incomplete}, and {@code admin.refused.edr_searches}
     */
    public EdrsResource(
            EdrSearch search,
            EdrSearch.Limits limits,
            Supplier<List<StreamStatus>> streams,
            Counters counters) {
        this.search = search;
        this.limits = limits;
        this.streams = streams;
        this.counters = counters;
        room = new Semaphore(limits.atOnce());
    }

    @Override
    public void declare(Routes routes) {
        routes.get("/v1/edrs", Role.VIEWER, this::search);
        routes.get("/v1/edrs/streams", Role.VIEWER, this::streams);
    }

    private Answer search(Call call) throws Refusal {
        call.allow("stream", "msisdn", "instance_id", "event", "from", "to", "limit");
        String msisdn = call.number("msisdn");
        Query query =
                new Query(
                        call.query("stream"),
                        msisdn,
                        call.query("instance_id"),
                        call.query("event"),
                        time(call, "from"),
                        time(call, "to"),
                        call.query("limit", USUAL, 1, MOST));
        Found found = alone(() -> search.search(query, call::mayGoOn));
        counters.increment("admin.edr_searches");
        if (!found.complete()) {
            counters.increment("admin.edr_searches.incomplete");
        }
        ObjectNode answer = JSON.objectNode();
        ArrayNode records = answer.putArray("records");
        found.hits()
                .forEach(
                        it ->
                                records.add(
                                        DialogsResource.record(
                                                it.stream(), it.edr(), call.caller())));
        return Answer.json(answer.put("complete", found.complete()).put("files", found.files()));
    }

    private <T> T alone(Supplier<T> use) throws Refusal {
        if (!room.tryAcquire()) {
            counters.increment("admin.refused.edr_searches");
            throw Refusal.tooMany(
                    "%d searches run already, as many as the rules allow (admin: edr_search: at_once); try again when one has ended"
                            .formatted(limits.atOnce()));
        }
        try {
            return use.get();
        } finally {
            room.release();
        }
    }

    private static @Nullable Instant time(Call call, String name) throws Refusal {
        String text = call.query(name);
        if (text == null) {
            return null;
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw Refusal.badRequest(
                    "%s is '%s'; allowed is a time with its offset, such as 2026-01-05T08:00:00Z (in an address, a + is written as %%2B)"
                            .formatted(name, text));
        }
    }

    private Answer streams(Call call) throws Refusal {
        call.allow();
        Map<String, StreamStatus> writing = new HashMap<>();
        Map<String, Volume> volumes =
                alone(
                        () -> {
                            streams.get().forEach(it -> writing.put(it.stream(), it));
                            return search.volumes();
                        });
        TreeSet<String> names = new TreeSet<>(volumes.keySet());
        names.addAll(writing.keySet());
        ObjectNode answer = JSON.objectNode();
        ArrayNode all = answer.putArray("streams");
        for (String name : names) {
            all.add(stream(name, writing.get(name), volumes.getOrDefault(name, new Volume(0, 0))));
        }
        return Answer.json(answer);
    }

    /** One that was not written to since the start has only what is on the disk. */
    private static ObjectNode stream(String name, @Nullable StreamStatus status, Volume volume) {
        ObjectNode json = JSON.objectNode();
        json.put("stream", name);
        json.put("backlog", status == null ? 0 : status.backlog());
        if (status != null && status.backlog() > 0) {
            json.put("oldest_pending_ms", status.oldestPending().toMillis());
        } else {
            json.putNull("oldest_pending_ms");
        }
        json.put("written", status == null ? 0 : status.written());
        json.put("dropped", status == null ? 0 : status.dropped());
        json.put("lost", status == null ? 0 : status.lost());
        json.put("failures", status == null ? 0 : status.failures());
        if (status != null && status.failure() != null) {
            json.put("failing_since", status.failure().since().toString());
            json.put("failure", status.failure().why());
        }
        json.put("files", volume.files());
        return json.put("octets", volume.octets());
    }
}
