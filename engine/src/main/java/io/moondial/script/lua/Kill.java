package io.moondial.script.lua;

/**
 * The end of a script that may not go on. An {@link Error}, so that nothing on the way catches it
 * by accident; what catches it anyway meets it again at the next metered step.
 */
public final class Kill extends Error {
    private static final long serialVersionUID = 1L;

    /** Why a script may not go on. */
    public enum Reason {
        /** It used up one of its limits. */
        LIMIT,
        /** It was told to stop from outside. */
        STOPPED
    }

    private final Reason reason;

    public Kill(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
