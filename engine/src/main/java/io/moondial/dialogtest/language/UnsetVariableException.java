package io.moondial.dialogtest.language;

/** A variable whose screen, or whose group in it, has not come. */
public final class UnsetVariableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnsetVariableException(String name) {
        super(
                "${"
                        + name
                        + "} has no value: the screen that gives it one did not match, or the"
                        + " group took no part in the match",
                null,
                false,
                false);
    }
}
