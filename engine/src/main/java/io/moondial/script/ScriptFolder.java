package io.moondial.script;

import io.moondial.file.FileTrouble;
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
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The Lua files of a script folder, read at one moment: those at its top and those in {@code lib}.
 */
final class ScriptFolder {
    /**
     * One file.
     *
     * @param name the script's or module's: the file's without {@code .lua}
     * @param path as the person named the folder, then the file
     * @param label relative to the folder, as messages and stacks name it
     */
    record Source(String name, Path path, String label, boolean inLibrary, LuaString content) {}

    /** Larger than any menu: what is larger was put there by mistake. */
    static final int MAX_FILE_OCTETS = 1 << 20;

    static final String LIBRARY = "lib";

    private static final String SUFFIX = ".lua";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

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
            read.readAll(folder, from, real, false);
            Path library = from.resolve(LIBRARY);
            if (Files.isDirectory(library)) {
                read.readAll(folder.resolve(LIBRARY), library, real, true);
            }
        } catch (IOException e) {
            read.report(folder, "the script folder cannot be read: " + FileTrouble.words(e));
        }
        return read;
    }

    List<Source> sources() {
        return List.copyOf(sources);
    }

    /** The names for which there is a file, sound or not. */
    Set<String> names() {
        return Set.copyOf(names);
    }

    List<Problem> problems() {
        return List.copyOf(problems);
    }

    /** Whether a script or module may have this name. */
    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    private void readAll(Path named, Path from, Path root, boolean inLibrary) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(from, "*" + SUFFIX)) {
            for (Path file : sorted(files)) {
                // hidden files are an editor's, not a person's
                if (!file.getFileName().toString().startsWith(".")) {
                    read(named.resolve(file.getFileName().toString()), file, root, inLibrary);
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

    private void read(Path file, Path from, Path root, boolean inLibrary) {
        String fileName = file.getFileName().toString();
        String name = fileName.substring(0, fileName.length() - SUFFIX.length());
        if (!isName(name)) {
            report(file, "a script's name has 1 to 64 of letters, digits, _ and -, before .lua");
            return;
        }
        names.add(name);
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
                String label = inLibrary ? LIBRARY + "/" + fileName : fileName;
                LuaString content = LuaString.ofOctets(PlainFile.read(from, MAX_FILE_OCTETS));
                sources.add(new Source(name, file, label, inLibrary, content));
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
