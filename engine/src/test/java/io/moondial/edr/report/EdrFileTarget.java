package io.moondial.edr.report;

import io.moondial.edr.Edr;
import io.moondial.edr.EdrFormat;
import io.moondial.edr.EdrLine;
import io.moondial.edr.report.Dialogs.RecordFilter;
import io.moondial.edr.report.EdrInput.RecordSink;
import io.moondial.edr.spec.EdrSpec;
import io.moondial.fuzz.Bounded;
import io.moondial.fuzz.Finding;
import io.moondial.fuzz.FuzzTarget;
import io.moondial.problem.Problem;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * An EDR file, as {@code edr}, {@code edr --validate} and {@code edr --dialogs} read it: each line
 * is a record, or has a flaw; and a record is the same once it is written and read again.
 */
public final class EdrFileTarget implements FuzzTarget {
    private final Path file;
    private final Bounded bounded;
    private final EdrSpec spec = EdrSpec.builtIn();

    /** Files are written into this folder. */
    public EdrFileTarget(Path folder, Bounded bounded) {
        this.file = folder.resolve("fuzz.edr");
        this.bounded = bounded;
    }

    @Override
    public void accept(byte[] input) throws Exception {
        Files.write(file, input);
        bounded.run(input.length, this::read);
    }

    private void read() {
        EdrInput edrs = new EdrInput(List.of(file), InputStream.nullInputStream());
        List<RecordSink.PlacedRecord> records = new ArrayList<>();
        edrs.read(RecordSink.of(records::add, EdrFileTarget::requireWords));
        Dialogs dialogs = new Dialogs(new RecordFilter(List.of(), null, null));
        for (RecordSink.PlacedRecord record : records) {
            requireSame(record.edr());
            dialogs.add(record);
        }
        long told = dialogs.summaries().filter(it -> !it.toString().isEmpty()).count();
        Finding.unless(told <= records.size(), "more dialogs than records", told, records.size());
        new Validation(spec, EdrFileTarget::requireWords).check(edrs);
    }

    private static void requireWords(Problem problem) {
        Finding.unless(!problem.message().isBlank(), "a problem without words", problem);
    }

    private static void requireSame(Edr record) {
        String line = EdrFormat.encode(record);
        Finding.unless(
                EdrFormat.parse(line) instanceof EdrLine.Event again && again.edr().equals(record),
                "a record that is other when written and read again",
                line);
    }
}
