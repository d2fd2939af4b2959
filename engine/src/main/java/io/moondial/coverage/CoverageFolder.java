package io.moondial.coverage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The reports as files: {@code lcov.info} for tools, {@code index.html} for people. */
public final class CoverageFolder {
    private CoverageFolder() {}

    /**
     * Writes both; a folder that is missing is made, what was there of the same name is replaced.
     *
     * @throws IOException if it cannot be written
     */
    public static void write(Path folder, List<FileCoverage> files) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("lcov.info"), LcovReport.of(files));
        Files.writeString(folder.resolve("index.html"), HtmlReport.of(files));
    }
}
