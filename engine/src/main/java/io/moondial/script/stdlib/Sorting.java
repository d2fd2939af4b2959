package io.moondial.script.stdlib;

import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaFunction;
import io.moondial.script.lua.LuaState;
import io.moondial.script.lua.Operators;
import org.jspecify.annotations.Nullable;

/**
 * A merge sort by an order that a script may give. It asks the order only about items of the list
 * and ends after n log n questions whatever the answers are, so an order that contradicts itself
 * harms nobody.
 */
final class Sorting {
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
