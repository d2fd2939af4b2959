package io.starhash.edr.report;

import io.starhash.edr.EdrFileReader;
import io.starhash.edr.EdrFileReader.Entry;
import io.starhash.edr.EdrLine;
import java.io.IOException;

/** The lines that a file has, handed on as what they are. */
final class Lines {
    private Lines() {}

    /**
     * Hands on the lines that are there and were not read yet.
     *
     * @return whether the footer was among them
     */
    static boolean hand(EdrFileReader reader, RecordSink sink) throws IOException {
        boolean footer = false;
        for (Entry entry; (entry = reader.next()) != null; ) {
            switch (entry.line()) {
                case EdrLine.Event event ->
                        sink.record(new PlacedRecord(entry.path(), entry.number(), event.edr()));
                case EdrLine.Unreadable _ -> entry.problems().forEach(sink::unreadable);
                case EdrLine.Header _ -> {}
                case EdrLine.Footer _ -> footer = true;
            }
        }
        return footer;
    }

    /** Passes over lines that an earlier reading has handed on. */
    static void skip(EdrFileReader reader, int count) throws IOException {
        int left = count;
        while (left > 0 && reader.next() != null) {
            left--;
        }
    }
}
