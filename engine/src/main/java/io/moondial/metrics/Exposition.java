package io.moondial.metrics;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What Prometheus gets: families of metrics, each of which is read from where it is counted when
 * somebody asks. Nothing is counted here, and nothing is kept from one reading to the next: a value
 * goes straight into the text. The formats are Prometheus' text format 0.0.4 and OpenMetrics 1.0.
 * Classic buckets are used because every Prometheus reads them, in text too; native ones exist in
 * its binary format only.
 */
public final class Exposition {
    private static final int USUAL_LENGTH = 1 << 16;
    private static final int LONGEST_NUMBER = 32;

    /** Digits of the greatest long. */
    private static final int LONGEST_LONG = 19;

    /** Whole numbers up to here are the same as a double and as a long. */
    private static final double EXACT = 1L << 53;

    private static final byte[] NOTHING = {};

    private final List<Part> parts = new CopyOnWriteArrayList<>();
    private volatile int length = USUAL_LENGTH;

    /** What a family is. */
    public enum Type {
        /** Only rises. Its name ends in {@code _total}. */
        COUNTER("_total"),
        GAUGE(""),
        HISTOGRAM(""),
        /** How many and how long in all, without quantiles. */
        SUMMARY(""),
        /** Always 1: what it says is in its labels. Its name ends in {@code _info}. */
        INFO("_info");

        private final String suffix;

        Type(String suffix) {
            this.suffix = suffix;
        }

        /** As the text format names it, which has no type for {@link #INFO}. */
        public String word() {
            return this == INFO ? GAUGE.word() : name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A family of metrics.
     *
     * @param name as Prometheus sees it
     * @param help what it means, in a sentence; without quotes, backslashes and line ends, so that
     *     no format has anything to escape in it
     * @param labels their names, in the order of their values
     */
    public record Family(String name, Type type, String help, List<String> labels) {
        public Family {
            labels = List.copyOf(labels);
            if (!name.endsWith(type.suffix)) {
                throw new IllegalArgumentException(name + " must end in " + type.suffix);
            }
            if (help.chars().anyMatch(it -> it == '"' || it == '\\' || it == '\n')) {
                throw new IllegalArgumentException(
                        "the help of %s has a quote, a backslash or a line end".formatted(name));
            }
        }

        /** The name without what its type adds to it. */
        private String base() {
            return name.substring(0, name.length() - type.suffix.length());
        }

        /** What the numbers are: the last word of the name, if that is a unit; else empty. */
        public String unit() {
            return base().endsWith("_seconds")
                    ? "seconds"
                    : base().endsWith("_bytes") ? "bytes" : "";
        }
    }

    /** Takes the values of a family. */
    @FunctionalInterface
    public interface Values {
        /** One, with the values of its labels. */
        void add(double value, String... labels);

        /** A count. */
        default void add(long count, String... labels) {
            add((double) count, labels);
        }
    }

    /** Takes the histograms of a family. */
    @FunctionalInterface
    public interface Histograms {
        /** One, with the values of its labels. */
        void add(Durations.Sum times, String... labels);
    }

    /** Takes the summaries of a family. */
    @FunctionalInterface
    public interface Summaries {
        /** One, with the values of its labels. */
        void add(long count, double seconds, String... labels);
    }

    /**
     * What was asked for.
     *
     * @param type the media type
     */
    @SuppressWarnings("ArrayRecordComponent") // goes straight to a connection
    public record Text(String type, byte[] octets) {}

    /** A family, and what writes all that there is of it. */
    private record Part(Family family, Consumer<Page> write) {}

    /** What has a value for each of its labels' values. */
    public void counter(String name, String help, List<String> labels, Consumer<Values> read) {
        values(new Family(name, Type.COUNTER, help, labels), read);
    }

    /** The same of what goes up and down. */
    public void gauge(String name, String help, List<String> labels, Consumer<Values> read) {
        values(new Family(name, Type.GAUGE, help, labels), read);
    }

    /** What is always 1. */
    public void info(String name, String help, List<String> labels, Consumer<Values> read) {
        values(new Family(name, Type.INFO, help, labels), read);
    }

    private void values(Family family, Consumer<Values> read) {
        Lines lines = new Lines(family, "");
        add(family, page -> read.accept((value, labels) -> page.line(lines, labels, value)));
    }

    /**
     * How long things took.
     *
     * @param edges of the buckets, in seconds; each must be an edge of {@link Durations}
     */
    public void histogram(
            String name,
            String help,
            List<Double> edges,
            List<String> labels,
            Consumer<Histograms> read) {
        Family family = new Family(name, Type.HISTOGRAM, help, labels);
        Lines buckets = new Lines(family, "_bucket");
        Lines counts = new Lines(family, "_count");
        Lines sums = new Lines(family, "_sum");
        int[] ends = edges.stream().mapToInt(Durations::bucketsUpTo).toArray();
        byte[][] upTo = edges.stream().map(it -> octets("le=\"" + it + '"')).toArray(byte[][]::new);
        byte[] upToAny = octets("le=\"+Inf\"");
        add(
                family,
                page ->
                        read.accept(
                                (times, values) -> {
                                    long count = 0;
                                    int from = 0;
                                    for (int i = 0; i < ends.length; i++) {
                                        count += times.count(from, ends[i]);
                                        from = ends[i];
                                        page.line(buckets, values, upTo[i], count);
                                    }
                                    count += times.count(from);
                                    page.line(buckets, values, upToAny, count);
                                    page.line(counts, values, count);
                                    page.line(sums, values, times.seconds());
                                }));
    }

    /** How many, and how long in all. */
    public void summary(String name, String help, List<String> labels, Consumer<Summaries> read) {
        Family family = new Family(name, Type.SUMMARY, help, labels);
        Lines counts = new Lines(family, "_count");
        Lines sums = new Lines(family, "_sum");
        add(
                family,
                page ->
                        read.accept(
                                (count, seconds, values) -> {
                                    page.line(counts, values, count);
                                    page.line(sums, values, seconds);
                                }));
    }

    private void add(Family family, Consumer<Page> write) {
        if (parts.stream().anyMatch(it -> it.family().name().equals(family.name()))) {
            throw new IllegalArgumentException("there are two families " + family.name());
        }
        parts.add(new Part(family, write));
    }

    /** All families, in the order in which they were added. */
    public List<Family> families() {
        return parts.stream().map(Part::family).toList();
    }

    /**
     * Everything now. A family of which there is nothing now is not in it.
     *
     * @param accept what the caller takes, as the header of that name says: OpenMetrics if it names
     *     that, and else the text format 0.0.4; null: it says nothing
     */
    public Text read(@Nullable String accept) {
        boolean openMetrics = accept != null && accept.contains("application/openmetrics-text");
        Page page = new Page(openMetrics, length + length / 8);
        for (Part part : parts) {
            page.begin(part.family());
            part.write().accept(page);
        }
        if (openMetrics) {
            page.write("# EOF\n");
        }
        length = Math.max(USUAL_LENGTH, page.length);
        return new Text(
                openMetrics
                        ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                        : "text/plain; version=0.0.4; charset=utf-8",
                page.octets());
    }

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** What all lines of one name have in common. */
    private static final class Lines {
        private final Family family;
        private final byte[] name;

        /** Each with what stands before its value. */
        private final byte[][] labels;

        Lines(Family family, String suffix) {
            this.family = family;
            name = octets(family.name() + suffix);
            labels = family.labels().stream().map(it -> octets(it + "=\"")).toArray(byte[][]::new);
        }
    }

    /** The text, as far as it is written. */
    private static final class Page {
        private final boolean openMetrics;
        private byte[] octets;
        private int length;

        /** The family of which there is no line yet; null: there is one. */
        private @Nullable Family next;

        Page(boolean openMetrics, int capacity) {
            this.openMetrics = openMetrics;
            octets = new byte[capacity];
        }

        byte[] octets() {
            return Arrays.copyOf(octets, length);
        }

        /** What comes now is of this family. */
        void begin(Family family) {
            next = family;
        }

        void line(Lines lines, String[] values, double value) {
            series(lines, values, NOTHING);
            number(value);
            write('\n');
        }

        void line(Lines lines, String[] values, long count) {
            line(lines, values, NOTHING, count);
        }

        /** {@code more}: one more label with its value; empty: none. */
        void line(Lines lines, String[] values, byte[] more, long count) {
            series(lines, values, more);
            whole(count);
            write('\n');
        }

        private void series(Lines lines, String[] values, byte[] more) {
            byte[][] labels = lines.labels;
            if (values.length != labels.length) {
                throw new IllegalArgumentException(
                        "%s has the labels %s and got %d values"
                                .formatted(
                                        lines.family.name(), lines.family.labels(), values.length));
            }
            head();
            write(lines.name);
            char before = '{';
            for (int i = 0; i < labels.length; i++) {
                write(before);
                write(labels[i]);
                escaped(values[i]);
                write('"');
                before = ',';
            }
            if (more.length > 0) {
                write(before);
                write(more);
                before = ',';
            }
            if (before == ',') {
                write('}');
            }
            write(' ');
        }

        /** Before the first line of a family. */
        private void head() {
            Family family = next;
            if (family == null) {
                return;
            }
            next = null;
            String help = family.help();
            if (openMetrics) {
                String name = family.base();
                String type = family.type() == Type.INFO ? "info" : family.type().word();
                write("# TYPE %s %s\n".formatted(name, type));
                if (!family.unit().isEmpty()) {
                    write("# UNIT %s %s\n".formatted(name, family.unit()));
                }
                write("# HELP %s %s\n".formatted(name, help));
            } else {
                write("# HELP %s %s\n".formatted(family.name(), help));
                write("# TYPE %s %s\n".formatted(family.name(), family.type().word()));
            }
        }

        /** The value of a label, as both formats have it. */
        private void escaped(String value) {
            room(value.length());
            for (int i = 0; i < value.length(); i++) {
                char each = value.charAt(i);
                if (each == '"' || each == '\\' || each == '\n' || each >= 0x80) {
                    String rest = value.substring(i);
                    write(rest.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"));
                    return;
                }
                octets[length++] = (byte) each;
            }
        }

        private void number(double value) {
            if (value == (long) value && Math.abs(value) < EXACT) {
                whole((long) value);
            } else if (Double.isInfinite(value)) {
                write(value > 0 ? "+Inf" : "-Inf");
            } else {
                write(Double.toString(value));
            }
        }

        private void whole(long value) {
            room(LONGEST_NUMBER);
            long rest = Math.abs(value);
            if (value < 0) {
                octets[length++] = '-';
            }
            int digits = 1;
            for (long power = 10; power <= rest && digits < LONGEST_LONG; power *= 10) {
                digits++;
            }
            for (int i = digits - 1; i >= 0; i--) {
                octets[length + i] = (byte) ('0' + rest % 10);
                rest /= 10;
            }
            length += digits;
        }

        private void write(String text) {
            write(Exposition.octets(text));
        }

        private void write(byte[] some) {
            room(some.length);
            System.arraycopy(some, 0, octets, length, some.length);
            length += some.length;
        }

        private void write(char ascii) {
            room(1);
            octets[length++] = (byte) ascii;
        }

        private void room(int more) {
            if (length + more > octets.length) {
                octets = Arrays.copyOf(octets, Math.max(2 * octets.length, length + more));
            }
        }
    }
}
