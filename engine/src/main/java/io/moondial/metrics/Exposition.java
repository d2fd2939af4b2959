package io.moondial.metrics;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.Collector;
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
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Unit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
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
        COUNTER,
        GAUGE,
        HISTOGRAM,
        /** How many and how long in all, without quantiles. */
        SUMMARY,
        /** Always 1: what it says is in its labels. Its name ends in {@code _info}. */
        INFO;

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
        }

        /** What the numbers are: the last part of the name, where that is a unit. */
        public String unit() {
            return name.contains("_seconds") ? "seconds" : name.contains("_bytes") ? "bytes" : "";
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
        Family family = new Family(name, Type.COUNTER, help, labelNames);
        MetricMetadata metadata = metadata(family, "_total");
        SeriesLabels labels = new SeriesLabels(family);
        add(
                family,
                () -> {
                    labels.begin();
                    List<CounterDataPointSnapshot> points = new ArrayList<>();
                    read.accept(
                            (value, values) ->
                                    points.add(
                                            new CounterDataPointSnapshot(
                                                    value, labels.of(values), null, 0)));
                    return new CounterSnapshot(metadata, points);
                });
    }

    /** The same of what goes up and down. */
    public void gauge(String name, String help, List<String> labelNames, Consumer<Values> read) {
        Family family = new Family(name, Type.GAUGE, help, labelNames);
        MetricMetadata metadata = metadata(family, "");
        SeriesLabels labels = new SeriesLabels(family);
        add(
                family,
                () -> {
                    labels.begin();
                    List<GaugeDataPointSnapshot> points = new ArrayList<>();
                    read.accept(
                            (value, values) ->
                                    points.add(
                                            new GaugeDataPointSnapshot(
                                                    value, labels.of(values), null)));
                    return new GaugeSnapshot(metadata, points);
                });
    }

    /** What is always 1. */
    public void info(String name, String help, List<String> labelNames, Consumer<Values> read) {
        Family family = new Family(name, Type.INFO, help, labelNames);
        MetricMetadata metadata = metadata(family, "_info");
        SeriesLabels labels = new SeriesLabels(family);
        add(
                family,
                () -> {
                    labels.begin();
                    List<InfoDataPointSnapshot> points = new ArrayList<>();
                    read.accept(
                            (value, values) ->
                                    points.add(new InfoDataPointSnapshot(labels.of(values))));
                    return new InfoSnapshot(metadata, points);
                });
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
        Family family = new Family(name, Type.HISTOGRAM, help, labelNames);
        MetricMetadata metadata = metadata(family, "");
        SeriesLabels labels = new SeriesLabels(family);
        double[] bounds = new double[edges.size() + 1];
        for (int i = 0; i < edges.size(); i++) {
            bounds[i] = edges.get(i);
        }
        bounds[edges.size()] = Double.POSITIVE_INFINITY;
        add(
                family,
                () -> {
                    labels.begin();
                    List<HistogramDataPointSnapshot> points = new ArrayList<>();
                    read.accept(
                            (times, values) ->
                                    points.add(
                                            new HistogramDataPointSnapshot(
                                                    buckets(bounds, times),
                                                    times.seconds(),
                                                    labels.of(values),
                                                    Exemplars.EMPTY,
                                                    0)));
                    return new HistogramSnapshot(metadata, points);
                });
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
        Family family = new Family(name, Type.SUMMARY, help, labelNames);
        MetricMetadata metadata = metadata(family, "");
        SeriesLabels labels = new SeriesLabels(family);
        add(
                family,
                () -> {
                    labels.begin();
                    List<SummaryDataPointSnapshot> points = new ArrayList<>();
                    read.accept(
                            (count, seconds, values) ->
                                    points.add(
                                            new SummaryDataPointSnapshot(
                                                    count,
                                                    seconds,
                                                    Quantiles.EMPTY,
                                                    labels.of(values),
                                                    Exemplars.EMPTY,
                                                    0)));
                    return new SummarySnapshot(metadata, points);
                });
    }

    private static MetricMetadata metadata(Family family, String suffix) {
        if (!family.name().endsWith(suffix)) {
            throw new IllegalArgumentException(family.name() + " must end in " + suffix);
        }
        String base = family.name().substring(0, family.name().length() - suffix.length());
        Unit unit =
                family.type() == Type.INFO
                        ? null
                        : base.endsWith("_seconds")
                                ? Unit.SECONDS
                                : base.endsWith("_bytes") ? Unit.BYTES : null;
        return new MetricMetadata(base, family.help(), unit);
    }

    /**
     * The labels of a family's series, kept from one reading to the next, because the library
     * checks and sorts them when they are made. Those that were not needed in a reading are let go
     * of.
     */
    private static final class SeriesLabels {
        private final Family family;
        private final String[] names;
        private Map<List<String>, Labels> before = Map.of();
        private Map<List<String>, Labels> now = new HashMap<>();

        SeriesLabels(Family family) {
            this.family = family;
            this.names = family.labels().toArray(String[]::new);
        }

        void begin() {
            before = now;
            now = HashMap.newHashMap(before.size());
        }

        Labels of(String... values) {
            if (values.length != names.length) {
                throw new IllegalArgumentException(
                        family.name() + " has the labels " + family.labels());
            }
            List<String> key = List.of(values);
            Labels known = before.get(key);
            Labels labels =
                    known != null
                            ? known
                            : names.length == 0
                                    ? Labels.EMPTY
                                    : Labels.of(names.clone(), values.clone());
            now.put(key, labels);
            return labels;
        }
    }

    /** A family of which there is nothing now is not in what is read. */
    private void add(Family family, Collector collector) {
        if (families.stream().anyMatch(it -> it.name().equals(family.name()))) {
            throw new IllegalArgumentException("there are two families " + family.name());
        }
        families.add(family);
        registry.register(collector);
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
