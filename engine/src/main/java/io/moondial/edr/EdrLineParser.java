package io.moondial.edr;

import io.moondial.edr.EdrLine.Flaw;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The reader of one line: takes whatever octets come and tells what they are.
 *
 * <p>It is lenient where a meaning is plain (fields in any order, any {@code %XX}, an octet that
 * should have been escaped) and keeps a {@link Flaw} of each departure from the grammar.
 */
final class EdrLineParser {
    /** Where a digit is expected, 0 stands; every other character stands for itself. */
    private static final String TIME_SHAPE = "0000-00-00 00:00:00.000";

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

    private static final int ID_AT = TIME_SHAPE.length();

    /**
     * How many fields a line can have, and how many values they can have together. A record that
     * the engine writes has fewer: {@link Edr#MAX_CUSTOM_CHARS} counts each.
     */
    static final int MAX_FIELDS = Edr.MAX_CUSTOM_CHARS;

    private final byte[] line;
    private final Flaws flaws = new Flaws();
    private int values;
    private EdrLine.Kind kind = EdrLine.Kind.OTHER;

    private EdrLineParser(byte[] line) {
        this.line = line;
    }

    static EdrLine parse(byte[] line) {
        var parser = new EdrLineParser(line);
        try {
            return line.length > 0 && line[0] == '#' ? parser.frameLine() : parser.record();
        } catch (Malformed malformed) {
            return new EdrLine.Unreadable(malformed.flaw, parser.kind);
        }
    }

    private EdrLine record() throws Malformed {
        var at = time();
        int idEnd = indexOf('>', ID_AT);
        if (ID_AT >= line.length || line[ID_AT] != '<' || idEnd == line.length) {
            throw malformed(ID_AT, "expected <INSTANCE ID> after the time");
        }
        String id = ascii(ID_AT + 1, idEnd);
        if (!EdrNames.isInstanceId(id)) {
            throw malformed(
                    ID_AT + 1, "the instance id is printable ASCII without < > | and blanks");
        }
        int eventEnd = indexOf('|', idEnd + 1);
        String event = ascii(idEnd + 1, eventEnd);
        if (!EdrNames.isEvent(event)) {
            throw malformed(
                    idEnd + 1, "an event's name is a letter, then letters, digits, _ and -");
        }
        return new EdrLine.Event(
                new Edr(at, id, event, fields(eventEnd, LineForm.RECORD)), flaws.inOrder());
    }

    private Instant time() throws Malformed {
        for (int i = 0; i < TIME_SHAPE.length(); i++) {
            char shape = TIME_SHAPE.charAt(i);
            if (i >= line.length || !(shape == '0' ? isDigit(line[i]) : line[i] == shape)) {
                throw malformed(i, "a record begins with its time, YYYY-MM-DD HH:MM:SS.sss");
            }
        }
        try {
            return LocalDateTime.of(
                            number(0, 4),
                            number(5, 7),
                            number(8, 10),
                            number(11, 13),
                            number(14, 16),
                            number(17, 19),
                            number(20, 23) * 1_000_000)
                    .toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw malformed(0, "there is no such time: " + ascii(0, TIME_SHAPE.length()));
        }
    }

    private EdrLine frameLine() throws Malformed {
        int wordEnd = indexOf('|', 0);
        String word = ascii(0, wordEnd);
        if (word.equals(LineForm.HEADER.word())) {
            kind = EdrLine.Kind.HEADER;
            return header(fields(wordEnd, LineForm.HEADER));
        }
        if (word.equals(LineForm.FOOTER.word())) {
            kind = EdrLine.Kind.FOOTER;
            return footer(fields(wordEnd, LineForm.FOOTER));
        }
        throw malformed(0, "a line that begins with # is #HEADER or #FOOTER");
    }

    private EdrLine header(List<Edr.Field> fields) throws Malformed {
        return new EdrLine.Header(
                required(fields, "FILENAME", LineForm.HEADER),
                requiredNumber(fields, "TIME_START", LineForm.HEADER),
                required(fields, "HOSTNAME", LineForm.HEADER),
                flaws.inOrder());
    }

    private EdrLine footer(List<Edr.Field> fields) throws Malformed {
        return new EdrLine.Footer(
                requiredNumber(fields, "TIME_FINISH", LineForm.FOOTER),
                requiredNumber(fields, "NUM_EDRS", LineForm.FOOTER),
                requiredNumber(fields, "NUM_BYTES", LineForm.FOOTER),
                flaws.inOrder());
    }

    /** Reads {@code |KEY=VALUE...} from an index to the line's end. */
    private List<Edr.Field> fields(int from, LineForm form) throws Malformed {
        var fields = new ArrayList<Edr.Field>();
        var names = new HashSet<String>();
        for (int start = from; start < line.length; ) {
            int end = indexOf('|', start + 1);
            countValues(start, end);
            var field = field(start + 1, end);
            if (field != null && names.add(field.name())) {
                note(form.fault(fields, field), start);
                fields.add(field);
            } else if (field != null) {
                flaws.add(start + 1, () -> field.name() + " comes twice; the first is taken");
            }
            start = end;
        }
        return fields;
    }

    /** Before any is read: a line can be so long that its values would fill the memory. */
    private void countValues(int start, int end) throws Malformed {
        values++;
        for (int i = start; i < end; i++) {
            values += line[i] == ',' ? 1 : 0;
        }
        if (values > MAX_FIELDS) {
            throw malformed(
                    start,
                    "the line has more than %d fields or values; none of it is read"
                            .formatted(MAX_FIELDS));
        }
    }

    private void note(@Nullable String fault, int start) {
        if (fault != null) {
            flaws.add(start + 1, () -> fault);
        }
    }

    private Edr.@Nullable Field field(int start, int end) {
        int equals = Math.min(indexOf('=', start), end);
        String name = ascii(start, equals);
        if (!EdrNames.isField(name)) {
            flaws.add(start, () -> "a field's name is a letter, then letters, digits and _");
            return null;
        }
        if (equals == end) {
            flaws.add(end, () -> name + " has no value; a field is NAME=VALUE");
            return null;
        }
        return new Edr.Field(name, new ValueReader(line, equals + 1, end, name, flaws).read());
    }

    private static String required(List<Edr.Field> fields, String name, LineForm form)
            throws Malformed {
        for (var field : fields) {
            if (field.name().equals(name)) {
                return field.text();
            }
        }
        throw malformed(0, form.missing(name));
    }

    private static long requiredNumber(List<Edr.Field> fields, String name, LineForm form)
            throws Malformed {
        String text = required(fields, name, form);
        if (!NUMBER.matcher(text).matches()) {
            throw malformed(0, name + " is \"" + text + "\"; it is a whole number");
        }
        return Long.parseLong(text);
    }

    private int indexOf(char wanted, int from) {
        int i = from;
        while (i < line.length && line[i] != wanted) {
            i++;
        }
        return Math.min(i, line.length);
    }

    private int number(int start, int end) {
        int number = 0;
        for (int i = start; i < end; i++) {
            number = number * 10 + (line[i] - '0');
        }
        return number;
    }

    private String ascii(int start, int end) {
        return new String(line, start, Math.max(0, end - start), StandardCharsets.ISO_8859_1);
    }

    private static Malformed malformed(int index, String message) {
        return new Malformed(new Flaw(index + 1, message));
    }

    private static boolean isDigit(byte octet) {
        return octet >= '0' && octet <= '9';
    }

    /** What makes the whole line unreadable. */
    private static final class Malformed extends Exception {
        private final transient Flaw flaw;

        Malformed(Flaw flaw) {
            super(flaw.message(), null, false, false);
            this.flaw = flaw;
        }
    }
}
