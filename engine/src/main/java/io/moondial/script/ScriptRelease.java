package io.moondial.script;

import io.moondial.lang.Texts;
import io.moondial.problem.Problem;
import io.moondial.script.ScriptCompilation.Unit;
import io.moondial.script.api.Backends;
import io.moondial.script.lua.Outline;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All the scripts of one folder at one moment, compiled. Immutable: a dialog keeps the release that
 * it began with, later {@code require}s included. A release with problems is for showing them; it
 * should not be put into service.
 */
public final class ScriptRelease {
    private final Path folder;
    private final Set<String> keys;
    private final Map<String, Script> scripts;
    private final Map<String, Unit> units;
    private final Texts texts;
    private final SortedMap<String, String> versions;
    private final List<Problem> problems;
    private final Lint lint;

    ScriptRelease(
            Path folder,
            Set<String> keys,
            Map<String, Script> scripts,
            Map<String, Unit> units,
            Texts texts,
            SortedMap<String, String> versions,
            List<Problem> problems,
            Lint lint) {
        this.folder = folder;
        this.keys = Set.copyOf(keys);
        this.scripts = Map.copyOf(scripts);
        this.units = Map.copyOf(units);
        this.texts = texts;
        this.versions = Collections.unmodifiableSortedMap(versions);
        this.problems = List.copyOf(problems);
        this.lint = lint;
    }

    /** The folder as it was given. */
    public Path folder() {
        return folder;
    }

    /** The keys for which there is a file, sound or not. */
    public Set<String> keys() {
        return keys;
    }

    /** The script of a key; empty if there is none, or it does not compile. */
    public Optional<Script> script(String key) {
        return Optional.ofNullable(scripts.get(key));
    }

    /** What was compiled, by file relative to the folder. */
    Map<String, Unit> units() {
        return units;
    }

    /** The texts of its scripts. */
    public Texts texts() {
        return texts;
    }

    /** What each file held, by file relative to the folder: enough to compile the same again. */
    public SortedMap<String, byte[]> sources() {
        SortedMap<String, byte[]> sources = new TreeMap<>(texts.sources());
        units.forEach((label, unit) -> sources.put(label, unit.source().content().toOctets()));
        return sources;
    }

    /**
     * The version of each script, each module and each file of texts, by its file relative to the
     * folder: it names the content of the file, and of all the modules that it may require and the
     * texts that it may use.
     */
    public SortedMap<String, String> versions() {
        return versions;
    }

    /**
     * What scripts and modules give to this function of a module as its first argument, as far as
     * it is a text that is written out there.
     */
    public Set<String> literals(String module, String function) {
        Set<String> literals = new HashSet<>();
        for (Unit unit : units.values()) {
            for (Outline.Field field : unit.outline().fieldsRead()) {
                if (field.called()
                        && field.library().equals(module)
                        && field.mention().name().equals(function)
                        && !field.literals().isEmpty()
                        && field.literals().getFirst() != null) {
                    literals.add(field.literals().getFirst());
                }
            }
        }
        return literals;
    }

    /** What keeps files from being scripts, by file and line. */
    public List<Problem> problems() {
        return problems;
    }

    /**
     * What compiles and fails once it is reached, by file and line: misspelt functions of modules,
     * globals that nothing defines, modules that are not there. What is not surely reached, or may
     * fail because it is guarded, is a warning. Then what does not fit together in their texts.
     *
     * @param globals the names that rules give to these scripts
     * @param modules what rules say of modules, such as the upstreams that there are
     */
    public List<Problem> lint(Set<String> globals, Backends.Settings modules) {
        return lint.problems(globals, modules);
    }
}
