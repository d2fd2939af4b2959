package io.moondial.edr;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A real disk of a few pages: a tmpfs in a mount namespace of a process that only holds it, reached
 * through that process's root. Nothing of it is left when the process ends.
 */
public final class SmallDisk implements AutoCloseable {
    private final Process holder;
    private final Path folder;

    private SmallDisk(Process holder, Path folder) {
        this.holder = holder;
        this.folder = folder;
    }

    /** Makes one; where the system does not permit it, the test is skipped, which says so. */
    public static SmallDisk of(String size, Path mountPoint) throws IOException {
        String mount = "mount -t tmpfs -o size=" + size + " tmpfs " + mountPoint;
        var holder =
                new ProcessBuilder("unshare", "-rm", "sh", "-c", mount + " && echo up && exec cat")
                        .redirectErrorStream(true)
                        .start();
        String answer = holder.inputReader(StandardCharsets.UTF_8).readLine();
        assumeThat(answer).as("a tmpfs in a namespace of its own").isEqualTo("up");
        var folder = Path.of("/proc/" + holder.pid() + "/root" + mountPoint);
        assumeThat(Files.isWritable(folder)).as("the namespace's root can be reached").isTrue();
        return new SmallDisk(holder, folder);
    }

    public Path folder() {
        return folder;
    }

    @Override
    public void close() {
        holder.destroyForcibly();
    }
}
