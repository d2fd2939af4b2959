package io.moondial.push;

import static java.util.Objects.requireNonNull;

import io.moondial.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which of the engines on one store goes on with the pushes of an owner ({@code push: owner}): the
 * one that has the lease of it there. Two never have it at once, whatever fails.
 *
 * <p>The lease is a text that is this run's alone, and is gone from the store {@link #TTL} after it
 * was renewed last. It is renewed only in the place of the very same text, so never over somebody
 * else's. Whoever has it trusts in it for a shorter time, which counts from before the store was
 * asked. If the store says nothing for longer, nobody begins anything; what is in memory stays, as
 * it may still be right. It is so if nobody else has had the lease since, which a second text says,
 * of who had it last.
 *
 * <p>All of it is called within the guard, but for {@link #holds}.
 */
final class Tenure {
    /** How long the store keeps a lease that is not renewed. */
    static final Duration TTL = Duration.ofSeconds(15);

    /** How long whoever has it trusts in it. What was begun then has left before it is over. */
    static final Duration TRUSTED = Duration.ofSeconds(12);

    private static final Duration RENEWED_AFTER = Duration.ofSeconds(5);

    /** How long one waits who has not got it, or no answer. */
    private static final Duration AGAIN = KeptPushes.AGAIN;

    /** How long it is known who had it last. */
    private static final Duration LAST_KEPT = Duration.ofDays(30);

    private static final Duration WARNED_EVERY = Duration.ofMinutes(1);
    private static final String GIVEN_BACK = "";

    /** Why nothing begins: another engine has the lease. */
    static final String OWNER = "owner";

    /** Why nothing begins: the store does not say who has the lease. */
    static final String STORE = "store";

    private static final Logger log = LoggerFactory.getLogger(Tenure.class);

    private final Guard guard;
    private final Time time;
    private final KeptPushes kept;
    private final Follower follower;
    private @Nullable PushStore store;
    private EngineRun run = EngineRun.UNKNOWN;

    /** What is sought, or held; null: nothing is. */
    private @Nullable Lease lease;

    /** Whether it is held, or may be still. */
    private boolean isOurs;

    /** Changes with {@link #isOurs}. */
    private long term;

    /** Until when it is trusted in; null: it is not ours. */
    private volatile @Nullable Trust trust;

    /** Who has it instead; null: that is not known. */
    private @Nullable EngineRun other;

    private boolean isStopping;
    private Time.@Nullable Alarm alarm;
    private long nextWarning;

    /** Is told within the guard. */
    interface Follower {
        /** From now on the pushes of the owner are this engine's: the store knows how they are. */
        void taken();

        /** They are so no more: what is in memory of them may be another engine's already. */
        void lost();

        /** They still are, and were all the time, after it was not known for a while. */
        void goesOn();
    }

    /**
     * A lease.
     *
     * @param text what the store has under its key while this run has it: no other lease has it
     */
    private record Lease(String owner, String text) {
        String key() {
            return "owner/" + owner;
        }

        /** Where it is kept who had it last. */
        String lastKey() {
            return "owner.last/" + owner;
        }
    }

    /**
     * A moment by two clocks. The one that only goes forward stands still while a machine sleeps,
     * and the other one can be set back.
     */
    private record Trust(long nanos, Instant instant) {
        static final Trust FOR_EVER = new Trust(0, Instant.MAX);
    }

    /** What the store has said to one who wants a lease. */
    private sealed interface Answer {
        /**
         * It is his.
         *
         * @param isFresh whether another one may have had it since he had
         */
        record Held(boolean isFresh) implements Answer {}

        /**
         * Another one has it.
         *
         * @param by null: that is not known
         */
        record Refused(@Nullable EngineRun by) implements Answer {}
    }

    /** One that seeks nothing. */
    Tenure(Guard guard, Time time, KeptPushes kept, Follower follower) {
        this.guard = guard;
        this.time = time;
        this.kept = kept;
        this.follower = follower;
        nextWarning = time.nanos();
    }

    /** From now on leases are in this store. Before all else, outside of the guard. */
    void start(PushStore leases) {
        store = leases;
        if (leases.isShared()) {
            run = EngineRun.begin();
        }
    }

    /**
     * Gives back what is held of another owner, and wants the lease of this one until it has it.
     */
    void seek(String owner) {
        if (isStopping || (lease != null && lease.owner().equals(owner))) {
            return;
        }
        if (lease != null) {
            boolean was = isOurs;
            var _ = giveBack();
            if (was) {
                follower.lost();
            }
        }
        lease = new Lease(owner, run.another().text());
        if (store().isShared()) {
            ask();
        } else {
            trust = Trust.FOR_EVER;
            take();
        }
    }

    /** Whether the pushes are this engine's, for certain and now; from any thread. */
    boolean holds() {
        Trust until = trust;
        return until != null
                && (until.equals(Trust.FOR_EVER)
                        || (until.nanos() - time.nanos() > 0
                                && until.instant().isAfter(time.now())));
    }

    /** Whether they are, or may be: what is in memory of them counts until it is known. */
    boolean isOurs() {
        return isOurs;
    }

    /** It changes when they become this engine's, and when they are so no more. */
    long term() {
        return term;
    }

    /** Why nothing may begin, in one word. Empty: it may, or nothing is sought. */
    Optional<String> obstacle() {
        return lease == null || holds()
                ? Optional.empty()
                : Optional.of(!isOurs && other != null ? OWNER : STORE);
    }

    /** The engine that has the lease instead, for people; null: that is not known. */
    @Nullable String holder() {
        return isOurs || other == null ? null : other.words();
    }

    /** Goes on with what it has until it is given back, and seeks nothing any more. */
    void stop() {
        isStopping = true;
        if (!isOurs) {
            cancelAlarm();
            lease = null;
        }
    }

    /**
     * Another engine may have the pushes from now on.
     *
     * @return completes, and never with a failure, when the store has said that it knows, or that
     *     it does not: then it does when the lease is over
     */
    CompletableFuture<?> giveBack() {
        Lease held = lease;
        cancelAlarm();
        lease = null;
        trust = null;
        other = null;
        if (held == null || !isOurs) {
            return CompletableFuture.completedFuture(null);
        }
        isOurs = false;
        term++;
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        if (store().isShared()) {
            guard.later(
                    () -> {
                        var _ = handBack(held).whenComplete((_, _) -> done.complete(true));
                    });
        } else {
            done.complete(true);
        }
        return done;
    }

    private CompletableFuture<Boolean> handBack(Lease held) {
        return KeptPushes.asked(() -> store().replace(held.key(), held.text(), GIVEN_BACK, TTL));
    }

    private PushStore store() {
        return requireNonNull(store, "no lease is sought before the start");
    }

    private void cancelAlarm() {
        if (alarm != null) {
            alarm.cancel();
            alarm = null;
        }
    }

    // ---- asking the store

    private void ask() {
        alarm = null;
        Lease wanted = lease;
        if (wanted == null) {
            return;
        }
        boolean mayBeHeld = isOurs;
        Trust ifHeld = new Trust(time.nanos() + TRUSTED.toNanos(), time.now().plus(TRUSTED));
        guard.later(
                () -> {
                    var _ =
                            KeptPushes.asked(() -> mayBeHeld ? renewed(wanted) : added(wanted))
                                    .whenComplete(
                                            (answer, fault) ->
                                                    guard.run(
                                                            () ->
                                                                    answered(
                                                                            wanted, ifHeld, answer,
                                                                            fault)));
                });
    }

    private CompletableFuture<Answer> renewed(Lease held) {
        return store().replace(held.key(), held.text(), held.text(), TTL)
                .thenCompose(done -> done ? held(false) : added(held));
    }

    private CompletableFuture<Answer> added(Lease wanted) {
        return store().add(wanted.key(), wanted.text(), TTL)
                .thenCompose(done -> done ? noted(wanted) : taken(wanted));
    }

    /** In the place of one that is nobody's any more, if there is such a one. */
    private CompletableFuture<Answer> taken(Lease wanted) {
        return store().get(wanted.key())
                .thenCompose(
                        found -> {
                            if (found.isEmpty()) {
                                return refused(null); // it is over just now
                            }
                            String text = found.get();
                            Optional<EngineRun> by = EngineRun.read(text);
                            boolean isFree =
                                    text.equals(GIVEN_BACK)
                                            || text.equals(wanted.text()) // unknown to this run
                                            || by.stream().anyMatch(EngineRun::isOver);
                            return isFree
                                    ? store().replace(wanted.key(), text, wanted.text(), TTL)
                                            .thenCompose(
                                                    done -> done ? noted(wanted) : refused(null))
                                    : refused(by.orElse(EngineRun.UNKNOWN));
                        });
    }

    /** That it is had by this run is kept before anything is done. */
    private CompletableFuture<Answer> noted(Lease wanted) {
        return store().get(wanted.lastKey())
                .thenCompose(
                        last ->
                                store().set(wanted.lastKey(), wanted.text(), LAST_KEPT)
                                        .thenCompose(
                                                _ ->
                                                        held(
                                                                last.stream()
                                                                        .anyMatch(
                                                                                it ->
                                                                                        !it.equals(
                                                                                                wanted
                                                                                                        .text())))));
    }

    private static CompletableFuture<Answer> held(boolean isFresh) {
        return CompletableFuture.completedFuture(new Answer.Held(isFresh));
    }

    private static CompletableFuture<Answer> refused(@Nullable EngineRun by) {
        return CompletableFuture.completedFuture(new Answer.Refused(by));
    }

    // ---- what it says

    private void answered(
            Lease wanted, Trust ifHeld, @Nullable Answer answer, @Nullable Throwable fault) {
        if (!wanted.equals(lease)) {
            if (answer instanceof Answer.Held) {
                guard.later(
                        () -> {
                            var _ = handBack(wanted); // it is wanted no more
                        });
            }
            return;
        }
        Duration wait = AGAIN;
        switch (answer) {
            case null -> kept.failed("say whose the pushes of an owner are", fault);
            case Answer.Held(boolean isFresh) -> {
                wait = RENEWED_AFTER;
                held(ifHeld, isFresh);
            }
            case Answer.Refused(EngineRun by) -> refusedBy(by);
        }
        if (isStopping && !isOurs) {
            lease = null;
        } else if (alarm == null) {
            alarm = time.after(wait, () -> guard.run(this::ask));
        }
    }

    private void held(Trust until, boolean isFresh) {
        if (isOurs && isFresh) {
            lose();
        }
        boolean wasDoubtful = !holds();
        trust = until;
        if (!isOurs) {
            if (other != null) {
                log.info("push: owner {} is this engine's now: its pushes begin here", owner());
            }
            take();
        } else if (wasDoubtful) {
            follower.goesOn();
        }
    }

    private void take() {
        isOurs = true;
        other = null;
        term++;
        follower.taken();
    }

    private void lose() {
        isOurs = false;
        trust = null;
        term++;
        follower.lost();
    }

    private void refusedBy(@Nullable EngineRun by) {
        if (isOurs) {
            lose();
        }
        if (by == null) {
            return;
        }
        other = by;
        long now = time.nanos();
        if (nextWarning - now <= 0) {
            nextWarning = now + WARNED_EVERY.toNanos();
            log.warn(
                    "push: owner {} is that of another engine on this store of kv, {}: no push begins here, and what is ordered stays in the store. If that engine runs, give each of the two an owner of its own; if it was killed, this one goes on within {} s",
                    owner(),
                    by.words(),
                    TTL.toSeconds());
        }
    }

    private String owner() {
        return lease == null ? "" : lease.owner();
    }
}
