package io.moondial.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Describes a section of a file whose keys are the components of a record ({@link Key}), or keys
 * that stand together among the others of a section.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface Settings {
    /**
     * What the section is about: a sentence or more, in plain text. That a change waits for a
     * restart is added.
     */
    String value();

    /** Whether a running engine keeps the values that it started with. */
    boolean restart() default false;
}
