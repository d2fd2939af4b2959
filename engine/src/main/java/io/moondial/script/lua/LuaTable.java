package io.moondial.script.lua;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A Lua table: a list part for 1 to n, a {@link HashPart} for all else, which keeps the order in
 * which keys came. What it grows by is charged to the script's meter before it is taken.
 */
public final class LuaTable {
    /** What a key holds that hides the one of the table beneath. */
    private static final Object HIDDEN = new Object();

    private static final int OCTETS_PER_TABLE = 56;
    private static final int OCTETS_PER_ITEM = 24;
    private static final int SMALLEST_LIST = 4;

    private final @Nullable Meter meter;
    private final @Nullable LuaTable beneath;
    private @Nullable Object[] list = Lua.NONE;
    private int size;
    private @Nullable HashPart fields;
    private @Nullable LuaTable metatable;
    private @Nullable String sealedAs;
    private boolean library;

    private LuaTable(@Nullable Meter meter, @Nullable LuaTable beneath) {
        this.meter = meter;
        this.beneath = beneath;
        charge(OCTETS_PER_TABLE);
    }

    /** An empty table of a script. */
    public LuaTable(Meter meter) {
        this(meter, null);
    }

    /** An empty table that no script pays for: to be filled by Java, then sealed. */
    public static LuaTable unmetered() {
        return new LuaTable(null, null);
    }

    /**
     * An empty table of a script through which a sealed one shows, as if its fields were copies.
     */
    public static LuaTable over(LuaTable sealed, Meter meter) {
        return new LuaTable(meter, sealed);
    }

    /** Makes the table read-only for good. */
    public LuaTable seal(String name) {
        sealedAs = name;
        return this;
    }

    /**
     * Makes the table read-only for good for all that share it. A run that changes it has a copy of
     * its own from then on: see {@link LuaState#toChange}.
     */
    public LuaTable sealAsLibrary(String name) {
        library = true;
        return seal(name);
    }

    /** Whether runs may have copies of it. */
    boolean isLibrary() {
        return library;
    }

    public @Nullable LuaTable metatable() {
        return metatable;
    }

    public void setMetatable(@Nullable LuaTable newMetatable) {
        refuseIfSealed();
        metatable = newMetatable;
    }

    /** The value of a key without metamethods, null for none. */
    public @Nullable Object get(@Nullable Object key) {
        if (key instanceof Double d) {
            return get(d);
        }
        if (key instanceof LuaDecimal decimal) {
            return decimal.key() instanceof Double d ? get(d) : field(decimal);
        }
        if (key instanceof LuaString name) {
            return get(name);
        }
        return key == null ? null : field(key);
    }

    private @Nullable Object get(Double key) {
        double number = key;
        int index = (int) number;
        if (index == number) {
            return get(index);
        }
        return field(key);
    }

    /** The value of an integer key without metamethods, null for none. */
    public @Nullable Object get(int index) {
        if (index > 0 && index <= size) {
            return list[index - 1];
        }
        return fields == null && beneath == null ? null : field((double) index);
    }

    /** The value of a name without metamethods, null for none. */
    public @Nullable Object get(LuaString name) {
        HashPart present = fields;
        Object value = present == null ? null : present.get(name);
        return beneath == null ? value : through(beneath, name, value);
    }

    /** What shows of a table through this one, which holds a value itself, or none. */
    private static @Nullable Object through(
            LuaTable beneath, LuaString name, @Nullable Object value) {
        return value == null ? beneath.get(name) : value == HIDDEN ? null : value;
    }

    private @Nullable Object field(Object key) {
        Object value = fields == null ? null : fields.get(key);
        if (beneath == null) {
            return value;
        }
        return value == null ? beneath.get(key) : value == HIDDEN ? null : value;
    }

    /**
     * Gives a key a value without metamethods; null takes it away.
     *
     * @throws LuaError if the table is read-only, or the key is nil or not a number
     */
    public void set(@Nullable Object key, @Nullable Object value) {
        refuseIfSealed();
        switch (key) {
            case null -> throw new LuaError("table index is nil");
            case Double d -> setNumber(d, value);
            case LuaDecimal decimal when decimal.key() instanceof Double d -> setNumber(d, value);
            case Object other -> setField(other, value);
        }
    }

    private void setNumber(Double key, @Nullable Object value) {
        double number = key;
        int index = (int) number;
        if (index == number) {
            set(index, value);
        } else if (Double.isNaN(number)) {
            throw new LuaError("table index is NaN");
        } else {
            setField(key, value);
        }
    }

    /** Gives an integer key a value without metamethods. */
    public void set(int index, @Nullable Object value) {
        refuseIfSealed();
        if (index > 0 && index <= size) {
            list[index - 1] = value;
            trim();
        } else if (index == size + 1) {
            if (value != null) {
                append(value);
            }
        } else {
            setField((double) index, value);
        }
    }

    /** Gives a name a value without metamethods. */
    public void set(String name, @Nullable Object value) {
        set(LuaString.of(name), value);
    }

    /** Stores list items as a table constructor does: holes among them stay part of the list. */
    public void setItems(int first, @Nullable Object[] items) {
        if (first != size + 1) {
            for (int i = 0; i < items.length; i++) {
                set(first + i, items[i]);
            }
            return;
        }
        reserve(size + items.length);
        for (int i = 0; i < items.length; i++) {
            forgetField(first + i);
        }
        System.arraycopy(items, 0, list, size, items.length);
        size += items.length;
        trim();
        adopt();
    }

    private void append(Object value) {
        reserve(size + 1);
        forgetField(size + 1);
        list[size++] = value;
        adopt();
    }

    /** A key that goes into the list must leave no trace among the fields. */
    private void forgetField(int key) {
        if (fields != null && fields.hasNumbers()) {
            fields.remove((double) key);
        }
    }

    /** Moves into the list what follows it and was kept as a field until now. */
    private void adopt() {
        while (fields != null && fields.hasNumbers()) {
            Object next = fields.remove((double) (size + 1));
            if (next == null) {
                return;
            }
            reserve(size + 1);
            list[size++] = next;
            work(1);
        }
    }

    private void reserve(int capacity) {
        if (capacity > list.length) {
            int larger = Math.max(Math.max(capacity, list.length * 2), SMALLEST_LIST);
            charge((long) (larger - list.length) * OCTETS_PER_ITEM);
            list = Arrays.copyOf(list, larger);
        }
    }

    /** Keeps the last item of the list one that is there. */
    private void trim() {
        while (size > 0 && list[size - 1] == null) {
            size--;
        }
    }

    private void setField(Object key, @Nullable Object value) {
        Object stored =
                value == null && beneath != null && beneath.get(key) != null ? HIDDEN : value;
        if (fields == null) {
            if (stored == null) {
                return;
            }
            fields = new HashPart(meter);
        }
        fields.put(key, stored);
    }

    /** The length operator without metamethods: an n with a value at n and none at n + 1. */
    public int length() {
        return size;
    }

    /**
     * The key and the value after a key, in an order that does not change while fields are changed
     * or removed; after null the first. Null at the end.
     *
     * @throws LuaError if the key is not one of the table's
     */
    public @Nullable Object @Nullable [] next(@Nullable Object after) {
        @Nullable Object key = after instanceof LuaDecimal decimal ? decimal.key() : after;
        int from = listPosition(key);
        if (from >= 0 && from < size) {
            return itemAt(from);
        }
        if (beneath == null) {
            return from < 0 ? fieldAfter(key) : fieldAfter(null);
        }
        return layeredAfter(from < 0 ? key : null, beneath);
    }

    /** The first item that is there, at or after a position: the last one of a list always is. */
    private @Nullable Object[] itemAt(int position) {
        int at = position;
        while (list[at] == null) {
            at++;
        }
        work((at - position) >> 3);
        return new @Nullable Object[] {(double) (at + 1), list[at]};
    }

    /** How many items of the list are after the key; -1 if the key is beyond the list. */
    private int listPosition(@Nullable Object key) {
        if (key == null) {
            return 0;
        }
        if (!(key instanceof Double d) || d < 1 || d > list.length || d != d.intValue()) {
            return -1;
        }
        // a key that was the list's last item may be removed by now; a field's key still has its
        // place
        boolean inList = d <= size || fields == null || !fields.contains(key);
        return inList ? d.intValue() : -1;
    }

    private @Nullable Object @Nullable [] fieldAfter(@Nullable Object key) {
        if (fields == null) {
            if (key != null) {
                throw new LuaError("invalid key to 'next'");
            }
            return null;
        }
        return fields.next(key);
    }

    /** First the fields of this table, then those of the table beneath that are not hidden. */
    private @Nullable Object @Nullable [] layeredAfter(@Nullable Object key, LuaTable base) {
        @Nullable Object at = key;
        if (at == null || (fields != null && fields.contains(at))) {
            for (var e = fieldAfter(at); e != null; e = fieldAfter(e[0])) {
                if (e[1] != HIDDEN) {
                    return e;
                }
            }
            at = null;
        }
        for (var e = base.next(at); e != null; e = base.next(e[0])) {
            if (fields == null || fields.get(e[0]) == null) {
                return e;
            }
        }
        return null;
    }

    private void refuseIfSealed() {
        if (sealedAs != null) {
            throw new LuaError("'" + sealedAs + "' is read-only: it cannot be changed by a script");
        }
    }

    private void charge(long octets) {
        if (meter != null) {
            meter.memory(octets);
        }
    }

    private void work(long units) {
        if (meter != null) {
            meter.work(units);
        }
    }
}
