package io.moondial.cli;

import io.moondial.dialogtest.run.TestResult;
import java.io.PrintWriter;

/** How far the tests are, on one line that is written over and gone at the end. */
final class TestProgress implements AutoCloseable {
    private static final String CLEAR_LINE = "\r\u001B[K";

    private final PrintWriter err;
    private final int all;
    private final boolean shown;
    private int ended;
    private int failed;

    /**
     * @param shown whether somebody watches; else nothing is written
     */
    TestProgress(PrintWriter err, int all, boolean shown) {
        this.err = err;
        this.all = all;
        this.shown = shown;
    }

    /** From any thread. */
    synchronized void ended(TestResult result) {
        ended++;
        if (!result.status().isGood()) {
            failed++;
        }
        if (shown) {
            err.printf("%s%d of %d tests", CLEAR_LINE, ended, all);
            if (failed > 0) {
                err.printf(", %d failed", failed);
            }
            err.flush();
        }
    }

    @Override
    public synchronized void close() {
        if (shown) {
            err.print(CLEAR_LINE);
            err.flush();
        }
    }
}
