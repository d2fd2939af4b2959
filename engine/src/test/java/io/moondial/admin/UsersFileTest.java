package io.moondial.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.file.PipesAndDevices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What may be the file of users. */
class UsersFileTest {
    @TempDir Path folder;

    private void refused(Path file, String why) {
        assertThatThrownBy(() -> new UsersFile(file).read())
                .isInstanceOf(IOException.class)
                .hasMessage("%s: %s", file, why);
        // nor does an engine begin with it
        assertThatThrownBy(() -> new Served(folder, "users: " + file))
                .isInstanceOf(IOException.class)
                .hasMessage("%s: %s", file, why);
    }

    @Test
    void a_file_that_is_not_there_has_nobody() throws Exception {
        assertThat(new UsersFile(folder.resolve("none")).read()).isEmpty();
    }

    @Test
    void what_has_no_end_is_not_read() throws Exception {
        Path pipe = PipesAndDevices.pipe(folder.resolve("pipe"));
        for (Path endless : List.of(pipe, Path.of("/dev/zero"))) {
            refused(
                    endless,
                    "not a plain file but a pipe or a device: write its content to a file (admin: users)");
        }
        refused(folder, "this is a folder: name a file (admin: users)");
    }

    @Test
    void a_file_that_is_too_long_is_not_read() throws Exception {
        Path file = Files.writeString(folder.resolve("users"), "#".repeat((1 << 20) + 1));
        refused(file, "the file is too long: at most 1MiB (admin: users)");
    }

    @Test
    void a_file_that_others_can_change_or_all_can_read_is_refused() throws Exception {
        Path file = Files.writeString(folder.resolve("users"), "# nobody\n");
        for (String permissions : List.of("rw-rw----", "rw----r--", "rw-----w-")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
            assertThatThrownBy(() -> new UsersFile(file).read())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("(%s): chmod 600 it", permissions);
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThat(new UsersFile(file).read()).isEmpty();
    }

    /** Otherwise a user that is added would be the only one afterwards. */
    @Test
    void a_file_that_cannot_be_looked_at_is_not_one_without_users() throws Exception {
        Path loop = folder.resolve("users");
        Files.createSymbolicLink(loop, loop);
        UsersFile users = new UsersFile(loop);
        assertThatThrownBy(users::read)
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(loop + ": the file cannot be read: ");
        assertThatThrownBy(() -> users.addToken("robot", Role.VIEWER))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(loop + ": the file cannot be read: ");
        assertThat(loop).isSymbolicLink();
    }
}
