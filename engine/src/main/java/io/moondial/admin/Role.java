package io.moondial.admin;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What a caller may do; each role may do what the ones before it may. */
public enum Role {
    /** Has not logged in. */
    NONE,

    /** Sees everything but subscribers' numbers, which are masked. */
    VIEWER,

    /** Sees numbers, dials, traces, reloads and runs tests. */
    OPERATOR,

    /** Changes what is in service. */
    ADMIN;

    /** As people and programs read it, such as {@code viewer}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The role of this word that somebody can be given; empty if there is none. */
    public static Optional<Role> named(String word) {
        return Stream.of(VIEWER, OPERATOR, ADMIN).filter(it -> it.word().equals(word)).findFirst();
    }

    /** Whether a caller with this role may do what asks for that one. */
    public boolean mayDo(Role asked) {
        return compareTo(asked) >= 0;
    }
}
