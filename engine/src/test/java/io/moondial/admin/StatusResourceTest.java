package io.moondial.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.admin.EventSource.Following;
import io.moondial.admin.EventSource.Wish;
import io.moondial.time.HandMovedTime;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** News of the status: when it has changed, at most one a second, and only if somebody listens. */
class StatusResourceTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final HandMovedTime time = new HandMovedTime();
    private final List<JsonNode> told = new ArrayList<>();
    private final StatusResource resource = new StatusResource(this::status, time, Runnable::run);
    private final SortedMap<String, Long> counters = new TreeMap<>();
    private int open;
    private int asked;

    private EngineStatus status() {
        asked++;
        return new EngineStatus(
                "1",
                2,
                Path.of("rules.yaml"),
                Instant.EPOCH,
                Duration.between(Instant.EPOCH, time.now()),
                EngineStatus.Phase.RUNNING,
                "embedded",
                List.of(),
                new EngineStatus.Dialogs(open, 10, open),
                List.of(),
                List.of(),
                List.of(),
                null,
                new EngineStatus.Heap(asked, 100, false),
                EngineStatus.ReloadStatus.NONE,
                List.of(),
                new TreeMap<>(counters));
    }

    private Following follow() {
        return resource.follow(
                new Wish(Caller.LOCAL, "status", Set.of(), null),
                (event, data) -> {
                    assertThat(event).isEqualTo("status");
                    told.addAll(data.get());
                });
    }

    @Test
    void whoever_begins_to_listen_is_told_at_once_and_then_of_changes_only() {
        try (Following following = follow()) {
            assertThat(told).hasSize(1);
            time.pass(SECOND.multipliedBy(5));
            assertThat(told).as("uptime and heap are no news").hasSize(1);
            open = 3;
            time.pass(SECOND);
            assertThat(told).hasSize(2);
            assertThat(told.getLast().path("dialogs").path("open").asInt()).isEqualTo(3);
            assertThat(following).isNotNull();
        }
    }

    @Test
    void that_somebody_looks_is_no_news_to_him() {
        try (Following following = follow()) {
            for (String counter : StatusResource.COUNTS_OF_LOOKING) {
                counters.merge(counter, 1L, Long::sum);
                time.pass(SECOND);
            }
            assertThat(told).hasSize(1);
            counters.put("dialogs.begun", 1L);
            time.pass(SECOND);
            assertThat(told).hasSize(2);
            assertThat(told.getLast().path("counters").path("admin.requests").asInt())
                    .as("it is told all the same")
                    .isEqualTo(1);
            assertThat(following).isNotNull();
        }
    }

    @Test
    void changes_within_a_second_are_told_once() {
        try (Following following = follow()) {
            for (open = 1; open < 10; open++) {
                time.pass(SECOND.dividedBy(100));
            }
            time.pass(SECOND);
            assertThat(told).hasSize(2);
            assertThat(following).isNotNull();
        }
    }

    @Test
    void nobody_asks_the_engine_while_nobody_listens() {
        time.pass(SECOND.multipliedBy(3));
        assertThat(asked).isZero();
        follow().close();
        time.pass(SECOND.multipliedBy(3));
        assertThat(asked).isEqualTo(1);
        assertThat(time.pending()).isZero();
    }
}
