package io.moondial.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.config.WrittenSettings;
import io.moondial.edr.Edr;
import io.moondial.edr.EdrApp;
import io.moondial.edr.EdrApp.EdrClock;
import io.moondial.edr.EdrSearch;
import io.moondial.edr.EdrSettings;
import io.moondial.metrics.Counters;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Records that an engine has written, as callers see them. */
class EdrsResourceTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Caller OPERATOR = new Caller("ops", Role.OPERATOR);
    private static final Caller VIEWER = new Caller("desk", Role.VIEWER);
    private static final Instant AT = Instant.parse("2026-01-05T08:00:00Z");

    @TempDir Path folder;

    private final Counters counters = new Counters();
    private final Routes routes = new Routes();
    private volatile Runnable hold = () -> {};
    private EdrApp app;
    private EdrSearch search;

    @SuppressWarnings("NullAway.Init") // set before each test
    EdrsResourceTest() {}

    @BeforeEach
    void write() {
        EdrSettings settings = WrittenSettings.settings(EdrSettings.class, "directory: " + folder);
        EdrSearch.Limits limits = WrittenSettings.settings(EdrSearch.Limits.class, "at_once: 1");
        app = new EdrApp(settings, EdrClock.system(), "host", 7, counters);
        app.write(
                "ussd",
                Edr.builder(AT, "a-1-1", "USSD-PROCESS")
                        .text("DREF", "655101234567890:1:6")
                        .text("MSISDN", "27761485722:1:1")
                        .text("TEXT", "*77*0761485722#")
                        .build());
        app.write("ussd", Edr.builder(AT.plusSeconds(1), "a-1-1", "USSD-END").build());
        app.write(
                "own",
                Edr.builder(AT.plusSeconds(2), "a-1-2", "PAID").text("IMSI", "12345").build());
        app.close();
        search = new EdrSearch(settings, limits);
        new EdrsResource(
                        search,
                        limits,
                        () -> {
                            hold.run();
                            return app.status();
                        },
                        counters)
                .declare(routes);
    }

    @AfterEach
    void close() {
        search.close();
    }

    private JsonNode get(Caller caller, String path, String... query) throws Exception {
        Map<String, List<String>> given = new HashMap<>();
        for (int i = 0; i < query.length; i += 2) {
            given.put(query[i], List.of(query[i + 1]));
        }
        Routes.Found found =
                routes.find("GET", List.of(path.substring(1).split("/", -1))).orElseThrow();
        Call call = new Call(JSON, caller, found.path(), given, new byte[0]);
        return ((Answer.Json) found.route().action().answer(call)).value();
    }

    private JsonNode ask(Caller caller, String... query) throws Exception {
        return get(caller, "/v1/edrs", query);
    }

    @Test
    void records_are_found_by_number_event_and_time_newest_first() throws Exception {
        JsonNode all = ask(OPERATOR);
        assertThat(all.get("complete").asBoolean()).isTrue();
        assertThat(all.get("files").asInt()).isEqualTo(2);
        assertThat(all.get("records"))
                .extracting(it -> it.get("event").asString())
                .containsExactly("PAID", "USSD-END", "USSD-PROCESS");
        JsonNode record = all.get("records").get(2);
        assertThat(record.get("stream").asString()).isEqualTo("ussd");
        assertThat(record.get("at").asString()).isEqualTo("2026-01-05T08:00:00Z");
        assertThat(record.get("instance_id").asString()).isEqualTo("a-1-1");
        assertThat(record.get("fields").get("MSISDN").asString()).isEqualTo("27761485722:1:1");
        assertThat(ask(OPERATOR, "msisdn", "27761485722").get("records")).hasSize(2);
        assertThat(ask(OPERATOR, "event", "PAID").get("records")).hasSize(1);
        assertThat(ask(OPERATOR, "from", "2026-01-05T10:00:01+02:00").get("records")).hasSize(2);
        assertThat(counters.value("admin.edr_searches")).isEqualTo(4);
    }

    @Test
    void a_viewer_sees_no_number_and_cannot_ask_for_one() throws Exception {
        assertThat(ask(VIEWER).toString())
                .doesNotContain("27761485722", "655101234567890", "0761485722", "12345\"")
                .contains("2776148****:1:1", "65510123456****:1:6", "*77*076148****#", "1****");
        assertThatThrownBy(() -> ask(VIEWER, "msisdn", "27761485722"))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("needs an operator");
    }

    @Test
    void what_makes_no_sense_is_refused_with_what_is_allowed() {
        assertThatThrownBy(() -> ask(OPERATOR, "from", "yesterday"))
                .hasMessageContaining("such as 2026-01-05T08:00:00Z");
        assertThatThrownBy(() -> ask(OPERATOR, "limit", "0")).isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> ask(OPERATOR, "number", "0")).isInstanceOf(Refusal.class);
    }

    @Test
    void more_searches_at_once_than_allowed_are_refused() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        hold =
                () -> {
                    begun.countDown();
                    try {
                        end.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                };
        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
            Future<JsonNode> first = other.submit(() -> get(OPERATOR, "/v1/edrs/streams"));
            begun.await();
            assertThatThrownBy(() -> ask(OPERATOR)).hasMessageContaining("edr_search: at_once");
            assertThat(counters.value("admin.refused.edr_searches")).isEqualTo(1);
            end.countDown();
            assertThat(first.get().get("streams")).hasSize(2);
        }
        assertThat(ask(OPERATOR).get("records")).hasSize(3);
    }

    @Test
    void streams_say_what_was_written_and_what_is_on_the_disk() throws Exception {
        JsonNode streams = get(VIEWER, "/v1/edrs/streams").get("streams");
        assertThat(streams)
                .extracting(it -> it.get("stream").asString())
                .containsExactly("own", "ussd");
        JsonNode ussd = streams.get(1);
        assertThat(ussd.get("written").asInt()).isEqualTo(2);
        assertThat(ussd.get("backlog").asInt()).isZero();
        assertThat(ussd.get("failures").asInt()).isZero();
        assertThat(ussd.get("files").asInt()).isEqualTo(1);
        assertThat(ussd.get("octets").asLong()).isGreaterThan(200);
    }
}
