package io.moondial;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The zone of the times that people read. */
class TimeZoneTest {
    private static final String RULES = "time_zone: %s\n" + LiveEngine.RULES;

    @TempDir Path folder;

    @Test
    void dates_of_scripts_are_in_the_zone_of_the_rules_and_running_dialogs_keep_theirs()
            throws Exception {
        String lua =
                """
                local zone = os.date("%H:%M", 0) .. " " .. os.time{year=1970, month=1, day=2, hour=0}
                if request.text == "*2#" then ussd.menu("?") return os.date("%H:%M", 0) end
                return zone
                """;
        try (LiveEngine live =
                LiveEngine.running(folder, "local request = ...\n" + lua).following()) {
            live.save("rules.yaml", RULES.formatted("Africa/Nairobi"));
            live.awaitAnswer("03:00 75600");
            Handset running = live.dial("*2#");
            Screen.Menu menu = (Screen.Menu) live.next(running);
            live.save("rules.yaml", RULES.formatted("America/New_York"));
            live.awaitAnswer("19:00 104400");
            running.answer(menu, "1");
            assertThat(live.next(running)).isEqualTo(new Screen.Respond("03:00"));
        }
    }

    @Test
    void the_zone_of_a_broken_file_is_known_too_and_without_one_it_is_the_hosts() throws Exception {
        Path rules = folder.resolve("rules.yaml");
        Files.writeString(rules, "time_zone: Africa/Nairobi\nproces: x\n");
        assertThat(Rules.timeZone(rules)).isEqualTo(ZoneId.of("Africa/Nairobi"));
        Files.writeString(rules, "time_zone: Africa/Nairoby\n");
        assertThat(Rules.timeZone(rules)).isEqualTo(ZoneId.systemDefault());
        assertThat(Rules.timeZone(folder.resolve("none"))).isEqualTo(ZoneId.systemDefault());
    }
}
