package io.moondial.config;

/** Settings that say what is wrong with them as a whole, when each value alone is right. */
@FunctionalInterface
public interface Checked {
    /**
     * Reports values that do not fit together as problems and warnings.
     *
     * @param section where the settings were read; it knows which keys were given
     */
    void check(Section section);
}
