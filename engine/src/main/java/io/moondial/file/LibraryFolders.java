package io.moondial.file;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The folder of modules beside scripts with all folders below it, as they are when it is looked at.
 * What is hidden, and what has a name that no {@code require} can write, is left out.
 *
 * @param folders by what a module's name begins with: "" for the folder itself, {@code a.b.} for
 *     {@code a/b} in it
 * @param objections by folder, why it is not looked into
 */
public record LibraryFolders(SortedMap<String, Path> folders, Map<Path, String> objections) {
    /** So deep folders may lie in folders. */
    private static final int DEEPEST = 8;

    /** So many there may be. */
    private static final int MOST = 1000;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    /** Those that begin at a folder; none if it is not there. */
    public static LibraryFolders below(Path library) {
        LibraryFolders found = new LibraryFolders(new TreeMap<>(), new LinkedHashMap<>());
        if (Files.isDirectory(library)) {
            found.folders.put("", library);
            found.add("", library, 1);
        }
        return found;
    }

    private void add(String prefix, Path folder, int depth) {
        for (Path inside : foldersIn(folder)) {
            String name = String.valueOf(inside.getFileName());
            if (!NAME.matcher(name).matches()) {
                continue;
            }
            if (Files.isSymbolicLink(inside)) {
                objections.put(
                        inside,
                        "a link to a folder is not followed: replace it with the folder itself");
            } else if (depth > DEEPEST) {
                objections.put(
                        inside,
                        "folders of modules may lie " + DEEPEST + " deep at most: move it up");
            } else if (folders.size() >= MOST) {
                objections.put(
                        inside,
                        "there are more than "
                                + MOST
                                + " folders of modules: leave only those that scripts require");
                return;
            } else {
                folders.put(prefix + name + ".", inside);
                add(prefix + name + ".", inside, depth + 1);
            }
        }
    }

    private List<Path> foldersIn(Path folder) {
        List<Path> inside = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, Files::isDirectory)) {
            all.forEach(inside::add);
            inside.sort(null);
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of(); // gone meanwhile
        } catch (DirectoryIteratorException e) {
            objections.put(
                    folder, "cannot be listed: " + FileTrouble.words(requireNonNull(e.getCause())));
            return List.of();
        } catch (IOException e) {
            objections.put(folder, "cannot be listed: " + FileTrouble.words(e));
            return List.of();
        }
        return inside;
    }
}
