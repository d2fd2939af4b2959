package io.moondial.modules.kv;

import io.moondial.modules.kv.KvStore.Answer;
import io.moondial.modules.kv.KvStore.Cursor;
import io.moondial.modules.kv.KvStore.KvKey;
import io.moondial.modules.kv.KvStore.Page;
import io.moondial.modules.kv.KvStore.Question;
import io.moondial.modules.kv.KvStore.Request;
import io.moondial.script.api.Backends;
import io.moondial.script.lua.LuaString;
import io.moondial.time.Time;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the engine itself keeps in the store of {@code kv}: texts under keys, in a bucket that
 * scripts cannot use.
 *
 * <p>A write whose future has completed is as safe as the rules of {@code kv} promise to scripts: a
 * kill of the process loses none. The store answers many writes that come at the same time by one
 * commit, so do not wait for one before the next is asked for, unless it depends on it. As many
 * calls of the engine may be under way at once as of scripts ({@code kv: max_waiting}); both are
 * counted apart, and the store takes them in the order in which they come. One more fails with
 * {@link Why#UNAVAILABLE}.
 *
 * <p>From any thread, and nothing here waits. A future completes on a thread of the store: what
 * follows there must not wait and must be short, or be asynchronous. It fails with a {@link
 * RecordsException}. To cancel it does not take the call back.
 */
public final class EngineRecords {
    private final Kv kv;
    private final String bucket;
    private final boolean areShared;

    EngineRecords(Kv kv, String bucket, boolean areShared) {
        this.kv = kv;
        this.bucket = bucket;
        this.areShared = areShared;
    }

    /** Where the records of an engine are. */
    @FunctionalInterface
    public interface Place {
        /**
         * Those of one bucket.
         *
         * @param bucket one of the engine's own
         * @throws IllegalArgumentException if it is not: scripts could write into it
         */
        EngineRecords bucket(String bucket);
    }

    /**
     * In the store that the rules name, where the next start finds them, and so does any other
     * engine on this store. If the module {@code kv} does not run here, each bucket is an {@link
     * IllegalStateException}.
     */
    public static Place shared(Backends backends) {
        return bucket -> {
            String own = own(bucket);
            return new EngineRecords(backends.get(Kv.class), own, true);
        };
    }

    /**
     * In memory, where no other engine finds them; they are lost with this one. The limits are
     * those that the rules have for the store {@code memory}, whatever store they name.
     *
     * @throws IllegalStateException if the module {@code kv} does not run here
     */
    public static Place alone(Backends backends, Time time) {
        Kv kv = new Kv.Live(backends.get(Kv.class).settings().inMemory(), time);
        return bucket -> new EngineRecords(kv, own(bucket), false);
    }

    /**
     * Whether another engine may find them. So it is of all that are in the store of the rules,
     * even if that is {@code memory} now: a reload can name another one.
     */
    public boolean areShared() {
        return areShared;
    }

    private static String own(String bucket) {
        if (KvBackend.notForScripts(bucket).isEmpty()) {
            throw new IllegalArgumentException("bucket " + bucket + " is not the engine's own");
        }
        return bucket;
    }

    /** One of them. */
    public record Entry(String key, String value) {}

    /** Why a call has failed. After either, what was asked may have happened, or may yet. */
    public enum Why {
        /** No answer in time ({@code kv: timeout}). */
        TIMEOUT,
        /** The store cannot be used now, or as many calls are under way as may be. */
        UNAVAILABLE
    }

    /** A call has failed; the message is a sentence's end that says why. */
    public static final class RecordsException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final Why why;

        RecordsException(Why why, String message) {
            super(message, null, false, false);
            this.why = why;
        }

        public Why why() {
            return why;
        }
    }

    /**
     * Keeps a value under a key that has none.
     *
     * @param ttl after which it is gone; null: it stays
     * @return false: the key has one, and keeps it
     */
    public CompletableFuture<Boolean> add(String key, String value, @Nullable Duration ttl) {
        return changed(new Request.Add(at(key), LuaString.of(value), millis(ttl)));
    }

    /**
     * Keeps a value under a key, whatever there was.
     *
     * @param ttl after which it is gone; null: it stays
     */
    public CompletableFuture<Void> set(String key, String value, @Nullable Duration ttl) {
        return ask(new Request.Set(at(key), LuaString.of(value), millis(ttl)), _ -> null);
    }

    /**
     * Keeps another value in the place of a certain one.
     *
     * @param ttl after which it is gone, from now on; null: it stays
     * @return false: the key has another value, or none, and nothing has changed
     */
    public CompletableFuture<Boolean> replace(
            String key, String old, String value, @Nullable Duration ttl) {
        return changed(
                new Request.Cas(
                        at(key), LuaString.of(old), LuaString.of(value), millis(ttl), true));
    }

    /**
     * Takes a value away.
     *
     * @return false: there was none
     */
    public CompletableFuture<Boolean> delete(String key) {
        return changed(new Request.Delete(at(key)));
    }

    /** The value of a key; empty: it has none. */
    public CompletableFuture<Optional<String>> get(String key) {
        return ask(
                new Request.Get(at(key)),
                answer ->
                        Optional.ofNullable(((Answer.Found) answer).value())
                                .map(LuaString::toText));
    }

    /**
     * Gives all whose keys begin with a prefix, each once and in no order, without holding more
     * than some hundred of them; Redis needs memory for all keys until the end. What changes
     * meanwhile is given as it was or as it is. In a cluster of Redis whose slots move meanwhile,
     * some can be missed.
     *
     * @param each is called on one thread, and may wait
     * @return how many; it completes after the last one was given. If it fails, some were given
     */
    public CompletableFuture<Long> all(String prefix, Consumer<Entry> each) {
        CompletableFuture<Long> given = new CompletableFuture<>();
        Thread.ofVirtual()
                .name("kv-records")
                .start(
                        () -> {
                            try {
                                given.complete(give(LuaString.of(prefix), each));
                            } catch (RuntimeException | Error e) {
                                given.completeExceptionally(e);
                            }
                        });
        return given;
    }

    private long give(LuaString prefix, Consumer<Entry> each) {
        long given = 0;
        Cursor next = null;
        do {
            Answer answer = kv.askForEngine(new Page(bucket, prefix, next)).join();
            Answer.Listed page = (Answer.Listed) refuseFailed(answer);
            for (KvStore.Entry it : page.entries()) {
                each.accept(new Entry(it.name().toText(), it.value().toText()));
                given++;
            }
            next = page.next();
        } while (next != null);
        return given;
    }

    private KvKey at(String key) {
        return new KvKey(bucket, LuaString.of(key));
    }

    private static long millis(@Nullable Duration ttl) {
        return ttl == null ? 0 : Math.max(1, ttl.toMillis());
    }

    private CompletableFuture<Boolean> changed(Request request) {
        return ask(request, answer -> answer.equals(Answer.Done.YES));
    }

    private <T> CompletableFuture<T> ask(Question question, Function<Answer, T> result) {
        CompletableFuture<T> answered = new CompletableFuture<>();
        var _ =
                kv.askForEngine(question)
                        .whenComplete(
                                (answer, fault) -> {
                                    if (fault != null) {
                                        answered.completeExceptionally(fault);
                                        return;
                                    }
                                    try {
                                        answered.complete(result.apply(refuseFailed(answer)));
                                    } catch (RuntimeException | Error e) {
                                        answered.completeExceptionally(e);
                                    }
                                });
        return answered;
    }

    private static Answer refuseFailed(Answer answer) {
        if (answer instanceof Answer.Failed failed) {
            throw new RecordsException(
                    failed.why() == KvStore.Why.TIMEOUT ? Why.TIMEOUT : Why.UNAVAILABLE,
                    failed.detail());
        }
        return answer;
    }
}
