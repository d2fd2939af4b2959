package io.moondial.admin;

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

    /** Whether a caller with this role may do what asks for that one. */
    public boolean mayDo(Role asked) {
        return compareTo(asked) >= 0;
    }
}
