package io.moondial.edr.report;

import io.moondial.edr.EdrFileReader;
import io.moondial.edr.EdrFileReader.Entry;
import io.moondial.edr.EdrLine;
import io.moondial.problem.Problem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The lines of a file, handed on as what they are. A file that begins with many lines that cannot
 * be in an EDR file is most likely another kind of file: one problem is reported for all of them.
 */
final class Lines {
    /** This many unreadable lines at the beginning of a file are still reported one by one. */
    private static final int MAX_STRANGE = 10;

    private final EdrFileReader reader;
    private final RecordSink sink;
    private final List<Problem> strange = new ArrayList<>();
    private long passedOver;
    private boolean recognised;

    /** Those of a file from its beginning. */
    Lines(EdrFileReader reader, RecordSink sink) {
        this.reader = reader;
        this.sink = sink;
    }

    /** Hands on everything to the end of the file, and what is wrong there. */
    void handAll(boolean mayEndWithinALine) throws IOException {
        for (Entry entry; (entry = reader.next()) != null; ) {
            if (entry.line() instanceof EdrLine.Unreadable && !recognised) {
                putOff(entry);
            } else {
                recognise(entry);
                hand(entry, sink);
            }
        }
        Problem torn = mayEndWithinALine ? null : reader.atEnd();
        if (recognised || strange.size() < 2) {
            strange.forEach(sink::unreadable);
            if (torn != null) {
                sink.unreadable(torn);
            }
        } else if (passedOver == 0) {
            sink.unreadable(noEdrFile("%d lines".formatted(strange.size())));
        }
    }

    private void putOff(Entry entry) {
        if (strange.size() < MAX_STRANGE) {
            strange.addAll(entry.problems());
        } else if (passedOver++ == 0) {
            sink.unreadable(noEdrFile("first %d lines".formatted(MAX_STRANGE)));
        }
    }

    private void recognise(Entry entry) {
        if (!recognised) {
            recognised = true;
            if (passedOver == 0) {
                strange.forEach(sink::unreadable);
            } else {
                sink.unreadable(
                        new Problem(
                                entry.path(),
                                entry.number(),
                                0,
                                "the first line that can be read; all before it are left out"));
            }
            strange.clear();
        }
    }

    private Problem noEdrFile(String which) {
        Problem first = strange.getFirst();
        return new Problem(
                first.file(),
                first.line(),
                first.column(),
                "this is no EDR file: none of its %s is a header, a record or a footer; of this one: %s"
                        .formatted(which, first.message()));
    }

    /**
     * Hands on the lines that are there and were not read yet, one by one.
     *
     * @return whether the footer was among them
     */
    static boolean hand(EdrFileReader reader, RecordSink sink) throws IOException {
        boolean footer = false;
        for (Entry entry; (entry = reader.next()) != null; ) {
            footer |= hand(entry, sink);
        }
        return footer;
    }

    private static boolean hand(Entry entry, RecordSink sink) {
        switch (entry.line()) {
            case EdrLine.Event event ->
                    sink.record(
                            new RecordSink.PlacedRecord(entry.path(), entry.number(), event.edr()));
            case EdrLine.Unreadable _ -> entry.problems().forEach(sink::unreadable);
            case EdrLine.Header _, EdrLine.Footer _ -> {}
        }
        return entry.line() instanceof EdrLine.Footer;
    }

    /** Passes over lines that an earlier reading has handed on. */
    static void skip(EdrFileReader reader, int count) throws IOException {
        int left = count;
        while (left > 0 && reader.next() != null) {
            left--;
        }
    }
}
