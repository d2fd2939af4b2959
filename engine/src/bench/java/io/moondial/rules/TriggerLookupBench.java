package io.moondial.rules;

import io.moondial.rules.Trigger.Conditions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The lookup of a request's trigger among many: requests of all of them, in a random order. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class TriggerLookupBench {
    /** As many requests as stay in the processor's caches, whatever the number of triggers. */
    private static final int REQUESTS = 1024;

    /** Triggers in the table. */
    @Param({"10", "1000", "100000"})
    public int triggers;

    /** What the triggers differ in. */
    @Param({"CODE", "CODE_PREFIX", "NUMBER_RANGE"})
    public Shape shape;

    private TriggerTable table = new TriggerTable(List.of());
    private final TriggerRequest[] requests = new TriggerRequest[REQUESTS];
    private int next;

    /** Kinds of tables that operators have. */
    public enum Shape {
        /** A service code each. */
        CODE {
            @Override
            Conditions conditions(int n) {
                return of("*" + n + "#", null, null);
            }
        },
        /** What begins with a service code, each. */
        CODE_PREFIX {
            @Override
            Conditions conditions(int n) {
                return of(null, "*" + n + "*", null);
            }
        },
        /** One code, and a range of numbers each. */
        NUMBER_RANGE {
            @Override
            Conditions conditions(int n) {
                return of("*100#", null, "27" + (1_000_000 + n));
            }
        };

        abstract Conditions conditions(int n);

        private static Conditions of(
                @org.jspecify.annotations.Nullable String code,
                @org.jspecify.annotations.Nullable String codePrefix,
                @org.jspecify.annotations.Nullable String msisdnPrefix) {
            return new Conditions(
                    code, codePrefix, null, null, null, null, null, msisdnPrefix, null, null, null);
        }

        TriggerRequest request(int n) {
            Conditions conditions = conditions(n);
            String code =
                    conditions.ussdString() == null
                            ? conditions.ussdStringPrefix() + "5#"
                            : conditions.ussdString();
            return new TriggerRequest(
                    code, null, null, conditions.msisdnPrefix() + "22", null, "27829000001", 6);
        }
    }

    /** The table, and requests of its triggers. */
    @Setup
    public void fill() {
        List<Trigger> all = new ArrayList<>();
        for (int i = 0; i < triggers; i++) {
            all.add(new Trigger(i + 1, "menu", shape.conditions(i), Trigger.Overrides.NONE));
        }
        Random random = new Random(1);
        Collections.shuffle(all, random);
        table = new TriggerTable(all);
        for (int i = 0; i < REQUESTS; i++) {
            requests[i] = shape.request(random.nextInt(triggers));
        }
    }

    /** One lookup. */
    @Benchmark
    public Optional<Trigger> lookup() {
        return table.match(requests[next++ & (REQUESTS - 1)]);
    }
}
