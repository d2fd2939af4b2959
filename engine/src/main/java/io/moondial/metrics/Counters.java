package io.moondial.metrics;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ObjLongConsumer;

/**
 * Counters that only rise, each known by its name, such as {@code dialogs.refused.no_trigger}. What
 * another part of the engine counts by itself, because it happens often, is read from there: every
 * thing is counted in one place.
 */
public final class Counters {
    private final Map<String, LongAdder> byName = new ConcurrentHashMap<>();
    private final List<Source> sources = new CopyOnWriteArrayList<>();

    /** Who counts by himself. */
    @FunctionalInterface
    public interface Source {
        /** Tells each of its counters, by name; one name may come several times. */
        void tell(ObjLongConsumer<String> each);
    }

    /** From now on the counters of this source are among these. */
    public void include(Source source) {
        sources.add(source);
    }

    /** Adds one; a name not seen before starts at nought. */
    public void increment(String name) {
        add(name, 1);
    }

    /** Adds this number; a new name starts at 0. */
    public void add(String name, long count) {
        counter(name).add(count);
    }

    /** The counter itself, for what is counted so often that its name is not to be looked up. */
    public LongAdder counter(String name) {
        LongAdder known = byName.get(name);
        return known == null ? byName.computeIfAbsent(name, n -> new LongAdder()) : known;
    }

    /** The value of a counter; 0 if it was never incremented. */
    public long value(String name) {
        LongAdder counter = byName.get(name);
        LongAdder sum = new LongAdder();
        sum.add(counter == null ? 0 : counter.sum());
        sources.forEach(
                source ->
                        source.tell(
                                (told, count) -> {
                                    if (told.equals(name)) {
                                        sum.add(count);
                                    }
                                }));
        return sum.sum();
    }

    /** The sum of all counters whose names have this prefix. */
    public long sum(String prefix) {
        LongAdder sum = new LongAdder();
        each(
                (name, count) -> {
                    if (name.startsWith(prefix)) {
                        sum.add(count);
                    }
                });
        return sum.sum();
    }

    /** All counters now, by name; those that are 0 are left out. */
    public SortedMap<String, Long> snapshot() {
        SortedMap<String, Long> all = new TreeMap<>();
        each(
                (name, count) -> {
                    if (count > 0) {
                        all.merge(name, count, Long::sum);
                    }
                });
        return all;
    }

    /**
     * The counters whose names have this prefix and that are counted here, not by another part of
     * the engine; by name.
     */
    public SortedMap<String, Long> counted(String prefix) {
        SortedMap<String, Long> found = new TreeMap<>();
        byName.forEach(
                (name, counter) -> {
                    if (name.startsWith(prefix)) {
                        found.put(name, counter.sum());
                    }
                });
        return found;
    }

    private void each(ObjLongConsumer<String> each) {
        byName.forEach((name, counter) -> each.accept(name, counter.sum()));
        sources.forEach(source -> source.tell(each));
    }
}
