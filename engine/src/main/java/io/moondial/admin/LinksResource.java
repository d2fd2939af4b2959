package io.moondial.admin;

import io.moondial.channel.LinkStatus;
import io.moondial.time.Time;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/links}: application servers, their associations, and the points that they lead to. */
public final class LinksResource implements Resource {
    /** A rate is of a time at least as long, or it says nothing ... */
    private static final long SHORTEST_MILLIS = 1_000;

    /** ... and at most as long: a mean of hours is not what flows now. */
    private static final long LONGEST_MILLIS = 60_000;

    private static final long NANOS_IN_MILLI = 1_000_000;
    private static final double MILLIS = 1_000;

    private final Time time;
    private final Network network;
    private final Map<String, Meter> meters = new HashMap<>();

    /**
     * What is asked; from any thread.
     *
     * @param name the kind of the network, as the rules name it
     */
    public record Network(
            String name,
            Supplier<List<LinkStatus>> links,
            Supplier<List<LinkStatus.PointCode>> pointCodes) {}

    public LinksResource(Network network, Time time) {
        this.network = network;
        this.time = time;
    }

    @Override
    public void declare(Routes routes) {
        routes.get(
                "/v1/links",
                Role.VIEWER,
                call -> {
                    call.allow();
                    return Answer.json(now(call.json()));
                });
    }

    private synchronized ObjectNode now(JsonMapper json) {
        ObjectNode root = json.createObjectNode().put("network", network.name());
        ArrayNode servers = root.putArray("application_servers");
        Map<String, ObjectNode> byName = new LinkedHashMap<>();
        long now = time.nanos() / NANOS_IN_MILLI;
        for (LinkStatus link : network.links().get()) {
            ObjectNode server =
                    byName.computeIfAbsent(
                            link.applicationServer(),
                            name -> {
                                ObjectNode fresh =
                                        servers.addObject()
                                                .put("name", name)
                                                .put("state", link.applicationServerState())
                                                .put("since", word(link.applicationServerSince()));
                                fresh.putArray("associations");
                                return fresh;
                            });
            association(server.withArray("associations").addObject(), link, now);
        }
        ArrayNode points = root.putArray("point_codes");
        for (LinkStatus.PointCode point : network.pointCodes().get()) {
            points.addObject()
                    .put("point_code", Integer.toString(point.pointCode()))
                    .put("reachable", point.reachable())
                    .put("congested", point.congested())
                    .put("since", word(point.since()));
        }
        return root;
    }

    private void association(ObjectNode object, LinkStatus link, long now) {
        LinkStatus.Load load = link.load();
        object.put("name", link.association())
                .put("address", link.address())
                .put("state", link.associationState())
                .put("asp_state", link.aspState())
                .put("since", word(link.since()))
                .put("dialogs", load.open())
                .put("received", load.received())
                .put("sent", load.sent());
        Meter meter = meters.computeIfAbsent(link.association(), name -> new Meter());
        meter.read(now, load);
        Rate rate = meter.rate;
        if (rate != null) {
            object.put("received_per_second", rate.received()).put("sent_per_second", rate.sent());
        }
        LinkStatus.Trouble error = link.trouble();
        if (error != null) {
            object.put("last_error", error.why()).put("last_error_at", word(error.at()));
        }
    }

    private static String word(Instant at) {
        return at.truncatedTo(ChronoUnit.MILLIS).toString();
    }

    /** Messages a second. */
    private record Rate(double received, double sent) {}

    /**
     * The rates of one association between two readings. Whoever asks often, or at once with
     * others, gets the last rate again until the next one means something.
     */
    private static final class Meter {
        private boolean begun;
        private long at;
        private long received;
        private long sent;
        @Nullable Rate rate;

        void read(long now, LinkStatus.Load load) {
            long millis = now - at;
            if (begun && millis < SHORTEST_MILLIS) {
                return;
            }
            rate =
                    !begun || millis > LONGEST_MILLIS
                            ? null
                            : new Rate(
                                    perSecond(load.received() - received, millis),
                                    perSecond(load.sent() - sent, millis));
            begun = true;
            at = now;
            received = load.received();
            sent = load.sent();
        }

        private static double perSecond(long messages, long millis) {
            return Math.round(messages * MILLIS / millis * 10) / 10.0;
        }
    }
}
