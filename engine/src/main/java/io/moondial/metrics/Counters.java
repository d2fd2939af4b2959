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

    /** Adds so many; a name not seen before starts at nought. */
    public void add(String name, long count) {
        byName.computeIfAbsent(name, n -> new LongAdder()).add(count);
    }

    /** What a counter stands at; nought where it was never incremented. */
    public long value(String name) {
        LongAdder counter = byName.get(name);
        return counter == null ? 0 : counter.sum();
    }

    /** What all counters stand at together whose names begin so. */
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
