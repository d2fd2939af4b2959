package io.moondial.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.channel.LinkStatus;
import io.moondial.channel.LinkStatus.Trouble;
import io.moondial.time.HandMovedTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The network as {@code /v1/links} tells it. */
class LinksResourceTest {
    private static final Instant THEN = Instant.parse("2026-01-05T07:00:00Z");
    private static final JsonMapper JSON = new JsonMapper();

    private final HandMovedTime time = new HandMovedTime();
    private long received;
    private long sent;
    private @Nullable Trouble error;
    private List<String> servers = List.of("stp");
    private final Routes routes = new Routes();

    LinksResourceTest() {
        new LinksResource(
                        new LinksResource.Network(
                                "sigtran", this::links, LinksResourceTest::points),
                        time)
                .declare(routes);
    }

    private List<LinkStatus> links() {
        return servers.stream()
                .map(
                        server ->
                                new LinkStatus(
                                        server,
                                        "active",
                                        THEN,
                                        "a1",
                                        "sctp stp:2905",
                                        "up",
                                        "active",
                                        THEN.plusSeconds(1),
                                        new LinkStatus.Load(4, 0, 0, received, sent),
                                        error))
                .toList();
    }

    private static List<LinkStatus.PointCode> points() {
        return List.of(
                new LinkStatus.PointCode(1, true, true, THEN),
                new LinkStatus.PointCode(2, false, false, THEN));
    }

    private JsonNode ask() throws Exception {
        Answer answer =
                routes.find("GET", List.of("v1", "links"))
                        .orElseThrow()
                        .route()
                        .action()
                        .answer(new Call(JSON, Caller.LOCAL, Map.of(), Map.of(), new byte[0]));
        return ((Answer.Json) answer).value();
    }

    private JsonNode association() throws Exception {
        return ask().path("application_servers").path(0).path("associations").path(0);
    }

    @Test
    void servers_have_their_associations_and_points_their_state() throws Exception {
        servers = List.of("stp", "other");
        error = new Trouble(THEN, "cannot connect: Connection refused");
        JsonNode all = ask();
        assertThat(all.path("network").asString()).isEqualTo("sigtran");
        assertThat(all.path("application_servers").toString())
                .startsWith(
                        "[{\"name\":\"stp\",\"state\":\"active\",\"since\":\"2026-01-05T07:00:00Z\",\"associations\":[{\"name\":\"a1\",\"address\":\"sctp stp:2905\",\"state\":\"up\",\"asp_state\":\"active\",\"since\":\"2026-01-05T07:00:01Z\",\"dialogs\":4,\"received\":0,\"sent\":0,\"last_error\":\"cannot connect: Connection refused\",\"last_error_at\":\"2026-01-05T07:00:00Z\"}]},{\"name\":\"other\"");
        assertThat(all.path("point_codes").toString())
                .isEqualTo(
                        "[{\"point_code\":\"1\",\"reachable\":true,\"congested\":true,\"since\":\"2026-01-05T07:00:00Z\"},{\"point_code\":\"2\",\"reachable\":false,\"congested\":false,\"since\":\"2026-01-05T07:00:00Z\"}]");
    }

    @Test
    void messages_a_second_are_those_since_the_question_before() throws Exception {
        received = 1000;
        assertThat(association().has("received_per_second")).isFalse();
        received += 250;
        sent += 40;
        time.pass(Duration.ofSeconds(2));
        assertThat(association().path("received_per_second").asDouble()).isEqualTo(125);
        assertThat(association().path("sent_per_second").asDouble()).isEqualTo(20);
    }

    @Test
    void whoever_asks_within_the_same_second_gets_the_same_rate() throws Exception {
        association();
        received += 100;
        time.pass(Duration.ofSeconds(1));
        assertThat(association().path("received_per_second").asDouble()).isEqualTo(100);
        received += 1;
        time.pass(Duration.ofMillis(10));
        assertThat(association().path("received_per_second").asDouble()).isEqualTo(100);
        time.pass(Duration.ofMillis(990));
        assertThat(association().path("received_per_second").asDouble()).isEqualTo(1);
    }

    @Test
    void an_association_of_two_servers_is_measured_once() throws Exception {
        servers = List.of("stp", "other");
        ask();
        received += 100;
        time.pass(Duration.ofSeconds(1));
        JsonNode both = ask().path("application_servers");
        for (JsonNode server : both) {
            assertThat(server.path("associations").path(0).path("received_per_second").asDouble())
                    .isEqualTo(100);
        }
    }

    @Test
    void a_reading_of_long_ago_is_no_rate() throws Exception {
        association();
        received += 100_000;
        time.pass(Duration.ofHours(1));
        assertThat(association().has("received_per_second")).isFalse();
    }
}
