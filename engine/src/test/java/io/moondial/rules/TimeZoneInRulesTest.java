package io.moondial.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.ZoneId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How {@code time_zone} is written. */
final class TimeZoneInRulesTest {
    @TempDir Path folder;
    private RulesFolder rules;

    @BeforeEach
    void write() throws Exception {
        rules = RulesFolder.withScripts(folder);
    }

    @Test
    void it_is_a_name_of_the_database_of_IANA() throws Exception {
        assertThat(rules.read("time_zone: Africa/Nairobi").timeZone())
                .isEqualTo(ZoneId.of("Africa/Nairobi"));
        assertThat(rules.read("time_zone: UTC").timeZone()).isEqualTo(ZoneId.of("UTC"));
        assertThat(rules.read("log: {}").timeZone()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "Africa/Nairoby, ; did you mean Africa/Nairobi?",
        "africa/nairobi, ; did you mean Africa/Nairobi?",
        "Afrika/Johannesburg, ; did you mean Africa/Johannesburg?",
        "'+03:00', ''",
        "SystemV/EST5, ''",
        "Atlantis/Capital, ''",
    })
    void another_one_is_a_problem_with_its_place_and_the_nearest_name(
            String zone, String suggestion) throws Exception {
        assertThat(rules.report("time_zone: \"" + zone + "\""))
                .contains(
                        "rules.yaml:1:12: time_zone: found \""
                                + zone
                                + "\"; allowed is the name of a time zone, such as Africa/Nairobi, Europe/Paris or UTC"
                                + suggestion
                                + "\n");
    }
}
