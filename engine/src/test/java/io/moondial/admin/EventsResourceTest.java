package io.moondial.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.moondial.admin.EventSource.Following;
import io.moondial.admin.EventSource.Listener;
import io.moondial.admin.EventSource.Wish;
import io.moondial.config.WrittenSettings;
import io.moondial.metrics.Counters;
import io.moondial.time.SystemTime;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class EventsResourceTest {
    private static final JsonMapper JSON = new JsonMapper();

    private final Counters counters = new Counters();
    private final Newsroom newsroom = new Newsroom();
    private final AtomicBoolean mayGoOn = new AtomicBoolean(true);

    /** Tells whoever listens. */
    private static final class Newsroom implements EventSource {
        private final List<Listener> listeners = new CopyOnWriteArrayList<>();
        private final List<Wish> wishes = new CopyOnWriteArrayList<>();

        @Override
        public Set<String> topics() {
            return Set.of("dialogs", "entries", "records");
        }

        @Override
        public Following follow(Wish wish, Listener listener) {
            wishes.add(wish);
            listeners.add(listener);
            return () -> listeners.remove(listener);
        }

        void tell(int number) {
            listeners.forEach(
                    it -> it.tell("dialog", () -> JSON.createObjectNode().put("n", number)));
        }
    }

    private Answer.Writer ask(Routes routes, String topics, @Nullable String instanceId)
            throws Exception {
        Map<String, List<String>> query =
                instanceId == null
                        ? Map.of("topics", List.of(topics))
                        : Map.of("topics", List.of(topics), "instance_id", List.of(instanceId));
        Call call =
                new Call(
                        JSON,
                        Caller.LOCAL,
                        Map.of(),
                        query,
                        new byte[0],
                        mayGoOn::get,
                        _ -> List.of(),
                        Call.Visit.LOCAL);
        Answer answer =
                routes.find("GET", List.of("v1", "events"))
                        .orElseThrow()
                        .route()
                        .action()
                        .answer(call);
        return ((Answer.Stream) answer).writer();
    }

    private Routes routes(String... settings) {
        Routes routes = new Routes();
        new EventsResource(
                        WrittenSettings.settings(AdminSettings.class, settings),
                        counters,
                        new SystemTime(),
                        List.of(newsroom))
                .declare(routes);
        return routes;
    }

    private static Answer.Body body(OutputStream out) {
        return new Answer.Body() {
            @Override
            public OutputStream octets() {
                return out;
            }

            @Override
            public void trailer(String name, String value) {
                throw new AssertionError("events have none");
            }

            @Override
            public void whenGone(Runnable action) {
                throw new AssertionError("a comment that cannot be written says so");
            }
        };
    }

    private static Thread writing(Answer.Writer writer, OutputStream out) {
        return Thread.ofVirtual()
                .start(
                        () -> {
                            try (out) {
                                writer.write(body(out));
                            } catch (IOException | InterruptedException e) {
                                throw new AssertionError(e);
                            }
                        });
    }

    @Test
    void news_come_in_their_order_as_server_sent_events() throws Exception {
        PipedInputStream in = new PipedInputStream();
        Thread writer = writing(ask(routes(), "dialogs", null), new PipedOutputStream(in));
        newsroom.tell(1);
        newsroom.tell(2);
        try (Scanner lines = new Scanner(in, UTF_8)) {
            assertThat(lines.nextLine()).isEqualTo(": events");
            assertThat(lines.nextLine()).isEmpty();
            for (int i = 1; i <= 2; i++) {
                assertThat(lines.nextLine()).isEqualTo("event: dialog");
                assertThat(lines.nextLine()).isEqualTo("data: {\"n\":" + i + "}");
                assertThat(lines.nextLine()).isEmpty();
            }
            mayGoOn.set(false);
            assertThat(lines.hasNextLine()).isFalse();
        }
        writer.join();
        assertThat(newsroom.listeners).isEmpty();
    }

    @Test
    void a_caller_who_does_not_read_loses_events_and_is_told_how_many() throws Exception {
        CountDownLatch reads = new CountDownLatch(1);
        List<String> read = new CopyOnWriteArrayList<>();
        OutputStream slow =
                new OutputStream() {
                    @Override
                    public void write(int octet) {
                        throw new AssertionError("octet by octet");
                    }

                    @Override
                    public void write(byte[] octets) throws IOException {
                        try {
                            reads.await();
                        } catch (InterruptedException e) {
                            throw new IOException(e);
                        }
                        read.add(new String(octets, UTF_8));
                    }
                };
        Thread writer =
                writing(ask(routes("event_queue: 3", "event_rate: 1000"), "dialogs", null), slow);
        for (int i = 0; i < 10; i++) {
            newsroom.tell(i);
        }
        reads.countDown();
        await().atMost(Served.PATIENCE)
                .untilAsserted(
                        () ->
                                assertThat(String.join("", read))
                                        .contains("event: lost", "{\"n\":2}"));
        assertThat(String.join("", read))
                .contains("{\"n\":0}", "{\"n\":1}", "{\"n\":2}", "data: {\"count\":7}")
                .doesNotContain("{\"n\":3}");
        assertThat(counters.value("admin.events.lost")).isEqualTo(7);
        mayGoOn.set(false);
        writer.join();
    }

    @Test
    void callers_beyond_the_limit_are_refused_and_a_place_comes_free() throws Exception {
        Routes routes = routes("max_event_streams: 1");
        Answer.Writer first = ask(routes, "dialogs", null);
        assertThatThrownBy(() -> ask(routes, "dialogs", null))
                .isInstanceOf(Refusal.class)
                .hasMessage(
                        "1 callers follow events already, as many as the rules allow (admin: max_event_streams)");
        assertThat(counters.value("admin.refused.event_streams")).isEqualTo(1);
        mayGoOn.set(false);
        first.write(body(OutputStream.nullOutputStream()));
        assertThat(ask(routes, "dialogs", null)).isNotNull();
    }

    @Test
    void a_topic_that_nobody_has_is_refused_with_those_that_there_are() {
        assertThatThrownBy(() -> ask(routes(), "dialogs,wether", null))
                .isInstanceOf(Refusal.class)
                .hasMessage("there is no topic 'wether'; there are dialogs, records");
    }

    @Test
    void whoever_names_dialogs_hears_their_entries_too() throws Exception {
        ask(routes(), "dialogs", "Logic-1,Logic-2");
        assertThat(newsroom.wishes).extracting(Wish::topic).containsExactly("dialogs", "entries");
        assertThat(newsroom.wishes)
                .allMatch(it -> it.instanceIds().equals(Set.of("Logic-1", "Logic-2")));
    }
}
