package io.moondial.edr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.edr.EdrSettings.WhenFull;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EdrSettingsTest {
    private static final Duration TIME = Duration.ofSeconds(10);
    private static final EdrSettings.StreamSettings STREAM = stream(1, TIME, 1, TIME);

    @Test
    void a_stream_that_is_not_listed_has_the_defaults() {
        var own = stream(7, TIME, 7, TIME);
        var settings = settings("Logic", TIME, 1, Map.of("ussd", own));

        assertThat(settings.stream("ussd")).isEqualTo(own);
        assertThat(settings.stream("other")).isEqualTo(STREAM);
    }

    @Test
    void a_limit_of_nothing_is_refused() {
        assertThatThrownBy(() -> stream(0, TIME, 1, TIME)).hasMessageContaining("greater than 0");
        assertThatThrownBy(() -> stream(1, Duration.ZERO, 1, TIME))
                .hasMessageContaining("greater than 0");
        assertThatThrownBy(() -> stream(1, TIME, 0, TIME)).hasMessageContaining("greater than 0");
        assertThatThrownBy(() -> stream(1, TIME, 1, TIME.negated()))
                .hasMessageContaining("greater than 0");
        assertThatThrownBy(() -> settings("Logic", Duration.ZERO, 1, Map.of()))
                .hasMessageContaining("greater than 0");
        assertThatThrownBy(() -> settings("Logic", TIME, 0, Map.of()))
                .hasMessageContaining("greater than 0");
    }

    @Test
    void names_that_ids_and_files_cannot_have_are_refused() {
        assertThatThrownBy(() -> settings("Lo>gic", TIME, 1, Map.of()))
                .hasMessageContaining("is not an instance id");
        assertThatThrownBy(() -> settings("Logic", TIME, 1, Map.of("../x", STREAM)))
                .hasMessageContaining("is not an EDR stream's name");
    }

    private static EdrSettings.StreamSettings stream(
            int fileEdrs, Duration fileTime, int flushEdrs, Duration flushTime) {
        return new EdrSettings.StreamSettings(
                Path.of("edr"), fileEdrs, fileTime, flushEdrs, flushTime, false, FileMode.DEFAULT);
    }

    private static EdrSettings settings(
            String app,
            Duration retry,
            int backlog,
            Map<String, EdrSettings.StreamSettings> streams) {
        return new EdrSettings(
                app, retry, backlog, WhenFull.REFUSE_DIALOGS, Path.of("spill"), STREAM, streams);
    }
}
