package io.moondial.control;

import io.moondial.time.Time;
import io.moondial.trace.PcapFormat.PcapSink;
import io.moondial.trace.Trace;
import org.jspecify.annotations.Nullable;

/** What can be asked of a running engine; from any thread. */
public interface ControlledEngine {
    /** Its status now. */
    EngineStatus status();

    /**
     * Begins a trace of what goes over the links.
     *
     * @param msisdn the digits of the subscriber whose dialogs are traced from their begin on;
     *     null: everything
     */
    Trace beginTrace(PcapSink sink, @Nullable String msisdn);

    /** Ends a trace: what it has taken is written, and its sink closed. */
    void endTrace(Trace trace);

    /** The engine's clock. */
    Time time();
}
