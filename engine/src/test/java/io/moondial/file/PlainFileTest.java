package io.moondial.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.file.PlainFile.UnreadableFileException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlainFileTest {
    @TempDir Path folder;

    @Test
    void a_file_is_read_up_to_the_limit_and_through_a_link() throws Exception {
        Path file = Files.writeString(folder.resolve("a"), "12345");
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        assertThat(PlainFile.read(file, 5)).asString().isEqualTo("12345");
        assertThat(PlainFile.read(link, 5)).asString().isEqualTo("12345");
        assertThatThrownBy(() -> PlainFile.read(file, 4))
                .isInstanceOf(UnreadableFileException.class)
                .hasMessage("the file is too long: at most 4 octets");
    }

    @Test
    void what_grows_while_it_is_read_is_too_long_as_well() {
        byte[] grown = "12345".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> PlainFile.read(new ByteArrayInputStream(grown), 4))
                .isInstanceOf(UnreadableFileException.class)
                .hasMessage("the file is too long: at most 4 octets");
    }

    @Test
    void a_pipe_and_a_device_are_refused_before_they_are_opened() throws Exception {
        Path pipe = PipesAndDevices.pipe(folder.resolve("pipe"));
        for (Path endless : new Path[] {pipe, Path.of("/dev/zero")}) {
            assertThatThrownBy(() -> PlainFile.read(endless, 1 << 20))
                    .isInstanceOf(UnreadableFileException.class)
                    .hasMessage(
                            "not a plain file but a pipe or a device: write its content to a file");
        }
    }

    @Test
    void a_folder_and_a_file_that_is_not_there_are_told_apart() {
        assertThatThrownBy(() -> PlainFile.read(folder, 1))
                .hasMessage("this is a folder: name a file");
        assertThatThrownBy(() -> PlainFile.read(folder.resolve("x"), 1))
                .hasMessage("there is no such file");
    }
}
