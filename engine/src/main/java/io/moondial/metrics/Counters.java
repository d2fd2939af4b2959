package io.moondial.metrics;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counters that only rise, each known by its name, such as {@code dialogs.refused.no_trigger}. */
public final class Counters {
    private final Map<String, LongAdder> byName = new ConcurrentHashMap<>();

    /** Adds one; a name not seen before starts at nought. */
    public void increment(String name) {
        add(name, 1);
    }

    /** Adds this number; a new name starts at 0. */
    public void add(String name, long count) {
        byName.computeIfAbsent(name, n -> new LongAdder()).add(count);
    }

    /** The value of a counter; 0 if it was never incremented. */
    public long value(String name) {
        LongAdder counter = byName.get(name);
        return counter == null ? 0 : counter.sum();
    }

    /** The sum of all counters whose names have this prefix. */
    public long sum(String prefix) {
        long sum = 0;
        for (Map.Entry<String, LongAdder> counter : byName.entrySet()) {
            if (counter.getKey().startsWith(prefix)) {
                sum += counter.getValue().sum();
            }
        }
        return sum;
    }

    /** All counters now, by name. */
    public SortedMap<String, Long> snapshot() {
        SortedMap<String, Long> all = new TreeMap<>();
        byName.forEach((name, counter) -> all.put(name, counter.sum()));
        return all;
    }
}
