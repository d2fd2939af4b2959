package io.moondial.cli;

import io.moondial.edr.report.Dialogs;
import io.moondial.edr.report.PlacedRecord;
import io.moondial.edr.report.RecordFilter;
import io.moondial.edr.report.RecordSink;
import io.moondial.edr.spec.EdrSpec;
import io.moondial.problem.Problem;
import java.io.PrintWriter;

/** What {@code ussd edr} prints of the records that come: each of them, or their dialogs. */
final class EdrPrinter implements RecordSink {
    private final EdrJson json = new EdrJson();
    private final RecordFilter filter;
    private final EdrOutput out;
    private final PrintWriter err;
    private boolean failed;

    EdrPrinter(RecordFilter filter, EdrOutput out, PrintWriter err) {
        this.filter = filter;
        this.out = out;
        this.err = err;
    }

    @Override
    public void record(PlacedRecord found) {
        filter.learn(found.edr());
        if (filter.isOfDialog(found.edr()) && filter.isOfEvent(found.edr())) {
            out.line(json.of(found));
        }
    }

    @Override
    public void unreadable(Problem problem) {
        failed = true;
        err.println(problem);
    }

    void print(Dialogs dialogs) {
        dialogs.summaries().map(json::of).forEach(out::line);
    }

    /** Notes each wanted event that the engine does not have and no record was of. */
    void noteUnknownEvents() {
        String met = String.join(", ", filter.metEvents());
        for (String event : filter.unmetEvents()) {
            if (!EdrSpec.ENGINE_EVENTS.contains(event)) {
                err.println(
                        "ussd: no record of event %s; %s"
                                .formatted(
                                        event,
                                        met.isEmpty()
                                                ? "there is no record at all"
                                                : "there are records of " + met));
            }
        }
    }

    /** Writes what was printed and still waits. */
    void flush() {
        out.flush();
    }

    /** Whether there is still somebody who reads; what was printed is with them then. */
    boolean isRead() {
        try {
            out.flush();
            return true;
        } catch (EdrOutput.NobodyReads e) {
            return false;
        }
    }

    int exitCode() {
        return failed || out.isBroken() ? ExitCode.FAILED : ExitCode.GOOD;
    }
}
