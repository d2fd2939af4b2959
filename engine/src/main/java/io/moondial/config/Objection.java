package io.moondial.config;

import java.util.Optional;

/** What is wrong with a free-form value that is well-formed in itself. */
@FunctionalInterface
public interface Objection {
    /** Nothing is. */
    Objection NONE = (path, value) -> Optional.empty();

    /**
     * What is wrong with a text, number or boolean; empty if nothing is.
     *
     * @param path the keys that lead to it, such as {@code S.list[2]}; list items from 1
     */
    Optional<String> to(String path, Object value);
}
