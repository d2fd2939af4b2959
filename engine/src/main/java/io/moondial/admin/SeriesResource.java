package io.moondial.admin;

import io.moondial.metrics.Series;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/series}: what was measured over a time, for plots. */
public final class SeriesResource implements Resource {
    private static final List<String> NAMES =
            List.of(
                    "dialogs_per_second",
                    "open",
                    "turn_p99_ms",
                    "failed_per_minute",
                    "outcomes_per_second",
                    "messages_per_second");
    private static final int STEP = (int) Series.STEP.toSeconds();
    private static final int MOST_STEP = 3_600;
    private static final int USUAL_MINUTES = 60;
    private static final int MOST_MINUTES = (int) Series.KEPT.toMinutes();
    private static final int DAY = 1_440;

    /** A value has at most this many decimals. */
    private static final double DECIMALS = 1e3;

    private final Series series;

    public SeriesResource(Series series) {
        this.series = series;
    }

    @Override
    public void declare(Routes routes) {
        routes.get("/v1/series", Role.VIEWER, this::read);
    }

    private Answer read(Call call) throws Refusal {
        call.allow("names", "minutes", "before_minutes", "step_seconds");
        Set<String> names = names(call.query("names"));
        int minutes = call.query("minutes", USUAL_MINUTES, 1, MOST_MINUTES);
        int before = call.query("before_minutes", 0, 0, DAY);
        int step = call.query("step_seconds", STEP, STEP, MOST_STEP);
        Series.Span span =
                series.read(
                        names,
                        Duration.ofMinutes(minutes),
                        Duration.ofMinutes(before),
                        Duration.ofSeconds(step));
        ObjectNode answer =
                call.json()
                        .createObjectNode()
                        .put("from", span.from().toString())
                        .put("step_seconds", step);
        ArrayNode lines = answer.putArray("series");
        for (Series.Read line : span.lines()) {
            ObjectNode one = lines.addObject().put("name", line.name());
            ObjectNode labels = one.putObject("labels");
            line.labels().forEach(labels::put);
            ArrayNode values = one.putArray("values");
            for (double value : line.values()) {
                if (Double.isNaN(value)) {
                    values.addNull();
                } else {
                    values.add(Math.round(value * DECIMALS) / DECIMALS);
                }
            }
        }
        return Answer.json(answer);
    }

    private static Set<String> names(@Nullable String given) throws Refusal {
        Set<String> names =
                given == null ? Set.of() : new LinkedHashSet<>(Arrays.asList(given.split(",", -1)));
        if (names.isEmpty() || !NAMES.containsAll(names)) {
            throw Refusal.badRequest(
                    "names is '%s'; allowed are, with commas between: %s"
                            .formatted(given == null ? "" : given, String.join(", ", NAMES)));
        }
        return names;
    }
}
