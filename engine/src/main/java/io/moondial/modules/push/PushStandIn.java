package io.moondial.modules.push;

import static java.util.Objects.requireNonNull;

import io.moondial.modules.push.PushGiven.Check;
import io.moondial.modules.push.PushGiven.End;
import io.moondial.modules.push.PushGiven.NotUnderstood;
import io.moondial.push.Orders;
import io.moondial.push.PushOrder;
import io.moondial.push.PushReport;
import io.moondial.push.PushReport.Reason;
import io.moondial.push.PushReport.State;
import io.moondial.push.PushSettings;
import io.moondial.push.Pushes;
import io.moondial.script.api.Backend.Line;
import io.moondial.script.api.Backend.StandIn;
import io.moondial.script.api.Backend.TestWorld;
import io.moondial.time.Time;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a dialog test has for {@code push}: what the test gives becomes of pushes, and what was
 * ordered is known. Each given of a number is for one push, in turn; the last one is for all that
 * follow. Pushes to numbers that the queue of the test's engine reaches go there.
 */
public final class PushStandIn implements StandIn<Pushes>, Pushes {
    private final PushSettings settings;
    private final TestWorld world;
    private final List<PushGiven> givens = new ArrayList<>();

    // ---- guarded by this

    /** Those that have said what becomes of a push; two lines that say the same are two. */
    private final Set<PushGiven> used = Collections.newSetFromMap(new IdentityHashMap<>());

    private final Map<String, Kept> pushes = new LinkedHashMap<>();
    private final Map<String, String> byKey = new HashMap<>();

    /** What the queue has accepted, by its ids. */
    private final Map<String, PushOrder> passedOn = new LinkedHashMap<>();

    /** Null: there is none. */
    private @Nullable Pushes queue;

    private Predicate<String> reaches = msisdn -> false;

    private final List<Listener> listeners = new ArrayList<>();

    /** A push. */
    private static final class Kept {
        private final PushOrder order;
        private final CompletableFuture<Optional<PushReport>> end = new CompletableFuture<>();
        private PushReport report;
        private Time.@Nullable Alarm alarm;

        Kept(PushOrder order, PushReport report) {
            this.order = order;
            this.report = report;
        }
    }

    PushStandIn(PushSettings settings, TestWorld world) {
        this.settings = settings;
        this.world = world;
        for (String text : world.givens()) {
            try {
                givens.add(PushGiven.read(text));
            } catch (NotUnderstood e) {
                throw new IllegalStateException("not objected to before: " + text, e);
            }
        }
    }

    @Override
    public Pushes running() {
        return this;
    }

    /**
     * From now on orders go to a queue, if nothing is given for their number.
     *
     * @param reaches whether the queue reaches a number: digits of an international one
     */
    public synchronized void connect(Pushes queue, Predicate<String> reaches) {
        this.queue = queue;
        this.reaches = reaches;
        listeners.forEach(queue::follow);
    }

    /** Where a push to this number goes; null: it stays here. */
    private synchronized @Nullable Pushes queueFor(String msisdn) {
        boolean isGiven = givens.stream().anyMatch(it -> msisdn.equals(it.msisdn()));
        return isGiven || !reaches.test(msisdn) ? null : queue;
    }

    /** Where the push of this id is; null: here. */
    private synchronized @Nullable Pushes queueOf(String id) {
        return passedOn.containsKey(id) ? queue : null;
    }

    // ---- what scripts find

    @Override
    public boolean isOn() {
        return settings.isOn();
    }

    @Override
    public CompletableFuture<Submission> submit(PushOrder order) {
        Optional<Submission> refusal = refusal(order);
        if (refusal.isPresent()) {
            return CompletableFuture.completedFuture(refusal.get());
        }
        Pushes other = queueFor(order.msisdn());
        return other == null
                ? CompletableFuture.completedFuture(accept(order))
                : other.submit(order).thenApply(it -> noted(order, it));
    }

    private synchronized Submission noted(PushOrder order, Submission submission) {
        if (submission instanceof Submission.Accepted(PushReport report, boolean again)) {
            passedOn.putIfAbsent(report.id(), order);
        }
        return submission;
    }

    private Submission accept(PushOrder order) {
        Kept kept;
        End end;
        PushGiven given;
        synchronized (this) {
            String key =
                    order.idempotencyKey() == null
                            ? null
                            : order.by() + '/' + order.idempotencyKey();
            Kept before = key == null ? null : pushes.get(byKey.get(key));
            if (before != null) {
                return before.order.equals(order)
                        ? new Submission.Accepted(before.report, true)
                        : new Submission.Refused(
                                Why.CONFLICT,
                                "the idempotency key "
                                        + order.idempotencyKey()
                                        + " was used for another push");
            }
            given = next(order.msisdn());
            String id = "push-" + (pushes.size() + 1);
            kept = new Kept(order, queued(id, order));
            pushes.put(id, kept);
            if (key != null) {
                byKey.put(key, id);
            }
        }
        if (given == null) {
            world.fault()
                    .accept(
                            "no 'given push' says what becomes of a push to %s: %s; no handset has the number, and no 'given handset' is for it"
                                    .formatted(order.msisdn(), text(order)));
            end = new End.Never();
        } else {
            end = given.end();
        }
        PushReport accepted = kept.report;
        tell(accepted);
        if (end instanceof End.In in) {
            if (requireNonNull(given).after().isZero()) {
                ended(kept, in);
            } else {
                kept.alarm = world.time().after(given.after(), () -> ended(kept, in));
            }
        }
        return new Submission.Accepted(accepted, false);
    }

    private Optional<Submission> refusal(PushOrder order) {
        if (!settings.isOn()) {
            return Optional.of(new Submission.Refused(Why.OFF, PushBackend.OFF));
        }
        Submission.Refused wrong = Orders.refusal(order, settings, world.time().now());
        if (wrong != null) {
            return Optional.of(wrong);
        }
        for (PushGiven given : givens) {
            if (given.end() instanceof End.Refused(Why why)) {
                synchronized (this) {
                    used.add(given);
                }
                return Optional.of(new Submission.Refused(why, "given push " + given.text()));
            }
        }
        return Optional.empty();
    }

    /** Whether the same push is ordered again; it may expire later then. */
    private @Nullable PushGiven next(String msisdn) {
        PushGiven last = null;
        for (PushGiven given : givens) {
            if (msisdn.equals(given.msisdn())) {
                if (used.add(given)) {
                    return given;
                }
                last = given;
            }
        }
        return last;
    }

    private PushReport queued(String id, PushOrder order) {
        Instant now = world.time().now();
        PushOrder.Expiry expires = order.expires();
        return new PushReport(
                id,
                order.msisdn(),
                what(order),
                order.priority(),
                order.by(),
                State.QUEUED,
                now,
                expires == null ? now.plus(settings.expires()) : expires.from(now),
                now,
                0,
                null,
                null,
                null,
                null,
                null,
                order.callback(),
                null);
    }

    private static String what(PushOrder order) {
        return switch (order.content()) {
            case PushOrder.Text text -> PushModule.word(text.screen());
            case PushOrder.Script script -> script.key();
        };
    }

    private static String text(PushOrder order) {
        return switch (order.content()) {
            case PushOrder.Text text -> text.text();
            case PushOrder.Script script ->
                    script.key() + (script.args() == null ? "" : " " + script.args());
        };
    }

    private void ended(Kept push, End.In in) {
        PushReport report;
        synchronized (this) {
            if (push.report.state().isLast()) {
                return;
            }
            boolean begun = in.state() == State.COMPLETED || in.state() == State.FAILED;
            report = changed(push.report, in.state(), begun ? 1 : 0, in.reason(), in.answer());
            push.report = report;
        }
        push.end.complete(Optional.of(report));
        tell(report);
    }

    private PushReport changed(
            PushReport before,
            State state,
            int attempts,
            @Nullable Reason reason,
            @Nullable String answer) {
        return new PushReport(
                before.id(),
                before.msisdn(),
                before.what(),
                before.priority(),
                before.by(),
                state,
                before.accepted(),
                before.expires(),
                world.time().now(),
                attempts,
                null,
                null,
                reason,
                answer,
                null,
                before.callback(),
                null);
    }

    private void tell(PushReport report) {
        List<Listener> told;
        synchronized (this) {
            told = List.copyOf(listeners);
        }
        told.forEach(it -> it.changed(report));
    }

    @Override
    public CompletableFuture<Optional<PushReport>> find(String id) {
        Pushes other = queueOf(id);
        return other == null ? findHere(id) : other.find(id);
    }

    private synchronized CompletableFuture<Optional<PushReport>> findHere(String id) {
        return CompletableFuture.completedFuture(
                Optional.ofNullable(pushes.get(id)).map(it -> it.report));
    }

    @Override
    public CompletableFuture<Optional<PushReport>> cancel(String id) {
        Pushes other = queueOf(id);
        if (other != null) {
            return other.cancel(id);
        }
        Kept push;
        synchronized (this) {
            push = pushes.get(id);
        }
        if (push != null) {
            if (push.alarm != null) {
                push.alarm.cancel();
            }
            ended(push, new End.In(State.CANCELLED, null, null));
        }
        return find(id);
    }

    @Override
    public CompletableFuture<Optional<PushReport>> ended(String id) {
        Pushes other = queueOf(id);
        return other == null ? endedHere(id) : other.ended(id);
    }

    private synchronized CompletableFuture<Optional<PushReport>> endedHere(String id) {
        Kept push = pushes.get(id);
        return push == null ? CompletableFuture.completedFuture(Optional.empty()) : push.end.copy();
    }

    @Override
    public synchronized List<PushReport> latest(int max) {
        List<PushReport> all =
                new ArrayList<>(pushes.values().stream().map(it -> it.report).toList());
        Collections.reverse(all);
        return List.copyOf(all.subList(0, Math.min(max, all.size())));
    }

    @Override
    public synchronized Standing standing() {
        int waiting =
                (int) pushes.values().stream().filter(it -> !it.report.state().isLast()).count();
        return new Standing(waiting, 0, settings.maxQueued(), null, null);
    }

    @Override
    public synchronized void follow(Listener listener) {
        listeners.add(listener);
        if (queue != null) {
            queue.follow(listener);
        }
    }

    // ---- lines of a test

    @Override
    public Optional<String> check(boolean absent, String text) {
        Check check;
        try {
            check = PushGiven.check(text);
        } catch (NotUnderstood e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
        List<Kept> to = to(check.msisdn());
        Optional<Kept> found = to.stream().filter(it -> fits(check, it)).findFirst();
        if (absent) {
            return found.map(it -> "expected no such push, but there was: " + shown(it));
        }
        if (found.isPresent()) {
            return Optional.empty();
        }
        return Optional.of(
                to.isEmpty()
                        ? "expected such a push, but there was none to " + check.msisdn()
                        : "expected such a push, but there was: "
                                + to.stream()
                                        .map(PushStandIn::shown)
                                        .collect(Collectors.joining("; ")));
    }

    /** The pushes to a number, in the order in which they were accepted. */
    private List<Kept> to(String msisdn) {
        List<Kept> all = new ArrayList<>();
        Map<String, PushOrder> there = new LinkedHashMap<>();
        synchronized (this) {
            pushes.values().stream()
                    .filter(it -> it.order.msisdn().equals(msisdn))
                    .forEach(all::add);
            passedOn.forEach(
                    (id, order) -> {
                        if (order.msisdn().equals(msisdn)) {
                            there.put(id, order);
                        }
                    });
        }
        there.forEach((id, order) -> find(id).join().ifPresent(it -> all.add(new Kept(order, it))));
        return all;
    }

    private static boolean fits(Check check, Kept push) {
        Reason reason = push.report.reason();
        return (check.word() == null
                        || check.word().equals(push.report.state().word())
                        || (reason != null && check.word().equals(reason.word())))
                && (check.shows() == null || text(push.order).contains(check.shows()));
    }

    private static String shown(Kept push) {
        PushReport report = push.report;
        return "%s \"%s\", %s%s"
                .formatted(
                        report.what(),
                        text(push.order),
                        report.state().word(),
                        report.reason() == null ? "" : " " + report.reason().word());
    }

    @Override
    public synchronized List<String> unused() {
        return givens.stream().filter(it -> !used.contains(it)).map(PushGiven::text).toList();
    }

    /** What is wrong with a line; empty: nothing. */
    static Optional<String> objection(Line line, String text) {
        try {
            var _ =
                    switch (line) {
                        case GIVEN -> PushGiven.read(text);
                        case CHECK, CHECK_ABSENT -> PushGiven.check(text);
                    };
            return Optional.empty();
        } catch (NotUnderstood e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }
}
