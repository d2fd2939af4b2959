package io.moondial.modules.kv;

import io.moondial.script.lua.LuaString;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Where values are kept. There are three: {@link SqliteStore}, {@link MemoryStore} and {@link
 * RedisStore}. They give the same answers to the same requests: the first two by {@link
 * Request#on}, Redis by scripts that say the same.
 */
interface KvStore extends AutoCloseable {
    /**
     * Asks. Never waits, and never throws: what goes wrong is part of the answer.
     *
     * @return the answer; who cancels or completes it does not want it any more, and what has not
     *     begun by then does not happen
     */
    CompletableFuture<Answer> ask(Question question);

    /** How it is. */
    Condition condition();

    /** Lets end what is under way, and gives everything back. Nothing is asked afterwards. */
    @Override
    void close();

    /**
     * How a store is.
     *
     * @param state one word: {@code unused}, {@code open}, or {@code unavailable}
     * @param waiting how many requests wait for others
     * @param amount what {@code amountOf} counts; -1: not known
     * @param amountOf {@code keys}, {@code file_octets} or {@code connections}
     */
    record Condition(String state, long waiting, String amountOf, long amount) {}

    /** What a value is kept under. */
    record KvKey(String bucket, LuaString name) {
        // written out: a store looks for keys all the time, and those of a record are slower
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof KvKey key && name.equals(key.name) && bucket.equals(key.bucket);
        }

        @Override
        public int hashCode() {
            return 31 * bucket.hashCode() + name.hashCode();
        }
    }

    /**
     * What is kept under a key.
     *
     * @param value as {@link KvValue} writes it
     * @param expires when it is gone, in milliseconds since 1970; {@link #NEVER}: not by itself
     */
    record Kept(LuaString value, long expires) {
        /** It stays until it is changed. */
        static final long NEVER = Long.MAX_VALUE;

        /** One that begins now. */
        static Kept from(long now, LuaString value, long ttl) {
            return new Kept(value, ttl == 0 ? NEVER : Math.addExact(now, ttl));
        }

        boolean isOver(long now) {
            return expires <= now;
        }

        Kept with(LuaString other) {
            return new Kept(other, expires);
        }
    }

    /**
     * What happened on a request, and what is kept from now on: the entry before, if nothing
     * changed.
     */
    record Outcome(Answer answer, @Nullable Kept after) {}

    /** What a store is asked. */
    sealed interface Question {
        /** In which bucket. */
        String bucket();

        /** Whether it only reads. */
        boolean reads();
    }

    /**
     * Some of what a bucket keeps, in any order: the answer is {@link Answer.Listed}. All pages
     * together have each entry once that is there from the first to the last of them.
     *
     * @param prefix what the names begin with
     * @param from what the page before said; null: this is the first
     */
    record Page(String bucket, LuaString prefix, @Nullable Cursor from) implements Question {
        /** About how many entries it has. */
        static final int ENTRIES = 500;

        @Override
        public boolean reads() {
            return true;
        }

        boolean takes(LuaString name) {
            return name.length() >= prefix.length()
                    && name.slice(0, prefix.length()).equals(prefix);
        }
    }

    /** Where the next page begins. It serves once, in the store that made it. */
    interface Cursor {}

    /** An entry of a page. */
    record Entry(LuaString name, LuaString value) {}

    /** What is asked about one key. A ttl is in milliseconds; 0: none. */
    sealed interface Request extends Question {
        KvKey key();

        @Override
        default String bucket() {
            return key().bucket();
        }

        /**
         * What it means where this entry is present; null: none is.
         *
         * @param now in milliseconds since 1970
         */
        Outcome on(@Nullable Kept present, long now);

        @Override
        default boolean reads() {
            return false;
        }

        /** The value, if there is one. */
        record Get(KvKey key) implements Request {
            @Override
            public Outcome on(@Nullable Kept present, long now) {
                return new Outcome(
                        new Answer.Found(present == null ? null : present.value()), present);
            }

            @Override
            public boolean reads() {
                return true;
            }
        }

        /** Keeps a value; without a ttl for good, whatever there was. */
        record Set(KvKey key, LuaString value, long ttl) implements Request {
            @Override
            public Outcome on(@Nullable Kept present, long now) {
                return new Outcome(Answer.Done.YES, Kept.from(now, value, ttl));
            }
        }

        /** Keeps a value if there is none. */
        record Add(KvKey key, LuaString value, long ttl) implements Request {
            @Override
            public Outcome on(@Nullable Kept present, long now) {
                return present == null
                        ? new Outcome(Answer.Done.YES, Kept.from(now, value, ttl))
                        : new Outcome(Answer.Done.NO, present);
            }
        }

        /**
         * Keeps a value if there is a certain other one.
         *
         * @param old null: there must be none
         * @param next null: the key is deleted
         * @param ttl for a value that begins with this
         * @param renews whether the ttl is for a value in the place of another one too, which
         *     otherwise keeps the time that is left
         */
        record Cas(
                KvKey key,
                @Nullable LuaString old,
                @Nullable LuaString next,
                long ttl,
                boolean renews)
                implements Request {
            @Override
            public Outcome on(@Nullable Kept present, long now) {
                LuaString value = present == null ? null : present.value();
                if (!Objects.equals(value, old)) {
                    return new Outcome(Answer.Done.NO, present);
                }
                if (next == null) {
                    return new Outcome(Answer.Done.YES, null);
                }
                return new Outcome(
                        Answer.Done.YES,
                        present == null || renews ? Kept.from(now, next, ttl) : present.with(next));
            }
        }

        /**
         * Adds to a whole number of 64 bits.
         *
         * @param ttl for a number that begins with this; one that is present keeps its time
         */
        record Incr(KvKey key, long by, long ttl) implements Request {
            @Override
            public Outcome on(@Nullable Kept present, long now) {
                if (present == null) {
                    return new Outcome(
                            new Answer.Counted(by), Kept.from(now, KvValue.ofWhole(by), ttl));
                }
                Long before = KvValue.whole(present.value());
                if (before == null) {
                    return new Outcome(Answer.Refused.NOT_WHOLE, present);
                }
                long sum = before + by;
                if (((before ^ sum) & (by ^ sum)) < 0) {
                    return new Outcome(Answer.Refused.OVERFLOW, present);
                }
                return new Outcome(new Answer.Counted(sum), present.with(KvValue.ofWhole(sum)));
            }
        }

        /** Takes a key away. */
        record Delete(KvKey key) implements Request {
            @Override
            public Outcome on(@Nullable Kept present, long now) {
                return new Outcome(Answer.Done.of(present != null), null);
            }
        }

        /** How long a value is kept yet. */
        record Ttl(KvKey key) implements Request {
            @Override
            public Outcome on(@Nullable Kept present, long now) {
                return new Outcome(
                        present == null
                                ? Answer.Left.ABSENT
                                : present.expires() == Kept.NEVER
                                        ? Answer.Left.FOR_GOOD
                                        : Answer.Left.of(present.expires() - now),
                        present);
            }

            @Override
            public boolean reads() {
                return true;
            }
        }
    }

    /** What a store says. */
    sealed interface Answer {
        /** The value; null: there is none. */
        record Found(@Nullable LuaString value) implements Answer {}

        /** Whether something was changed. */
        record Done(boolean changed) implements Answer {
            static final Done YES = new Done(true);
            static final Done NO = new Done(false);

            static Done of(boolean changed) {
                return changed ? YES : NO;
            }
        }

        /** What a number is now. */
        record Counted(long value) implements Answer {}

        /**
         * How long a value is kept yet.
         *
         * @param present whether there is one
         * @param left null: until it is changed
         */
        record Left(boolean present, @Nullable Duration left) implements Answer {
            static final Left ABSENT = new Left(false, null);
            static final Left FOR_GOOD = new Left(true, null);

            static Left of(long millis) {
                return new Left(true, Duration.ofMillis(millis));
            }
        }

        /**
         * Entries.
         *
         * @param next null: there are no more
         */
        record Listed(List<Entry> entries, @Nullable Cursor next) implements Answer {
            public Listed {
                entries = List.copyOf(entries);
            }
        }

        /** The value that is there does not allow it: the script is wrong. */
        enum Refused implements Answer {
            NOT_WHOLE,
            OVERFLOW
        }

        /** It did not work, or it is not known whether it did. */
        record Failed(Why why, String detail) implements Answer {}
    }

    /** Why a call fails: the second result of a function. */
    enum Why {
        /** No answer in time: what was asked may have happened, or may happen yet. */
        TIMEOUT,
        /** The store cannot be used now. */
        UNAVAILABLE,
        /** The value is larger than it may be. */
        TOO_LARGE;

        /** As scripts see it. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
