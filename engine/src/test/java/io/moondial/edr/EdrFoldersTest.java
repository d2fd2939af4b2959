package io.moondial.edr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.config.WrittenSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EdrFoldersTest {
    @TempDir Path root;

    @Test
    void folders_that_are_missing_are_made_with_those_above_them() {
        EdrFolders.make(settings(root.resolve("a/b")));

        assertThat(root.resolve("a/b")).isEmptyDirectory();
    }

    @Test
    void a_folder_that_is_a_file_is_refused_in_words_with_who_must_be_able_to_write()
            throws IOException {
        Path file = Files.createFile(root.resolve("edr"));

        assertThatThrownBy(() -> EdrFolders.make(settings(file)))
                .hasMessage(
                        "the EDR folder %s cannot be used: it is a file, not a folder; give one that the user %s may write to, with edr: {directory: FOLDER}, or make it so"
                                .formatted(file, System.getProperty("user.name")));
    }

    @Test
    void a_folder_that_cannot_be_made_is_refused_in_words() throws IOException {
        Path inFile = Files.createFile(root.resolve("file")).resolve("edr");

        assertThatThrownBy(() -> EdrFolders.make(settings(inFile)))
                .hasMessageStartingWith("the EDR folder " + inFile + " cannot be used: ")
                .hasMessageContaining("file, not a folder")
                .hasMessageNotContaining("Exception");
    }

    private EdrSettings settings(Path folder) {
        return WrittenSettings.settings(
                EdrSettings.class,
                "directory: " + folder,
                "spill_directory: " + root.resolve("spill"));
    }
}
