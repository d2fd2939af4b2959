package io.moondial.admin;

import io.moondial.admin.EventSource.Following;
import io.moondial.admin.EventSource.Wish;
import io.moondial.metrics.Counters;
import io.moondial.time.Time;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * {@code /v1/events}: news as server-sent events. Whoever has news puts them into the queue of each
 * caller who wants them, and never waits; a caller who reads too slowly loses events, and is told
 * how many.
 */
final class EventsResource implements Resource {
    /** Told beside the topics, where a dialog is named. */
    private static final String ENTRIES = "entries";

    /**
     * After so long without an event a comment is sent, so that a caller who is gone is noticed.
     */
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);

    /** How often it is looked whether the caller may go on. */
    private static final Duration LOOK = Duration.ofMillis(500);

    private static final long EACH_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final AdminSettings settings;
    private final Counters counters;
    private final Time time;
    private final List<EventSource> sources;
    private final Semaphore room;

    EventsResource(
            AdminSettings settings, Counters counters, Time time, List<EventSource> sources) {
        this.settings = settings;
        this.counters = counters;
        this.time = time;
        this.sources = sources;
        room = new Semaphore(settings.maxEventStreams());
    }

    @Override
    public void declare(Routes routes) {
        routes.get("/v1/events", Role.VIEWER, this::events);
    }

    private Answer events(Call call) throws Refusal {
        call.allow("topics", "instance_id", "stream");
        String dialogs = call.query("instance_id");
        Set<String> instanceIds =
                dialogs == null ? Set.of() : new LinkedHashSet<>(List.of(dialogs.split(",", -1)));
        Set<String> topics = topics(call.query("topics"), !instanceIds.isEmpty());
        if (!room.tryAcquire()) {
            counters.increment("admin.refused.event_streams");
            throw Refusal.tooMany(
                    "%d callers follow events already, as many as the rules allow (admin: max_event_streams)"
                            .formatted(settings.maxEventStreams()));
        }
        Queue queue = new Queue();
        try {
            for (String topic : topics) {
                Wish wish = new Wish(call.caller(), topic, instanceIds, call.query("stream"));
                for (EventSource source : sources) {
                    if (source.topics().contains(topic)) {
                        queue.add(source.follow(wish, queue));
                    }
                }
            }
        } catch (Refusal | RuntimeException e) {
            queue.close();
            room.release();
            throw e;
        }
        return new Answer.Stream(
                "text/event-stream",
                body -> {
                    try (queue) {
                        send(queue, call, body.octets());
                    } finally {
                        room.release();
                    }
                });
    }

    private Set<String> topics(@Nullable String given, boolean dialog) throws Refusal {
        Set<String> known = new TreeSet<>();
        sources.forEach(it -> known.addAll(it.topics()));
        known.remove(ENTRIES);
        Set<String> topics = new LinkedHashSet<>();
        if (given != null && !given.isEmpty()) {
            topics.addAll(List.of(given.split(",", -1)));
        }
        for (String topic : topics) {
            if (!known.contains(topic)) {
                throw Refusal.badRequest(
                        "there is no topic '%s'; there are %s"
                                .formatted(topic, String.join(", ", known)));
            }
        }
        if (dialog) {
            topics.add(ENTRIES);
        }
        if (topics.isEmpty()) {
            throw Refusal.badRequest("topics is missing; there are " + String.join(", ", known));
        }
        return topics;
    }

    private void send(Queue queue, Call call, OutputStream out)
            throws IOException, InterruptedException {
        comment(out, "events");
        long sent = time.nanos();
        long toldLost = sent - EACH_SECOND;
        while (call.mayGoOn()) {
            Event event = queue.next();
            long now = time.nanos();
            if (event != null) {
                for (JsonNode data : event.data().get()) {
                    write(out, event.name(), data.toString());
                    sent = now;
                }
            } else if (now - sent >= HEARTBEAT.toNanos()) {
                comment(out, "");
                sent = now;
            }
            if (event == null || now - toldLost >= EACH_SECOND) {
                long lost = queue.lostSoFar();
                if (lost > 0) {
                    counters.add("admin.events.lost", lost);
                    write(out, "lost", "{\"count\":%d}".formatted(lost));
                    toldLost = now;
                    sent = now;
                }
            }
        }
    }

    private void write(OutputStream out, String event, String data) throws IOException {
        counters.increment("admin.events.sent");
        send(out, "event: " + event + "\ndata: " + data + "\n\n");
    }

    private static void comment(OutputStream out, String text) throws IOException {
        send(out, ": " + text + "\n\n");
    }

    private static void send(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private record Event(String name, Supplier<List<JsonNode>> data) {}

    /** What one caller has not been told yet. */
    private final class Queue implements EventSource.Listener, AutoCloseable {
        private final BlockingQueue<Event> events = new ArrayBlockingQueue<>(settings.eventQueue());
        private final AtomicLong lost = new AtomicLong();
        private final List<Following> followed = new ArrayList<>();

        private final AtomicLong second = new AtomicLong(Long.MIN_VALUE);
        private final AtomicInteger inSecond = new AtomicInteger();

        void add(Following following) {
            followed.add(following);
        }

        @Override
        public void tellAll(String event, Supplier<List<JsonNode>> data) {
            if (!hasTurn() || !events.offer(new Event(event, data))) {
                lost.incrementAndGet();
            }
        }

        /** Whether this second has room for one more. */
        private boolean hasTurn() {
            long now = Math.floorDiv(time.nanos(), TimeUnit.SECONDS.toNanos(1));
            long before = second.get();
            if (now != before && second.compareAndSet(before, now)) {
                inSecond.set(0);
            }
            return inSecond.incrementAndGet() <= settings.eventRate();
        }

        /** The next event; null: none came for a while. */
        @Nullable Event next() throws InterruptedException {
            return events.poll(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        }

        /** How many were lost since it was asked last. */
        long lostSoFar() {
            return lost.getAndSet(0);
        }

        @Override
        public void close() {
            followed.forEach(Following::close);
        }
    }
}
