package io.moondial.script;

import io.moondial.script.api.Backends;
import io.moondial.script.api.ScriptDialog;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * What a running script reaches beside its dialog. Called on the script's own thread; a {@link
 * ScriptDialog.Refused} that a method throws becomes a Lua error at the caller's line.
 */
public interface ScriptServices {
    /** Writes a line to the log, as one of this dialog's; secret answers are masked in it. */
    void log(Level level, String message);

    /**
     * Writes an EDR of the script's own.
     *
     * @param event a name that does not begin with {@code USSD-}
     * @param fields in the order in which the script gave them; a field of several values has them
     *     all
     * @param stream null: the service's
     */
    void writeEdr(String event, Map<String, List<String>> fields, @Nullable String stream);

    /** Counts one more of a name. */
    void increment(String name);

    /**
     * The script has called something outside the engine.
     *
     * @param called a module, a dot, and what the rules name
     * @param outcome a word of the module's for what came back; {@code left} if the script ended
     *     before; {@code fault} if the engine failed
     * @param took from the call to its answer
     * @param given what {@code given MODULE} would be followed by to answer the same in a dialog
     *     test; gives null if nothing would
     */
    default void called(
            String called, String outcome, Duration took, Supplier<@Nullable String> given) {}

    /**
     * Completes when that much time has passed; one that is cancelled is forgotten. By the clock of
     * the machine, unless there is another.
     */
    default CompletableFuture<?> after(Duration time) {
        return new CompletableFuture<@Nullable Void>()
                .completeOnTimeout(null, time.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** The time of day. */
    Instant now();

    /** The backends of modules that run. */
    default Backends backends() {
        return Backends.NONE;
    }

    /** What the run's random numbers begin with; empty: chance. */
    default OptionalLong seed() {
        return OptionalLong.empty();
    }

    /**
     * What the script does next to its dialog or logs next, or has done by ending, comes from this
     * place.
     *
     * @param file relative to the script folder
     */
    default void comesFrom(String file, int line) {}

    /** The zone of the dates that scripts make. */
    default ZoneId zone() {
        return ZoneId.systemDefault();
    }

    /**
     * A clock that only goes forward, in nanoseconds from any point: what a script's {@code
     * max_time} is measured by.
     */
    default long nanoTime() {
        return System.nanoTime();
    }
}
