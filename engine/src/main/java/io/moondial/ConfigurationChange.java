package io.moondial;

import io.moondial.config.ChangedSettings.Change;
import io.moondial.script.ScriptRelease;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What differs between a configuration and the one before it, for people.
 *
 * @param scripts scripts and modules with their versions
 * @param settings keys of the rules that are applied at once
 * @param rulesDiffer whether the rules differ at all, even if only in what waits for a restart, or
 *     in lines
 */
record ConfigurationChange(List<String> scripts, List<String> settings, boolean rulesDiffer) {
    private static final int MAX_TOLD = 20;

    ConfigurationChange {
        scripts = List.copyOf(scripts);
        settings = List.copyOf(settings);
    }

    static ConfigurationChange between(Configuration before, Configuration after) {
        return new ConfigurationChange(
                scripts(versions(before), versions(after)),
                after.rules().changesSince(before.rules()).stream()
                        .filter(change -> !change.waitsForRestart())
                        .map(Change::toString)
                        .toList(),
                !before.rules().equals(after.rules()));
    }

    /** Versions by name: that in the folder, after the folder if there are several. */
    private static SortedMap<String, String> versions(Configuration configuration) {
        Map<Path, ScriptRelease> releases = configuration.releases();
        SortedMap<String, String> versions = new TreeMap<>();
        releases.forEach(
                (folder, release) ->
                        release.versions()
                                .forEach(
                                        (name, version) ->
                                                versions.put(
                                                        releases.size() > 1
                                                                ? folder.resolve(name).toString()
                                                                : name,
                                                        version)));
        return versions;
    }

    private static List<String> scripts(Map<String, String> before, Map<String, String> after) {
        Set<String> names = new TreeSet<>(before.keySet());
        names.addAll(after.keySet());
        List<String> changes = new ArrayList<>();
        for (String name : names) {
            String old = before.get(name);
            String fresh = after.get(name);
            if (old == null) {
                changes.add(name + " " + fresh + " added");
            } else if (fresh == null) {
                changes.add(name + " removed");
            } else if (!old.equals(fresh)) {
                changes.add(name + " " + old + " -> " + fresh);
            }
        }
        return changes;
    }

    /** Whether nothing differs that could be in service. */
    boolean isNothing() {
        return scripts.isEmpty() && !rulesDiffer;
    }

    /** One line. */
    @Override
    public String toString() {
        List<String> all = new ArrayList<>(scripts);
        all.addAll(settings);
        if (all.isEmpty()) {
            return "no script and no setting in service differs";
        }
        String told = String.join(", ", all.subList(0, Math.min(all.size(), MAX_TOLD)));
        return all.size() > MAX_TOLD ? told + " and " + (all.size() - MAX_TOLD) + " more" : told;
    }
}
