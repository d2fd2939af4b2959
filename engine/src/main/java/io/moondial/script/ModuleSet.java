package io.moondial.script;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.moondial.script.ScriptCompilation.Unit;
import io.moondial.script.lua.FunctionCode;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the scripts of a release may require, by name: a file at the top goes before one in lib. */
final class ModuleSet {
    private static final int VERSION_OCTETS = 4;

    private final Map<String, Unit> byName = new TreeMap<>();

    ModuleSet(Collection<Unit> units) {
        units.stream()
                .sorted(Comparator.comparing(unit -> unit.source().inLibrary()))
                .forEach(unit -> byName.putIfAbsent(unit.source().name(), unit));
    }

    /** The chunk of a module, null for none. */
    @Nullable FunctionCode get(String name) {
        Unit unit = byName.get(name);
        return unit == null ? null : unit.code();
    }

    /** Names the content of a script and of all the modules that it may require. */
    String versionOf(Unit script) {
        MessageDigest digest = sha256();
        for (Unit unit : reachableFrom(script).values()) {
            digest.update(unit.source().label().getBytes(UTF_8));
            digest.update((byte) 0);
            digest.update(unit.source().content().toOctets());
            digest.update((byte) 0);
        }
        return HexFormat.of().formatHex(digest.digest(), 0, VERSION_OCTETS);
    }

    private Map<String, Unit> reachableFrom(Unit script) {
        Map<String, Unit> reached = new TreeMap<>();
        Deque<Unit> toRead = new ArrayDeque<>();
        toRead.add(script);
        while (!toRead.isEmpty()) {
            Unit unit = toRead.remove();
            if (reached.put(unit.source().label(), unit) == null) {
                toRead.addAll(requiredBy(unit));
            }
        }
        return reached;
    }

    private Collection<Unit> requiredBy(Unit unit) {
        if (unit.outline().requiresOthers()) {
            return byName.values();
        }
        Set<String> names = new HashSet<>();
        unit.outline().modulesRequired().forEach(it -> names.add(it.name()));
        return byName.values().stream()
                .filter(other -> names.contains(other.source().name()))
                .toList();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
