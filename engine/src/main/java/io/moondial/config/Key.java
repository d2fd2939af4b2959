package io.moondial.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.function.Supplier;

/**
 * Declares a component of a settings record as a key of a file. The key is the component's name in
 * snake_case. Values are written here as in the file: {@code 30s}, {@code 16MiB}, {@code 85%}.
 *
 * <p>The type of the component says what may be written: a whole number, size or percentage
 * (whichever {@link #to} is) for int and long, Duration, boolean, Path, enum, String, ZoneId,
 * {@link Secret}, a List of them, a settings record (a section), a List of settings records, or a
 * Map of them by names that the writer of the file chooses. See {@link Schema}.
 */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Key {
    /** What the key is for: a sentence or more, in plain text. */
    String value() default "";

    /** The key, if it is not the component's name. */
    String name() default "";

    /**
     * The value if the key is left out. Empty: none; the key must be there if not nullable. A
     * number can be computed from another key that is read before, such as {@code dialogs.max +
     * 10000}; see {@link #inherits} for how that is named.
     */
    String unset() default "";

    /** What holds if the key is left out, in words, if there is no value that says so. */
    String unsetIs() default "";

    /**
     * What may stand in the file, as it is written there, for the manual. A key without a default
     * needs one; a {@link Secret} has one by itself.
     *
     * <p>Of a list of sections: items, each in one line. Of a section or a Map: the whole in one
     * line. The manual then shows that instead of the keys below it. Of a Map it can also be the
     * name of one of its sections, below which the manual shows all keys.
     */
    String[] example() default {};

    /** The word for null, such as {@code none}. Empty: there is none, null is what is left out. */
    String nullIs() default "";

    /** The least value. */
    String from() default "";

    /** The greatest value. */
    String to() default "";

    /** A regular expression that the whole of a text matches; of a Map, each name. */
    String matches() default "";

    /** The texts that {@link #matches}, in words: "found X; allowed is ...". */
    String allowed() default "";

    /**
     * What a section, or each of a Map, takes if it leaves a key out: a component of the same
     * record or of one around it, or a component of that, such as {@code links.admission}.
     */
    String inherits() default "";

    /** The record that declares what may be written for a key of the same name. */
    Class<? extends Record> like() default Record.class;

    /** Whether a list of values may have the same one again. */
    boolean repeats() default false;

    /** The problem of a list of sections that is empty. Empty: it may be. */
    String oneAtLeast() default "";

    /** How the key is written if its value is neither a single one nor such a section. */
    Class<? extends Structure<?>> structure() default Structure.None.class;

    /** How values of a type that is not listed above are written. */
    Class<? extends Supplier<? extends Notation<?>>> as() default Notation.OfType.class;
}
