package io.moondial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.admin.RunningEngine;
import io.moondial.handset.Screen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stop of the whole engine while the folder of the EDRs takes none. */
class FullDiskAtStopTest {
    @TempDir Path folder;

    @Test
    void records_that_the_disk_does_not_take_by_stop_timeout_are_in_service_after_the_next_start()
            throws Exception {
        String[] rules = {
            "edr: {directory: edr, spill_directory: spill, retry_interval: 20ms}",
            "dialogs: {stop_timeout: 500ms}"
        };
        try (var running = new RunningEngine(folder, "return 'Hi'", rules)) {
            Files.delete(folder.resolve("edr"));
            Files.createFile(folder.resolve("edr"));
            running.dial("27761485722", "*1#").next(Screen.Respond.class);
            await().until(() -> running.engine.openDialogs() == 0);

            var stop = running.engine.stop();

            assertThat(stop.lostEdrs()).isZero();
            assertThat(running.engine.counters().value("edr.spilled")).isEqualTo(2);
            // The first attempt, at least one more before stop_timeout, and the last.
            assertThat(running.engine.counters().value("edr.failures")).isGreaterThan(2);
        }
        assertThat(records(folder.resolve("spill"))).isEqualTo(2);

        Files.delete(folder.resolve("edr"));
        new RunningEngine(folder, "return 'Hi'", rules).close();

        assertThat(folder.resolve("spill")).isEmptyDirectory();
        assertThat(records(folder.resolve("edr"))).isEqualTo(2);
    }

    private static long records(Path folder) throws IOException {
        long records = 0;
        try (var files = Files.newDirectoryStream(folder, "*.edr")) {
            for (Path file : files) {
                records +=
                        Files.readAllLines(file).stream()
                                .filter(line -> !line.startsWith("#"))
                                .count();
            }
        }
        return records;
    }
}
