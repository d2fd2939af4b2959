package io.starhash.rules;

import io.starhash.file.FileTrouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The scripts of a folder, as they are when it is looked at.
 *
 * @param folder the folder
 * @param keys of the scripts, without {@code .lua}; a link is a script if it leads to a file in the
 *     folder
 * @param fault why the folder cannot be listed; empty where it could be
 */
record ScriptFolder(Path folder, Set<String> keys, Optional<String> fault) {
    private static final String ENDING = ".lua";

    /** Those of a folder that lies elsewhere than where it is named. */
    static ScriptFolder list(Path folder, Path from) {
        try (Stream<Path> files = Files.list(from)) {
            Path inside = from.toRealPath();
            var keys = new TreeSet<String>();
            for (Path file : files.toList()) {
                if (isScript(file, inside)) {
                    keys.add(key(file));
                }
            }
            return new ScriptFolder(folder, keys, Optional.empty());
        } catch (NoSuchFileException e) {
            return faulty(folder, "there is no folder " + folder);
        } catch (NotDirectoryException e) {
            return faulty(folder, folder + " is not a folder");
        } catch (IOException e) {
            return faulty(
                    folder, "the folder " + folder + " cannot be listed: " + FileTrouble.words(e));
        }
    }

    private static ScriptFolder faulty(Path folder, String fault) {
        return new ScriptFolder(folder, Set.of(), Optional.of(fault));
    }

    private static boolean isScript(Path file, Path inside) throws IOException {
        return file.toString().endsWith(ENDING)
                && Files.isRegularFile(file)
                && file.toRealPath().startsWith(inside);
    }

    private static String key(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.substring(0, name.length() - ENDING.length());
    }

    /** Where the script of a key is, or would be. */
    Path script(String key) {
        return folder.resolve(key + ENDING);
    }
}
