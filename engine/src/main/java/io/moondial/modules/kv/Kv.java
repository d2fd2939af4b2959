package io.moondial.modules.kv;

import static java.util.Objects.requireNonNull;

import io.moondial.config.PemFile;
import io.moondial.file.Pem;
import io.moondial.modules.kv.KvSettings.Store;
import io.moondial.modules.kv.KvStore.Answer;
import io.moondial.modules.kv.KvStore.Condition;
import io.moondial.modules.kv.KvStore.Question;
import io.moondial.modules.kv.KvStore.Request;
import io.moondial.modules.kv.KvStore.Why;
import io.moondial.modules.kv.SqliteStore.SqliteSettings;
import io.moondial.script.api.Backend.BackendException;
import io.moondial.script.api.Backend.Gauge;
import io.moondial.time.Time;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** What the functions of {@code kv} ask: the store in force, or the stand-in of a dialog test. */
interface Kv {
    /** The settings in force. */
    KvSettings settings();

    /** Asks, within the time limit and the other limits. The answer never is a failure. */
    CompletableFuture<Answer> ask(Request request);

    /**
     * The same for what the engine itself keeps. As many calls of the engine may be under way as of
     * scripts, and neither are counted with the others: whatever scripts do, the engine's calls are
     * taken, and the other way round.
     */
    CompletableFuture<Answer> askForEngine(Question question);

    /**
     * The one of an engine: the store that the rules name, which another one can replace. It holds
     * the limits that are the same for all stores.
     */
    final class Live implements Kv {
        private final Time time;
        private volatile InUse current;

        Live(KvSettings settings, Time time) {
            this.time = time;
            current = new InUse(settings, open(settings, time));
        }

        @Override
        public KvSettings settings() {
            return current.settings;
        }

        @Override
        public CompletableFuture<Answer> ask(Request request) {
            return ask(request, Caller.SCRIPT);
        }

        @Override
        public CompletableFuture<Answer> askForEngine(Question question) {
            return ask(question, Caller.ENGINE);
        }

        private CompletableFuture<Answer> ask(Question question, Caller caller) {
            while (true) {
                InUse use = current;
                Answer.Failed refusal = use.enter(caller);
                if (refusal == null) {
                    return use.ask(question, caller, time);
                }
                if (use == current) {
                    return CompletableFuture.completedFuture(refusal);
                }
            }
        }

        /** Goes on with these settings, on another store if they name one. */
        synchronized void reload(KvSettings after) {
            InUse before = current;
            if (isSame(before.settings, after)) {
                if (before.store instanceof MemoryStore memory) {
                    memory.limit(limits(after));
                }
                current = before.with(after);
                return;
            }
            current = new InUse(after, open(after, time));
            var _ = before.closeOnceIdle();
        }

        /** Whether a store goes on when these settings follow those. */
        private static boolean isSame(KvSettings one, KvSettings other) {
            return one.store() == other.store()
                    && switch (one.store()) {
                        case MEMORY -> true;
                        case SQLITE -> sqlite(one).equals(sqlite(other));
                        case REDIS ->
                                requireNonNull(one.redis()).equals(other.redis())
                                        && one.timeout().equals(other.timeout());
                    };
        }

        private static KvStore open(KvSettings settings, Time time) {
            return switch (settings.store()) {
                case SQLITE -> new SqliteStore(sqlite(settings), time);
                case MEMORY -> new MemoryStore(limits(settings), time);
                case REDIS -> new RedisStore(redis(settings), time);
            };
        }

        private static SqliteSettings sqlite(KvSettings settings) {
            return new SqliteSettings(
                    settings.file(),
                    settings.timeout(),
                    settings.syncInterval(),
                    settings.sweepInterval());
        }

        private static MemoryStore.Limits limits(KvSettings settings) {
            return new MemoryStore.Limits(settings.memory().maxKeys(), settings.memory().maxSize());
        }

        private static RedisStore.RedisSettings redis(KvSettings settings) {
            KvSettings.RedisSettings redis = requireNonNull(settings.redis());
            return new RedisStore.RedisSettings(
                    redis.nodes().stream()
                            .map(
                                    it ->
                                            new RedisStore.Node(
                                                    KvSettings.RedisSettings.host(it),
                                                    KvSettings.RedisSettings.port(it)))
                            .toList(),
                    redis.user(),
                    redis.password() == null ? null : redis.password().text(),
                    redis.tls() == null ? null : tls(redis.tls().ca()),
                    redis.prefix(),
                    redis.pool(),
                    shorter(redis.acquireTimeout(), settings.timeout()),
                    shorter(redis.connectTimeout(), settings.timeout()),
                    settings.timeout());
        }

        private static Duration shorter(Duration one, Duration other) {
            return one.compareTo(other) < 0 ? one : other;
        }

        private static SSLContext tls(@Nullable PemFile ca) {
            try {
                SSLContext context = SSLContext.getInstance("TLS");
                context.init(null, ca == null ? null : trusting(ca), null);
                return context;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        private static TrustManager[] trusting(PemFile ca) {
            String content = ca.content();
            if (content == null) {
                throw new BackendException("kv: redis: tls: ca: " + ca + " cannot be read");
            }
            try {
                return Pem.trusting(Pem.certificates(ca.file(), content));
            } catch (Pem.UnusableException e) {
                throw new BackendException("kv: redis: tls: ca: " + e.getMessage());
            }
        }

        List<Gauge> gauges() {
            InUse use = current;
            String called = called(use.settings);
            Condition condition = use.store.condition();
            boolean isDown = condition.state().equals("unavailable");
            return List.of(
                    new Gauge(called, "state", isDown ? 0 : 1, condition.state(), isDown),
                    new Gauge(called, "in_flight", use.underWay(), null),
                    new Gauge(called, "waiting", condition.waiting(), null),
                    new Gauge(called, condition.amountOf(), condition.amount(), null));
        }

        /** Lets end what is under way, as long as a call may take. */
        void close() {
            InUse last = current;
            last.closeOnceIdle().join();
        }
    }

    /** As counters call it. */
    static String called(KvSettings settings) {
        Store store = settings.store();
        return "kv." + store.word();
    }

    /** Whose call it is. */
    enum Caller {
        SCRIPT,
        ENGINE
    }

    /** A store with the settings in force, and how many calls are under way on it. */
    final class InUse {
        private final KvSettings settings;
        private final KvStore store;
        private final Calls calls;

        private InUse(KvSettings settings, KvStore store) {
            this(settings, store, new Calls());
        }

        private InUse(KvSettings settings, KvStore store, Calls calls) {
            this.settings = settings;
            this.store = store;
            this.calls = calls;
        }

        /** Those under way. */
        private static final class Calls {
            private final CompletableFuture<Void> ended = new CompletableFuture<>();
            private final Map<Caller, Integer> underWay = new EnumMap<>(Caller.class);
            private boolean closing;

            private int ofAll() {
                return underWay.values().stream().mapToInt(it -> it).sum();
            }
        }

        InUse with(KvSettings others) {
            return new InUse(others, store, calls);
        }

        /** One more call; null: it may go on. */
        private Answer.@Nullable Failed enter(Caller caller) {
            synchronized (calls) {
                if (calls.closing) {
                    return new Answer.Failed(Why.UNAVAILABLE, "the store is closed");
                }
                int underWay = calls.underWay.getOrDefault(caller, 0);
                if (underWay >= settings.maxWaiting()) {
                    return new Answer.Failed(
                            Why.UNAVAILABLE,
                            "%d calls are under way, as many as may be (max_waiting)"
                                    .formatted(underWay));
                }
                calls.underWay.put(caller, underWay + 1);
                return null;
            }
        }

        private void leave(Caller caller) {
            synchronized (calls) {
                calls.underWay.merge(caller, -1, Integer::sum);
                if (!calls.closing || calls.ofAll() > 0) {
                    return;
                }
            }
            calls.ended.complete(null);
        }

        private int underWay() {
            synchronized (calls) {
                return calls.ofAll();
            }
        }

        private CompletableFuture<Answer> ask(Question question, Caller caller, Time time) {
            CompletableFuture<Answer> answer;
            try {
                answer = store.ask(question);
            } catch (RuntimeException | Error e) {
                leave(caller);
                throw e;
            }
            if (answer.isDone()) {
                leave(caller);
                return answer;
            }
            Duration timeout = settings.timeout();
            Time.Alarm alarm =
                    time.after(
                            timeout,
                            () ->
                                    answer.complete(
                                            new Answer.Failed(
                                                    Why.TIMEOUT,
                                                    "no answer of the store within %d ms (timeout)"
                                                            .formatted(timeout.toMillis()))));
            // whoever has the answer finds the call over
            return answer.whenComplete(
                    (_, _) -> {
                        alarm.cancel();
                        leave(caller);
                    });
        }

        /** Nothing new begins; once all has ended, the store is closed, on a thread of its own. */
        private CompletableFuture<Void> closeOnceIdle() {
            boolean idle;
            synchronized (calls) {
                idle = !calls.closing && calls.ofAll() == 0;
                calls.closing = true;
            }
            if (idle) {
                calls.ended.complete(null);
            }
            return calls.ended.thenRunAsync(
                    store::close, it -> Thread.ofPlatform().name("kv-closing").daemon().start(it));
        }
    }
}
