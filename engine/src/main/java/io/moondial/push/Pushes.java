package io.moondial.push;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Takes orders for pushes and says what has become of them; from any thread, without waiting. */
public interface Pushes {
    /** Whether there are pushes: the rules have a section {@code push} with a route. */
    boolean isOn();

    /**
     * Takes an order. What is accepted is kept in the store before the result is there, so that a
     * kill does not lose it.
     *
     * @return never completes with a failure
     */
    CompletableFuture<Submission> submit(PushOrder order);

    /**
     * How a push is now; empty if there is none of this id, or it ended longer ago than {@code
     * push: keep}.
     *
     * @return fails with a {@link StoreException} if the store cannot be asked
     */
    CompletableFuture<Optional<PushReport>> find(String id);

    /**
     * Withdraws a push that waits for its turn, or for another attempt. It is too late while what
     * begins its dialog is on its way, and once that was answered. After an attempt that nobody
     * answered the subscriber may have seen it all the same.
     *
     * @return how it is afterwards: not {@link PushReport.State#CANCELLED} if it was too late;
     *     empty as for {@link #find}; fails with a {@link StoreException} if the store cannot be
     *     asked, or has not said for too long whether this engine is still the one of its {@code
     *     push: owner}, and with an {@link OwnerException} if the push is one of another engine and
     *     has not ended
     */
    CompletableFuture<Optional<PushReport>> cancel(String id);

    /**
     * Completes when a push has ended. If nobody waits any more, the future may be cancelled. Of a
     * push of another engine the store is asked again and again.
     *
     * @return empty as for {@link #find}; fails with a {@link StoreException} if the store cannot
     *     be asked
     */
    CompletableFuture<Optional<PushReport>> ended(String id);

    /**
     * Those that have not ended, and the 1000 that ended last, before a start too, the newest order
     * first.
     */
    List<PushReport> latest(int max);

    /** How many are in which state, and what was counted. */
    Standing standing();

    /** From now on this is told of every change. */
    void follow(Listener listener);

    /** Is told how pushes change, in order for each push, on any thread: it must not wait. */
    @FunctionalInterface
    interface Listener {
        /** A push has changed. */
        void changed(PushReport report);
    }

    /**
     * How it stands.
     *
     * @param waiting pushes that wait for their turn
     * @param running pushes whose dialog begins or runs
     * @param max how many may wait
     * @param held why none is begun now, in one word: {@code owner} (another engine on the store
     *     has this {@code push: owner}), {@code quiet_hours}, {@code overload}, {@code no_link},
     *     {@code store} (it does not answer), {@code script_switched_off} (those of all that wait
     *     are); null: they are
     * @param holder that other engine, for people, as in "process 4711 on a"; null: it is not
     *     known, or there is none
     */
    record Standing(
            int waiting, int running, int max, @Nullable String held, @Nullable String holder) {}

    /** What became of an order. */
    sealed interface Submission {
        /**
         * It is accepted.
         *
         * @param again whether it was accepted before, by its idempotency key; nothing new happens
         */
        record Accepted(PushReport report, boolean again) implements Submission {}

        /** It is not, and nothing of it is kept; {@code detail} is a sentence. */
        record Refused(Why why, String detail) implements Submission {}
    }

    /** Why an order is not accepted. */
    enum Why {
        /** The rules have no section {@code push}. */
        OFF,
        /** The number is none. */
        NUMBER,
        /** The text cannot be sent: it is empty, or too long. */
        TEXT,
        /** The script is not one of {@code push: scripts}. */
        SCRIPT,
        /** It has expired already, or stays valid for longer than a push may. */
        EXPIRES,
        /** Something else of the order is not allowed; the detail says what. */
        ORDER,
        /** The idempotency key was used for another order. */
        CONFLICT,
        /** As many wait as may ({@code push: max_queued}). */
        FULL,
        /** The store does not answer: whether it is kept is not known. */
        UNAVAILABLE,
        /** The engine stops. */
        STOPPING
    }

    /** The store cannot be asked now. */
    final class StoreException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public StoreException(String message) {
            super(message);
        }
    }

    /**
     * A push belongs to another engine that uses the same store, one with another {@code push:
     * owner}, or one that has the same and came first: only that one can do what was asked. The
     * message is a sentence for people.
     */
    final class OwnerException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public OwnerException(String message) {
            super(message, null, false, false);
        }
    }
}
