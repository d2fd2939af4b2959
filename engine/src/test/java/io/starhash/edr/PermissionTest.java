package io.starhash.edr;

import static org.assertj.core.api.Assertions.assertThat;

import io.starhash.edr.spec.EdrSpec;
import io.starhash.metrics.Counters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A folder that the engine may not write to. The superuser may write anywhere, so the engine runs
 * in a process of its own, without that privilege.
 */
@EnabledOnOs(OS.LINUX)
class PermissionTest {
    private static final int RECORDS = 3 * ChildEngine.MAX_FLUSH_EDRS;

    @TempDir Path root;
    private Path folder;

    @BeforeEach
    void make() throws IOException {
        folder = Files.createDirectory(root.resolve("edr"));
    }

    @AfterEach
    void letTheFolderBeRemoved() throws IOException {
        permit("rwxr-xr-x");
    }

    @Test
    void records_wait_for_the_permission_and_are_written_once_in_order_when_it_comes()
            throws IOException {
        permit("r-xr-xr-x");
        try (var child = ChildEngine.startUnprivileged(folder, RECORDS)) {
            assertThat(child.awaitFailure()).contains("AccessDeniedException");
            assertThat(EdrFiles.named(folder, "")).isEmpty();

            permit("rwxr-xr-x");
            child.awaitWritten(RECORDS);
        }

        new EdrApp(ChildEngine.settings(folder), EdrClock.system(), "parent", 1, new Counters())
                .close();
        assertThat(EdrFiles.texts(folder, ".edr"))
                .isEqualTo(IntStream.range(0, RECORDS).mapToObj(Integer::toString).toList());
        assertThat(EdrSpec.builtIn().check(EdrFiles.complete(folder).getFirst())).isEmpty();
    }

    private void permit(String permissions) throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(permissions));
    }
}
