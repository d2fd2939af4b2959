package io.moondial;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;

/**
 * The script folders that a rules file names, be the file sound or not; read again once changed.
 */
final class ScriptFolders {
    private static final int MAX_OCTETS = 64 << 20;

    private final Path file;
    private byte[] octets = {};
    private Set<Path> named = Set.of();

    ScriptFolders(Path file) {
        this.file = file;
    }

    Set<Path> named() {
        byte[] now = read();
        if (!Arrays.equals(now, octets)) {
            octets = now;
            named = Rules.scriptFolders(file);
        }
        return named;
    }

    private byte[] read() {
        if (!Files.isRegularFile(file)) {
            return new byte[0];
        }
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(MAX_OCTETS);
        } catch (IOException e) {
            // what reads it in earnest says why; the folders stay those it named before
            return octets;
        }
    }
}
