package io.moondial.fuzz;

import java.util.Arrays;

/** An input did what no input may do. */
public final class Finding extends AssertionError {
    private static final long serialVersionUID = 1L;

    /**
     * Something new where nothing of this kind was found before.
     *
     * @param kind tells findings apart: two of a kind are one to the search
     */
    public Finding(String kind, String what) {
        super(what);
        setStackTrace(
                new StackTraceElement[] {
                    new StackTraceElement(Finding.class.getName(), kind, null, -1)
                });
    }

    /** What was thrown. */
    public Finding(Throwable escaped) {
        super("escaped: " + escaped, escaped);
    }

    /**
     * Says so where it does not hold.
     *
     * @param what words that are the same each time
     * @param details what differs
     */
    public static void unless(boolean holds, String what, Object... details) {
        if (!holds) {
            throw new Finding(what, what + ": " + Arrays.toString(details));
        }
    }
}
