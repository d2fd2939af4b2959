package io.moondial.script.stdlib;

import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaFunction;
import io.moondial.script.lua.LuaFunction.NativeFunction.Shortcut;
import io.moondial.script.lua.LuaState;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaString.LuaStringBuilder;
import io.moondial.script.lua.LuaTable;
import io.moondial.script.lua.Numbers;
import io.moondial.script.lua.Operators;
import org.jspecify.annotations.Nullable;

/** Table manipulation (Lua 5.2 manual 6.5). */
final class TableLibrary {
    private static final int MAX_UNPACKED = 8000;

    private TableLibrary() {}

    static LuaTable create() {
        return new StandardLibrary.Library("table")
                .function("concat", TableLibrary::concat)
                .function("insert", TableLibrary::insert, TableLibrary::append)
                .function("pack", TableLibrary::pack)
                .function("remove", TableLibrary::remove)
                .function("sort", TableLibrary::sort)
                .function("unpack", TableLibrary::unpack)
                .seal();
    }

    private static @Nullable Object[] concat(Arguments a) {
        LuaTable list = a.table(1);
        LuaString separator = a.string(2, LuaString.EMPTY);
        int from = a.integer(3, 1);
        int to = a.isNil(4) ? length(a) : a.integer(4);
        LuaStringBuilder joined = new LuaStringBuilder(a.meter());
        for (long i = from; i <= to; i++) {
            a.meter().work(1);
            LuaString text = Numbers.textFrom(list.get((int) i));
            if (text == null) {
                throw new LuaError(
                        String.format(
                                "invalid value (%s) at index %d in table for 'concat'",
                                Lua.typeName(list.get((int) i)), i));
            }
            joined.append(text);
            if (i < to) {
                joined.append(separator);
            }
        }
        return Lua.values(joined.toLuaString());
    }

    private static @Nullable Object[] insert(Arguments a) {
        LuaTable list = a.tableToChange(1);
        int end = length(a) + 1;
        switch (a.count()) {
            case 2 -> list.set(end, a.get(2));
            case 3 -> {
                int position = a.integer(2);
                if (position < 1 || position > end) {
                    throw a.bad(2, "position out of bounds");
                }
                a.meter().work((end - position) >> 2);
                for (int i = end; i > position; i--) {
                    list.set(i, list.get(i - 1));
                }
                list.set(position, a.get(3));
            }
            default -> throw new LuaError("wrong number of arguments to 'insert'");
        }
        return Lua.nothing();
    }

    private static @Nullable Object append(
            LuaState state,
            int count,
            @Nullable Object x,
            @Nullable Object y,
            @Nullable Object z,
            @Nullable Object w) {
        if (count == 2 && x instanceof LuaTable shared) {
            LuaTable list = state.toChange(shared);
            if (list.metatable() == null) {
                list.set(list.length() + 1, y);
                return Lua.nothing();
            }
        }
        return Shortcut.Answer.NONE;
    }

    private static @Nullable Object[] remove(Arguments a) {
        LuaTable list = a.tableToChange(1);
        int size = length(a);
        int position = a.integer(2, size);
        if (!a.isNil(2) && position != size && (position < 1 || position > size + 1)) {
            throw a.bad(2, "position out of bounds");
        }
        a.meter().work(Math.max(0, size - position) >> 2);
        @Nullable Object removed = list.get(position);
        for (int i = position; i < size; i++) {
            list.set(i, list.get(i + 1));
        }
        list.set(Math.max(position, size), null);
        return Lua.values(removed);
    }

    private static @Nullable Object[] pack(Arguments a) {
        LuaTable packed = a.state().newTable();
        packed.setItems(1, a.all());
        packed.set("n", (double) a.count());
        return Lua.values(packed);
    }

    private static @Nullable Object[] unpack(Arguments a) {
        LuaTable list = a.table(1);
        int from = a.integer(2, 1);
        int to = a.isNil(3) ? length(a) : a.integer(3);
        long count = (long) to - from + 1;
        if (count <= 0) {
            return Lua.nothing();
        }
        if (count > MAX_UNPACKED) {
            throw new LuaError(
                    "too many results to unpack: " + count + ", allowed " + MAX_UNPACKED);
        }
        a.meter().work(count >> 3);
        @Nullable Object[] results = new @Nullable Object[(int) count];
        for (int i = 0; i < results.length; i++) {
            results[i] = list.get(from + i);
        }
        return results;
    }

    private static @Nullable Object[] sort(Arguments a) {
        LuaTable list = a.tableToChange(1);
        int size = length(a);
        a.meter().memory(8L * size);
        @Nullable Object[] items = new @Nullable Object[size];
        for (int i = 0; i < size; i++) {
            items[i] = list.get(i + 1);
        }
        Sorting sorting =
                a.isNil(2) ? Sorting.natural(a.state()) : Sorting.by(a.state(), a.function(2));
        @Nullable Object[] sorted = sorting.sorted(items);
        for (int i = 0; i < size; i++) {
            list.set(i + 1, sorted[i]);
        }
        return Lua.nothing();
    }

    /** The length of the list in the first argument, through its metamethod if it has one. */
    private static int length(Arguments a) {
        @Nullable Object length = a.state().length(a.get(1));
        if (length instanceof Double d) {
            return d.intValue();
        }
        throw new LuaError("object length is not a number");
    }

    /**
     * A merge sort by an order that a script may give. It asks the order only about items of the
     * list and ends after n log n questions whatever the answers are, so an order that contradicts
     * itself harms nobody.
     */
    private static final class Sorting {
        /** Whether an item comes before another. */
        @FunctionalInterface
        private interface Order {
            boolean before(@Nullable Object x, @Nullable Object y);
        }

        private final LuaState state;
        private final Order order;

        private Sorting(LuaState state, Order order) {
            this.state = state;
            this.order = order;
        }

        static Sorting natural(LuaState state) {
            return new Sorting(state, (x, y) -> Operators.less(state, x, y));
        }

        static Sorting by(LuaState state, LuaFunction before) {
            return new Sorting(state, (x, y) -> Lua.truthy(state.callForOne(before, x, y)));
        }

        @Nullable Object[] sorted(@Nullable Object[] items) {
            @Nullable Object[] from = items;
            @Nullable Object[] to = new @Nullable Object[items.length];
            for (int width = 1; width < items.length; width *= 2) {
                for (int start = 0; start < items.length; start += 2 * width) {
                    merge(from, to, start, width);
                }
                @Nullable Object[] merged = to;
                to = from;
                from = merged;
            }
            return from;
        }

        private void merge(@Nullable Object[] from, @Nullable Object[] to, int start, int width) {
            int middle = Math.min(start + width, from.length);
            int end = Math.min(middle + width, from.length);
            int left = start;
            int right = middle;
            for (int i = start; i < end; i++) {
                state.meter().work(1);
                boolean takeRight =
                        left == middle || (right < end && order.before(from[right], from[left]));
                to[i] = takeRight ? from[right++] : from[left++];
            }
        }
    }
}
