package io.moondial.script.lua;

import io.moondial.script.lua.Meter.HeavyPermit;

/** Meters for tests of what is metered. */
final class TestMeter {
    private TestMeter() {}

    static Meter unlimited() {
        return of(Long.MAX_VALUE / 2, Long.MAX_VALUE / 2);
    }

    static Meter of(long instructions, long memory) {
        Meter.Bounds bounds = new Meter.Bounds(instructions, memory, 200, 1 << 20, 10);
        return new Meter(bounds, () -> {}, new HeavyPermit(2));
    }
}
