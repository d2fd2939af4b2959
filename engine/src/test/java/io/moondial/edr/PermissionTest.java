package io.moondial.edr;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.edr.EdrApp.EdrClock;
import io.moondial.edr.spec.EdrSpec;
import io.moondial.metrics.Counters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
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
            assertThat(child.awaitFailure()).contains("has no permission");
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

    @Test
    @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void a_final_name_that_could_not_be_forced_onto_the_disk_is_tried_again_before_anything_else()
            throws IOException {
        int flush = ChildEngine.MAX_FLUSH_EDRS;
        try (var child = ChildEngine.startUnprivilegedAndDurable(folder, flush)) {
            child.awaitWritten(flush);
            // Names can still be made and changed in it, but it cannot be opened, as a force needs.
            permit("-wx-wx-wx");
            child.handOver(flush);
            child.awaitWritten(2L * flush);
            assertThat(child.awaitFailures(3)).contains("has no permission");

            permit("rwxr-xr-x");
            assertThat(EdrFiles.named(folder, "")).hasSize(1);
            child.awaitSuccess();
            assertThat(EdrFiles.complete(folder)).hasSize(1);
            child.handOver(2 * flush);
            child.awaitWritten(4L * flush);
        }
        assertThat(EdrFiles.texts(folder, ""))
                .isEqualTo(IntStream.range(0, 4 * flush).mapToObj(Integer::toString).toList());
    }

    private void permit(String permissions) throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(permissions));
    }
}
