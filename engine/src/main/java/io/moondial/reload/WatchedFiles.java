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
     * those that hold these, because a folder may be removed and come back, or be a link that is
     * changed.
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
            // It does not exist: then only the place where it would be is watched.
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
