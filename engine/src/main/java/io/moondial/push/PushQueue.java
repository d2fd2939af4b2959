package io.moondial.push;

import static java.util.Objects.requireNonNull;

import io.moondial.channel.Address;
import io.moondial.channel.Channel;
import io.moondial.dialog.DialogFact;
import io.moondial.dialog.DialogKind;
import io.moondial.logic.DialogIdentity;
import io.moondial.logic.DialogListener;
import io.moondial.logic.DialogObserver;
import io.moondial.logic.PushedDialog;
import io.moondial.logic.ServiceDesk;
import io.moondial.metrics.Counters;
import io.moondial.metrics.RateLimitedLog;
import io.moondial.push.PushReport.Reason;
import io.moondial.push.PushReport.State;
import io.moondial.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The pushes of an engine: where they wait, whose turn it is, and what has become of them. What is
 * accepted is in the store before anybody hears so; that a message may leave is in the store before
 * it does. So a kill loses no push, and none is sent twice by an engine that does not know whether
 * it was sent.
 */
public final class PushQueue implements Pushes, DialogObserver, AutoCloseable {
    /** How many that have ended are in {@link #latest}. */
    private static final int ENDED_SHOWN = 1000;

    /** How long a stop waits for the store. */
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

    /** So many expire in one go; others who wait for the queue come in between. */
    private static final int EXPIRE_AT_ONCE = 500;

    /** How long a queue that could not begin a push waits. */
    private static final Duration AGAIN = Duration.ofSeconds(1);

    private static final String FAULT = "fault";
    private static final String OVERLOAD = "overload";
    private static final String STORE = "store";
    private static final String SWITCHED_OFF = "script_switched_off";

    private static final Logger log = LoggerFactory.getLogger(PushQueue.class);
    private final RateLimitedLog limited;
    private final Time time;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final Guard guard;
    private final KeptPushes kept;

    // ---- guarded

    private volatile PushSettings settings;
    private volatile @Nullable Parts parts;
    private volatile boolean stopping;
    private volatile boolean closed;

    /** Those that have not ended, and those whose end is not in the store yet. */
    private final Map<String, Push> open = new HashMap<>();

    private final Tenure tenure;

    /**
     * Those that wait in the store, for whoever is their engine: how they were when it was told.
     */
    private final Map<String, PushReport> elsewhere = new HashMap<>();

    private final Turns turns;
    private final Deque<PushReport> ended = new ArrayDeque<>();
    private long sequence;
    private int running;

    /** Places that orders have taken which are not in the store yet. */
    private int reserved;

    /** What was found in the store while there were such orders: it can be one of these. */
    private final Set<String> adoptedEarly = new HashSet<>();

    /** Nobody begins before this moment, because the last one could not. */
    private long heldUntil;

    /** Why. */
    private String heldBy = OVERLOAD;

    private Time.@Nullable Alarm wakeUp;
    private long wakeUpAt;

    /**
     * What pushes need of the engine. What only looks is called within the queue's lock: it must
     * take no other one.
     *
     * @param dialogs runs their scripts
     * @param obstacle why no dialog may begin now, in one word; empty: one may
     * @param isOff whether the script that may be pushed by this key is switched off now
     * @param ssn the subsystem that they begin from, where the rules do not say
     * @param zone of the quiet hours
     * @param takesUp done outside of the lock whenever the pushes of the owner have become this
     *     engine's, at a start first of all: what another run has left is gone on with
     */
    public record Parts(
            PushStore store,
            Channel channel,
            Dialogs dialogs,
            Function<PushSettings, Optional<String>> obstacle,
            Predicate<String> isOff,
            int ssn,
            Supplier<ZoneId> zone,
            Counters counters,
            Runnable takesUp) {}

    /** Runs the scripts of pushes. */
    @FunctionalInterface
    public interface Dialogs {
        /**
         * Runs one.
         *
         * @return why not, in one word; {@link ServiceDesk#NO_SCRIPT}: nor will it ever. Empty: it
         *     runs, and its listener is told how it ends
         */
        Optional<String> push(PushedDialog dialog);
    }

    /** A queue that begins nothing until it is started. */
    public PushQueue(PushSettings settings, Time time) {
        this.settings = settings;
        this.time = time;
        limited = new RateLimitedLog(log, time);
        guard = new Guard(time.activity());
        kept = new KeptPushes(guard, time);
        tenure = new Tenure(guard, time, kept, new OfTenure());
        turns = new Turns(time.nanos());
        heldUntil = time.nanos();
    }

    /**
     * From now on pushes begin, once no other engine has the same owner; what an engine before has
     * left in the store is gone on with.
     */
    public void start(Parts parts) {
        tenure.start(parts.store());
        guard.run(
                () -> {
                    this.parts = parts;
                    kept.start(parts.store(), parts.counters());
                    if (settings.isOn()) {
                        tenure.seek(settings.owner());
                    }
                });
    }

    /**
     * Goes on with other settings; those that run finish on theirs. Those that wait under another
     * owner stay in the store.
     */
    public void reload(PushSettings after) {
        guard.run(
                () -> {
                    String ownerBefore = settings.owner();
                    int waited = waiting();
                    settings = after;
                    if (after.isOn() && parts != null) {
                        tenure.seek(after.owner());
                    }
                    if (!after.owner().equals(ownerBefore)) {
                        elsewhere.clear();
                        if (waited > 0) {
                            log.warn(
                                    "{} pushes wait in the store kv under push: owner {}, which this engine has no more: they begin when an engine has this owner again",
                                    waited,
                                    ownerBefore);
                        }
                    }
                    turn();
                });
    }

    /**
     * Nothing begins any more, and nothing is tried again. Those that wait stay in the store for
     * the next start; so do those that scripts order while they end.
     */
    public void stop() {
        guard.run(
                () -> {
                    stopping = true;
                    tenure.stop();
                    cancelWakeUp();
                    for (Push push : open.values()) {
                        PushLink link = push.link();
                        if (link != null && push.isBetweenAttempts()) {
                            guard.later(() -> link.withdraw("the engine stops", () -> {}));
                        }
                    }
                });
    }

    /** Waits until the store knows everything, but not for ever. */
    @Override
    public void close() {
        stop();
        closed = true;
        if (kept.awaitWritten(CLOSE_WITHIN)) {
            // otherwise nobody takes up what may be written yet, until the lease is over
            giveBack();
        }
    }

    private void giveBack() {
        try {
            guard.get(tenure::giveBack).get(CLOSE_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            log.debug("another engine can go on with these pushes when the lease is over");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void follow(Listener listener) {
        listeners.add(listener);
    }

    Guard guard() {
        return guard;
    }

    KeptPushes kept() {
        return kept;
    }

    Time time() {
        return time;
    }

    PushSettings settings() {
        return settings;
    }

    boolean isStopping() {
        return stopping;
    }

    /** Whether the pushes of the owner are this engine's, for certain and now; from any thread. */
    boolean isOwner() {
        return tenure.holds();
    }

    /** What it has been started with. */
    Parts parts() {
        return requireNonNull(parts, "nothing is accepted before the start");
    }

    // ---- orders

    @Override
    public boolean isOn() {
        return settings.isOn();
    }

    @Override
    public CompletableFuture<Submission> submit(PushOrder order) {
        Instant now = time.now();
        Checked checked = guard.get(() -> check(order, now));
        CompletableFuture<Submission> result = new CompletableFuture<>();
        switch (checked) {
            case Checked.Wrong(Submission.Refused why) -> wrong(order, why, result);
            case Checked.Right(Push push, long term) -> {
                var _ =
                        kept.add(push.stored())
                                .whenComplete(
                                        (added, fault) -> added(push, term, added, fault, result));
            }
        }
        return result;
    }

    /** What was accepted before by the same key stays so, whatever is refused now. */
    private void wrong(
            PushOrder order, Submission.Refused why, CompletableFuture<Submission> result) {
        String key = order.idempotencyKey();
        boolean mayBeKnown =
                switch (why.why()) {
                    case FULL, EXPIRES, SCRIPT, ORDER -> key != null;
                    default -> false;
                };
        if (!mayBeKnown) {
            result.complete(refused(why));
            return;
        }
        long term = guard.get(tenure::term);
        kept.ask(
                Orders.id(order),
                before ->
                        result.complete(
                                before.isEmpty()
                                        ? refused(why)
                                        : again(order, true, term, before)));
    }

    /** Whether an order can be accepted; one that can has a place. */
    private sealed interface Checked {
        /**
         * It can.
         *
         * @param term whose the pushes were then
         */
        record Right(Push push, long term) implements Checked {}

        record Wrong(Submission.Refused why) implements Checked {}
    }

    private Submission.@Nullable Refused refusal(PushOrder order, Instant now) {
        if (!settings.isOn()) {
            return new Submission.Refused(
                    Why.OFF, "the rules have no pushes; write push: with a route into them");
        }
        if (closed || parts == null) {
            return new Submission.Refused(Why.STOPPING, "the engine takes no pushes now");
        }
        Submission.Refused wrong = Orders.refusal(order, settings, now);
        if (wrong != null) {
            return wrong;
        }
        int waiting = waiting() + reserved;
        if (waiting >= settings.maxQueued()) {
            return new Submission.Refused(
                    Why.FULL,
                    "%d pushes wait, as many as may (push: max_queued)".formatted(waiting));
        }
        return null;
    }

    private Checked check(PushOrder order, Instant now) {
        Submission.Refused refusal = refusal(order, now);
        if (refusal != null) {
            return new Checked.Wrong(refusal);
        }
        reserved++;
        PushOrder.Expiry expires = order.expires();
        return new Checked.Right(
                new Push(
                        this,
                        Orders.id(order),
                        order,
                        Orders.digest(order),
                        now,
                        expires == null
                                ? now.plus(mayBeginIn(order)).plus(settings.expires())
                                : expires.from(now),
                        settings.owner()),
                tenure.term());
    }

    private void added(
            Push push,
            long term,
            @Nullable Boolean added,
            @Nullable Throwable fault,
            CompletableFuture<Submission> result) {
        if (added == null) {
            guard.run(this::hasPlace);
            kept.failed("take an order", fault);
            result.complete(
                    refused(
                            new Submission.Refused(
                                    Why.UNAVAILABLE,
                                    "the store kv did not answer: %s; an order with the same idempotency key finds out whether it was accepted"
                                            .formatted(KeptPushes.message(fault)))));
        } else if (added) {
            parts().counters().increment("push.accepted");
            accept(push, term)
                    .ifPresentOrElse(
                            report -> result.complete(new Submission.Accepted(report, false)),
                            () -> askAgain(push, false, result));
        } else {
            guard.run(this::hasPlace);
            askAgain(push, true, result);
        }
    }

    /**
     * What the store has under its id is what counts.
     *
     * @param isAgain whether it was there before
     */
    private void askAgain(Push push, boolean isAgain, CompletableFuture<Submission> result) {
        long term = guard.get(tenure::term);
        kept.ask(push.id(), before -> result.complete(again(push.order(), isAgain, term, before)));
    }

    /** An order has its place among those that wait, or needs none. */
    private void hasPlace() {
        reserved--;
        if (reserved == 0) {
            adoptedEarly.clear();
        }
    }

    /**
     * It waits for its turn; empty: somebody has found it in the store before, and it has ended, or
     * may be another engine's.
     *
     * @param term whose the pushes were when the store was told
     */
    private Optional<PushReport> accept(Push push, long term) {
        return guard.get(
                () -> {
                    boolean wasAdopted = adoptedEarly.contains(push.id());
                    hasPlace();
                    Push before = open.get(push.id());
                    if (before != null || wasAdopted || term != tenure.term()) {
                        return Optional.ofNullable(before).map(Push::report);
                    }
                    if (!tenure.isOurs()) {
                        push.tell();
                        elsewhere.put(push.id(), push.report());
                        return Optional.of(push.report());
                    }
                    push.sequence(++sequence);
                    open.put(push.id(), push);
                    turns.add(push);
                    push.tell();
                    PushReport accepted = push.report();
                    turn();
                    return Optional.of(accepted);
                });
    }

    /**
     * The key is used; what the store has under it says for what.
     *
     * @param isAgain whether it was used before this order
     * @param term whose the pushes were when it was asked
     * @param stored empty: the store did not say
     */
    private Submission again(
            PushOrder order, boolean isAgain, long term, Optional<StoredPush> stored) {
        StoredPush before = stored.orElse(null);
        if (before == null) {
            return refused(
                    new Submission.Refused(
                            Why.UNAVAILABLE,
                            "what the store kv has of this idempotency key cannot be read now"));
        }
        if (!Orders.isSame(before.digest(), order)) {
            return refused(
                    new Submission.Refused(
                            Why.CONFLICT,
                            "the idempotency key was used for push %s, whose order was another one: repeat all that it said, or give another key"
                                    .formatted(before.id())));
        }
        return new Submission.Accepted(
                guard.get(() -> known(before, term).map(Push::report).orElseGet(before::report)),
                isAgain);
    }

    /**
     * The push of the store, which is gone on with if it is left; empty: it has ended, or is not
     * this engine's.
     *
     * @param term whose the pushes were when it was asked
     */
    private Optional<Push> known(StoredPush stored, long term) {
        if (stored.isLeft(settings.owner())
                && tenure.holds()
                && tenure.term() == term
                && !stopping) {
            adopt(stored);
            turn();
        }
        return Optional.ofNullable(open.get(stored.id()));
    }

    private Duration mayBeginIn(PushOrder order) {
        return order.priority() == PushOrder.Priority.URGENT ? Duration.ZERO : quietFor();
    }

    private Submission refused(Submission.Refused refused) {
        Parts present = parts;
        if (present != null) {
            present.counters()
                    .increment("push.refused." + refused.why().name().toLowerCase(Locale.ROOT));
        }
        return refused;
    }

    // ---- what becomes of them, asked from outside

    @Override
    public CompletableFuture<Optional<PushReport>> find(String id) {
        Optional<PushReport> present =
                guard.get(() -> Optional.ofNullable(open.get(id)).map(Push::report));
        if (present.isPresent() || parts == null) {
            return CompletableFuture.completedFuture(present);
        }
        return kept.find(id).thenApply(stored -> stored.map(StoredPush::report));
    }

    @Override
    public CompletableFuture<Optional<PushReport>> cancel(String id) {
        return present(id)
                .thenCompose(
                        push -> {
                            boolean isHere = push.isPresent() && cancel(push.get());
                            return isHere || parts == null
                                    ? find(id)
                                    : kept.find(id).thenApply(it -> it.map(this::notOfAnother));
                        });
    }

    /** How one is that is not open here, or not this engine's for certain. */
    private PushReport notOfAnother(StoredPush stored) {
        String own = settings.owner();
        if (stored.state().isLast()) {
            return stored.report();
        }
        if (stored.owner().equals(own)) {
            guard.run(() -> refuseIfOfAnother(stored));
        } else {
            throw new OwnerException(
                    "push %s is one of the engine with push: owner %s, where it is %s; this engine has owner %s, and only withdraws its own: ask the other one. The push is as it was"
                            .formatted(stored.id(), stored.owner(), stored.state().word(), own));
        }
        return stored.report();
    }

    private void refuseIfOfAnother(StoredPush stored) {
        String why = tenure.obstacle().orElse("");
        if (why.equals(Tenure.OWNER)) {
            throw new OwnerException(
                    "push %s is %s in the store kv, and another engine goes on with the pushes of push: owner %s: %s. Ask that one. The push is as it was"
                            .formatted(
                                    stored.id(),
                                    stored.state().word(),
                                    stored.owner(),
                                    tenure.holder()));
        }
        if (why.equals(Tenure.STORE)) {
            throw new StoreException(
                    "the store kv does not say whether this engine still goes on with the pushes of push: owner %s: push %s is as it was"
                            .formatted(stored.owner(), stored.id()));
        }
    }

    /**
     * Withdraws one if it is not too late.
     *
     * @return false: it may be another engine's
     */
    private boolean cancel(Push push) {
        Optional<Runnable> outside =
                guard.get(
                        () ->
                                push.state().isLast() || push.mayLeave()
                                        ? Optional.of(cancelled(push))
                                        : Optional.empty());
        outside.ifPresent(Runnable::run);
        return outside.isPresent();
    }

    /**
     * Withdraws one that waits.
     *
     * @return what there is to do outside of the guard
     */
    private Runnable cancelled(Push push) {
        PushLink link = push.link();
        if (push.state() == State.QUEUED || (push.state() == State.ROUTING && link == null)) {
            end(push, State.CANCELLED);
            turn();
        }
        return push.isBetweenAttempts() && link != null
                ? () -> link.withdraw("the push was cancelled", () -> withdrawn(push))
                : () -> {};
    }

    private void withdrawn(Push push) {
        guard.run(
                () -> {
                    if (!push.state().isLast() && !push.isElsewhere()) {
                        end(push, State.CANCELLED);
                    }
                });
    }

    @Override
    public CompletableFuture<Optional<PushReport>> ended(String id) {
        CompletableFuture<Optional<PushReport>> result = new CompletableFuture<>();
        complete(
                result,
                present(id)
                        .thenCompose(
                                push ->
                                        push.flatMap(it -> guard.get(() -> end(it, result)))
                                                .orElseGet(() -> find(id))),
                id,
                false);
        return result;
    }

    /**
     * With what was found, once it is the end: one of another engine is looked at again.
     *
     * @param isKnown whether it was found before: a store that does not answer now may do so later
     */
    private void complete(
            CompletableFuture<Optional<PushReport>> result,
            CompletableFuture<Optional<PushReport>> found,
            String id,
            boolean isKnown) {
        var _ =
                found.whenComplete(
                        (report, fault) -> {
                            if (fault != null && (closed || !isKnown)) {
                                result.completeExceptionally(fault);
                            } else if (fault == null
                                    && (closed
                                            || report.stream()
                                                    .allMatch(it -> it.state().isLast()))) {
                                result.complete(report);
                            } else if (!result.isDone()) {
                                time.after(AGAIN, () -> complete(result, find(id), id, true));
                            }
                        });
    }

    /**
     * The end of a push.
     *
     * @param asked nothing is kept for it once it is done, be it cancelled
     * @return empty: it has ended
     */
    private Optional<CompletableFuture<Optional<PushReport>>> end(
            Push push, CompletableFuture<?> asked) {
        if (push.state().isLast()) {
            return Optional.empty();
        }
        CompletableFuture<Optional<PushReport>> end = new CompletableFuture<>();
        Consumer<PushReport> waiter = report -> end.complete(Optional.of(report));
        push.await(waiter);
        var _ = asked.whenComplete((_, _) -> guard.run(() -> push.awaitNoMore(waiter)));
        return Optional.of(end);
    }

    /** One that has not ended, be it one that only the store knows yet. */
    private CompletableFuture<Optional<Push>> present(String id) {
        Optional<Push> push = guard.get(() -> Optional.ofNullable(open.get(id)));
        if (push.isPresent() || parts == null) {
            return CompletableFuture.completedFuture(push);
        }
        CompletableFuture<Optional<Push>> found = new CompletableFuture<>();
        long term = guard.get(tenure::term);
        kept.ask(
                id,
                stored -> found.complete(stored.flatMap(it -> guard.get(() -> known(it, term)))));
        return found;
    }

    @Override
    public List<PushReport> latest(int max) {
        List<Push> present = guard.get(() -> new ArrayList<>(open.values()));
        present.sort(Comparator.comparing(Push::accepted).reversed());
        List<Push> shown = present.subList(0, Math.min(max, present.size()));
        List<PushReport> all =
                guard.get(
                        () -> {
                            List<PushReport> reports = new ArrayList<>(ended);
                            reports.addAll(elsewhere.values());
                            shown.stream()
                                    .filter(it -> !it.state().isLast())
                                    .map(Push::report)
                                    .forEach(reports::add);
                            return reports;
                        });
        all.sort(Comparator.comparing(PushReport::accepted).reversed());
        return List.copyOf(all.subList(0, Math.min(max, all.size())));
    }

    @Override
    public Standing standing() {
        return guard.get(
                () ->
                        new Standing(
                                waiting(), running, settings.maxQueued(), held(), tenure.holder()));
    }

    private int waiting() {
        return turns.waiting() + elsewhere.size();
    }

    private @Nullable String held() {
        Optional<String> ofTenure = tenure.obstacle();
        if (ofTenure.equals(Optional.of(Tenure.OWNER))) {
            return Tenure.OWNER; // whatever waits here: there is more in the store
        }
        if (waiting() == 0) {
            return null;
        }
        if (ofTenure.isPresent()) {
            return ofTenure.get();
        }
        if (parts == null || heldUntil - time.nanos() > 0) {
            return heldBy;
        }
        Optional<String> obstacle = parts.obstacle().apply(settings);
        if (obstacle.isPresent()) {
            return obstacle.get(); // meanwhile nobody looks whether scripts are on again
        }
        if (turns.isHeld()) {
            return SWITCHED_OFF;
        }
        return quietFor().isZero() ? null : "quiet_hours";
    }

    /** Nobody begins for a moment. */
    private void hold(String why) {
        heldUntil = time.nanos() + AGAIN.toNanos();
        heldBy = why;
    }

    /** Whether these are quiet hours for it. */
    boolean isQuietFor(Push push) {
        return !mayBeginIn(push.order()).isZero();
    }

    /** How long one that is to be tried again has to wait for something else. */
    Duration waits(Push push) {
        Duration quiet = mayBeginIn(push.order());
        if (!quiet.isZero()) {
            return quiet;
        }
        return turns.isInDialog(push.msisdn())
                        || !tenure.holds()
                        || parts().obstacle().apply(settings).isPresent()
                ? AGAIN
                : Duration.ZERO;
    }

    // ---- what an engine before has left

    private void takeUp() {
        long term = tenure.term();
        kept.askForLeft(
                settings.owner(),
                ENDED_SHOWN,
                () -> term == tenure.term(),
                left -> {
                    if (term != tenure.term()) {
                        return;
                    }
                    if (!tenure.holds()) { // what was read may be another engine's by now
                        time.after(AGAIN, () -> guard.run(() -> takeUpAgain(term)));
                        return;
                    }
                    left.inOrder().forEach(this::adopt);
                    show(left.ended());
                    turn();
                });
    }

    private void takeUpAgain(long term) {
        if (term == tenure.term() && !closed) {
            takeUp();
        }
    }

    /** What it means that the pushes of the owner are this engine's, and that they are not. */
    private final class OfTenure implements Tenure.Follower {
        @Override
        public void taken() {
            elsewhere.clear();
            guard.later(parts().takesUp());
            takeUp();
        }

        /** What waits is in the store, and what has not left stays there. */
        @Override
        public void lost() {
            for (Push push : List.copyOf(open.values())) {
                if (push.state().isLast()) {
                    continue; // the store is still told so
                }
                push.lose();
                PushLink link = push.link();
                if (push.state() == State.QUEUED) {
                    turns.remove(push);
                    leave(push);
                } else if (link != null) {
                    guard.later(() -> link.withdraw("another engine may have the push", () -> {}));
                }
            }
            cancelWakeUp();
        }

        @Override
        public void goesOn() {
            turn();
        }
    }

    /** Another engine goes on with it, or this one when it is the owner again. */
    void leave(Push push) {
        if (push.state() != State.QUEUED) {
            push.to(State.QUEUED);
        }
        open.remove(push.id(), push);
        push.ended(push.report()); // whoever waits for its end asks the store from now on
        if (!push.owner().equals(settings.owner())) {
            return;
        }
        if (!tenure.isOurs()) {
            elsewhere.put(push.id(), push.report());
        } else {
            long term = tenure.term();
            guard.later(
                    () ->
                            kept.ask(
                                    push.id(),
                                    stored ->
                                            stored.ifPresent(
                                                    it -> guard.run(() -> known(it, term)))));
        }
    }

    /** Behind those that have ended since. */
    private void show(List<PushReport> endedBefore) {
        Set<String> shown = ended.stream().map(PushReport::id).collect(Collectors.toSet());
        endedBefore.stream()
                .filter(it -> !shown.contains(it.id()))
                .limit(ENDED_SHOWN - ended.size())
                .forEach(ended::addLast);
    }

    private void adopt(StoredPush stored) {
        if (open.containsKey(stored.id()) || kept.isOutOfDate(stored.id())) {
            return; // it was ordered since, or what the store said is out of date
        }
        Push push = new Push(this, stored, ++sequence);
        open.put(push.id(), push);
        if (reserved > 0) {
            adoptedEarly.add(push.id());
        }
        boolean mayHaveBeenSent = push.state() == State.SENT || push.state() == State.ANSWERED;
        if (mayHaveBeenSent && !push.order().atLeastOnce()) {
            end(push, State.UNKNOWN);
        } else {
            if (push.state() == State.QUEUED) {
                push.tell();
            } else {
                push.to(State.QUEUED);
            }
            turns.add(push);
        }
    }

    // ---- whose turn it is

    /** Begins those whose turn it is, and sees to it that the next ones get theirs. */
    void turn() {
        if (stopping || parts == null || !tenure.holds()) {
            return;
        }
        int expired = 0;
        for (Push push = turns.expired(time.now());
                push != null;
                push = turns.expired(time.now())) {
            if (++expired > EXPIRE_AT_ONCE) {
                guard.later(() -> guard.run(this::turn));
                return;
            }
            end(push, State.EXPIRED);
        }
        Duration quietFor = quietFor();
        long now = time.nanos();
        boolean mayBegin = settings.isOn() && heldUntil - now <= 0;
        while (mayBegin && parts.obstacle().apply(settings).isEmpty()) {
            Push push = turns.next(settings.rate(), now, !quietFor.isZero(), parts.isOff());
            if (push == null) {
                break;
            }
            running++;
            push.to(State.ROUTING);
            PushSettings current = settings;
            guard.later(() -> begin(push, current));
        }
        wakeUpIn(turns.untilNext(now, time.now(), quietFor), now);
    }

    private Duration quietFor() {
        String hours = settings.quietHours();
        return hours == null
                ? Duration.ZERO
                : Turns.quietFor(hours, time.now().atZone(parts().zone().get()));
    }

    private void begin(Push push, PushSettings current) {
        Optional<String> why;
        try {
            why = parts().dialogs().push(push.dialog(current));
        } catch (RuntimeException | Error e) {
            log.error("a push cannot begin: internal fault", e);
            why = Optional.of(e instanceof VirtualMachineError ? OVERLOAD : FAULT);
        }
        why.ifPresent(it -> guard.run(() -> notBegun(push, it)));
    }

    /** If it was for want of room, the others could not begin either: they wait for a moment. */
    private void notBegun(Push push, String why) {
        over(push);
        boolean willNever =
                why.equals(ServiceDesk.NO_SCRIPT) && !isOfTheRules(push) && tenure.holds();
        if (push.isElsewhere()) {
            leave(push);
        } else if (willNever || why.equals(FAULT)) {
            if (!push.state().isLast()) {
                push.failed(Reason.SCRIPT);
            }
        } else {
            parts().counters().increment("push.held." + why);
            limited.write(
                    Level.INFO, "held", "push {} waits, and those behind it: {}", push.id(), why);
            hold(OVERLOAD);
            if (!push.state().isLast()) {
                push.to(State.QUEUED);
                waitsAgain(push);
            }
        }
        turn();
    }

    /** It has its place among those that wait again. */
    void waitsAgain(Push push) {
        turns.add(push);
    }

    /** Whether the rules name its script: then it will be in service in a moment. */
    private boolean isOfTheRules(Push push) {
        return !(push.order().content() instanceof PushOrder.Script(String key, var _))
                || settings.scripts().contains(key);
    }

    /** Its dialog is over, or has not begun: its subscriber is free again. */
    void over(Push push) {
        running--;
        push.unlink();
        turns.over(push.msisdn());
    }

    /**
     * Looks again then.
     *
     * @param wait null: nobody waits; zero or less: there is no room for who has a turn
     */
    private void wakeUpIn(@Nullable Duration wait, long now) {
        if (wait == null) {
            cancelWakeUp();
            return;
        }
        long at = Math.max(now + wait.toNanos(), heldUntil);
        if (at - now <= 0) {
            at = now + AGAIN.toNanos();
        }
        if (wakeUp == null || wakeUpAt - at > 0) {
            cancelWakeUp();
            wakeUpAt = at;
            wakeUp =
                    time.after(
                            Duration.ofNanos(at - now),
                            () ->
                                    guard.run(
                                            () -> {
                                                wakeUp = null;
                                                turn();
                                            }));
        }
    }

    private void cancelWakeUp() {
        if (wakeUp != null) {
            wakeUp.cancel();
            wakeUp = null;
        }
    }

    // ---- what happens to them

    void tell(PushReport report) {
        listeners.forEach(it -> it.changed(report));
    }

    /** It is in this state for good. */
    void end(Push push, State state) {
        if (push.state() == State.QUEUED) {
            turns.remove(push);
        }
        push.to(state);
        push.write();
        parts().counters().increment("push.ended." + state.word());
        PushReport report = push.report();
        ended.addFirst(report);
        if (ended.size() > ENDED_SHOWN) {
            ended.removeLast();
        }
        push.ended(report);
    }

    /**
     * The store does not take how one is: what begins meanwhile could not leave, so nothing does.
     */
    void notWritten(String id, Throwable fault) {
        kept.failed("take how push %s is".formatted(id), fault);
        guard.run(() -> hold(STORE));
    }

    /** The store knows all of it. */
    void forget(Push push) {
        if (open.remove(push.id(), push)) {
            kept.ended(push.id());
        }
    }

    /** The dialogs that subscribers have begun: meanwhile nothing is pushed to them. */
    @Override
    public DialogListener begun(DialogIdentity dialog) {
        Address msisdn = dialog.opening().msisdn();
        if (dialog.opening().kind() != DialogKind.DIALLED || msisdn == null || !settings.isOn()) {
            return DialogListener.NOBODY;
        }
        return new DialledDialog(msisdn.digits());
    }

    /** One that its subscriber has begun, from its first fact to its last one. */
    private final class DialledDialog implements DialogListener {
        private final String msisdn;
        private boolean isOpen;

        DialledDialog(String msisdn) {
            this.msisdn = msisdn;
        }

        @Override
        public void told(DialogIdentity dialog, Instant at, DialogFact fact) {
            if (fact instanceof DialogFact.Begun) {
                isOpen = true;
                guard.run(() -> turns.dialogBegun(msisdn));
            } else if (isOpen
                    && (fact instanceof DialogFact.Finished || fact instanceof DialogFact.LetGo)) {
                isOpen = false;
                guard.run(
                        () -> {
                            if (turns.dialogOver(msisdn)) {
                                turn();
                            }
                        });
            }
        }
    }
}
