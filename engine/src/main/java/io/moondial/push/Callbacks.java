package io.moondial.push;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.moondial.metrics.Counters;
import io.moondial.metrics.RateLimitedLog;
import io.moondial.push.PushSettings.CallbackSettings;
import io.moondial.time.Time;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Tells the upstream of {@code push: callback} how pushes have ended that ask for it: one POST with
 * the report, until it is answered with 2xx or the attempts are used up.
 *
 * <p>A callback is kept in the store of {@code kv} from the end of its push until it is delivered
 * or given up, so that a kill does not lose it; the next start of the same owner ({@code push:
 * owner}) goes on with it. So it can be told twice, with the same id, and with another state if the
 * kill came before the store had the state.
 *
 * <p>Nothing here waits: neither the queue of pushes nor the store is held up.
 */
public final class Callbacks implements Pushes.Listener, AutoCloseable {
    static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

    /** A record that no engine takes up is gone after this. */
    private static final Duration KEPT = Duration.ofDays(30);

    private static final Logger log = LoggerFactory.getLogger(Callbacks.class);

    private final Supplier<PushSettings> settings;
    private final Records records;
    private final Calls calls;
    private final Counters counters;
    private final Time time;
    private final RateLimitedLog limited;

    /** All that are not delivered and not given up, by the id of the push. */
    private final Map<String, Callback> open = new HashMap<>();

    private final PriorityQueue<Callback> waiting =
            new PriorityQueue<>(Comparator.comparing(Callback::due).thenComparing(Callback::id));

    /** Those that were delivered or given up while {@link #start} reads what was left. */
    private final Set<String> overMeanwhile = new HashSet<>();

    /** How many read what was left. */
    private int starting;

    private int underWay;
    private boolean closed;
    private Time.@Nullable Alarm alarm;

    /** Where callbacks are kept: texts under keys. A future that fails says why in its message. */
    public interface Records {
        /** Keeps a text for so long, whatever there was. */
        CompletableFuture<?> set(String key, String text, Duration ttl);

        /**
         * Keeps another text for so long in the place of a certain one.
         *
         * @return false: there is another text, or none, and nothing has changed
         */
        CompletableFuture<Boolean> replace(String key, String old, String text, Duration ttl);

        /** Takes a text away. */
        CompletableFuture<?> delete(String key);

        /**
         * Gives all there are, each once, and completes after the last one.
         *
         * @param each gets a key and a text; called on one thread, and may wait
         */
        CompletableFuture<?> all(BiConsumer<String, String> each);
    }

    /** How upstreams are called. */
    @FunctionalInterface
    public interface Calls {
        /**
         * Posts JSON to an upstream of the rules, once.
         *
         * @param path what follows its URL, encoded
         * @param instanceId what the call belongs to
         * @return empty: it has answered with 2xx; otherwise what has happened instead. It never
         *     fails
         */
        CompletableFuture<Optional<String>> post(
                String upstream,
                String path,
                Map<String, String> headers,
                String json,
                String instanceId);
    }

    /**
     * One that is to be told.
     *
     * @param owner the engine that tells it, now or after a start; empty: an engine has left it
     *     that wrote no owner, and whoever finds it first may make it his own
     * @param failed how many attempts have failed
     * @param due when the next attempt is made
     * @param instanceId of the push's dialog; if it had none, the id of the push
     */
    private record Callback(
            String id, String owner, int failed, Instant due, String instanceId, String body) {
        private static final String OWNER = "owner ";
        private static final int PARTS = 4;

        String text() {
            return OWNER
                    + owner
                    + "\n"
                    + failed
                    + "\n"
                    + due.toEpochMilli()
                    + "\n"
                    + instanceId
                    + "\n"
                    + body;
        }

        /**
         * Null: it is none that {@link #text} has written, with an owner or before there was one.
         */
        static @Nullable Callback read(String id, String text) {
            int end = text.startsWith(OWNER) ? text.indexOf('\n') : -1;
            String owner = end < 0 ? "" : text.substring(OWNER.length(), end);
            String[] parts = text.substring(end + 1).split("\n", PARTS);
            try {
                return parts.length < PARTS
                        ? null
                        : new Callback(
                                id,
                                owner,
                                Integer.parseInt(parts[0]),
                                Instant.ofEpochMilli(Long.parseLong(parts[1])),
                                parts[2],
                                parts[3]);
            } catch (NumberFormatException e) {
                return null;
            }
        }

        Callback of(String newOwner) {
            return new Callback(id, newOwner, failed, due, instanceId, body);
        }

        Callback failedOnce(Instant next) {
            return new Callback(id, owner, failed + 1, next, instanceId, body);
        }
    }

    /**
     * Some that tell nobody until they are started.
     *
     * @param settings those in force
     * @param records what is kept
     */
    public Callbacks(
            Supplier<PushSettings> settings,
            Records records,
            Calls calls,
            Counters counters,
            Time time) {
        this.settings = settings;
        this.records = records;
        this.calls = calls;
        this.counters = counters;
        this.time = time;
        limited = new RateLimitedLog(log, time);
    }

    /**
     * Goes on with what an engine of the same owner has left in the store; it can be called again,
     * when another one may have left something since. What was left without an owner then belongs
     * to one engine, the first that can tell it; the others leave it alone.
     *
     * @return completes once all that was left is taken up; false: the store has failed, which is
     *     logged, and the rest waits for the next start. Never with a failure
     */
    public CompletableFuture<Boolean> start() {
        synchronized (this) {
            starting++;
        }
        return records.all(this::left)
                .handle(
                        (_, fault) -> {
                            started();
                            if (fault != null && !isClosed()) {
                                counters.increment("push.callbacks.store_failures");
                                limited.write(
                                        Level.WARN,
                                        "left",
                                        "callbacks that were left in the store kv cannot be read, and wait for the next start: {}",
                                        words(fault));
                            }
                            return fault == null;
                        });
    }

    private synchronized void started() {
        starting--;
        if (starting == 0) {
            overMeanwhile.clear();
        }
    }

    /** It may wait for the store, as {@link Records#all} says. */
    private void left(String id, String text) {
        Callback callback = Callback.read(id, text);
        if (callback == null) {
            limited.write(
                    Level.WARN,
                    "unreadable",
                    "push {}: its callback in the store kv cannot be read, and is dropped",
                    id);
            var _ = records.delete(id);
            return;
        }
        String own = settings.get().owner();
        if (callback.owner().equals(own)) {
            takeUp(callback);
        } else if (callback.owner().isEmpty() && settings.get().callback() != null) {
            Callback taken = callback.of(own);
            if (records.replace(id, text, taken.text(), KEPT).join()) {
                takeUp(taken);
            }
        }
    }

    private void takeUp(Callback callback) {
        synchronized (this) {
            // one that has ended since the start is newer, be it open or told already
            if (!closed
                    && !overMeanwhile.contains(callback.id())
                    && open.putIfAbsent(callback.id(), callback) == null) {
                waiting.add(callback);
            }
        }
        next();
    }

    @Override
    public void changed(PushReport report) {
        if (!report.callback() || !report.state().isLast()) {
            return;
        }
        PushSettings current = settings.get();
        String instanceId = report.instanceId();
        Callback callback =
                new Callback(
                        report.id(),
                        current.owner(),
                        0,
                        time.now(),
                        instanceId == null ? report.id() : instanceId,
                        PushJson.of(report).toString());
        synchronized (this) {
            if (open.size() >= current.maxQueued()) {
                counters.increment("push.callbacks.refused");
                limited.write(
                        Level.WARN,
                        "full",
                        "push {}: nobody is told how it ended: {} callbacks wait, as many as may (max_queued)",
                        report.id(),
                        open.size());
                return;
            }
            Callback before = open.put(report.id(), callback);
            if (before != null) {
                waiting.remove(before);
            }
        }
        keep(callback);
    }

    /**
     * It waits for its turn once the store has it: what the store is asked next comes after that.
     */
    private void keep(Callback callback) {
        var _ =
                records.set(callback.id(), callback.text(), KEPT)
                        .whenCompleteAsync(
                                (_, fault) -> {
                                    stored(callback.id(), fault);
                                    await(callback);
                                },
                                it -> Thread.ofVirtual().name("push-callback").start(it));
    }

    private void await(Callback callback) {
        synchronized (this) {
            if (!closed && callback.equals(open.get(callback.id()))) {
                waiting.add(callback);
            }
        }
        next();
    }

    private void stored(String id, @Nullable Throwable fault) {
        if (fault != null) {
            counters.increment("push.callbacks.store_failures");
            limited.write(
                    Level.WARN,
                    "store",
                    "push {}: the store kv does not keep how far its callback is: {}; a kill now can lose or repeat it",
                    id,
                    words(fault));
        }
    }

    private static String words(Throwable fault) {
        Throwable cause = fault.getCause() == null ? fault : fault.getCause();
        return String.valueOf(cause.getMessage());
    }

    /** Goes on with the settings in force, which have changed. */
    public void reload() {
        next();
    }

    /** Sends those that are due, as many as may be under way, and sees to it that others follow. */
    private void next() {
        CallbackSettings current = settings.get().callback();
        List<Callback> due = new ArrayList<>();
        synchronized (this) {
            if (alarm != null) {
                alarm.cancel();
                alarm = null;
            }
            if (closed || current == null) {
                return; // they stay in the store
            }
            Instant now = time.now();
            while (underWay < current.maxConcurrent()
                    && !waiting.isEmpty()
                    && !waiting.peek().due().isAfter(now)) {
                due.add(waiting.remove());
                underWay++;
            }
            if (underWay < current.maxConcurrent() && !waiting.isEmpty()) {
                alarm = time.after(Duration.between(now, waiting.peek().due()), this::next);
            }
        }
        due.forEach(it -> send(it, current));
    }

    private void send(Callback callback, CallbackSettings to) {
        String at = Long.toString(time.now().getEpochSecond());
        Map<String, String> headers =
                Map.of(
                        "Ussd-Push-Id",
                        callback.id(),
                        "Ussd-Time",
                        at,
                        "Ussd-Signature",
                        signature(to.secret().text(), at, callback.body()));
        var _ =
                calls.post(
                                to.upstream(),
                                to.path(),
                                headers,
                                callback.body(),
                                callback.instanceId())
                        .thenAccept(refusal -> over(callback, to, refusal.orElse(null)));
    }

    /** HMAC-SHA256 (RFC 2104, FIPS 180-4) of the time, a dot and the body, in small hex digits. */
    static String signature(String secret, String time, String body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal((time + "." + body).getBytes(UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }

    /**
     * An attempt is over.
     *
     * @param refusal null: it was taken
     */
    private void over(Callback callback, CallbackSettings to, @Nullable String refusal) {
        boolean isGivenUp = refusal != null && callback.failed() >= to.retries();
        Callback again = null;
        synchronized (this) {
            underWay--;
            boolean isCurrent = callback.equals(open.get(callback.id()));
            if (closed && refusal != null) {
                return; // the calls ended with the engine; the next one goes on with it
            }
            if (isCurrent && (refusal == null || isGivenUp)) {
                open.remove(callback.id());
                if (starting > 0) {
                    overMeanwhile.add(callback.id());
                }
            } else if (isCurrent) {
                again = callback.failedOnce(time.now().plus(pause(to, callback.failed())));
                open.put(callback.id(), again);
            }
            if (isCurrent && again == null) {
                var _ =
                        records.delete(callback.id())
                                .whenComplete((_, fault) -> stored(callback.id(), fault));
            }
        }
        if (again != null) {
            keep(again);
        }
        count(callback, to, refusal, isGivenUp);
        next();
    }

    private void count(
            Callback callback, CallbackSettings to, @Nullable String refusal, boolean isGivenUp) {
        if (refusal == null) {
            counters.increment("push.callbacks.delivered");
            return;
        }
        counters.increment("push.callbacks.failures");
        if (isGivenUp) {
            counters.increment("push.callbacks.given_up");
            limited.write(
                    Level.WARN,
                    "given up",
                    "push {}: upstream {} was not told how it ended; {} attempts failed, the last one so: {}",
                    callback.id(),
                    to.upstream(),
                    callback.failed() + 1,
                    refusal);
        }
    }

    /** Twice as long after each one that failed. */
    private static Duration pause(CallbackSettings to, int failedBefore) {
        Duration pause = to.retryAfter();
        for (int i = 0; i < failedBefore && pause.compareTo(LONGEST_PAUSE) < 0; i++) {
            pause = pause.multipliedBy(2);
        }
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /** How many are not delivered and not given up. */
    public synchronized int waiting() {
        return open.size();
    }

    /** No attempt begins any more; what is left stays in the store. */
    @Override
    public synchronized void close() {
        closed = true;
        waiting.clear();
        if (alarm != null) {
            alarm.cancel();
            alarm = null;
        }
    }
}
