package io.moondial.modules.kv;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.modules.json.Json;
import io.moondial.script.lua.LuaDecimal;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaFunction.NativeFunction;
import io.moondial.script.lua.LuaState;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import io.moondial.script.lua.Meter;
import java.math.BigDecimal;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept of a value, and what comes back. */
class KvValueTest {
    private static final long LARGEST = 64 << 10;
    private final Json json = new Json();
    private final LuaState state = state();

    private static LuaState state() {
        Meter meter =
                new Meter(
                        new Meter.Bounds(1L << 40, 1L << 40, 1000, 1 << 20, 0),
                        () -> {},
                        new Meter.HeavyPermit(1));
        LuaTable nothing = LuaTable.unmetered().seal("nothing");
        return new LuaState(meter, nothing, nothing, nothing, null, nothing);
    }

    private LuaString encode(Object value) {
        return requireNonNull(encodeIfItFits(value));
    }

    private @Nullable LuaString encodeIfItFits(Object value) {
        return KvValue.encode(state, json, value, LARGEST, "kv.set");
    }

    private static LuaTable in(LuaTable table, String name) {
        return (LuaTable) requireNonNull(table.get(LuaString.of(name)));
    }

    private Object roundTrip(Object value) throws Exception {
        return KvValue.decode(state, json, encode(value));
    }

    private static LuaDecimal decimal(String digits) {
        return LuaDecimal.of(new BigDecimal(digits));
    }

    private LuaTable list(Object... items) {
        LuaTable list = state.newTable();
        for (int i = 0; i < items.length; i++) {
            list.set(i + 1, items[i]);
        }
        return list;
    }

    private LuaTable named(String name, Object value) {
        LuaTable table = state.newTable();
        table.set(name, value);
        return table;
    }

    @ParameterizedTest
    @ValueSource(
            doubles = {
                0,
                -0.0,
                1,
                -1,
                0.1,
                12.5,
                1e300,
                -1e-300,
                Double.MIN_VALUE,
                Double.MAX_VALUE,
                0x1p53,
                -0x1p53,
                0x1p53 - 1,
                0x1p54,
                1e18
            })
    void numbers_come_back_as_they_were(double number) throws Exception {
        assertThat(roundTrip(number)).isEqualTo(number); // equals tells -0 from 0
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "5",
                "-5",
                "12.50",
                "-0.010",
                "9007199254740992",
                "9007199254740993",
                "-9007199254740993",
                "9223372036854775807",
                "-9223372036854775808",
                "9223372036854775808",
                "12345678901234567890.1234567890"
            })
    void decimals_come_back_with_their_scale(String digits) throws Exception {
        assertThat(roundTrip(decimal(digits))).isInstanceOf(LuaDecimal.class);
        assertThat(roundTrip(decimal(digits))).hasToString(digits);
    }

    @Test
    void whole_numbers_are_their_digits_so_that_they_can_be_counted_on() {
        assertThat(encode(12.0)).isEqualTo(LuaString.of("12"));
        assertThat(encode(decimal("9007199254740993"))).isEqualTo(LuaString.of("9007199254740993"));
        assertThat(KvValue.whole(encode(-3.0))).isEqualTo(-3);
        assertThat(KvValue.whole(encode(-0.0))).isNull();
        assertThat(KvValue.whole(encode(0.5))).isNull();
        assertThat(KvValue.whole(encode(decimal("12")))).isNull();
        assertThat(KvValue.whole(encode(LuaString.of("12")))).isNull();
    }

    @Test
    void strings_of_any_octets_and_booleans_come_back() throws Exception {
        byte[] octets = new byte[1000];
        new Random(1).nextBytes(octets);
        for (LuaString text :
                new LuaString[] {
                    LuaString.EMPTY,
                    LuaString.of("12"),
                    LuaString.of("a\0b"),
                    LuaString.of("жé☃𝄞"),
                    LuaString.ofOctets(octets)
                }) {
            assertThat(roundTrip(text)).isEqualTo(text);
        }
        assertThat(roundTrip(true)).isEqualTo(true);
        assertThat(roundTrip(false)).isEqualTo(false);
    }

    @Test
    void tables_come_back_with_all_that_is_in_them() throws Exception {
        LuaTable inner = named("жé", list(1.0, LuaString.of("a"), decimal("1.50"), false));
        inner.set("", json.nothing());
        LuaTable whole = named("inner", inner);
        whole.set("empty", state.newTable());
        whole.set("none", list());
        in(whole, "none").setMetatable(json.array());

        LuaTable back = (LuaTable) roundTrip(whole);
        LuaTable innerBack = in(back, "inner");
        LuaTable items = in(innerBack, "жé");
        assertThat(items.length()).isEqualTo(4);
        assertThat(items.get(1)).isEqualTo(1.0);
        assertThat(items.get(2)).isEqualTo(LuaString.of("a"));
        assertThat(items.get(3)).hasToString("1.50");
        assertThat(items.get(4)).isEqualTo(false);
        assertThat(innerBack.get(LuaString.of(""))).isSameAs(json.nothing());
        assertThat(json.encode(state, back.get(LuaString.of("empty")), "x")).isEqualTo("{}");
        assertThat(json.encode(state, back.get(LuaString.of("none")), "x")).isEqualTo("[]");
    }

    @Test
    void the_same_table_is_the_same_octets_in_whatever_order_its_names_came() {
        LuaTable one = named("a", 1.0);
        one.set("b", 2.0);
        LuaTable other = named("b", 2.0);
        other.set("a", 1.0);
        assertThat(encode(one)).isEqualTo(encode(other));
        other.set("b", 3.0);
        assertThat(encode(one)).isNotEqualTo(encode(other));
    }

    @Test
    void a_table_that_is_there_twice_is_kept_twice() throws Exception {
        LuaTable shared = list(1.0);
        LuaTable back = (LuaTable) roundTrip(list(shared, shared));
        assertThat(back.length()).isEqualTo(2);
    }

    private void assertRefused(Object value, String words) {
        assertThatThrownBy(() -> encode(value))
                .isInstanceOf(LuaError.class)
                .hasMessage("kv.set: " + words);
    }

    @Test
    void what_cannot_be_kept_is_refused_in_words() {
        LuaTable circle = list(1.0);
        circle.set("self", circle);
        circle.set(1, null);
        assertRefused(circle, "a table that contains itself cannot be kept");
        assertRefused(new NativeFunction("f", a -> a.all()), "a function cannot be kept");
        assertRefused(
                named("f", new NativeFunction("f", a -> a.all())), "a function cannot be kept");
        assertRefused(Double.NaN, "NaN and infinities cannot be kept");
        assertRefused(Double.NEGATIVE_INFINITY, "NaN and infinities cannot be kept");
        LuaTable mixed = list(1.0, 2.0);
        mixed.set("name", 3.0);
        assertRefused(
                mixed,
                "a table with list items and also the key 'name' cannot be kept: it may have 1 to n, or names, not both");
        LuaTable odd = state.newTable();
        odd.set(1.5, true);
        assertRefused(odd, "a table with the key 1.5 cannot be kept: keys are names, or 1 to n");
        LuaTable far = state.newTable();
        far.set(7, (Object) true);
        assertRefused(far, "a table with the key 7 cannot be kept: keys are names, or 1 to n");
        LuaTable deep = list(1.0);
        for (int i = 0; i < 64; i++) {
            deep = list(deep);
        }
        assertRefused(deep, "more than 64 tables inside each other cannot be kept");
        LuaTable secret = named("pin", state.newSecret("1234", "****"));
        assertRefused(
                secret,
                "the value is, or holds, a secret answer: it must not be kept, and with a mask in its place it would be of no use");
    }

    @Test
    void a_value_is_as_large_as_it_may_be_and_no_larger() throws Exception {
        LuaString fits = LuaString.of("x".repeat((int) LARGEST));
        assertThat(roundTrip(fits)).isEqualTo(fits);
        assertThat(encodeIfItFits(LuaString.of("x".repeat((int) LARGEST + 1)))).isNull();
        LuaTable many = state.newTable();
        for (int i = 1; i <= LARGEST; i++) {
            many.set(i, (Object) true);
        }
        assertThat(encodeIfItFits(many)).isNull();
        LuaTable doubling = state.newTable();
        for (int i = 0; i < 60; i++) {
            doubling = list(doubling, doubling);
        }
        assertThat(encodeIfItFits(doubling)).isNull(); // 2^60 tables, if all were written
    }

    @Test
    void what_others_wrote_is_refused_and_harms_nothing() {
        Random random = new Random(7);
        LuaTable table = named("a", list(1.0, LuaString.of("x"), decimal("1.5")));
        byte[] good = encode(table).toOctets();
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = good.clone();
            for (int n = random.nextInt(1, 4); n > 0; n--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            LuaString kept = LuaString.ofOctets(bad).slice(0, random.nextInt(bad.length + 1));
            try {
                KvValue.decode(state(), json, kept);
            } catch (KvValue.Foreign e) {
                assertThat(e).isNotNull();
            }
        }
        for (String foreign : new String[] {"", "hello", "n123", "d1e5", "Tx", "012", "L\0"}) {
            assertThatThrownBy(() -> KvValue.decode(state, json, LuaString.of(foreign)))
                    .as(foreign)
                    .isInstanceOf(KvValue.Foreign.class);
        }
    }
}
