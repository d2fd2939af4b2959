package io.moondial.push;

import static java.util.Objects.requireNonNull;

import io.moondial.metrics.Counters;
import io.moondial.metrics.RateLimitedLog;
import io.moondial.push.Pushes.StoreException;
import io.moondial.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The pushes as the store has them: how they are found there, what is done when it does not answer,
 * and which of its answers are older than what the queue knows.
 */
final class KeptPushes {
    private static final String KEY_PREFIX = "push/";

    /** How long one waits who could not ask the store, or tell it something. */
    static final Duration AGAIN = Duration.ofSeconds(1);

    private static final Logger log = LoggerFactory.getLogger(KeptPushes.class);

    private final RateLimitedLog limited;
    private final Guard guard;
    private final Time time;
    private volatile @Nullable PushStore store;
    private volatile @Nullable Counters counters;

    // ---- guarded

    /** How many pushes the store does not know as they are. */
    private int behind;

    /** Completes when the store knows everything; null: nobody waits for that. */
    private @Nullable CompletableFuture<@Nullable Void> written;

    /** How many ask the store for pushes that have not ended. */
    private int asking;

    /** The ids of those that have ended since the first of them began to ask. */
    private final Set<String> endedMeanwhile = new HashSet<>();

    /** In a store that is named later. */
    KeptPushes(Guard guard, Time time) {
        this.guard = guard;
        this.time = time;
        limited = new RateLimitedLog(log, time);
    }

    /** From now on they are in this store. */
    void start(PushStore store, Counters counters) {
        this.store = store;
        this.counters = counters;
    }

    // ---- telling the store

    /**
     * Adds one.
     *
     * @return false: the store has one with this id
     */
    CompletableFuture<Boolean> add(StoredPush push) {
        return asked(() -> store().add(KEY_PREFIX + push.id(), push.json(), null));
    }

    /**
     * Tells the store how one is.
     *
     * @param keep how long it stays there; null: until something else is told of it
     */
    CompletableFuture<Void> set(StoredPush push, @Nullable Duration keep) {
        return asked(() -> store().set(KEY_PREFIX + push.id(), push.json(), keep));
    }

    /** One push more that the store does not know as it is, or one less; only within the guard. */
    void behind(int more) {
        behind += more;
        CompletableFuture<@Nullable Void> all = written;
        if (behind == 0 && all != null) {
            guard.later(() -> all.complete(null));
        }
    }

    /**
     * Waits until the store knows everything, but not for longer than this.
     *
     * @return whether it does
     */
    boolean awaitWritten(Duration most) {
        CompletableFuture<@Nullable Void> all = new CompletableFuture<>();
        guard.run(
                () -> {
                    written = all;
                    behind(0);
                });
        try {
            all.get(most.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException | ExecutionException e) {
            log.warn("the store kv was not told how all pushes are when the engine stopped");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    /** The store has not done what it was asked for: a sentence's end, as in "take an order". */
    void failed(String what, @Nullable Throwable fault) {
        Counters present = counters;
        if (present != null) {
            present.increment("push.store_failures");
        }
        limited.write(Level.WARN, "store", "the store kv does not {}: {}", what, message(fault));
    }

    /** Why the store has failed, for people. */
    static String message(@Nullable Throwable fault) {
        return fault == null ? "no reason is given" : String.valueOf(fault.getMessage());
    }

    // ---- asking the store

    /** What the store has of a push, fresh or not; fails with a {@link StoreException}. */
    CompletableFuture<Optional<StoredPush>> find(String id) {
        return asked(() -> store().get(KEY_PREFIX + id))
                .handle(
                        (text, fault) -> {
                            if (fault != null) {
                                throw new StoreException(
                                        "the store kv did not answer: " + message(fault));
                            }
                            return text.flatMap(StoredPush::read);
                        });
    }

    /**
     * Asks for a push that may have to be gone on with.
     *
     * @param then outside of the guard, while {@link #isOutOfDate} can still be asked; empty: the
     *     store has nothing that can be read, or did not answer
     */
    void ask(String id, Consumer<Optional<StoredPush>> then) {
        guard.run(() -> asking++);
        var _ =
                asked(() -> store().get(KEY_PREFIX + id))
                        .exceptionally(_ -> Optional.empty())
                        .thenAccept(
                                text ->
                                        guard.later(
                                                () -> {
                                                    try {
                                                        then.accept(text.flatMap(StoredPush::read));
                                                    } finally {
                                                        guard.run(this::noLongerAsking);
                                                    }
                                                }));
    }

    /**
     * Asks for all that an owner has left, until the store says it; only within the guard.
     *
     * @param shown how many of those that have ended are wanted, at most
     * @param isWanted whether to ask again, within the guard
     * @param then within the guard
     */
    void askForLeft(String owner, int shown, BooleanSupplier isWanted, Consumer<Left> then) {
        Left left = new Left(owner, shown);
        asking++;
        guard.later(
                () -> {
                    var _ =
                            asked(() -> store().all(KEY_PREFIX, left::add))
                                    .whenComplete(
                                            (_, fault) -> {
                                                guard.run(
                                                        () -> {
                                                            try {
                                                                if (fault == null) {
                                                                    then.accept(left);
                                                                }
                                                            } finally {
                                                                noLongerAsking();
                                                            }
                                                        });
                                                if (fault != null) {
                                                    failed("say which pushes it has", fault);
                                                    time.after(
                                                            AGAIN,
                                                            () ->
                                                                    guard.run(
                                                                            () -> {
                                                                                if (isWanted
                                                                                        .getAsBoolean()) {
                                                                                    askForLeft(
                                                                                            owner,
                                                                                            shown,
                                                                                            isWanted,
                                                                                            then);
                                                                                }
                                                                            }));
                                                }
                                            });
                });
    }

    /** What an engine has left in the store; of one thread. */
    static final class Left {
        private final String owner;
        private final int shown;
        private final List<StoredPush> pushes = new ArrayList<>();

        /** The one that ended first is the first to go. */
        private final PriorityQueue<StoredPush> ended =
                new PriorityQueue<>(Comparator.comparingLong(StoredPush::changed));

        private int unreadable;

        private Left(String owner, int shown) {
            this.owner = owner;
            this.shown = shown;
        }

        private void add(String text) {
            StoredPush.read(text)
                    .ifPresentOrElse(
                            push -> {
                                if (push.isLeft(owner)) {
                                    pushes.add(push);
                                } else if (push.owner().equals(owner)) {
                                    ended.add(push);
                                }
                                if (ended.size() > shown) {
                                    ended.remove();
                                }
                            },
                            () -> unreadable++);
        }

        /** Those that ended last, the last one first. */
        List<PushReport> ended() {
            return ended.stream()
                    .sorted(Comparator.comparingLong(StoredPush::changed).reversed())
                    .map(StoredPush::report)
                    .toList();
        }

        /** What has to be gone on with, in the order in which it was accepted. */
        List<StoredPush> inOrder() {
            if (unreadable > 0) {
                log.warn("{} pushes of the store kv cannot be read, and stay there", unreadable);
            }
            if (!pushes.isEmpty()) {
                log.info("{} pushes of the store kv are gone on with", pushes.size());
            }
            pushes.sort(Comparator.comparingLong(StoredPush::accepted));
            return pushes;
        }
    }

    private void noLongerAsking() {
        asking--;
        if (asking == 0) {
            endedMeanwhile.clear();
        }
    }

    /** One has ended, and the store knows it; only within the guard. */
    void ended(String id) {
        if (asking > 0) {
            endedMeanwhile.add(id);
        }
    }

    /** Whether what the store has just said of a push is so no more; only within the guard. */
    boolean isOutOfDate(String id) {
        return endedMeanwhile.contains(id);
    }

    private PushStore store() {
        return requireNonNull(store, "no store is asked before the start");
    }

    /** A call of the store, whose faults are failures like others. */
    static <T> CompletableFuture<T> asked(Supplier<CompletableFuture<T>> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
