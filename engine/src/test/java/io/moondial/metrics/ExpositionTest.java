package io.moondial.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.metrics.Exposition.Family;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExpositionTest {
    private final Exposition exposition = new Exposition();

    private List<String> series() {
        String text = new String(exposition.read(null).octets(), StandardCharsets.UTF_8);
        return text.lines().filter(it -> !it.startsWith("#")).toList();
    }

    @Test
    void a_series_has_its_own_labels_whatever_came_and_went_before_it() {
        List<String> scripts = new ArrayList<>();
        exposition.gauge(
                "g",
                "Help",
                List.of("script", "of"),
                values -> scripts.forEach(it -> values.add(it.length(), it, "x")));
        for (String now : List.of("b", "b d", "a b c d", "a c", "c a", "", "c dd")) {
            scripts.clear();
            scripts.addAll(Arrays.asList(now.isEmpty() ? new String[0] : now.split(" ", -1)));
            assertThat(series())
                    .as(now)
                    .containsExactlyInAnyOrderElementsOf(
                            scripts.stream()
                                    .map(
                                            it ->
                                                    "g{of=\"x\",script=\"%s\"} %d.0"
                                                            .formatted(it, it.length()))
                                    .toList());
        }
    }

    @Test
    void a_histogram_has_all_that_came_in_the_buckets_of_its_edges() {
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
        assertThat(series())
                .containsExactlyInAnyOrder(
                        "turn_seconds_bucket{script=\"main\",le=\"0.001\"} 1",
                        "turn_seconds_bucket{script=\"main\",le=\"0.01\"} 2",
                        "turn_seconds_bucket{script=\"main\",le=\"+Inf\"} 3",
                        "turn_seconds_count{script=\"main\"} 3",
                        "turn_seconds_sum{script=\"main\"} 0.0225");
    }

    @Test
    void a_family_of_which_there_is_nothing_is_left_out() {
        exposition.counter("none_total", "Help", List.of("of"), values -> {});
        exposition.gauge("one", "Help", List.of(), values -> values.add(1));
        assertThat(series()).containsExactly("one 1.0");
        assertThat(exposition.families())
                .extracting(Family::name)
                .containsExactly("none_total", "one");
    }

    @Test
    void a_family_with_a_wrong_name_or_wrong_values_is_refused() {
        exposition.gauge("g", "Help", List.of("of"), values -> values.add(1));
        assertThatThrownBy(() -> exposition.gauge("g", "Help", List.of(), values -> {}))
                .hasMessage("there are two families g");
        assertThatThrownBy(() -> exposition.counter("c", "Help", List.of(), values -> {}))
                .hasMessage("c must end in _total");
        assertThatThrownBy(() -> exposition.info("i", "Help", List.of(), values -> {}))
                .hasMessage("i must end in _info");
        assertThatThrownBy(this::series).hasMessage("g has the labels [of]");
    }
}
