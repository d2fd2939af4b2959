package io.moondial.edr;

import io.moondial.edr.EdrLine.Flaw;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/** The flaws of one line, as they are found: the first ones, and that there are more. */
final class Flaws {
    /** How many of one line are told. */
    static final int MOST = 100;

    private final List<Flaw> flaws = new ArrayList<>();

    /**
     * Adds one.
     *
     * @param index of the octet, from 0
     * @param message what was found and what is allowed; asked for only where it is told
     */
    void add(int index, Supplier<String> message) {
        if (flaws.size() < MOST) {
            flaws.add(new Flaw(index + 1, message.get()));
        } else if (flaws.size() == MOST) {
            flaws.add(new Flaw(index + 1, "the line has more than " + MOST + " flaws"));
        }
    }

    /** Those that are told, in the order of their columns. */
    List<Flaw> inOrder() {
        return flaws.stream().sorted(Comparator.comparingInt(Flaw::column)).toList();
    }
}
