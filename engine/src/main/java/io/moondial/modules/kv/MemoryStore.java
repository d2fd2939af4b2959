package io.moondial.modules.kv;

import io.moondial.time.Time;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Values in this process, lost at its end: for tests, demonstrations, and what may be forgotten. A
 * full one refuses what would make it larger. What has expired makes room by itself.
 */
final class MemoryStore implements KvStore {
    /** What an entry takes beside its octets, about: the maps, the objects, the expiry. */
    private static final int OCTETS_PER_KEY = 200;

    /** How many of those that have expired one request takes away, at most. */
    private static final int SWEPT_AT_ONCE = 20;

    private final Time time;
    private final Map<KvKey, Kept> entries = new HashMap<>();

    /**
     * When keys expire, the first one first; of a key that was changed meanwhile too, which then
     * says nothing.
     */
    private final PriorityQueue<Expiry> expiries = new PriorityQueue<>();

    private Limits limits;
    private long octets;

    /**
     * How much it keeps.
     *
     * @param octets of keys and values, and {@value #OCTETS_PER_KEY} more for each
     */
    record Limits(int keys, long octets) {}

    private record Expiry(long at, KvKey key) implements Comparable<Expiry> {
        @Override
        public int compareTo(Expiry other) {
            return Long.compare(at, other.at);
        }
    }

    MemoryStore(Limits limits, Time time) {
        this.limits = limits;
        this.time = time;
    }

    @Override
    public CompletableFuture<Answer> ask(Question question) {
        return CompletableFuture.completedFuture(
                switch (question) {
                    case Request request -> answer(request);
                    case Page page -> list(page);
                });
    }

    /** The names that there were when the listing began. */
    private record Names(Iterator<KvKey> left) implements Cursor {}

    private synchronized Answer list(Page page) {
        long now = time.now().toEpochMilli();
        Names names = page.from() == null ? names(page) : (Names) page.from();
        List<Entry> entries = new ArrayList<>();
        while (names.left().hasNext() && entries.size() < Page.ENTRIES) {
            KvKey key = names.left().next();
            Kept entry = present(key, now);
            if (entry != null) {
                entries.add(new Entry(key.name(), entry.value()));
            }
        }
        return new Answer.Listed(entries, names.left().hasNext() ? names : null);
    }

    private Names names(Page page) {
        List<KvKey> names = new ArrayList<>();
        for (KvKey key : entries.keySet()) {
            if (key.bucket().equals(page.bucket()) && page.takes(key.name())) {
                names.add(key);
            }
        }
        return new Names(names.iterator());
    }

    private synchronized Answer answer(Request request) {
        long now = time.now().toEpochMilli();
        sweep(now, SWEPT_AT_ONCE);
        KvKey key = request.key();
        Kept before = present(key, now);
        Outcome outcome = request.on(before, now);
        Kept after = outcome.after();
        if (Objects.equals(after, before)) {
            return outcome.answer();
        }
        if (after != null) {
            long growth = size(key, after) - (before == null ? 0 : size(key, before));
            if (isFull(before == null, growth)) {
                sweep(now, Integer.MAX_VALUE);
                if (isFull(before == null, growth)) {
                    return new Answer.Failed(
                            Why.UNAVAILABLE,
                            "the memory store is full: it keeps %d keys of %d (max_keys), and %d octets of %d (max_size)"
                                    .formatted(
                                            entries.size(),
                                            limits.keys(),
                                            octets,
                                            limits.octets()));
                }
            }
        }
        put(key, after);
        return outcome.answer();
    }

    private boolean isFull(boolean oneMore, long growth) {
        return (oneMore && entries.size() >= limits.keys())
                || (growth > 0 && octets + growth > limits.octets());
    }

    private @Nullable Kept present(KvKey key, long now) {
        Kept entry = entries.get(key);
        if (entry != null && entry.isOver(now)) {
            put(key, null);
            return null;
        }
        return entry;
    }

    private void put(KvKey key, @Nullable Kept after) {
        Kept before = after == null ? entries.remove(key) : entries.put(key, after);
        if (before != null) {
            octets -= size(key, before);
        }
        if (after != null) {
            octets += size(key, after);
            if (after.expires() != Kept.NEVER
                    && (before == null || before.expires() != after.expires())) {
                expiries.add(new Expiry(after.expires(), key));
                forgetWhatSaysNothing();
            }
        }
    }

    /** A key that is set again and again, with a ttl, leaves an expiry behind each time. */
    private void forgetWhatSaysNothing() {
        if (expiries.size() > 2 * entries.size() + 1000) {
            expiries.clear();
            entries.forEach(
                    (key, entry) -> {
                        if (entry.expires() != Kept.NEVER) {
                            expiries.add(new Expiry(entry.expires(), key));
                        }
                    });
        }
    }

    private void sweep(long now, int most) {
        for (int i = 0; i < most; i++) {
            Expiry next = expiries.peek();
            if (next == null || next.at() > now) {
                return;
            }
            expiries.remove();
            present(next.key(), now);
        }
    }

    private static long size(KvKey key, Kept entry) {
        return (long) key.bucket().length()
                + key.name().length()
                + entry.value().length()
                + OCTETS_PER_KEY;
    }

    /** From now on it keeps so much. What is there already stays. */
    synchronized void limit(Limits changed) {
        limits = changed;
    }

    /** What is kept now, without what has expired. */
    synchronized Map<KvKey, Kept> contents() {
        long now = time.now().toEpochMilli();
        Map<KvKey, Kept> present = new HashMap<>(entries);
        present.values().removeIf(it -> it.isOver(now));
        return present;
    }

    @Override
    public synchronized Condition condition() {
        return new Condition("open", 0, "keys", entries.size());
    }

    @Override
    public void close() {
        // what it keeps goes with it
    }
}
