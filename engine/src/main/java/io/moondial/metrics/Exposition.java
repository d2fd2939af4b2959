package io.moondial.metrics;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Unit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * What Prometheus gets: families of metrics, each of which is read from where it is counted when
 * somebody asks. Nothing is counted here. Classic buckets are used because every Prometheus reads
 * them, in text too; native ones exist in its binary format only.
 */
public final class Exposition {
    private static final int USUAL_LENGTH = 1 << 16;

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final List<Family> families = new CopyOnWriteArrayList<>();
    private final PrometheusTextFormatWriter text = PrometheusTextFormatWriter.create();
    private final OpenMetricsTextFormatWriter openMetrics = OpenMetricsTextFormatWriter.create();
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

        /** As Prometheus names it. */
        public String word() {
            return this == INFO ? "gauge" : name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A family of metrics.
     *
     * @param name as Prometheus sees it
     * @param help what it means, in a sentence
     * @param labels their names, in the order of their values
     */
    public record Family(String name, Type type, String help, List<String> labels) {
        public Family {
            labels = List.copyOf(labels);
            if (!name.endsWith(type.suffix)) {
                throw new IllegalArgumentException(name + " must end in " + type.suffix);
            }
        }

        /** What the numbers are: the last part of the name, where that is a unit. */
        public String unit() {
            return name.contains("_seconds") ? "seconds" : name.contains("_bytes") ? "bytes" : "";
        }

        private MetricMetadata metadata() {
            String base = name.substring(0, name.length() - type.suffix.length());
            Unit unit =
                    type == Type.INFO
                            ? null
                            : base.endsWith("_seconds")
                                    ? Unit.SECONDS
                                    : base.endsWith("_bytes") ? Unit.BYTES : null;
            return new MetricMetadata(base, help, unit);
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

    /** What has a value for each of its labels' values. */
    public void counter(String name, String help, List<String> labelNames, Consumer<Values> read) {
        this.<CounterDataPointSnapshot>add(
                new Family(name, Type.COUNTER, help, labelNames),
                CounterSnapshot::new,
                (labels, points) ->
                        read.accept(
                                (value, of) ->
                                        points.add(
                                                new CounterDataPointSnapshot(
                                                        value, labels.of(of), null, 0))));
    }

    /** The same of what goes up and down. */
    public void gauge(String name, String help, List<String> labelNames, Consumer<Values> read) {
        this.<GaugeDataPointSnapshot>add(
                new Family(name, Type.GAUGE, help, labelNames),
                GaugeSnapshot::new,
                (labels, points) ->
                        read.accept(
                                (value, of) ->
                                        points.add(
                                                new GaugeDataPointSnapshot(
                                                        value, labels.of(of), null))));
    }

    /** What is always 1. */
    public void info(String name, String help, List<String> labelNames, Consumer<Values> read) {
        this.<InfoDataPointSnapshot>add(
                new Family(name, Type.INFO, help, labelNames),
                InfoSnapshot::new,
                (labels, points) ->
                        read.accept(
                                (value, of) ->
                                        points.add(new InfoDataPointSnapshot(labels.of(of)))));
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
            List<String> labelNames,
            Consumer<Histograms> read) {
        double[] bounds =
                DoubleStream.concat(
                                edges.stream().mapToDouble(Double::doubleValue),
                                DoubleStream.of(Double.POSITIVE_INFINITY))
                        .toArray();
        this.<HistogramDataPointSnapshot>add(
                new Family(name, Type.HISTOGRAM, help, labelNames),
                HistogramSnapshot::new,
                (labels, points) ->
                        read.accept(
                                (times, of) ->
                                        points.add(
                                                new HistogramDataPointSnapshot(
                                                        buckets(bounds, times),
                                                        times.seconds(),
                                                        labels.of(of),
                                                        Exemplars.EMPTY,
                                                        0))));
    }

    private static ClassicHistogramBuckets buckets(double[] bounds, Durations.Sum times) {
        long[] counts = new long[bounds.length];
        double before = 0;
        for (int i = 0; i < bounds.length; i++) {
            counts[i] = times.between(before, bounds[i]);
            before = bounds[i];
        }
        return ClassicHistogramBuckets.of(bounds, counts);
    }

    /** How many, and how long in all. */
    public void summary(
            String name, String help, List<String> labelNames, Consumer<Summaries> read) {
        this.<SummaryDataPointSnapshot>add(
                new Family(name, Type.SUMMARY, help, labelNames),
                SummarySnapshot::new,
                (labels, points) ->
                        read.accept(
                                (count, seconds, of) ->
                                        points.add(
                                                new SummaryDataPointSnapshot(
                                                        count,
                                                        seconds,
                                                        Quantiles.EMPTY,
                                                        labels.of(of),
                                                        Exemplars.EMPTY,
                                                        0))));
    }

    /**
     * A family of which there is nothing now is not in what is read.
     *
     * @param snapshot makes the library's family of its points
     * @param read gives each value as a point
     */
    private <P> void add(
            Family family,
            BiFunction<MetricMetadata, Collection<P>, MetricSnapshot> snapshot,
            BiConsumer<SeriesLabels, Collection<P>> read) {
        if (families.stream().anyMatch(it -> it.name().equals(family.name()))) {
            throw new IllegalArgumentException("there are two families " + family.name());
        }
        MetricMetadata metadata = family.metadata();
        SeriesLabels labels = new SeriesLabels(family);
        families.add(family);
        registry.register(
                () -> {
                    labels.begin();
                    List<P> points = new ArrayList<>();
                    read.accept(labels, points);
                    return snapshot.apply(metadata, points);
                });
    }

    /**
     * The labels of a family's series, kept from one reading to the next, because the library
     * checks and sorts them when they are made. Series come in the same order each time, as long as
     * none is new; one that comes at another place than before gets new labels.
     */
    private static final class SeriesLabels {
        private final Family family;
        private final String[] names;
        private final List<Series> kept = new ArrayList<>();

        /** How many series of this reading have come. */
        private int count;

        @SuppressWarnings("ArrayRecordComponent") // compared with each series of each reading
        private record Series(String[] values, Labels labels) {}

        SeriesLabels(Family family) {
            this.family = family;
            this.names = family.labels().toArray(String[]::new);
        }

        /** Another reading begins: what the one before did not need is let go of. */
        void begin() {
            kept.subList(count, kept.size()).clear();
            count = 0;
        }

        Labels of(String... values) {
            if (values.length != names.length) {
                throw new IllegalArgumentException(
                        family.name() + " has the labels " + family.labels());
            }
            int place = count++;
            if (place < kept.size() && Arrays.equals(kept.get(place).values(), values)) {
                return kept.get(place).labels();
            }
            Labels labels =
                    names.length == 0 ? Labels.EMPTY : Labels.of(names.clone(), values.clone());
            Series series = new Series(values.clone(), labels);
            if (place < kept.size()) {
                kept.set(place, series);
            } else {
                kept.add(series);
            }
            return labels;
        }
    }

    /** All families, in the order in which they were added. */
    public List<Family> families() {
        return List.copyOf(families);
    }

    private synchronized MetricSnapshots scrape() {
        return registry.scrape();
    }

    /**
     * Everything now.
     *
     * @param accept what the caller takes, as the header of that name says: OpenMetrics if it names
     *     that, and else the text format 0.0.4; null: it says nothing
     */
    public Text read(@Nullable String accept) {
        ExpositionFormatWriter writer =
                accept != null && openMetrics.accepts(accept) ? openMetrics : text;
        ByteArrayOutputStream out = new ByteArrayOutputStream(length + length / 8);
        try {
            writer.write(out, scrape(), EscapingScheme.UNDERSCORE_ESCAPING);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory takes everything
        }
        length = Math.max(USUAL_LENGTH, out.size());
        return new Text(writer.getContentType(), out.toByteArray());
    }
}
