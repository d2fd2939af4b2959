package io.moondial.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.metrics.Exposition.Family;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The two formats, octet for octet. */
class ExpositionTest {
    private static final String OPEN_METRICS =
            "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.3";

    private final Exposition exposition = new Exposition();

    private String read(@Nullable String accept) {
        return new String(exposition.read(accept).octets(), StandardCharsets.UTF_8);
    }

    private void addOneOfEachType() {
        exposition.counter(
                "cpu_seconds_total",
                "Time used",
                List.of("core", "mode"),
                values -> {
                    values.add(12.5, "0", "user");
                    values.add(3, "1", "idle");
                });
        exposition.gauge("open", "Dialogs", List.of(), values -> values.add(7));
        exposition.info("build_info", "Version", List.of("of"), values -> values.add(1, "1.0"));
        Durations turns = new Durations();
        turns.add(1_000_000);
        turns.add(1_500_000);
        turns.add(20_000_000);
        exposition.histogram(
                "turn_seconds",
                "A turn",
                List.of(0.001, 0.01),
                List.of("script"),
                values -> values.add(turns.sum(), "main"));
        exposition.summary(
                "gc_seconds", "Collections", List.of("gc"), values -> values.add(4, 0.25, "young"));
    }

    @Test
    void the_text_format_has_help_and_type_and_all_series_of_each_family() {
        addOneOfEachType();
        assertThat(read(null))
                .isEqualTo(
                        """
                        # HELP cpu_seconds_total Time used
                        # TYPE cpu_seconds_total counter
                        cpu_seconds_total{core="0",mode="user"} 12.5
                        cpu_seconds_total{core="1",mode="idle"} 3
                        # HELP open Dialogs
                        # TYPE open gauge
                        open 7
                        # HELP build_info Version
                        # TYPE build_info gauge
                        build_info{of="1.0"} 1
                        # HELP turn_seconds A turn
                        # TYPE turn_seconds histogram
                        turn_seconds_bucket{script="main",le="0.001"} 1
                        turn_seconds_bucket{script="main",le="0.01"} 2
                        turn_seconds_bucket{script="main",le="+Inf"} 3
                        turn_seconds_count{script="main"} 3
                        turn_seconds_sum{script="main"} 0.0225
                        # HELP gc_seconds Collections
                        # TYPE gc_seconds summary
                        gc_seconds_count{gc="young"} 4
                        gc_seconds_sum{gc="young"} 0.25
                        """);
        assertThat(exposition.read("text/plain").type())
                .isEqualTo("text/plain; version=0.0.4; charset=utf-8");
    }

    @Test
    void open_metrics_has_families_without_suffixes_and_units_and_an_end() {
        addOneOfEachType();
        assertThat(read(OPEN_METRICS))
                .isEqualTo(
                        """
                        # TYPE cpu_seconds counter
                        # UNIT cpu_seconds seconds
                        # HELP cpu_seconds Time used
                        cpu_seconds_total{core="0",mode="user"} 12.5
                        cpu_seconds_total{core="1",mode="idle"} 3
                        # TYPE open gauge
                        # HELP open Dialogs
                        open 7
                        # TYPE build info
                        # HELP build Version
                        build_info{of="1.0"} 1
                        # TYPE turn_seconds histogram
                        # UNIT turn_seconds seconds
                        # HELP turn_seconds A turn
                        turn_seconds_bucket{script="main",le="0.001"} 1
                        turn_seconds_bucket{script="main",le="0.01"} 2
                        turn_seconds_bucket{script="main",le="+Inf"} 3
                        turn_seconds_count{script="main"} 3
                        turn_seconds_sum{script="main"} 0.0225
                        # TYPE gc_seconds summary
                        # UNIT gc_seconds seconds
                        # HELP gc_seconds Collections
                        gc_seconds_count{gc="young"} 4
                        gc_seconds_sum{gc="young"} 0.25
                        # EOF
                        """);
        assertThat(exposition.read(OPEN_METRICS).type())
                .isEqualTo("application/openmetrics-text; version=1.0.0; charset=utf-8");
    }

    @Test
    void a_value_of_a_label_cannot_end_its_label_or_its_line() {
        exposition.gauge(
                "g",
                "Help",
                List.of("of"),
                values -> {
                    values.add(1, "a\"b\\n\nc");
                    values.add(2, "\\");
                    values.add(3, "Größe \uD83D\uDCDE \"x\"");
                    values.add(4, "");
                });
        assertThat(read(null).lines().skip(2))
                .containsExactly(
                        "g{of=\"a\\\"b\\\\n\\nc\"} 1",
                        "g{of=\"\\\\\"} 2",
                        "g{of=\"Größe \uD83D\uDCDE \\\"x\\\"\"} 3",
                        "g{of=\"\"} 4");
    }

    @Test
    void each_number_is_written_so_that_it_is_read_as_the_same() {
        List<Double> numbers =
                List.of(
                        0.0,
                        9.0,
                        10.0,
                        -1.0,
                        -120.0,
                        1e15,
                        0x1p53,
                        1e300,
                        0.1,
                        1.7960343123451E9,
                        1e-9,
                        Double.NaN);
        exposition.gauge("g", "Help", List.of(), values -> numbers.forEach(values::add));
        assertThat(read(null).lines().skip(2).map(it -> Double.valueOf(it.substring(2))))
                .isEqualTo(numbers);
        assertThat(read(null)).contains("g 1000000000000000\n", "g -120\n", "g 0\n");
    }

    @Test
    void what_has_no_end_is_named_as_prometheus_names_it() {
        exposition.gauge(
                "g",
                "Help",
                List.of(),
                values -> {
                    values.add(Double.POSITIVE_INFINITY);
                    values.add(Double.NEGATIVE_INFINITY);
                });
        assertThat(read(null).lines().skip(2)).containsExactly("g +Inf", "g -Inf");
    }

    @Test
    void a_family_of_which_there_is_nothing_is_left_out() {
        exposition.gauge("none", "Help", List.of("of"), values -> {});
        exposition.gauge("one", "Help", List.of(), values -> values.add(1));
        assertThat(read(null)).doesNotContain("none").contains("# TYPE one gauge\none 1\n");
        assertThat(read(OPEN_METRICS)).doesNotContain("none").endsWith("one 1\n# EOF\n");
        assertThat(exposition.families()).extracting(Family::name).containsExactly("none", "one");
    }

    @Test
    void a_text_of_any_length_is_whole() {
        String value = "x".repeat(1_000);
        exposition.gauge(
                "g",
                "Help",
                List.of("of"),
                values -> {
                    for (int i = 0; i < 1_000; i++) {
                        values.add(i, value + i);
                    }
                });
        for (int again = 0; again < 2; again++) {
            List<String> lines = read(null).lines().toList();
            assertThat(lines).hasSize(1_002);
            assertThat(lines.getLast()).isEqualTo("g{of=\"" + value + "999\"} 999");
        }
    }

    @Test
    void a_family_that_no_format_can_name_is_refused() {
        exposition.gauge("g", "Help", List.of(), values -> {});
        assertThatThrownBy(() -> exposition.gauge("g", "Help", List.of(), values -> {}))
                .hasMessage("there are two families g");
        assertThatThrownBy(() -> exposition.counter("c", "Help", List.of(), values -> {}))
                .hasMessage("c must end in _total");
        assertThatThrownBy(() -> exposition.info("i", "Help", List.of(), values -> {}))
                .hasMessage("i must end in _info");
        assertThatThrownBy(() -> exposition.gauge("h", "a \"b\"", List.of(), values -> {}))
                .hasMessage("the help of h has a quote, a backslash or a line end");
        assertThatThrownBy(
                        () ->
                                exposition.histogram(
                                        "h_seconds", "Help", List.of(0.003), List.of(), it -> {}))
                .hasMessage("no edge of a bucket: 0.003");
    }

    @Test
    void values_for_other_labels_than_those_of_the_family_are_refused() {
        exposition.gauge("g", "Help", List.of("of"), values -> values.add(1));
        assertThatThrownBy(() -> read(null)).hasMessage("g has the labels [of] and got 0 values");
    }
}
