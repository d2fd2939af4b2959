package io.moondial.dialogtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Expected texts in files of their own. With {@code -Dmoondial.update=true} they are written anew
 * from what the code does now, to be looked at in the diff.
 */
public final class Golden {
    private static final String FOLDER = "engine/src/test/resources/io/moondial/dialogtest";

    private Golden() {}

    /** The file of this name. */
    public static Path file(String name) {
        return Path.of(Objects.requireNonNull(System.getProperty("moondial.root")), FOLDER, name);
    }

    /** Compares a text with the file of this name. */
    public static void assertEqual(String name, String actual) throws IOException {
        if (Boolean.getBoolean("moondial.update")) {
            Files.writeString(file(name), actual);
        }
        assertThat(actual).isEqualTo(Files.readString(file(name)));
    }
}
