package io.moondial.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.Rules;
import io.moondial.channel.ss7.SignallingLimits;
import io.moondial.control.ControlSettings;
import io.moondial.dialog.OnError;
import io.moondial.edr.EdrSettings;
import io.moondial.edr.EdrSettings.StreamSettings;
import io.moondial.edr.EdrSettings.WhenFull;
import io.moondial.edr.FileMode;
import io.moondial.logic.DialogSettings;
import io.moondial.problem.Problem;
import io.moondial.script.ScriptLimits;
import io.moondial.script.ScriptSettings;
import io.moondial.script.api.Backends;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.event.Level;

final class RulesFileTest {
    @TempDir Path folder;

    @Test
    void an_empty_file_takes_every_default() throws Exception {
        Path file = folder.resolve("rules.yaml");
        Files.writeString(file, "");

        var defaults =
                new StreamSettings(
                        folder.resolve("edr"),
                        1024,
                        Duration.ofSeconds(300),
                        64,
                        Duration.ofSeconds(10),
                        false,
                        FileMode.DEFAULT);
        assertThat(Rules.read(file))
                .isEqualTo(
                        new Rules(
                                file,
                                new ProcessSettings(
                                        folder.resolve("scripts"),
                                        Duration.ofSeconds(30),
                                        "Service unavailable, please try again.",
                                        OnError.ABORT,
                                        15,
                                        "ussd",
                                        new TriggerTable(List.of()),
                                        Map.of()),
                                null,
                                new ScriptSettings(
                                        Duration.ofSeconds(1),
                                        new ScriptLimits(
                                                10_000_000, 16_777_216, Duration.ofMinutes(10)),
                                        Duration.ofSeconds(5),
                                        new ScriptSettings.Breaker(
                                                10, Duration.ofSeconds(10), Duration.ofSeconds(30)),
                                        new ScriptSettings.Shares(1000, 200, 10_000)),
                                new DialogSettings(250_000, 85, Duration.ofSeconds(30)),
                                new EdrSettings(
                                        "Logic",
                                        Duration.ofSeconds(15),
                                        100_000,
                                        WhenFull.REFUSE_DIALOGS,
                                        folder.resolve("edr-spill"),
                                        defaults,
                                        Map.of()),
                                Rules.Network.inMemory(
                                        List.of(6, 147), SignallingLimits.of(260_000)),
                                new ControlSettings(
                                        folder.resolve("run/ussd.sock"),
                                        16,
                                        Duration.ofSeconds(10),
                                        Duration.ofSeconds(5),
                                        6),
                                new Rules.Log(Level.INFO),
                                Backends.Settings.NONE));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void a_spill_folder_on_the_disk_of_the_records_is_warned_of()
            throws Exception { // with /proc, which is no disk
        RulesFolder rules = RulesFolder.withScripts(folder);

        assertThat(rules.warnings("edr: {directory: a, spill_directory: b/c}"))
                .extracting(Problem::message)
                .containsExactly(
                        "spill_directory: %s is on the same disk as %s: once that is full, it takes no spilled records either; name a folder on another disk"
                                .formatted(folder.resolve("b/c"), folder.resolve("a")));
        assertThat(
                        rules.warnings(
                                "edr: {directory: /proc, spill_directory: a, streams: {x: {directory: b}}}"))
                .singleElement()
                .satisfies(
                        it -> assertThat(it.message()).contains("disk as " + folder.resolve("b")));
        assertThat(rules.warnings("edr: {directory: /proc, spill_directory: b}")).isEmpty();
        assertThat(rules.warnings("edr: {directory: a}")).isEmpty();
    }
}
