package io.moondial.edr.spec;

import io.moondial.edr.EdrFileReader;
import io.moondial.edr.EdrFileReader.Entry;
import io.moondial.edr.EdrLine;
import io.moondial.edr.EdrLine.Kind;
import io.moondial.problem.Problem;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The check of one file: the form of each line, each record against its type, and whether header,
 * records and footer add up.
 *
 * <p>A file in progress ({@code .part}) has no footer, and may end within a line.
 */
final class FileCheck {
    private static final String IN_PROGRESS = ".part";

    private final EdrSpec spec;
    private final EdrFileReader reader;
    private final Consumer<Problem> problems;
    private long lines;
    private long records;
    private long octets;
    private EdrLine.@Nullable Header header;
    private boolean footerSeen;
    private boolean compressed;

    FileCheck(EdrSpec spec, EdrFileReader reader, Consumer<Problem> problems) {
        this.spec = spec;
        this.reader = reader;
        this.problems = problems;
    }

    /** Reads to the end; the result is the number of records. */
    long run() throws IOException {
        for (Entry entry; (entry = reader.next()) != null; ) {
            check(entry);
        }
        if (!compressed && !reader.path().toString().endsWith(IN_PROGRESS)) {
            checkEnd(reader.atEnd());
        }
        return records;
    }

    private void check(Entry entry) {
        entry.problems().forEach(problems);
        lines++;
        if (footerSeen) {
            problem(entry, "there is a line after the footer; the footer is the last");
        }
        if (lines == 1 && !isHeader(entry.line())) {
            problem(entry, "the first line is not a #HEADER");
        }
        switch (entry.line()) {
            case EdrLine.Header found -> checkHeader(entry, found);
            case EdrLine.Event event -> checkRecord(entry, event);
            case EdrLine.Footer footer -> checkFooter(entry, footer);
            case EdrLine.Unreadable line -> countUnreadable(line);
        }
        octets += entry.length();
    }

    private static boolean isHeader(EdrLine line) {
        return switch (line) {
            case EdrLine.Header _ -> true;
            case EdrLine.Unreadable broken ->
                    broken.meant() == Kind.HEADER || broken.meant() == Kind.COMPRESSED;
            default -> false;
        };
    }

    /** What is wrong with it is already reported. */
    private void countUnreadable(EdrLine.Unreadable line) {
        switch (line.meant()) {
            case HEADER -> {}
            case FOOTER -> footerSeen = true;
            case COMPRESSED -> compressed = true;
            case OTHER -> records++;
        }
    }

    private void checkHeader(Entry entry, EdrLine.Header found) {
        if (lines > 1) {
            problem(entry, "there is a #HEADER within the file; it is the first line");
            return;
        }
        header = found;
        if (!found.filename().startsWith("/")) {
            problem(
                    entry,
                    "FILENAME is \"%s\"; it is the full path of the complete file, from / on"
                            .formatted(found.filename()));
        }
    }

    private void checkRecord(Entry entry, EdrLine.Event event) {
        records++;
        for (String fault : spec.check(event.edr())) {
            problem(entry, fault);
        }
    }

    private void checkFooter(Entry entry, EdrLine.Footer footer) {
        footerSeen = true;
        if (footer.numEdrs() != records) {
            problem(
                    entry,
                    "NUM_EDRS is %d; the file has %d records".formatted(footer.numEdrs(), records));
        }
        if (footer.numBytes() != octets) {
            problem(
                    entry,
                    "NUM_BYTES is %d; header and records have %d octets"
                            .formatted(footer.numBytes(), octets));
        }
        if (header != null && footer.timeFinish() < header.timeStart()) {
            problem(
                    entry,
                    "TIME_FINISH is %d; the header's TIME_START is later, %d"
                            .formatted(footer.timeFinish(), header.timeStart()));
        }
    }

    private void checkEnd(@Nullable Problem torn) {
        if (torn != null) {
            problems.accept(torn);
        }
        if (!footerSeen) {
            problems.accept(
                    new Problem(
                            reader.path(),
                            0,
                            0,
                            "there is no #FOOTER; a complete file ends with one"));
        }
    }

    private void problem(Entry entry, String message) {
        problems.accept(new Problem(entry.path(), entry.number(), 0, message));
    }
}
