package io.moondial.script.lua;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The table against a {@link Map} that does the same, by chance but the same chance each time. */
class LuaTableModelTest {
    private static final int STEPS = 20_000;

    private final LuaTable table = LuaTable.unmetered();
    private final Map<Object, Object> model = new HashMap<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void a_table_is_a_map_with_a_border(long seed) {
        Random random = new Random(seed);
        int span = 4 << random.nextInt(7);
        for (int step = 0; step < STEPS; step++) {
            Object key = key(random, span);
            if (random.nextInt(3) == 0) {
                change(key, null);
            } else {
                change(key, value(random));
            }
            assertThat(table.get(key)).isEqualTo(model.get(key));
            if (step % 97 == 0) {
                checkAll();
            }
        }
        checkAll();
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24})
    void a_traversal_may_change_and_take_away_what_it_meets(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            for (int i = 0; i < 60; i++) {
                change(key(random, 64), value(random));
            }
            Map<Object, Object> met = new LinkedHashMap<>();
            for (var e = table.next(null); e != null; e = table.next(e[0])) {
                assertThat(met.put(e[0], e[1])).isNull();
                change(e[0], random.nextBoolean() ? null : value(random));
            }
            assertThat(met.keySet()).containsAll(model.keySet());
            checkAll();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {31, 32, 33})
    void a_table_over_another_shows_it_through(long seed) {
        Random random = new Random(seed);
        LuaTable beneath = LuaTable.unmetered();
        for (int i = 0; i < 20; i++) {
            LuaString name = LuaString.of("k" + i);
            beneath.set(name, (double) i);
            model.put(name, (double) i);
        }
        beneath.seal("beneath");
        Meter meter = TestMeter.unlimited();
        LuaTable over = LuaTable.over(beneath, meter);
        for (int step = 0; step < 3000; step++) {
            LuaString name = LuaString.of("k" + random.nextInt(40));
            @Nullable Object value = random.nextBoolean() ? null : value(random);
            over.set(name, value);
            put(name, value);
            assertThat(over.get(name)).isEqualTo(model.get(name));
        }
        assertThat(entries(over)).isEqualTo(model);
        assertThat(beneath.get(LuaString.of("k3"))).isEqualTo(3.0);
    }

    private void change(@Nullable Object key, @Nullable Object value) {
        table.set(key, value);
        put(key, value);
    }

    private void put(@Nullable Object key, @Nullable Object value) {
        if (value == null) {
            model.remove(key);
        } else {
            model.put(key, value);
        }
    }

    private void checkAll() {
        assertThat(entries(table)).isEqualTo(model);
        int border = table.length();
        assertThat(border == 0 || model.containsKey((double) border)).isTrue();
        assertThat(model.containsKey((double) (border + 1))).isFalse();
    }

    private static Map<Object, Object> entries(LuaTable table) {
        Map<Object, Object> entries = new HashMap<>();
        for (var e = table.next(null); e != null; e = table.next(e[0])) {
            assertThat(entries.put(e[0], e[1])).as("met twice: %s", e[0]).isNull();
        }
        return entries;
    }

    private static Object key(Random random, int span) {
        return switch (random.nextInt(6)) {
            case 0, 1, 2 -> (double) (random.nextInt(span) + 1);
            case 3 -> LuaString.of("k" + random.nextInt(span));
            case 4 -> random.nextInt(span) - span / 2 + 0.5;
            default ->
                    List.<Object>of(true, false, -1.0, 1e300, LuaString.of("1"))
                            .get(random.nextInt(5));
        };
    }

    private static Object value(Random random) {
        return new ArrayList<Object>(List.of(1.0, LuaString.of("0123"), true, LuaString.of("")))
                .get(random.nextInt(4));
    }
}
