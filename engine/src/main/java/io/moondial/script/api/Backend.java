package io.moondial.script.api;

import io.moondial.config.Schema;
import io.moondial.script.api.ApiFunction.OptionUse;
import io.moondial.time.Time;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

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

    /**
     * Starts it for an engine. It does not wait for a far end: one that is down is no reason not to
     * start.
     *
     * @throws BackendException if it cannot work with these settings
     */
    T start(S settings, Time time);

    /**
     * Goes on with other settings after a reload. Calls under way are not hurt: they end as they
     * began.
     *
     * @throws BackendException if it cannot work with these settings; it then works as before
     */
    void reload(T running, S before, S after);

    /** Stops what was started. */
    default void stop(T started) {}

    /** Starts what a dialog test has instead. */
    StandIn<T> standIn(S settings, TestWorld world);

    /**
     * What is wrong with a line of a dialog test, found while its file is read; empty: nothing.
     *
     * @param text what follows the module's name; more than one line if the step goes on
     */
    Optional<Mistake> objection(Line line, String text);

    /**
     * The word that lines of a dialog test begin with which check it: the module's name, unless
     * other lines begin with that.
     */
    default String checkWord(String module) {
        return module;
    }

    /**
     * What is wrong with a call in a script, found when scripts are checked; empty: nothing that
     * can be seen there.
     *
     * @param function its name without the module's
     * @param literals the leading arguments; null: not a text that stands in the script
     */
    default Optional<String> objection(
            S settings, String function, List<@Nullable String> literals) {
        return Optional.empty();
    }

    /**
     * The same for what a function does by itself because of one of its options.
     *
     * @param use by which option of that function; its argument is known
     */
    default Optional<String> objection(S settings, OptionUse use) {
        return objection(settings, use.function(), Collections.singletonList(use.argument()));
    }

    /** How it stands, for people and for graphs. */
    default List<Gauge> gauges(T running) {
        return List.of();
    }

    /**
     * What is wrong with a line of a dialog test.
     *
     * @param index of the first character of what is wrong; 0: the line as a whole
     */
    record Mistake(int index, String message) {
        /** A line that is wrong as a whole. */
        public static Mistake of(String message) {
            return new Mistake(0, message);
        }
    }

    /** Lines of a dialog test that begin with a module's name. */
    enum Line {
        /** {@code given MODULE TEXT}: what a call will find. */
        GIVEN,
        /** {@code MODULE TEXT}: what has been called, or what is so now. */
        CHECK,
        /** {@code no MODULE TEXT}: what has not been called, or is not so. */
        CHECK_ABSENT
    }

    /**
     * What a dialog test has in place of the real one.
     *
     * @param <T> what functions ask for
     */
    interface StandIn<T> extends AutoCloseable {
        /** What functions find. */
        T running();

        /**
         * Checks a line of the test, while no script runs.
         *
         * @param absent whether the line begins with {@code no}
         * @param text what follows the module's name
         * @return what is wrong, in words; empty: nothing
         */
        Optional<String> check(boolean absent, String text);

        /** The givens that have answered nothing so far, each as {@link TestWorld} has it. */
        default List<String> unused() {
            return List.of();
        }

        /**
         * What it has yet to say to a script that waits, in words that say when in the test's time;
         * empty: nothing.
         */
        default Optional<String> coming() {
            return Optional.empty();
        }

        /** Gives back what it holds. */
        @Override
        default void close() {}
    }

    /**
     * What a stand-in finds around it.
     *
     * @param time the test's clock
     * @param folder that of the test's file: names of other files are relative to it
     * @param givens what stands behind {@code given MODULE}, line by line
     * @param fault makes the test fail, with this message
     * @param isChecked whether lines of the test may ask what was called; else nothing of it is
     *     kept
     */
    record TestWorld(
            Time time,
            Path folder,
            List<String> givens,
            Consumer<String> fault,
            boolean isChecked) {
        public TestWorld {
            givens = List.copyOf(givens);
        }
    }

    /**
     * A number that goes up and down.
     *
     * @param called the module, a dot, and what the rules name, as in {@link HostCall#await}
     * @param name in snake_case, such as {@code in_flight}
     * @param word what the value means, if it stands for something, such as {@code open}; null: it
     *     is a number
     * @param isDown whether scripts cannot use it now, so that somebody should look at it
     */
    record Gauge(String called, String name, long value, @Nullable String word, boolean isDown) {
        /** One that nobody has to look at. */
        public Gauge(String called, String name, long value, @Nullable String word) {
            this(called, name, value, word, false);
        }
    }

    /** It cannot work with its settings; the message says what is wrong and what to do. */
    final class BackendException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public BackendException(String message) {
            super(message);
        }
    }
}
