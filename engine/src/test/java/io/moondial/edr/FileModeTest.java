package io.moondial.edr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.config.WrittenSettings;
import io.moondial.edr.EdrApp.EdrClock;
import io.moondial.metrics.Counters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledOnOs(OS.LINUX)
class FileModeTest {
    @TempDir Path root;

    @ParameterizedTest
    @CsvSource({
        "0640, 0000, rw-r-----, rwxr-x---",
        "0640, 0077, rw-r-----, rwxr-x---",
        "0600, 0000, rw-------, rwx------",
        "0664, 0022, rw-rw-r--, rwxrwxr-x"
    })
    void files_in_progress_and_complete_and_folders_made_have_the_mode_whatever_the_umask(
            String mode, String umask, String ofFiles, String ofFolders) throws Exception {
        var folder = root.resolve("made").resolve("edr");
        var child = ChildEngine.startWith(umask, mode, folder, ChildEngine.MAX_FLUSH_EDRS);
        try (child) {
            child.awaitWritten(ChildEngine.MAX_FLUSH_EDRS);
            assertThat(permissions(EdrFiles.inProgress(folder).getFirst())).isEqualTo(ofFiles);
        }
        assertThat(permissions(folder)).isEqualTo(ofFolders);
        assertThat(permissions(root.resolve("made"))).isEqualTo(ofFolders);
    }

    @Test
    void a_complete_file_has_the_mode_and_a_folder_that_was_there_keeps_its_own()
            throws IOException {
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-x--x"));
        var settings =
                WrittenSettings.settings(EdrSettings.class, "max_file_edrs: 1", "mode: 0660")
                        .in(root);
        try (var app = new EdrApp(settings, EdrClock.system(), "h", 1, new Counters())) {
            app.write("ussd", ChildEngine.record(1));
        }

        assertThat(permissions(EdrFiles.complete(root).getFirst())).isEqualTo("rw-rw----");
        assertThat(permissions(root)).isEqualTo("rwxr-x--x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"640", "0040", "0650", "0642", "06400", "rw-r-----", ""})
    void what_is_no_mode_of_a_file_is_refused(String octal) {
        assertThatThrownBy(() -> new FileMode(octal)).hasMessageContaining("one is such as 0640");
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
