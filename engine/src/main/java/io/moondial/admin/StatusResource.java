package io.moondial.admin;

import io.moondial.time.Time;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /v1/status}: everything of the engine at this moment; and news of it. As long as somebody
 * listens, and no longer, it is looked once a second whether it has changed.
 */
public final class StatusResource implements Resource, EventSource {
    /** Counters that rise because somebody looks: that they have risen is no news to him. */
    public static final Set<String> COUNTS_OF_LOOKING =
            Set.of("admin.connections", "admin.requests", "admin.events.sent");

    static final Duration INTERVAL = Duration.ofSeconds(1);

    private final JsonMapper json = new JsonMapper();
    private final Supplier<EngineStatus> now;
    private final Time time;
    private final Executor looks;
    private final Set<Follower> followers = ConcurrentHashMap.newKeySet();
    private boolean looking;

    public StatusResource(Supplier<EngineStatus> now, Time time) {
        this(now, time, look -> Thread.ofVirtual().name("status").start(look));
    }

    /** The same, looking elsewhere. */
    StatusResource(Supplier<EngineStatus> now, Time time, Executor looks) {
        this.now = now;
        this.time = time;
        this.looks = looks;
    }

    @Override
    public void declare(Routes routes) {
        routes.get(
                "/v1/status",
                Role.VIEWER,
                call -> {
                    call.allow();
                    return Answer.json(now.get().toJson(call.json()));
                });
    }

    @Override
    public Set<String> topics() {
        return Set.of("status");
    }

    @Override
    public Following follow(Wish wish, Listener listener) {
        Follower follower = new Follower(listener);
        ObjectNode status = now.get().toJson(json);
        follower.tell(status, lasting(status));
        followers.add(follower);
        lookLater();
        return () -> followers.remove(follower);
    }

    private synchronized void lookLater() {
        if (!looking && !followers.isEmpty()) {
            looking = true;
            time.after(INTERVAL, () -> looks.execute(this::look));
        }
    }

    private void look() {
        synchronized (this) {
            looking = false;
        }
        try {
            if (!followers.isEmpty()) {
                ObjectNode status = now.get().toJson(json);
                ObjectNode lasting = lasting(status);
                followers.forEach(it -> it.tell(status, lasting));
            }
        } finally {
            lookLater();
        }
    }

    /** Without what differs each time though nothing has happened. */
    private static ObjectNode lasting(ObjectNode status) {
        ObjectNode lasting = status.deepCopy();
        lasting.remove("uptime_ms");
        lasting.withObject("heap").remove("used");
        lasting.withObject("counters").remove(COUNTS_OF_LOOKING);
        return lasting;
    }

    /** One who listens, and what he knows. */
    private static final class Follower {
        private final Listener listener;
        private @Nullable ObjectNode known;

        Follower(Listener listener) {
            this.listener = listener;
        }

        /** The first time, and where something differs. */
        synchronized void tell(ObjectNode status, ObjectNode lasting) {
            if (!lasting.equals(known)) {
                known = lasting;
                listener.tell("status", () -> status);
            }
        }
    }
}
