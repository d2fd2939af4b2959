package io.moondial.script.api;

import io.moondial.config.Schema;
import io.moondial.time.Time;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What stands behind a module's functions while an engine runs, such as connections or a store. One
 * is started for an engine, and a stand-in for each dialog test.
 *
 * @param <S> its settings, from the section of the rules file that has the module's name
 * @param <T> what functions ask for, see {@link HostCall#backend}
 */
public interface Backend<S extends Record, T> {
    /** What functions ask for it by: the real one and the stand-in are of this type. */
    Class<T> type();

    /** Its section. */
    Schema<S> settings();

    /** Starts it for an engine. */
    T start(S settings, Time time);

    /** Starts what a dialog test has instead. */
    T standIn(S settings, TestWorld world);

    /** Stops what was started, a stand-in too. */
    default void stop(T started) {}

    /**
     * What is wrong with a line {@code given MODULE TEXT} of a dialog test; empty: nothing.
     *
     * @param text what follows the module's name
     */
    Optional<String> objection(String text);

    /**
     * What a stand-in finds around it.
     *
     * @param time the test's clock
     * @param givens what stands behind {@code given MODULE}, line by line
     * @param fault makes the test fail, with this message
     */
    record TestWorld(Time time, List<String> givens, Consumer<String> fault) {
        public TestWorld {
            givens = List.copyOf(givens);
        }
    }
}
