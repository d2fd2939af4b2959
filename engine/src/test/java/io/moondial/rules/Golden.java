package io.moondial.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Expected texts in files of their own. With {@code -Dmoondial.update=true} they are written anew
 * from what the code does now, to be looked at in the diff.
 */
final class Golden {
    private static final String FOLDER = "engine/src/test/resources/io/moondial/rules";

    private Golden() {}

    static void assertEqual(String name, String actual) throws IOException {
        String root = Objects.requireNonNull(System.getProperty("moondial.root"));
        Path file = Path.of(root, FOLDER, name);
        if (Boolean.getBoolean("moondial.update")) {
            Files.writeString(file, actual);
        }
        assertThat(actual).isEqualTo(Files.readString(file));
    }
}
