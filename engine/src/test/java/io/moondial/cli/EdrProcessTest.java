package io.moondial.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.moondial.Main;
import io.moondial.edr.report.Written;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code ussd edr} in a process of its own: with real pipes, devices and permissions. */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EdrProcessTest {
    private static final String LINE = Written.line(0, "USSD-PROCESS-R|TEXT=Bye");

    @TempDir Path root;

    @AfterEach
    void letTheFolderBeRemoved() throws IOException {
        if (Files.exists(root.resolve("closed"))) {
            permit("rwxr-xr-x");
        }
    }

    @Test
    void a_full_device_is_told_and_is_a_failure() throws Exception {
        Written.file(root, "a.edr", LINE);
        Process process =
                ussd(List.of(), root).redirectOutput(Path.of("/dev/full").toFile()).start();

        assertThat(texts(process))
                .startsWith("ussd: the output cannot be written: the disk is full");
        assertThat(process.waitFor()).isEqualTo(ExitCode.FAILED);
    }

    @Test
    void a_folder_that_cannot_be_read_is_told_and_the_rest_is_printed() throws Exception {
        Path closed = Files.createDirectory(root.resolve("closed"));
        Path file = Written.file(root, "a.edr", LINE);
        permit("---------");
        Process process = ussd(unprivileged(closed), closed, file).start();

        assertThat(process.inputReader().readAllLines()).hasSize(1);
        assertThat(texts(process)).contains("closed: the folder cannot be read: the user ");
        assertThat(process.waitFor()).isEqualTo(ExitCode.FAILED);
    }

    @Test
    void what_came_by_a_pipe_is_printed_before_more_comes() throws Exception {
        Process process = ussd(List.of(), Path.of("-")).start();
        Writer input = process.outputWriter(StandardCharsets.US_ASCII);
        input.write(Written.HEADER + LINE);
        input.flush();

        assertThat(process.inputReader().readLine()).contains("USSD-PROCESS-R");
        input.close();
        assertThat(process.waitFor()).isZero();
    }

    private void permit(String permissions) throws IOException {
        Files.setPosixFilePermissions(
                root.resolve("closed"), PosixFilePermissions.fromString(permissions));
    }

    /** What takes the superuser's privilege away, who may read anything. */
    private static List<String> unprivileged(Path folder) {
        if (!Files.isReadable(folder)) {
            return List.of();
        }
        assumeThat(Path.of("/usr/bin/setpriv")).as("what takes the privilege away").exists();
        return List.of("setpriv", "--bounding-set=-dac_override,-dac_read_search");
    }

    private static ProcessBuilder ussd(List<String> prefix, Path... files) {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:TieredStopAtLevel=1");
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(Main.class.getName(), "edr"));
        for (Path file : files) {
            command.add(file.toString());
        }
        return new ProcessBuilder(command);
    }

    private static String texts(Process process) throws IOException {
        return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
