package io.moondial.edr;

import io.moondial.edr.Edr.Names;
import io.moondial.edr.EdrLine.Flaw;
import io.moondial.edr.LineBuffer.PercentCode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The form of records on a line, as {@code edr-spec/README.md} states it.
 *
 * <p>Source: N-Squared n2ttg Technical Guide, USSD EDRs; n2svcd Technical Guide, Common EDR Format.
 */
public final class EdrFormat {
    private EdrFormat() {}

    /** The record's line, without the line feed. */
    public static String encode(Edr edr) {
        var out = new LineBuffer();
        new RecordEncoder().encode(edr, out);
        return out.ascii();
    }

    /** The first line of a file, as octets with its line feed. */
    static byte[] header(Path complete, Instant opened, String hostname) {
        var line = new LineBuffer();
        line.putAscii("#HEADER|FILENAME=");
        PercentCode.encode(complete.toString(), line);
        line.putAscii("|TIME_START=" + opened.getEpochSecond() + "|HOSTNAME=");
        PercentCode.encode(hostname, line);
        line.putAscii("\n");
        return line.ascii().getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * The last line of a file, as octets with its line feed.
     *
     * @param numBytes the octets of the header and the records with their line feeds
     */
    static byte[] footer(Instant closed, long numEdrs, long numBytes) {
        return "#FOOTER|TIME_FINISH=%d|NUM_EDRS=%d|NUM_BYTES=%d\n"
                .formatted(closed.getEpochSecond(), numEdrs, numBytes)
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Reads a line, given without its line feed; never throws. */
    public static EdrLine parse(byte[] line) {
        return EdrLineParser.parse(line);
    }

    /** Reads a line, given without its line feed; never throws. */
    public static EdrLine parse(String line) {
        return parse(line.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The writer of records as lines: {@code 2021-09-30 05:00:54.079<ID>EVENT|KEY=VALUE|...}, in
     * UTC.
     *
     * <p>Made for one thread: it keeps the written form of the last record's second, because most
     * records have the same second as the one before.
     */
    static final class RecordEncoder {
        private static final DateTimeFormatter TO_THE_SECOND =
                DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.", Locale.ROOT);
        private static final int NANOS_A_MILLI = 1_000_000;

        private static final int MILLIS_DIGITS = 3;

        private long second = Long.MIN_VALUE;
        private byte[] secondText = {};

        /** Puts the record and the line feed that ends it. */
        void encodeLine(Edr edr, LineBuffer out) {
            encode(edr, out);
            out.endLine();
        }

        /** Puts the record alone. */
        void encode(Edr edr, LineBuffer out) {
            putTime(edr.at(), out);
            out.putAscii('<', edr.instanceId(), '>');
            out.putAscii(edr.event());
            var fields = edr.fields();
            for (int i = 0; i < fields.size(); i++) {
                putField(fields.get(i), out);
            }
        }

        private void putTime(Instant at, LineBuffer out) {
            long epochSecond = at.getEpochSecond();
            int millis = at.getNano() / NANOS_A_MILLI;
            if (epochSecond != second) {
                secondText =
                        TO_THE_SECOND
                                .format(LocalDateTime.ofEpochSecond(epochSecond, 0, ZoneOffset.UTC))
                                .getBytes(StandardCharsets.US_ASCII);
                second = epochSecond;
            }
            out.put(secondText);
            out.reserve(MILLIS_DIGITS);
            out.put((byte) ('0' + millis / 100));
            out.put((byte) ('0' + millis / 10 % 10));
            out.put((byte) ('0' + millis % 10));
        }

        private static void putField(Edr.Field field, LineBuffer out) {
            out.putAscii('|', field.name(), '=');
            putValues(field.values(), out);
        }

        private static void putValues(List<String> values, LineBuffer out) {
            PercentCode.encode(values.getFirst(), out);
            for (int i = 1; i < values.size(); i++) {
                out.reserve(1);
                out.put((byte) ',');
                PercentCode.encode(values.get(i), out);
            }
        }
    }

    /**
     * The reader of one line: takes any octets and says what they are.
     *
     * <p>It is lenient where a meaning is plain (fields in any order, any {@code %XX}, an octet
     * that should have been escaped) and keeps a {@link Flaw} of each departure from the grammar.
     */
    static final class EdrLineParser {
        /** 0 means that a digit is expected; every other character means itself. */
        private static final String TIME_SHAPE = "0000-00-00 00:00:00.000";

        private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

        private static final int ID_AT = TIME_SHAPE.length();

        /**
         * How many fields a line can have, and how many values they can have together. A record
         * that the engine writes has fewer: {@link Edr#MAX_CUSTOM_CHARS} counts each.
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
            if (!Names.isInstanceId(id)) {
                throw malformed(
                        ID_AT + 1, "the instance id is printable ASCII without < > | and blanks");
            }
            int eventEnd = indexOf('|', idEnd + 1);
            String event = ascii(idEnd + 1, eventEnd);
            if (!Names.isEvent(event)) {
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
            if (!Names.isField(name)) {
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

        /**
         * The reader of one value: undoes the percent-encoding, and parts a list at its bare
         * commas.
         */
        private static final class ValueReader {
            private static final int ESCAPE = 3;
            private static final String ESCAPE_RULE =
                    "a % is followed by two hex digits, and one of the text is written %25";

            private final byte[] line;
            private final int start;
            private final int end;
            private final String name;
            private final Flaws flaws;

            /**
             * @param name the field's, for the messages
             * @param flaws takes what is wrong in it
             */
            ValueReader(byte[] line, int start, int end, String name, Flaws flaws) {
                this.line = line;
                this.start = start;
                this.end = end;
                this.name = name;
                this.flaws = flaws;
            }

            /** One text, or several with commas between them. */
            List<String> read() {
                var values = new ArrayList<String>();
                int from = start;
                for (int i = start; i < end; i++) {
                    if (line[i] == ',') {
                        values.add(text(from, i));
                        from = i + 1;
                    }
                }
                values.add(text(from, end));
                return values;
            }

            private String text(int from, int to) {
                var octets = ByteBuffer.allocate(to - from);
                for (int i = from; i < to; ) {
                    if (line[i] == '%' && isEscape(i, to)) {
                        int octet = hex(line[i + 1]) << 4 | hex(line[i + 2]);
                        noteEscape(i, octet);
                        octets.put((byte) octet);
                        i += ESCAPE;
                    } else {
                        noteUnescaped(i, to);
                        octets.put(line[i]);
                        i++;
                    }
                }
                return utf8(octets.flip(), from);
            }

            private boolean isEscape(int index, int to) {
                return index + ESCAPE <= to
                        && hex(line[index + 1]) >= 0
                        && hex(line[index + 2]) >= 0;
            }

            /** A reader takes any escape; but there is only one form of each octet. */
            private void noteEscape(int index, int octet) {
                String found = new String(line, index, ESCAPE, StandardCharsets.US_ASCII);
                String written =
                        PercentCode.isSafe(octet)
                                ? "\"" + (char) octet + "\""
                                : "%%%02X".formatted(octet);
                if (!found.equals(written)) {
                    flaws.add(
                            index,
                            () -> "%s has %s, which is written %s".formatted(name, found, written));
                }
            }

            private void noteUnescaped(int index, int to) {
                int octet = line[index] & 0xFF;
                if (octet == '%') {
                    flaws.add(
                            index,
                            () ->
                                    "%s has \"%s\"; %s"
                                            .formatted(name, shown(index, to), ESCAPE_RULE));
                } else if (!PercentCode.isSafe(octet)) {
                    flaws.add(
                            index,
                            () ->
                                    "%s has an octet that is written as %%%02X"
                                            .formatted(name, octet));
                }
            }

            /** What is found instead of an escape, if it can be printed. */
            private String shown(int index, int to) {
                int end = Math.min(index + ESCAPE, to);
                return new String(line, index, end - index, StandardCharsets.ISO_8859_1)
                        .replaceAll("[^ -~]", "?");
            }

            private String utf8(ByteBuffer octets, int from) {
                try {
                    return StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(octets.duplicate())
                            .toString();
                } catch (CharacterCodingException e) {
                    flaws.add(from, () -> name + " is not UTF-8; what is not is read as U+FFFD");
                    return StandardCharsets.UTF_8.decode(octets).toString();
                }
            }

            private static int hex(byte octet) {
                return Character.digit(octet & 0xFF, 16);
            }
        }

        /**
         * What the grammar says of the fields of a kind of line: which there are, and in which
         * order.
         *
         * @param word what the line begins with; empty for a record
         * @param names its fields in their order; none for a record, whose event says what it has
         */
        private record LineForm(String word, List<String> names) {
            static final LineForm RECORD = new LineForm("", List.of());
            static final LineForm HEADER =
                    new LineForm("#HEADER", List.of("FILENAME", "TIME_START", "HOSTNAME"));
            static final LineForm FOOTER =
                    new LineForm("#FOOTER", List.of("TIME_FINISH", "NUM_EDRS", "NUM_BYTES"));

            LineForm {
                names = List.copyOf(names);
            }

            /** The message if the line lacks a field. */
            String missing(String name) {
                return "%s is missing; a %s has %s, in this order"
                        .formatted(name, word, String.join(", ", names));
            }

            /**
             * What is wrong with a field at its place, in one sentence; null if nothing is.
             *
             * @param before the fields before it in the line
             */
            @Nullable String fault(List<Edr.Field> before, Edr.Field field) {
                return names.isEmpty() ? disorder(before, field) : frameFault(before, field);
            }

            private static @Nullable String disorder(List<Edr.Field> before, Edr.Field field) {
                return before.isEmpty() || before.getLast().name().compareTo(field.name()) < 0
                        ? null
                        : "%s comes after %s; fields stand in alphabetical order"
                                .formatted(field.name(), before.getLast().name());
            }

            private @Nullable String frameFault(List<Edr.Field> before, Edr.Field field) {
                int place = names.indexOf(field.name());
                if (place < 0) {
                    return "%s is no field of a %s; it has %s, in this order"
                            .formatted(field.name(), word, String.join(", ", names));
                }
                for (var earlier : before) {
                    if (names.indexOf(earlier.name()) > place) {
                        return "%s comes after %s; a %s has %s, in this order"
                                .formatted(
                                        field.name(),
                                        earlier.name(),
                                        word,
                                        String.join(", ", names));
                    }
                }
                return field.values().size() == 1
                        ? null
                        : "%s has a bare comma; one in its text is written %%2C"
                                .formatted(field.name());
            }
        }

        /** The flaws of one line, as they are found: the first ones, and that there are more. */
        static final class Flaws {
            /** How many of one line are reported. */
            static final int MOST = 100;

            private final List<Flaw> flaws = new ArrayList<>();

            /**
             * Adds one.
             *
             * @param index of the octet, from 0
             * @param message what was found and what is allowed; made only if it is reported
             */
            void add(int index, Supplier<String> message) {
                if (flaws.size() < MOST) {
                    flaws.add(new Flaw(index + 1, message.get()));
                } else if (flaws.size() == MOST) {
                    flaws.add(new Flaw(index + 1, "the line has more than " + MOST + " flaws"));
                }
            }

            /** Those that are reported, in the order of their columns. */
            List<Flaw> inOrder() {
                return flaws.stream().sorted(Comparator.comparingInt(Flaw::column)).toList();
            }
        }
    }
}
