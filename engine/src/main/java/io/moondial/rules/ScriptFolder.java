package io.moondial.rules;

import io.moondial.config.Nearest;
import io.moondial.config.Section;
import io.moondial.file.FileTrouble;
import io.moondial.file.PlainFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The scripts of a folder, as they are when it is looked at.
 *
 * @param folder the folder
 * @param keys of the scripts, without {@code .lua}; a link is a script if it leads to a file in the
 *     folder
 * @param objections by key, why something that is named like a script is not one
 * @param fault why the folder cannot be listed; empty if it could be
 */
public record ScriptFolder(
        Path folder, Set<String> keys, Map<String, String> objections, Optional<String> fault) {
    private static final String ENDING = ".lua";

    /** Those of a folder that lies elsewhere than where it is named. */
    static ScriptFolder list(Path folder, Path from) {
        try (Stream<Path> files = Files.list(from)) {
            Path inside = from.toRealPath();
            var keys = new TreeSet<String>();
            var objections = new TreeMap<String, String>();
            for (Path file : files.filter(it -> it.toString().endsWith(ENDING)).toList()) {
                objection(file, inside)
                        .ifPresentOrElse(
                                why -> objections.put(key(file), why), () -> keys.add(key(file)));
            }
            return new ScriptFolder(folder, keys, objections, Optional.empty());
        } catch (NoSuchFileException e) {
            return faulty(folder, "there is no folder " + folder);
        } catch (NotDirectoryException e) {
            return faulty(folder, folder + " is not a folder");
        } catch (IOException e) {
            return faulty(
                    folder, "the folder " + folder + " cannot be listed: " + FileTrouble.words(e));
        }
    }

    /**
     * Refuses scripts that rules name without a trigger, as their dialogs begin with us, and for
     * which there is no file.
     *
     * @param section the section that has them under {@code scripts}
     * @param folder that of the scripts
     * @param from where the files of a name are
     */
    public static void requireScripts(
            Section section, List<String> keys, Path folder, UnaryOperator<Path> from) {
        if (keys.isEmpty()) {
            return;
        }
        ScriptFolder scripts = list(folder, from.apply(folder));
        if (scripts.fault().isPresent()) {
            section.refuse("scripts", scripts.fault().get());
            return;
        }
        keys.stream()
                .filter(key -> !scripts.keys().contains(key))
                .forEach(key -> section.refuse("scripts", scripts.missing(key)));
    }

    private static ScriptFolder faulty(Path folder, String fault) {
        return new ScriptFolder(folder, Set.of(), Map.of(), Optional.of(fault));
    }

    private static Optional<String> objection(Path file, Path inside) {
        try {
            return PlainFile.objection(file, inside);
        } catch (NoSuchFileException e) {
            return Optional.of("a link that leads nowhere: replace it with a file");
        } catch (IOException e) {
            return Optional.of("it cannot be looked at: " + FileTrouble.words(e));
        }
    }

    private static String key(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.substring(0, name.length() - ENDING.length());
    }

    /** Why a key is none of its scripts, as the problem of whatever names the key. */
    String missing(String key) {
        String objection = objections.get(key);
        return objection == null
                ? "there is no script " + script(key) + Nearest.suggestion(key, keys)
                : script(key) + " is no script: " + objection;
    }

    /** Where the script of a key is, or would be. */
    Path script(String key) {
        return folder.resolve(key + ENDING);
    }
}
