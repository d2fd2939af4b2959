package io.starhash.cli;

import io.starhash.edr.report.Dialogs;
import io.starhash.edr.report.PlacedRecord;
import io.starhash.edr.report.RecordFilter;
import io.starhash.edr.report.RecordSink;
import io.starhash.problem.Problem;
import java.io.PrintWriter;

/** What {@code ussd edr} prints of the records that come: each of them, or their dialogs. */
final class EdrPrinter implements RecordSink {
    private static final int CHECKED_LINES = 1024;

    private final EdrJson json = new EdrJson();
    private final RecordFilter filter;
    private final PrintWriter out;
    private final PrintWriter err;
    private boolean failed;
    private int printed;

    /** The output was closed by those whom it was for. */
    static final class NobodyReads extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private NobodyReads() {
            super("the output is closed", null, false, false);
        }
    }

    EdrPrinter(RecordFilter filter, PrintWriter out, PrintWriter err) {
        this.filter = filter;
        this.out = out;
        this.err = err;
    }

    @Override
    public void record(PlacedRecord found) {
        filter.learn(found.edr());
        if (filter.isOfDialog(found.edr()) && filter.isOfEvent(found.edr())) {
            print(json.of(found));
        }
    }

    @Override
    public void unreadable(Problem problem) {
        failed = true;
        err.println(problem);
    }

    void print(Dialogs dialogs) {
        dialogs.summaries().map(json::of).forEach(this::print);
    }

    /** Whether there is still somebody who reads; what was printed is with them then. */
    boolean isRead() {
        return !out.checkError();
    }

    int exitCode() {
        return failed ? ExitCode.FAILED : ExitCode.GOOD;
    }

    /** Not by println, which would write each line out on its own. */
    private void print(String line) {
        out.print(line + System.lineSeparator());
        printed++;
        if (printed % CHECKED_LINES == 0 && !isRead()) {
            throw new NobodyReads();
        }
    }
}
