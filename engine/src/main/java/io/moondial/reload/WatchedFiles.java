package io.moondial.reload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * What is watched: single files, and folders of scripts with what is in their {@code lib}.
 *
 * @param files need not be there
 * @param scriptFolders need not be there
 */
public record WatchedFiles(Set<Path> files, Set<Path> scriptFolders) {
    static final String LIBRARY = "lib";

    public WatchedFiles {
        files = Set.copyOf(files);
        scriptFolders = Set.copyOf(scriptFolders);
    }

    /**
     * The folders in which something happens when a watched file changes: those that hold it, and
     * those that hold these, for a folder may be taken away and come back, or be a link that is
     * turned elsewhere.
     */
    Set<Path> foldersOfEvents() {
        Set<Path> folders = new HashSet<>();
        files.forEach(file -> addParents(folders, file));
        for (Path folder : scriptFolders) {
            addParents(folders, folder);
            folders.add(folder);
            folders.add(folder.resolve(LIBRARY));
        }
        folders.removeIf(folder -> !Files.isDirectory(folder));
        return folders;
    }

    private static void addParents(Set<Path> folders, Path file) {
        Path absolute = file.toAbsolutePath();
        addParent(folders, absolute);
        try {
            addParent(folders, absolute.toRealPath());
        } catch (IOException e) {
            // It is not there: then where it would be is watched, and that is all there is.
            return;
        }
    }

    private static void addParent(Set<Path> folders, Path file) {
        Path parent = file.getParent();
        if (parent != null) {
            folders.add(parent);
        }
    }
}
