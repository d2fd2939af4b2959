package io.moondial.cli;

import io.moondial.Configuration;
import io.moondial.Engine;
import io.moondial.channel.ss7.FarSide;
import io.moondial.logic.DialogObserver;
import io.moondial.script.api.Backends;
import io.moondial.time.Time;
import java.io.PrintWriter;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An engine that a command starts for itself. It ends with the command, and its EDR files are then
 * complete.
 */
public final class OwnEngine {
    private static final Logger LOG = LoggerFactory.getLogger(OwnEngine.class);
    private static final Set<Engine> IN_USE = ConcurrentHashMap.newKeySet();

    /** What the command does with it. */
    @FunctionalInterface
    public interface Use {
        /** The result is the command's exit code. */
        int with(FarSide handsets) throws InterruptedException;
    }

    private OwnEngine() {}

    /**
     * Starts an engine, uses it, stops it.
     *
     * @param observer told of what its dialogs do
     * @return the exit code: that of the use, unless records were lost or dialogs did not end
     */
    public static int use(
            Configuration configuration, DialogObserver observer, PrintWriter err, Use use)
            throws NotStartedException, InterruptedException {
        return use(configuration, observer, Backends::start, err, use);
    }

    /**
     * The same, with something else behind modules than what the rules name.
     *
     * @param backends starts it
     */
    public static int use(
            Configuration configuration,
            DialogObserver observer,
            BiFunction<Backends.Settings, Time, Backends> backends,
            PrintWriter err,
            Use use)
            throws NotStartedException, InterruptedException {
        int result;
        Engine.Stop stop;
        Engine engine =
                RulesOption.engine(
                        () -> Engine.ofCommand(configuration.inMemory(), observer, backends));
        // An interrupted command still completes its EDR files.
        IN_USE.add(engine);
        Thread hurry = Thread.ofPlatform().name("stop").unstarted(engine::close);
        Runtime.getRuntime().addShutdownHook(hurry);
        try (engine) {
            RulesOption.start(engine);
            result = use.with(engine.handsets());
            stop = engine.stop();
        } finally {
            forget(hurry);
            IN_USE.remove(engine);
        }
        if (stop.lostEdrs() > 0) {
            err.printf("ussd: %d EDRs could not be written%n", stop.lostEdrs());
        }
        return stop.isWhole() ? result : ExitCode.FAILED;
    }

    /**
     * Stops the engines that are in use in this process, and returns when they write nothing more:
     * for a hook that comes after them.
     */
    public static void stopAll() {
        IN_USE.forEach(Engine::close);
    }

    /** Takes back a hook; where the process is ending already, it runs. */
    public static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            LOG.debug("the process is ending already", e);
        }
    }

    /** The engine could not start, though its configuration is sound. */
    public static final class NotStartedException extends Exception {
        private static final long serialVersionUID = 1L;

        public NotStartedException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
