package io.moondial.script;

import io.moondial.file.FileTrouble;
import io.moondial.file.LibraryFolders;
import io.moondial.file.PlainFile;
import io.moondial.file.PlainFile.UnreadableFileException;
import io.moondial.problem.Problem;
import io.moondial.script.lua.LuaString;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The Lua files of a script folder, read at one moment: those at its top, those in {@code lib}, and
 * those in folders below that.
 */
final class ScriptFolder {
    /**
     * One file.
     *
     * @param name the script's or module's: the file's without {@code .lua}, of one below lib with
     *     its folders before it, as {@code a.b.c}
     * @param path as the person named the folder, then the file
     * @param label relative to the folder, as messages and stacks name it
     */
    record Source(String name, Path path, String label, boolean inLibrary, LuaString content) {
        /** The names by which {@code require} finds it, the one that is its alone first. */
        List<String> names() {
            return names(name, inLibrary);
        }

        private static List<String> names(String name, boolean inLibrary) {
            return inLibrary && name.endsWith(WHOLE)
                    ? List.of(name, name.substring(0, name.length() - WHOLE.length()))
                    : List.of(name);
        }
    }

    /** Larger than any menu: what is larger was put there by mistake. */
    static final int MAX_FILE_OCTETS = 1 << 20;

    static final String LIBRARY = "lib";

    private static final String SUFFIX = ".lua";
    private static final String WHOLE = ".init";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final Pattern MODULE = Pattern.compile(NAME + "(\\." + NAME + "){0,9}");

    private final List<Source> sources = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private final List<Problem> problems = new ArrayList<>();

    private ScriptFolder() {}

    /**
     * Reads a folder.
     *
     * @param folder as the person named it
     * @param from where it lies: mostly the same
     */
    static ScriptFolder read(Path folder, Path from) {
        ScriptFolder read = new ScriptFolder();
        try {
            Path real = from.toRealPath();
            read.readAll(folder, from, real, null);
            Path named = folder.resolve(LIBRARY);
            Path library = from.resolve(LIBRARY);
            LibraryFolders folders = LibraryFolders.below(library);
            for (Map.Entry<String, Path> inside : folders.folders().entrySet()) {
                // as text: the folder may lie in an archive, which is another kind of path
                String below = library.relativize(inside.getValue()).toString();
                read.readAll(named.resolve(below), inside.getValue(), real, inside.getKey());
            }
            folders.objections()
                    .forEach(
                            (inside, why) ->
                                    read.report(
                                            named.resolve(library.relativize(inside).toString()),
                                            why));
        } catch (IOException e) {
            read.report(folder, "the script folder cannot be read: " + FileTrouble.words(e));
        }
        return read;
    }

    List<Source> sources() {
        return List.copyOf(sources);
    }

    /** The names of scripts and modules for which there is a file, sound or not. */
    Set<String> names() {
        return Set.copyOf(names);
    }

    List<Problem> problems() {
        return List.copyOf(problems);
    }

    /** Whether a module may have this name. */
    static boolean isModuleName(String name) {
        return MODULE.matcher(name).matches();
    }

    /**
     * Reads the files of one folder.
     *
     * @param prefix what the names of modules in it begin with; null: they are scripts
     */
    private void readAll(Path named, Path from, Path root, @Nullable String prefix)
            throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(from, "*" + SUFFIX)) {
            for (Path file : sorted(files)) {
                // hidden files are an editor's, not a person's
                if (!file.getFileName().toString().startsWith(".")) {
                    read(PlainFile.inFolder(named, file), file, root, prefix);
                }
            }
        }
    }

    private static List<Path> sorted(DirectoryStream<Path> files) {
        List<Path> sorted = new ArrayList<>();
        files.forEach(sorted::add);
        sorted.sort(null);
        return sorted;
    }

    private void read(Path file, Path from, Path root, @Nullable String prefix) {
        String fileName = file.getFileName().toString();
        String name = fileName.substring(0, fileName.length() - SUFFIX.length());
        if (!NAME.matcher(name).matches()) {
            report(file, "a script's name has 1 to 64 of letters, digits, _ and -, before .lua");
            return;
        }
        String label =
                prefix == null ? fileName : LIBRARY + "/" + prefix.replace('.', '/') + fileName;
        String module = prefix == null ? name : prefix + name;
        names.addAll(Source.names(module, prefix != null));
        try {
            Optional<String> objection = PlainFile.objection(from, root);
            if (objection.isPresent()) {
                report(file, objection.get());
            } else if (Files.size(from) > MAX_FILE_OCTETS) {
                report(
                        file,
                        Files.size(from)
                                + " octets long; a script may have "
                                + MAX_FILE_OCTETS
                                + " at most");
            } else {
                LuaString content = LuaString.ofOctets(PlainFile.read(from, MAX_FILE_OCTETS));
                sources.add(new Source(module, file, label, prefix != null, content));
            }
        } catch (UnreadableFileException e) {
            report(file, e.reason());
        } catch (IOException e) {
            report(file, "cannot be read: " + FileTrouble.words(e));
        }
    }

    private void report(Path file, String message) {
        problems.add(new Problem(file, 0, 0, message));
    }
}
