package io.moondial.modules.sql;

import io.moondial.metrics.RateLimitedLog;
import io.moondial.modules.sql.Databases.Call;
import io.moondial.modules.sql.Databases.Outcome;
import io.moondial.modules.sql.Databases.Why;
import io.moondial.modules.sql.SqlSettings.DatabaseSettings;
import io.moondial.script.api.Backend.Gauge;
import io.moondial.time.Time;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One database with its limits. So many calls run at the same time as there are connections; the
 * others wait in their order, each until its time is up. No script waits longer than the rules say,
 * even if the database does not answer any more: a connection that does not come back is closed.
 */
final class Database implements Databases.Reached {
    /** How long a statement may still take once the database should have stopped it. */
    private static final Duration GRACE = Duration.ofMillis(250);

    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    private final String name;

    /** What has a name in the rules now. */
    private final Function<String, Databases.@Nullable Reached> present;

    private final DatabaseSettings settings;
    private final Sessions sessions;
    private final Connections connections;
    private final Reachability reachability;
    private final Time time;
    private final RateLimitedLog log;
    private final Executor workers;
    private final @Nullable ExecutorService ownWorkers;
    private final Turns<Job> turns;

    /** Those that have a turn, and have no connection yet. */
    private final Set<Job> connecting = ConcurrentHashMap.newKeySet();

    private final CountDownLatch closed = new CountDownLatch(1);

    /**
     * A database of the rules.
     *
     * @param present what has a name in the rules now: calls that come too late go there
     */
    Database(
            String name,
            DatabaseSettings settings,
            Time time,
            Function<String, Databases.@Nullable Reached> present) {
        this(
                name,
                settings,
                time,
                present,
                Connections.pool(name, settings, time),
                settings.pool(),
                new Sessions(settings).areHere());
    }

    /** One with a single connection, which exists. */
    Database(String name, DatabaseSettings settings, Connection connection, Time time) {
        this(name, settings, time, _ -> null, Connections.single(connection), 1, true);
    }

    /** {@code pins}: its calls would keep the carrier of a virtual thread. */
    private Database(
            String name,
            DatabaseSettings settings,
            Time time,
            Function<String, Databases.@Nullable Reached> present,
            Connections connections,
            int capacity,
            boolean pins) {
        this.name = name;
        this.present = present;
        this.settings = settings;
        this.sessions = new Sessions(settings);
        this.connections = connections;
        this.time = time;
        this.turns = new Turns<>(capacity);
        this.log = new RateLimitedLog(LOG, time);
        this.ownWorkers = pins ? platformThreads(capacity) : null;
        this.workers =
                ownWorkers != null
                        ? ownWorkers
                        : job -> Thread.ofVirtual().name("sql-" + name).start(job);
        this.reachability = new Reachability(name, settings, connections, time, this::refuseAll);
        connections.tell(reachability);
    }

    private ExecutorService platformThreads(int count) {
        return Executors.newFixedThreadPool(
                count, Thread.ofPlatform().daemon().name("sql-" + name + "-", 1).factory());
    }

    @Override
    public DatabaseSettings settings() {
        return settings;
    }

    @Override
    public CompletableFuture<Outcome> run(Call call) {
        Job job = new Job(it -> it.carryOut(call), null);
        return job.takeTurn() ? job.answer : elsewhere(job, it -> it.run(call));
    }

    @Override
    public CompletableFuture<Outcome> begin() {
        Job job =
                new Job(
                        it -> {
                            sessions.begin(it.connection());
                            return new Outcome.Begun(new OpenTransaction(it.connection()));
                        },
                        null);
        return job.takeTurn() ? job.answer : elsewhere(job, Databases.Reached::begin);
    }

    /** The rules were loaded anew in this moment: what has the name now is called. */
    private CompletableFuture<Outcome> elsewhere(
            Job late, Function<Databases.Reached, CompletableFuture<Outcome>> call) {
        Databases.Reached now = present.apply(name);
        CompletableFuture<Outcome> answer =
                now == null || now == this ? late.answer : call.apply(now);
        late.finish(
                new Outcome.Failed(
                        Why.UNAVAILABLE,
                        now == this
                                ? "the database is closed"
                                : "the rules do not have this database any more"));
        return answer;
    }

    List<Gauge> gauges() {
        String called = "sql." + name;
        return List.of(
                reachability.gauge(called),
                new Gauge(called, "active", connections.active(), null),
                new Gauge(called, "idle", connections.idle(), null),
                new Gauge(called, "waiting", turns.waiting(), null));
    }

    /** No connection can come: nobody waits for one. */
    private void refuseAll() {
        connecting.forEach(job -> job.end(reachability.unavailable()));
        turns.leaveAll().forEach(job -> job.finish(reachability.unavailable()));
    }

    // ---- its end

    /** A turn is over, and its connection is given back. */
    private void release() {
        Job next = turns.pass();
        if (next != null) {
            next.start();
        } else if (turns.areOver()) {
            close();
        }
    }

    /** Ends once its transactions have: no new call comes. */
    void retire() {
        turns.end();
        if (turns.areOver()) {
            close();
        }
    }

    /** Whether it has ended, and its connections are closed. */
    boolean isClosed() {
        return closed.getCount() == 0;
    }

    /** Ends soon, whatever it does. */
    void stop() {
        retire();
        try {
            if (!closed.await(LONGEST_CLOSE.toMillis(), TimeUnit.MILLISECONDS)) {
                close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
        }
    }

    private void close() {
        synchronized (closed) {
            if (closed.getCount() > 0) {
                // a worker may be the one that closes, so none is waited for
                Thread.ofPlatform()
                        .daemon()
                        .name("sql-" + name + "-close")
                        .start(
                                () -> {
                                    connections.close();
                                    closed.countDown();
                                });
                if (ownWorkers != null) {
                    ownWorkers.shutdown();
                }
            }
        }
    }

    private static String text(Duration duration) {
        return duration.toMillis() + " ms";
    }

    // ---- one call

    /** What a job does with its connection. */
    @FunctionalInterface
    private interface Body {
        Outcome run(Job job) throws SQLException;
    }

    /** Something to be done with a connection, and the limit of its time. */
    private final class Job implements Runnable {
        /** What the script waits for. It may come before the worker is back. */
        final CompletableFuture<Outcome> answer = new CompletableFuture<>();

        /** The worker is back. */
        final CompletableFuture<@Nullable Void> finished = new CompletableFuture<>();

        private final Body body;
        private final List<Time.Alarm> alarms = new ArrayList<>();

        /** Null: it takes a connection of its own, and gives it back. */
        private final @Nullable OpenTransaction transaction;

        private @Nullable Connection connection;
        private @Nullable PreparedStatement statement;

        /** When the database ends the statement by itself. */
        private long serverLimit;

        private boolean stopped;
        private boolean spoilt;
        private boolean isFinished;

        Job(Body body, @Nullable OpenTransaction transaction) {
            this.body = body;
            this.transaction = transaction;
            time.activity().begin();
            var _ =
                    answer.whenComplete(
                            (_, e) -> {
                                if (e instanceof CancellationException) {
                                    time.activity().end();
                                    interrupt();
                                }
                            });
            alarm(settings.timeout(), this::timeIsUp);
        }

        private void alarm(Duration delay, Runnable action) {
            Time.Alarm alarm = time.after(delay, action);
            synchronized (this) {
                if (!isFinished) {
                    alarms.add(alarm);
                    return;
                }
            }
            alarm.cancel();
        }

        /** Tells the script. Only the first answer counts. */
        void end(Outcome outcome) {
            if (answer.complete(outcome)) {
                time.activity().end();
            } else if (outcome instanceof Outcome.Begun begun) {
                begun.transaction().abandon();
            }
        }

        // ---- its turn

        /** Starts when a connection may be taken; false: never, since no new call is taken. */
        boolean takeTurn() {
            if (reachability.isDown()) {
                if (turns.haveEnded()) {
                    return false;
                }
                finish(reachability.unavailable());
                return true;
            }
            Turns.Answer turn = turns.ask(this);
            if (turn == Turns.Answer.NEVER) {
                return false;
            }
            alarm(settings.acquireTimeout(), this::connectionIsLate);
            if (turn == Turns.Answer.NOW) {
                start();
            }
            return true;
        }

        /** It is its turn. */
        void start() {
            connecting.add(this);
            execute();
        }

        /** Starts on the connection of its transaction once what ran before is over. */
        void startAfter(@Nullable Job before) {
            if (before == null) {
                execute();
            } else {
                var _ = before.finished.whenComplete((_, _) -> execute());
            }
        }

        private void execute() {
            try {
                workers.execute(this);
            } catch (RejectedExecutionException e) {
                connecting.remove(this); // the engine stops
                finish(new Outcome.Failed(Why.UNAVAILABLE, "the database is closed"));
            }
        }

        private void connectionIsLate() {
            if (turns.leave(this)) {
                finish(
                        new Outcome.Failed(
                                Why.BUSY,
                                "no connection was free within "
                                        + text(settings.acquireTimeout())
                                        + " (acquire_timeout); all "
                                        + turns.capacity()
                                        + " (pool) were in use"));
            } else if (connecting.contains(this)) {
                end(reachability.unavailable());
            }
        }

        private void timeIsUp() {
            long left = 0;
            synchronized (this) {
                if (statement != null && sessions.limitTime()) {
                    left = Math.max(0, serverLimit - time.nanos()) + GRACE.toNanos();
                }
            }
            end(
                    new Outcome.Failed(
                            Why.TIMEOUT,
                            "not finished within "
                                    + text(settings.timeout())
                                    + " (timeout); a change may have been carried out"));
            if (left == 0) {
                interrupt();
            } else {
                alarm(Duration.ofNanos(left), this::interrupt);
            }
        }

        // ---- on a worker

        @Override
        public void run() {
            Outcome outcome = reachability.unavailable();
            try {
                Connection mine = transaction == null ? connections.take() : transaction.connection;
                connecting.remove(this);
                boolean inTime;
                synchronized (this) {
                    connection = mine;
                    inTime = !stopped && !answer.isDone();
                }
                if (inTime || (transaction != null && transaction.ended)) {
                    outcome = body.run(this);
                }
            } catch (SQLException e) {
                outcome =
                        connection == null
                                ? reachability.unavailable()
                                : JdbcCall.failure(e, settings.dialect(), afterSecret());
            } catch (RuntimeException | Error e) {
                outcome = new Outcome.Failed(Why.UNAVAILABLE, "internal fault: " + e);
                LOG.error("database {}: a call failed", name, e);
                spoilt = true;
            } finally {
                connecting.remove(this);
                giveBack(outcome);
                finish(outcome);
            }
        }

        private void giveBack(Outcome outcome) {
            Connection mine;
            boolean broken;
            synchronized (this) {
                mine = connection;
                isFinished = true;
                broken = spoilt || (stopped && !sessions.areHere());
            }
            if (transaction != null) {
                transaction.spoilt |= broken;
            } else if (outcome instanceof Outcome.Begun(OpenTransaction begun)) {
                begun.spoilt |= broken; // what ends it gives the connection back
            } else {
                if (mine != null) {
                    free(mine, broken);
                }
                release();
            }
        }

        /** Before or after this, the worker has nothing to do with it. */
        void finish(Outcome outcome) {
            List<Time.Alarm> set;
            synchronized (this) {
                isFinished = true;
                set = List.copyOf(alarms);
                alarms.clear();
            }
            set.forEach(Time.Alarm::cancel);
            finished.complete(null);
            end(outcome);
        }

        Connection connection() {
            return Objects.requireNonNull(connection);
        }

        synchronized boolean isStopped() {
            return stopped;
        }

        /** Whether its transaction has a secret answer, which any later message may repeat. */
        private boolean afterSecret() {
            return transaction != null && transaction.boundSecret;
        }

        Outcome carryOut(Call call) {
            JdbcCall jdbc = new JdbcCall(settings, call);
            try (PreparedStatement prepared = connection().prepareStatement(call.text().jdbc())) {
                synchronized (this) {
                    if (stopped) {
                        return reachability.unavailable();
                    }
                    statement = prepared;
                    spoilt |= call.text().changesSession(); // whatever comes of it
                    serverLimit = time.nanos() + settings.timeout().toNanos();
                }
                try {
                    return jdbc.carryOut(prepared);
                } finally {
                    synchronized (this) {
                        statement = null;
                    }
                }
            } catch (SQLException e) {
                Outcome failure =
                        JdbcCall.failure(
                                e, settings.dialect(), afterSecret() || !call.secrets().isEmpty());
                if (failure instanceof Outcome.Failed(Why why, String _)
                        && (why == Why.TOO_LARGE || why == Why.UNAVAILABLE)) {
                    spoilt = true; // what is left of a result is not read
                }
                return failure;
            }
        }

        // ---- its end from outside

        /** Stops what the database does for it. Nobody waits for it any more. */
        private void interrupt() {
            if (turns.leave(this)) {
                finish(new Outcome.Failed(Why.UNAVAILABLE, "nobody waits for it"));
                return;
            }
            PreparedStatement running;
            Connection mine;
            synchronized (this) {
                if (isFinished) {
                    return;
                }
                stopped = true;
                running = statement;
                mine = connection;
                if (sessions.areHere()) {
                    cancel(running); // within the lock: it must not hit what comes next
                    return;
                }
            }
            if (mine != null) {
                log.write(
                        Level.WARN,
                        "sql_stopped " + name,
                        "database {}: a call that nobody waits for is stopped, and its connection is"
                                + " closed",
                        name);
                Thread.ofVirtual().name("sql-" + name + "-stop").start(() -> cancel(running));
                alarm(
                        GRACE,
                        () ->
                                Thread.ofVirtual()
                                        .name("sql-" + name + "-close")
                                        .start(() -> abortIfHeld(mine)));
            }
        }

        private static void cancel(@Nullable PreparedStatement running) {
            try {
                if (running != null) {
                    running.cancel();
                }
            } catch (SQLException e) {
                LOG.debug("not cancelled", e); // its connection is closed
            }
        }

        private void abortIfHeld(Connection mine) {
            synchronized (this) {
                if (isFinished) {
                    return;
                }
            }
            connections.abort(mine);
        }
    }

    /** It is free again; a broken one is closed. */
    private void free(Connection connection, boolean broken) {
        try {
            connections.giveBack(connection, broken);
        } catch (RuntimeException e) {
            LOG.error("database {}: a connection cannot be given back", name, e);
        }
    }

    // ---- transactions

    /** A transaction on a connection of its own. Called by one thread, that of its script. */
    private final class OpenTransaction implements Databases.Transaction {
        private final Connection connection;
        private @Nullable Job last;
        private volatile boolean ended;
        private volatile boolean boundSecret;
        private volatile boolean spoilt;

        OpenTransaction(Connection connection) {
            this.connection = connection;
        }

        @Override
        public CompletableFuture<Outcome> run(Call call) {
            boundSecret |= !call.secrets().isEmpty();
            Outcome failure = failure();
            return failure == null
                    ? job(it -> it.carryOut(call)).answer
                    : CompletableFuture.completedFuture(failure);
        }

        /** A transaction in which something has failed is not carried out by halves. */
        private @Nullable Outcome failure() {
            Outcome outcome = last == null ? null : last.answer.getNow(null);
            return outcome instanceof Outcome.Failed || outcome instanceof Outcome.Mistaken
                    ? outcome
                    : null;
        }

        private Job job(Body body) {
            Job before = last;
            Job job = new Job(body, this);
            last = job;
            job.startAfter(before);
            return job;
        }

        @Override
        public CompletableFuture<Outcome> commit() {
            Outcome failure = failure();
            if (failure != null) {
                return rollback().thenApply(_ -> failure);
            }
            return end(
                    it -> {
                        if (it.isStopped()) {
                            sessions.rollback(connection);
                            return new Outcome.Ended();
                        }
                        try {
                            sessions.commit(connection);
                        } catch (SQLException e) {
                            takeBack(e);
                            return notCommitted(e, it);
                        }
                        return new Outcome.Ended();
                    });
        }

        /** The script has no part in a commit: what no rule knows is no mistake of its own. */
        private Outcome notCommitted(SQLException e, Job job) {
            Outcome failure = JdbcCall.failure(e, settings.dialect(), job.afterSecret());
            return failure instanceof Outcome.Mistaken(String detail)
                    ? new Outcome.Failed(Why.UNAVAILABLE, detail)
                    : failure;
        }

        private void takeBack(SQLException e) {
            try {
                sessions.rollback(connection);
            } catch (SQLException another) {
                e.addSuppressed(another); // there is none any more, or its connection is closed
            }
        }

        @Override
        public CompletableFuture<Outcome> rollback() {
            return end(it -> {
                        try {
                            sessions.rollback(connection);
                        } catch (SQLException e) {
                            spoilt = true; // closed, it takes its changes back
                        }
                        return new Outcome.Ended();
                    })
                    .copy(); // it goes on even if nobody waits
        }

        private CompletableFuture<Outcome> end(Body body) {
            ended = true;
            Job job = job(body);
            var _ =
                    job.finished.whenComplete(
                            (_, _) -> {
                                free(connection, spoilt);
                                release();
                            });
            return job.answer;
        }

        @Override
        public void abandon() {
            if (!ended) {
                if (last != null) {
                    last.answer.cancel(true);
                }
                var _ = rollback();
            }
        }
    }
}
