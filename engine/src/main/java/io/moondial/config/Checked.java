package io.moondial.config;

/** Settings that say what is wrong with them as a whole, once each value is right by itself. */
@FunctionalInterface
public interface Checked {
    /**
     * Makes problems and warnings of what does not go together.
     *
     * @param section where the settings were read; it knows which keys were given
     */
    void check(Section section);
}
