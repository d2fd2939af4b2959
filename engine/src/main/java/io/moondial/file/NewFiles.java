package io.moondial.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * New files that belong together: all of them are made, or none. Nothing that is there is
 * overwritten or removed.
 */
public final class NewFiles {
    /** What is there because of us, the newest first. */
    private final Deque<Path> made = new ArrayDeque<>();

    private NewFiles() {}

    /**
     * Makes files, in this order, with the folders that they are in.
     *
     * @param contents the text of each file
     * @param left takes what is made and cannot be removed again, and why
     * @throws IOException if one of them cannot be made, or is there; then the files and folders
     *     that were made before it are removed
     */
    public static void make(Map<Path, String> contents, BiConsumer<Path, IOException> left)
            throws IOException {
        NewFiles files = new NewFiles();
        try {
            for (Map.Entry<Path, String> file : contents.entrySet()) {
                files.make(file.getKey(), file.getValue());
            }
        } catch (IOException e) {
            files.remove(left);
            throw e;
        }
    }

    private void make(Path file, String content) throws IOException {
        makeFolders(file.toAbsolutePath().getParent());
        made.push(Files.createFile(file));
        Files.writeString(file, content);
    }

    private void makeFolders(@Nullable Path folder) throws IOException {
        if (folder != null && !Files.isDirectory(folder)) {
            makeFolders(folder.getParent());
            made.push(Files.createDirectory(folder));
        }
    }

    private void remove(BiConsumer<Path, IOException> left) {
        for (Path path : made) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                left.accept(path, e);
            }
        }
    }
}
