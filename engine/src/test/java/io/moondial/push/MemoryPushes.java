package io.moondial.push;

import static java.util.Objects.requireNonNull;

import io.moondial.push.PushReport.State;
import io.moondial.push.Pushes.Submission.Accepted;
import io.moondial.push.Pushes.Submission.Refused;
import io.moondial.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Takes orders and does nothing with them; a test says what becomes of each. */
public final class MemoryPushes implements Pushes {
    private final Time time;
    private final int max;
    private final Map<String, PushReport> reports = new LinkedHashMap<>();
    private final Map<String, PushOrder> byKey = new LinkedHashMap<>();
    private final Map<String, String> idOfKey = new LinkedHashMap<>();
    private final Map<String, List<CompletableFuture<Optional<PushReport>>>> waiting =
            new LinkedHashMap<>();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final List<PushOrder> orders = new ArrayList<>();
    private @Nullable Refused refusal;
    private @Nullable String down;
    private @Nullable String foreign;
    private boolean isHasty;
    private @Nullable String held;
    private UnaryOperator<PushReport> next = it -> it;

    /** At most so many wait. */
    public MemoryPushes(Time time, int max) {
        this.time = time;
        this.max = max;
    }

    /** Everything that was accepted, in its order. */
    public synchronized List<PushOrder> orders() {
        return List.copyOf(orders);
    }

    /** From now on orders are refused; null: they are not. */
    public synchronized void refuse(@Nullable Why why, String detail) {
        refusal = why == null ? null : new Refused(why, detail);
    }

    /** From now on the store cannot be asked; null: it can. */
    public synchronized void storeFails(@Nullable String why) {
        down = why;
    }

    /** From now on none can be withdrawn, as it is one of another engine; null: it can. */
    public synchronized void belongToAnother(@Nullable String why) {
        foreign = why;
    }

    /** From now on nobody waits for an end: how it is then is said at once. */
    public synchronized void answerAtOnce() {
        isHasty = true;
    }

    /** From now on none is begun. */
    public synchronized void hold(@Nullable String why) {
        held = why;
    }

    /** What becomes at once of each that is accepted. */
    public synchronized void each(UnaryOperator<PushReport> change) {
        next = change;
    }

    /** A push changes. */
    public void change(String id, UnaryOperator<PushReport> change) {
        PushReport changed;
        List<CompletableFuture<Optional<PushReport>>> over = List.of();
        synchronized (this) {
            changed = change.apply(reports.get(id));
            reports.put(id, changed);
            if (changed.state().isLast()) {
                over = waiting.getOrDefault(id, List.of());
                waiting.remove(id);
            }
        }
        over.forEach(it -> it.complete(Optional.of(changed)));
        listeners.forEach(it -> it.changed(changed));
    }

    /** The same push in another state. */
    public static PushReport in(State state, PushReport report) {
        return new PushReport(
                report.id(),
                report.msisdn(),
                report.what(),
                report.priority(),
                report.by(),
                state,
                report.accepted(),
                report.expires(),
                report.changed(),
                report.attempts(),
                report.nextAttempt(),
                report.errorCode(),
                report.reason(),
                report.answer(),
                report.instanceId(),
                report.callback(),
                report.route());
    }

    @Override
    public boolean isOn() {
        return true;
    }

    @Override
    public CompletableFuture<Submission> submit(PushOrder order) {
        PushReport report;
        synchronized (this) {
            if (refusal != null) {
                return CompletableFuture.completedFuture(refusal);
            }
            String key = order.by() + "\n" + order.idempotencyKey();
            if (order.idempotencyKey() != null && byKey.containsKey(key)) {
                PushOrder before = byKey.get(key);
                if (!order.equals(before)) {
                    return CompletableFuture.completedFuture(
                            new Refused(Why.CONFLICT, "the key was used for another push"));
                }
                return CompletableFuture.completedFuture(
                        new Accepted(requireNonNull(reports.get(idOfKey.get(key))), true));
            }
            if (standing().waiting() >= max) {
                return CompletableFuture.completedFuture(
                        new Refused(Why.FULL, "%d pushes wait (push: max_queued)".formatted(max)));
            }
            Instant now = time.now();
            String id = "p" + (reports.size() + 1);
            PushOrder.Expiry expires = order.expires();
            report =
                    new PushReport(
                            id,
                            order.msisdn(),
                            switch (order.content()) {
                                case PushOrder.Text text ->
                                        text.screen().name().toLowerCase(Locale.ROOT);
                                case PushOrder.Script script -> script.key();
                            },
                            order.priority(),
                            order.by(),
                            State.QUEUED,
                            now,
                            expires == null ? now.plus(Duration.ofMinutes(10)) : expires.from(now),
                            now,
                            0,
                            null,
                            null,
                            null,
                            null,
                            null,
                            order.callback(),
                            null);
            orders.add(order);
            reports.put(id, report);
            if (order.idempotencyKey() != null) {
                byKey.put(key, order);
                idOfKey.put(key, id);
            }
        }
        change(report.id(), next);
        return CompletableFuture.completedFuture(new Accepted(report, false));
    }

    @Override
    public synchronized CompletableFuture<Optional<PushReport>> find(String id) {
        return down == null
                ? CompletableFuture.completedFuture(Optional.ofNullable(reports.get(id)))
                : CompletableFuture.failedFuture(new StoreException(down));
    }

    @Override
    public CompletableFuture<Optional<PushReport>> cancel(String id) {
        PushReport report;
        synchronized (this) {
            report = reports.get(id);
            if (foreign != null && report != null) {
                return CompletableFuture.failedFuture(new OwnerException(foreign));
            }
        }
        if (down == null && report != null && report.state() == State.QUEUED) {
            change(id, it -> in(State.CANCELLED, it));
        }
        return find(id);
    }

    @Override
    public synchronized CompletableFuture<Optional<PushReport>> ended(String id) {
        PushReport report = reports.get(id);
        if (down != null || isHasty || report == null || report.state().isLast()) {
            return find(id);
        }
        CompletableFuture<Optional<PushReport>> over = new CompletableFuture<>();
        waiting.computeIfAbsent(id, it -> new ArrayList<>()).add(over);
        return over;
    }

    /** How many wait for the end of a push, and have not given up. */
    public synchronized long waitingFor(String id) {
        return waiting.getOrDefault(id, List.of()).stream().filter(it -> !it.isDone()).count();
    }

    @Override
    public synchronized List<PushReport> latest(int most) {
        return new ArrayList<>(reports.values()).reversed().stream().limit(most).toList();
    }

    @Override
    public synchronized Standing standing() {
        int queued = 0;
        int running = 0;
        for (PushReport report : reports.values()) {
            if (report.state() == State.QUEUED) {
                queued++;
            } else if (!report.state().isLast()) {
                running++;
            }
        }
        return new Standing(queued, running, max, held, null);
    }

    @Override
    public void follow(Listener listener) {
        listeners.add(listener);
    }
}
