package io.moondial.cli;

/** What the command ends with. */
public final class ExitCode {
    public static final int GOOD = 0;

    /** A check failed, or the dialog of a dial was aborted, refused or never answered. */
    public static final int FAILED = 1;

    /** Bad usage, bad rules, a script that does not compile. */
    public static final int BAD_INPUT = 2;

    /** The engine could not start. */
    public static final int NOT_STARTED = 3;

    private ExitCode() {}
}
