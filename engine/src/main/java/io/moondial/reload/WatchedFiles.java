package io.moondial.reload;

import io.moondial.file.LibraryFolders;
import io.moondial.text.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What is watched: single files, and folders of scripts with what is in their {@code lib} and the
 * folders below it, and the texts in their {@code lang}.
 *
 * @param files need not be there
 * @param scriptFolders need not be there
 */
public record WatchedFiles(Set<Path> files, Set<Path> scriptFolders) {
    static final String LIBRARY = "lib";

    /** The folder of the files of texts. */
    static final String LANGUAGES = "lang";

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
            folders.add(folder.resolve(LANGUAGES));
            folders.addAll(LibraryFolders.below(folder.resolve(LIBRARY)).folders().values());
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

    /**
     * The content of the watched files at one moment. Two are equal if the content is. Times,
     * inodes and the way a file was written do not count, and neither do files that are not
     * scripts, such as an editor's temporary files.
     */
    record Content(Map<Path, String> states) {
        /** Larger files are compared by size and time only; no such file is ever accepted. */
        static final long MAX_READ_OCTETS = 64L << 20;

        private static final String SCRIPTS = "*.lua";
        private static final String TEXTS = "*.{yaml,yml}";
        private static final String MISSING = "missing";

        Content {
            states = Map.copyOf(states);
        }

        static Content of(WatchedFiles watched) {
            Map<Path, String> states = new TreeMap<>();
            watched.files().forEach(file -> states.put(file, stateOf(file)));
            for (Path folder : watched.scriptFolders()) {
                addFolder(states, folder, folder, SCRIPTS);
                addFolder(states, folder.resolve(WatchedFiles.LANGUAGES), folder, TEXTS);
                LibraryFolders library = LibraryFolders.below(folder.resolve(WatchedFiles.LIBRARY));
                library.folders()
                        .values()
                        .forEach(inside -> addFolder(states, inside, folder, SCRIPTS));
                states.putAll(library.objections());
            }
            return new Content(states);
        }

        private static void addFolder(
                Map<Path, String> states, Path folder, Path root, String names) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, names)) {
                Path inside = root.toRealPath();
                states.put(folder, "folder");
                for (Path file : files) {
                    if (!file.getFileName().toString().startsWith(".")) {
                        states.put(file, placeOf(file, inside) + stateOf(file));
                    }
                }
            } catch (NoSuchFileException e) {
                states.put(folder, MISSING);
            } catch (IOException | RuntimeException e) {
                // DirectoryStream throws its own unchecked exception; the reading itself will say
                // more
                states.put(folder, "unreadable: " + e);
            }
        }

        /**
         * A link that leads out of the folder is another thing than a file in it of that content.
         */
        private static String placeOf(Path file, Path inside) throws IOException {
            try {
                return file.toRealPath().startsWith(inside) ? "" : "outside ";
            } catch (NoSuchFileException e) {
                return "";
            }
        }

        private static String stateOf(Path file) {
            try {
                if (!Files.exists(file)) {
                    return MISSING;
                }
                if (!Files.isRegularFile(file)) {
                    return "not a file";
                }
                long size = Files.size(file);
                return size > MAX_READ_OCTETS
                        ? size + " octets of " + Files.getLastModifiedTime(file)
                        : digest(file);
            } catch (NoSuchFileException e) {
                return MISSING;
            } catch (IOException e) {
                return "unreadable: " + e;
            }
        }

        private static String digest(Path file) throws IOException {
            try (InputStream in = Files.newInputStream(file)) {
                return new Sha256().add(in).hex(Sha256.OCTETS);
            }
        }
    }
}
