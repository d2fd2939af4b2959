package io.moondial.bench;

import org.jspecify.annotations.Nullable;

/**
 * The same load on the engine and, if asked for, on the ceiling.
 *
 * @param baseline null if only the engine was measured
 */
public record Round(Figures engine, @Nullable Figures baseline) {
    /** Dialogs a second of the engine against those of the ceiling; 0 without one. */
    public double ratio() {
        return baseline == null ? 0 : engine.rate() / baseline.rate();
    }

    /** A percentile of the engine's turns against that of the ceiling's; 0 without one. */
    public double turnRatio(double percentile) {
        return baseline == null
                ? 0
                : engine.turnMillis(percentile) / baseline.turnMillis(percentile);
    }

    /** Whether every dialog on either went as it should. */
    public boolean good() {
        return engine.good() && (baseline == null || baseline.good());
    }
}
