package io.moondial.logic;

import io.moondial.channel.NodeOpener;
import io.moondial.script.api.Backends;
import io.moondial.time.Time;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/**
 * What dialogs find around them. A test can replace it as a whole.
 *
 * @param loggers the loggers {@code dialog} and {@code script} are asked of it
 * @param seeds what the random numbers of each dialog's script begin with; empty: chance
 * @param backends those of modules that run
 * @param nodes begins dialogs with other USSD nodes
 * @param observer is informed of what happens in them, after their records are written
 */
public record DialogEnvironment(
        Time time,
        ILoggerFactory loggers,
        Supplier<OptionalLong> seeds,
        Backends backends,
        NodeOpener nodes,
        DialogObserver observer) {

    /** Those of an engine at work. */
    public static DialogEnvironment at(Time time) {
        return at(time, Backends.NONE, NodeOpener.NOWHERE, DialogObserver.NOBODY);
    }

    /** Those of an engine at work that somebody watches. */
    public static DialogEnvironment at(
            Time time, Backends backends, NodeOpener nodes, DialogObserver observer) {
        return new DialogEnvironment(
                time,
                LoggerFactory.getILoggerFactory(),
                OptionalLong::empty,
                backends,
                nodes,
                observer);
    }
}
