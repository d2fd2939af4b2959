package io.moondial.edr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.config.WrittenSettings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EdrSettingsTest {
    private static final EdrSettings SETTINGS =
            WrittenSettings.settings(
                    EdrSettings.class, "max_file_edrs: 1", "streams: {ussd: {max_file_edrs: 7}}");

    @Test
    void a_stream_that_is_not_listed_has_the_defaults() {
        assertThat(SETTINGS.stream("ussd").maxFileEdrs()).isEqualTo(7);
        assertThat(SETTINGS.stream("other")).isEqualTo(SETTINGS.defaults());
    }

    @Test
    void a_limit_of_nothing_is_refused() {
        assertRefused(SETTINGS.defaults(), "maxFileEdrs", 0, "greater than 0");
        assertRefused(SETTINGS.defaults(), "maxFileTime", Duration.ZERO, "greater than 0");
        assertRefused(SETTINGS.defaults(), "maxFlushEdrs", 0, "greater than 0");
        assertRefused(
                SETTINGS.defaults(), "maxFlushTime", Duration.ofSeconds(-1), "greater than 0");
        assertRefused(SETTINGS, "retryInterval", Duration.ZERO, "greater than 0");
        assertRefused(SETTINGS, "maxBacklog", 0, "greater than 0");
    }

    @Test
    void names_that_ids_and_files_cannot_have_are_refused() {
        assertRefused(SETTINGS, "appName", "Lo>gic", "is not an instance id");
        assertRefused(
                SETTINGS,
                "streams",
                Map.of("../x", SETTINGS.defaults()),
                "is not an EDR stream's name");
    }

    private static void assertRefused(Record settings, String component, Object value, String why) {
        assertThatThrownBy(() -> WrittenSettings.with(settings, component, value))
                .hasMessageContaining(why);
    }
}
