package io.moondial.script.lua;

import org.jspecify.annotations.Nullable;

/**
 * The fields of a table: open addressing over entries kept in the order in which their keys came. A
 * key whose value is removed keeps its place until the next growth, so a traversal may remove
 * fields.
 */
final class HashPart {
    /** The mark of a removed key; equal to no key. */
    private static final Object REMOVED = new Object();

    private static final int SMALLEST = 4;
    private static final int OCTETS_PER_ENTRY = 48;
    private static final int EASY_PROBES = 16;
    private static final int LONG_STRING = 64;

    private final @Nullable Meter meter;
    private @Nullable Object[] keys;
    private @Nullable Object[] values;

    /**
     * For each hash, one more than the index of its entry; 0 for none. Twice as long as the
     * entries.
     */
    private int[] slots;

    private int used;
    private boolean numbers;

    HashPart(@Nullable Meter meter) {
        this.meter = meter;
        charge(SMALLEST);
        this.keys = new @Nullable Object[SMALLEST];
        this.values = new @Nullable Object[SMALLEST];
        this.slots = new int[SMALLEST * 2];
    }

    /** Whether a number has ever been a key. */
    boolean hasNumbers() {
        return numbers;
    }

    @Nullable Object get(@Nullable Object key) {
        int entry = find(key);
        return entry < 0 ? null : values[entry];
    }

    /** Whether the key has a place, even if its value was removed. */
    boolean contains(Object key) {
        return find(key) >= 0;
    }

    /** Takes a key away with its place. */
    @Nullable Object remove(Object key) {
        int entry = find(key);
        if (entry < 0) {
            return null;
        }
        @Nullable Object old = values[entry];
        values[entry] = null;
        keys[entry] = REMOVED;
        return old;
    }

    void put(Object key, @Nullable Object value) {
        int entry = find(key);
        if (entry >= 0) {
            values[entry] = value;
        } else if (value != null) {
            add(key, value);
        }
    }

    private void add(Object key, Object value) {
        if (used == keys.length) {
            rebuild();
        }
        numbers |= key instanceof Double;
        keys[used] = key;
        values[used] = value;
        used++;
        link(used - 1);
    }

    /** The key and value after a key, after null the first; null at the end. */
    @Nullable Object @Nullable [] next(@Nullable Object key) {
        int entry = key == null ? -1 : find(key);
        if (key != null && entry < 0) {
            throw new LuaError("invalid key to 'next'");
        }
        int next = entry + 1;
        while (next < used && values[next] == null) {
            next++;
        }
        work((next - entry) >> 3);
        return next == used ? null : new @Nullable Object[] {keys[next], values[next]};
    }

    /** The value of a name, as {@link #get(Object)}. */
    @Nullable Object get(LuaString name) {
        int entry = find(name);
        return entry < 0 ? null : values[entry];
    }

    private int find(@Nullable Object key) {
        if (key == null) {
            return -1;
        }
        return key instanceof LuaString name ? find(name) : findOther(key);
    }

    private int find(LuaString name) {
        int mask = slots.length - 1;
        int slot = spread(name) & mask;
        int probes = 0;
        int entry = slots[slot];
        while (entry != 0 && !name.equals(keys[entry - 1])) {
            slot = (slot + 1) & mask;
            probes++;
            entry = slots[slot];
        }
        if (probes > EASY_PROBES) {
            work(probes);
        }
        // to find two long strings equal, all of both is read
        if (entry != 0 && name.length() > LONG_STRING) {
            work(name.length() >> 6);
        }
        return entry - 1;
    }

    private int findOther(Object key) {
        int mask = slots.length - 1;
        int slot = spread(key) & mask;
        int probes = 0;
        int entry = slots[slot];
        while (entry != 0 && !key.equals(keys[entry - 1])) {
            slot = (slot + 1) & mask;
            probes++;
            entry = slots[slot];
        }
        if (probes > EASY_PROBES) {
            work(probes);
        }
        return entry - 1;
    }

    private static int spread(LuaString name) {
        int h = name.hashCode() * 0x9E3779B9;
        return h ^ (h >>> 16);
    }

    private static int spread(Object key) {
        int h = key.hashCode() * 0x9E3779B9;
        return h ^ (h >>> 16);
    }

    private void link(int entry) {
        int mask = slots.length - 1;
        int slot = spread(keyAt(entry)) & mask;
        int probes = 0;
        while (slots[slot] != 0) {
            slot = (slot + 1) & mask;
            probes++;
        }
        slots[slot] = entry + 1;
        if (probes > EASY_PROBES) {
            work(probes);
        }
    }

    private Object keyAt(int entry) {
        Object key = keys[entry];
        if (key == null) {
            throw new IllegalStateException("entry " + entry + " has no key");
        }
        return key;
    }

    /** Drops the keys without values, and grows if most have one. */
    private void rebuild() {
        int live = 0;
        for (int i = 0; i < used; i++) {
            if (values[i] != null) {
                live++;
            }
        }
        int capacity = live * 4 > keys.length * 3 ? keys.length * 2 : keys.length;
        charge(capacity - keys.length);
        work(capacity >> 3);
        copyLive(capacity);
        slots = new int[capacity * 2];
        for (int i = 0; i < used; i++) {
            link(i);
        }
    }

    private void copyLive(int capacity) {
        @Nullable Object[] newKeys = new @Nullable Object[capacity];
        @Nullable Object[] newValues = new @Nullable Object[capacity];
        int to = 0;
        for (int i = 0; i < used; i++) {
            if (values[i] != null) {
                newKeys[to] = keys[i];
                newValues[to++] = values[i];
            }
        }
        keys = newKeys;
        values = newValues;
        used = to;
    }

    private void charge(int entries) {
        if (meter != null && entries > 0) {
            meter.memory((long) entries * OCTETS_PER_ENTRY);
        }
    }

    private void work(long units) {
        if (meter != null && units > 0) {
            meter.work(units);
        }
    }
}
