package io.moondial.file;

import java.io.IOException;
import java.nio.file.Path;

/** Files that are none: reading one to its end never ends. */
public final class PipesAndDevices {
    private PipesAndDevices() {}

    /** A named pipe that nobody writes into. */
    public static Path pipe(Path path) throws IOException, InterruptedException {
        int code = new ProcessBuilder("mkfifo", path.toString()).start().waitFor();
        if (code != 0) {
            throw new IOException("mkfifo ended with " + code);
        }
        return path;
    }
}
