package io.moondial.edr.report;

import io.moondial.edr.Edr;
import io.moondial.problem.Problem;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Takes what is found in files, in the order in which it is there. */
public interface RecordSink {
    /** The sink that two others make together. */
    static RecordSink of(Consumer<PlacedRecord> records, Consumer<Problem> problems) {
        return new RecordSink() {
            @Override
            public void record(PlacedRecord found) {
                records.accept(found);
            }

            @Override
            public void unreadable(Problem problem) {
                problems.accept(problem);
            }
        };
    }

    /** A record that could be read, though its line may depart from the grammar. */
    void record(PlacedRecord found);

    /** A line, or a whole file, that could not be read. */
    void unreadable(Problem problem);

    /**
     * A record, and where it is.
     *
     * @param file as it was named when it was opened
     * @param line from 1
     */
    record PlacedRecord(Path file, int line, Edr edr) {}
}
