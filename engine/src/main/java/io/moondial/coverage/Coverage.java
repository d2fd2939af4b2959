package io.moondial.coverage;

import io.moondial.script.ScriptHost.CompilationObserver;
import io.moondial.script.lua.FunctionCode;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.WatchedChunk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Watches every script that is compiled, to say which parts have run: modules too, and those that
 * never ran. If a file is compiled again, the newest counts. Scripts may run on any number of
 * threads.
 */
public final class Coverage implements CompilationObserver {
    private record Watched(LuaString source, WatchedChunk chunk) {}

    private final Map<Path, Watched> files = new ConcurrentSkipListMap<>();

    @Override
    public FunctionCode compiled(Path file, LuaString content, FunctionCode code) {
        WatchedChunk chunk = WatchedChunk.of(code);
        files.put(file, new Watched(content, chunk));
        return chunk.code();
    }

    /** What has run so far, by file. */
    public List<FileCoverage> files() {
        return files.entrySet().stream().map(e -> file(e.getKey(), e.getValue())).toList();
    }

    private static FileCoverage file(Path path, Watched watched) {
        return new FileCoverage(
                path,
                watched.source().toText().lines().toList(),
                watched.chunk().lines(),
                watched.chunk().branches(),
                watched.chunk().functions());
    }

    /**
     * Writes the reports as files, {@code lcov.info} for tools and {@code index.html} for people; a
     * folder that is missing is made, what was there of the same name is replaced.
     *
     * @throws IOException if it cannot be written
     */
    public static void write(Path folder, List<FileCoverage> files) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("lcov.info"), LcovReport.of(files));
        Files.writeString(folder.resolve("index.html"), HtmlReport.of(files));
    }
}
